// forks.mjs: two machines of one name: what the counter and the province show of it, in three widths: shut out,
// branches, a number that two have, an urgent dossier taken, fencing by hand with its faults.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';
import { cloneBoard } from '../lib/twin.mjs';

const stack = new Stack({ name: 'forks-browser', ports: [9393, 9398], board: 'retry_min_s = 1\npoll_max_s = 2\npoll_active_s = 1\n' });
const twin = new Stack({ name: 'forks-browser-twin', ports: [9403, 9423], of: stack });
cleanup(async (failed) => {
	await twin.down(failed);
	await stack.down(failed);
});
const counter = new People('http://127.0.0.1:9403', 'forks'), province = new People('http://127.0.0.1:9398', 'forks');
const at = (code) => `/ho-so/${encodeURIComponent(code)}`, there = (code) => `/ho-so/b18685-1/${encodeURIComponent(code)}`;
const link = (page, pattern) => page.locator(`a[href^="${pattern}"]`).first().getAttribute('href');
let urgent, twice;

test.must('one folder on two machines, each with a dossier of one number: both are shut out', async () => {
	await stack.up();
	let one = await stack.clerk('canbo');
	urgent = (await acceptDossier(one)).code;
	await stack.drained();
	await stack.stop('board');
	cloneBoard(stack, twin);
	await stack.start('board');
	one = await stack.clerk('canbo');
	twice = (await acceptDossier(one)).code;
	await stack.drained();
	process.kill(stack.pids('board')['forward.0'], 'SIGSTOP');
	await stack.stop('center');
	await twin.start('board');
	assert.equal((await acceptDossier(await twin.clerk('canbo'))).code, twice);
	await stack.start('center');
	await until('recorded', 60, () => /a branch of \d+ events is recorded/.test(twin.log('board', 'forward')));
	await twin.drained(60);
	process.kill(stack.pids('board')['forward.0'], 'SIGCONT');
	await acceptDossier(one);
	const health = path.join(twin.data, 'board/health/health.json');
	await until('shut out', 60, () => JSON.parse(readFileSync(health, 'utf8')).reason === 'cloned');
});
test('at the counter', async () => {
	await (await counter.open('canbo', '/quay')).look('counter-home');
	await (await counter.open('canbo', at(urgent))).look('counter-dossier');
	await (await counter.open('canbo', at(twice))).look('counter-same');
	await (await counter.open('quanly', '/quan-ly/can-xem')).look('counter-attend');
	const list = await counter.open('quanly', '/quan-ly/nhanh');
	await list.look('counter-forks');
	await (await list.go(await link(list.page, '/quan-ly/nhanh/'))).look('counter-fork');
});
test('at the province', async () => {
	await (await province.open('tinh', '/can-xem')).look('province-attend');
	await (await province.open('tinh', there(twice))).look('province-same');
	const list = await province.open('tinh', '/nhanh');
	await list.look('province-forks');
	await (await list.go(await link(list.page, '/nhanh/'))).look('province-fork');
	await (await province.open('giamsat', '/diem/b18685-1')).look('province-board');
	const taking = await province.open('giamsat', `${there(urgent)}/tam-giu`);
	await taking.look('province-take');
	await taking.page.fill('#reason', 'Người dân cần gấp');
	await taking.send('main form button.go, main form button[type=submit]');
	await taking.look('province-taken');
});
test('shutting out by hand', async () => {
	const page = await province.as('giamsat');
	assert.equal((await page.page.goto(new URL('/diem/b18685-1/khoa', page.origin).href)).status(), 409, 'it is already');
	await page.look('fence-before');
});

await run();
