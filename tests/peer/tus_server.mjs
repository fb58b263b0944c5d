// Goal: the forwarder's tus client sends files to a tus server that nobody here wrote (@tus/server):
// whole, several at a time, with connections cut, with the process killed, with the upload forgotten by
// the server. What arrives is what was taken in.
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import { sha256 } from '../lib/board.mjs';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { FakeCenter, health } from '../lib/fake_center.mjs';
import { pdfOf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'tus-server', ports: [9280, 9285],
	board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\nlink_timeout_s = 5\n' });
cleanup(async (failed) => {
	line?.close();
	await center?.close();
	await stack.down(failed);
});
const MB = 1024 * 1024;
let center, clerk, folder, line, before = null, bytes = 0, cutAfter = Infinity, cuts = 0;
const arrived = new Map();	// sha → bytes, when the server says that an upload is finished

const file = (size) => ({ name: 'file.to-khai', filename: 'don.pdf', type: 'application/pdf', content: pdfOf(size) });
const sha = (f) => sha256(f.content).toString('hex');

async function delivered(...files) {
	await until('the files are at the server', 40, () => files.every((f) => arrived.has(sha(f))));
	for (const f of files) assert.deepEqual(arrived.get(sha(f)), f.content);
	await until('the board has receipts', 10, () => health(stack).blobs_waiting === 0 &&
		health(stack).link === 'ok');
}

test.must('a board, and @tus/server behind the center\'s certificate', async () => {
	await stack.up(['board']);
	center = new FakeCenter(stack);
	folder = path.join(stack.data, 'tus');
	mkdirSync(folder, { recursive: true });
	const server = new Server({ path: '/v1/blobs', relativeLocation: true,
		datastore: new FileStore({ directory: folder }),
		onUploadFinish: async (request, response, upload) => {
			const content = readFileSync(path.join(folder, upload.id));
			const hash = sha256(content).toString('hex');
			assert.equal(upload.metadata.sha256, hash, 'the metadata name other bytes');
			arrived.set(hash, content);
			center.blobs.set(hash, content);
			response.setHeader('Tram-Receipt', center.blobReceipt(hash));
			return response;
		} });
	center.elsewhere['/v1/blobs'] = async (request, response) => {
		if (request.method === 'PATCH') {
			bytes += Number(request.headers['content-length']);
			assert(Number(request.headers['content-length']) <= 262144);
		}
		if (before && await before(request, response)) return;
		await server.handle(request, response);
	};
	await center.listen(undefined, {}, stack.centerPort + 2);
	line = net.createServer((client) => {
		const far = net.connect(stack.centerPort + 2, '127.0.0.1');
		let sent = 0;
		client.on('data', (part) => {
			sent += part.length;
			if (sent > cutAfter) {
				cuts++;
				client.destroy();
			}
		});
		client.pipe(far).pipe(client);
		for (const [one, other] of [[client, far], [far, client]]) {
			one.on('error', () => other.destroy());
			one.on('close', () => other.destroy());
		}
	});
	await new Promise((done) => line.listen(stack.centerPort + 1, '127.0.0.1', done));
	clerk = stack.clerks();
	await clerk.login('canbo');
});

test('files of every size: a byte around the PATCH size, several at a time', async () => {
	const files = [1000, 262143, 262144, 262145, 3 * MB, 5 * MB].map(file);
	await acceptDossier(clerk, { files });
	await delivered(...files);
	assert.equal(bytes, files.reduce((sum, f) => sum + f.content.length, 0));
});
test('the line cut under it again and again: resumed at the server\'s offset', async () => {
	const big = file(6 * MB);
	cutAfter = 900000;
	cuts = 0;
	bytes = 0;
	await acceptDossier(clerk, { files: [big] });
	await delivered(big);
	cutAfter = Infinity;
	assert(cuts >= 5, `${cuts} cuts`);
	// @tus/server keeps what came of a cut PATCH; the count is of announced lengths.
	assert(bytes <= big.content.length + (cuts + 1) * 262144, `${bytes} bytes`);
});
test('the forwarder killed in the middle goes on where it was', async () => {
	const big = file(6 * MB);
	let count = 0;
	bytes = 0;
	before = async (request) => {
		if (request.method === 'PATCH') {
			await new Promise((done) => setTimeout(done, 100));
			if (++count === 9) stack.killOne('board', 'forward.0');
		}
		return false;
	};
	await acceptDossier(clerk, { files: [big] });
	await delivered(big);
	before = null;
	assert(count > 9);
	assert(bytes <= big.content.length + 2 * 262144, `${bytes} bytes for ${big.content.length}`);
});
test('the server has forgotten the upload: it begins anew', async () => {
	const big = file(4 * MB);
	let forgot = false;
	before = (request, response) => {
		if (request.method !== 'PATCH' || forgot || request.headers['upload-offset'] < MB) return false;
		forgot = true;
		const id = request.url.split('/').pop();
		rmSync(path.join(folder, id), { force: true });
		rmSync(path.join(folder, `${id}.json`), { force: true });
		return false;
	};
	await acceptDossier(clerk, { files: [big] });
	await delivered(big);
	before = null;
	assert(forgot);
});

await run();
