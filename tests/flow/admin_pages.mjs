// admin_pages.mjs: the manager's accounts and the technician's health page: who may do what, the
// one-time password's whole way, and a health page that stands when the database does not.
import { strict as assert } from 'node:assert';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, run, cleanup, until } from '../lib/check.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'admin-pages', ports: [9700, 9710] });
cleanup((failed) => stack.down(failed));
let manager, technician;

const idOf = (page, login) => {
	const row = page.html.split('<tr>').find((part) => part.includes(`>${login}`));
	return /tai-khoan\/(u-[0-9a-f]{16})\//.exec(row)[1];
};
const once = (page) => /<span class="mono">([^<]+)<\/span>/.exec(page.html)?.[1];

test.must('a board and its center', async () => {
	await stack.up();
	manager = stack.admin();
	technician = stack.admin();
	await manager.login('quanly');
	await technician.login('kythuat');
});
test('a clerk has no place here, and learns it from the page', async () => {
	const clerk = stack.admin();
	const page = await clerk.get('/tai-khoan');
	assert.equal(page.path, '/dang-nhap');
	const answer = await clerk.submit(page, 'dang-nhap', { login: 'canbo', password: PASSWORD });
	assert.equal(answer.status, 422);
	assert.match(answer.text, /không làm việc ở trang này/);
	assert.equal((await clerk.get('/tai-khoan')).path, '/dang-nhap');
	clerk.close();
});
test('the technician sees health, and no account', async () => {
	const home = await technician.get('/');
	assert.equal(home.path, '/suc-khoe');
	for (const [method, where] of [['GET', '/tai-khoan'], ['GET', '/tai-khoan/moi']])
		assert.equal((await technician.request(method, where)).status, 403, where);
	const csrf = Object.fromEntries(technician.form(home, 'khoa').fields).csrf;
	const id = idOf(await manager.get('/tai-khoan'), 'canbo');
	for (const act of ['khoa', 'mo', 'mat-khau'])
		assert.equal((await technician.post(`/tai-khoan/${id}/${act}`, { csrf })).status, 403, act);
});
test('a faulty new account comes back with everything typed', async () => {
	const page = await manager.get('/tai-khoan/moi');
	const back = await manager.submit(page, '/tai-khoan/moi', { name: 'Nguyễn <b>Thử</b>', login: 'Thử', job: 'Công chức' });
	assert.equal(back.status, 422);
	assert(back.html.includes('value="Nguyễn &lt;b&gt;Thử&lt;/b&gt;"') && back.html.includes('value="Công chức"'));
	assert(back.html.includes('id="login-loi"') && back.html.includes('id="roles-loi"'));
	const taken = await manager.submit(page, '/tai-khoan/moi', { name: 'X', login: 'canbo', role_intake: '1' });
	assert.equal(taken.status, 422);
	assert.match(taken.text, /đã có người dùng/);
	const officer = await manager.submit(page, '/tai-khoan/moi', { name: 'X', login: 'lam-tinh', role_officer: '1' });
	assert.equal(officer.status, 422, 'a manager of a board makes no officers');
});
test('one-time password: shown once, opens once, must be changed', async () => {
	const page = await manager.get('/tai-khoan/moi');
	const done = await manager.submit(page, '/tai-khoan/moi', { name: 'Nguyễn Thị Thử', login: 'thu.moi', job: '',
		role_intake: '1', role_returner: '1' });
	const password = once(done);
	assert.match(password, /^[A-Za-z2-9]{4}(-[A-Za-z2-9]{4}){3}$/);
	assert.match(done.headers['cache-control'], /no-store/);
	assert.equal(once(await manager.get('/tai-khoan')), undefined, 'only once');
	const clerk = stack.clerks();
	const login = await clerk.get('/dang-nhap');
	const first = await clerk.submit(login, 'dang-nhap', { login: 'thu.moi', password });
	assert.equal(first.path, '/doi-mat-khau');
	assert.equal((await clerk.get('/quay')).path, '/doi-mat-khau', 'no way around it');
	await clerk.submit(first, 'doi-mat-khau', { old: password, new: 'Mat-Khau-Moi-2026', again: 'Mat-Khau-Moi-2026' });
	assert.notEqual((await clerk.get('/quay')).path, '/doi-mat-khau');
	const again = stack.clerks();
	const old = await again.submit(await again.get('/dang-nhap'), 'dang-nhap', { login: 'thu.moi', password });
	assert.equal(old.status, 422, 'the one-time password is spent');
	for (const name of ['admin', 'intake', 'access']) assert(!stack.log('board', name).includes(password), name);
	clerk.close();
	again.close();
});
test('locking ends the work at once; unlocking lets in again', async () => {
	const clerk = stack.clerks();
	await clerk.login('canbo');
	const list = await manager.get('/tai-khoan');
	const id = idOf(list, 'canbo');
	const locked = await manager.submit(list, `${id}/khoa`);
	assert.match(locked.text, /Đã khóa/);
	assert.equal((await clerk.get('/quay')).path, '/dang-nhap');
	const refused = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap',
		{ login: 'canbo', password: PASSWORD });
	assert.equal(refused.status, 422);
	assert.match(refused.text, /đang khóa/);
	await manager.submit(await manager.get('/tai-khoan'), `${id}/mo`);
	await clerk.login('canbo');
	clerk.close();
});
test('a reset ends the sessions and the old password', async () => {
	const clerk = stack.clerks();
	await clerk.login('chuyenvien');
	const list = await manager.get('/tai-khoan');
	const done = await manager.submit(await manager.get(`/tai-khoan/${idOf(list, 'chuyenvien')}/mat-khau`), '/mat-khau',
		{ second_login: 'kythuat', second_password: PASSWORD });
	assert(once(done));
	assert.equal((await clerk.get('/xu-ly')).path, '/dang-nhap');
	const old = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap',
		{ login: 'chuyenvien', password: PASSWORD });
	assert.equal(old.status, 422);
	clerk.close();
});
test('nobody locks or resets himself, and tokens are asked for', async () => {
	const list = await manager.get('/tai-khoan');
	const csrf = Object.fromEntries(manager.form(list, 'thoat').fields).csrf;
	const self = /account=(u-[0-9a-f]{16}) program=admin/.exec(stack.log('board', 'admin'))[1];
	const id = idOf(list, 'nguoiky');
	for (const act of ['khoa', 'mat-khau'])
		assert.equal((await manager.post(`/tai-khoan/${self}/${act}`, { csrf })).status, 409, act);
	assert.equal((await manager.post(`/tai-khoan/${id}/khoa`, {})).status, 403);
	assert.equal((await manager.post(`/tai-khoan/${id}/khoa`, { csrf }, { Origin: 'http://evil.example' })).status, 403);
	assert.equal((await manager.post('/tai-khoan/u-0000000000000000/khoa', { csrf })).status, 404);
	assert.match((await manager.get('/tai-khoan')).text, /Phạm Thị Thử[^]*?Đang dùng/);
});
test('health: the link in words, what waits, room; nothing about a person', async () => {
	const page = await until('the forwarder has told of itself', 20, async () => {
		const now = await technician.get('/suc-khoe');
		return now.text.includes('Thông suốt') && now;
	});
	assert.match(page.text, /Tỉnh đã nhận đủ/);
	assert.match(page.text, /còn chỗ cho \d+ hồ sơ/);
	assert.match(page.text, /Tốc độ ghi/);
	for (const word of ['Nguyễn', 'canbo', '000090000001', '0239']) assert(!page.html.includes(word), word);
});
test('a dead link is told with what to do, and is not ill health', async () => {
	await stack.stop('center');
	const page = await until('the page knows', 30, async () => {
		const now = await technician.get('/suc-khoe');
		return now.text.includes('Chưa tới được máy chủ tỉnh') && now;
	});
	assert.match(page.text, /Kiểm tra dây mạng/);
	assert(!page.html.includes('tag bad'));
	await stack.start('center');
	await until('it comes back by itself', 30, async () =>
		(await technician.get('/suc-khoe')).text.includes('Thông suốt'));
});
test('with the database, the health file, all of it broken, the page still stands', async () => {
	const db = path.join(stack.data, 'board/db/tram.db');
	const health = path.join(stack.data, 'board/health/health.json');
	stack.killOne('board', 'forward.0', 'SIGSTOP');
	renameSync(db, `${db}.away`);
	writeFileSync(db, 'this is not a database');
	for (const content of [undefined, '{"at":', '[]', '{"at":"x","link":7}']) {
		if (existsSync(health)) rmSync(health);
		if (content !== undefined) writeFileSync(health, content);
		const page = await technician.get('/suc-khoe');
		assert.equal(page.status, 200, content);
		assert.match(page.text, /chưa chạy lần nào/);
		assert.match(page.text, /Không đo được/);
		assert.doesNotMatch(page.text, /hồ sơ \(/, 'nothing is made up');
	}
	rmSync(db);
	renameSync(`${db}.away`, db);
	manager.close();
	technician.close();
	stack.killOne('board', 'forward.0', 'SIGKILL');
});

await run();
