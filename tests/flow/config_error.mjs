// Goal: a wrong configuration is said with file, line and key, by every program, before anything is
// opened, with status 78 and without a restart; and a database of another version is not touched.
// Not under sanitizers: starts every program some dozens of times and serves nothing.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { Stack, build } from '../lib/stack.mjs';

const stack = new Stack({ name: 'config-error', ports: [9942, 9945] });
cleanup((failed) => stack.down(failed));
const programs = { board: [['tram-intake'], ['tram-intake', '--uploads'], ['tram-lookup'], ['tram-admin'], ['tram-forward']],
	center: [['tram-center'], ['tram-center', '--uploads'], ['tram-machine'], ['tram-lookup']] };
const conf = (side) => path.join(stack.data, side, 'tram.conf');
const sqlite = (file, text) => execFileSync('sqlite3', [file, text], { encoding: 'utf8' }).trim();

// Starts a program without its socket: what is wrong is found before that is looked at.
function start([program, ...more], file) {
	const run = spawnSync(path.join(build, program), ['-c', file, ...more], { encoding: 'utf8', input: '', timeout: 10000 });
	assert(!run.stderr.includes('listening socket'), `${program} took ${file} for good`);
	return { status: run.status, said: run.stderr + run.stdout };
}
// tram.conf of side with one line changed, added or taken away: [file, line number].
function changed(side, change) {
	const lines = readFileSync(conf(side), 'utf8').split('\n');
	const at = change(lines);
	const folder = path.join(stack.data, side);
	const file = path.join(folder, 'sai.conf');
	writeFileSync(file, Array.isArray(at) ? at[0] : lines.join('\n'));
	chmodSync(file, 0o644);
	return [file, Array.isArray(at) ? at[1] : at];
}
const set = (key, value) => (lines) => {
	let at = lines.findIndex((line) => line.startsWith(`${key} =`));
	if (at < 0) at = lines.push('') - 1;
	lines[at] = `${key} = ${value}`;
	return at + 1;
};
const add = (line) => (lines) => lines.push(line);
const drop = (key) => (lines) => {
	lines.splice(lines.findIndex((line) => line.startsWith(`${key} =`)), 1);
	return 0;
};

// What is wrong → [change, key that must be named].
const both = {
	'no such key': [add('khong_co = 1'), 'khong_co'],
	'a number that is none': [add('idle_lock_minutes = mười'), 'idle_lock_minutes'],
	'a number out of range': [add('idle_lock_minutes = 61'), 'idle_lock_minutes'],
	'a negative size': [add('upload_max_bytes = -1'), 'upload_max_bytes'],
	'a flag that is none': [add('tls_pages = maybe'), 'tls_pages'],
	'an address that is none': [set('public_url', 'ftp://vidu.vn'), 'public_url'],
	'no mode': [drop('mode'), 'mode'],
	'a mode that is none': [set('mode', 'thu'), 'mode'],
	'a side that is none': [set('side', 'giua'), 'side'],
	'a line without =': [add('mode rehearsal'), null],
	'a key twice': [add('mode = live'), 'mode'],
	'a name that is far too long': [set('station_name', 'x'.repeat(300)), 'station_name'],
	'no host': [add('hosts = '), 'hosts'],
};
const special = {
	board: { 'no board id': [drop('board_id'), 'board_id'], 'a board id with capitals': [set('board_id', 'B1'), 'board_id'],
		'a commune code of letters': [set('commune_code', 'abcde'), 'commune_code'], 'an agency that is none': [set('agency_id', 'h27'), 'agency_id'],
		'a key of the center': [add('official_agency = H27'), 'official_agency'], 'forms that do not exist': [add('form_set = tt99-2099'), 'form_set'] },
	center: { 'a key of the board': [add('board_id = b1'), 'board_id'], 'an agency that is none': [set('official_agency', 'H27..1'), 'official_agency'] },
};

test.must('a board and its center', async () => {
	await stack.up();
});
for (const side of ['board', 'center']) {
	for (const [what, [change, key]] of Object.entries({ ...both, ...special[side] })) {
		test(`${side}: ${what}: every program names file, line and key, and does not start`, () => {
			const [file, line] = changed(side, change);
			for (const program of programs[side]) {
				const { status, said } = start(program, file);
				assert.equal(status, 78, `${program}: ${status} ${said}`);
				assert(said.includes(file), `${program} names the file: ${said}`);
				if (line) assert.match(said, new RegExp(`line=${line}\\b`), `${program} names the line: ${said}`);
				if (key) assert.match(said, new RegExp(`key=${key}\\b`), `${program} names the key: ${said}`);
				assert.equal(said.trim().split('\n').length, 1, `${program} says it once: ${said}`);
			}
			for (const args of [['status'], ['verify'], ['user', 'list'], ['migrate']]) {
				const tram = spawnSync(path.join(build, 'tram'), [...args, '--conf', file], { encoding: 'utf8' });
				assert.equal(tram.status, 78, `tram ${args[0]}: ${tram.status} ${tram.stderr}`);
				if (key) assert.match(tram.stderr, new RegExp(`key=${key}\\b`));
			}
		});
	}
}
test('a file that is not there, is a folder, is not text, is far too large', () => {
	const folder = path.join(stack.data, 'board');
	const junk = path.join(folder, 'sai.conf');
	for (const content of [null, Buffer.from([0x6d, 0xff, 0xfe, 0x3d, 0x31, 0x0a]), Buffer.from('mode = rehearsal\u0000\n'), Buffer.alloc(1024 * 1024, 0x61)]) {
		if (content) writeFileSync(junk, content);
		for (const program of programs.board) {
			const { status, said } = start(program, content ? junk : path.join(folder, 'khong-co.conf'));
			assert.equal(status, 78, `${program}: ${status} ${said}`);
			assert(said.includes('.conf'), said);
		}
	}
	for (const program of programs.board) assert.equal(start(program, folder).status, 78, 'a folder');
});
test('a program without its argument says how it is called', () => {
	for (const [program] of Object.values(programs).flat()) {
		for (const args of [[], ['-c'], ['-x', 'y'], ['-c', conf('board'), 'zuviel']]) {
			const run = spawnSync(path.join(build, program), args, { encoding: 'utf8', input: '', timeout: 10000 });
			assert.equal(run.status, 78, `${program} ${args.join(' ')}: ${run.status}`);
			assert.match(run.stderr, /usage|-c/, `${program} ${args.join(' ')}`);
		}
	}
});
test('a program of the other side does not take the file', () => {
	for (const program of [['tram-intake'], ['tram-forward']]) assert.equal(start(program, conf('center')).status, 78, program[0]);
	for (const program of [['tram-center'], ['tram-machine']]) assert.equal(start(program, conf('board')).status, 78, program[0]);
});
test('a database of a newer or older version: refused, not touched, said', async () => {
	const users = { board: { tram: ['tram-intake', 'tram-forward'], auth: ['tram-intake', 'tram-admin'], run: ['tram-intake', 'tram-admin'],
		public: ['tram-intake', 'tram-lookup', 'tram-forward'] },
	center: { tram: ['tram-center', 'tram-machine'], auth: ['tram-center'], run: ['tram-center'], public: ['tram-lookup', 'tram-machine'] } };
	for (const side of ['board', 'center']) {
		await stack.stop(side);
		for (const [name, uses] of Object.entries(users[side])) {
			const file = path.join(stack.data, side, name === 'tram' ? 'db' : name, `${name}.db`);
			const kept = `${file}.kept`;
			copyFileSync(file, kept);
			const version = Number(sqlite(file, 'PRAGMA user_version'));
			assert(version > 0, `${side} ${name}: PRAGMA user_version is where the version stands`);
			for (const other of [version + 1, 999, version - 1]) {
				sqlite(file, `PRAGMA user_version = ${other}`);
				const before = readFileSync(file);
				for (const program of uses) {
					const { status, said } = start([program], conf(side));
					assert.equal(status, 78, `${program} with ${name} ${other}: ${status} ${said}`);
					assert.match(said, /version/, said);
					assert(said.includes(String(other)) || said.includes(`${name}.db`), said);
				}
				assert(readFileSync(file).equals(before), `${name}: nothing was written`);
			}
			writeFileSync(file, readFileSync(kept));
		}
		await stack.start(side);
	}
});
test('a data folder is of one board and one mode: rehearsal never becomes live, nor another board', async () => {
	await stack.stop('board');
	for (const [key, value] of [['mode', 'live'], ['board_id', 'b18685-2']]) {
		const [bad] = changed('board', set(key, value));
		const before = readFileSync(path.join(stack.data, 'board/db/tram.db'));
		for (const program of ['tram-intake', 'tram-forward']) {
			const { status, said } = start([program], bad);
			assert.equal(status, 78, `${program} ${key}: ${status} ${said}`);
			assert.match(said, new RegExp(`key=${key}: the data folder is of (mode rehearsal|board b18685-1)`), said);
		}
		assert.equal(spawnSync(path.join(build, 'tram'), ['status', '--conf', bad], { encoding: 'utf8' }).status, 78);
		assert(readFileSync(path.join(stack.data, 'board/db/tram.db')).equals(before), 'nothing was written');
	}
	await stack.start('board');
});
test('a database that is none: refused, not overwritten', async () => {
	await stack.stop('board');
	const file = path.join(stack.data, 'board/db/tram.db');
	const kept = readFileSync(file);
	for (const content of [Buffer.from('this is not a database, but it may be all there is'), Buffer.alloc(0), Buffer.concat([kept.subarray(0, 100), Buffer.alloc(4000)])]) {
		writeFileSync(file, content);
		for (const program of ['tram-intake', 'tram-forward']) {
			const { status } = start([program], conf('board'));
			assert([75, 78].includes(status), `${program}: ${status}`);
		}
		assert(readFileSync(file).equals(content), 'still what it was');
	}
	writeFileSync(file, kept);
	await stack.start('board');
	assert.equal(stack.tram('board', ['verify']).status, 0);
});
test('a confirmation file with a fault in it: the program says so and does not start', () => {
	const file = path.join(stack.data, 'board/sai.json');
	for (const content of ['{', '[]', '{"procedures": 7}', '\ufeff{}', 'x'.repeat(2000)]) {
		writeFileSync(file, content);
		const [bad] = changed('board', set('confirm_file', 'sai.json'));
		const { status, said } = start(['tram-intake'], bad);
		assert.equal(status, 78, `${content.slice(0, 20)}: ${status} ${said}`);
		assert.match(said, /confirm|sai\.json/, said);
	}
	for (const key of ['catalogue_file', 'calendar_file', 'confirm_file']) {
		const [bad] = changed('board', set(key, 'khong-co.json'));
		const { status, said } = start(['tram-intake'], bad);
		assert.equal(status, 78, `${key}: ${status} ${said}`);
		assert.match(said, new RegExp(`${key}|khong-co\\.json`), said);
	}
});
test('keys that cannot be used', () => {
	const missing = (key, value) => changed('board', set(key, value))[0];
	const { status, said } = start(['tram-forward'], missing('link_key_dir', 'khong-co'));
	assert.equal(status, 78, said);
	assert.match(said, /key|client|ca\.crt|receipt/);
	const machine = start(['tram-machine'], changed('center', set('center_key_dir', 'khong-co'))[0]);
	assert.equal(machine.status, 78, machine.said);
	const intake = start(['tram-intake'], missing('web_key_dir', 'khong-co'));
	assert.equal(intake.status, 78, intake.said);
});
test('the supervisor leaves a wrongly configured program down, and names a wrong plan', async () => {
	const folder = path.join(stack.data, 'plan-test');
	mkdirSync(folder, { recursive: true });
	const plan = path.join(folder, 'plan');
	for (const content of ['nonsense\n', 'run x\n', 'process a\n', `process a\n  exec ${build}/tram\n  workers 0\n`, 'process a\n  user nobody\n']) {
		writeFileSync(plan, content);
		const run = spawnSync(path.join(build, 'tram'), ['supervise', plan], { encoding: 'utf8', timeout: 5000 });
		assert.equal(run.status, 78, `${content}: ${run.status} ${run.stderr}`);
		assert(run.stderr.includes(plan), run.stderr);
	}
	await stack.stop('board');
	const good = readFileSync(conf('board'), 'utf8');
	writeFileSync(conf('board'), `${good}\nkhong_co = 1\n`);
	const before = stack.log('board', 'lookup').length;
	// The pages cannot answer, so start() would wait for them.
	stack.start('board').catch(() => {});
	await until('the programs have said why', 10, () => stack.log('board', 'lookup').slice(before).includes('khong_co'));
	await new Promise((done) => setTimeout(done, 1200)); // longer than the shortest pauses before another start
	const said = stack.log('board', 'lookup').slice(before).split('\n').filter((line) => line.includes('khong_co'));
	assert.equal(said.length, 1, `started again ${said.length} times, though it cannot help`);
	assert(!existsSync(path.join(stack.data, 'board/pid/lookup.0.pid')), 'it is down');
	await stack.stop('board');
	writeFileSync(conf('board'), good);
	await stack.start('board');
});

await run();
