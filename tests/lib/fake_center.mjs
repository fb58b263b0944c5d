// fake_center.mjs: a center that is only a test: it speaks cgi/link/PROTOCOL.md over real TLS, and lies,
// breaks off or fails where a test tells it to. It has none of our C code.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Log, id16, sha256 } from './board.mjs';
import { build } from './stack.mjs';

const ZERO = '0'.repeat(64);

function pki(...args) {
	const run = spawnSync(path.join(build, 'tram'), ['pki', ...args], { encoding: 'utf8' });
	assert.equal(run.status, 0, `tram pki: ${run.stderr}`);
}

// A server certificate of its own: names, dates and CA as asked. PEM of key and certificate.
export function serverPem(stack, { ca = path.join(stack.data, 'pki'), names = 'localhost 127.0.0.1',
	args = [] } = {}) {
	const out = path.join(stack.data, 'test-keys', `server-${id16()}.pem`);
	mkdirSync(path.dirname(out), { recursive: true });
	pki('server', '--ca', ca, '--out', out, '--names', names, ...args);
	return readFileSync(out);
}

// A P-256 key pair that is not the center's.
export function otherKey(stack) {
	const out = path.join(stack.data, 'test-keys', `receipt-${id16()}`);
	pki('receipt-key', '--out', out);
	return readFileSync(path.join(out, 'receipt.key'), 'utf8');
}

export class FakeCenter {
	constructor(stack) {
		this.stack = stack;
		this.board = stack.boardId();
		this.keyPem = readFileSync(path.join(stack.data, 'center/keys/center/receipt.key'), 'utf8');
		this.head = { epoch: 1, seq: 0, hash: ZERO };
		this.lines = [];
		this.log = new Log(this.board, 'center');
		this.uploads = new Map();	// path → { sha, length, bytes }
		this.blobs = new Map();		// sha → bytes
		this.content = new Map();	// sha → bytes, for /v1/content
		this.seen = [];			// "METHOD path" of every request
		this.patched = 0;		// bytes taken by PATCH
		this.lies = {};			// route name → function(request) that answers instead, or null
		this.elsewhere = {};		// path prefix → function(request, response) of another server
	}

	token(typ, payload, pem = this.keyPem) {
		const key = createPrivateKey(pem);
		const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
		const kid = createHash('sha256').update(der).digest('hex').slice(0, 16);
		const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const input = `${part({ alg: 'ES256', kid, typ })}.${part(payload)}`;
		return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
			.toString('base64url')}`;
	}

	listen(pem = serverPem(this.stack), tls = {}, port = this.stack.centerPort + 1) {
		this.server = https.createServer({ key: pem, cert: pem, requestCert: true,
			rejectUnauthorized: false, ca: readFileSync(path.join(this.stack.data, 'pki/ca.crt')), ...tls },
		(request, response) => this.answer(request, response));
		this.server.on('clientError', (error, socket) => socket.destroy());
		this.server.on('tlsClientError', () => {});
		return new Promise((done, failed) => {
			this.server.on('error', failed);
			this.server.listen(port, '127.0.0.1', done);
		});
	}

	close() {
		this.server?.closeAllConnections();
		return new Promise((done) => (this.server ? this.server.close(done) : done()));
	}

	async answer(request, response) {
		for (const [prefix, server] of Object.entries(this.elsewhere))
			if (request.url.startsWith(prefix)) {
				this.seen.push(`${request.method} ${prefix}`);
				return server(request, response);
			}
		const chunks = [];
		try {
			for await (const chunk of request) chunks.push(chunk);
		} catch {
			return;
		}
		const body = Buffer.concat(chunks);
		const url = new URL(request.url, 'https://x');
		const name = `${request.method} ${url.pathname.startsWith('/v1/blobs/') ? '/v1/blobs/:id'
			: url.pathname.startsWith('/v1/content/') ? '/v1/content/:sha' : url.pathname}`;
		this.seen.push(name);
		const at = { request, response, body, url, center: this };
		if (this.lies[name] && await this.lies[name](at) !== false) return;
		const route = { 'POST /v1/hello': 'hello', 'POST /v1/journal': 'journal', 'GET /v1/feed': 'feed',
			'POST /v1/blobs': 'create', 'HEAD /v1/blobs/:id': 'offset', 'PATCH /v1/blobs/:id': 'patch',
			'GET /v1/content/:sha': 'file' }[name];
		if (route) this[route](at);
		else this.problem(response, 404, 'not-found');
	}

	json(response, value) {
		const text = JSON.stringify(value);
		response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
		response.end(text);
	}

	problem(response, status, name, more = {}) {
		const text = JSON.stringify({ type: `about:tram:${name}`, title: name, status, ...more });
		response.writeHead(status, { 'Content-Type': 'application/problem+json',
			'Content-Length': Buffer.byteLength(text) });
		response.end(text);
	}

	welcome(hello, forged = {}) {
		return { board: this.board, nonce: hello.nonce, time_ms: Date.now(), center_epoch: 1,
			board_epoch: this.head.epoch, board_seq: this.head.seq, board_hash: this.head.hash,
			center_seq: this.log.seq, center_hash: this.log.hash, ...forged };
	}

	hello({ response, body }) {
		this.json(response, { receipt: this.token('tram-hello', this.welcome(JSON.parse(body))) });
	}

	// Takes the lines as a center would, chain and hashes checked; the head after them.
	take(body) {
		for (const line of gunzipSync(body).toString().split('\n').filter(Boolean)) {
			const { h, s, b } = JSON.parse(line);
			const field = (name) => new RegExp(`^${name} (.*)$`, 'm').exec(h)[1];
			const seq = Number(field('seq'));
			if (seq <= this.head.seq) {
				assert.equal(this.lines[seq - 1], line, 'a repeated event has other bytes');
				continue;
			}
			assert.equal(seq, this.head.seq + 1);
			assert.equal(field('prev'), this.head.hash);
			assert.equal(sha256(Buffer.concat([Buffer.from(s, 'base64url'), Buffer.from(b)]))
				.toString('hex'), field('body'));
			this.lines.push(line);
			this.head = { epoch: Number(field('epoch')), seq, hash: sha256(h).toString('hex') };
		}
		return this.head;
	}

	receipt(forged = {}) {
		return { board: this.board, ...this.head, center_epoch: 1, at_ms: Date.now(), ...forged };
	}

	journal({ response, body }) {
		this.take(body);
		this.json(response, { receipt: this.token('tram-receipt', this.receipt()) });
	}

	feedAnswer(response, lines, head, token) {
		const bytes = gzipSync(lines);
		response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'gzip',
			'Content-Length': bytes.length,
			'Tram-Head': token ?? this.token('tram-feed', { board: this.board, ...head }) });
		response.end(bytes);
	}

	feed({ response, url }) {
		const after = Number(url.searchParams.get('after'));
		const head = { epoch: this.log.epoch, seq: this.log.seq, hash: this.log.hash };
		if (after < this.log.seq) {
			this.feedAnswer(response, this.log.lines(after + 1), head);
			return;
		}
		response.writeHead(204, { 'Tram-Head': this.token('tram-feed', { board: this.board, ...head }) });
		response.end();
	}

	blobReceipt(sha, forged = {}) {
		return this.token('tram-blob', { board: this.board, sha256: sha,
			size: this.blobs.get(sha)?.length ?? 0, at_ms: Date.now(), ...forged });
	}

	create({ request, response }) {
		const length = Number(request.headers['upload-length']);
		const sha = Buffer.from(/sha256 (\S+)/.exec(request.headers['upload-metadata'])[1], 'base64')
			.toString();
		const location = `/v1/blobs/${id16()}`;
		if (this.blobs.has(sha)) {
			response.writeHead(201, { Location: location, 'Upload-Offset': String(length),
				'Content-Length': 0, 'Tram-Receipt': this.blobReceipt(sha) });
		} else {
			this.uploads.set(location, { sha, length, bytes: Buffer.alloc(0) });
			response.writeHead(201, { Location: location, 'Content-Length': 0 });
		}
		response.end();
	}

	offset({ response, url }) {
		const upload = this.uploads.get(url.pathname);
		if (!upload) return this.problem(response, 404, 'not-found');
		response.writeHead(200, { 'Upload-Offset': String(upload.bytes.length),
			'Upload-Length': String(upload.length), 'Content-Length': 0 });
		response.end();
	}

	patch({ request, response, url, body }) {
		const upload = this.uploads.get(url.pathname);
		if (!upload) return this.problem(response, 404, 'not-found');
		if (Number(request.headers['upload-offset']) !== upload.bytes.length)
			return this.problem(response, 409, 'offset');
		assert(body.length <= 262144, 'a PATCH of more than 256 KiB');
		const [algorithm, sum] = request.headers['upload-checksum'].split(' ');
		assert.equal(createHash(algorithm).update(body).digest('base64'), sum);
		this.patched += body.length;
		upload.bytes = Buffer.concat([upload.bytes, body]);
		const headers = { 'Upload-Offset': String(upload.bytes.length) };
		if (upload.bytes.length === upload.length) {
			assert.equal(sha256(upload.bytes).toString('hex'), upload.sha);
			this.blobs.set(upload.sha, upload.bytes);
			headers['Tram-Receipt'] = this.blobReceipt(upload.sha);
		}
		response.writeHead(204, headers);
		response.end();
	}

	file({ request, response, url }) {
		const bytes = this.content.get(url.pathname.split('/').pop());
		if (!bytes) return this.problem(response, 404, 'not-found');
		const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
		assert(range, 'a content is fetched by range');
		const from = Number(range[1]), part = bytes.subarray(from, Number(range[2]) + 1);
		response.writeHead(206, { 'Content-Length': part.length,
			'Content-Range': `bytes ${from}-${from + part.length - 1}/${bytes.length}` });
		response.end(part);
	}
}

// What tram-forward says of itself.
export function health(stack) {
	const file = path.join(stack.data, 'board/health/health.json');
	return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
export const forgetHealth = (stack) =>
	rmSync(path.join(stack.data, 'board/health/health.json'), { force: true });
