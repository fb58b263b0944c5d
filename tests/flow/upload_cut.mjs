// Goal: an upload cut anywhere leaves either the whole file in the dossier or nothing, and goes on
// where the server has it; what is no photo or PDF, empty, too large or not this draft's is refused
// and told, and everything else typed stays.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { accept, act, chooseProcedure, dossier, startDraft, tickPapers } from '../lib/clerk.mjs';
import { multipart } from '../lib/client.mjs';
import { ask } from '../lib/fastcgi.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const MAX = 300000;
// PDFs, whose bytes are kept as they are: a photo becomes another file.
const scan = (size) => pdf('Van ban', size);
const stack = new Stack({ name: 'upload-cut', ports: [9936, 9939], board: `upload_max_bytes = ${MAX}` });
cleanup((failed) => stack.down(failed));
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');
const base64 = (text) => Buffer.from(text).toString('base64');
let clerk, draft, paper, csrf;

const where = () => `/ho-so/moi/${draft}/giay-to`;
// The draft's files as a clerk sees them: their bytes.
async function filesOf(id = draft) {
	const page = await clerk.get(`/ho-so/moi/${id}/giay-to`);
	const links = [...new Set([...page.html.matchAll(/href="(\/ho-so\/moi\/[0-9a-f]{32}\/tep\/\d+)"/g)].map((m) => m[1]))];
	return Promise.all(links.map(async (link) => {
		const answer = await clerk.request('GET', link);
		assert.equal(answer.status, 200, link);
		return answer;
	}));
}
const hashes = async (id) => (await filesOf(id)).map((file) => sha(file.bytes)).sort();
const spool = () => readdirSync(path.join(stack.data, 'board/spool')).filter((name) => !name.endsWith('.json'));

const tus = (method, url, { headers = {}, body = '' } = {}) => clerk.request(method, url, { body, headers: { 'Tus-Resumable': '1.0.0',
	Origin: clerk.origin, 'X-Tram-Csrf': csrf, ...headers } });
const create = (length, { filename = 'anh.jpg', component = paper, target = draft, metadata } = {}) =>
	tus('POST', '/tai-len', { headers: { 'Upload-Length': String(length), 'Upload-Metadata': metadata ??
		`filename ${base64(filename)},component ${base64(component)},target ${base64(target)}` } });
const patch = (url, offset, body, headers = {}) => tus('PATCH', url, { body, headers: { 'Upload-Offset': String(offset),
	'Content-Type': 'application/offset+octet-stream', ...headers } });
const offsetOf = async (url) => Number((await tus('HEAD', url)).headers['upload-offset']);

async function freshDraft() {
	const started = await startDraft(clerk);
	const papers = await chooseProcedure(clerk, started, '2.000635');
	draft = started.id;
	paper = /name="file\.([^"]+)"/.exec(papers.html)[1];
	csrf = /name="csrf" value="([^"]+)"/.exec(papers.html)[1];
	return papers;
}
// Only `part` bytes of a request's body reach lighttpd, then the connection is gone.
const cutLine = (method, url, headers, body, part) => new Promise((done) => {
	const lines = Object.entries({ Host: `127.0.0.1:${stack.boardPort}`, Origin: clerk.origin,
		Cookie: [...clerk.cookies].map(([name, value]) => `${name}=${value}`).join('; '), 'Content-Length': body.length, ...headers });
	const socket = net.connect(stack.boardPort, '127.0.0.1', () => {
		socket.write(`${method} ${url} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
		socket.write(body.subarray(0, part), () => setImmediate(() => socket.destroy()));
	});
	socket.on('close', done).on('error', done);
});

test.must('a draft with a paper that takes files', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	await freshDraft();
});

// ---- resuming ----
test('cut on the line, the file is not there; it goes on at the server\'s offset and is whole', async () => {
	const bytes = scan(200000);
	const made = await create(bytes.length);
	assert.equal(made.status, 201, made.html);
	const half = 90000;
	assert.equal((await patch(made.location, 0, bytes.subarray(0, half))).status, 204);
	await cutLine('PATCH', made.location, { 'Tus-Resumable': '1.0.0', 'Upload-Offset': half, 'X-Tram-Csrf': csrf,
		'Content-Type': 'application/offset+octet-stream' }, bytes.subarray(half), 50000);
	const offset = await until('the upload can be asked', 5, async () => {
		const head = await tus('HEAD', made.location);
		return head.status === 200 && Number(head.headers['upload-offset']);
	});
	assert(offset >= half && offset < bytes.length, `${offset}`);
	assert.deepEqual(await hashes(), [], 'half a file is no file');
	assert.equal((await patch(made.location, offset, bytes.subarray(offset))).status, 204);
	assert.deepEqual(await hashes(), [sha(bytes)]);
});
test('cut between lighttpd and the pool: what came is kept, byte for byte', async () => {
	await freshDraft();
	const bytes = scan(160000);
	const made = await create(bytes.length, { filename: 'b.png' });
	const socket = path.join(stack.data, 'board/sock/uploads.sock');
	let at = 0;
	for (const [size, lost] of [[50000, 20000], [40000, 1], [30000, 30000]]) {
		await ask(socket, { method: 'PATCH', path: made.location, body: bytes.subarray(at, at + size - lost), length: size, cut: lost % 2 === 0,
			headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(at), 'X-Tram-Csrf': csrf, Origin: 'http://127.0.0.1',
				'Content-Type': 'application/offset+octet-stream', Cookie: [...clerk.cookies].map((c) => c.join('=')).join('; ') } });
		const offset = await offsetOf(made.location);
		assert(offset >= at && offset <= at + size - lost, `${offset} after ${at} + ${size - lost}`);
		if (lost === 1) assert.equal(offset, at + size - lost, 'what came is not thrown away');
		at = offset;
		assert.deepEqual(await hashes(), []);
	}
	assert.equal((await patch(made.location, at, bytes.subarray(at))).status, 204);
	assert.deepEqual(await hashes(), [sha(bytes)]);
});
test('the pool dies between two pieces: the upload goes on', async () => {
	await freshDraft();
	const bytes = pdf('Van ban', 250000);
	const made = await create(bytes.length, { filename: 'c.pdf' });
	await patch(made.location, 0, bytes.subarray(0, 100000));
	for (const name of Object.keys(stack.pids('board')).filter((n) => n.startsWith('uploads.'))) stack.killOne('board', name);
	const offset = await until('the pool is back', 10, async () => {
		const head = await tus('HEAD', made.location);
		return head.status === 200 && Number(head.headers['upload-offset']);
	});
	assert.equal(offset, 100000);
	await patch(made.location, offset, bytes.subarray(offset));
	assert.deepEqual(await hashes(), [sha(bytes)]);
});
test('an answer that was lost: asking or sending again stores nothing twice', async () => {
	await freshDraft();
	const bytes = scan(30000);
	const made = await create(bytes.length);
	assert.equal((await patch(made.location, 0, bytes)).status, 204);
	assert.equal(await offsetOf(made.location), bytes.length);
	assert.equal((await patch(made.location, bytes.length, '')).status, 204);
	assert.equal((await patch(made.location, 0, bytes)).status, 409);
	assert.deepEqual(await hashes(), [sha(bytes)]);
	const again = await create(bytes.length);
	await patch(again.location, 0, bytes);
	assert((await hashes()).length <= 2, 'the same photo again');
});
test('wrong places and wrong sums', async () => {
	await freshDraft();
	const bytes = scan(20000);
	const made = await create(bytes.length);
	for (const offset of ['5', '20001', '-1', 'x', '']) {
		const answer = await patch(made.location, offset, bytes.subarray(0, 100));
		assert([400, 409].includes(answer.status), `${offset}: ${answer.status}`);
	}
	assert.equal((await patch(made.location, 0, bytes, { 'Content-Type': 'text/plain' })).status, 415);
	assert.equal((await patch(made.location, 0, bytes, { 'Upload-Checksum': `sha1 ${base64('x'.repeat(20))}` })).status, 460);
	assert.equal((await patch(made.location, 0, bytes, { 'Upload-Checksum': 'md5 abc' })).status, 400);
	assert.equal((await patch(made.location, 0, Buffer.concat([bytes, bytes]))).status, 413, 'more than was announced');
	assert.equal((await patch(made.location, 0, bytes, { 'Tus-Resumable': '0.2.2' })).status, 412);
	assert.equal(await offsetOf(made.location), 0, 'none of it was kept');
	const right = createHash('sha1').update(bytes).digest('base64');
	assert.equal((await patch(made.location, 0, bytes, { 'Upload-Checksum': `sha1 ${right}` })).status, 204);
	assert.deepEqual(await hashes(), [sha(bytes)]);
});
test('given up: nothing stays', async () => {
	await freshDraft();
	const made = await create(50000);
	await patch(made.location, 0, scan(50000).subarray(0, 1000));
	assert.equal((await tus('DELETE', made.location)).status, 204);
	assert([404, 410].includes((await tus('HEAD', made.location)).status));
	assert.deepEqual(await hashes(), []);
});

// ---- what is no paper of ours ----
const wrong = { 'a GIF': Buffer.from('GIF89a\x01\x00\x01\x00'), 'a page': Buffer.from('<html><script>alert(1)</script>'), 'a program': Buffer.from('MZ\x90\x00'),
	'an SVG': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'text': Buffer.from('%PDX-1.4'), 'a zip': Buffer.from('PK\x03\x04'),
	'one byte': Buffer.from('x') };
for (const [what, bytes] of Object.entries(wrong)) {
	test(`${what} by another name is refused by tus and by form, told beside its paper`, async () => {
		await freshDraft();
		const made = await create(bytes.length, { filename: 'anh.jpg' });
		const answer = await patch(made.location, 0, bytes);
		assert(answer.status >= 400 && answer.status < 500, `${answer.status}`);
		assert([404, 410].includes((await tus('HEAD', made.location)).status), 'and gone');
		const page = await clerk.submit(await clerk.get(where()), '/tai-len/', { sets: '4' },
			{ files: [{ name: `file.${paper}`, filename: 'anh.jpg', type: 'image/jpeg', content: bytes }] });
		assert.equal(page.status, 422);
		assert.match(page.text, /không phải ảnh JPEG, PNG hay PDF/);
		assert(page.html.includes('value="4"'), 'what was typed stays');
		assert.deepEqual(await hashes(), []);
		assert.deepEqual(spool(), []);
	});
}
test('an empty file, and one that is too large', async () => {
	await freshDraft();
	assert([400, 422].includes((await create(0)).status));
	assert.equal((await create(MAX + 1)).status, 413);
	for (const length of ['-1', 'x', '1e9', '99999999999999999999']) assert((await create(length)).status >= 400, length);
	const fine = scan(10000);
	for (const [content, says] of [[Buffer.alloc(0), /trống/], [scan(MAX + 5000), /quá lớn/]]) {
		const page = await clerk.submit(await clerk.get(where()), '/tai-len/', { sets: '5' },
			{ files: [{ name: `file.${paper}`, filename: 'x.jpg', type: 'image/jpeg', content },
				{ name: `file.${paper}`, filename: 'y.jpg', type: 'image/jpeg', content: fine }] });
		assert.equal(page.status, 422);
		assert.match(page.text, says);
		assert(page.html.includes('value="5"'));
		assert.deepEqual(await hashes(), [sha(fine)], 'the file beside it is kept');
	}
	const almost = scan(MAX - 2000), exact = Buffer.concat([almost, Buffer.alloc(MAX - almost.length)]);
	const made = await create(exact.length);
	assert.equal((await patch(made.location, 0, exact)).status, 204, 'exactly the limit');
	assert.deepEqual(spool(), []);
});
test('no draft, another paper, no target, damaged words about the file', async () => {
	await freshDraft();
	const tries = [[{ target: '0'.repeat(32) }, [403, 404]], [{ target: '../../etc' }, [400, 403, 404]], [{ target: '' }, [400, 403, 404]], [{ component: 'khong-co' }, [400, 404, 422]],
		[{ component: '' }, [400, 404, 422]], [{ metadata: 'filename %%%' }, [400]], [{ metadata: 'x'.repeat(9000) }, [400, 431]],
		[{ metadata: `filename ${base64('a\u0000b')},component ${base64(paper)},target ${base64(draft)}` }, [400]]];
	for (const [what, statuses] of tries) {
		const answer = await create(1000, what);
		assert(statuses.includes(answer.status), `${JSON.stringify(what).slice(0, 60)}: ${answer.status}`);
	}
	for (const id of ['0'.repeat(32), '..%2f..%2fetc%2fpasswd', 'x'])
		assert([400, 404].includes((await tus('HEAD', `/tai-len/${id}`)).status), id);
	const page = await clerk.submit(await clerk.get(where()), '/tai-len/', {},
		{ files: [{ name: 'file.khong-co', filename: 'x.jpg', type: 'image/jpeg', content: scan(2000) }] });
	assert([400, 422].includes(page.status), `${page.status}`);
	assert.deepEqual(await hashes(), []);
	assert.deepEqual(spool(), []);
});
test('names of files are shown as text and never used as paths', async () => {
	await freshDraft();
	const names = ['../../../etc/passwd', 'a"<b id=x>.jpg', 'Gia\u0302\u0301y.jpg', `${'dài '.repeat(200)}.jpg`, 'C:\\Users\\anh.jpg', 'a\r\nX-Bad: 1.jpg', '\u202egpj.exe'];
	for (const filename of names) {
		const bytes = scan(1500);
		const made = await create(bytes.length, { filename });
		if (made.status === 400) continue;
		assert.equal((await patch(made.location, 0, bytes)).status, 204, filename);
	}
	const page = await clerk.get(where());
	assert(!page.html.includes('<b id=x>') && !page.html.includes('etc/passwd'));
	for (const file of await filesOf()) {
		assert.equal(file.headers['x-content-type-options'], 'nosniff');
		assert.match(file.headers['content-security-policy'], /sandbox/);
		assert.equal(file.headers['x-bad'], undefined);
		assert.equal(file.headers['content-type'], 'application/pdf');
		assert(!/etc\/passwd|C:\\/.test(file.headers['content-disposition'] ?? ''), file.headers['content-disposition']);
	}
});

// ---- without JavaScript ----
test('a form cut anywhere keeps no half of a file and none of its fields; sent again it is whole', async () => {
	const page = await freshDraft();
	const form = clerk.form(page, '/tai-len/');
	const first = scan(40000), second = scan(40000);
	const { body, type } = multipart([...form.fields.filter(([n]) => n !== 'sets'), ['sets', '9']],
		[{ name: `file.${paper}`, filename: 'a.jpg', type: 'image/jpeg', content: first }, { name: `file.${paper}`, filename: 'b.jpg', type: 'image/jpeg', content: second }]);
	const inFirst = body.indexOf(first.subarray(1000, 1100)) + 5000, inSecond = body.indexOf(second.subarray(1000, 1100)) + 5000;
	for (const part of [200, inFirst, inSecond, body.length - 5]) {
		await cutLine('POST', form.action, { 'Content-Type': type }, body, part);
		await until('the pool has noticed', 5, () => spool().length === 0);
		const kept = await hashes();
		// A file that came whole before the cut may be there; half a file never.
		for (const hash of kept) assert([sha(first)].includes(hash), `cut at ${part}: ${hash}`);
		if (part <= inFirst) assert.deepEqual(kept, [], `cut at ${part}`);
		assert(!(await clerk.get(where())).html.includes('value="9"'), `cut at ${part}: fields`);
	}
	const done = await clerk.request('POST', form.action, { body, headers: { Origin: clerk.origin, 'Content-Type': type } });
	assert.equal(done.status, 303, done.text.slice(0, 200));
	const all = await hashes();
	assert.deepEqual(all, [sha(first), sha(second)].sort(), 'each once, also what had come before the cut');
});
test('an upload that ends after the dossier was accepted is not slipped into it', async () => {
	const started = await startDraft(clerk);
	const papers = await chooseProcedure(clerk, started, '2.000635');
	draft = started.id;
	const bytes = scan(9000), late = scan(9000);
	const made = await create(late.length);
	await patch(made.location, 0, late.subarray(0, 4000));
	const check = await tickPapers(clerk, papers, [{ name: `file.${paper}`, filename: 'a.jpg', type: 'image/jpeg', content: bytes }]);
	const { code } = await accept(clerk, check);
	const answer = await patch(made.location, 4000, late.subarray(4000));
	assert([404, 409, 410].includes(answer.status), `${answer.status}`);
	const page = await dossier(clerk, code);
	const links = [...new Set([...page.html.matchAll(/\/tep\/([0-9a-f]{64})/g)].map((m) => m[1]))];
	assert.deepEqual(links, [sha(bytes)]);
	await act(clerk, code, 'ghi-chu', { text: 'Vẫn làm tiếp được' });
	const verify = stack.tram('board', ['verify']);
	assert.equal(verify.status, 0, verify.stdout + verify.stderr);
	clerk.close();
});

await run();
