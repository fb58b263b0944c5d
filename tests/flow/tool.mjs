// Goal: the command line keeps its word: help and exit codes, a wrong setting named by file, line and
// key, proofs that notice what was altered, accounts that lock at once, a supervisor that restarts what
// fell and leaves down what cannot start.
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { Stack, build } from '../lib/stack.mjs';

const stack = new Stack({ name: 'tool', ports: [9850, 9860] });
cleanup((failed) => stack.down(failed));
const scratch = path.join(stack.data, 'scratch');
const tram = (args, input) => spawnSync(path.join(build, 'tram'), args, { encoding: 'utf8', input });
const sql = (file, text) => {
	const done = spawnSync('sqlite3', [path.join(stack.data, file)], { encoding: 'utf8', input: text });
	assert.equal(done.status, 0, done.stderr);
	return done.stdout.trim();
};

test('every command has help on standard output and exits 0', () => {
	const all = tram(['--help']);
	assert.equal(all.status, 0);
	const commands = [...all.stdout.matchAll(/^ {2}([a-z]+) /gm)].map((m) => m[1]);
	assert(commands.length >= 12, commands.join(' '));
	for (const command of commands) {
		const help = tram([command, '--help']);
		assert.equal(help.status, 0, command);
		assert.match(help.stdout, /[Ee]xit (status|codes)/, command);
		assert.equal(help.stderr, '', command);
	}
});

test('wrong usage exits 2 and changes nothing', () => {
	for (const args of [[], ['no-such'], ['verify', '--no-such'], ['verify'], ['status', 'word'],
		['init'], ['init', 'board'], ['user', 'add'], ['user', 'explode', 'x'], ['board', 'add'], ['supervise']])
		assert.equal(tram(args).status, 2, args.join(' '));
});

test.must('a board and a center', async () => {
	await stack.up();
	mkdirSync(scratch);
	const clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk, { procedure: '2.000635', files: true });
	await stack.drained();
});

test('init refuses: no board id, unknown commune, unknown key, a wrong value, a folder in use', () => {
	const at = ['--data', path.join(scratch, 'new'), '--one-user'];
	const refused = [[['--commune-code', '18685'], /board_id/], [['--board-id', 'b1', '--commune-code', '00001'], /00001/],
		[['--board-id', 'b1', '--commune-code', '18685', '--no-such-key', 'x'], /no_such_key/],
		[['--board-id', 'B 1', '--commune-code', '18685'], /board_id/],
		[['--board-id', 'b1', '--commune-code', '18685', '--mode', 'perhaps'], /mode/]];
	for (const [args, word] of refused) {
		const done = tram(['init', 'board', ...at, ...args]);
		assert.equal(done.status, 2, args.join(' ') + done.stderr);
		assert.match(done.stderr, word);
		assert(!readdirSync(scratch).includes('new') || !readdirSync(path.join(scratch, 'new')).includes('tram.conf'));
	}
	const again = tram(['init', 'board', '--data', path.join(stack.data, 'board'), '--board-id', 'b2', '--commune-code', '18685']);
	assert.equal(again.status, 2, again.stderr);
});

test('init makes a live board whose commune is named and whose journal has begun', () => {
	const data = path.join(scratch, 'live');
	const made = tram(['init', 'board', '--data', data, '--one-user', '--mode=live', '--board-id', 'b18685-9',
		'--commune-code', '18685']);
	assert.equal(made.status, 0, made.stderr);
	assert.match(readFileSync(path.join(data, 'tram.conf'), 'utf8'), /^commune_name = Xã Cẩm Bình$/m);
	const status = JSON.parse(tram(['status', '--json', '--data', data]).stdout);
	assert.equal(status.mode, 'live');
	assert.equal(status.board_log.seq, 1);
	assert.equal(tram(['migrate', '--data', data]).status, 0, 'migrate may run again');
	assert.equal(tram(['verify', '--data', data]).status, 0);
});

test('a wrong line of tram.conf is named by file, line and key, and nothing starts', () => {
	const conf = path.join(scratch, 'wrong.conf');
	const good = readFileSync(path.join(stack.data, 'board/tram.conf'), 'utf8');
	writeFileSync(conf, `${good.trimEnd()}\nidle_lock_minutes = soon\n`);
	const line = good.trimEnd().split('\n').length + 1;
	const told = new RegExp(`file=${conf.replace(/\./g, '\\.')} line=${line} key=idle_lock_minutes`);
	const checked = tram(['settings', '--check', conf]);
	assert.equal(checked.status, 78);
	assert.match(checked.stderr, told);
	for (const program of ['tram-intake', 'tram-lookup', 'tram-admin', 'tram-forward', 'tram-center', 'tram-machine']) {
		const done = spawnSync(path.join(build, program), ['-c', conf], { encoding: 'utf8', input: '', timeout: 10000 });
		assert.equal(done.status, 78, program);
		assert.match(done.stderr, told, program);
	}
	assert.equal(tram(['status', '--data', path.join(scratch, 'nowhere')]).status, 78);
});

test('a database of another version is refused by every program', () => {
	const data = path.join(scratch, 'version');
	assert.equal(tram(['init', 'board', '--data', data, '--one-user', '--board-id', 'b1', '--commune-code', '18685']).status, 0);
	sql('scratch/version/db/tram.db', 'PRAGMA user_version = 999;');
	assert.equal(tram(['status', '--data', data]).status, 78);
	assert.equal(tram(['migrate', '--data', data]).status, 78, 'newer than this program');
	const done = spawnSync(path.join(build, 'tram-intake'), ['-c', path.join(data, 'tram.conf')], { encoding: 'utf8', input: '', timeout: 10000 });
	assert.equal(done.status, 78, done.stderr);
});

test('settings lists every key as a comment that settings --check accepts', () => {
	const printed = tram(['settings']).stdout;
	assert.match(printed, /^#idle_lock_minutes = 15$/m);
	const conf = path.join(scratch, 'all.conf');
	writeFileSync(conf, `${printed}side = center\nmode = rehearsal\n`);
	assert.equal(tram(['settings', '--check', conf]).status, 0);
});

test('an account: added, locked at once, unlocked, a new password; weak ones refused', async () => {
	const add = (login, password, ...more) => stack.tram('board', ['user', 'add', login, '--name', 'Người Thử',
		'--roles', 'specialist', '--keep-password', ...more], `${password}\n`);
	assert.equal(add('thu1', 'short').status, 2);
	assert.equal(add('thu1', 'Mot-Mat-Khau-2026!', '--roles', 'emperor').status, 2);
	assert.equal(add('thu1', 'Mot-Mat-Khau-2026!').status, 0);
	assert.equal(add('thu1', 'Mot-Mat-Khau-2026!').status, 2, 'the login is taken');
	const client = stack.clerks();
	await client.login('thu1', 'Mot-Mat-Khau-2026!');
	assert.equal((await client.request('GET', '/xu-ly')).status, 200);
	assert.equal(stack.tram('board', ['user', 'lock', 'thu1']).status, 0);
	assert.notEqual((await client.request('GET', '/xu-ly')).status, 200, 'the session goes with the lock');
	await assert.rejects(stack.clerks().login('thu1', 'Mot-Mat-Khau-2026!'));
	assert.equal(stack.tram('board', ['user', 'unlock', 'thu1']).status, 0);
	assert.equal(stack.tram('board', ['user', 'passwd', 'thu1', '--keep-password'], 'Hai-Mat-Khau-2026!\n').status, 0);
	await assert.rejects(stack.clerks().login('thu1', 'Mot-Mat-Khau-2026!'));
	await stack.clerks().login('thu1', 'Hai-Mat-Khau-2026!');
	assert.equal(stack.tram('board', ['user', 'lock', 'nobody-here']).status, 2);
	assert.match(stack.tram('board', ['user', 'list']).stdout, /\tthu1\topen\tspecialist/);
});

test('supervise restarts what was killed and leaves down what cannot start', async () => {
	const before = stack.killOne('board', 'intake.0');
	await until('a new intake.0', 5, () => stack.pids('board')['intake.0'] !== before);
	const dir = path.join(scratch, 'supervised');
	mkdirSync(dir);
	const plan = path.join(dir, 'plan');
	const marks = path.join(dir, 'marks');
	writeFileSync(plan, `run ${dir}/pid\nlog ${dir}/log\nprocess wrong\n  exec /bin/sh\n  arg -c\n  ` +
		`arg echo wrong >>'${marks}'; exit 78\nprocess falls\n  exec /bin/sh\n  arg -c\n  arg echo fell >>'${marks}'; exit 75\n`);
	const child = spawn(path.join(build, 'tram'), ['supervise', plan], { stdio: 'ignore' });
	await until('three falls', 10, () => readFileSync(marks, 'utf8').split('fell').length > 3);
	const ended = new Promise((done) => child.on('exit', done));
	child.kill('SIGTERM');
	assert.equal(await ended, 0);
	assert.equal(readFileSync(marks, 'utf8').split('wrong').length - 1, 1);
	writeFileSync(plan, 'run x\nlog y\nprocess z\n  explode yes\n');
	const wrong = tram(['supervise', plan]);
	assert.equal(wrong.status, 78);
	assert.match(wrong.stderr, /line=4 key=explode/);
});

// Each alteration on a copy, with the programs stopped.
const alterations = {
	'a body': ["DROP TRIGGER journal_body_no_update; UPDATE journal_body SET body = CAST(CAST(body AS TEXT) || ' ' AS BLOB) WHERE seq = 2;", 'verify'],
	'a header': ['DROP TRIGGER journal_no_update; UPDATE journal SET header = CAST(replace(CAST(header AS TEXT), \'actor\', \'acter\') AS BLOB) WHERE seq = 2;', 'verify'],
	'an event in the middle': ['DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE author = 0 AND seq = 2;', 'verify'],
	'a table that pages read': ["UPDATE dossier SET applicant = applicant || '!';", 'rebuild'],
};

test.must('the programs stop', async () => {
	await stack.stop('board');
	await stack.stop('center');
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
});

for (const [what, [text, command]] of Object.entries(alterations)) {
	test(`tram ${command} notices ${what} that was altered`, () => {
		const file = path.join(stack.data, 'board/db/tram.db');
		sql('board/db/tram.db', 'PRAGMA wal_checkpoint(TRUNCATE);');
		copyFileSync(file, `${file}.before`);
		const digest = stack.digest('board');
		sql('board/db/tram.db', text);
		const done = stack.tram('board', command === 'verify' ? ['verify'] : ['rebuild', '--compare']);
		assert.equal(done.status, 1, done.stdout + done.stderr);
		assert.match(done.stdout, /fault/);
		if (command === 'rebuild') assert.notDeepEqual(stack.digest('board'), digest);
		for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
		copyFileSync(`${file}.before`, file);
		assert.equal(stack.tram('board', ['verify']).status, 0, 'whole again');
	});
}

test('tram verify notices a damaged and a missing file', () => {
	const dir = path.join(stack.data, 'board/blobs');
	const [name] = readdirSync(dir);
	const bytes = readFileSync(path.join(dir, name));
	const changed = Buffer.from(bytes);
	changed[changed.length - 1] ^= 1;
	writeFileSync(path.join(dir, name), changed);
	assert.equal(stack.tram('board', ['verify']).status, 1);
	assert.equal(stack.tram('board', ['verify', '--no-files']).status, 0);
	rmSync(path.join(dir, name));
	const missing = stack.tram('board', ['verify']);
	assert.equal(missing.status, 1);
	assert.match(missing.stdout, /fault/);
});

await run();
