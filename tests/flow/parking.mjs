// parking.mjs: what arrives well formed and cannot be used is kept, shown with its reason to the officer
// and the manager, tried again by a tap or after an upgrade, and holds nothing up.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptedBody, Board, sha256 } from '../lib/board.mjs';
import { acceptDossier, dossier } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'parking', ports: [9073, 9076] });
cleanup((failed) => stack.down(failed));
const sql = (side, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, side, 'db/tram.db'), text],
	{ encoding: 'utf8' }).trim();
const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
let board, officer, manager, first;
const page = async (client, at) => {
	const answer = await client.request('GET', at);
	assert.equal(answer.status, 200, answer.html);
	return answer;
};

test.must('a point that sends what this center does not know', async () => {
	await stack.up();
	officer = stack.officers();
	await officer.login('tinh');
	manager = stack.clerks();
	await manager.login('quanly');
	assert.match(words((await page(officer, '/can-xem')).html), /Không có gì cần xem/);
	board = new Board(stack, 'b18685-7');
	first = board.log.add('dossier.accepted', { body: acceptedBody('CT18685.7-261127-0001') });
	board.log.add('dossier.from_the_future', { subject: first.subject, after: first.id });
	board.log.add('dossier.withdrawn', { body: { reason: 'Không có hồ sơ này' } });
	board.log.add('dossier.accepted', { body: acceptedBody('CT18685.7-261127-0002') });
	await board.ship();
});
test('the officer sees both with their reasons; the dossier after them is there', async () => {
	const text = words((await page(officer, '/can-xem')).html);
	assert.match(text, /chưa biết loại việc này/);
	assert.match(text, /chưa được tiếp nhận/);
	assert.match(text, /b18685-7/);
	assert.equal(sql('center', "SELECT count(*) FROM dossier WHERE board = 'b18685-7'"), '2');
	assert.doesNotMatch(text, /Nguyễn Văn Thử/);
});
test('a tap tries again and says that it still cannot; twice is once', async () => {
	const answer = await page(officer, '/can-xem');
	const done = await officer.submit(answer, 'name="seq"', {}, { follow: false });
	assert.equal(done.status, 303, done.html);
	const again = await officer.post('/can-xem', done.sent);
	assert.equal(again.status, 303);
	assert.equal(again.location, done.location);
	assert.match(words((await page(officer, done.location)).html), /Vẫn chưa ghi được/);
	assert.equal(sql('center', 'SELECT count(*) FROM parked'), '2');
});
test('without a session, without the role, with nonsense: nothing', async () => {
	const nobody = stack.officers();
	assert.equal((await nobody.request('GET', '/can-xem')).status, 303);
	nobody.close();
	const clerk = stack.clerks();
	await clerk.login('canbo');
	assert.equal((await clerk.request('GET', '/quan-ly/can-xem')).status, 403);
	clerk.close();
});
test('after an upgrade everything is tried again: what the program knows now is projected', async () => {
	// As a program of before would have left it: the event stored, nothing projected.
	await stack.stop('center');
	sql('center', "INSERT INTO parked SELECT board, author, seq, 'kind' FROM journal WHERE board = 'b18685-7' AND seq = 4; " +
		"DELETE FROM dossier WHERE board = 'b18685-7' AND code LIKE '%0002'");
	const run = stack.tram('center', ['migrate']);
	assert.equal(run.status, 0, run.stderr);
	assert.match(run.stdout, /parked: 3 tried again, 2 left/);
	assert.equal(sql('center', "SELECT count(*) FROM dossier WHERE board = 'b18685-7'"), '2');
	const same = stack.tram('center', ['rebuild', '--compare']);
	assert.equal(same.status, 0, same.stdout + same.stderr);
	await stack.start('center');
});
test('a content that is not what it was announced as is parked alone', async () => {
	const good = Buffer.from('%PDF-1.4 tot'), bad = Buffer.from('%PDF-1.4 xau');
	const files = [{ sha256: sha256(good).toString('hex'), size: good.length, type: 'application/pdf', name: 'a.pdf' }];
	board.log.add('dossier.accepted', { body: acceptedBody('CT18685.7-261127-0003', { files }) });
	await board.ship(board.log.seq);
	const made = await board.createUpload(files[0].sha256, good.length);
	assert.equal(made.status, 201, made.html);
	assert.equal((await board.patch(made.location, 0, bad)).status, 422);
	officer = stack.officers();
	await officer.login('tinh');
	const text = words((await page(officer, '/can-xem')).html);
	assert.match(text, new RegExp(files[0].sha256.slice(0, 8)));
	assert.match(text, /không đúng với khi báo/);
	// The right bytes come: it is no longer shown.
	assert.equal((await board.upload(good)).status, 204);
	assert.doesNotMatch(words((await page(officer, '/can-xem')).html), new RegExp(files[0].sha256.slice(0, 8)));
});
test('the manager sees her own point\'s, and nothing when nothing waits', async () => {
	assert.match(words((await page(manager, '/quan-ly/can-xem')).html), /Không có gì cần xem/);
	const clerk = stack.clerks();
	await clerk.login('canbo');
	const made = await acceptDossier(clerk);
	sql('board', "INSERT INTO parked SELECT board, author, seq, 'kind' FROM journal WHERE author = 0 ORDER BY seq DESC LIMIT 1");
	const answer = await page(manager, '/quan-ly/can-xem');
	assert.match(words(answer.html), /chưa biết loại việc này/);
	assert.match(answer.html, new RegExp(made.code));
	assert.match(words((await page(manager, '/quan-ly')).html), /1 việc cần người xem/);
	const done = await manager.submit(answer, 'name="seq"');
	assert.equal(done.status, 200, done.html);
	assert.match(words(done.html), /Đã ghi được/);
	assert.equal((await dossier(clerk, made.code)).status, 200);
	clerk.close();
	manager.close();
	officer.close();
	board.close();
});
test('both sides still agree', async () => {
	await stack.drained(30);
	assert.equal(stack.tram('board', ['verify']).status, 0);
	assert.equal(stack.tram('center', ['verify']).status, 0);
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
});
await run();
