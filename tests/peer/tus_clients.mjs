// Goal: a tus client that nobody here wrote (tus-js-client) sends files to the board's upload pool and
// to the center's machine port: whole, interrupted and resumed, with the line cut under it, ended by
// its user, refused. What arrives is what was sent, once.
import { strict as assert } from 'node:assert';
import { createHash, randomBytes } from 'node:crypto';
import net from 'node:net';
import * as tus from 'tus-js-client';
import { Board, acceptedBody, sha256 } from '../lib/board.mjs';
import { cleanup, run, test } from '../lib/check.mjs';
import { chooseProcedure, startDraft } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

// Bytes that are kept as they are: a photo becomes another file.
const scan = (size = 20000) => pdf('x', size);

const stack = new Stack({ name: 'tus-clients', ports: [9054, 9057] });
cleanup((failed) => stack.down(failed));
let clerk, draft, component, csrf, board;

const cookie = (client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

// Runs an upload to its end; { url, sent } or throws what onError says.
function upload(bytes, options) {
	return new Promise((resolve, reject) => {
		const seen = { sent: 0, retried: 0 };
		const one = new tus.Upload(bytes, {
			chunkSize: 256 * 1024,
			retryDelays: [0, 100, 300, 1000, 2000],
			onError: reject,
			onSuccess: () => resolve({ url: one.url, ...seen }),
			onShouldRetry: () => (seen.retried++, true),
			onChunkComplete: (size) => {
				seen.sent += size;
				options.onChunk?.(one, seen.sent);
			},
			...options,
		});
		options.onMade?.(one);
		one.start();
	});
}

const toBoard = (name, more = {}) => ({
	endpoint: `${stack.clerks().origin}/tai-len`,
	headers: { Cookie: cookie(clerk), 'X-Tram-Csrf': csrf, Origin: clerk.origin },
	metadata: { filename: name, component, target: draft.id },
	...more,
});

async function names() {
	const page = await clerk.get(`/ho-so/moi/${draft.id}/giay-to`);
	assert.equal(page.status, 200, page.text.slice(0, 200));
	return [...page.html.matchAll(/href="([^"]*\/tep\/\d+)"/g)].map((match) => match[1]);
}

async function holds(bytes, count) {
	const links = await names();
	assert.equal(links.length, count);
	const hashes = [];
	for (const link of links)
		hashes.push(createHash('sha256').update((await clerk.get(link)).bytes).digest('hex'));
	assert(hashes.includes(sha256(bytes).toString('hex')), 'the file on the board is not the one sent');
}

// A line to the board that breaks after so many bytes towards it, `times` times.
function brittleLine(port, after, times) {
	const server = net.createServer((from) => {
		const to = net.connect(port, '127.0.0.1');
		let left = times > 0 ? after : Infinity;
		const end = () => (from.destroy(), to.destroy());
		from.on('data', (bytes) => {
			const part = bytes.subarray(0, Math.min(bytes.length, left));
			left -= part.length;
			to.write(part);
			if (left <= 0) {
				times--;
				setTimeout(end, 50);
				from.pause();
			}
		});
		to.pipe(from);
		for (const side of [from, to]) side.on('error', end).on('close', end);
	});
	return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

test.must('a board, a center, and a draft with papers', async () => {
	await stack.up();
	clerk = stack.clerks();
	await clerk.login('canbo');
	draft = await startDraft(clerk);
	const page = await chooseProcedure(clerk, draft, '2.000635');
	component = /name="file\.([^"]+)"/.exec(page.html)?.[1];
	csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1];
	assert(component && csrf, page.text.slice(0, 300));
});

test('a whole file, in one PATCH and in many', async () => {
	const small = scan(50000);
	await upload(small, toBoard('ảnh 1.jpg', { chunkSize: Infinity }));
	await holds(small, 1);
	const big = scan(1500000);
	const { sent } = await upload(big, toBoard('ảnh 2.jpg'));
	assert.equal(sent, big.length);
	await holds(big, 2);
});

test('stopped by its user in the middle, resumed later from where it stood', async () => {
	const bytes = pdf('x', 2000000);
	let address;
	await new Promise((resolve, reject) => {
		const one = new tus.Upload(bytes, toBoard('dài.pdf', { chunkSize: 256 * 1024, onError: reject,
			onChunkComplete: (size, sent) => {
				if (sent < 3 * 256 * 1024) return;
				one.abort().then(() => {
					address = one.url;
					resolve();
				}, reject);
			} }));
		one.start();
	});
	assert.equal((await names()).length, 2, 'half a file is in no dossier');
	const { sent } = await upload(bytes, toBoard('dài.pdf', { endpoint: undefined, uploadUrl: address }));
	assert(sent <= bytes.length - 3 * 256 * 1024, `sent again: ${sent} of ${bytes.length}`);
	await holds(bytes, 3);
});

test('the line breaks again and again under it', async () => {
	const bytes = scan(1800000);
	const line = await brittleLine(stack.boardPort, 700000, 4);
	const via = `http://127.0.0.1:${line.address().port}`;
	try {
		const { retried } = await upload(bytes, toBoard('đứt.jpg', { endpoint: `${via}/tai-len`,
			headers: { Cookie: cookie(clerk), 'X-Tram-Csrf': csrf, Origin: via } }));
		assert(retried > 0, 'the line never broke');
		await holds(bytes, 4);
	} finally {
		line.close();
	}
});

test('ended by its user: nothing of it stays', async () => {
	let one;
	await new Promise((resolve, reject) => {
		one = new tus.Upload(scan(900000), toBoard('bỏ.jpg', { chunkSize: 256 * 1024, onError: reject,
			onChunkComplete: () => one.abort(true).then(resolve, reject) }));
		one.start();
	});
	const head = await clerk.request('HEAD', new URL(one.url).pathname,
		{ headers: { 'Tus-Resumable': '1.0.0' } });
	assert.equal(head.status, 404);
	assert.equal((await names()).length, 4);
});

async function refused(status, bytes, options) {
	await assert.rejects(upload(bytes, { retryDelays: null, ...options }), (error) => {
		assert.equal(error.originalResponse?.getStatus(), status, error.message);
		return true;
	});
}

test('refused: neither photo nor PDF, no token, no session, nobody\'s draft, too large', async () => {
	const foreign = toBoard('x.jpg');
	foreign.metadata = { ...foreign.metadata, target: randomBytes(16).toString('hex') };
	await refused(422, randomBytes(5000), toBoard('x.jpg'));
	await refused(403, scan(), toBoard('x.jpg', { headers: { Cookie: cookie(clerk) } }));
	await refused(401, scan(), toBoard('x.jpg', { headers: { 'X-Tram-Csrf': csrf } }));
	await refused(404, scan(), foreign);
	await refused(413, Buffer.alloc(26 * 1024 * 1024 + 1), toBoard('x.jpg'));
	assert.equal((await names()).length, 4);
});

const toCenter = (bytes, more = {}) => ({
	endpoint: `${board.client.origin}/v1/blobs`,
	httpStack: new tus.DefaultHttpStack({ ...board.client.options, servername: 'localhost' }),
	metadata: { sha256: sha256(bytes).toString('hex') },
	...more,
});

test('the center: whole, resumed, and known already', async () => {
	const one = pdf('một', 1200000), two = pdf('hai', 1300000);
	const list = [one, two].map((bytes) => ({ sha256: sha256(bytes).toString('hex'), size: bytes.length,
		type: 'application/pdf', name: 'to-khai.pdf' }));
	board = new Board(stack, 'b18685-9');
	const from = board.log.seq + 1;
	board.log.add('dossier.accepted', { body: acceptedBody('T18685.9-261124-0001', { files: list }) });
	await board.ship(from);
	let receipt;
	await upload(one, toCenter(one, { onAfterResponse: (_, answer) => {
		receipt = answer.getHeader('Tram-Receipt') ?? receipt;
	} }));
	assert.equal(board.statement(receipt, 'tram-blob').sha256, list[0].sha256);
	let address;
	await new Promise((resolve, reject) => {
		const first = new tus.Upload(two, toCenter(two, { chunkSize: 256 * 1024, onError: reject,
			onChunkComplete: () => first.abort().then(() => {
				address = first.url;
				resolve();
			}, reject) }));
		first.start();
	});
	const { sent } = await upload(two, toCenter(two, { endpoint: undefined, uploadUrl: address }));
	assert(sent < two.length);
	// What is there already: the client begins at 0, is told to look, and is done.
	const again = await upload(one, toCenter(one));
	assert.equal(again.sent, 0);
	await refused(404, pdf('lạ', 1000), toCenter(pdf('lạ', 1000)));
});

await run();
