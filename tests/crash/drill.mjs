// drill.mjs: "the box is dead" (scripts/drill says more). A copy and what the center has are both a beginning of
// the board's journal; whichever is longer decides what is lost, so both orders are drilled.
import { strict as assert } from 'node:assert';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, handOver, person, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack, build, root } from '../lib/stack.mjs';

const LIMIT_MS = 15 * 60 * 1000;
const stack = new Stack({ name: 'drill', ports: [9206, 9219], board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n' });
cleanup((failed) => stack.down(failed));
const scratch = path.join(stack.data, 'scratch');
const usb = path.join(scratch, 'usb'), key = path.join(scratch, 'manager.key');
const at = (...names) => path.join(stack.data, 'board', ...names);
const tool = (args, input) => spawnSync(path.join(build, 'tram'), args, { encoding: 'utf8', input });
const done = (ran) => (assert.equal(ran.status, 0, ran.stdout + ran.stderr), ran.stdout);
const health = (dir) => JSON.parse(readFileSync(path.join(dir, 'health/health.json'), 'utf8'));
let clerk, steps, total;
const sent = [], copied = [], lost = [];

function step(name, since) {
	const ms = Date.now() - since;
	steps.push([name, ms]);
	console.log(`  ${name}: ${(ms / 1000).toFixed(1)} s`);
	return Date.now();
}
async function accepted(list) {
	const { code } = await acceptDossier(clerk, { who: person(), files: true });
	list.push(code);
	return code;
}
const filesOf = (html) => [...html.matchAll(/href="([^"]*\/tep\/[^"]+|[^"]*\/file[^"]*)"/g)].map((m) => m[1]);

// Power off for good: what is on the old card is put aside, as it would be in a drawer.
async function dies(name) {
	clerk.close();
	await stack.kill('board');
	const old = path.join(scratch, `old-${name}`);
	renameSync(path.join(stack.data, 'board'), old);
	steps = [];
	total = Date.now();
	return old;
}
async function enrolled(since) {
	done(stack.tram('center', ['board', 'revoke', 'b18685-1']));
	const token = done(stack.tram('center', ['board', 'invite', 'b18685-1'])).trim();
	done(stack.tram('board', ['enroll'], `${token}\n`));
	return step('the center revokes the dead machine and invites the new one, which makes its key and enrols', since);
}
async function starts(since) {
	stack.script('prepare', stack.data, String(stack.boardPort), String(stack.centerPort));
	await stack.start('board');
	const now = step('the programs start, the login page answers', since);
	clerk = stack.clerks();
	return now;
}
// Works again: everything acknowledged is there, a new dossier goes its whole way, both sides agree.
async function works(since, login = 'canbo') {
	await clerk.login(login);
	await until('every code that somebody has is there', 120, async () => {
		for (const code of [...sent, ...copied]) if ((await dossier(clerk, code)).status !== 200) return false;
		return true;
	});
	let now = step('every dossier that was copied or sent is on the page', since);
	for (const code of lost) assert.notEqual((await dossier(clerk, code)).status, 200, code);
	const fresh = await accepted(sent);
	assert(![...copied, ...lost].includes(fresh), 'no number is given twice that anybody knows of');
	now = step('a new dossier is taken in', now);
	await stack.drained(120);
	sent.push(...copied.splice(0));
	step('everything is at the center', now);
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	const [log] = stack.verifyBoth();
	console.log(`  the journal goes on in epoch ${/ board (\d+) /.exec(log[0])[1]} at ${/ board \d+ (\d+) /.exec(log[0])[1]}`);
	assert.equal(done(stack.tram('board', ['rebuild', '--compare'])).trim(), 'equal');
	const took = Date.now() - total;
	console.log(`  in all: ${(took / 1000).toFixed(1)} s of ${LIMIT_MS / 60000} minutes`);
	assert(took < LIMIT_MS);
	if (lost.length) console.log(`  neither copied nor sent, on its slip alone: ${lost.join(', ')}`);
}
// The old card is put into the old box and switched on again.
async function oldIsOut(old) {
	const before = done(stack.tram('center', ['verify']));
	rmSync(path.join(old, 'health/health.json'), { force: true });
	const child = spawn(path.join(build, 'tram-forward'), ['-c', path.join(old, 'tram.conf')], { stdio: 'ignore' });
	try {
		const said = await until('the old machine is told', 60, () => existsSync(path.join(old, 'health/health.json'))
			&& health(old).link === 'down' && health(old).reason && health(old));
		assert.match(said.reason, /^certificate|^identity|^fenced|^cloned/);
		console.log(`  the old machine is refused: ${said.reason}`);
	} finally {
		child.kill('SIGKILL');
	}
	assert.equal(done(stack.tram('center', ['verify'])), before, 'it changed nothing');
	stack.verifyBoth();
}
function configure() {
	const own = readFileSync(at('tram.conf'), 'utf8');
	mkdirSync(usb, { recursive: true });
	execFileSync('chmod', ['777', usb]);
	const made = existsSync(key) ? /^# public key: (.*)$/m.exec(readFileSync(key, 'utf8'))[1] : done(tool(['backup', 'key', '--out', key])).trim();
	writeFileSync(at('tram.conf'), `${own}copy_dir = ${usb}\ncopy_same_disk = yes\ncopy_recipients = ${made}\n`);
}

test.must('a board at work', async () => {
	await stack.up();
	configure();
	clerk = await stack.clerk('canbo');
	const first = await accepted(sent);
	await handOver(clerk, first).catch(() => {});
	await accepted(sent);
	await stack.drained(60);
	console.log('  two dossiers are at the center');
});
test('the copy is ahead of the center: new machine from USB and center', async () => {
	await stack.stop('center');
	await accepted(copied);
	await accepted(copied);
	done(stack.tram('board', ['backup']));
	await accepted(lost);
	const old = await dies('a');
	await stack.start('center');
	let now = Date.now();
	const out = done(tool(['restore', '--from', usb, '--key', key, '--data', path.join(stack.data, 'board')]));
	assert.match(out, /^taken .* is on its slips alone$/m);
	assert.match(out, /lacking=0$/m);
	now = step('restored from USB and checked', now);
	now = await enrolled(now);
	now = await starts(now);
	await works(now);
	await oldIsOut(old);
});
test('the center is ahead of the copy: new machine from USB and center', async () => {
	lost.splice(0);
	done(stack.tram('board', ['backup', '--base']));
	await accepted(sent);
	await stack.drained(60);
	const old = await dies('b');
	let now = Date.now();
	done(tool(['restore', '--from', usb, '--key', key, '--data', path.join(stack.data, 'board')]));
	now = step('restored from USB and checked', now);
	now = await enrolled(now);
	now = await starts(now);
	await works(now);
	await oldIsOut(old);
});
test('no copy at all: new machine from the center alone', async () => {
	await stack.stop('center');
	await accepted(lost);
	const old = await dies('c');
	await stack.start('center');
	let now = Date.now();
	const slip = path.join(scratch, 'slip.key'), lines = path.join(scratch, 'lines');
	writeFileSync(slip, done(stack.tram('center', ['board', 'slip-key', 'b18685-1'])), { mode: 0o600 });
	writeFileSync(lines, readFileSync(path.join(old, 'tram.conf'), 'utf8').split('\n')
		.filter((line) => !/^(side|mode|confirm_file|data_dir|copy_)/.test(line)).join('\n'));
	done(tool(['init', 'board', '--data', path.join(stack.data, 'board'), '--mode', 'rehearsal', '--with', lines, '--again', slip]));
	for (const [login, roles] of [['canbo', 'intake,returner'], ['quanly', 'manager']])
		done(tool(['user', 'add', login, '--data', path.join(stack.data, 'board'), '--name', 'Nguyễn Thị Thử', '--roles', roles,
			'--keep-password'], `${PASSWORD}\n`));
	now = step('an empty board, its settings and first accounts', now);
	now = await enrolled(now);
	const since = now;
	stack.script('prepare', stack.data, String(stack.boardPort), String(stack.centerPort));
	await stack.start('board');
	now = step('the programs start; the counter opens when its journal is back from the center', since);
	clerk = stack.clerks();
	await works(now);
	// The seed of the slips' codes went with the old machine: a slip that it printed is good, and is not printed
	// again with a code that opens nothing.
	const slipOf = async (code) => (await clerk.get(url(code, 'giay-hen'))).text;
	assert.match(await slipOf(sent[0]), /như trên giấy hẹn đã giao trước đây/);
	assert.doesNotMatch(await slipOf(sent.at(-1)), /như trên giấy hẹn đã giao trước đây/);
	// Scans of what is open here come back; the rest stands at the center.
	await until('scans are fetched back', 60, () => stack.status().files_to_fetch === 0);
	assert(readdirSync(at('blobs')).length > 0);
	await oldIsOut(old);
});
await run();
