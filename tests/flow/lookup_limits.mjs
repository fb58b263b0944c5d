// lookup_limits.mjs: what a stranger learns by trying: nothing. Unknown and wrong look alike; ten
// failures on one slip make it wait for everybody who does not hold its QR or typed secret; a page
// holds no name.
import { strict as assert } from 'node:assert';
import { createHmac, randomBytes } from 'node:crypto';
import { test, run, cleanup } from '../lib/check.mjs';
import { Stack } from '../lib/stack.mjs';
import { Board, acceptedBody, id16 } from '../lib/board.mjs';

const stack = new Stack({ name: 'lookup-limits', ports: [9760, 9770] });
cleanup((failed) => stack.down(failed));
const code = 'T18685.7-261124-0001';
const qr = randomBytes(16).toString('hex');
const typed = 'ABCD2345';
let citizen, board;

const ask = (so, ma) => citizen.post('/tra-cuu', { so, ma });
const body = (answer) => answer.html.replace(/name="form_id" value="[0-9a-f]*"/g, '');

test.must('a dossier whose slip only its holder knows', async () => {
	await stack.up(['center']);
	citizen = stack.centerLookup();
	board = new Board(stack, 'b18685-7');
	const hash = (kind, secret) =>
		createHmac('sha256', board.slipKey).update(kind).update(secret).digest('hex');
	const slip = { no: 1, hash: hash('qr', Buffer.from(qr, 'hex')), typed_hash: hash('typed', typed) };
	board.log.add('dossier.accepted', { subject: id16(), body: acceptedBody(code, { slip }) });
	for (let i = 101; i <= 140; i++)
		board.log.add('dossier.accepted',
			{ subject: id16(), body: acceptedBody(`T18685.7-261124-0${i}`, { slip }) });
	await board.ship();
});
test('the QR opens the status, and no name stands in it', async () => {
	const page = await citizen.request('GET', `/h/${code}.${qr}`);
	assert.equal(page.status, 200, page.text);
	assert(page.text.includes(code));
	assert(page.text.includes('0239 000 0000'), 'whom to call');
	for (const secret of ['Nguyễn', 'Văn Thử', '000090000001', qr]) assert(!page.html.includes(secret), secret);
	assert.match(page.headers['cache-control'], /no-store/);
	assert.equal(page.headers['referrer-policy'], 'no-referrer');
	assert.equal(page.headers['set-cookie'], undefined);
});
test('the number and the typed secret open it too, as people type them', async () => {
	for (const [so, ma] of [[code, typed], [code.toLowerCase(), typed.toLowerCase()], [` ${code} `, 'abcd 2345'],
		[code, 'ABCD-2345']]) {
		const page = await ask(so, ma);
		assert.equal(page.status, 200, `${so} ${ma}: ${page.text.slice(0, 200)}`);
		assert(page.text.includes(code));
	}
});
test('an empty field is told beside the field, and what was typed stays', async () => {
	const page = await ask(code, '');
	assert.equal(page.status, 422);
	assert(page.html.includes(`value="${code}"`));
	assert(page.html.includes('id="ma-loi"'));
});
test('unknown and wrong are one answer', async () => {
	const wrong = await ask(code, 'ZZZZ9999');
	const unknown = await ask('T18685.7-261124-0777', 'ZZZZ9999');
	assert.equal(wrong.status, 404);
	assert.equal(unknown.status, 404);
	assert.equal(body(wrong).replaceAll(code, 'X'), body(unknown).replaceAll('T18685.7-261124-0777', 'X'));
	const wrongQr = await citizen.request('GET', `/h/${code}.${'0'.repeat(32)}`);
	const unknownQr = await citizen.request('GET', `/h/T18685.7-261124-0777.${'0'.repeat(32)}`);
	const junk = await citizen.request('GET', '/h/junk');
	assert.deepEqual([wrongQr.status, unknownQr.status, junk.status], [404, 404, 404]);
	assert.equal(body(wrongQr), body(unknownQr));
	assert.equal(body(wrongQr), body(junk));
});
test('alike in time too', async () => {
	const times = { wrong: [], unknown: [] };
	for (let i = 101; i <= 140; i++) {
		for (const [kind, point] of [['wrong', 7], ['unknown', 6]]) {
			const begun = process.hrtime.bigint();
			const answer = await citizen.request('GET', `/h/T18685.${point}-261124-0${i}.${'1'.repeat(32)}`);
			times[kind].push(Number(process.hrtime.bigint() - begun) / 1e6);
			assert.equal(answer.status, 404);
		}
	}
	const median = (list) => list.sort((x, y) => x - y)[list.length >> 1];
	const [wrong, unknown] = [median(times.wrong), median(times.unknown)];
	assert(Math.max(wrong, unknown) < 3 * Math.min(wrong, unknown) + 1, `${wrong} ms against ${unknown} ms`);
});
test('after ten failures the slip waits, politely', async () => {
	let answer;
	for (let i = 0; i < 12; i++) answer = await ask(code, `ZZZZ${1000 + i}`);
	assert.equal(answer.status, 429);
	assert(answer.headers['retry-after']);
	assert.match(answer.text, /một giờ/);
	assert.equal((await ask(code, typed)).status, 429, 'even with the right typed secret');
	assert.equal((await citizen.request('GET', `/h/${code}.${qr}`)).status, 200,
		'whoever holds the QR is answered');
});
test('both numbers of a slip count as one', async () => {
	const subject = id16();
	const from = board.log.seq + 1;
	board.log.add('dossier.accepted', { subject, body: acceptedBody('T18685.7-261124-0200',
		{ slip: { no: 1, hash: 'a'.repeat(64), typed_hash: 'b'.repeat(64) } }) });
	board.log.add('dossier.handed_over', { subject, body: { unit: 'Sở Thử nghiệm', agency: 'H27.1' } });
	await board.ship(from);
	const official = (await board.feed()).find((e) => e.kind === 'code.issued').body.code;
	let answer;
	for (let i = 0; i < 11; i++)
		answer = await ask(i % 2 ? official : 'T18685.7-261124-0200', `ZZZZ${1000 + i}`);
	assert.equal(answer.status, 429);
});
test('and so does a number that nobody has', async () => {
	let answer;
	for (let i = 0; i < 12; i++) answer = await ask('T18685.7-261124-0888', `ZZZZ${1000 + i}`);
	assert.equal(answer.status, 429, 'else waiting would tell which numbers exist');
});
test('markup, other bytes and long fields come back as a page', async () => {
	for (const [so, ma] of [['<script>alert(1)</script>', '"><b>'], ['x'.repeat(5000), 'y'], ['\u0000', 'z'],
		['%ff%fe', '\u202e']]) {
		const page = await ask(so, ma);
		assert([400, 404, 413, 422].includes(page.status), `${page.status}`);
		assert(!page.html.includes('<script>alert'), 'escaped');
	}
});
test('another site cannot ask from a citizen’s browser', async () => {
	const page = await citizen.post('/tra-cuu', { so: code, ma: typed }, { Origin: 'https://evil.example' });
	assert.equal(page.status, 403);
});
test('no log holds a secret, a number or an address', () => {
	for (const side of ['lookup', 'lookup.0', 'access', 'lighttpd', 'lighttpd.0']) {
		const log = stack.log('center', side);
		for (const word of [qr, typed, '/h/', '0'.repeat(32)]) assert(!log.includes(word), `${side}: ${word}`);
	}
	citizen.close();
	board.close();
});

await run();
