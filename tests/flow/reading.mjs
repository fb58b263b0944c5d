// Goal: every look at a dossier is recorded without a name; one outside one's own work asks why first;
// fifty snooping looks stand in the manager's week; a look costs no wait for the disk's sake.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, act, person, startDraft } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'reading', ports: [9618, 9621] });
cleanup((failed) => stack.down(failed));
const sql = (db, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, 'board/db', db), text],
	{ encoding: 'utf8' }).trim();
const looks = (where = '1') => Number(sql('access.db', `SELECT count(*) FROM reading WHERE ${where}`));
const url = (code) => `/ho-so/${encodeURIComponent(code)}`;
const people = {};
const codes = [];
async function at(login, counter = '1') {
	const client = stack.clerks();
	await client.login(login);
	await client.submit(await client.get('/chon-quay'), '/chon-quay', { counter });
	return client;
}

test.must('a board; two clerks at two counters, one who only returns', async () => {
	await stack.up(['board']);
	for (const [login, roles] of [['nhan.hai', 'intake'], ['tra.thu', 'returner']]) {
		const made = stack.tram('board', ['user', 'add', login, '--name', 'Đặng Thị Thử', '--roles', roles,
			'--keep-password'], `${PASSWORD}\n`);
		assert.equal(made.status, 0, made.stderr);
	}
	people.one = await at('canbo', '1');
	people.two = await at('nhan.hai', '2');
	people.returner = await at('tra.thu', '3');
	people.boss = await at('quanly', '9');
	const who = person({ name: 'Nguyễn Văn Dòngnày' });
	for (let i = 0; i < 3; i++) codes.push((await acceptDossier(people.one, { who })).code);
});
test('own work opens at once and is recorded; no name, no number stands in the record', async () => {
	const before = looks();
	assert.equal((await people.one.get(url(codes[0]))).status, 200);
	assert.equal(looks() - before, 1);
	assert.match(sql('access.db', 'SELECT route, subject, ground FROM reading ORDER BY no DESC LIMIT 1'),
		new RegExp(`^dossier\\|${codes[0]}\\|0$`));
	const file = execFileSync('sh', ['-c', `cat ${path.join(stack.data, 'board/db/access.db')}*`]).toString('latin1');
	assert(!file.includes('Dòngnày') && !file.includes(Buffer.from('Dòngnày').toString('latin1')));
	await people.one.submit(await people.one.get('/quay'), '/tim', { q: 'Dòngnày' });
	assert.equal(sql('access.db', "SELECT subject FROM reading WHERE route = 'find' ORDER BY no DESC LIMIT 1"), '');
});
test('lists with names are looks; one\'s own draft is none, another\'s is', async () => {
	const register = `/so/ho-so?thang=${new Date().toISOString().slice(0, 7)}`;
	for (const [where, route] of [[register, 'register'], ['/so/ho-so/in', 'register.print'], ['/so/ho-so/tep/csv', 'register.file'],
		['/tra-ket-qua', 'tray.results'], ['/so/bien-lai', 'receipts'], ['/so/bien-lai/csv', 'receipts.file']]) {
		const before = looks(`route = '${route}' AND subject = ''`);
		assert.equal((await people.one.get(where)).status, 200, where);
		assert.equal(looks(`route = '${route}' AND subject = ''`) - before, 1, where);
	}
	let before = looks();
	const draft = await startDraft(people.one, person({ name: 'Nguyễn Văn Dòngnày' }));
	for (const step of ['nguoi', 'thu-tuc']) assert.equal((await people.one.get(`/ho-so/moi/${draft.id}/${step}`)).status, 200);
	assert.equal((await people.one.get('/quay')).status, 200);
	assert.equal(looks() - before, 0, 'the own draft and the own desk');
	assert.match((await people.two.get(`/ho-so/moi/${draft.id}/nguoi`)).text, /Dòngnày/);
	assert.equal(looks(`route = 'draft.person' AND subject = '${draft.id}'`), 1);
	before = looks();
	const quiet = () => people.one.request('GET', '/cau-hoi', { headers: { 'X-Tram-Quiet': '1' } });
	for (let i = 0; i < 5; i++) assert.equal((await quiet()).status, 200);
	assert.equal(looks() - before, 1, 'who says he did not look is recorded once an hour all the same');
});
test('a form sent to a dossier one has not opened is refused with its page: that look stands on record', async () => {
	const csrf = /name="csrf" value="([^"]+)"/.exec((await people.two.get('/quay')).html)[1];
	const sent = await people.two.post(`${url(codes[0])}/ghi-chu`, { csrf, text: '' });
	assert.equal(sent.status, 422);
	assert.equal(sql('access.db', 'SELECT route, subject, ground FROM reading ORDER BY no DESC LIMIT 1'), `act.note|${codes[0]}|2`);
});
test('another counter\'s dossier asks for a reason; without one nothing is shown', async () => {
	for (const slug of ['', '/giay-hen', '/ghi-chu']) {
		const page = await people.two.get(`${url(codes[0])}${slug}`);
		assert.match(page.text, /để làm gì/, slug);
		assert(!page.text.includes('Dòngnày'), slug);
	}
	const page = await people.two.get(url(codes[0]));
	const empty = await people.two.submit(page, 'id="reason"', { reason: ' ' });
	assert.equal(empty.status, 422);
	assert(empty.html.includes('id="reason-loi"'));
	const [one, two] = await Promise.all([1, 2].map(() =>
		people.two.submit(page, 'id="reason"', { reason: 'Người dân hỏi kết quả' })));
	assert.match(one.text, /Dòngnày/);
	assert.match(two.text, /Dòngnày/);
	assert.equal((await people.two.get(url(codes[0]))).status, 200, 'not asked again in this shift');
	const timeline = await people.one.get(url(codes[0]));
	assert.match(timeline.text, /Ghi lý do xem hồ sơ/);
	assert.match((await people.two.get(url(codes[1]))).text, /để làm gì/, 'each dossier by itself');
});
test('a reason to look does not undo the form another person has open', async () => {
	const page = await people.one.get(`${url(codes[1])}/ghi-chu`);
	await people.two.submit(await people.two.get(url(codes[1])), 'id="reason"', { reason: 'Kiểm tra giấy tờ' });
	const done = await people.one.submit(page, 'ghi-chu', { text: 'Đã gọi' });
	assert(done.redirected, done.text.slice(0, 300));
});
test('what waits at one\'s desk needs no reason', async () => {
	await act(people.one, codes[2], 'chuyen');
	const specialist = await at('chuyenvien', '7');
	assert.match((await specialist.get(url(codes[2]))).text, /Dòngnày/);
	specialist.close();
});
test('a wrong next address leads nowhere else', async () => {
	const csrf = /name="csrf" value="([^"]+)"/.exec((await people.two.get('/quay')).html)[1];
	for (const next of ['http://vidu.vn/', '//vidu.vn', '/thoat', '/ho-so/../../x']) {
		const done = await people.two.post(`${url(codes[2])}/ly-do`, { csrf, reason: 'Người dân hỏi', tiep: next });
		assert.equal(done.location, url(codes[2]), next);
	}
	assert.equal((await people.two.post(`${url('T18685.1-000101-0001')}/ly-do`, { csrf, reason: 'abc' })).status, 404);
});
test('fifty snooping looks stand in the manager\'s week', async () => {
	for (let i = codes.length; i < 50; i++) codes.push((await acceptDossier(people.one)).code);
	for (const code of codes) assert.equal((await people.returner.get(url(code))).status, 200);
	const page = await people.boss.get('/quan-ly/truy-cap');
	// The list she starts at counts as looks of her own work.
	assert.match(page.text, /Đặng Thị Thử\s+5[0-9]\s+50/);
	const id = /truy-cap\?nguoi=(u-[0-9a-f]{16})"[^>]*>Đặng Thị Thử<\/a><\/td><td class="r"[^>]*>5[0-9]</.exec(page.html)[1];
	const one = await people.boss.get(`/quan-ly/truy-cap?nguoi=${id}`);
	const shown = new Set([...one.html.matchAll(/class="num" href="\/ho-so\/([^"]+)"/g)].map(([, code]) => decodeURIComponent(code)));
	assert.deepEqual([...shown].sort(), [...codes].sort());
	assert.equal((one.text.match(/Chỉ xem/g) ?? []).length, 50);
	await act(people.returner, codes[5], 'ghi-chu', { text: 'Đã kiểm tra chỗ để' });
	assert.equal(((await people.boss.get(`/quan-ly/truy-cap?nguoi=${id}`)).text.match(/Đã làm việc/g) ?? []).length, 1);
	assert.equal((await people.one.get('/quan-ly/truy-cap')).status, 403);
});
test('records are kept a year, and go after it', async () => {
	const old = Date.now() - 367 * 86400000;
	sql('access.db', `INSERT INTO reading (at, account, route, subject, place, ground) VALUES (${old}, 'u-x', 'dossier', 'x', '', 0),
		(${old + 5 * 86400000}, 'u-x', 'dossier', 'x', '', 0);
		INSERT INTO reader (account, name, at) VALUES ('u-x', 'Nguyễn Văn Thử', ${old - 2 * 86400000}),
		('u-xx', 'Trần Thị Mẫu', ${old + 5 * 86400000})`);
	for (const name of Object.keys(stack.pids('board')).filter((n) => n.startsWith('intake'))) stack.killOne('board', name);
	await until('the old record is gone', 20, async () => {
		await people.one.get(url(codes[0]));
		return looks("account = 'u-x'") === 1;
	});
	assert.equal(sql('access.db', "SELECT group_concat(account) FROM reader WHERE account LIKE 'u-x%' ORDER BY account"), 'u-xx',
		'a name goes with the last look of its person');
});
test('the tables made anew are the same', async () => {
	await stack.stop('board');
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
});

await run();
