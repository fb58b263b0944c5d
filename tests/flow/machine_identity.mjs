// machine_identity.mjs: who may speak on the machine port. Each wrong certificate is refused, nothing
// changes, and a line in the log says which fault it was.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test, run, cleanup } from '../lib/check.mjs';
import { Stack } from '../lib/stack.mjs';
import { Board, Log, acceptedBody, id16, makeAuthority, makeCertificate, problem } from '../lib/board.mjs';

const stack = new Stack({ name: 'machine-identity', ports: [9800, 9804] });
cleanup((failed) => stack.down(failed));
let board;

// The program says which kind of fault, lighttpd beside it which of the certificate's.
const logged = (word) => ['machine', 'lighttpd'].some((name) => stack.log('center', name).includes(word));

// Every route of the interface, asked with these TLS options.
async function refusedEverywhere(tls, name) {
	const client = stack.machine(tls);
	for (const [method, path] of [['POST', '/v1/hello'], ['POST', '/v1/journal'], ['GET', '/v1/feed?after=0'],
		['POST', '/v1/blobs'], ['GET', `/v1/content/${'0'.repeat(64)}`]]) {
		const answer = await client.request(method, path, { body: method === 'POST' ? '{}' : undefined });
		assert.equal(answer.status, 403, `${name} ${path}: ${answer.status} ${answer.html}`);
		assert.match(answer.headers['content-type'], /application\/problem\+json/);
		assert(problem(answer).startsWith(name), `${path}: ${problem(answer)} instead of ${name}`);
	}
	client.close();
}

test.must('a center runs', () => stack.up(['center']));
test.must('a registered board is heard', async () => {
	board = new Board(stack, 'b18685-7');
	const answer = await board.hello();
	assert.equal(answer.status, 200, answer.html);
	assert.equal(board.statement(JSON.parse(answer.html).receipt, 'tram-hello').board, 'b18685-7');
});
test('no certificate', async () => {
	await refusedEverywhere({ cert: undefined, key: undefined }, 'certificate-none');
	assert(logged('reason=certificate-none'));
});
test('a certificate of another authority', async () => {
	const ca = makeAuthority(stack, 'stranger');
	const keys = makeCertificate(stack, 'b18685-7', { ca });
	await refusedEverywhere({ cert: keys.cert, key: keys.key }, 'certificate-failed');
	assert(logged('reason=certificate-failed'));
});
test('an expired certificate, though registered', async () => {
	const old = new Board(stack, 'b18685-8', { args: ['--not-before', '2026-01-01 08:00', '--days', '30'] });
	await refusedEverywhere({ cert: old.keys.cert, key: old.keys.key }, 'certificate-failed');
	assert(logged('expired'), 'the log says that it is expired');
	old.close();
});
test('a certificate that is not valid yet', async () => {
	const future = new Board(stack, 'b18685-9', { args: ['--not-before', '2036-01-01 08:00', '--days', '30'] });
	await refusedEverywhere({ cert: future.keys.cert, key: future.keys.key }, 'certificate-failed');
	assert(logged('not yet valid'), 'the log says that it is not yet valid');
	future.close();
});
test('a certificate of our authority that no board has', async () => {
	const keys = makeCertificate(stack, 'b18685-7');
	await refusedEverywhere({ cert: keys.cert, key: keys.key }, 'certificate-unknown');
	assert(logged('reason=certificate-unknown'));
});
test('a revoked board is refused at once, on the connection it has', async () => {
	const thief = new Board(stack, 'b18685-10');
	assert.equal((await thief.hello()).status, 200);
	assert.equal(stack.tram('center', ['board', 'revoke', 'b18685-10']).status, 0);
	const answer = await thief.hello();
	assert.equal(answer.status, 403);
	assert.equal(problem(answer), 'certificate-revoked');
	assert(logged('reason=certificate-revoked'));
	thief.close();
});
test("another board's name in a hello", async () => {
	new Board(stack, 'b18685-11').close();
	const answer = await board.hello({ board: 'b18685-11' });
	assert.equal(answer.status, 403);
	assert.equal(problem(answer), 'identity');
});
test("another board's events under the own certificate", async () => {
	const forged = new Log('b18685-11');
	forged.add('dossier.accepted', { body: acceptedBody('T18685.9-261124-0001') });
	const answer = await board.journal(forged.lines());
	assert.equal(answer.status, 422, answer.html);
	assert.equal(problem(answer), 'identity');
	assert.equal((await board.feed()).length, 0);
});
test('a hello said before, or overtaken, is a repeat: nothing changes', async () => {
	assert.equal((await board.hello()).status, 200);
	const twin = board.counter;
	for (const forged of [{ counter: twin }, { counter: twin - 1 }, { counter: twin, epoch: 2 }]) {
		const answer = await board.hello(forged);
		assert.equal(answer.status, 409, answer.html);
		assert.equal(problem(answer), 'repeated');
	}
	board.counter += 10;
	assert.equal((await board.hello()).status, 200);
});
test('an old copy that was put back says an old counter once, is told where to go on, and does', async () => {
	const reached = board.counter;
	board.instance = id16();
	board.counter = reached - 5;
	const welcome = board.statement(JSON.parse((await board.hello()).html).receipt, 'tram-hello');
	assert.equal(welcome.counter, reached);
	assert.equal(welcome.fenced, undefined);
	board.counter = reached;
	assert.equal((await board.hello()).status, 200);
});
test('two machines that live with one identity are fenced, whatever their epochs say: hello says so, signed, and nothing else is answered', async () => {
	const twin = new Board(stack, 'b18685-12');
	await twin.hello();
	await twin.hello();
	const first = twin.instance;
	twin.instance = id16();				// the clone, from a copy of before
	twin.counter = 1;
	assert.equal((await twin.hello()).status, 200);
	twin.counter = 2;				// it goes on after what it was told
	assert.equal((await twin.hello({ epoch: 9 })).status, 200);
	twin.instance = first;				// and the other one lives
	twin.counter = 2;
	const answer = await twin.hello({ epoch: 3 });
	assert.equal(answer.status, 200, answer.html);
	assert.equal(twin.statement(JSON.parse(answer.html).receipt, 'tram-hello').fenced, 'cloned');
	twin.log.add('dossier.accepted', { body: acceptedBody('T18685.12-261127-0001') });
	const refused = await twin.journal(twin.log.lines());
	assert.equal(refused.status, 403);
	assert.equal(problem(refused), 'fenced');
	for (const [method, path] of [['GET', '/v1/feed?after=0'], ['GET', '/v1/own?after=0'], ['POST', '/v1/blobs'],
		['GET', '/v1/branch?n=1'], ['POST', '/v1/lost']])
		assert.equal((await twin.client.request(method, path, { body: method === 'POST' ? '' : undefined })).status, 403, path);
	twin.close();
});
test('a hello with wrong members changes nothing', async () => {
	const before = board.counter;
	for (const forged of [{ nonce: 'xyz' }, { nonce: undefined }, { hash: '0' }, { seq: -1 }, { counter: 0 },
		{ counter: 'many' }, { epoch: 1.5 }]) {
		const answer = await board.hello({ counter: before + 100, ...forged });
		assert.equal(answer.status, 422, `${JSON.stringify(forged)}: ${answer.html}`);
	}
	board.counter = before;
	assert.equal((await board.hello()).status, 200, 'the counter was not moved by a refused hello');
});
test('a foreign Host is not served', async () => {
	const answer = await board.client.request('GET', '/v1/feed?after=0', { headers: { Host: 'evil.example' } });
	assert.equal(answer.status, 421);
});
test('no log line holds a certificate, a path or a body', () => {
	const log = stack.log('center', 'machine');
	assert(log.includes('route=hello'), 'routes are logged by name');
	for (const word of ['BEGIN CERTIFICATE', '/v1/', 'Nguyễn', 'accepted']) assert(!log.includes(word), word);
	assert(readFileSync(board.keys.certFile).length > 0);
	board.close();
});

await run();
