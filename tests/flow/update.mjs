// Goal: an update takes what the release key signed and nothing else; every step may be cut by a power
// failure, and then one whole version or the other runs; a version that does not pass its check gives way
// to the one before where that serves the databases, which no step puts back. Packages are made here, with
// nothing in them but what a version says of itself; the programs that answer are this build's.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync,
	statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { Stack, build, root } from '../lib/stack.mjs';

const stack = new Stack({ name: 'update', ports: [9843, 9846],
	board: 'release_key_file = release.pub\nupdate_hours = 00:00-24:00\nhosts = 127.0.0.1' });
cleanup((failed) => stack.down(failed));

const board = path.join(stack.data, 'board');
const work = path.join(stack.data, 'work');
const factory = path.join(work, 'factory');
const link = path.join(work, 'program');
const arch = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
const schemaNow = Object.fromEntries(['tram', 'auth', 'run', 'public', 'access'].map((kind) => [kind,
	Math.max(...readdirSync(path.join(root, 'cgi/schema/sqlite', kind)).map((name) => parseInt(name, 10)))]));
const describe = (version, schema = {}) => JSON.stringify({ version, channel: 'stable', made_at: 1, not_before: 0,
	suite: 'bookworm', schema: { ...schemaNow, ...schema }, packages: [] });

const whole = (version) => version + 'x'.repeat(100000);

// A package of that version and a signed release of it, in a folder of its own.
function release(name, version, { key = 'release', schema, inside = version, args = [] } = {}) {
	const out = path.join(work, name);
	const tree = path.join(work, `${name}-tree`);
	rmSync(out, { recursive: true, force: true });
	rmSync(tree, { recursive: true, force: true });
	mkdirSync(path.join(tree, 'usr/lib/tram'), { recursive: true });
	mkdirSync(path.join(tree, 'DEBIAN'));
	writeFileSync(path.join(tree, 'usr/lib/tram/release.json'), describe(inside, schema));
	writeFileSync(path.join(tree, 'usr/lib/tram/tram-whole'), whole(inside));
	writeFileSync(path.join(tree, 'DEBIAN/control'), `Package: tram-board\nVersion: ${version}~deb12\n` +
		`Architecture: ${arch}\nMaintainer: x <x@x.invalid>\nDescription: x\n`);
	mkdirSync(out);
	const deb = path.join(out, `tram-board_${version}~deb12_${arch}.deb`);
	execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '-b', tree, deb]);
	if (inside === version) {
		execFileSync(path.join(root, 'scripts/release'), ['--key', path.join(work, `${key}.key`), '--out', out, ...args,
			deb], { env: { ...process.env, BUILD: build } });
		return { out, deb };
	}
	// A manifest that says something else than its package does of itself.
	const bytes = readFileSync(deb);
	writeFileSync(path.join(work, 'manifest'), JSON.stringify({ ...JSON.parse(describe(version)), packages: [
		{ name: 'tram-board', arch, suite: 'bookworm', version: `${version}~deb12`, size: bytes.length,
			sha256: createHash('sha256').update(bytes).digest('hex') }] }));
	execFileSync(path.join(build, 'tram'), ['release', '--manifest', path.join(work, 'manifest'), '--key',
		path.join(work, `${key}.key`), '--out', out]);
	return { out, deb };
}
function update(step, ...args) {
	return spawnSync(path.join(build, 'tram'), ['update', step, '--data', board, '--programs', factory, ...args],
		{ encoding: 'utf8' });
}
const offer = (from, ...args) => update('offer', '--from', from, '--suite', 'bookworm', ...args);
const shown = () => Object.fromEntries(update('show').stdout.trim().split('\n').map((line) => line.split('=')));
const state = () => JSON.parse(readFileSync(path.join(board, 'update/state.json'), 'utf8'));
const done = (what) => assert.equal(what.status, 0, what.stdout + what.stderr);
function refused(what, reason) {
	assert.equal(what.status, 1, what.stdout + what.stderr);
	assert.match(what.stdout, new RegExp(`refused: ${reason}`));
	assert.match(what.stderr, new RegExp(`refused=${reason}`));
}
// What would start now: one whole version.
function runs() {
	done(update('resume', '--link', link));
	const programs = readlinkSync(link);
	if (programs === factory) return 'factory';
	const { version } = JSON.parse(readFileSync(path.join(programs, 'release.json'), 'utf8'));
	assert(readFileSync(path.join(programs, 'tram-whole'), 'utf8') === whole(version), `${version} is not whole`);
	return version;
}
function reset() {
	rmSync(path.join(board, 'releases'), { recursive: true, force: true });
	rmSync(path.join(board, 'update'), { recursive: true, force: true });
}

test.must('a board runs, its link down, with the release key it trusts', async () => {
	await stack.up(['board']);
	mkdirSync(factory, { recursive: true });
	writeFileSync(path.join(factory, 'release.json'), describe('0.1.5'));
	for (const name of ['release', 'other']) {
		execFileSync(path.join(build, 'tram'), ['pki', 'release-key', '--out', path.join(work, 'keys')]);
		for (const end of ['key', 'pub'])
			cpSync(path.join(work, `keys/release.${end}`), path.join(work, `${name}.${end}`));
		chmodSync(path.join(work, `${name}.pub`), 0o644);
		rmSync(path.join(work, 'keys'), { recursive: true });
	}
	cpSync(path.join(work, 'release.pub'), path.join(board, 'release.pub'));
	assert.deepEqual(shown(), { version: '0.1.5', step: 'none', to: '', reason: '' });
	assert.equal(runs(), 'factory');
	done(update('check', '--wait', '30'));
});

test('what is not signed, not newer, not for this machine or not whole is refused, each with its word', () => {
	const good = release('good', '0.1.6');
	refused(offer(release('wrong-key', '0.1.6', { key: 'other' }).out), 'signature');
	refused(offer(release('older', '0.1.4').out), 'older');
	assert.equal(offer(release('same', '0.1.5').out).status, 2);
	refused(offer(release('channel', '0.1.6', { args: ['--channel', 'trial'] }).out), 'channel');
	assert.match(offer(release('early', '0.1.6', { args: ['--not-before', 'next month'] }).out).stdout, /early/);
	refused(offer(release('behind', '0.1.6', { schema: { tram: schemaNow.tram - 1 } }).out), 'schema');
	refused(update('offer', '--from', good.out, '--suite', 'trixie'), 'package');
	refused(offer(release('inside', '0.1.6', { inside: '0.1.7' }).out), 'content');

	const token = readFileSync(path.join(good.out, 'tram-release.jws'), 'utf8');
	const tampered = (name, change) => {
		cpSync(good.out, path.join(work, name), { recursive: true });
		change(path.join(work, name));
		return path.join(work, name);
	};
	const [head, payload, signature] = token.split('.');
	const forged = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('0.1.6', '0.1.9')).toString('base64url');
	refused(offer(tampered('forged', (to) => writeFileSync(path.join(to, 'tram-release.jws'),
		[head, forged, signature].join('.')))), 'signature');
	refused(offer(tampered('no-jws', (to) => writeFileSync(path.join(to, 'tram-release.jws'), '{}'))), 'signature');
	const file = path.basename(good.deb);
	const bytes = readFileSync(good.deb);
	refused(offer(tampered('cut', (to) => writeFileSync(path.join(to, file), bytes.subarray(0, -1)))), 'content');
	refused(offer(tampered('longer', (to) => appendFileSync(path.join(to, file), 'x'))), 'content');
	refused(offer(tampered('changed', (to) => {
		const other = Buffer.from(bytes);
		other[5000] ^= 1;
		writeFileSync(path.join(to, file), other);
	})), 'content');
	refused(offer(tampered('missing', (to) => rmSync(path.join(to, file)))), 'content');
	assert.equal(offer(path.join(work, 'nothing-there')).status, 2);

	rmSync(path.join(board, 'release.pub'));
	refused(offer(good.out), 'key');
	cpSync(path.join(work, 'release.pub'), path.join(board, 'release.pub'));
	assert.equal(shown().step, 'none');
	assert.equal(runs(), 'factory');
	assert(!existsSync(path.join(board, 'releases')) || !readdirSync(path.join(board, 'releases')).some((n) => n[0] !== '.'));
});

test('offered, copied, switched, checked: the new version runs, the copies open, the technician can read it', () => {
	done(offer(path.join(work, 'good')));
	assert.equal(runs(), 'factory');
	done(update('due', '--now'));
	assert.equal(update('settle').status, 0);
	done(update('copy'));
	for (const name of ['tram', 'auth']) {
		const file = path.join(board, `update/copy/${name}.db`);
		assert.equal(execFileSync('sqlite3', [file, 'PRAGMA integrity_check'], { encoding: 'utf8' }).trim(), 'ok');
		assert.equal(statSync(file).mode & 0o077 & ~0o060, 0);
	}
	assert.equal(execFileSync('sqlite3', [path.join(board, 'update/copy/tram.db'), 'SELECT count(*) > 0 FROM journal'],
		{ encoding: 'utf8' }).trim(), '1');
	done(update('switch'));
	assert.equal(shown().step, 'switched');
	assert.equal(runs(), '0.1.6');
	done(update('settle', '--wait', '30'));
	assert.deepEqual(shown(), { version: '0.1.6', step: 'done', to: '0.1.6', reason: '' });
	assert.equal(JSON.parse(readFileSync(path.join(board, 'health/update.json'), 'utf8')).step, 'done');
	refused(offer(release('older-now', '0.1.5').out), 'older');
});

test('a version that does not answer gives way to the one before, and is not tried again; the next one is', async () => {
	const next = release('next', '0.1.7');
	done(offer(next.out));
	done(update('copy'));
	done(update('switch'));
	assert.equal(runs(), '0.1.7');
	await stack.stop('board');
	refused(update('settle', '--wait', '1'), 'intake');
	assert.equal(shown().step, 'back');
	assert.equal(shown().reason, 'intake');
	assert.equal(runs(), '0.1.6');
	refused(offer(next.out), 'failed');
	done(offer(release('better', '0.1.8').out));
	assert.equal(runs(), '0.1.6');
});

test('three starts without a passed check lead back by themselves', () => {
	done(update('copy'));
	done(update('switch'));
	for (let start = 0; start < 3; start++) assert.equal(runs(), '0.1.8');
	assert.equal(runs(), '0.1.6');
	assert.equal(shown().reason, 'starts');
});

test('where the databases have gone on, no way leads back, and they are left as they are', async () => {
	const file = path.join(board, 'db/tram.db');
	const sqlite = (text) => execFileSync('sqlite3', [file, text], { encoding: 'utf8' }).trim();
	done(offer(release('migrates', '0.1.9', { schema: { tram: schemaNow.tram + 1 } }).out));
	done(update('copy'));
	done(update('switch'));
	sqlite(`PRAGMA user_version = ${schemaNow.tram + 1}`);
	const events = sqlite('SELECT count(*) FROM journal');
	refused(update('settle', '--wait', '1'), 'schema, and no way back');
	for (let start = 0; start < 5; start++) assert.equal(runs(), '0.1.9');
	assert.equal(sqlite('SELECT count(*) FROM journal'), events);
	assert.equal(sqlite('PRAGMA user_version'), String(schemaNow.tram + 1));
	sqlite(`PRAGMA user_version = ${schemaNow.tram}`);
});

// SIGKILL at the first, second, third … call that changes the disk, until a step comes to its end.
const calls = 'rename,symlink,fsync,syncfs';
function cut(step, args, prepare) {
	let cuts = 0;
	for (let at = 1; ; at++) {
		prepare();
		const before = runs();
		const killed = spawnSync('strace', ['-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e',
			`inject=${calls}:signal=KILL:when=${at}`, path.join(build, 'tram'), 'update', step, '--data', board,
			'--programs', factory, ...args], { encoding: 'utf8' });
		if (killed.signal !== 'SIGKILL' && killed.status !== 137) {
			assert.equal(killed.status, 0, killed.stderr);
			assert(cuts > 0, 'nothing was cut');
			return cuts;
		}
		cuts++;
		const after = runs();
		assert([before, '0.1.6'].includes(after), `${step} cut at ${at}: ${after}`);
		const again = update(step, ...args);
		assert([0, 2].includes(again.status), `${step} after a cut at ${at}: ${again.stdout}${again.stderr}`);
		runs();
	}
}

test('cut anywhere: one whole version or the other, and the step goes on where it was', () => {
	const from = ['--from', path.join(work, 'good'), '--suite', 'bookworm'];
	const saved = path.join(work, 'saved');
	const names = ['update', 'releases'];
	// Each cut begins from the same place.
	const keep = () => {
		rmSync(saved, { recursive: true, force: true });
		mkdirSync(saved);
		for (const name of names) execFileSync('cp', ['-a', path.join(board, name), saved]);
	};
	const told = [['offer', cut('offer', from, reset)]];
	for (const [before, args, step, words] of [['offer', from, 'copy', []], ['copy', [], 'switch', []],
		['switch', [], 'resume', ['--link', link]]]) {
		if (before === 'offer') reset();
		if (before !== 'offer') restore();
		done(update(before, ...args));
		keep();
		told.push([step, cut(step, words, restore)]);
	}
	console.log(`# cuts: ${told.map(([step, cuts]) => `${step} ${cuts}`).join(', ')}`);
	assert.equal(state().to, '0.1.6');
	function restore() {
		for (const name of names) {
			rmSync(path.join(board, name), { recursive: true, force: true });
			execFileSync('cp', ['-a', path.join(saved, name), path.join(board, name)]);
		}
	}
});

test('a newer package of the machine itself wins, an older one does not', () => {
	reset();
	done(offer(path.join(work, 'good')));
	done(update('copy'));
	done(update('switch'));
	assert.equal(runs(), '0.1.6');
	writeFileSync(path.join(factory, 'release.json'), describe('0.1.7'));
	assert.equal(runs(), 'factory');
	writeFileSync(path.join(factory, 'release.json'), describe('0.1.5'));
	assert.equal(runs(), '0.1.6');
});

test('the center hands a release on, whole and as it was signed; what it alters is not taken', async () => {
	const center = path.join(stack.data, 'center');
	const inbox = path.join(board, 'inbox');
	const waiting = () => existsSync(path.join(inbox, 'tram-release.jws'));
	cpSync(path.join(work, 'release.pub'), path.join(center, 'release.pub'));
	appendFileSync(path.join(center, 'tram.conf'), 'release_key_file = release.pub\n');
	const give = (from) => stack.tram('center', ['release', '--from', from]);
	assert.equal(give(release('not-ours', '0.2.0', { key: 'other' }).out).status, 1);
	assert.equal(give(path.join(work, 'changed')).status, 1);
	done(give(release('by-line', '0.2.1').out));
	await stack.start('center');
	await stack.start('board');
	await until('the release lies in the inbox', 30, waiting);
	const name = `tram-board_0.2.1~deb12_${arch}.deb`;
	assert(readFileSync(path.join(inbox, name)).equals(readFileSync(path.join(work, 'by-line', name))));
	reset();
	done(offer(inbox));
	assert.equal(state().to, '0.2.1');
	// A center that was taken over: its own manifest, or another package under the signed one.
	assert.equal((await stack.machine().request('GET', `/v1/release/${'0'.repeat(64)}`)).status, 404);
	rmSync(path.join(inbox, 'tram-release.jws'));
	rmSync(path.join(inbox, name));
	await stack.kill('board');
	cpSync(path.join(work, 'not-ours/tram-release.jws'), path.join(center, 'offer/tram-release.jws'));
	const log = path.join(board, 'log/forward.log');
	const refusals = () => readFileSync(log, 'utf8').split('release offered by the center refused=signature').length;
	const before = refusals();
	await stack.start('board');
	await until('the board refuses', 30, () => refusals() > before);
	assert(!waiting());
	await stack.kill('board');
	cpSync(path.join(work, 'by-line/tram-release.jws'), path.join(center, 'offer/tram-release.jws'));
	appendFileSync(path.join(center, 'offer', name), 'x');
	await stack.start('board');
	await until('the board wants no such package', 30, () => /release version=0\.2\.1: a package is not there/.test(readFileSync(log, 'utf8')));
	assert(!waiting() && !existsSync(path.join(inbox, name)));
});

await run();
