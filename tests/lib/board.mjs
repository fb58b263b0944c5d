// board.mjs: a board that is only a test: it makes events, lines and uploads by cgi/link/PROTOCOL.md
// and cgi/dossier/event.h alone, with none of our C code, so that it can also do what no board may.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, gunzipSync } from 'node:zlib';
import { build } from './stack.mjs';

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const ZERO = '0'.repeat(64);
export const id16 = () => randomBytes(16).toString('hex');

// One log by one author: event() adds to it; every part of the header can be forged.
export class Log {
	constructor(board, author = 'board') {
		Object.assign(this, { board, author, epoch: 1, seq: 0, hash: ZERO, events: [] });
	}

	make(kind, { subject = id16(), subjectKind = 'dossier', after = '-', version = 1, actor = 'u-0123456789abcdef',
		body = {}, salt = randomBytes(32), bodyText = JSON.stringify(body), bodyHash, ...forged } = {}) {
		const head = { board: this.board, author: this.author, epoch: this.epoch, seq: this.seq + 1,
			prev: this.hash, id: id16(), ...forged };
		const digest = bodyHash ?? sha256(Buffer.concat([salt, Buffer.from(bodyText)])).toString('hex');
		const header = `tram-event 1\nboard ${head.board}\nauthor ${head.author}\nepoch ${head.epoch}\n` +
			`seq ${head.seq}\nprev ${head.prev}\nid ${head.id}\nsubject ${subjectKind} ${subject}\n` +
			`after ${after}\nkind ${kind} ${version}\nactor ${actor}\n` +
			`time ${Date.now()} 1 1000 rtc 500\nbody ${digest}\n`;
		return { ...head, header, salt, bodyText, subject, kind, hash: sha256(header).toString('hex'),
			line: `${JSON.stringify({ h: header, s: salt.toString('base64url'), b: bodyText })}\n` };
	}

	// Adds it to the log as the board's newest event.
	add(kind, options) {
		const event = this.make(kind, options);
		this.seq = event.seq;
		this.hash = event.hash;
		this.events.push(event);
		return event;
	}

	lines(from = 1) {
		return this.events.filter((e) => e.seq >= from).map((e) => e.line).join('');
	}
}

// The body of dossier.accepted with invented people. files: [{ sha256, size, type, name }].
export function acceptedBody(code, { files = [], level = 'province', slip, ...more } = {}) {
	return { code,
		procedure: { code: '9.999001', name: 'Thủ tục thử', catalogue: 'test', case: 'thuong', level,
			unit: 'Sở Thử nghiệm', agency: 'H27.1', limit: '3 working-days' },
		applicant: { type: 'person', doc_type: 'cccd', number: '000090000001', name: 'Nguyễn Văn Thử',
			address: 'Xóm 1, Cẩm Bình', phone: '0239 000 0000' },
		channel: 'counter', content: 'Đề nghị thử', received_at: Date.now(),
		due: { has: true, at: Date.now() + 3 * 86400000, certain: true, calendar: 'test' },
		components: [{ id: 'to-khai', name: 'Tờ khai', state: 'du', originals: 1 }],
		manifest: { version: 1, items: files.length ? [{ component: 'to-khai', files }] : [] },
		...(slip ? { slip } : {}), ...more };
}

// A certificate and key made by tram pki under the CA folder (DATA/pki by default).
export function makeCertificate(stack, name, { ca = path.join(stack.data, 'pki'), args = [] } = {}) {
	const out = path.join(stack.data, 'test-keys', `${name}-${id16().slice(0, 8)}`);
	mkdirSync(out, { recursive: true });
	const run = spawnSync(path.join(build, 'tram'), ['pki', 'device', '--ca', ca, '--out', out,
		'--name', name, ...args], { encoding: 'utf8' });
	assert.equal(run.status, 0, `tram pki device: ${run.stderr}`);
	return { dir: out, cert: readFileSync(path.join(out, 'client.crt')),
		key: readFileSync(path.join(out, 'client.key')), certFile: path.join(out, 'client.crt') };
}

export function makeAuthority(stack, name) {
	const out = path.join(stack.data, 'test-keys', `ca-${name}`);
	mkdirSync(out, { recursive: true });
	const run = spawnSync(path.join(build, 'tram'), ['pki', 'ca', '--out', out, '--name', name],
		{ encoding: 'utf8' });
	assert.equal(run.status, 0, `tram pki ca: ${run.stderr}`);
	return out;
}

// A registered board: its log, its keys, and the requests it makes of the center.
export class Board {
	constructor(stack, name, { args = [], register = true } = {}) {
		this.stack = stack;
		this.name = name;
		this.log = new Log(name);
		this.counter = 0;
		this.instance = id16();		// of this start of its forwarder
		this.keys = makeCertificate(stack, name, { args });
		this.slipKey = randomBytes(32);
		const slip = path.join(this.keys.dir, 'slip.key');
		writeFileSync(slip, `${this.slipKey.toString('hex')}\n`);
		if (register) {
			const run = stack.tram('center', ['board', 'add', name, '--cert', this.keys.certFile,
				'--slip-key', slip, '--name', `Điểm thử ${name}`, '--point-name', `Điểm thử ${name}`,
				'--point-address', 'Xóm 1, Cẩm Bình', '--point-phone', '0239 000 0000']);
			assert.equal(run.status, 0, `tram board add: ${run.stderr}`);
		}
		this.client = stack.machine({ cert: this.keys.cert, key: this.keys.key });
		this.receiptKey = createPublicKey(readFileSync(path.join(stack.data,
			'center/keys/center/receipt.pub')));
	}

	close() {
		this.client.close();
	}

	// Payload of a JWS by the center's receipt key; fails on anything else.
	statement(jws, typ) {
		const [head, payload, signature] = jws.split('.');
		const header = JSON.parse(Buffer.from(head, 'base64url'));
		assert.equal(header.alg, 'ES256');
		assert.equal(header.typ, typ);
		assert(verify('sha256', Buffer.from(`${head}.${payload}`),
			{ key: this.receiptKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
		`signature of ${typ}`);
		return JSON.parse(Buffer.from(payload, 'base64url'));
	}

	hello(forged = {}) {
		this.counter++;
		return this.client.request('POST', '/v1/hello', { headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ board: this.name, epoch: this.log.epoch, seq: this.log.seq,
				hash: this.log.hash, center_epoch: 1, center_seq: 0, center_hash: ZERO,
				counter: this.counter, nonce: id16(), instance: this.instance, ...forged }) });
	}

	journal(lines, { gzip = true, headers = {} } = {}) {
		return this.client.request('POST', '/v1/journal', { body: gzip ? gzipSync(lines) : lines,
			headers: { 'Content-Type': 'application/x-ndjson',
				...(gzip ? { 'Content-Encoding': 'gzip' } : {}), ...headers } });
	}

	// Sends the log from seq on and checks the receipt.
	async ship(from = 1) {
		const answer = await this.journal(this.log.lines(from));
		assert.equal(answer.status, 200, answer.html);
		const receipt = this.statement(JSON.parse(answer.html).receipt, 'tram-receipt');
		assert.equal(receipt.board, this.name);
		assert.equal(receipt.seq, this.log.seq);
		assert.equal(receipt.hash, this.log.hash);
		return JSON.parse(answer.html).receipt;
	}

	// The center's events after N: [{ header, kind, body }…]; 204 gives [].
	async feed(after = 0) {
		const answer = await this.client.request('GET', `/v1/feed?after=${after}`,
			{ headers: { 'Accept-Encoding': 'gzip' } });
		assert(answer.status === 200 || answer.status === 204, `feed ${answer.status} ${answer.html}`);
		const head = this.statement(answer.headers['tram-head'], 'tram-feed');
		if (answer.status === 204) return Object.assign([], { head });
		const text = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.bytes)
			: answer.bytes;
		const events = text.toString().trim().split('\n').map((line) => {
			const { h, s, b } = JSON.parse(line);
			const field = (name) => new RegExp(`^${name} (.*)$`, 'm').exec(h)[1];
			assert.equal(sha256(Buffer.concat([Buffer.from(s, 'base64url'), Buffer.from(b)]))
				.toString('hex'), field('body'));
			return { header: h, hash: sha256(h).toString('hex'), seq: Number(field('seq')),
				prev: field('prev'), kind: field('kind').split(' ')[0], subject: field('subject').split(' ')[1],
				id: field('id'), actor: field('actor'), body: JSON.parse(b) };
		});
		return Object.assign(events, { head });
	}

	createUpload(sha, length) {
		return this.client.request('POST', '/v1/blobs', { body: '', headers: { 'Tus-Resumable': '1.0.0',
			'Upload-Length': String(length),
			'Upload-Metadata': `sha256 ${Buffer.from(sha).toString('base64')}` } });
	}

	patch(location, offset, bytes, headers = {}) {
		return this.client.request('PATCH', location, { body: bytes, headers: { 'Tus-Resumable': '1.0.0',
			'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream', ...headers } });
	}

	// Whole upload of bytes; the last answer.
	async upload(bytes) {
		const sha = sha256(bytes).toString('hex');
		const made = await this.createUpload(sha, bytes.length);
		if (made.status !== 201 || made.headers['upload-offset'] === String(bytes.length)) return made;
		let answer;
		for (let at = 0; at < bytes.length; at += 262144)
			answer = await this.patch(made.location, at, bytes.subarray(at, at + 262144));
		return answer;
	}
}

export const problem = (answer) => JSON.parse(answer.html).type.replace('about:tram:', '');
