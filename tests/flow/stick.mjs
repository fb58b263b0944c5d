// Goal: dossiers travel on a USB stick as on the line: everything once, whole, in any order, as often
// as one likes, beside the network; nobody without the key reads a word of it, and what was cut, altered,
// made by others or for others is refused. `age` and `tar` of Debian open it with the right key.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, chooseProcedure, decideAtProvince, dossier, handOver, person, startDraft, tickPapers } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack, build } from '../lib/stack.mjs';

const stack = new Stack({ name: 'stick', ports: [9104, 9107], board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\nstick_part_mb = 1\n',
	center: 'stick_part_mb = 1\n' });
cleanup((failed) => stack.down(failed));
const CANARY = 'Kanaristickzq';
const scratch = path.join(stack.data, 'sticks');
let clerk, officer, code, first;

// A folder that any of the programs' users may write, as a stick is mounted.
function stick(name) {
	const dir = path.join(scratch, name);
	mkdirSync(dir, { recursive: true });
	execFileSync('chmod', ['777', dir]);
	return dir;
}
const parts = (dir) => readdirSync(dir).filter((name) => name.endsWith('.age')).sort().map((name) => path.join(dir, name));
function bundle(side, dir, args = []) {
	const made = stack.tram(side, ['bundle', '--out', dir, '--json', ...args]);
	assert.equal(made.status, 0, made.stderr);
	return JSON.parse(made.stdout);
}
function take(side, files, status = 0) {
	const taken = stack.tram(side, ['import', '--json', ...[files].flat()]);
	assert.equal(taken.status, status, `${taken.stdout}${taken.stderr}`);
	return taken.stdout.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
const centerKey = () => path.join(stack.data, 'center/keys/center/stick.key');
const centerPub = () => readFileSync(path.join(stack.data, 'center/keys/center/stick.pub'), 'utf8').trim();
function open(part, key = centerKey()) {
	return execFileSync('age', ['-d', '-i', key, part], { maxBuffer: 1 << 28 });
}
const entries = (part, key) => execFileSync('tar', ['tf', '-'], { input: open(part, key) }).toString().trim().split('\n');
// A dossier with a PDF of 300 KB.
async function accepted(procedure = '2.000635') {
	const draft = await startDraft(clerk, person({ name: `Ông ${CANARY} Thử` }));
	const papers = await chooseProcedure(clerk, draft, procedure);
	const name = /name="(file\.[^"]+)"/.exec(papers.html)[1];
	const check = await tickPapers(clerk, papers, [{ name, filename: 'don.pdf', type: 'application/pdf', content: pdf('Don', 300000) }]);
	return accept(clerk, check);
}

test.must('a board without a line; people hand in their papers', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	({ code } = await accepted('9.999001'));
	await handOver(clerk, code);
	for (let i = 0; i < 4; i++) await accepted();
	assert(stack.status().unsent > 5);
});
test.must('all of it goes on the stick, in parts that a small stick takes', async () => {
	const dir = stick('one');
	first = bundle('board', dir);
	assert.equal(first.parts.length, parts(dir).length);
	assert.equal(first.seq, stack.status().unsent, 'every event');
	assert(first.files >= 5, 'every file');
	assert(first.parts.length >= 2, `${first.parts.length} parts`);
	for (const part of first.parts) {
		assert(part.bytes <= 1 << 20, `${part.name} has ${part.bytes} bytes`);
		assert.match(part.groups, /^(\d{4} ){5}\d{4}$/);
	}
	assert.deepEqual(readdirSync(dir).filter((name) => !name.endsWith('.age')), [], 'nothing else lies there');
	assert(stack.status().unsent > 0, 'written is not received');
});
test('age and tar of Debian open it with the center\'s key', async () => {
	const names = parts(stick('one')).flatMap((part) => entries(part));
	assert(names.some((name) => name.startsWith('journal/0000000001-')));
	assert.equal(names.filter((name) => name.startsWith('contents/')).length, first.files);
	assert.equal(names.filter((name) => name === 'bundle.jws').length, first.parts.length);
	const out = stick('opened');
	for (const part of parts(stick('one'))) execFileSync('tar', ['xf', '-', '-C', out], { input: open(part) });
	for (const name of readdirSync(path.join(out, 'contents')))
		assert.equal(execFileSync('sha256sum', [path.join(out, 'contents', name)]).toString().slice(0, 64), name);
	const lines = readdirSync(path.join(out, 'journal')).map((name) => execFileSync('gzip', ['-dc', path.join(out, 'journal', name)]).toString()).join('');
	assert(lines.includes(CANARY));
	rmSync(out, { recursive: true });
});
test('without the key nothing of it can be read', async () => {
	const words = [CANARY, 'dossier.accepted', 'b18685-1"', code, '%PDF', 'journal/', 'contents/', 'CERTIFICATE', 'AGE-SECRET'];
	for (const part of parts(stick('one'))) {
		const bytes = readFileSync(part);
		for (const word of words) assert(!bytes.includes(word), `${word} stands on the stick`);
		assert.equal(bytes.subarray(0, 21).toString(), 'age-encryption.org/v1');
	}
	execFileSync('age-keygen', ['-o', path.join(scratch, 'thief.key')], { stdio: 'ignore' });
	assert.notEqual(spawnSync('age', ['-d', '-i', path.join(scratch, 'thief.key'), parts(stick('one'))[0]]).status, 0);
	const own = path.join(stack.data, 'board/keys/link/stick.key');
	assert.notEqual(spawnSync('age', ['-d', '-i', own, parts(stick('one'))[0]]).status, 0, 'not even the board opens it again');
});
test('the stick is pulled out: what is half written is taken for nothing', async () => {
	const whole = parts(stick('one'))[0], size = readFileSync(whole).length, dir = stick('cut');
	for (const left of [0, 10, 100, 300, 65000, Math.floor(size / 2), size - 17, size - 1]) {
		const cut = path.join(dir, `cut-${left}.age`);
		writeFileSync(cut, readFileSync(whole).subarray(0, left));
		const [answer] = take('center', cut, 1);
		assert.equal(answer.outcome, 'refused');
		assert.match(answer.why, /^(format|cut)$/, String(left));
	}
	// The program is killed in the middle of a part: SIGXFSZ at 200 KB.
	const killed = spawnSync('prlimit', ['--fsize=200000', path.join(build, 'tram'), 'bundle', '--out', stick('killed'),
		'--data', path.join(stack.data, 'board')], { encoding: 'utf8' });
	assert.notEqual(killed.status, 0);
	assert.deepEqual(parts(stick('killed')), []);
	assert.equal(stack.tram('center', ['status', '--json']).status, 0);
	assert.equal(JSON.parse(stack.tram('center', ['status', '--json']).stdout).boards[0].board_log.seq, 0, 'nothing came of it');
});
test('one bit altered, anywhere', async () => {
	const whole = readFileSync(parts(stick('one'))[0]), file = path.join(stick('cut'), 'bit.age');
	for (const at of [0, 30, 60, 120, 190, 230, 5000, whole.length - 1]) {
		const other = Buffer.from(whole);
		other[at] ^= 4;
		writeFileSync(file, other);
		const [answer] = take('center', file, 1);
		assert.equal(answer.outcome, 'refused', String(at));
	}
});
test('sealed to another center', async () => {
	const [link, other] = [path.join(stack.data, 'board/keys/link/stick-center.pub'), path.join(scratch, 'thief.key')];
	const kept = readFileSync(link);
	writeFileSync(link, execFileSync('age-keygen', ['-y', other]));
	bundle('board', stick('elsewhere'));
	writeFileSync(link, kept);
	const [answer] = take('center', parts(stick('elsewhere'))[0], 1);
	assert.deepEqual([answer.outcome, answer.why], ['refused', 'sealed']);
	// Somebody who opened it may seal it to us: the signature says whom it was meant for.
	const again = path.join(stick('elsewhere'), 'again.age');
	writeFileSync(again, execFileSync('age', ['-r', centerPub()], { input: open(parts(stick('elsewhere'))[0], other), maxBuffer: 1 << 28 }));
	const [resealed] = take('center', again, 1);
	assert.deepEqual([resealed.outcome, resealed.why], ['refused', 'recipient']);
});
test('a hostile tar, sealed by anybody to the center', async () => {
	const dir = stick('hostile'), inside = path.join(dir, 'in');
	const sealed = (name, args, input) => {
		const tar = input ?? execFileSync('tar', [...args, '-cf', '-'].concat(), { cwd: inside, maxBuffer: 1 << 28 });
		const file = path.join(dir, `${name}.age`);
		writeFileSync(file, execFileSync('age', ['-r', centerPub()], { input: tar, maxBuffer: 1 << 28 }));
		return file;
	};
	const before = readdirSync(path.join(stack.data, 'center')).sort();
	mkdirSync(path.join(inside, 'contents'), { recursive: true });
	const sha = '0'.repeat(64);
	writeFileSync(path.join(inside, 'contents', sha), 'x');
	symlinkSync('/etc/passwd', path.join(inside, 'link'));
	writeFileSync(path.join(inside, 'huge'), Buffer.alloc(100));
	execFileSync('truncate', ['-s', '40M', path.join(inside, 'contents', '1'.repeat(64))]);
	execFileSync('mkfifo', [path.join(inside, 'fifo')]);
	const ustar = ['--format=ustar', '--owner=0', '--group=0', '--no-recursion'];
	const of = (name, ...files) => execFileSync('tar', [...ustar, '-cf', '-', ...files], { cwd: inside, maxBuffer: 1 << 28 });
	const all = {
		link: [of('link', 'link'), 'tar'],
		fifo: [of('fifo', 'fifo'), 'tar'],
		folder: [of('folder', 'contents'), 'tar'],
		device: [execFileSync('tar', [...ustar, '-cPf', '-', '/dev/null']), 'tar'],
		absolute: [execFileSync('tar', [...ustar, '-cPf', '-', path.join(inside, 'huge')]), 'tar'],
		above: [execFileSync('tar', [...ustar, '-cPf', '-', '../in/huge'], { cwd: inside }), 'tar'],
		other: [of('other', 'huge'), 'tar'],
		pax: [execFileSync('tar', ['--format=pax', '--pax-option=a:=b', '-cf', '-', `contents/${sha}`], { cwd: inside }), 'tar'],
		large: [of('large', `contents/${'1'.repeat(64)}`), 'tar'],
		nothing: [Buffer.alloc(10240), 'signature'],
		rubbish: [Buffer.from('rubbish'.repeat(1000)), 'tar'],
		empty: [Buffer.alloc(0), 'tar'],
	};
	for (const [name, [tar, why]] of Object.entries(all)) {
		const [answer] = take('center', sealed(name, [], tar), 1);
		assert.equal(answer.outcome, 'refused', name);
		assert.match(answer.why, new RegExp(`^(${why}|name|large|content|signature)$`), `${name}: ${answer.why}`);
	}
	// A board's own part, taken apart and put together again with a content more: the signature is gone.
	const honest = open(parts(stick('one'))[0]);
	const more = execFileSync('tar', [...ustar, '-cf', '-', `contents/${sha}`], { cwd: inside }).subarray(0, 1024);
	for (const [name, tar] of Object.entries({ before: Buffer.concat([more, honest]), twice: Buffer.concat([honest.subarray(0, -1024), honest]) })) {
		const [answer] = take('center', sealed(name, [], tar), 1);
		assert.equal(answer.outcome, 'refused', name);
	}
	assert.deepEqual(readdirSync(path.join(stack.data, 'center')).sort(), before);
	assert.deepEqual(readdirSync(path.join(stack.data, 'center/spool')).filter((n) => n.startsWith('stick-')), []);
});
test.must('the parts come in the wrong order: each is kept, and taken when its turn comes', async () => {
	const all = parts(stick('one'));
	assert(all.length >= 2, `${all.length} parts`);
	const [late] = take('center', all.at(-1));
	assert.equal(late.outcome, 'waits');
	const held = readdirSync(path.join(stack.data, 'center/inbox')).filter((name) => name.startsWith('held-'));
	assert.equal(held.length, 1);
	assert(!readFileSync(path.join(stack.data, 'center/inbox', held[0])).includes(CANARY), 'kept as it came, sealed');
	assert.equal(late.groups, first.parts.at(-1).groups, 'the digits of the courier\'s note');
	const answers = take('center', all.slice(0, -1));
	assert.equal(answers[0].outcome, 'taken');
	assert.deepEqual(readdirSync(path.join(stack.data, 'center/inbox')).filter((name) => name.startsWith('held-')), []);
	assert.equal(answers.reduce((sum, one) => sum + one.events, 0), first.events);
	assert.equal(answers.reduce((sum, one) => sum + one.files, 0), first.files);
});
test('imported once more: nothing is doubled', async () => {
	for (const answer of take('center', parts(stick('one'))))
		assert.deepEqual([answer.outcome, answer.events, answer.files], ['again', 0, 0]);
});
test.must('the way back: receipts, answers and results', async () => {
	// The line stays cut: the forwarder does not run.
	await stack.stop('board');
	await stack.start('center');
	officer = stack.officers();
	await officer.login('tinh');
	await decideAtProvince(officer, 'b18685-1', code, pdf('Ket qua tren USB'));
	const back = bundle('center', stick('back'), ['--board', 'b18685-1']);
	assert(back.events > 0 && back.files > 0);
	const names = parts(stick('back')).flatMap((part) => entries(part, path.join(stack.data, 'board/keys/link/stick.key')));
	assert(names.includes('receipts/journal-0001.jws') && names.includes('receipts/contents-0001.jws'));
	for (const part of parts(stick('back'))) assert(!readFileSync(part).includes('tram-receipt'));
	const [wrong] = take('center', parts(stick('back'))[0], 1);
	assert.equal(wrong.why, 'sealed', 'a return is not for the center');
	const [answer] = take('board', parts(stick('back')));
	assert.equal(answer.outcome, 'taken');
	assert(answer.receipts > first.files);
	assert.equal(answer.files, back.files);
	const status = stack.status();
	assert.deepEqual([status.unsent, status.files_to_send, status.files_to_fetch], [0, 0, 0]);
	for (const again of take('board', parts(stick('back')))) assert.equal(again.outcome, 'again');
	const nothing = stack.tram('board', ['bundle', '--out', stick('none')]);
	assert.equal(nothing.status, 1, 'nothing left to carry');
});
test('the board shows the result that came by stick, and both sides hold the same', async () => {
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	await stack.start('board');
	clerk = stack.clerks();
	await clerk.login('canbo');
	assert.match((await dossier(clerk, code)).text, /Có kết quả|chờ trả/);
	await stack.drained();
	stack.verifyBoth();
	for (const side of ['board', 'center']) assert.equal(stack.tram(side, ['rebuild', '--compare']).status, 0);
});
test('an old stick after the line has brought the same, and an older than a newer one', async () => {
	await stack.stop('center');
	await accepted();
	bundle('board', stick('older'));
	await accepted();
	bundle('board', stick('newer'));
	await stack.start('center');
	await stack.drained();
	for (const dir of ['newer', 'older'])
		for (const answer of take('center', parts(stick(dir)))) assert.equal(answer.outcome, 'again', dir);
	stack.verifyBoth();
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
});
test('a revoked board\'s stick is refused', async () => {
	await stack.stop('center');
	await accepted();
	bundle('board', stick('revoked'));
	assert.equal(stack.tram('center', ['board', 'revoke', 'b18685-1']).status, 0);
	const [answer] = take('center', parts(stick('revoked'))[0], 1);
	assert.deepEqual([answer.outcome, answer.why], ['refused', 'revoked']);
});
await run();
