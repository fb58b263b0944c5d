// Goal: what a session is worth and when it ends: idle, too old, locked, logged out, of another
// program; and that failing logins of a stranger stop the stranger alone. Time is not waited for: the
// session's row is made older in run.db, which is what waiting would do.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'sessions', ports: [9906, 9909] });
cleanup((failed) => stack.down(failed));
const MINUTE = 60000, HOUR = 60 * MINUTE;
let code;

const sql = (side, text) => execFileSync('sqlite3',
	['-cmd', '.timeout 5000', path.join(stack.data, side, 'run/run.db'), text], { encoding: 'utf8' }).trim();
const sessionCookie = (client) => [...client.cookies].find(([name]) => !name.endsWith('_dev'));
const deviceCookie = (client) => [...client.cookies].find(([name]) => name.endsWith('_dev'));
const logIn = (client, login, password = PASSWORD, more = {}) =>
	client.get('/dang-nhap').then((page) => client.submit(page, 'dang-nhap', { login, password, ...more }));
async function fresh(login = 'canbo') {
	const client = stack.clerks();
	await client.login(login);
	return client;
}
const csrfOf = async (client, page) => /name="csrf" value="([^"]+)"/.exec((await client.get(page)).html)[1];
// As if the person of the account had not touched anything for so long.
const wait = (login, idle, age = idle) => sql('board',
	`UPDATE session SET seen_ms = seen_ms - ${idle}, started_ms = started_ms - ${age} WHERE login = '${login}'`);
const page = () => `/ho-so/${encodeURIComponent(code)}`;

test.must('a board, its center, a dossier', async () => {
	await stack.up();
	const clerk = await fresh();
	code = (await acceptDossier(clerk)).code;
	clerk.close();
});

// ---- idle ----
test('14 minutes of quiet are nothing, 16 lock, and the password leads back to the same page', async () => {
	const client = await fresh('chuyenvien');
	wait('chuyenvien', 14 * MINUTE);
	assert.equal((await client.request('GET', page())).status, 200);
	wait('chuyenvien', 16 * MINUTE);
	const answer = await client.request('GET', `${page()}/ghi-chu`);
	assert.equal(answer.status, 303);
	assert.equal(answer.location, `/dang-nhap?tiep=${page()}/ghi-chu`);
	const locked = await client.get(answer.location);
	assert.match(locked.text, /Lê Văn Thử/);
	assert(!locked.text.includes(code), 'the lock shows no dossier');
	const old = new Map(client.cookies);
	const wrong = await client.submit(locked, 'dang-nhap', { password: 'Sai-Mat-Khau-1!' });
	assert.equal(wrong.status, 422);
	assert.equal((await client.request('GET', page())).status, 303, 'still locked');
	const back = await client.submit(wrong, 'dang-nhap', { password: PASSWORD });
	assert.equal(back.redirected, `${page()}/ghi-chu`);
	assert.equal(back.status, 200);
	assert.notEqual(sessionCookie({ cookies: old })[1], sessionCookie(client)[1], 'a new session');
	client.cookies = old;
	assert.equal((await client.request('GET', page())).status, 303, 'the old one is dead');
	client.close();
});
test('what was typed into a form before the lock is not written by it, and can be sent after', async () => {
	const client = await fresh('chuyenvien');
	const note = await client.get(`${page()}/ghi-chu`);
	wait('chuyenvien', 16 * MINUTE);
	const answer = await client.submit(note, 'ghi-chu', { text: 'Gõ trước khi khóa' }, { follow: false });
	assert.equal(answer.status, 303);
	assert.match(answer.location, /^\/dang-nhap\?tiep=/);
	assert(!answer.location.includes('kh%C3%B3a'), 'nothing typed in the address');
	const back = await client.submit(await client.get(answer.location), 'dang-nhap', { password: PASSWORD });
	assert.equal(back.redirected, `${page()}/ghi-chu`);
	assert(!(await client.get(page())).text.includes('Gõ trước khi khóa'));
	client.close();
});
test('a page that asks by itself keeps nobody logged in', async () => {
	const client = await fresh('nguoiky');
	wait('nguoiky', 10 * MINUTE);
	const seen = () => Number(sql('board', "SELECT max(seen_ms) FROM session WHERE login = 'nguoiky'"));
	const before = seen();
	assert.equal((await client.request('GET', page(), { headers: { 'X-Tram-Quiet': '1' } })).status, 200);
	assert.equal(seen(), before);
	assert.equal((await client.request('GET', page())).status, 200);
	assert(seen() > before, 'a person does');
	client.close();
});
test('after twelve hours the whole login is asked for, and nobody is named', async () => {
	const client = await fresh('nguoiky');
	wait('nguoiky', 0, 13 * HOUR);
	const answer = await client.get(page());
	assert.equal(answer.path, '/dang-nhap');
	assert(!answer.text.includes('Phạm Thị Thử'));
	client.close();
});
test('a session of another boot opens nothing', async () => {
	const client = await fresh('nguoiky');
	sql('board', "UPDATE session SET boot = 'earlier' WHERE login = 'nguoiky'");
	assert.equal((await client.request('GET', page())).status, 303);
	client.close();
});

// ---- cookies ----
test('cookies are of one program, closed to scripts and to other sites; only the device stays', async () => {
	const clerk = stack.clerks();
	const answer = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap', { login: 'canbo', password: PASSWORD },
		{ follow: false });
	const lines = answer.headers['set-cookie'];
	assert.equal(lines.length, 2);
	for (const line of lines) {
		assert.match(line, /^tram_intake_b18685-1_r(_dev)?=/);
		for (const part of [/; HttpOnly/i, /; SameSite=Strict/i, /; Path=\/(;|$)/i]) assert.match(line, part);
		assert(!/domain=/i.test(line));
	}
	const [session, device] = [lines.find((l) => !/_dev=/.test(l)), lines.find((l) => /_dev=/.test(l))];
	assert(!/max-age|expires/i.test(session), 'gone with the browser');
	assert.match(device, /max-age=\d{7,}/i);
	clerk.close();
});
test('a session that somebody else chose is not taken', async () => {
	const client = stack.clerks();
	const chosen = 'A'.repeat(43);
	client.cookies.set('tram_intake_b18685-1_r', chosen);
	await client.login('canbo');
	assert.notEqual(sessionCookie(client)[1], chosen);
	client.cookies.set('tram_intake_b18685-1_r', chosen);
	assert.equal((await client.request('GET', '/quay')).status, 303);
	client.close();
});
test('no program takes another\'s session or token', async () => {
	const intake = stack.clerks(), admin = stack.admin();
	await intake.login('quanly');
	await admin.login('quanly');
	const [, inner] = sessionCookie(intake), [name, outer] = sessionCookie(admin);
	const tried = stack.admin();
	tried.cookies.set(name, inner);
	assert.equal((await tried.get('/tai-khoan')).path, '/dang-nhap');
	tried.cookies.set(name, outer);
	assert.equal((await tried.request('GET', '/tai-khoan')).status, 200, 'its own would do');
	const token = await csrfOf(intake, '/xu-ly');
	assert.equal((await admin.post('/khoa', { csrf: token })).status, 403, 'another session\'s token');
	for (const client of [intake, admin, tried]) client.close();
});

// ---- logging out ----
test('every program ends its session at once and tells the browser to forget', async () => {
	const here = [[stack.clerks(), 'canbo', '/quay'], [stack.admin(), 'quanly', '/tai-khoan'],
		[stack.officers(), 'tinh', '/ho-so']];
	for (const [client, login, where] of here) {
		await client.login(login);
		const old = new Map(client.cookies);
		const token = await csrfOf(client, where);
		assert.equal((await client.post('/thoat', { csrf: 'x'.repeat(43) })).status, 403, 'not without the token');
		assert.equal((await client.request('GET', where)).status, 200);
		const out = await client.post('/thoat', { csrf: token });
		assert.equal(out.status, 303);
		assert.match(out.headers['clear-site-data'] ?? '', /"cache"/, login);
		assert.match(out.headers['clear-site-data'], /"storage"/);
		assert.equal(sessionCookie(client), undefined);
		assert.equal(deviceCookie(client)[1], deviceCookie({ cookies: old })[1], 'the tablet stays known');
		client.cookies = old;
		const answer = await client.request('GET', where);
		assert(answer.status === 303 && answer.location.startsWith('/dang-nhap'), login);
		client.close();
	}
});

// ---- failing logins ----
test('a stranger\'s failures stop strangers of that account, and neither its tablet nor anybody else', async () => {
	const tablet = await fresh('quanly');
	const [, device] = deviceCookie(tablet);
	const strangers = [stack.clerks(), stack.clerks()];
	let answer;
	for (let i = 0; i < 12; i++) {
		strangers[i % 2].cookies.clear();
		answer = await logIn(strangers[i % 2], 'quanly', `Sai-Mat-Khau-${i}!`);
	}
	assert.equal(answer.status, 429);
	assert.match(answer.text, /thử lại sau \d+ phút/);
	assert.equal((await tablet.request('GET', '/xu-ly')).status, 200, 'who works goes on working');
	const again = stack.clerks();
	again.cookies.set('tram_intake_b18685-1_r_dev', device);
	await again.login('quanly');
	const other = stack.clerks();
	await other.login('nguoiky');
	const forged = stack.clerks();
	forged.cookies.set('tram_intake_b18685-1_r_dev', 'f'.repeat(32));
	assert.equal((await logIn(forged, 'quanly')).status, 429, 'a made-up device is a stranger');
	forged.cookies.set('tram_intake_b18685-1_r_dev', deviceCookie(other)[1]);
	assert.equal((await logIn(forged, 'quanly')).status, 429, 'a device known to another account is a stranger');
	for (const client of [tablet, again, other, forged, ...strangers]) client.close();
});
test('a known tablet that fails waits by itself, also for the old password of the password page', async () => {
	const tablet = await fresh('chuyenvien');
	let change;
	for (let i = 0; i < 6; i++)
		change = await tablet.submit(await tablet.get('/doi-mat-khau'), 'doi-mat-khau',
			{ old: `Sai-Mat-Khau-${i}!`, new: 'Mat-Khau-Moi-2026', again: 'Mat-Khau-Moi-2026' });
	assert.equal(change.status, 422);
	change = await tablet.submit(await tablet.get('/doi-mat-khau'), 'doi-mat-khau',
		{ old: PASSWORD, new: 'Mat-Khau-Moi-2026', again: 'Mat-Khau-Moi-2026' });
	assert.equal(change.status, 422, 'the right one waits too: an unwatched tablet gives nothing away');
	const elsewhere = await fresh('chuyenvien');
	assert.equal((await elsewhere.request('GET', '/xu-ly')).status, 200, 'another device does not wait');
	for (const client of [tablet, elsewhere]) client.close();
});
test('a name that nobody has waits as a name that somebody has', async () => {
	const texts = [];
	for (const login of ['khong-ai-ca', 'canbo']) {
		const client = stack.clerks();
		let answer;
		for (let i = 0; i < 6; i++) answer = await logIn(client, login, 'Sai-Mat-Khau-1!');
		assert.equal(answer.status, 429, login);
		texts.push(answer.html.replaceAll(login, 'X').replace(/value="[0-9a-f]{32}"/g, ''));
		client.close();
	}
	assert.equal(texts[0], texts[1]);
});
test('what was typed as a name stands in no file: it may have been the password', async () => {
	const typed = 'Mat-Khau-Go-Nham-0190!';
	const client = stack.clerks();
	const answer = await logIn(client, typed, 'x');
	assert.equal(answer.status, 422);
	assert.equal(answer.location, '');
	const found = execFileSync('sh', ['-c', `grep -rlaF -e "${typed}" "${stack.data}" || true`], { encoding: 'utf8' });
	assert.equal(found, '');
	client.close();
});

await run();
