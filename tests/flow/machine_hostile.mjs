// machine_hostile.mjs: a board that was taken over writes what no board of ours would: the center
// stores it, goes on answering, and neither its pages nor its own journal stop.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test, run, cleanup } from '../lib/check.mjs';
import { Stack, root } from '../lib/stack.mjs';
import { Board, acceptedBody, id16, sha256 } from '../lib/board.mjs';

const stack = new Stack({ name: 'machine-hostile', ports: [9794, 9797] });
cleanup((failed) => stack.down(failed));
let board;
let count = 0;
const nextCode = () => `T18685.7-261124-${String(++count).padStart(4, '0')}`;
// JSON text with numbers that JavaScript cannot hold.
const withLimits = (body) => JSON.stringify(body).replace(/"#MAX"/g, '9223372036854775807')
	.replace(/"#MIN"/g, '-9223372036854775808');

// Adds an accepted dossier, handed over when over is given; its subject.
function take(body, over) {
	const subject = id16();
	board.log.add('dossier.accepted', { subject, bodyText: withLimits(body) });
	if (over) board.log.add('dossier.handed_over', { subject, body: { unit: 'Sở Thử nghiệm', ...over } });
	return subject;
}
async function codeOf(subject) {
	const events = [];
	for (;;) {
		const more = await board.feed(events.length);
		if (!more.length) break;
		events.push(...more);
	}
	const issued = events.filter((e) => e.kind === 'code.issued' && e.subject === subject);
	assert.equal(issued.length, 1, 'one official code');
	return issued[0].body.code;
}

test.must('a center and a board', async () => {
	await stack.up(['center']);
	board = new Board(stack, 'b18685-7');
	assert.equal((await board.hello()).status, 200);
});
test('times at the ends of the numbers', async () => {
	for (const end of ['#MAX', '#MIN'])
		take({ ...acceptedBody(nextCode()), received_at: end, due: { has: true, at: end, certain: true, calendar: 'x' } },
			{ agency: 'H27.1' });
	await board.ship();
});
test('an agency that no code can be made of: the center takes its own', async () => {
	for (const agency of ['X'.repeat(40000), '<b>"/../x', 'H27.1-261124', '000.00.00.H27', 'h27.1']) {
		const from = board.log.seq + 1;
		const subject = take(acceptedBody(nextCode()), { agency });
		await board.ship(from);
		assert.match(await codeOf(subject), /^H27\.998-\d{6}-\d{4}$/, agency.slice(0, 20));
	}
	const from = board.log.seq + 1;
	const subject = take(acceptedBody(nextCode()), { agency: 'H27.1' });
	await board.ship(from);
	assert.match(await codeOf(subject), /^H27\.1-\d{6}-\d{4}$/);
});
test('sizes whose sum no number holds', async () => {
	const bytes = randomBytes(100);
	const sha = sha256(bytes).toString('hex');
	const file = (size, name) => ({ sha256: sha, size, type: 'image/png', name });
	let from = board.log.seq + 1;
	take(acceptedBody(nextCode(), { files: [file(100, 'a')] }));
	await board.ship(from);
	assert.equal((await board.upload(bytes)).status, 204);
	from = board.log.seq + 1;
	take(acceptedBody(nextCode(), { files: [file('#MAX', 'a'), file('#MAX', 'b'), file('#MIN', 'c')] }));
	await board.ship(from);
});
test('codes that are no codes', async () => {
	const from = board.log.seq + 1;
	for (const code of ['a/b', '../x', '\u0001', 'x'.repeat(3000), '%00', '<script>', 'T18685.7-261124-0001'])
		take(acceptedBody(code), {});
	await board.ship(from);
});
// Bodies of every kind, their values exchanged for the ends of the numbers, wrong types, erased.
const kinds = path.join(root, 'tests/data/kinds');
const table = readFileSync(path.join(root, 'cgi/dossier/kind_table.c'), 'utf8');
const subjectOf = (kind) =>
	(new RegExp(`OTHER\\("${kind}", SUBJECT_(\\w+)`).exec(table)?.[1] ?? 'dossier').toLowerCase();
const examples = readdirSync(kinds).filter((n) => n.endsWith('.json')).map((name) => {
	const kind = name.replace(/\.\d+\.json$/, '');
	return { kind, subject: subjectOf(kind), body: JSON.parse(readFileSync(path.join(kinds, name), 'utf8')) };
});
let seed = Number(process.env.SEED ?? Date.now() % 1e6);
const dice = (n) => {
	seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
	return (seed >>> 8) % n;
};
function spoil(value) {
	if (dice(12) === 0)
		return ['#MAX', '#MIN', 0, -1, '', 'x'.repeat(2000), null, [], {}, true][dice(10)];
	if (Array.isArray(value)) return value.map(spoil);
	if (value && typeof value === 'object')
		return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spoil(v)]));
	return value;
}
test('every kind of event with anything in it, in any order', async () => {
	console.log(`   seed ${seed}`);
	const subjects = Array.from({ length: 12 }, id16);
	for (let batch = 0; batch < 30; batch++) {
		const from = board.log.seq + 1;
		let lines = '';
		for (let i = 0; i < 40; i++) {
			const often = ['dossier.accepted', 'book.opened', 'book.numbered'][dice(3)];
			const { kind, subject, body } = dice(6) ? examples[dice(examples.length)]
				: examples.find((e) => e.kind === often);
			const event = board.log.make(kind, { subject: subjects[dice(subjects.length)],
				subjectKind: subject, bodyText: withLimits(dice(3) ? spoil(body) : body) });
			const line = dice(8) ? event.line : `${JSON.stringify({ h: event.header })}\n`;
			const answer = await board.journal(line);
			if (answer.status === 422 && /:kind"/.test(answer.html)) continue;	// the center's alone
			if (kind === 'fork.recorded' && answer.status === 409 && /:branch"/.test(answer.html)) continue;	// its branch has not come
			assert.equal(answer.status, 200, `${kind} ${answer.html} ${event.bodyText}`);
			Object.assign(board.log, { seq: event.seq, hash: event.hash });
			lines += line;
		}
		assert(board.log.seq >= from, lines);
	}
});
test("the officers' pages show all of it", async () => {
	const officer = stack.officers();
	await officer.login('tinh');
	for (const filter of ['moi', 'dang-xu-ly', 'da-xong', 'tat-ca']) {
		const inbox = await officer.get(`/ho-so?loc=${filter}`);
		assert.equal(inbox.status, 200);
		assert(!inbox.html.includes('<script>'), 'escaped');
		for (const [, link] of inbox.html.matchAll(/href="(\/ho-so\/[^"]*)"/g))
			assert((await officer.get(link)).status < 500, link.slice(0, 80));
	}
	officer.close();
});
test('a code with line breaks goes nowhere in a header', async () => {
	const from = board.log.seq + 1;
	const subject = take(acceptedBody('a\r\nSet-Cookie: x=1'), { agency: 'H27.1' });
	await board.ship(from);
	const officer = stack.officers();
	await officer.login('tinh');
	const page = await officer.get(`/ho-so/${board.name}/${await codeOf(subject)}`);
	assert.equal(page.status, 200, page.text.slice(0, 200));
	const taken = await officer.submit(page, 'nhan-xu-ly', {}, { follow: false });
	assert.equal(taken.status, 400, 'no such address can be asked for');
	assert.equal(taken.headers['set-cookie'], undefined);
	assert(taken.target.endsWith('/a%0D%0ASet-Cookie%3A%20x%3D1/nhan-xu-ly'), taken.target);
	officer.close();
});
test('the journal is whole and rebuilds to the same tables', async () => {
	const verify = stack.tram('center', ['verify']);
	// Events that came without a body and no erase are told; nothing else is wrong.
	const faults = verify.stdout.split('\n').filter((line) => line.startsWith('fault ')
		&& !line.includes('the body is missing, and no event erased it'));
	assert.deepEqual(faults, [], verify.stdout);
	const rebuild = stack.tram('center', ['rebuild', '--compare']);
	assert.equal(rebuild.status, 0, rebuild.stdout);
});
await run();
