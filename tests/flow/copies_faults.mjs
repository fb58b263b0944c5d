// Goal: a medium that is full, cannot be written or is pulled out, a board without room, a power cut at any moment
// of a copy or a restore: the copy before stays whole, what can be copied is, and a restore cut short is no board.
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, skip, test } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { Stack, build } from '../lib/stack.mjs';

const stack = new Stack({ name: 'copies-faults', ports: [9233, 9243], board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n' });
const scratch = path.join(stack.data, 'scratch');
const usb = path.join(scratch, 'usb'), key = path.join(scratch, 'manager.key');
let mounted = false, clerk;
cleanup(async (failed) => {
	if (mounted) spawnSync('umount', ['-l', usb]);
	await stack.down(failed);
});
const conf = () => path.join(stack.data, 'board/tram.conf');
const tool = (...args) => spawnSync(path.join(build, 'tram'), args, { encoding: 'utf8' });
const mount = (...options) => spawnSync('mount', options, { encoding: 'utf8' });
const said = () => JSON.parse(readFileSync(path.join(stack.data, 'board/health/copy.json'), 'utf8'));
const backup = (...args) => stack.tram('board', ['backup', ...args]);
function good(...args) {
	const done = backup(...args);
	assert.equal(done.status, 0, done.stdout + done.stderr);
	return done.stdout;
}
function whole() {
	const done = tool('backup', 'check', '--from', usb);
	assert.equal(done.status, 0, done.stdout + done.stderr);
	return done.stdout;
}
const restoreTo = (name) => [path.join(build, 'tram'), ['restore', '--from', usb, '--key', key, '--data', path.join(scratch, name)]];
function restored(name) {
	rmSync(path.join(scratch, name), { recursive: true, force: true });
	const done = spawnSync(...restoreTo(name), { encoding: 'utf8' });
	assert.equal(done.status, 0, done.stdout + done.stderr);
}

test.must('a board, and a small medium of its own', async () => {
	if (process.getuid() !== 0) skip('only root can mount a small file system');
	await stack.up();
	mkdirSync(usb, { recursive: true });
	const done = mount('-t', 'tmpfs', '-o', 'size=4m,mode=777', 'tram-test', usb);
	if (done.status !== 0) skip(`cannot mount a tmpfs: ${done.stderr.trim()}`);
	mounted = true;
	const made = tool('backup', 'key', '--out', key).stdout.trim();
	writeFileSync(conf(), `${readFileSync(conf(), 'utf8')}copy_dir = ${usb}\ncopy_recipients = ${made}\ncopy_keep = 50\n`);
	clerk = await stack.clerk('canbo');
	for (let i = 0; i < 2; i++) await acceptDossier(clerk, { files: true });
	await stack.drained();
	assert.match(good(), /^base /, 'a medium of its own needs no word that it may be the same disk');
});
test('the medium fills up: old copies give way, the newest is always whole', () => {
	let most = 0;
	for (let i = 0; i < 8 && said().bases >= most; i++) {
		most = said().bases;
		good('--base');
	}
	assert(said().bases < most, `${most} bases, and none gave way`);
	whole();
	restored('full');
});
test('full of other things: told, and the copy before serves', async () => {
	const free = () => Number(spawnSync('df', ['--output=avail', '-B1', usb], { encoding: 'utf8' }).stdout.split('\n')[1]);
	const fill = (name, left) => writeFileSync(path.join(usb, `photos-${name}.bin`), Buffer.alloc(Math.max(0, free() - left)));
	const before = readFileSync(conf(), 'utf8');
	writeFileSync(conf(), before.replace('copy_keep = 50', 'copy_keep = 1'));
	good('--base');
	assert.equal(said().bases, 1);
	await stack.drained();
	await acceptDossier(clerk);
	fill('a', 200000);
	const next = good('--base');
	assert.match(next, /^layer /, `what is new finds room all the same: ${next} ${JSON.stringify(said())} ${free()}`);
	assert.equal(said().reason, 'medium-full');
	assert.match(stack.tram('board', ['doctor']).stdout, /USB đã đầy/);
	fill('b', 4096);
	await acceptDossier(clerk, { files: true });
	const full = backup();
	assert.equal(full.status, 75, full.stdout + full.stderr);
	assert.equal(said().reason, 'medium-full');
	whole();
	restored('older');
	for (const name of readdirSync(usb).filter((n) => n.startsWith('photos'))) rmSync(path.join(usb, name));
	good();
	assert.equal(said().reason, undefined);
	writeFileSync(conf(), before);
});
test('write-protected, then pulled out', async () => {
	await acceptDossier(clerk);
	assert.equal(mount('-o', 'remount,ro', usb).status, 0);
	assert.equal(backup().status, 75);
	assert.equal(said().reason, 'medium');
	whole();
	assert.equal(mount('-o', 'remount,rw', usb).status, 0);
	good();
	spawnSync('umount', ['-l', usb]);
	mounted = false;
	assert.equal(backup().status, 75);
	assert.equal(said().reason, 'no-medium');
	assert.deepEqual(readdirSync(usb), [], 'nothing is written into the empty folder on the board');
	assert.equal(backup('--due').stderr.includes('no-medium'), false, 'a reason is logged once');
	assert.equal(mount('-t', 'tmpfs', '-o', 'size=40m,mode=777', 'tram-test', usb).status, 0);
	mounted = true;
	assert.match(good(), /^base 000001/, 'a new medium begins anew');
});
test('no room on the board for a copy of the database: what is new is copied all the same', async () => {
	await stack.drained();
	await acceptDossier(clerk);
	const before = readFileSync(conf(), 'utf8');
	writeFileSync(conf(), `${before}reserve_bytes = 900000000000000\n`);
	assert.match(good('--base'), /^layer /);
	assert.equal(said().reason, 'board-full');
	assert.match(stack.tram('board', ['doctor']).stdout, /Thẻ nhớ của máy không đủ chỗ để làm bản sao/);
	writeFileSync(conf(), before);
	whole();
});
test('the power goes while a copy is written: twenty times, the copy before is whole each time', async () => {
	let cut = 0;
	for (let i = 0; i < 20; i++) {
		const layers = tool('backup', 'list', '--from', usb).stdout.split('\n').filter((line) => /^\d/.test(line)).length;
		const child = spawn(path.join(build, 'tram'), ['backup', '--base', '--data', path.join(stack.data, 'board')], { stdio: 'ignore' });
		const over = new Promise((done) => child.on('exit', done));
		await new Promise((done) => setTimeout(done, 8 * i));
		if (child.exitCode === null) cut++;
		child.kill('SIGKILL');
		await over;
		const now = whole();
		assert(now.split('\n').filter((line) => /^\d/.test(line)).length >= layers, 'no copy is lost');
	}
	assert(cut > 5, `${cut} cuts hit`);
	good('--base');
	assert.doesNotMatch(whole(), /^torn/m, 'what was torn is cleared away');
	restored('after');
});
test('the power goes while a copy is put back: no board until it is whole', async () => {
	let cut = 0;
	for (let i = 0; i < 12; i++) {
		const name = `cut-${i}`, dir = path.join(scratch, name);
		const child = spawn(...restoreTo(name), { stdio: 'ignore' });
		const over = new Promise((done) => child.on('exit', done));
		await new Promise((done) => setTimeout(done, 12 * i));
		const ended = child.exitCode !== null;
		child.kill('SIGKILL');
		await over;
		const is = existsSync(path.join(dir, 'tram.conf'));
		if (!ended && !is) cut++;
		if (is) assert.equal(tool('verify', '--data', dir).status, 0, 'with settings it is whole');
		rmSync(dir, { recursive: true, force: true });
	}
	assert(cut > 2, `${cut} cuts hit`);
	clerk.close();
});
await run();
