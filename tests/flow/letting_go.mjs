// Goal: the board makes room by itself once the center holds a scan twice, never before; the dossier, its
// history and its place in every list stay, and who asks for the scan is told where it is. The citizen's scan
// is whole at the center and in its copy.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { accept, act, chooseProcedure, dossier, person, startDraft, tickPapers } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { health } from '../lib/fake_center.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'letting-go', ports: [9114, 9117],
	board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\nhold_days = 30\nkeep_free_mb = 100000000\n' });
cleanup((failed) => stack.down(failed));
const copy = path.join(stack.data, 'second-disk');
let clerk, code, open, scan;

async function accepted() {
	const draft = await startDraft(clerk, person());
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	const name = /name="(file\.[^"]+)"/.exec(papers.html)[1];
	const check = await tickPapers(clerk, papers, [{ name, filename: 'don.pdf', type: 'application/pdf', content: pdf('Don', 50000) }]);
	return (await accept(clerk, check)).code;
}
const scanUrl = async (of) => /href="(\/ho-so\/[^"]+\/tep\/[0-9a-f]{64})"/.exec((await dossier(clerk, of)).html)?.[1];
const blobs = () => readdirSync(path.join(stack.data, 'board/blobs'));
const hash = (url) => /[0-9a-f]{64}$/.exec(url)[0];
// The forwarder looks at the disk when it starts, then every minute.
async function look() {
	const before = stack.log('board', 'forward').length, now = Date.now();
	stack.killOne('board', 'forward.0', 'SIGTERM');
	await until('the forwarder has looked and says so', 15, () => /started board/.test(stack.log('board', 'forward').slice(before))
		&& health(stack).at > now);
	await stack.drained();
}
function makeCopy(status = 0) {
	const made = stack.tram('center', ['copy', '--to', copy]);
	assert.equal(made.status, status, made.stdout + made.stderr);
	return made.stdout;
}
const announced = () => until('the announcement comes', 10, () => {
	const [board, center] = [stack.digest('board'), stack.digest('center')];
	return board.center_copy === center.center_copy && board.mark === center.mark;
});
function setting(line) {
	const file = path.join(stack.data, 'board/tram.conf');
	writeFileSync(file, readFileSync(file, 'utf8').replace(new RegExp(`^${line.split(' ')[0]} = .*$`, 'm'), line));
}

test.must('two dossiers are sent; one is over, one is open', async () => {
	await stack.up();
	mkdirSync(copy, { recursive: true });
	execFileSync('chmod', ['777', copy]);
	clerk = stack.clerks();
	await clerk.login('canbo');
	[code, open] = [await accepted(), await accepted()];
	await act(clerk, code, 'rut', { reason: 'Người dân rút hồ sơ', slip_taken: '1', asked_by: 'Nguyễn Văn Thử' });
	assert.match((await dossier(clerk, code)).text, /rút/i);
	await stack.drained();
	scan = await scanUrl(code);
	assert(scan && blobs().includes(hash(scan)));
});
test('the disk is short of space, but nothing goes without a copy', async () => {
	await look();
	assert(blobs().includes(hash(scan)));
	assert.equal((await clerk.get(scan)).status, 200);
});
test('nor before the hold time has passed by the center\'s clock', async () => {
	assert.match(makeCopy(), /boards=1 faults=0/);
	await announced();
	await look();
	assert(blobs().includes(hash(scan)));
});
test('a copy that is not whole is announced to nobody', async () => {
	const file = path.join(stack.data, 'center/blobs/b18685-1', hash(scan));
	const kept = readFileSync(file), there = path.join(copy, 'blobs/b18685-1', hash(scan));
	assert.deepEqual(readFileSync(there), kept);
	writeFileSync(there, 'rot');
	writeFileSync(file, 'rot');
	const head = stack.status().center_log.seq;
	assert.match(makeCopy(1), /missing or damaged/);
	writeFileSync(file, kept);
	await stack.drained();
	assert.equal(stack.status().center_log.seq, head);
});
test('held long enough and held twice: the scan goes, the dossier stays', async () => {
	setting('hold_days = 0');
	makeCopy();
	await announced();
	await look();
	await until('the scan is gone', 10, () => !blobs().includes(hash(scan)));
	const page = await dossier(clerk, code);
	assert.equal(page.status, 200);
	assert.match(page.text, /tệp ở Tỉnh/, 'its papers are still listed');
	const asked = await clerk.get(scan);
	assert.equal(asked.status, 410);
	assert.match(asked.text, /Bản quét này đang ở Tỉnh/);
	const other = await scanUrl(open);
	assert(blobs().includes(hash(other)), 'an open dossier keeps its scans');
	assert.equal((await clerk.get(other)).status, 200);
});
test('both sides are whole; the content stands at the center and in the copy', async () => {
	stack.verifyBoth();
	for (const side of ['board', 'center']) assert.equal(stack.tram(side, ['rebuild', '--compare']).status, 0);
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	for (const dir of [path.join(stack.data, 'center/blobs/b18685-1'), path.join(copy, 'blobs/b18685-1')])
		assert.equal(execFileSync('sha256sum', [path.join(dir, hash(scan))]).toString().slice(0, 64), hash(scan));
	assert(!existsSync(path.join(copy, 'keys')), 'no key lies in a copy');
	assert.equal(stack.tram('board', ['bundle', '--out', copy]).status, 1, 'and a stick does not carry it again');
});
test('the clerk and the technician see for how many dossiers there is room', async () => {
	assert.match((await clerk.get('/quay')).text, /Máy (chỉ )?còn chỗ cho (khoảng|hơn) \d+ hồ sơ/);
	await until('health says it', 10, () => health(stack).room_dossiers > 0);
	const technician = stack.admin();
	await technician.login('kythuat');
	assert.match((await technician.get('/suc-khoe')).text, /còn chỗ cho \d+ hồ sơ/);
	technician.close();
});
await run();
