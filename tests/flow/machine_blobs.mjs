// machine_blobs.mjs: a board's files at the center: only what its own events name; another board's are
// as unknown as what does not exist; a file is kept when length and hash are right, never else.
import { strict as assert } from 'node:assert';
import { createHash, randomBytes } from 'node:crypto';
import { test, run, cleanup } from '../lib/check.mjs';
import { Stack } from '../lib/stack.mjs';
import { Board, acceptedBody, id16, problem, sha256 } from '../lib/board.mjs';

const stack = new Stack({ name: 'machine-blobs', ports: [9740, 9750] });
cleanup((failed) => stack.down(failed));
const pdf = (size) => Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(size)]);
const file = (bytes, name = 'to-khai.pdf') =>
	({ sha256: sha256(bytes).toString('hex'), size: bytes.length, type: 'application/pdf', name });
const MIB = 1024 * 1024;
const one = pdf(700000);
const two = pdf(1000);
let a, b;

async function accept(board, code, files) {
	const from = board.log.seq + 1;
	const subject = id16();
	board.log.add('dossier.accepted', { subject, body: acceptedBody(code, { files: files.map((f) => file(f)) }) });
	await board.ship(from);
	return subject;
}

test.must('a center and two boards, each with a dossier of files', async () => {
	await stack.up(['center']);
	a = new Board(stack, 'b18685-7');
	b = new Board(stack, 'b18685-8');
	await accept(a, 'T18685.7-261124-0001', [one, two]);
	await accept(b, 'T18685.8-261124-0001', [pdf(10)]);
});
test('what no manifest names cannot be sent', async () => {
	const unknown = await a.createUpload(randomBytes(32).toString('hex'), 100);
	assert.equal(unknown.status, 404, unknown.html);
	const foreign = await b.createUpload(file(one).sha256, one.length);
	assert.equal(foreign.status, 404);
	assert.equal(foreign.html, unknown.html, "another board's file is answered as an unknown one");
	assert.deepEqual(Object.keys(foreign.headers).sort(), Object.keys(unknown.headers).sort());
});
test('nor with another length, nor without or with a wrong hash', async () => {
	assert.equal((await a.createUpload(file(one).sha256, one.length + 1)).status, 422);
	assert.equal((await a.createUpload('', one.length)).status, 404);
	assert.equal((await a.createUpload('../../etc/passwd', one.length)).status, 400);
	assert.equal((await a.createUpload(file(one).sha256.toUpperCase(), one.length)).status, 400);
});
test.must('in parts, resumed where the server stands, then receipted', async () => {
	const made = await a.createUpload(file(one).sha256, one.length);
	assert.equal(made.status, 201, made.html);
	const checksum = createHash('sha1').update(one.subarray(0, 262144)).digest('base64');
	const part = await a.patch(made.location, 0, one.subarray(0, 262144), { 'Upload-Checksum': `sha1 ${checksum}` });
	assert.equal(part.status, 204, part.html);
	assert.equal(part.headers['upload-offset'], '262144');
	assert.equal((await a.patch(made.location, 0, one.subarray(0, 10))).status, 409, 'another offset');
	const bad = await a.patch(made.location, 262144, one.subarray(262144, 300000),
		{ 'Upload-Checksum': `sha1 ${checksum}` });
	assert.equal(bad.status, 460, 'a wrong checksum keeps nothing');
	const head = await a.client.request('HEAD', made.location, { headers: { 'Tus-Resumable': '1.0.0' } });
	assert.equal(head.headers['upload-offset'], '262144');
	const stranger = await b.client.request('HEAD', made.location, { headers: { 'Tus-Resumable': '1.0.0' } });
	assert.equal(stranger.status, 404, "another board's upload");
	assert.equal((await b.patch(made.location, 262144, Buffer.from('x'))).status, 404);
	await a.patch(made.location, 262144, one.subarray(262144, 524288));
	assert.equal((await a.feed()).length, 0, 'nothing is announced while a byte is missing');
	const last = await a.patch(made.location, 524288, one.subarray(524288));
	assert.equal(last.status, 204, last.html);
	const receipt = a.statement(last.headers['tram-receipt'], 'tram-blob');
	assert.equal(receipt.board, 'b18685-7');
	assert.equal(receipt.sha256, file(one).sha256);
	assert.equal(receipt.size, one.length);
	a.receipt = last.headers['tram-receipt'];
});
test('what is there already is answered at once with the stored receipt', async () => {
	const again = await a.createUpload(file(one).sha256, one.length);
	assert.equal(again.status, 201, again.html);
	assert.equal(again.headers['upload-offset'], String(one.length));
	assert.equal(again.headers['tram-receipt'], a.receipt, 'byte for byte');
});
test("the same content for another board is that board's own", async () => {
	await accept(b, 'T18685.8-261124-0002', [one]);
	const made = await b.createUpload(file(one).sha256, one.length);
	assert.equal(made.status, 201);
	assert.notEqual(made.headers['upload-offset'], String(one.length),
		'that another board has it must not be told');
});
test('the last file makes the manifest complete, once', async () => {
	assert.equal((await a.upload(two)).status, 204);
	const events = await a.feed();
	assert.deepEqual(events.map((e) => e.kind), ['manifest.complete']);
	assert.equal(events[0].body.version, 1);
	assert.equal(events[0].body.files, 2);
	await a.upload(two);
	assert.equal((await a.feed()).length, 1);
});
test('bytes that are not the announced ones are refused and forgotten', async () => {
	const good = pdf(5000);
	const from = a.log.seq + 1;
	a.log.add('dossier.accepted', { body: acceptedBody('T18685.7-261124-0002', { files: [file(good)] }) });
	await a.ship(from);
	const made = await a.createUpload(file(good).sha256, good.length);
	const answer = await a.patch(made.location, 0, pdf(5000));
	assert.equal(answer.status, 422, answer.html);
	assert.equal(problem(answer), 'content');
	const head = await a.client.request('HEAD', made.location, { headers: { 'Tus-Resumable': '1.0.0' } });
	assert(head.status === 404 || head.status === 410, `the upload is gone: ${head.status}`);
	assert.equal((await a.upload(good)).status, 204, 'and the true bytes are taken');
});
test('content is given back only to the board whose events name it', async () => {
	const whole = await a.client.request('GET', `/v1/content/${file(one).sha256}`);
	assert.equal(whole.status, 200);
	assert(whole.bytes.equals(one));
	const rest = await a.client.request('GET', `/v1/content/${file(one).sha256}`,
		{ headers: { Range: 'bytes=600000-' } });
	assert.equal(rest.status, 206);
	assert(rest.bytes.equals(one.subarray(600000)));
	const foreign = await b.client.request('GET', `/v1/content/${file(two).sha256}`);
	const unknown = await b.client.request('GET', `/v1/content/${'a'.repeat(64)}`);
	const wrong = await b.client.request('GET', '/v1/content/x');
	for (const answer of [foreign, unknown, wrong]) assert.equal(answer.status, 404);
	assert.equal(foreign.html, unknown.html);
});
test('several boards at once share fairly: few files do not wait behind a large backlog', async () => {
	const many = Array.from({ length: 16 }, () => pdf(MIB - 9)), few = Array.from({ length: 4 }, () => pdf(MIB / 4 - 9));
	let done = 0, when;
	await accept(a, 'T18685.7-261124-0003', many);
	await accept(b, 'T18685.8-261124-0003', few);
	// As its forwarder does: four at a time, each a PATCH after the other.
	const queue = [...many];
	const backlog = Promise.all([1, 2, 3, 4].map(async () => {
		for (let bytes; (bytes = queue.shift());) {
			const made = await a.createUpload(file(bytes).sha256, bytes.length);
			for (let at = 0; at < bytes.length; at += MIB / 4, done++)
				assert.equal((await a.patch(made.location, at, bytes.subarray(at, at + MIB / 4))).status, 204);
		}
	}));
	for (const bytes of few) assert.equal((await b.upload(bytes)).status, 204);
	when = done;
	await backlog;
	console.log(`# ${few.length} PATCHes of one beside ${when} of the other, of ${done}`);
	assert.equal(done, 64);
	assert(when < 48, `the four came after ${when} of 64`);
});
test('the center verifies, blobs and all', () => {
	const verify = stack.tram('center', ['verify']);
	assert.equal(verify.status, 0, verify.stdout + verify.stderr);
	a.close();
	b.close();
});

await run();
