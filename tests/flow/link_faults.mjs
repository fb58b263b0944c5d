// link_faults.mjs: a center that fails, breaks off, talks rubbish or lies. Whatever it does, the
// board's cursor stays where it was, the reason is shown, and all arrives once the center is well.
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, handOver } from '../lib/clerk.mjs';
import { Log, id16, sha256 } from '../lib/board.mjs';
import { FakeCenter, forgetHealth, health, otherKey } from '../lib/fake_center.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'link-faults', ports: [9250, 9260],
	board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\nlink_timeout_s = 2\n' });
cleanup(async (failed) => {
	await center?.close();
	await stack.down(failed);
});
let center, clerk, forged;
const MB = 1024 * 1024;
const well = (probe = () => true) => until('the link is up again', 20, () => {
	const h = health(stack);
	return h.link === 'ok' && h.sent_seq === h.head_seq && probe(h) && h;
});

// While `route` is answered by lie: the reason is shown, `cursor` of the health file stays.
async function lying(route, lie, reason, cursor = 'sent_seq') {
	const before = health(stack)[cursor] ?? 0;
	let told = 0;
	center.lies[route] = (at) => {
		told++;
		return lie(at);
	};
	forgetHealth(stack);
	try {
		await until(`reason ${reason}`, 15, () => told > 0 && health(stack).reason === reason);
		assert.equal(health(stack)[cursor], before);
		assert.equal(health(stack).link, 'down');
	} finally {
		delete center.lies[route];
	}
}
const status = (code) => ({ response }) => {
	response.writeHead(code, { 'Content-Length': 4 });
	response.end('oops');
};
const problem = (code, name) => ({ response }) => center.problem(response, code, name);
const page = ({ response }) => {
	response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': 27 });
	response.end('<html>Please log in.</html>');
};
const endless = ({ response }) => {
	response.writeHead(200, { 'Content-Length': 10 * MB });
	response.end(Buffer.alloc(10 * MB, 32));
};
const rubbish = ({ request }) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n');
const silence = () => {};
const half = (make) => (at) => {
	const text = JSON.stringify(make(at));
	at.response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length });
	at.response.write(text.slice(0, text.length >> 1), () => at.request.socket.destroy());
};

// Every fault that an answer can have, whatever the request was.
function everyFault(route, cursor) {
	for (const [what, lie, reason] of [
		['500', status(500), 'status-500'], ['400', status(400), 'status-400'],
		['404', status(404), 'status-404'], ['503 with a problem', problem(503, 'busy'), 'busy'],
		['403 with a problem', problem(403, 'certificate-revoked'), 'certificate-revoked'],
		['no HTTP', rubbish, 'garbage'], ['10 MB of blanks', endless, 'garbage'],
		['silence', silence, 'timeout']])
		test(`${route}: ${what}`, () => lying(route, lie, reason, cursor));
}

test.must('a board takes in a dossier with files while nobody listens', async () => {
	await stack.up(['board']);
	forged = otherKey(stack);
	clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk, { files: true });
	await until('the forwarder has seen it', 10, () => health(stack).head_seq > 1);
	center = new FakeCenter(stack);
	center.lies['POST /v1/hello'] = status(500);
	await center.listen();
	await until('reason', 10, () => health(stack).reason === 'status-500');
});

everyFault('POST /v1/hello');
const hello = (payload, key) => ({ response, body }) => center.json(response, { receipt: center.token(
	'tram-hello', center.welcome(JSON.parse(body), payload), key) });
test('hello: a page of a captive portal', () => lying('POST /v1/hello', page, 'receipt'));
test('hello: half an answer', () => lying('POST /v1/hello',
	half(({ body }) => ({ receipt: center.token('tram-hello', center.welcome(JSON.parse(body))) })), 'gone'));
test('hello: signed by another key', () =>
	lying('POST /v1/hello', (at) => hello({}, forged)(at), 'receipt'));
test('hello: another nonce (a replayed answer)', () =>
	lying('POST /v1/hello', hello({ nonce: id16() }), 'receipt'));
test('hello: for another board', () => lying('POST /v1/hello', hello({ board: 'b1-1' }), 'receipt'));
test('hello: the center says it knows more of our journal, and has none of it', () =>
	lying('POST /v1/hello', hello({ board_seq: 999 }), 'not-found'));
test('hello: the center says it has another event where we have one of ours, and cannot show it', () =>
	lying('POST /v1/hello', hello({ board_seq: 1, board_hash: 'ab'.repeat(32) }), 'not-found'));
const floor = () => readFileSync(path.join(stack.data, 'board/clock/floor'), 'utf8');
for (const [words, years, reason] of [['ahead', 10, 'expired'], ['behind', -10, 'not-yet-valid']])
	test(`hello: ten years ${words}, well signed: the clock's floor does not move`, async () => {
		const before = floor();
		await lying('POST /v1/hello', hello({ time_ms: Date.now() + years * 365.25 * 86400e3 }), reason);
		assert.equal(floor(), before);
	});
test('hello: a receipt of another type', () => lying('POST /v1/hello', ({ response, body }) =>
	center.json(response, { receipt: center.token('tram-feed', center.welcome(JSON.parse(body))) }), 'receipt'));

everyFault('POST /v1/journal');
const receipt = (payload, key) => ({ response, body }) => {
	const head = center.head, lines = [...center.lines];
	center.take(body);
	const token = center.token('tram-receipt', center.receipt(payload), key);
	center.head = head;
	center.lines = lines;
	center.json(response, { receipt: token });
};
test('journal: a page of a captive portal', () => lying('POST /v1/journal', page, 'receipt'));
test('journal: half an answer', () =>
	lying('POST /v1/journal', half(() => ({ receipt: center.token('tram-receipt', center.receipt()) })), 'gone'));
test('journal: a receipt signed by another key', () =>
	lying('POST /v1/journal', (at) => receipt({}, forged)(at), 'receipt'));
for (const [what, payload] of [['another sequence', { seq: 1 }], ['another hash', { hash: 'ab'.repeat(32) }],
	['another epoch', { epoch: 2 }], ['another board', { board: 'b18685-2' }]])
	test(`journal: a receipt for ${what}`, () =>
		lying('POST /v1/journal', receipt(payload), 'receipt-position'));
for (const [code, name] of [[409, 'gap'], [409, 'fork'], [422, 'hash'], [422, 'kind']])
	test(`journal: refused as ${name}`, () =>
		lying('POST /v1/journal', problem(code, name), name));

test('blobs wait for events: nothing of a file was sent so far', () =>
	assert(!center.seen.some((name) => name.includes('blobs'))));
test.must('the center is well: events and files arrive', async () => {
	center.lies = {};
	const good = await well((h) => h.blobs_waiting === 0);
	assert.equal(center.head.seq, good.head_seq);
	assert.equal(center.blobs.size, 2);
	assert.equal(stack.status().unsent, 0);
});
test('an answer lost after the center stored the events: the same bytes again, no doubles', async () => {
	let lost = 0;
	center.lies['POST /v1/journal'] = ({ request, body }) => {
		center.take(body);
		if (++lost === 1) request.socket.destroy();
		return lost === 1;
	};
	const before = center.head.seq;
	await acceptDossier(clerk);
	const good = await well((h) => h.head_seq > before);
	assert(lost >= 2);
	assert.equal(center.head.seq, good.head_seq);
	delete center.lies['POST /v1/journal'];
});

test.must('feed: a kind that no board knows is stored, and holds nothing up', async () => {
	center.lies = {};
	center.log.add('station.unknown_to_all', { subjectKind: 'station', actor: 'system', body: { a: 1 } });
	await well((h) => h.feed_seq === 1);
});
everyFault('GET /v1/feed', 'feed_seq');
const note = () => center.log.make('note.added', { subjectKind: 'dossier', actor: 'system', body: { text: 'x' } });
const feed = (change) => ({ response }) => {
	const event = note();
	const head = { epoch: 1, seq: event.seq, hash: event.hash };
	const given = { lines: event.line, head, token: undefined, ...change?.(event, head) };
	center.feedAnswer(response, given.lines, given.head, given.token);
};
for (const [what, change, reason] of [
	['a head signed by another key', (e, head) => ({ token: center.token('tram-feed',
		{ board: center.board, ...head }, forged) }), 'feed-signature'],
	['a head for another board', (e, head) => ({ token: center.token('tram-feed',
		{ board: 'b1-1', ...head }) }), 'feed-signature'],
	['no head at all', () => ({ token: '' }), 'feed-signature'],
	['a head for another sequence', (e, head) => ({ head: { ...head, seq: 9 } }), 'feed-position'],
	['a head for another hash', (e, head) => ({ head: { ...head, hash: 'cd'.repeat(32) } }), 'feed-position'],
	['lines that are none', () => ({ lines: 'hello\n' }), 'feed-position'],
	['a last line without its end', (e) => ({ lines: e.line.slice(0, -1) }), 'feed-position'],
	['nothing', () => ({ lines: '' }), 'feed-position'],
	['a body that is not the hashed one', (e) => ({
		lines: e.line.replace('"b":"{', '"b":"{ ') }), 'body'],
	['a gap', () => {
		const far = center.log.make('note.added', { seq: 5, actor: 'system', body: { text: 'x' } });
		return { lines: far.line, head: { epoch: 1, seq: 5, hash: far.hash } };
	}, 'gap'],
	['a broken chain', () => {
		const other = center.log.make('note.added', { prev: 'ee'.repeat(32), actor: 'system', body: { text: 'x' } });
		return { lines: other.line, head: { epoch: 1, seq: other.seq, hash: other.hash } };
	}, 'hash'],
	['another board\'s event', () => {
		const other = center.log.make('note.added', { board: 'b1-1', actor: 'system', body: { text: 'x' } });
		return { lines: other.line, head: { epoch: 1, seq: other.seq, hash: other.hash } };
	}, 'identity'],
	['our own author', () => {
		const other = center.log.make('note.added', { author: 'board', actor: 'system', body: { text: 'x' } });
		return { lines: other.line, head: { epoch: 1, seq: other.seq, hash: other.hash } };
	}, 'identity'],
	['a kind that only a board writes', () => {
		const other = center.log.make('dossier.accepted', { actor: 'system', body: {} });
		return { lines: other.line, head: { epoch: 1, seq: other.seq, hash: other.hash } };
	}, 'kind']])
	test(`feed: ${what}`, () => lying('GET /v1/feed', feed(change), reason, 'feed_seq'));
test('feed: gzip that is none', () => lying('GET /v1/feed', ({ response }) => {
	const event = note();
	response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': 4, 'Tram-Head': center.token(
		'tram-feed', { board: center.board, epoch: 1, seq: event.seq, hash: event.hash }) });
	response.end('oops');
}, 'garbage', 'feed_seq'));
test('feed: a gzip bomb', () => lying('GET /v1/feed', ({ response }) => {
	const event = note(), bytes = gzipSync(Buffer.alloc(64 * MB, 32));
	response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': bytes.length, 'Tram-Head':
		center.token('tram-feed', { board: center.board, epoch: 1, seq: event.seq, hash: event.hash }) });
	response.end(bytes);
}, 'garbage', 'feed_seq'));
test('feed: a center behind what it told us', async () => {
	await lying('GET /v1/feed', ({ response }) => {
		response.writeHead(204, { 'Tram-Head': center.token('tram-feed', { board: center.board, epoch: 1, seq: 0,
			hash: '0'.repeat(64) }) });
		response.end();
	}, 'center-restored', 'feed_seq');
	await well();
});

test('blob: a receipt that is signed by another key, or for another content, moves nothing', async () => {
	for (const [forgedPayload, key, reason] of [[{}, forged, 'receipt'], [{ sha256: 'ab'.repeat(32) }, undefined,
		'receipt-position'], [{ size: 1 }, undefined, 'receipt-position'], [{ board: 'b1-1' }, undefined,
		'receipt-position']]) {
		const lie = ({ response, request }) => {
			const sha = Buffer.from(/sha256 (\S+)/.exec(request.headers['upload-metadata'])[1], 'base64')
				.toString();
			response.writeHead(201, { Location: '/v1/blobs/x', 'Content-Length': 0,
				'Upload-Offset': request.headers['upload-length'],
				'Tram-Receipt': center.token('tram-blob', { board: center.board, sha256: sha,
					size: Number(request.headers['upload-length']), at_ms: 1, ...forgedPayload }, key) });
			response.end();
		};
		center.lies['POST /v1/blobs'] = lie;
		if (health(stack).blobs_waiting === 0)
			await acceptDossier(clerk, { files: [file(4)] });
		await until(`reason ${reason}`, 15, () => health(stack).reason === reason);
		assert.equal(health(stack).blobs_waiting, 1);
	}
	delete center.lies['POST /v1/blobs'];
	await well((h) => h.blobs_waiting === 0);
});
let counter = 0;
const file = (mb, name = 'file.to-khai') => {
	// A PDF stays as it is, byte for byte; a photo would be made a page. Each has noise of its own.
	const content = pdf(`unique ${counter++}`, mb * MB);
	return { name, filename: `giay-${counter}.pdf`, type: 'application/pdf', content };
};
const arrived = (...files) => until('the files are at the center', 30, () =>
	files.every((f) => center.blobs.has(sha256(f.content).toString('hex'))));

test('blob: a connection cut in the middle costs at most one PATCH', async () => {
	const big = file(5);
	let cut = 0;
	center.patched = 0;
	center.lies['PATCH /v1/blobs/:id'] = ({ url, request }) => {
		const upload = center.uploads.get(url.pathname);
		if (cut++ !== 7) return false;
		assert(upload.bytes.length > 0);
		request.socket.destroy();
		return true;
	};
	await acceptDossier(clerk, { files: [big] });
	await arrived(big);
	delete center.lies['PATCH /v1/blobs/:id'];
	assert(cut > 7);
	assert.equal(center.patched, big.content.length, 'bytes were sent twice');
	assert.deepEqual(center.blobs.get(sha256(big.content).toString('hex')), big.content);
});
test('blob: SIGKILL of the forwarder in the middle resumes at the server\'s offset', async () => {
	const big = file(5);
	let at = 0;
	center.patched = 0;
	center.lies['PATCH /v1/blobs/:id'] = async () => {
		await new Promise((done) => setTimeout(done, 100));
		if (++at === 8) stack.killOne('board', 'forward.0');
		return false;
	};
	await acceptDossier(clerk, { files: [big] });
	await arrived(big);
	assert(at > 8);
	delete center.lies['PATCH /v1/blobs/:id'];
	assert(center.patched <= big.content.length + 262144, 'more than one PATCH was sent twice');
	await well((h) => h.blobs_waiting === 0);
});
test('blob: one that the center does not want is set aside; the others go on', async () => {
	const bad = file(1), good = file(1);
	const unwanted = sha256(bad.content).toString('hex');
	center.lies['POST /v1/blobs'] = ({ request, response }) => {
		const sha = Buffer.from(/sha256 (\S+)/.exec(request.headers['upload-metadata'])[1], 'base64').toString();
		if (sha !== unwanted) return false;
		center.problem(response, 404, 'not-found');
		return true;
	};
	await acceptDossier(clerk, { files: [bad, good] });
	await until('the good one is there', 20, () => center.blobs.has(sha256(good.content).toString('hex')));
	await until('the bad one is shown', 5, () => health(stack).aside_reason === 'blob-status-404');
	assert.equal(health(stack).link, 'ok');
	delete center.lies['POST /v1/blobs'];
	await well((h) => h.blobs_waiting === 0);
	assert(center.blobs.has(unwanted));
});
for (const [what, lie, reason, at = 'PATCH /v1/blobs/:id'] of [['500', status(500), 'status-500'],
	['507', problem(507, 'full'), 'full'], ['silence', silence, 'timeout'], ['a page of a captive portal', page, 'status-200'],
	['a page of a captive portal', page, 'status-200', 'POST /v1/blobs']])
	test(`blob: ${at.split(' ')[0]} answered by ${what}`, async () => {
		const waiting = file(1);
		center.lies[at] = lie;
		await acceptDossier(clerk, { files: [waiting] });
		await until(`reason ${reason}`, 15, () => health(stack).reason === reason);
		assert(health(stack).blobs_waiting > 0);
		delete center.lies[at];
		await arrived(waiting);
		await well((h) => h.blobs_waiting === 0);
	});
test('new events do not wait behind files', async () => {
	center.lies['PATCH /v1/blobs/:id'] = async () => {
		await new Promise((done) => setTimeout(done, 500));
		return false;
	};
	const big = [file(4), file(4), file(4)];
	await acceptDossier(clerk, { files: big });
	await until('files are under way', 10, () => [...center.uploads.values()]
		.some((u) => u.bytes.length && u.bytes.length < u.length));
	await acceptDossier(clerk);
	await until('the new event is there', 3, () => health(stack).head_seq === center.head.seq);
	assert([...center.uploads.values()].some((u) => u.bytes.length < u.length), 'the files were done already');
	delete center.lies['PATCH /v1/blobs/:id'];
	await arrived(...big);
	await well((h) => h.blobs_waiting === 0);
});

test('nor behind a long feed', async () => {
	const long = 200;
	let given = 0, at = long;
	for (let i = 0; i < long; i++)
		center.log.add('station.unknown_to_all', { subjectKind: 'station', actor: 'system', body: { i } });
	center.lies['GET /v1/feed'] = async ({ response, url }) => {
		const event = center.log.events[Number(url.searchParams.get('after'))];
		if (!event) return false;
		await new Promise((done) => setTimeout(done, 100));
		given++;
		center.feedAnswer(response, event.line, { epoch: 1, seq: event.seq, hash: event.hash });
	};
	await until('the feed is under way', 10, () => given > 1);
	const before = center.head.seq;
	center.lies['POST /v1/journal'] = () => {
		at = Math.min(at, given);
		return false;
	};
	await acceptDossier(clerk);
	await until('the new event is there', 30, () => center.head.seq > before);
	assert(at < long, `it waited for all ${long}`);
	center.lies = {};
	await well((h) => h.feed_seq === center.log.seq);
});

// The center finishes a handed-over dossier with this file.
async function finish(bytes, lie) {
	const { id, code } = await acceptDossier(clerk, { procedure: '9.999001' });
	await handOver(clerk, code);
	await well((h) => h.head_seq === center.head.seq);
	const sha = sha256(bytes).toString('hex');
	center.content.set(sha, bytes);
	if (lie) center.lies['GET /v1/content/:sha'] = lie;
	const officer = { subject: id, actor: 'o-00000000000000aa' };
	center.log.add('dossier.taken', { ...officer, body: {} });
	center.log.add('dossier.finished', { ...officer, body: { decided_at: Date.now(),
		results: [{ kind: 'Văn bản thử', number: '1', summary: 'Thử', issuer: 'Sở Thử nghiệm',
			signer: 'Trần Thị Mẫu', signed_on: '2026-11-24',
			files: [{ sha256: sha, size: bytes.length, type: 'application/pdf', name: 'ket-qua.pdf' }] }] } });
	return sha;
}
const result = (size) => Buffer.concat([pdf('Ket qua'), Buffer.from(id16()), Buffer.alloc(size, 32)]);
const here = (sha) => until('the result is here', 20, () => {
	const file = path.join(stack.data, 'board/blobs', sha);
	return existsSync(file) && readFileSync(file);
});
test('content: cut in the middle, it goes on where it was', async () => {
	const bytes = result(3 * MB);
	let asked = 0, from;
	const sha = await finish(bytes, ({ request, response }) => {
		from = Number(/bytes=(\d+)/.exec(request.headers.range)[1]);
		if (++asked === 1) assert.equal(from, 0);
		if (asked !== 2) return false;
		response.writeHead(206, { 'Content-Length': MB, 'Content-Range':
			`bytes ${from}-${from + MB - 1}/${bytes.length}` });
		response.write(bytes.subarray(from, from + 300000), () => setTimeout(() =>
			request.socket.destroy(), 100));
		center.lies['GET /v1/content/:sha'] = (at) => {
			center.resumed ??= Number(/bytes=(\d+)/.exec(at.request.headers.range)[1]);
			return false;
		};
		return true;
	});
	assert.deepEqual(await here(sha), bytes);
	assert(center.resumed > from && center.resumed <= from + 300000, `resumed at ${center.resumed} after ${from}`);
	delete center.lies['GET /v1/content/:sha'];
	await well((h) => h.blobs_to_fetch === 0);
});
test('content: other bytes of the same length are not kept', async () => {
	const bytes = result(1000);
	const sha = await finish(bytes, ({ response }) => {
		response.writeHead(206, { 'Content-Length': bytes.length,
			'Content-Range': `bytes 0-${bytes.length - 1}/${bytes.length}` });
		response.end(Buffer.alloc(bytes.length, 65));
	});
	await until('it is shown', 15, () => health(stack).aside_reason === 'content-hash');
	assert(!existsSync(path.join(stack.data, 'board/blobs', sha)));
	delete center.lies['GET /v1/content/:sha'];
	assert.deepEqual(await here(sha), bytes);
});
test('content: a page instead of a file, and silence', async () => {
	const bytes = result(1000);
	const sha = await finish(bytes, page);
	await until('the page is shown', 15, () => health(stack).aside_reason === 'content-size');
	center.lies['GET /v1/content/:sha'] = silence;
	await until('the silence is shown', 15, () => health(stack).reason === 'timeout');
	delete center.lies['GET /v1/content/:sha'];
	assert.deepEqual(await here(sha), bytes);
	await well();
});

await run();
