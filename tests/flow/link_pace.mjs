// link_pace.mjs: how often the forwarder speaks: every poll_active_s on one kept connection while pages
// are used, seldom when nobody works, at once when there is something to send.
// Not under sanitizers: of time.
import { strict as assert } from 'node:assert';
import { utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../lib/board.mjs';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { FakeCenter, health } from '../lib/fake_center.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'link-pace', ports: [9972, 9975],
	board: 'retry_min_s = 1\npoll_max_s = 900\npoll_active_s = 1\nlink_timeout_s = 5\n' });
cleanup(async (failed) => {
	await center?.close();
	await stack.down(failed);
});
let center, clerk, connections = 0;
const looks = () => center.seen.filter((name) => name === 'GET /v1/feed').length;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
// As if the last page had been used two hours ago.
const longAgo = () => {
	const then = Date.now() / 1000 - 7200;
	utimesSync(path.join(stack.data, 'board/sock/wake'), then, then);
};

test.must('a board and a center', async () => {
	await stack.up(['board']);
	center = new FakeCenter(stack);
	await center.listen();
	center.server.on('secureConnection', () => connections++);
	clerk = stack.clerks();
	await clerk.login('canbo');
	await until('the link is up', 20, () => health(stack).link === 'ok' && looks() > 0);
});
test('while pages are used it looks every second, on one connection', async () => {
	connections = 0;
	const before = looks();
	await until('five looks', 8, () => looks() >= before + 5);
	assert.equal(connections, 0);
});
test('when nobody works it is quiet', async () => {
	longAgo();
	await pause(1500);
	const before = center.seen.length;
	await pause(3500);
	assert.equal(center.seen.length, before);
});
test('what is taken in then is sent at once, and the feed looked at', async () => {
	const before = looks(), head = center.head.seq;
	await acceptDossier(clerk);
	await until('the event is there', 2, () => center.head.seq > head);
	await until('a look at the feed', 2, () => looks() > before);
	await until('and often again', 5, () => looks() >= before + 3);
});
test('what the center refused waits long, but not for who asks for a round trip', async () => {
	const paper = { name: 'file.to-khai', filename: 'to.pdf', type: 'application/pdf', content: pdf('again', 3000) };
	center.lies['POST /v1/blobs'] = ({ response }) => center.problem(response, 404, 'not-found');
	await acceptDossier(clerk, { files: [paper] });
	await until('it is set aside', 10, () => health(stack).aside === 1);
	center.lies = {};
	writeFileSync(path.join(stack.data, 'board/inbox/round-trip'), '');
	await until('it is there', 10, () => center.blobs.has(sha256(paper.content).toString('hex')));
});
test('idle connections that the center closes are no failure', async () => {
	center.server.closeIdleConnections();
	connections = 0;
	const before = looks();
	await until('looks go on', 8, () => looks() >= before + 3);
	assert.equal(connections, 1);
	assert(!stack.log('board', 'forward').includes('feed failed'));
});

await run();
