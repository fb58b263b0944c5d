// Goal: what people at a point looked at goes to the province: all of it, once, after cuts and restarts,
// never before a dossier's events; what is malformed changes nothing; the officer who supervises reads it,
// the others do not.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Board, problem } from '../lib/board.mjs';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, handOver } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'readings-link', ports: [9570, 9576], board: 'reading_send_s = 1' });
cleanup((failed) => stack.down(failed));
const sql = (side, db, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, side, 'db', db), text], { encoding: 'utf8' }).trim();
const there = (board, where = '1') => Number(sql('center', 'tram.db', `SELECT count(*) FROM board_reading WHERE board = '${board}' AND ${where}`));
const here = () => sql('board', 'access.db', 'SELECT no, at, account, route, subject, place, ground FROM reading ORDER BY no');
const copied = () => sql('center', 'tram.db', `SELECT no, at, account, route, subject, place, ground FROM board_reading WHERE board = '${board}' AND log <> '${LOG}' ORDER BY no`);
const LOG = '0123456789abcdef0123456789abcdef';
const record = (no, more = {}) => ({ no, at: Date.now() - 1000, ground: 1, account: 'u-0123456789abcdef', route: 'dossier', subject: `T-${no}`, place: '10.0.0.7', ...more });
const lines = (records) => records.map((one) => `${JSON.stringify(one)}\n`).join('');
let clerk, board, other;
const send = (body, { log = LOG, gzip = true, client = other.client } = {}) => client.request('POST', `/v1/readings?log=${log}`, {
	body: gzip ? gzipSync(body) : body, headers: { 'Content-Type': 'application/x-ndjson', ...(gzip && { 'Content-Encoding': 'gzip' }) } });
const answer = (reply) => (assert.equal(reply.status, 200, reply.html), JSON.parse(reply.html));

test.must('a board, its center, another board that only a test is', async () => {
	await stack.up();
	board = stack.boardId();
	clerk = stack.clerks();
	await clerk.login('canbo');
	other = new Board(stack, 'b18685-8');
});
test('records are taken once, in any packing, and asked for with an empty body', async () => {
	assert.deepEqual(answer(await send('')), { log: LOG, up_to: 0 });
	const first = [record(1), record(4), record(5, { subject: '', route: 'find' })];
	assert.deepEqual(answer(await send(lines(first))), { log: LOG, up_to: 5 });
	assert.deepEqual(answer(await send(lines(first), { gzip: false })), { log: LOG, up_to: 5 });
	assert.deepEqual(answer(await send(lines([...first.slice(1), record(9)]))), { log: LOG, up_to: 9 });
	assert.equal(there('b18685-8'), 4);
	assert.deepEqual(answer(await send('', { log: LOG.replace('0', 'f') })).up_to, 0, 'a numbering of its own');
});
test('malformed, cut, too many, another record under a number: a problem, and nothing changes', async () => {
	const good = lines([record(20)]);
	for (const [body, line] of [[`${good}{"no":21`, 2], [`${good}{}\n`, 2], [good + good, 2], [lines([record(20, { ground: 7 })]), 1],
		[lines([record(20, { person: 'Nguyễn Văn Thử' })]), 1], [lines([record(20, { name: 'Nguyễn\nVăn Thử' })]), 1], [lines([record(20, { account: 'Nguyễn Văn Thử' })]), 1],
		[lines(Array.from({ length: 501 }, (_, i) => record(100 + i))), 501]]) {
		const reply = await send(body);
		assert.equal(reply.status, 422, reply.html);
		assert.equal(problem(reply), 'line');
		assert.equal(JSON.parse(reply.html).line, line);
	}
	const fork = await send(lines([record(20), record(21), record(9, { subject: 'T-khác' })].sort((a, b) => a.no - b.no).map((r) => ({ ...r, subject: r.no === 9 ? 'T-khac' : r.subject }))));
	assert.equal(fork.status, 409);
	assert.equal(problem(fork), 'fork');
	for (const options of [{ log: 'x' }, { log: '' }, { log: LOG.toUpperCase() }])
		assert.equal((await send(good, options)).status, 400);
	const packed = await other.client.request('POST', `/v1/readings?log=${LOG}`, { body: 'no gzip', headers: { 'Content-Encoding': 'gzip' } });
	assert.equal(packed.status, 400);
	assert.equal((await send(' '.repeat(3e6))).status, 413);
	assert.equal((await send(good, { client: stack.machine({ cert: undefined, key: undefined }) })).status, 403, 'no certificate');
	assert.equal(there('b18685-8'), 4, 'nothing of it is there');
	assert.equal(there('b18685-8', "no >= 20"), 0);
});
test('older than twelve months goes away', async () => {
	const log = LOG.replace('0', 'a'), year = 367 * 86400000;
	const names = () => sql('center', 'tram.db', "SELECT group_concat(name, '; ') FROM board_reader WHERE board = 'b18685-8' AND account LIKE 'u-f%'");
	answer(await send(lines([record(1, { at: Date.now() - year, account: 'u-f000000000000001', name: 'Nguyễn Văn Thử' })]), { log }));
	answer(await send(lines([record(2, { account: 'u-f000000000000002', name: 'Trần Thị Mẫu' })]), { log }));
	assert.equal(names(), 'Trần Thị Mẫu', 'a name goes with the last look of its person');
	assert.equal(there('b18685-8', `log = '${log}' AND no = 1`), 0);
	assert.equal(there('b18685-8', `log = '${log}' AND no = 2`), 1);
});
test('a clerk\'s looks arrive as they are, after the dossier', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	await dossier(clerk, code);
	await until('all looks are there', 30, async () => here() === copied() && copied().includes(code));
	assert.match((await dossier(clerk, code)).text, /Tỉnh đã nhận đủ/);
});
test('with the center away looks wait; then they come, each once', async () => {
	await stack.stop('center');
	const { code } = await acceptDossier(clerk);
	for (let i = 0; i < 5; i++) await clerk.get(`/ho-so/${encodeURIComponent(code)}/in/kiem-soat`);
	const waiting = here();
	await stack.start('center');
	await until('they come', 60, async () => here() === copied());
	assert(copied().length >= waiting.length);
	await stack.stop('board');
	sql('board', 'access.db', 'UPDATE reading_sent SET no = 0');	// as after a power cut: the position is an old one
	await stack.start('board');
	await dossier(clerk, code);
	await until('again, and nothing twice', 60, async () => here() === copied());
});
test('numbers that come again after a power cut go under a new name, and none is lost', async () => {
	await until('all are there', 30, async () => here() === copied());
	await stack.stop('board');
	const before = there(board);
	const lost = Number(sql('board', 'access.db', 'DELETE FROM reading WHERE no > (SELECT max(no) FROM reading) - 3; UPDATE reading_sent SET no = (SELECT max(no) FROM reading); SELECT max(no) FROM reading'));
	assert(lost > 0);
	await stack.start('board');
	const { code } = await acceptDossier(clerk);
	for (let i = 0; i < 4; i++) await dossier(clerk, code);
	const fresh = Number(sql('board', 'access.db', `SELECT count(*) FROM reading WHERE no > ${lost}`));
	assert(fresh > 0);
	await until('under a new name', 60, async () => there(board) === before + Number(sql('board', 'access.db', `SELECT count(*) FROM reading WHERE no > ${lost}`)));
	assert.equal(Number(sql('center', 'tram.db', `SELECT count(DISTINCT log) FROM board_reading WHERE board = '${board}'`)), 2);
});
test('the officer who supervises reads them, another does not', async () => {
	const { code } = await acceptDossier(clerk);
	const manager = stack.clerks();
	await manager.login('quanly');
	await dossier(manager, code);
	await until('the look is there', 30, async () => there(board, `subject = '${code}' AND ground = 1`) > 0);
	const supervisor = stack.officers(), officer = stack.officers();
	await supervisor.login('giamsat');
	await officer.login('tinh');
	assert.equal((await officer.get('/truy-cap')).status, 403);
	assert(!(await officer.get('/ho-so')).html.includes('/truy-cap'));
	assert((await supervisor.get('/ho-so')).html.includes('href="/truy-cap"'));
	const page = await supervisor.get(`/truy-cap?diem=${board}`);
	assert.match(page.text, new RegExp(`Hồ sơ xem ngoài việc của mình[\\s\\S]*${code}`));
	assert.match(page.text, /Hoàng Văn Thử/, 'a name, not a number');
	const account = /nguoi=(u-[0-9a-z]+)/.exec(page.html)[1];
	assert.equal((await supervisor.get(`/truy-cap?diem=${board}&nguoi=${account}`)).status, 200);
	// The officers' own looks: what a point holds is no work of theirs, what waits at the province is.
	assert.match((await supervisor.get('/truy-cap?diem=tinh')).text, /Chưa có lượt xem nào trong tuần/);
	const sent = await acceptDossier(clerk, { procedure: '9.999001' });
	await handOver(clerk, sent.code);
	await stack.drained();
	await until('the province holds it', 30, () => sql('center', 'tram.db', `SELECT holder FROM dossier WHERE code = '${sent.code}'`) === '1');
	for (const one of [code, code, sent.code]) assert.equal((await officer.get(`/ho-so/${board}/${one}`)).status, 200);
	assert.equal((await officer.get(`/ho-so/${board}/khong-co`)).status, 404);
	await officer.get('/cau-hoi');
	assert.equal(sql('center', 'access.db', 'SELECT route, subject, ground FROM reading ORDER BY no'),
		[`dossier|${board}/${code}|1`, `dossier|${board}/${code}|1`, `dossier|${board}/${sent.code}|0`, 'questions||0'].join('\n'));
	assert.equal(sql('center', 'access.db', "SELECT count(*) FROM reading WHERE account NOT LIKE 'c-%' OR place = ''"), '0', 'who and from where');
	const own = await supervisor.get('/truy-cap?diem=tinh');
	assert.match(own.html, new RegExp(`<td class="r"[^>]*>4</td><td class="r"[^>]*>1</td>`), 'four looks, one dossier of others');
	assert.match(own.text, new RegExp(`Hồ sơ xem ngoài việc của mình[\\s\\S]*${code}`));
	assert(!own.html.includes(sent.code));
	const her = /nguoi=(c-[0-9a-z]+)/.exec(own.html)[1];
	assert((await supervisor.get(`/truy-cap?diem=tinh&nguoi=${her}`)).text.includes(code));
	assert.equal((await officer.get('/truy-cap?diem=tinh')).status, 403);
	for (const odd of ['/truy-cap?diem=%22%3E&nguoi=%3Cscript%3E&tu=-1', '/truy-cap?diem=khong-co'])
		assert.equal((await supervisor.get(odd)).status, 200);
});

run();
