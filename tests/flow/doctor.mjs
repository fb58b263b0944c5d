// Goal: the technician sees whether the machine is well, in the browser and in the terminal out of one list, also
// when the database is gone; a diagnosis opens at the center alone and holds nobody's name; the card test finds a
// medium with less room than it says, and one that acknowledged what it does not have; a slow card loses nothing.
import { strict as assert } from 'node:assert';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, skip, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, person } from '../lib/clerk.mjs';
import { Stack, build, root, sanitized } from '../lib/stack.mjs';

const CANARY = 'Kanaridoctorzq';
const stack = new Stack({ name: 'doctor', ports: [9194, 9197], board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n' });
cleanup((failed) => stack.down(failed));
const scratch = path.join(stack.data, 'scratch');
const medium = path.join(scratch, 'usb');
const tool = (...args) => spawnSync(path.join(build, 'tram'), args, { encoding: 'utf8' });
const doctor = (status = 0) => {
	const done = stack.tram('board', ['doctor', '--json']);
	assert.equal(done.status, status, done.stdout + done.stderr);
	return JSON.parse(done.stdout);
};
const line = (said, key) => said.lines.find((one) => one.key === key);
let clerk, technician, support, code;

test.must('a board with a medium for copies and the key of the center\'s support', async () => {
	mkdirSync(path.dirname(stack.data), { recursive: true });
	support = path.join(path.dirname(stack.data), 'doctor-support.key');
	rmSync(support, { force: true });
	const made = tool('backup', 'key', '--out', support).stdout.trim();
	stack.env.EXTRA_BOARD += `support_recipient = ${made}\ncopy_recipients = ${made}\ncopy_same_disk = yes\ncopy_dir = ${medium}\n`;
	await stack.up();
	mkdirSync(medium, { recursive: true });
	execFileSync('chmod', ['777', medium]);
	renameSync(support, path.join(scratch, 'support.key'));
	support = path.join(scratch, 'support.key');
	clerk = await stack.clerk('canbo');
	technician = stack.admin();
	await technician.login('kythuat');
	({ code } = await acceptDossier(clerk, { who: person({ name: `Ông ${CANARY} Thử` }) }));
	await stack.drained();
});
test('page and terminal say the same, line by line', async () => {
	const said = await until('everything that is measured is there', 20, () => {
		const now = doctor();
		return line(now, 'versions').state === 'ok' && line(now, 'unsent').state === 'ok' && now;
	});
	const page = await technician.get('/suc-khoe');
	const plain = stack.tram('board', ['doctor']).stdout;
	for (const one of said.lines) {
		const name = { disk: 'Chỗ trống trên thẻ nhớ', cert: 'Chứng thư của máy', copy: 'Sao lưu ra USB' }[one.key];
		if (name) assert(page.text.includes(name) && plain.includes(name), name);
		// What changes between two looks is compared without its digits.
		const stable = one.value.replace(/[\d.,:]+/g, '#');
		assert(page.text.replace(/[\d.,:]+/g, '#').includes(stable), `${one.key}: ${one.value}`);
		if (one.advice) assert(page.text.includes(one.advice) && plain.includes(one.advice), one.advice);
	}
	assert.equal(said.lines.length, 17);
	assert.equal(line(said, 'copy').state, 'wait');
	assert.match(line(said, 'cert').value, /^còn \d+ ngày$/);
	assert.match(line(said, 'disk').value, /^còn chỗ cho \d+ hồ sơ \(/);
	assert(!page.html.includes(CANARY) && !page.html.includes(code));
});
test('the button asks for a copy; the service makes it; the page tells of it', async () => {
	const page = await technician.get('/suc-khoe');
	const asked = await technician.submit(page, '/suc-khoe/sao-luu');
	assert.equal(asked.path, '/suc-khoe');
	assert.match(asked.text, /Đang chờ hoặc đang sao lưu/);
	assert.match(stack.tram('board', ['backup', '--due']).stdout, /^base 000001/);
	assert.equal(stack.tram('board', ['check', '--due']).status, 0);
	const after = await technician.get('/suc-khoe');
	assert.doesNotMatch(after.text, /Đang chờ hoặc/);
	assert.match(after.text, /bản số 1, đang giữ 1 bản đầy đủ/);
	assert.match(after.text, /nguyên vẹn/);
	assert.equal(line(doctor(), 'copy').state, 'ok');
	assert.equal((await technician.post('/suc-khoe/sao-luu', {})).status, 403, 'not without the page\'s token');
});
test('a diagnosis: only the support opens it, and nobody\'s name is in it', async () => {
	const page = await technician.get('/suc-khoe');
	const answer = await technician.submit(page, '/suc-khoe/chan-doan');
	assert.equal(answer.status, 200);
	assert.match(answer.headers['content-disposition'], /^attachment; filename="?tram-chan-doan-b18685-1-\d{6}-\d{4}\.age/);
	const sent = path.join(scratch, 'sent.age');
	writeFileSync(sent, answer.bytes);
	assert.equal(stack.tram('board', ['diagnose', '--out', scratch]).status, 0, 'the terminal writes it to a stick');
	const stranger = path.join(scratch, 'stranger.key');
	execFileSync('age-keygen', ['-o', stranger], { stdio: 'ignore' });
	assert.notEqual(spawnSync('age', ['-d', '-i', stranger, sent]).status, 0);
	const typed = execFileSync('find', [scratch, '-name', 'tram-chan-doan-*.age']).toString().trim();
	for (const [file, logs] of [[sent, false], [typed, true]]) {
		assert(!readFileSync(file).includes('doctor.txt'));
		const tar = execFileSync('age', ['-d', '-i', support, file], { maxBuffer: 1 << 26 });
		const names = execFileSync('tar', ['tf', '-'], { input: tar }).toString().trim().split('\n');
		for (const name of ['doctor.txt', 'health/health.json', 'health/copy.json', 'health/check.json', 'health/history'])
			assert(names.includes(name), `${name} in ${names}`);
		if (logs) {
			assert(names.includes('log/intake.log') && names.includes('log/forward.log'), names.join());
			assert(!names.includes('log/access.log'));
			assert(tar.includes('tram-intake'), 'lines of ours');
		}
		const secrets = [CANARY, 'Thôn Chạy Thử', '09000000', 'canbo', code, readFileSync(path.join(stack.data, 'board/keys/web/slip.seed'), 'utf8').trim()];
		for (const word of secrets) assert(!tar.includes(word), word.slice(0, 12));
		assert(!/000\d{9}/.test(tar.toString()), 'no number of a person');
	}
});
test('the card test: a good one; one with less room than it says; one that forgets', () => {
	const card = path.join(scratch, 'card');
	mkdirSync(card);
	const good = tool('card-test', card, '--mb', '8');
	assert.equal(good.status, 0, good.stdout + good.stderr);
	assert.match(good.stdout, /speed: write\+fsync p50=\d+us/);
	assert.match(good.stdout, /read: blocks=2048 wrong=0/);
	assert(!existsSync(path.join(card, 'tram-card-test')), 'nothing is left behind');
	// A medium that says it has 8 MB and has 4: what was written last lies where the first half was.
	assert.equal(tool('card-test', card, '--mb', '8', '--only', 'fill').status, 0);
	const file = path.join(card, 'tram-card-test/0000.bin');
	const bytes = readFileSync(file);
	writeFileSync(file, Buffer.concat([bytes.subarray(4 << 20), bytes.subarray(4 << 20)]));
	const fraud = tool('card-test', card, '--only', 'read');
	assert.equal(fraud.status, 1);
	assert.match(fraud.stdout, /wrong=1024 elsewhere=1024/);
	assert.match(fraud.stdout, /less room than it says/);
	assert.equal(tool('card-test', card, '--mb', '8', '--only', 'fill').status, 0);
	const at = openSync(file, 'r+');
	writeSync(at, Buffer.from([0xff]), 0, 1, 5_000_000);
	closeSync(at);
	const rot = tool('card-test', card, '--only', 'read');
	assert.equal(rot.status, 1);
	assert.match(rot.stdout, /wrong=1 elsewhere=0/);
});
test('the card test across a power cut: an honest medium, and one that lies about flush', async () => {
	const card = path.join(scratch, 'cut'), ledger = path.join(scratch, 'ledger');
	mkdirSync(card);
	const child = spawn(path.join(build, 'tram'), ['card-test', card, '--cut-write', ledger]);
	await until('a hundred blocks are acknowledged', 20, () => existsSync(ledger) && readFileSync(ledger, 'utf8').split('\n').length > 100);
	child.kill('SIGKILL');
	await until('it is gone', 10, () => child.exitCode !== null || child.signalCode !== null);
	const honest = tool('card-test', card, '--cut-check', ledger);
	assert.equal(honest.status, 0, honest.stdout);
	assert.match(honest.stdout, /acknowledged=\d+ missing=0/);
	// A liar's cache is lost with the power: the last blocks that it acknowledged were never written.
	const file = path.join(card, 'tram-card-test/cut.bin');
	const liar = path.join(scratch, 'liar');
	cpSync(card, liar, { recursive: true });
	const last = Number(readFileSync(ledger, 'utf8').trim().split('\n').at(-1));
	truncateSync(path.join(liar, 'tram-card-test/cut.bin'), (last - 7) * 4096);
	const found = tool('card-test', liar, '--cut-check', ledger);
	assert.equal(found.status, 1);
	assert.match(found.stdout, new RegExp(`missing=7\\n.*block ${last - 7} was acknowledged and is not there`));
	// Or written in another order: a hole in the middle.
	const head = Buffer.alloc(4096), fd = openSync(file, 'r+');
	writeSync(fd, head, 0, 4096, 40 * 4096);
	closeSync(fd);
	assert.match(tool('card-test', card, '--cut-check', ledger).stdout, /missing=1\n.*block 40 /);
	assert.equal(tool('card-test', card, '--cut-check', '/dev/null').status, 2);
});
test('a card that takes a quarter of a second for every flush: slow, nothing lost, and said', async () => {
	if (sanitized) skip('preloads a library of its own, which sanitizers do not bear');
	execFileSync('make', ['-s', `B=${build}`, `${build}/preload/fault.so`], { cwd: root });
	await stack.stop('board');
	rmSync(path.join(stack.data, 'board/db/writes'), { force: true });
	await stack.start('board', { LD_PRELOAD: path.join(build, 'preload/fault.so'), TRAM_SYNC_DELAY_MS: '250' });
	clerk.close();
	clerk = await stack.clerk('canbo');
	const one = await acceptDossier(clerk);
	assert.equal((await dossier(clerk, one.code)).status, 200);
	const said = await until('the writes were counted', 30, () => {
		const writes = JSON.parse(readFileSync(path.join(stack.data, 'board/health/health.json'), 'utf8')).writes;
		return writes?.count >= 3 && writes;
	});
	assert(said.p50_us >= 250000, JSON.stringify(said));
	assert.equal(stack.tram('board', ['verify']).status, 0);
});
test('without a database, without the forwarder: the page and the terminal still stand', async () => {
	stack.killOne('board', 'forward.0', 'SIGSTOP');
	const db = path.join(stack.data, 'board/db/tram.db');
	renameSync(db, `${db}.away`);
	writeFileSync(db, 'this is no database');
	const page = await technician.get('/suc-khoe');
	assert.equal(page.status, 200);
	assert.match(page.text, /bản số 1/, 'the last copy is still told');
	assert.match(stack.tram('board', ['doctor']).stdout, /Sao lưu ra USB: .*bản số 1/);
	rmSync(db);
	renameSync(`${db}.away`, db);
	stack.killOne('board', 'forward.0', 'SIGKILL');
	for (const one of [technician, clerk]) one.close();
});
await run();
