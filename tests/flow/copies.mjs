// Goal: a board copies itself to a USB medium, sealed, while it works; what is copied comes back into an empty
// folder, whole; a medium pulled out, filled up or damaged never costs the copy before it; nothing on it can be
// read without the key; no key of the machine is on it; the nightly check finds what was broken.
import { strict as assert } from 'node:assert';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, person } from '../lib/clerk.mjs';
import { Stack, build } from '../lib/stack.mjs';

const CANARY = 'Kanaricopyzq';
const stack = new Stack({ name: 'copies', ports: [9960, 9963], board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n' });
cleanup((failed) => stack.down(failed));
const scratch = path.join(stack.data, 'scratch');
const medium = path.join(scratch, 'usb');
const folder = path.join(medium, 'tram-sao-luu-b18685-1');
const tool = (...args) => spawnSync(path.join(build, 'tram'), args, { encoding: 'utf8' });
const conf = () => path.join(stack.data, 'board/tram.conf');
const health = (name) => JSON.parse(readFileSync(path.join(stack.data, 'board/health', name), 'utf8'));
let clerk, manager, recovery;
const codes = [];

function backup(status, ...args) {
	const done = stack.tram('board', ['backup', ...args]);
	assert.equal(done.status, status, done.stdout + done.stderr);
	return done.stdout;
}
const list = () => tool('backup', 'list', '--from', medium).stdout.trim().split('\n').filter(Boolean);
const whole = (at = medium) => {
	const done = tool('backup', 'check', '--from', at);
	return done.status === 0 && / faults=0\n/.test(done.stdout);
};
function restore(name, status = 0, ...args) {
	const to = path.join(scratch, name);
	rmSync(to, { recursive: true, force: true });
	const done = tool('restore', '--from', medium, '--key', manager, '--data', to, ...args);
	assert.equal(done.status, status, done.stdout + done.stderr);
	return { to, ...done };
}
const files = (dir) => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
	.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
// The center's answers come as they come: until there are none.
const settled = () => until('everything is copied', 20, () => /nothing is new/.test(backup(0)));
async function accepted() {
	const made = await acceptDossier(clerk, { who: person({ name: `Ông ${CANARY} Thử` }), files: true });
	codes.push(made.code);
	return made.code;
}

test.must('a board at work, a medium, and two keys that open its copies', async () => {
	await stack.up();
	mkdirSync(medium, { recursive: true });
	execFileSync('chmod', ['777', medium]);
	manager = path.join(scratch, 'manager.key');
	recovery = path.join(scratch, 'recovery.key');
	const made = tool('backup', 'key', '--out', manager);
	assert.match(made.stdout, /^age1[0-9a-z]{58}\n$/);
	assert.equal(statSync(manager).mode & 0o777, 0o600);
	assert.equal(tool('backup', 'key', '--out', manager).status, 2, 'a key is never written over');
	execFileSync('age-keygen', ['-o', recovery], { stdio: 'ignore' });
	const other = execFileSync('age-keygen', ['-y', recovery], { encoding: 'utf8' }).trim();
	assert.equal(stack.tram('board', ['backup']).status, 78, 'no folder yet');
	writeFileSync(conf(), `${readFileSync(conf(), 'utf8')}copy_dir = ${medium}\ncopy_recipients = ${made.stdout.trim()} ${other}\n`
		+ 'copy_keep = 2\n');
	assert.equal(stack.tram('board', ['backup']).status, 75, 'a folder on the data\'s own disk is no second copy');
	assert.equal(health('copy.json').reason, 'no-medium');
	writeFileSync(conf(), `${readFileSync(conf(), 'utf8')}copy_same_disk = yes\n`);
	clerk = await stack.clerk('canbo');
	await accepted();
});
test.must('a base, then what is new, then nothing', async () => {
	assert.match(backup(0), /^base 000001 seq=\d+ contents=\d+ new=\d+ .* faults=0/);
	await stack.drained();
	await settled();
	await accepted();
	assert.match(backup(0), /^layer 00000\d seq=\d+ contents=[1-9]/);
	await stack.drained();
	await settled();
	assert(whole());
	assert.equal(health('copy.json').state, 'ok');
	assert(health('copy.json').no >= 2);
	assert.match(backup(0, '--due'), /^$/, 'not due yet: says nothing');
	const at = health('copy.json').at, wish = path.join(stack.data, 'board/inbox/copy-now');
	writeFileSync(wish, '');
	backup(0, '--due');
	assert(health('copy.json').at > at && !existsSync(wish), 'asked for by a button');
});
test('without a key nothing can be read, and no key of the machine is there', () => {
	const words = [CANARY, codes[0], '%PDF', 'dossier.accepted', 'canbo', 'PRIVATE KEY', 'AGE-SECRET', 'slip.seed'];
	const keys = ['keys/link/client.key', 'keys/link/stick.key', 'keys/web/slip.seed', 'keys/web/copy.key']
		.map((name) => readFileSync(path.join(stack.data, 'board', name), 'utf8').trim().split('\n').at(-2) ?? '')
		.concat(readFileSync(path.join(stack.data, 'board/keys/web/slip.seed'), 'utf8').trim()).filter((line) => line.length > 20);
	const hashes = readdirSync(path.join(stack.data, 'board/blobs'));
	for (const file of files(folder)) {
		const bytes = readFileSync(file);
		for (const word of [...words, ...keys]) assert(!bytes.includes(word), `${word.slice(0, 12)} stands in ${file}`);
		for (const hash of hashes) assert(!file.includes(hash) && !bytes.includes(hash), 'a paper somebody has himself cannot be looked up');
	}
	// Opened with the key: the station's keys are there, the machine's are not.
	const open = files(folder).filter((file) => file.endsWith('.age')).map((file) => execFileSync('age', ['-d', '-i', recovery, file], { maxBuffer: 1 << 28 }));
	assert(open.some((bytes) => bytes.includes(CANARY)), 'any age opens it');
	const seed = readFileSync(path.join(stack.data, 'board/keys/web/slip.seed'), 'utf8').trim();
	assert(open.some((bytes) => bytes.includes(seed)));
	for (const name of ['client.key', 'stick.key']) {
		const lines = readFileSync(path.join(stack.data, 'board/keys/link', name), 'utf8').split('\n').filter((line) => /^(AGE-SECRET|[A-Za-z0-9+/=]{40,}$)/.test(line));
		assert(lines.length > 0, name);
		for (const line of lines) assert(!open.some((bytes) => bytes.includes(line)), `${name} is in the copy`);
	}
});
test('into an empty folder, whole: same journal, same tables, same scans, same accounts', async () => {
	const { to, stdout } = restore('back');
	assert.match(stdout, /^restored b18685-1 no=00000\d seq=\d+ contents=\d+ at-center=0 lacking=0$/m);
	const logs = (data) => tool('verify', '--data', data).stdout.split('\n').filter((line) => /^log .* board /.test(line));
	assert.deepEqual(logs(to), logs(path.join(stack.data, 'board')));
	assert.equal(tool('rebuild', '--compare', '--data', to).stdout.trim(), 'equal');
	const users = (data) => tool('user', 'list', '--data', data).stdout;
	assert.equal(users(to), users(path.join(stack.data, 'board')));
	assert.deepEqual(readdirSync(path.join(to, 'blobs')).sort(), readdirSync(path.join(stack.data, 'board/blobs')).sort());
	assert.notEqual(readFileSync(path.join(to, 'keys/link/stick.key'), 'utf8'), readFileSync(path.join(stack.data, 'board/keys/link/stick.key'), 'utf8'));
	assert(!existsSync(path.join(to, 'keys/link/client.key')));
	// Owners as an installation has them.
	const owner = (name) => [statSync(path.join(to, name)), statSync(path.join(stack.data, 'board', name))]
		.map((at) => `${at.uid}:${at.gid} ${at.mode & 0o7777}`);
	const scan = readdirSync(path.join(to, 'blobs'))[0];
	for (const name of ['db/tram.db', 'auth/auth.db', 'keys/web/slip.seed', 'blobs', `blobs/${scan}`]) {
		const [restored, live] = owner(name);
		assert.equal(restored.split(' ')[0], live.split(' ')[0], name);
	}
});
test('not into a folder in use, not with another key, not from nothing', () => {
	assert.equal(tool('restore', '--from', medium, '--key', manager, '--data', path.join(stack.data, 'board')).status, 2);
	const stranger = path.join(scratch, 'stranger.key');
	execFileSync('age-keygen', ['-o', stranger], { stdio: 'ignore' });
	for (const [from, key] of [[medium, stranger], [scratch, manager], [medium, conf()]]) {
		const to = path.join(scratch, 'no');
		rmSync(to, { recursive: true, force: true });
		assert.equal(tool('restore', '--from', from, '--key', key, '--data', to).status, 2);
		assert(!existsSync(path.join(to, 'tram.conf')));
	}
	assert.match(restore('older', 0, '--no', '1').stdout, /no=000001/);
});
test('killed at any moment, the copy before it is whole, and the next run goes on', async () => {
	await accepted();
	const before = list().length;
	for (const size of [0, 300, 20000, 70000, 200000]) {
		// SIGXFSZ: the program dies in the middle of a file of this size.
		const killed = spawnSync('prlimit', [`--fsize=${size}`, path.join(build, 'tram'), 'backup', '--base', '--data', path.join(stack.data, 'board')]);
		if (killed.status === 0) continue;
		assert.equal(list().filter((line) => !line.startsWith('torn')).length, before);
		assert(whole(), `killed at ${size}`);
	}
	const child = spawn(path.join(build, 'tram'), ['backup', '--base', '--data', path.join(stack.data, 'board')]);
	await until('it is at it', 10, () => readdirSync(folder).length > before + 1 || child.exitCode !== null);
	child.kill('SIGKILL');
	assert(whole());
	assert.match(backup(0), /^layer /);
	assert(whole());
	restore('after');
});
test('pulled out while it writes: said, and the copy before it serves', () => {
	renameSync(medium, `${medium}.out`);
	assert.equal(stack.tram('board', ['backup']).status, 75);
	assert.equal(health('copy.json').state, 'failed');
	assert.equal(health('copy.json').reason, 'no-medium');
	assert(health('copy.json').good_at > 0, 'when the last good one was, is not forgotten');
	renameSync(`${medium}.out`, medium);
	backup(0);
	assert.equal(health('copy.json').state, 'ok');
});
test('a damaged medium: found by the check, told by the restore, an older copy serves', () => {
	const bad = path.join(scratch, 'bad');
	cpSync(medium, bad, { recursive: true });
	const at = path.join(bad, 'tram-sao-luu-b18685-1');
	const [newest] = readdirSync(at).filter((name) => /^\d{6}$/.test(name)).sort().slice(-1);
	const part = path.join(at, newest, readdirSync(path.join(at, newest)).find((name) => name.endsWith('.age')));
	const bytes = readFileSync(part);
	bytes[bytes.length >> 1] ^= 1;
	writeFileSync(part, bytes);
	assert(!whole(bad));
	const to = path.join(scratch, 'no');
	rmSync(to, { recursive: true, force: true });
	assert.equal(tool('restore', '--from', bad, '--key', manager, '--data', to).status, 1);
	assert(!existsSync(path.join(to, 'tram.conf')), 'a restore that failed is no board');
	rmSync(to, { recursive: true, force: true });
	assert.equal(tool('restore', '--from', bad, '--key', manager, '--data', to, '--no', '1').status, 0);
	// Scans gone from the medium: each that a dossier needs is named, everything else is there.
	rmSync(path.join(at, 'contents'), { recursive: true });
	rmSync(to, { recursive: true, force: true });
	const lacking = tool('restore', '--from', bad, '--key', manager, '--data', to, '--no', '1');
	const [, there, lost] = /at-center=(\d+) lacking=(\d+)$/m.exec(lacking.stdout).map(Number);
	assert(there + lost > 0, lacking.stdout);
	assert.equal(lacking.status, lost ? 1 : 0);
	assert.equal(lacking.stdout.split('\n').filter((line) => line.startsWith('lacking: ')).length, lost);
	assert(existsSync(path.join(to, 'tram.conf')));
	// A cut manifest: that layer does not exist.
	truncateSync(path.join(at, newest, 'manifest.json'), 100);
	assert(tool('backup', 'list', '--from', bad).stdout.includes(`torn  ${newest}`));
});
test('a scan that the medium lost is copied again; old bases go, the newest never', async () => {
	const scan = files(path.join(folder, 'contents'))[0];
	rmSync(scan);
	backup(0, '--base');
	assert(existsSync(scan));
	await accepted();
	for (let i = 0; i < 3; i++) backup(0, '--base');
	const lines = list();
	assert.equal(lines.filter((line) => / base /.test(line)).length, 2, lines.join('\n'));
	assert(!existsSync(path.join(folder, '000001')));
	assert(whole());
	restore('pruned');
});
test('the nightly check: whole, then a scan and a page broken', async () => {
	const good = stack.tram('board', ['check']);
	assert.equal(good.status, 0, good.stdout + good.stderr);
	assert.equal(health('check.json').state, 'ok');
	assert(health('check.json').contents > 0);
	assert.equal(stack.tram('board', ['check', '--due']).stdout, '', 'once a night');
	const scan = files(path.join(stack.data, 'board/blobs'))[0];
	const bytes = readFileSync(scan);
	writeFileSync(scan, Buffer.concat([bytes.subarray(0, 50), Buffer.from('x'), bytes.subarray(51)]));
	const bad = stack.tram('board', ['check']);
	assert.equal(bad.status, 1);
	assert.equal(health('check.json').content_faults, 1);
	// The copy keeps its good one, and says so.
	backup(0, '--base');
	assert(whole());
	writeFileSync(scan, bytes);
	await stack.stop('board');
	const db = path.join(stack.data, 'board/db/tram.db');
	execFileSync('sqlite3', [db, 'PRAGMA wal_checkpoint(TRUNCATE)']);
	const pages = readFileSync(db);
	for (let at = 4096 * 12; at < 4096 * 40 && at < pages.length; at += 4096) pages.fill(0xa5, at + 8, at + 2000);
	writeFileSync(db, pages);
	assert.equal(stack.tram('board', ['check']).status !== 0, true);
	assert.equal(health('check.json').state, 'faults');
	assert(health('check.json').database_faults > 0);
	const before = list().join('\n');
	assert.notEqual(stack.tram('board', ['backup', '--base']).status, 0, 'broken data are not copied over good ones');
	assert.equal(list().join('\n'), before);
	assert.equal(health('copy.json').state, 'failed');
	restore('from-before');
});
clerk?.close();
await run();
