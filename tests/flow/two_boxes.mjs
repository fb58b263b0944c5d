// Goal: one data folder runs on two machines at once. The province fences them and says so on both; what
// either wrote is kept, nothing is lost or doubled; the counter works on; an urgent dossier is taken by the
// province and given back; one machine is let in again and goes on, then what the other one holds comes too.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';
import { cloneBoard } from '../lib/twin.mjs';

const stack = new Stack({ name: 'two-boxes', ports: [9300, 9303], board: 'retry_min_s = 1\npoll_max_s = 2\npoll_active_s = 1\n' });
const twin = new Stack({ name: 'two-boxes-twin', ports: [9306, 9343], of: stack });
cleanup(async (failed) => {
	await twin.down(failed);
	await stack.down(failed);
});
const sql = (of, side, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(of.data, side, 'db/tram.db'), text],
	{ encoding: 'utf8' }).trim();
const at = (code, slug = '') => `/ho-so/b18685-1/${encodeURIComponent(code)}${slug}`;
const health = (of) => JSON.parse(readFileSync(path.join(of.data, 'board/health/health.json'), 'utf8'));
const fenced = (of) => until('it says so', 60, () => health(of).reason === 'cloned');
let one, two, chief, officer, urgent, kept, apart, late;

async function letIn(of) {
	const page = await chief.get('/diem/moi?may=b18685-1');
	const made = await chief.submit(page, '/diem/moi');
	const token = /b18685-1\/([0-9A-Z]{5}-){10}[0-9A-Z]{5}/.exec(made.text)?.[0];
	assert(token, made.text);
	const joined = of.tram('board', ['enroll'], `${token}\n`);
	assert.equal(joined.status, 0, joined.stdout + joined.stderr);
}

test.must('a board with a dossier, and its folder on a second machine that takes one in while the line is down', async () => {
	await stack.up();
	one = await stack.clerk('canbo');
	urgent = await acceptDossier(one);
	await stack.drained();
	await stack.stop('board');
	cloneBoard(stack, twin);
	await stack.start('board');
	one = await stack.clerk('canbo');
	kept = await acceptDossier(one);
	await stack.drained();
	process.kill(stack.pids('board')['forward.0'], 'SIGSTOP');	// the first machine is silent for a while
	await stack.stop('center');
	await twin.start('board');
	two = await twin.clerk('canbo');
	apart = await acceptDossier(two);
	assert.equal(apart.code, kept.code, 'both gave the number out');
	assert.notEqual(apart.id, kept.id);
});
test.must('the second machine comes back as an old copy does: its branch is kept on both sides', async () => {
	await stack.start('center');
	await until('recorded', 60, () => /a branch of \d+ events is recorded/.test(twin.log('board', 'forward')));
	await twin.drained(60);
	for (const [of, side] of [[twin, 'board'], [stack, 'center']])
		assert.equal(sql(of, side, `SELECT count(*) FROM dossier WHERE code = '${kept.code}'`), '2', side);
});
test.must('then the first one speaks: fenced, and both are told', async () => {
	process.kill(stack.pids('board')['forward.0'], 'SIGCONT');
	late = await acceptDossier(one);
	await fenced(stack);
	await fenced(twin);
	assert.equal(sql(stack, 'center', "SELECT fenced || fence_reason || fence_by FROM link_board WHERE board = 'b18685-1'"), '1clonedsystem');
});
test('in plain words: at both counters, on both link pages, and what a clerk may still do', async () => {
	for (const [of, clerk] of [[stack, one], [twin, two]]) {
		const home = await clerk.get('/quay');
		assert.match(home.text, /Tỉnh đã khóa máy này từ/);
		assert.match(home.text, /hai máy cùng mang tên điểm này/);
		assert.match(home.text, /Vẫn tiếp nhận, in giấy hẹn/);
		const technician = of.admin();
		await technician.login('kythuat');
		const link = await technician.get('/duong-truyen');
		assert.match(link.text, /Tỉnh thấy hai máy dùng chung một danh tính/);
		assert.match(link.text, /Vẫn tiếp nhận, in giấy hẹn/);
		technician.close();
		assert.match((await dossier(clerk, urgent.code)).text, /Nếu tỉnh đã nhận giữ hồ sơ này/);
	}
	const still = await acceptDossier(one);
	assert.equal((await dossier(one, still.code)).status, 200);
});
test('and at the province: the list, the machine, the page of whoever must look', async () => {
	[chief, officer] = [stack.officers(), stack.officers()];
	await chief.login('giamsat');
	await officer.login('tinh');
	assert.match((await officer.get('/diem')).text, /Đã khóa, có hai máy một danh tính/);
	const page = await officer.get('/diem/b18685-1');
	assert.match(page.text, /Tỉnh tự khóa máy này/);
	assert.match(page.text, /giữ một máy, tắt máy kia/);
	assert.match((await officer.get('/can-xem')).text, /Máy đang bị khóa/);
	assert.match((await officer.get('/ho-so')).text, /đang bị khóa/);
});
test('a number that two have: the address and the search say so, each opens by its name, an act on neither', async () => {
	const manager = twin.clerks();
	await manager.login('quanly');
	const url = `/ho-so/${encodeURIComponent(apart.code)}`;
	const page = await two.get(url);
	assert.match(page.text, /Có hai hồ sơ mang mã/);
	for (const made of [kept, apart]) {
		assert(page.html.includes(`href="/ho-so/${made.id}"`), made.id);
		const opened = await two.get(`/ho-so/${made.id}`);
		assert.equal(opened.status, 200);
		assert.match(opened.text, /Trùng mã/);
		assert(opened.html.includes(`/ho-so/${made.id}/ghi-chu`), 'its acts lead to it alone');
	}
	const found = await two.submit(await two.get('/quay'), '/tim', { q: apart.code });
	assert.match(found.text, /Có hai hồ sơ mang mã/);
	assert.match((await two.get(`${url}/giay-hen`)).text, /Có hai hồ sơ mang mã/);
	const form = two.form(await two.get(`/ho-so/${apart.id}/ghi-chu`), '/ghi-chu');
	const refused = await two.post(`${url}/ghi-chu`, form.fields.map(([n, v]) => [n, n === 'text' ? 'thử' : v]));
	assert.equal(refused.status, 409);
	assert.match(refused.text, /chưa được ghi/);
	const list = await manager.get('/quan-ly/nhanh');
	assert.match(list.text, /1 số trùng/);
	const forks = await manager.get(/href="(\/quan-ly\/nhanh\/\d+)"/.exec(list.html)[1]);
	for (const made of [kept, apart]) assert(forks.html.includes(`href="/ho-so/${made.id}"`));
	assert.match((await manager.get('/quan-ly')).text, /Sổ đã tách nhánh/);
	assert.match((await manager.get('/quan-ly/can-xem')).text, /Sổ tách nhánh/);
	assert.equal((await two.request('GET', '/quan-ly/nhanh')).status, 403, 'a clerk does not');
	const there = await officer.get(at(apart.code));
	assert.match(there.text, /Có hai hồ sơ mang mã/);
	for (const made of [kept, apart]) assert.equal((await officer.get(at(made.id))).status, 200);
	const branch = await officer.get(/href="(\/nhanh\/b18685-1\/\d+)"/.exec((await officer.get('/nhanh')).html)[1]);
	assert.match(branch.text, /Nhánh này ghi/);
	assert.equal((await officer.request('GET', '/nhanh/b18685-1/99')).status, 404);
	manager.close();
});
test('the province takes an urgent dossier: with a reason, by who supervises, and works on it', async () => {
	assert.match((await officer.get(at(urgent.code))).text, /Người quản lý của tỉnh nhận giữ được/);
	assert.equal((await officer.request('GET', at(urgent.code, '/tam-giu'))).status, 403);
	const page = await chief.get(at(urgent.code, '/tam-giu'));
	assert.match(page.text, /Máy của .* đang bị khóa/);
	const blank = await chief.submit(page, '/tam-giu', { reason: '' });
	assert.equal(blank.status, 422);
	assert(blank.html.includes('href="#reason"'));
	const fields = chief.form(page, '/tam-giu').fields.map(([n, v]) => [n, n === 'reason' ? 'Người dân cần gấp' : v]);
	for (let tap = 0; tap < 2; tap++) assert.equal((await chief.post(at(urgent.code, '/tam-giu'), fields)).status, 303);
	assert.equal(sql(stack, 'center', `SELECT count(*) FROM journal WHERE CAST(header AS TEXT) LIKE '%kind dossier.seized%'`), '1');
	const taken = await officer.get(at(urgent.code));
	assert.match(taken.text, /nhận giữ hồ sơ này lúc/);
	assert.match(taken.text, /Người dân cần gấp/);
	assert.match((await officer.get('/ho-so')).html, new RegExp(urgent.code.replaceAll('.', '\\.')));
	const again = await chief.get(at(urgent.code, '/tam-giu'));
	assert.equal(again.status, 409, 'it is the province\'s already');
	assert.match((await officer.submit(taken, '/nhan-xu-ly')).text, /Đang giải quyết|Đang xử lý|tỉnh/i);
	assert.equal((await chief.get(at(urgent.code, '/tra-diem'))).status, 409, 'the point\'s machine is still shut out');
});
test.must('the second machine is let in again, the first one is off: it goes on in a new epoch, and shows whose the dossier is', async () => {
	await stack.stop('board');
	await letIn(twin);
	await until('it speaks again', 60, () => health(twin).link === 'ok');
	await twin.drained(60);
	two = await twin.clerk('canbo');
	assert.doesNotMatch((await two.get('/quay')).text, /Tỉnh đã khóa máy này/);
	const page = await until('the seizure has come', 30, async () => {
		const now = await dossier(two, urgent.code);
		return /Tỉnh giữ hồ sơ này từ/.test(now.text) && now;
	});
	assert.match(page.text, /Người dân cần gấp/);
	assert.match(page.text, /ở Tỉnh/);
	const made = await acceptDossier(two);
	await twin.drained(60);
	assert.equal(sql(stack, 'center', `SELECT count(*) FROM dossier WHERE code = '${made.code}' AND id = x'${made.id}'`), '1');
});
test('the province gives the dossier back, and the counter holds it', async () => {
	const page = await officer.get(at(urgent.code, '/tra-diem'));
	const done = await officer.submit(page, '/tra-diem', { reason: 'Máy của điểm đã nối lại' });
	assert.match(done.redirected ?? '', /\/ho-so\/b18685-1\//, done.text);
	assert.doesNotMatch(done.text, /nhận giữ hồ sơ này lúc/);
	await until('it is back', 30, async () => /Đã tiếp nhận/.test((await dossier(two, urgent.code)).text) &&
		!/ở Tỉnh/.test((await dossier(two, urgent.code)).text));
});
test('what the first machine alone holds comes as a branch: nothing lost, nothing doubled, both sides equal', async () => {
	await twin.stop('board');
	await letIn(stack);
	await stack.start('board');
	await until('recorded', 90, () => /a branch of \d+ events is recorded/.test(stack.log('board', 'forward')));
	await stack.drained(60);
	for (const side of ['board', 'center']) {
		for (const made of [urgent, kept, apart, late])
			assert.equal(sql(stack, side, `SELECT count(*) FROM dossier WHERE id = x'${made.id}'`), '1', `${side} ${made.code}`);
		assert.equal(sql(stack, side, 'SELECT count(*) - count(DISTINCT id) FROM journal'), '0');
		const same = stack.tram(side, ['rebuild', '--compare']);
		assert.equal(same.status, 0, same.stdout + same.stderr);
	}
	stack.verifyBoth();
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
});
test('fenced by hand: a reason and a second person; the machine says whose act it was', async () => {
	const page = await chief.get('/diem/b18685-1/khoa');
	const send = (values) => chief.submit(page, '/diem/b18685-1/khoa', values);
	const whole = { reason: 'Điểm báo mất thẻ nhớ', second_login: 'tinh', second_password: PASSWORD };
	for (const [forged, field] of [[{ reason: '' }, 'reason'], [{ second_password: 'khong-dung' }, 'second_login'],
		[{ second_login: 'giamsat' }, 'second_login'], [{ second_login: '' }, 'second_login']]) {
		const answer = await send({ ...whole, ...forged });
		assert.equal(answer.status, 422, JSON.stringify(forged));
		assert(answer.html.includes(`id="${field}-loi"`), field);
		assert(!answer.html.includes(PASSWORD));
	}
	assert.equal((await officer.request('GET', '/diem/b18685-1/khoa')).status, 403);
	assert.equal(sql(stack, 'center', "SELECT fenced FROM link_board WHERE board = 'b18685-1'"), '0');
	const done = await send(whole);
	assert.match(done.text, /Đã khóa\. Máy biết ở lần nói tới/);
	assert.match(done.text, /Ngô Thị Thử đã khóa máy này/);
	assert.match(done.text, /Điểm báo mất thẻ nhớ/);
	assert.match((await chief.get('/diem/b18685-1/khoa')).text, /đã bị khóa trước đó/);
	const body = sql(stack, 'center', "SELECT CAST(b.body AS TEXT) FROM journal j JOIN journal_body b USING (board, author, seq) WHERE CAST(j.header AS TEXT) LIKE '%kind board.fenced%' ORDER BY j.arrival DESC LIMIT 1");
	assert.match(JSON.parse(body).approver, /^c-/);
	one = await stack.clerk('canbo');
	await until('the counter says so', 60, async () => /Người phụ trách ở tỉnh đã khóa/.test((await one.get('/quay')).text));
	for (const client of [one, two, chief, officer]) client.close();
});
await run();
