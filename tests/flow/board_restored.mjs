// board_restored.mjs: a board put back from an old copy fetches its own events back and opens a new
// epoch; what one wrote meanwhile is recorded as a branch, kept on both sides, and the counter goes on. A
// center put back gets from the board what it lost. What was erased in between stands in no file of either.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test, run, cleanup, until } from '../lib/check.mjs';
import { Stack } from '../lib/stack.mjs';
import { accept, acceptDossier, act, chooseProcedure, dossier, fault, handOver, person, startDraft, tickPapers, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { jpeg, pdf } from '../lib/files.mjs';

const stack = new Stack({ name: 'board-restored', ports: [9320, 9324] });
cleanup((failed) => stack.down(failed));
const db = path.join(stack.data, 'board/db');
const copy = path.join(stack.data, 'old-copy');
const health = () => JSON.parse(readFileSync(path.join(stack.data, 'board/health/health.json'), 'utf8'));
// With owner and mode.
const copyTo = (from, to) => assert.equal(spawnSync('cp', ['-a', from, to]).status, 0);
const sql = (side, text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, side, 'db/tram.db'), text],
	{ encoding: 'utf8' }).trim();
// Every byte of a side's folder; the words of the search are folded, so any case and any accents.
const WORD = 'Kanaribinhzq';
const holds = (side) => spawnSync('grep', ['-rliaF', WORD, path.join(stack.data, side)], { encoding: 'utf8' }).stdout.trim();
const equal = (seconds = 60) => until('both sides are equal', seconds, () =>
	JSON.stringify(stack.digest('board')) === JSON.stringify(stack.digest('center')));
let clerk, early, late, apart, gone, official;

test.must('a copy, and dossiers that came after it', async () => {
	await stack.up();
	clerk = stack.clerks();
	await clerk.login('canbo');
	early = await acceptDossier(clerk);
	await stack.drained();
	await stack.stop('board');
	copyTo(db, copy);
	await stack.start('board');
	late = await acceptDossier(clerk);
	await stack.drained();
});
test('the old copy is put back: the board fetches its own events and goes on in a new epoch', async () => {
	await stack.stop('board');
	rmSync(db, { recursive: true });
	copyTo(copy, db);
	await stack.start('board');
	await until('fetched', 90, () => /own events are back/.test(stack.log('board', 'forward')));
	clerk = stack.clerks();
	await clerk.login('canbo');
	await stack.drained(60);
	for (const made of [early, late]) assert.equal((await dossier(clerk, made.code)).status, 200, made.code);
	const made = await acceptDossier(clerk);
	await stack.drained(60);
	const [log] = stack.verifyBoth();
	assert.match(log[0], / board 2 /, 'a new epoch');
	assert.notEqual(made.code, late.code);
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	const same = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(same.status, 0, same.stdout + same.stderr);
});
test('put back again, and written on while the link is down: both branches are kept, on both sides', async () => {
	await stack.stop('center');
	await stack.stop('board');
	rmSync(db, { recursive: true });
	copyTo(copy, db);
	await stack.start('board');
	clerk = await stack.clerk('canbo');
	apart = await acceptDossier(clerk);
	const again = await acceptDossier(clerk);
	assert.equal(apart.code, late.code, 'the old copy gives the number out once more');
	await stack.start('center');
	await until('recorded', 90, () => /a branch of \d+ events is recorded/.test(stack.log('board', 'forward')));
	await stack.drained(60);
	const [log] = stack.verifyBoth();
	assert.match(log[0], / board [3-9] /, 'a new epoch');
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	for (const side of ['board', 'center']) {
		const same = stack.tram(side, ['rebuild', '--compare']);
		assert.equal(same.status, 0, same.stdout + same.stderr);
		assert.equal(sql(side, "SELECT count(*) FROM journal WHERE author = 2 AND CAST(header AS TEXT) LIKE '%kind dossier.accepted%'"), '2');
		assert.equal(sql(side, `SELECT count(*) FROM dossier WHERE code = '${late.code}'`), '2', 'neither is lost');
		assert.equal(sql(side, 'SELECT count(*) - count(DISTINCT id) FROM journal'), '0', 'nothing is doubled');
	}
	assert.equal((await dossier(clerk, again.code)).status, 200);
});
test('it goes on: what is accepted now reaches the center, under a number nobody has', async () => {
	clerk = await stack.clerk('canbo');
	const made = await acceptDossier(clerk);
	await stack.drained(60);
	assert.equal(sql('center', `SELECT count(*) FROM dossier WHERE code = '${made.code}'`), '1');
	stack.verifyBoth();
	assert.equal(health().link, 'ok');
});
// A scan, its file's name, a note and the names: each holds the word.
test.must('a dossier that is over, and an old copy of either side that holds its names', async () => {
	const draft = await startDraft(clerk, person({ name: `Ông ${WORD} Thử` }));
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	const name = `file.${/name="file\.([^"]+)"/.exec(papers.html)[1]}`;
	gone = await accept(clerk, await tickPapers(clerk, papers, [
		{ name, filename: `${WORD}.pdf`, type: 'application/pdf', content: pdf(`Ong ${WORD}`) },
		{ name, filename: 'anh.jpg', type: 'image/jpeg', content: jpeg() }]));
	await act(clerk, gone.code, 'ghi-chu', { text: `Bà ${WORD} gọi hỏi` });
	assert.equal((await (await stack.clerk('quanly')).get(url(gone.code, 'xoa-du-lieu'))).status, 409, 'not while it is open');
	await act(clerk, gone.code, 'rut', { asked_by: `Ông ${WORD} Thử`, reason: `${WORD} không cần nữa` });
	await stack.drained(60);
	assert.match(holds('center'), /blobs\//, 'the scan is there too');
	for (const side of ['board', 'center']) {
		await stack.stop(side);
		mkdirSync(path.join(stack.data, 'copies', side), { recursive: true });
		copyTo(path.join(stack.data, side, 'db'), path.join(stack.data, 'copies', side));
		assert.notEqual(holds(`copies/${side}`), '', 'the copies are worth searching');
	}
	await stack.start('center');
	await stack.start('board');
	clerk = await stack.clerk('canbo');
});
test.must('the manager and a second person erase it: the number stays, no word of a person, on either side', async () => {
	const manager = await stack.clerk('quanly');
	const page = await manager.get(url(gone.code, 'xoa-du-lieu'));
	const second = { second_login: 'nguoiky', second_password: PASSWORD };
	for (const [values, field] of [[{ ...second }, 'ground'], [{ ground: 'tùy ý', ...second }, 'ground'],
		[{ ground: 'request' }, 'second_login'], [{ ground: 'request', ...second, second_login: 'quanly' }, 'second_login'],
		[{ ground: 'request', ...second, second_login: 'canbo' }, 'second_login']]) {
		const again = await manager.submit(page, '/xoa-du-lieu', { number: '12/GYC', ...values });
		assert.equal(again.status, 422, JSON.stringify(values));
		assert(fault(again, field) && again.html.includes('12/GYC'), JSON.stringify(values));
	}
	assert.notEqual(holds('board'), '', 'nothing is erased yet');
	const typed = manager.form(page, '/xoa-du-lieu').fields.filter(([name]) => !/^(ground|number|second_)/.test(name));
	const sent = () => manager.post(url(gone.code, 'xoa-du-lieu'), [...typed, ['ground', 'request'], ['number', '12/GYC'], ...Object.entries(second)]);
	for (const answer of await Promise.all([sent(), sent()])) assert.equal(answer.location, url(gone.code), answer.text.slice(0, 300));
	const shown = await dossier(manager, gone.code);
	assert.match(shown.text, /đã được xóa lúc .*bởi .*cùng đồng ý.*Người dân yêu cầu xóa.*12\/GYC/s);
	assert.match(shown.text, /Đã rút.*\(đã xóa\)/s);
	assert.equal((await manager.submit(await manager.get(url(gone.code, 'xoa-du-lieu')), '/xoa-du-lieu', { ground: 'request', ...second })).status, 409, 'nothing is left');
	const found = async (q) => (await clerk.submit(await clerk.get('/quay'), '/tim', { q })).html.includes(gone.code);
	assert.equal(await found(WORD), false);
	assert.equal(await found(gone.code), true);
	// What leads to papers of it: a page, not an error.
	for (const [, to] of shown.html.matchAll(/href="(\/ho-so\/[^"#]+)"/g)) assert((await manager.get(to)).status < 500, to);
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	await handOver(clerk, code);
	official = code;
	await stack.drained();
	await until('the province gave it a number', 30, () => sql('board', `SELECT official FROM dossier WHERE code = '${official}'`) !== '');
	await equal();
	for (const side of ['board', 'center']) {
		assert.equal(holds(side), '', side);
		assert.equal(sql(side, `SELECT state || applicant || phone || files_total FROM dossier WHERE code = '${gone.code}'`), '110', side);
		assert.equal(sql(side, `SELECT count(*) FROM dossier_file f JOIN dossier d ON d.id = f.dossier WHERE d.code = '${gone.code}'`), '0');
		const same = stack.tram(side, ['rebuild', '--compare']);
		assert.equal(same.status, 0, same.stdout + same.stderr);
	}
	stack.verifyBoth();
});
const number = (side) => sql(side, `SELECT official FROM dossier WHERE code = '${official}'`);
test('the board is put back from the copy that still holds it: what was erased is erased anew', async () => {
	const before = number('board');
	await stack.stop('board');
	rmSync(db, { recursive: true });
	copyTo(path.join(stack.data, 'copies/board/db'), db);
	assert.notEqual(holds('board'), '');
	await stack.start('board');
	await equal(90);
	assert.equal(holds('board'), '');
	assert.equal(number('board'), before);
	stack.verifyBoth();
});
test('the center is put back: it gets back what it lost of both logs, and the erase with it', async () => {
	const before = number('center');
	await stack.stop('center');
	rmSync(path.join(stack.data, 'center/db'), { recursive: true });
	copyTo(path.join(stack.data, 'copies/center/db'), path.join(stack.data, 'center/db'));
	assert.notEqual(holds('center'), '');
	assert.equal(number('center'), '');
	await stack.start('center');
	await until('it was told', 60, () => /gave back events=/.test(stack.log('center', 'machine')));
	await equal(90);
	assert.equal(holds('center'), '');
	assert.equal(number('center'), before, 'the number is the same, not a second one');
	for (const side of ['board', 'center']) {
		assert.equal(sql(side, 'SELECT count(*) - count(DISTINCT id) FROM journal'), '0', 'nothing is doubled');
		const same = stack.tram(side, ['rebuild', '--compare']);
		assert.equal(same.status, 0, same.stdout + same.stderr);
		assert.equal(holds(side), '', side);
	}
	stack.verifyBoth();
	clerk = await stack.clerk('canbo');
	const made = await acceptDossier(clerk);
	await stack.drained(60);
	assert.equal(sql('center', `SELECT count(*) FROM dossier WHERE code = '${made.code}'`), '1');
	clerk.close();
});
await run();
