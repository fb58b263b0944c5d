// Goal: a manager's second factor from the key shown once to its loss: codes count and never come back,
// five wrong ones make the device wait, and another manager takes the factor away.
import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'otp', ports: [9636, 9639] });
cleanup((failed) => stack.down(failed));
const sql = (db, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, 'board', db), text],
	{ encoding: 'utf8' }).trim();
let key, counter = 0, manager, second;
function hotp(at) {
	const text = Buffer.alloc(8);
	text.writeBigUInt64BE(BigInt(at));
	const mac = createHmac('sha1', key).update(text).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}
function base32(text) {
	const bits = [...text].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}
const password = async (client, login = 'quanly') =>
	client.submit(await client.get('/dang-nhap'), 'dang-nhap', { login, password: PASSWORD });

test.must('two managers', async () => {
	await stack.up(['board']);
	assert.equal(stack.tram('board', ['user', 'add', 'quanly.hai', '--name', 'Vũ Thị Mẫu', '--roles', 'manager',
		'--keep-password'], `${PASSWORD}\n`).status, 0);
	assert.equal(stack.tram('board', ['user', 'add', 'ngan', '--name', 'A', '--roles', 'intake'], 'Ngan-2026!\n').status, 2,
		'the command line asks for the same password');
	manager = stack.admin();
	await manager.login('quanly');
	second = stack.admin();
	await second.login('quanly.hai');
});
test('the key is shown once; a wrong first code switches nothing on; the right one does', async () => {
	const page = await manager.get('/ma-mot-lan');
	const shown = await manager.submit(page, 'ma-mot-lan', {}, { button: 'begin' });
	assert.match(shown.html, /<svg/);
	key = base32(/class="mono">([A-Z2-7]{32})</.exec(shown.html)[1]);
	assert(!/[A-Z2-7]{32}/.test((await manager.get('/ma-mot-lan')).text), 'only once');
	const wrong = await manager.submit(shown, 'name="code"', { code: String((Number(hotp(0)) + 1) % 1000000).padStart(6, '0') });
	assert.equal(wrong.status, 422);
	assert.equal((await password(stack.admin())).path, '/tai-khoan', 'not asked for yet');
	const on = await manager.submit(shown, 'name="code"', { code: hotp(counter++) });
	assert.match(on.text, /Đang dùng mã một lần/);
	for (const name of ['admin', 'intake']) assert(!stack.log('board', name).includes(hotp(0)), name);
});
test('password, then code; a used code never again; one some steps ahead is taken', async () => {
	const client = stack.clerks();
	const asked = await password(client);
	assert.match(asked.text, /Nhập mã một lần/);
	assert.equal((await client.request('GET', '/quay')).status, 303, 'the password alone opens nothing');
	const used = await client.submit(asked, 'name="code"', { code: hotp(0) });
	assert.equal(used.status, 422);
	counter += 4;
	const inside = await client.submit(used, 'name="code"', { code: ` ${hotp(counter).slice(0, 3)} ${hotp(counter).slice(3)}` });
	assert.equal(inside.status, 200);
	assert.match(inside.text, /Hoàng Văn Thử/);
	const late = await client.post('/dang-nhap', { cho: asked.html.match(/name="cho" value="(\w+)"/)[1], code: hotp(counter + 1) });
	assert.equal(late.status, 422, 'a token opens once');
	counter++;
	const far = stack.clerks();
	const page = await password(far);
	assert.equal((await far.submit(page, 'name="code"', { code: hotp(counter + 30) })).status, 422, 'too far ahead');
});
test('who has a second factor stands for another with password and code, each code once', async () => {
	const of = (login) => sql('auth/auth.db', `SELECT id FROM account WHERE login = '${login}'`);
	const path = `/tai-khoan/${of('canbo')}/mat-khau`;
	const stand = async (code) => second.submit(await second.get(path), '/mat-khau', { second_login: 'quanly', second_password: PASSWORD, second_code: code });
	const fault = (page, word) => page.status === 422 && page.html.includes('id="second_code-loi"') && word.test(page.text);
	assert(fault(await stand(''), /nhập lại mật khẩu và mã mới/));
	assert(fault(await stand('000000'), /Mã chưa đúng/));
	const code = hotp(counter++);
	const given = await stand(code);
	assert.equal(given.status, 200, given.text.slice(0, 400));
	assert(fault(await stand(code), /Mã chưa đúng/), 'used up');
	for (let i = 0; i < 4; i++) await stand('111111');
	assert(fault(await stand(hotp(counter)), /chờ vài phút/), 'five wrong codes: it waits, though the password is right');
});
test('five wrong codes: the device waits, though it knows the password', async () => {
	const thief = stack.clerks();
	let page = await password(thief);
	for (let i = 0; i < 5; i++) page = await thief.submit(page, 'name="code"', { code: '00000x' });
	assert.match(page.text, /đăng nhập lại từ đầu/);
	assert.equal((await password(thief)).status, 429);
});
test('another manager takes the factor away; the next login chooses a long password again', async () => {
	const id = sql('auth/auth.db', "SELECT id FROM account WHERE login = 'quanly'");
	const csrf = /name="csrf" value="([^"]+)"/.exec((await second.get('/tai-khoan')).html)[1];
	const own = sql('auth/auth.db', "SELECT id FROM account WHERE login = 'quanly.hai'");
	assert.equal((await second.post(`/tai-khoan/${own}/bo-ma`, { csrf })).status, 409, 'not one\'s own');
	const path = `/tai-khoan/${id}/bo-ma`;
	assert((await second.get('/tai-khoan')).html.includes(`href="${path}"`));
	const stand = async (login, word = PASSWORD) => second.submit(await second.get(path), '/bo-ma', { second_login: login, second_password: word });
	for (const [login, word] of [['', ''], ['nguoiky', 'sai-mat-khau'], ['quanly.hai', PASSWORD], ['quanly', PASSWORD], ['canbo', PASSWORD]]) {
		const refused = await stand(login, word);
		assert(refused.status === 422 && refused.html.includes('id="second_login-loi"'), `${login} may not stand for it`);
	}
	const list = await stand('nguoiky');
	assert.equal(list.redirected, '/tai-khoan', list.text.slice(0, 300));
	assert.equal((await second.get(path)).path, '/tai-khoan', 'done already');
	assert.equal((await manager.get('/tai-khoan')).path, '/dang-nhap', 'sessions ended');
	const client = stack.admin();
	client.cookies = new Map(manager.cookies);
	assert.equal((await password(client)).path, '/doi-mat-khau');
});

await run();
