// link_line.mjs: a line that is cut, falls silent, spoils bytes and is slow, between a real board and a
// real center: everything arrives once, and a cut costs at most 256 KiB, counted on the line.
// Not under sanitizers: of time and bytes on the line; the same code answers in link_faults.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../lib/board.mjs';
import { cleanup, run, skip, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { health } from '../lib/fake_center.mjs';
import { pdf } from '../lib/files.mjs';
import { Line, aim, aloneInNamespace, goAlone, shape } from '../lib/line.mjs';
import { Stack, build, root } from '../lib/stack.mjs';

goAlone();
const stack = new Stack({ name: 'link-line', ports: [9482, 9486],
	board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\nlink_timeout_s = 3\n' });
cleanup(async (failed) => {
	await line?.close();
	await stack.down(failed);
});
const MB = 1024 * 1024, PATCH = 256 * 1024, PORT = 9489;
const orders = path.join(root, 'build/test-data/faults-link-line');
let line, clerk, counter = 0;
const file = (size) => ({ name: 'file.to-khai', filename: `to-${counter}.pdf`, type: 'application/pdf',
	content: pdf(`line ${counter++}`, size) });
const atCenter = (f) => readFileSync(path.join(stack.data, 'center/blobs', stack.boardId(), sha256(f.content).toString('hex')));
async function arrived(...files) {
	await stack.drained(60);
	for (const f of files) assert.deepEqual(atCenter(f), f.content);
}
const sql = (side, query) => execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 5000',
	path.join(stack.data, side, 'db/tram.db'), query], { encoding: 'utf8' }).trim();
// Sends files while the line does `spoil`; bytes that went up besides the files' own.
async function send(files, spoil) {
	await until('the line is quiet', 20, () => health(stack).link === 'ok');
	Object.assign(line, { up: 0, cuts: 0, since: 0 });
	Object.assign(line, spoil);
	await acceptDossier(clerk, { files });
	await arrived(...files);
	Object.assign(line, { cutAfter: Infinity, silent: false, delay: 0 });
	return line.up - files.reduce((sum, f) => sum + f.content.length, 0);
}

test.must('a board behind a line', async () => {
	execFileSync('make', ['-s', `B=${build}`, `${build}/preload/fault.so`], { cwd: root });
	rmSync(orders, { recursive: true, force: true });
	mkdirSync(orders, { recursive: true });
	chmodSync(orders, 0o777);
	await stack.up(['center']);
	line = new Line(PORT, stack.centerPort + 1);
	await line.listen();
	aim(stack, PORT);
	await stack.start('board');
	clerk = stack.clerks();
	await clerk.login('canbo');
	await until('the link is up', 20, () => health(stack).link === 'ok');
});
test('cut every 900 kB, one file or six at a time: a cut costs at most 256 KiB', async () => {
	for (const files of [[file(4 * MB)], Array.from({ length: 6 }, () => file(700000))]) {
		const more = await send(files, { cutAfter: 900000 });
		assert(line.cuts >= 4, `${line.cuts} cuts`);
		const overhead = 60000 + 16000 * line.cuts;	// headers, handshakes, hello, journal
		console.log(`# ${files.length} file(s): ${line.cuts} cuts cost ${Math.round(more / line.cuts / 1024)} KiB each`);
		assert(more <= line.cuts * PATCH + overhead, `${more} bytes for ${line.cuts} cuts`);
	}
});
test('a line that is cut all the time still carries: little is under way then', async () => {
	const one = file(MB);
	const more = await send([one], { cutAfter: 120000 });
	assert(line.cuts >= 8, `${line.cuts} cuts`);
	assert(more / line.cuts < 120000, `${more} bytes for ${line.cuts} cuts`);
});
test('half-open: the line falls silent without a word', async () => {
	const files = [file(2 * MB)];
	setTimeout(() => (line.silent = true), 50);
	setTimeout(() => {
		line.silent = false;
		line.cut();
	}, 5000);
	await send(files, { delay: 20 });
	assert(stack.log('board', 'forward').includes('reason=timeout'), 'it was noticed by a deadline');
});
test('TLS spoilt in the middle of a file: not a byte of it is kept', async () => {
	await send([file(2 * MB)], { spoilAt: MB, spoiled: false });
	assert(line.spoiled);
});
test('a delay of a second and a half there and back', async () => {
	await send([file(300000)], { delay: 750 });
});
// What passes the loopback twice, before and behind the line, gets twice the rate; goodput at every rate and
// loss is scripts/bench's.
test('64 kbit/s, and a line that loses packets: slow, and whole', async () => {
	if (!aloneInNamespace()) skip('needs a network namespace of its own: unshare -n');
	for (const bad of [{ rate: '128kbit' }, { loss: 5, ports: [PORT] }]) {
		const undo = shape(bad);
		try {
			await send([file(15000)], {});
		} finally {
			undo();
		}
	}
});
test('the center restarts in the middle', async () => {
	const big = file(3 * MB);
	Object.assign(line, { up: 0, cuts: 0, delay: 15 });
	await acceptDossier(clerk, { files: [big] });
	await until('it is under way', 10, () => line.up > MB);
	await stack.kill('center');
	await stack.start('center', { LD_PRELOAD: path.join(build, 'preload/fault.so'), TRAM_FAULT_DIR: orders });
	await arrived(big);
	line.delay = 0;
	assert(line.up <= big.content.length + 2 * PATCH + 120000, `${line.up} bytes for ${big.content.length}`);
});
test('the center\'s disk is full in the middle of a file: told, nothing lost, on as soon as there is room', async () => {
	const big = file(3 * MB);
	for (const skip of [5, 6, 7]) {
		writeFileSync(path.join(orders, `spool.write.enospc.${skip}.tram-machine`), '');
		chmodSync(path.join(orders, `spool.write.enospc.${skip}.tram-machine`), 0o666);
	}
	await acceptDossier(clerk, { files: [big] });
	await until('it is told', 15, () => health(stack).reason === 'full');
	await arrived(big);
	assert(readdirSync(orders).some((name) => name.startsWith('fired.')), 'the disk was full');
	rmSync(orders, { recursive: true });
});
test('a center that does not answer for a while', async () => {
	const one = file(MB);
	const workers = Object.entries(stack.pids('center')).filter(([name]) => name.startsWith('machine')).map(([, pid]) => pid);
	for (const pid of workers) process.kill(pid, 'SIGSTOP');
	await acceptDossier(clerk, { files: [one] });
	await until('it is told', 15, () => health(stack).reason === 'timeout');
	for (const pid of workers) process.kill(pid, 'SIGCONT');
	await arrived(one);
});
test('nothing doubled, both journals equal', async () => {
	const last = () => sql('center', 'SELECT max(seq) FROM journal_head WHERE author = 1');
	await until('the province\'s last word is here', 30, () => sql('board', 'SELECT seq FROM journal_head WHERE author = 1') === last());
	stack.verifyBoth();
	clerk.close();
});

await run();
