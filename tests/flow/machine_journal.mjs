// machine_journal.mjs: what the center takes from a board and what it refuses; a refusal changes
// nothing; the receipt of a position is given once and repeated byte for byte; a handed-over dossier
// gets one official code, whatever is replayed.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { test, run, cleanup } from '../lib/check.mjs';
import { Stack } from '../lib/stack.mjs';
import { Board, acceptedBody, id16, problem } from '../lib/board.mjs';

const stack = new Stack({ name: 'machine-journal', ports: [9720, 9730] });
cleanup((failed) => stack.down(failed));
let board;
const dossier = id16();
let first;

// Sends a forged batch and checks that it is refused so, and that the head stays.
async function refused(lines, status, name, options) {
	const answer = await board.journal(lines, options);
	assert.equal(answer.status, status, `${name}: ${answer.status} ${answer.html}`);
	assert.equal(problem(answer), name);
	const hello = await board.hello();
	const welcome = board.statement(JSON.parse(hello.html).receipt, 'tram-hello');
	assert.equal(welcome.board_seq, board.log.seq, `head moved by a refused ${name}`);
	assert.equal(welcome.board_seq === 0 ? '0'.repeat(64) : welcome.board_hash, board.log.hash);
	return JSON.parse(answer.html);
}

test.must('a center and a board', async () => {
	await stack.up(['center']);
	board = new Board(stack, 'b18685-7');
	assert.equal((await board.hello()).status, 200);
});
test('before the first event there is nothing to receipt', async () => {
	await refused('', 409, 'gap');
});
test.must('an accepted dossier is taken and receipted', async () => {
	board.log.add('dossier.accepted', { subject: dossier, body: acceptedBody('T18685.7-261124-0001') });
	first = await board.ship();
	assert.deepEqual([...(await board.feed())].map((e) => e.kind), ['manifest.complete'],
		'no code before the hand-over; an empty manifest is complete');
});
test('the same position again: the stored receipt, byte for byte', async () => {
	for (const options of [{}, { gzip: false }]) {
		const answer = await board.journal(board.log.lines(), options);
		assert.equal(answer.status, 200);
		assert.equal(JSON.parse(answer.html).receipt, first);
	}
	assert.equal(JSON.parse((await board.journal('')).html).receipt, first, 'asked with an empty body');
});
test('a gap', async () => {
	const ahead = board.log.make('note.added', { subject: dossier, seq: 3, body: { text: 'x' } });
	const told = await refused(ahead.line, 409, 'gap');
	assert.equal(told.seq, 3);
	assert.equal(told.head_seq, 1);
});
test('a fork', async () => {
	const other = board.log.make('dossier.accepted', { seq: 1, prev: '0'.repeat(64),
		body: acceptedBody('T18685.7-261124-0009') });
	await refused(other.line, 409, 'fork');
});
test('a broken chain', async () => {
	const wrong = board.log.make('note.added', { subject: dossier, prev: 'f'.repeat(64), body: { text: 'x' } });
	await refused(wrong.line, 422, 'hash');
});
test('a body that is not the hashed one', async () => {
	const wrong = board.log.make('note.added', { subject: dossier, body: { text: 'thật' } });
	await refused(wrong.line.replace('thật', 'giả'), 422, 'body');
	const salted = board.log.make('note.added', { subject: dossier, body: { text: 'x' } });
	await refused(salted.line.replace(salted.salt.toString('base64url'),
		randomBytes(32).toString('base64url')), 422, 'body');
});
test('a body over 64 KiB', async () => {
	const big = board.log.make('note.added', { subject: dossier, body: { text: 'x'.repeat(65536) } });
	const answer = await board.journal(big.line);
	assert.equal(answer.status, 422, answer.html);
	assert(['body', 'line'].includes(problem(answer)));
});
test('the name of another board, or the center as author', async () => {
	await refused(board.log.make('note.added', { subject: dossier, board: 'b18685-1', body: { text: 'x' } }).line,
		422, 'identity');
	await refused(board.log.make('note.added', { subject: dossier, author: 'center', body: { text: 'x' } }).line,
		422, 'identity');
});
test("kinds that are the center's alone", async () => {
	for (const [kind, body] of [
		['code.issued', { code: 'H27.1-261124-0001', agency: 'H27.1', sequence: 1 }],
		['manifest.complete', { version: 1, files: 0, complete_at: 1 }],
		['dossier.handed_back', {}],
		['dossier.seized', { reason: 'x', epoch: 2 }]])
		await refused(board.log.make(kind, { subject: dossier, body }).line, 422, 'kind');
});
test("an actor of the center's", async () => {
	await refused(board.log.make('note.added', { subject: dossier, actor: 'c-0123456789abcdef', body: { text: 'x' } }).line,
		422, 'kind');
});
test('lines that are no events', async () => {
	for (const line of ['{}\n', 'x\n', '[]\n', '{"h":"tram-event 2\\n"}\n', '\n', '{"h":1}\n',
		`${JSON.stringify({ h: 'tram-event 1\nboard b18685-7\n', s: '', b: '{}' })}\n`]) {
		const answer = await board.journal(line);
		assert.equal(answer.status, 422, `${line}: ${answer.status} ${answer.html}`);
		assert(['line', 'hash'].includes(problem(answer)), problem(answer));
	}
	const cut = board.log.make('note.added', { subject: dossier, body: { text: 'x' } });
	const answer = await board.journal(cut.line.slice(0, -1));
	assert.equal(answer.status, 422, 'a last line without its end is a cut line');
});
test('one bad line in a batch: none of it is kept', async () => {
	const seq = board.log.seq;
	const hash = board.log.hash;
	const good = board.log.add('note.added', { subject: dossier, body: { text: 'tốt' } });
	const bad = board.log.make('code.issued', { subject: dossier,
		body: { code: 'H27.1-261124-0001', agency: 'H27.1', sequence: 1 } });
	Object.assign(board.log, { seq, hash });
	board.log.events.pop();
	const told = await refused(good.line + bad.line, 422, 'kind');
	assert.equal(told.line, 2);
});
test('not gzip, though said so; an unknown coding; a bomb', async () => {
	for (const [body, headers, status] of [
		[Buffer.from('not gzip at all'), { 'Content-Encoding': 'gzip' }, 400],
		[gzipSync('x').subarray(0, 12), { 'Content-Encoding': 'gzip' }, 400],
		[Buffer.from('x'), { 'Content-Encoding': 'br' }, 400],
		[gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20)), { 'Content-Encoding': 'gzip' }, 413]]) {
		const answer = await board.journal(body, { gzip: false, headers });
		assert.equal(answer.status, status, answer.html);
	}
	const oversize = await board.journal(randomBytes(3 * 1024 * 1024), { gzip: false });
	assert.equal(oversize.status, 413, 'over the limit as it stands');
	assert.equal((await board.hello({ padding: 'x'.repeat(10000) })).status, 413);
	assert.equal((await board.hello()).status, 200, 'and it still answers');
});
test('an unknown kind is stored and receipted, and holds nothing up', async () => {
	const from = board.log.seq + 1;
	board.log.add('dossier.dreamt', { subject: dossier, version: 7, body: { anything: true } });
	board.log.add('note.added', { subject: dossier, body: { text: 'sau đó' } });
	await board.ship(from);
});
test('what breaks a rule is stored and parked', async () => {
	const from = board.log.seq + 1;
	board.log.add('dossier.result_returned', { subject: dossier,
		body: { returned_at: Date.now(), receiver: { self: true, name: 'Nguyễn Văn Thử' } } });
	await board.ship(from);
});
test('a hand-over gets one official code, whatever is replayed', async () => {
	const before = (await board.feed()).length;
	const from = board.log.seq + 1;
	board.log.add('dossier.handed_over', { subject: dossier, body: { unit: 'Sở Thử nghiệm', agency: 'H27.1' } });
	const receipt = await board.ship(from);
	const events = await board.feed(before);
	assert.deepEqual(events.map((e) => e.kind), ['code.issued']);
	assert.match(events[0].body.code, /^H27\.1-\d{6}-\d{4,}$/);
	assert.equal(events[0].actor, 'system');
	assert.equal(events[0].subject, dossier);
	for (const again of [from, 1, 2]) {
		const answer = await board.journal(board.log.lines(again));
		assert.equal(JSON.parse(answer.html).receipt, receipt, 'a replay gets the stored receipt');
	}
	await Promise.all([1, 2, 3, 4].map(() => board.journal(board.log.lines())));
	assert.equal((await board.feed()).length, before + 1);
});
test('numbers of a day have no gap over two boards', async () => {
	const other = new Board(stack, 'b18685-8');
	const codes = [];
	for (const [one, code] of [[board, 'T18685.7-261124-0002'], [other, 'T18685.8-261124-0001'],
		[board, 'T18685.7-261124-0003']]) {
		const subject = id16();
		const from = one.log.seq + 1;
		const had = (await one.feed()).length;
		one.log.add('dossier.accepted', { subject, body: acceptedBody(code) });
		one.log.add('dossier.handed_over', { subject, body: { unit: 'Sở Thử nghiệm', agency: 'H27.1' } });
		await one.ship(from);
		codes.push((await one.feed(had)).find((e) => e.kind === 'code.issued').body.sequence);
	}
	assert.deepEqual(codes, [2, 3, 4]);
	other.close();
});
test('the feed is a chain of its own and ends at the signed head', async () => {
	const events = await board.feed();
	let prev = '0'.repeat(64);
	events.forEach((event, i) => {
		assert.equal(event.seq, i + 1);
		assert.equal(event.prev, prev);
		prev = event.hash;
	});
	assert.equal(events.head.seq, events.length);
	assert.equal(events.head.hash, prev);
	assert.equal((await board.feed(events.length)).length, 0);
	const past = await board.feed(events.length + 100);
	assert.equal(past.head.seq, events.length, 'asked for more than there is: 204 and the true head');
	for (const wrong of ['', '-1', 'x', '1.5', '99999999999999999999']) {
		const answer = await board.client.request('GET', `/v1/feed?after=${wrong}`);
		assert.equal(answer.status, 400, `after=${wrong}`);
	}
	const plain = await board.client.request('GET', '/v1/feed?after=0',
		{ headers: { 'Accept-Encoding': 'identity' } });
	assert.equal(plain.headers['content-encoding'], undefined);
	assert.equal(plain.html.split('\n').length - 1, events.length);
});
test('several boards, each sending the same batch over six connections at once: one receipt, each code once', async () => {
	const boards = [3, 4, 5].map((n) => new Board(stack, `b18685-${n}`));
	for (const one of boards)
		for (let i = 1; i <= 20; i++) {
			const subject = id16();
			one.log.add('dossier.accepted', { subject, body: acceptedBody(`T${one.name.slice(1).replace('-', '.')}-261124-${String(i).padStart(4, '0')}`) });
			one.log.add('dossier.handed_over', { subject, body: { unit: 'Sở Thử nghiệm', agency: 'H27.7' } });
		}
	const answers = await Promise.all(boards.flatMap((one) =>
		Array.from({ length: 6 }, () => one.journal(one.log.lines()))));
	for (const answer of answers) assert.equal(answer.status, 200, answer.html);
	assert.equal(new Set(answers.map((answer) => answer.html)).size, boards.length, 'a receipt each, byte for byte');
	const codes = [];
	for (const one of boards) {
		codes.push(...(await one.feed()).filter((e) => e.kind === 'code.issued').map((e) => e.body.sequence));
		one.close();
	}
	assert.deepEqual(codes.sort((x, y) => x - y), Array.from({ length: 60 }, (_, i) => i + 1));
});
test('a long batch in parts, and the center verifies', async () => {
	for (let batch = 0; batch < 3; batch++) {
		const from = board.log.seq + 1;
		for (let i = 0; i < 200; i++)
			board.log.add('note.added', { subject: dossier, body: { text: `ghi chú ${batch} ${i}` } });
		await board.ship(from);
	}
	const verify = stack.tram('center', ['verify']);
	assert.equal(verify.status, 0, verify.stdout + verify.stderr);
	board.close();
});

await run();
