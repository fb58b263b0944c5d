// clock.mjs: a board without a clock of its own: 1970 at boot, ten years ahead, a jump back while it
// runs, a center that is ten years off. The counter goes on, papers say that the time is not confirmed,
// and what is known later is added, never written over.
// Not under sanitizers: preloads a library of its own, which sanitizers do not bear.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { build, root, Stack } from '../lib/stack.mjs';

const DAY = 86400e3;
const library = path.join(build, 'preload/clock.so');
assert.equal(spawnSync('make', ['-s', '-C', root, `B=${path.relative(root, build)}`, path.relative(root, library)], { encoding: 'utf8' }).status, 0);
const stack = new Stack({ name: 'clock', ports: [9063, 9066], board: 'retry_min_s = 1\npoll_max_s = 2\n' });
cleanup((failed) => stack.down(failed));
const at = (name) => path.join(stack.data, 'board/clock', name);
const shiftFile = (side) => path.join(stack.data, `${side}-shift`);
const preload = (side) => ({ LD_PRELOAD: library, TRAM_CLOCK_FILE: shiftFile(side) });
function shift(side, ms) {
	writeFileSync(shiftFile(side), `${ms}\n`);
	chmodSync(shiftFile(side), 0o644);
}
const sql = (side, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, side, 'db/tram.db'), text],
	{ encoding: 'utf8' }).trim();
// The newest event of a kind: { wall, boot, source, subject }.
function event(kind, side = 'board') {
	const header = sql(side, `SELECT CAST(header AS TEXT) FROM journal WHERE CAST(header AS TEXT) LIKE '%kind ${kind} %' ORDER BY arrival DESC LIMIT 1`);
	const [, wall, boot, , source] = /^time (\d+) (\d+) (\d+) (\w+)/m.exec(header);
	return { wall: Number(wall), boot: Number(boot), source, subject: /^subject \w+ (\w+)/m.exec(header)[1], header };
}
const health = () => JSON.parse(readFileSync(path.join(stack.data, 'board/health/health.json'), 'utf8'));
const floor = () => Number(readFileSync(at('floor'), 'utf8'));
const near = (a, b, ms = 15000) => assert(Math.abs(a - b) < ms, `${new Date(a).toISOString()} is not ${new Date(b).toISOString()}`);
// As after a power cut: the kernel's boot id is another.
async function reboot(ms, floorAt) {
	await stack.stop('board');
	const [count] = readFileSync(at('boot'), 'utf8').split(' ');
	writeFileSync(at('boot'), `${count} another-boot\n`);
	if (floorAt) writeFileSync(at('floor'), `${Math.round(floorAt)}\n`);
	shift('board', ms);
	await stack.start('board', preload('board'));
	clerk = stack.clerks();
	await clerk.login('canbo');
}
const slip = async (made) => (await clerk.request('GET', `/ho-so/${made.code}/giay-hen`)).html;
let clerk, made;

test.must('a signed answer makes the time known and is the floor of the next boot', async () => {
	await stack.up(['center']);
	shift('board', 0);
	await stack.start('board', preload('board'));
	clerk = stack.clerks();
	await until('known', 20, () => health().clock === 'signed');
	near(floor(), Date.now());
	await clerk.login('canbo');
	made = await acceptDossier(clerk);
	const accepted = event('dossier.accepted');
	assert.equal(accepted.source, 'signed');
	assert.equal(accepted.boot, 1);
	near(accepted.wall, Date.now());
	assert.doesNotMatch(await slip(made), /giờ chưa xác nhận/);
	await stack.drained();
});
test('1970 at boot, no link: the time goes on from the floor, the slip says it is not confirmed', async () => {
	await stack.stop('center');
	await reboot(-Date.now(), Date.now() - 3 * DAY);
	made = await acceptDossier(clerk);
	const accepted = event('dossier.accepted');
	assert.equal(accepted.source, 'floor');
	assert.equal(accepted.boot, 2);
	near(accepted.wall, Date.now() - 3 * DAY, 60000);
	assert.match(await slip(made), /giờ chưa xác nhận/);
	const page = (await dossier(clerk, made.code)).html;
	assert.match(page, /giờ chưa xác nhận/);
});
test('once the time is known a correction says when it was, on both sides', async () => {
	await stack.start('center');
	await until('known', 60, () => health().clock === 'signed');
	const corrected = await until('corrected', 20, () => sql('board',
		"SELECT count(*) FROM journal WHERE CAST(header AS TEXT) LIKE '%kind time.corrected %'") !== '0' && event('time.corrected'));
	assert.equal(corrected.subject, event('dossier.accepted').subject);
	const body = JSON.parse(sql('board', 'SELECT b.body FROM journal_body b JOIN journal j ON j.board = b.board AND ' +
		"j.author = b.author AND j.seq = b.seq WHERE CAST(j.header AS TEXT) LIKE '%kind time.corrected %' ORDER BY j.seq DESC LIMIT 1"));
	near(body.wall_ms, Date.now(), 60000);
	await stack.drained(60);
	assert.match(await slip(made), /giờ đã xác nhận lại/);
	assert.match((await dossier(clerk, made.code)).html, /giờ đúng/);
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	stack.verifyBoth();
	const rebuilt = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr + rebuilt.stdout);
	near(floor(), Date.now());
});
test('a correction is written once, whatever starts again', async () => {
	const count = () => sql('board', "SELECT count(*) FROM journal WHERE CAST(header AS TEXT) LIKE '%kind time.corrected %'");
	const before = count();
	stack.killOne('board', 'forward.0');
	await until('a new forwarder', 30, () => (stack.log('board', 'forward').match(/started board/g) ?? []).length >= 3);
	await acceptDossier(clerk);
	await stack.drained(30);
	assert.equal(count(), before);
});
test('ten years ahead at boot, no link: not believed', async () => {
	await stack.stop('center');
	await reboot(3652 * DAY);
	made = await acceptDossier(clerk);
	near(event('dossier.accepted').wall, Date.now(), 60000);
	assert.equal(event('dossier.accepted').source, 'floor');
	assert.match(await slip(made), /giờ chưa xác nhận/);
	await stack.start('center');
	await until('known, over TLS', 60, () => health().clock === 'signed');
	await stack.drained(60);
	near(floor(), Date.now());
});
test('the clock jumps back by two days while a file is on its way: nobody notices', async () => {
	const workers = Object.entries(stack.pids('center')).filter(([name]) => name.startsWith('machine')).map(([, pid]) => pid);
	await acceptDossier(clerk, { files: [{ name: 'file.to-khai', filename: 'to.pdf', type: 'application/pdf',
		content: pdf('clock', 4000000) }] });
	for (const pid of workers) process.kill(pid, 'SIGSTOP');
	shift('board', -2 * DAY);
	for (const pid of workers) process.kill(pid, 'SIGCONT');
	await stack.drained(60);
	const photo = await acceptDossier(clerk);
	near(event('dossier.accepted').wall, Date.now());
	assert.equal(event('dossier.accepted').source, 'signed');
	await stack.drained(60);
	assert.equal((await dossier(clerk, photo.code)).status, 200, 'the session stands');
	assert.equal(health().link, 'ok');
});
test('a manager reads the time off a watch that is two hours fast; what was written by it is corrected', async () => {
	await stack.stop('center');
	await reboot(-Date.now(), Date.now() - 3 * DAY);
	const manager = await stack.clerk('quanly');
	const local = new Date(Date.now() + 9 * 3600e3).toISOString().slice(0, 16);	// seven hours east, and two
	await manager.submit(await manager.get('/quan-ly/can-xem'), 'time', { time: local });
	manager.close();
	made = await acceptDossier(clerk);
	const accepted = event('dossier.accepted');
	assert.equal(accepted.source, 'manual');
	near(accepted.wall, Date.now() + 2 * 3600e3, 120000);
	const corrections = () => Number(sql('board', "SELECT count(*) FROM journal WHERE CAST(header AS TEXT) LIKE '%kind time.corrected %'"));
	const before = corrections();
	await stack.start('center');
	await until('known', 60, () => health().clock === 'signed');
	await until('corrected', 30, () => corrections() > before && event('time.corrected').subject === accepted.subject);
	const body = JSON.parse(sql('board', 'SELECT b.body FROM journal_body b JOIN journal j ON j.board = b.board AND ' +
		"j.author = b.author AND j.seq = b.seq WHERE CAST(j.header AS TEXT) LIKE '%kind time.corrected %' ORDER BY j.seq DESC LIMIT 1"));
	near(body.wall_ms, Date.now(), 120000);
	await stack.drained(60);
	assert.match((await dossier(clerk, made.code)).html, /giờ đúng/);
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
});
test('a center that is nine years off (its CA ends with the tenth) moves nothing', async () => {
	const before = floor(), seq = stack.status().unsent;
	assert.equal(seq, 0);
	await stack.stop('center');
	shift('center', 3287 * DAY);
	await stack.start('center', preload('center'));
	await reboot(0);
	await acceptDossier(clerk);
	await until('told', 40, () => ['tls', 'expired', 'certificate-failed'].includes(health().reason));
	assert.equal(floor(), before);
	assert.notEqual(health().clock, 'signed');
	assert(stack.status().unsent > 0, 'nothing but hello was said');
	await stack.stop('center');
	shift('center', 0);
	await stack.start('center', preload('center'));
	await stack.drained(60);
	assert(floor() >= before);
	stack.verifyBoth();
	clerk.close();
});
await run();
