// Goal: several people on one paired tablet: each locks and opens her own work by PIN; a PIN is worth
// nothing elsewhere, after five errors, after the shift, for a manager; strangers never lock the tablet.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { chooseProcedure, startDraft } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'pin', ports: [9612, 9615] });
cleanup((failed) => stack.down(failed));
const HOUR = 3600000;
const sql = (db, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, 'board', db), text],
	{ encoding: 'utf8' }).trim();
const idOf = (login) => sql('auth/auth.db', `SELECT id FROM account WHERE login = '${login}'`);
const sessionOf = (client) => [...client.cookies].find(([name]) => !name.endsWith('_dev'))?.[1];
const byPassword = async (client, login, password = PASSWORD) =>
	client.submit(await client.get('/dang-nhap?mat-khau=1'), 'dang-nhap', { login, password });
const lock = async (client) => client.submit(await client.get('/quay'), '/khoa');
const open = async (client, login, pin) => client.submit(await client.get('/khoa'), '/khoa/mo', { who: idOf(login), pin });
let tablet;

test.must('a manager pairs a tablet', async () => {
	await stack.up(['board']);
	sql('auth/auth.db', 'SELECT 1');
	const made = stack.tram('board', ['user', 'add', 'canbo.hai', '--name', 'Đặng Thị Thử', '--roles', 'intake',
		'--keep-password'], `${PASSWORD}\n`);
	assert.equal(made.status, 0, made.stderr);
	tablet = stack.clerks();
	await tablet.login('quanly');
	const page = await tablet.get('/quan-ly/may');
	const wrong = await tablet.submit(page, '/quan-ly/may', { name: '', at: 'x' });
	assert.equal(wrong.status, 422);
	assert(wrong.html.includes('id="name-loi"') && wrong.html.includes('id="at-loi"'));
	const done = await tablet.submit(page, '/quan-ly/may', { name: 'Máy quầy 3', at: '3' });
	assert.match(done.text, /Máy quầy 3/);
	assert.match(done.text, /máy này/);
	assert.match((await tablet.get('/ma-pin')).text, /Tài khoản quản lý luôn đăng nhập bằng mật khẩu/);
	await tablet.submit(await tablet.get('/quan-ly'), 'thoat').catch(async () => tablet.submit(await tablet.get('/quay'), 'thoat'));
});
test('the first login on it asks for a PIN; faults are said; the tablet knows its counter', async () => {
	const first = await byPassword(tablet, 'canbo');
	assert.equal(first.path, '/ma-pin');
	for (const [pin, again] of [['12345', '12345'], ['111111', '111111'], ['123456', '123456'], ['654321', '654321'],
		['271828', '271829'], ['27182a', '27182a'], ['', '']]) {
		const back = await tablet.submit(first, '/ma-pin', { pin, again });
		assert.equal(back.status, 422, pin);
		assert(!back.html.includes('271828'), 'a PIN is never shown again');
	}
	const done = await tablet.submit(first, '/ma-pin', { pin: '271828', again: '271828' });
	assert.equal(done.path, '/quay');
	assert.match(done.text, /Quầy 3/);
	assert.equal(sql('auth/auth.db', "SELECT count(*) FROM pin WHERE hash LIKE '%271828%'"), '0');
});
test('two clerks take turns: the screen of each comes back where it was', async () => {
	const locked = await lock(tablet);
	assert.equal(locked.path, '/khoa');
	assert.match(locked.text, /Trần Thị Thử/);
	const second = await byPassword(tablet, 'canbo.hai');
	assert.equal(second.path, '/ma-pin');
	await tablet.submit(second, '/ma-pin', { pin: '314159', again: '314159' });
	await lock(tablet);
	const before = sessionOf(tablet);
	const people = await tablet.get('/khoa');
	assert.match(people.text, /Trần Thị Thử[^]*Đặng Thị Thử|Đặng Thị Thử[^]*Trần Thị Thử/);
	assert.equal((await tablet.request('GET', '/quay')).status, 303, 'locked');
	const back = await open(tablet, 'canbo', '271828');
	assert.equal(back.path, '/quay');
	assert.match(back.text, /Trần Thị Thử/);
	assert.notEqual(sessionOf(tablet), before, 'a new token');
	const thief = stack.clerks();
	thief.cookies = new Map(tablet.cookies);
	for (const [name] of thief.cookies) if (!name.endsWith('_dev')) thief.cookies.set(name, before);
	assert.equal((await thief.request('GET', '/quay')).status, 303, 'the old token is worth nothing');
	await lock(tablet);
	assert.match((await open(tablet, 'canbo.hai', '314159')).text, /Đặng Thị Thử/);
	await lock(tablet);
});
test('a wrong PIN, another person\'s PIN: refused, and said', async () => {
	for (const pin of ['000000', '314159', 'abc', '27182', '2718281', "' OR 1"]) {
		const back = await open(tablet, 'canbo', pin);
		if (pin === "' OR 1") break;
		assert.equal(back.status, 422, pin);
		assert.match(back.text, /PIN chưa đúng/);
	}
	// That was five: now even the right one does not open.
	const page = await tablet.get('/khoa');
	assert(!page.html.includes(idOf('canbo')), 'no longer offered');
	const late = await tablet.post('/khoa/mo', { who: idOf('canbo'), pin: '271828', form_id: '0'.repeat(32) });
	assert.equal(late.status, 422);
	assert.match(late.text, /cần nhập mật khẩu/);
	const back = await byPassword(tablet, 'canbo');
	assert.equal(back.path, '/quay', 'the password opens, and the PIN holds again');
	await lock(tablet);
	assert.equal((await open(tablet, 'canbo', '271828')).path, '/quay');
});
test('a PIN opens nothing from another device, paired or not', async () => {
	await lock(tablet);
	const stranger = stack.clerks();
	assert.equal((await stranger.get('/khoa')).path, '/dang-nhap');
	const tried = await stranger.post('/khoa/mo', { who: idOf('canbo'), pin: '271828' });
	assert.equal(tried.location, '/dang-nhap');
	const other = stack.clerks();
	await other.login('quanly');
	await other.submit(await other.get('/quan-ly/may'), 'name="at"', { name: 'Máy quầy 4', at: '' });
	await other.submit(await other.get('/quan-ly/may'), 'thoat');
	const here = await other.post('/khoa/mo', { who: idOf('canbo'), pin: '271828' });
	assert.equal(here.status, 422);
	assert.match(here.text, /Phiên làm việc đã hết/);
	const from = await tablet.request('POST', '/khoa/mo', { body: `who=${idOf('canbo')}&pin=271828`,
		headers: { Origin: 'http://vidu.vn', 'Content-Type': 'application/x-www-form-urlencoded' } });
	assert.equal(from.status, 403, 'from a page of elsewhere');
});
test('a shift ends after 12 hours, an account locked meanwhile stays shut, a manager has no PIN', async () => {
	sql('run/run.db', `UPDATE session SET started_ms = started_ms - ${13 * HOUR} WHERE account = '${idOf('canbo')}'`);
	assert.match((await open(tablet, 'canbo.hai', '314159')).text, /Đặng Thị Thử/);
	await lock(tablet);
	const over = await tablet.post('/khoa/mo', { who: idOf('canbo'), pin: '271828' });
	assert.match(over.text, /Phiên làm việc đã hết/);
	sql('auth/auth.db', `UPDATE account SET locked = 1 WHERE login = 'canbo.hai'`);
	assert.match((await open(tablet, 'canbo.hai', '314159')).text, /cần nhập mật khẩu/);
	sql('auth/auth.db', `UPDATE account SET locked = 0, roles = roles | 512 WHERE login = 'canbo.hai'`);
	assert.match((await open(tablet, 'canbo.hai', '314159')).text, /cần nhập mật khẩu/);
	sql('auth/auth.db', `UPDATE account SET roles = roles - 512 WHERE login = 'canbo.hai'`);
	assert.match((await open(tablet, 'canbo.hai', '314159')).text, /Đặng Thị Thử/);
});
test('strangers who fail at an account do not lock the paired tablet, and the deputy ends the wait', async () => {
	const stranger = stack.clerks();
	for (let i = 0; i < 6; i++)
		await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap', { login: 'canbo', password: 'Sai-Hoan-Toan-1!' });
	const refused = await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap', { login: 'canbo', password: PASSWORD });
	assert.equal(refused.status, 429);
	await lock(tablet);
	assert.equal((await byPassword(tablet, 'canbo')).status, 200);
	const boss = stack.clerks();
	await boss.login('quanly');
	await boss.submit(await boss.get('/quan-ly/nguoi'), `/quan-ly/nguoi/${idOf('canbo')}/mo`);
	assert.equal((await byPassword(stranger, 'canbo')).status, 200, 'let in by the deputy');
	assert.equal((await boss.post(`/quan-ly/nguoi/${idOf('quanly')}/mo`,
		{ csrf: /name="csrf" value="([^"]+)"/.exec((await boss.get('/quan-ly/nguoi')).html)[1] })).status, 409);
});
test('a clerk\'s own procedures and substitute are kept; faults come back', async () => {
	const boss = stack.clerks();
	await boss.login('quanly');
	const url = `/quan-ly/nguoi/${idOf('canbo')}`;
	const page = await boss.get(url);
	const code = /name="p\.([^"]+)"/.exec(page.html)[1];
	const wrong = await boss.submit(page, url, { substitute: 'u-0', [`p.${code}`]: '1' });
	assert.equal(wrong.status, 422);
	assert(wrong.html.includes(`name="p.${code}" value="1" checked`), 'what was ticked stays');
	const saved = await boss.submit(page, url, { substitute: idOf('canbo.hai'), [`p.${code}`]: '1' });
	assert.match(saved.text, /làm thay khi vắng: Đặng Thị Thử/);
	assert.equal(sql('auth/auth.db', "SELECT procedures FROM account WHERE login = 'canbo'"), code);
	assert.equal((await boss.get('/quan-ly/nguoi/u-0000000000000000')).status, 404);
	const clerk = stack.clerks();
	await byPassword(clerk, 'canbo');
	const draft = await startDraft(clerk);
	assert.match(draft.page.html, new RegExp(`Thủ tục của tôi[^]*value="${code.replace('.', '\\.')}"`));
	assert.match((await chooseProcedure(clerk, draft, code === '2.000635' ? '2.000815' : '2.000635')).text,
		/không nằm trong danh sách anh\/chị phụ trách/);
	clerk.close();
});
test('unpairing ends the sessions on the tablet and its PINs', async () => {
	const boss = stack.clerks();
	await boss.login('quanly');
	const page = await boss.get('/quan-ly/may');
	const row = page.html.split('<tr>').find((part) => part.includes('Máy quầy 3'));
	const id = /\/quan-ly\/may\/([0-9a-f]{16})\/bo/.exec(row)[1];
	await boss.submit(page, `/quan-ly/may/${id}/bo`);
	assert.equal((await tablet.get('/quay')).path, '/dang-nhap');
	assert.equal(sql('auth/auth.db', 'SELECT count(*) FROM pin'), '0');
	assert.equal((await tablet.get('/khoa')).path, '/dang-nhap');
});

await run();
