// Goal: the first day from the seven ticks to "official from"; the rehearsal's grid filled by what people
// did; the director's page counts what is really late, due and waiting; rehearsal cards are read as cards.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, decideAtCommune } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'first-day', ports: [9624, 9627] });
cleanup((failed) => stack.down(failed));
const ITEMS = ['names', 'hours', 'people', 'signers', 'procedures', 'books', 'print'];
const people = {};
let boss;
const form = (page, item) => page.html.split('<form').find((part) => part.includes(`name="item" value="${item}"`));

test.must('a board in rehearsal', async () => {
	await stack.up(['board']);
	for (const login of ['canbo', 'chuyenvien', 'nguoiky', 'quanly']) {
		people[login] = stack.clerks();
		await people[login].login(login);
	}
	boss = people.quanly;
});
test('seven ticks, each with its fact; a tick can be taken back; the page is the manager\'s', async () => {
	let page = await boss.get('/quan-ly/chuan-bi');
	assert.match(page.text, /Đã xong 0\/7 việc/);
	assert(!page.html.includes('[?]'));
	for (const url of page.html.matchAll(/class="btn" href="([^"]+)"/g)) assert.equal((await boss.get(url[1])).status, 200, url[1]);
	for (const item of ITEMS)
		page = await boss.submit(page, `value="${item}"`, { done: '1' });
	assert.match(page.text, /Đã xong 7\/7 việc/);
	const back = await boss.submit(page, 'value="books"', {});
	assert.match(back.text, /Đã xong 6\/7 việc/);
	const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)[1];
	assert.equal((await boss.post('/quan-ly/chuan-bi', { csrf, item: 'live', done: '1' })).status, 400);
	assert.equal((await boss.post('/quan-ly/chuan-bi', { csrf, item: 'x', done: '1' })).status, 400);
	for (const url of ['/quan-ly', '/quan-ly/chuan-bi', '/quan-ly/chay-thu', '/quan-ly/the-quay'])
		assert.equal((await people.canbo.get(url)).status, 403, url);
	assert(form(page, 'names'));
});
test('not official before everything is ticked, nor from a day that is over; then it is', async () => {
	const page = await boss.get('/quan-ly/chuan-bi');
	const early = await boss.submit(page, 'name="from"', { from: '01/01/2099' });
	assert.equal(early.status, 422);
	assert.match(early.text, /Còn việc chuẩn bị/);
	await boss.submit(page, 'value="books"', { done: '1' });
	for (const from of ['01/01/2020', '31/02/2099', '', 'mai']) {
		const wrong = await boss.submit(await boss.get('/quan-ly/chuan-bi'), 'name="from"', { from });
		assert.equal(wrong.status, 422, from);
		assert(wrong.html.includes('id="from-loi"'), from);
	}
	const before = stack.status().head_seq;
	const ready = await boss.get('/quan-ly/chuan-bi');
	const [one, two] = await Promise.all([1, 2].map(() => boss.submit(ready, 'name="from"', { from: '01/12/2099' })));
	assert.match(one.text, /Chính thức từ 01\/12\/2099/);
	assert.match(two.text, /Chính thức từ 01\/12\/2099/);
	if (before !== undefined) assert.equal(stack.status().head_seq, before + 1, 'one event for two taps');
});
test('the grid fills with what each person did', async () => {
	const before = await boss.get('/quan-ly/chay-thu');
	assert.match(before.text, /Còn \d+ việc chưa ai làm thử/);
	const { code } = await acceptDossier(people.canbo);
	await act(people.canbo, code, 'chuyen');
	await decideAtCommune({ clerk: people.canbo, specialist: people.chuyenvien, signer: people.nguoiky }, code);
	const after = await boss.get('/quan-ly/chay-thu');
	assert.match(after.text, /Mọi người đã làm đủ/);
	assert(!after.text.includes('Chưa làm'));
	const sheet = await boss.get('/quan-ly/chay-thu/bien-ban');
	assert.match(sheet.text, /BIÊN BẢN SẴN SÀNG/);
	assert.match(sheet.text, /Chính thức từ 01\/12\/2099/);
	assert(!sheet.html.includes('[?]'));
});
test('practice cards are read as cards of invented people', async () => {
	const page = await boss.get('/quan-ly/chay-thu/the');
	const numbers = [...page.html.matchAll(/<br>(000[01]85\d{6})<br>/g)].map(([, number]) => number);
	assert.equal(new Set(numbers).size, 8);
	const card = `${numbers[1]}||Trần Thị Mẫu|02031985|Nữ|Thôn Chạy Thử, xã Cẩm Bình, Hà Tĩnh|01012022`;
	const found = await people.canbo.submit(await people.canbo.get('/quay'), '/tim', { q: card });
	assert.equal(found.status, 200);
	assert.match(found.text, /Trần Thị Mẫu/);
	assert(!/không khớp|chưa đúng/.test(found.text));
});
test('a new clerk is led through a first dossier, ticked by what she herself did', async () => {
	const added = stack.tram('board', ['user', 'add', 'moivao', '--name', 'Vũ Thị Mới', '--roles', 'intake', '--keep-password'], 'Tram-Demo-2026!\n');
	assert.equal(added.status, 0, added.stderr);
	const clerk = stack.clerks();
	await clerk.login('moivao');
	assert.match((await clerk.get('/viec')).html, /href="\/tap-su"/);
	const begin = await clerk.get('/tap-su');
	assert.match(begin.html, /<svg/, 'a card to scan from the screen');
	assert.equal((begin.text.match(/Đã làm/g) ?? []).length, 0, 'others’ dossiers are not hers');
	const found = await clerk.submit(begin, 'Dùng thẻ tập này');
	assert.match(found.text, /Đặng Thị Quen/, found.text.slice(0, 300));
	const { code } = await acceptDossier(clerk);
	assert.equal(((await clerk.get('/tap-su')).text.match(/Đã làm/g) ?? []).length, 1);
	await clerk.submit(await clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`), '/da-in');
	await act(clerk, code, 'chuyen');
	await act(clerk, code, 'ghi-chu', { text: 'Hồ sơ tập' });
	const done = await clerk.get('/tap-su');
	assert.match(done.text, /Đã làm đủ bốn việc/, done.text.slice(0, 500));
	assert.equal((await people.chuyenvien.get('/tap-su')).status, 403);
});
test('the director\'s page: who is due when, what waits; it can be printed', async () => {
	const { code } = await acceptDossier(people.canbo);
	const page = await boss.get('/quan-ly');
	assert.equal(page.status, 200);
	assert(!page.html.includes('[?]'));
	await act(people.canbo, code, 'chuyen');
	await act(people.chuyenvien, code, 'nhan-xu-ly');
	const later = await boss.get('/quan-ly');
	for (const word of ['Người đang chờ', 'Quá hạn', 'Đến hạn hôm nay', 'Kết quả chờ người dân']) assert(later.text.includes(word), word);
	assert.match(later.text, /Lê Văn Thử|Không có hồ sơ quá hạn/);
});
test('a complaint is taken down, answered once, and the director\'s page counts it meanwhile', async () => {
	const where = '/quan-ly/phan-anh';
	const form = await boss.get(where);
	assert.match(form.html, /name="answer_by"[^>]*value="\d\d\/\d\d\/\d{4}"/, 'a day is proposed');
	for (const [values, field] of [[{ text: '' }, 'text'], [{ text: 'x'.repeat(4001) }, 'text'], [{ text: 'Chờ lâu', phone: '12' }, 'phone'],
		[{ text: 'Chờ lâu', answer_by: '01/01/2020' }, 'answer_by'], [{ text: 'Chờ lâu', answer_by: '31/02/2099' }, 'answer_by'], [{ text: 'Chờ lâu', answer_by: '' }, 'answer_by']]) {
		const page = await boss.submit(form, where, values);
		assert.equal(page.status, 422, JSON.stringify(values).slice(0, 80));
		assert(page.html.includes(`href="#${field}"`) && page.html.includes(`id="${field}-loi"`), field);
	}
	const said = { text: 'Chờ lâu ở quầy 2 <b>sáng thứ hai</b>', from: 'Nguyễn Văn Thử', phone: '0900 000 001' };
	const [page] = await Promise.all([1, 2].map(() => boss.submit(form, where, said)));
	assert.match(page.text, /01\/\d{4} Chờ lâu ở quầy 2 <b>sáng thứ hai<\/b> Nguyễn Văn Thử ?0900000001/);
	assert(!/02\/\d{4} Chờ/.test((await boss.get(where)).text), 'written once');
	assert.match((await boss.get('/quan-ly')).text, /Phản ánh chờ trả lời: 1/);
	const one = await boss.get(/href="(\/quan-ly\/phan-anh\/[0-9a-f]{32})"/.exec(page.html)[1]);
	assert.equal((await boss.submit(one, where, { answer: '' })).status, 422);
	const done = await boss.submit(one, where, { answer: 'Đã mở thêm quầy 3' });
	assert.match(done.text, /Đã mở thêm quầy 3/);
	const again = { ...one, html: one.html.replace(/name="form_id" value="[0-9a-f]{32}"/, `name="form_id" value="${'a'.repeat(32)}"`) };
	const late = await boss.submit(again, where, { answer: 'Câu khác' });
	assert.equal(late.status, 409);
	assert.match(late.text, /đã có người trả lời[\s\S]*Câu khác[\s\S]*Đã mở thêm quầy 3/);
	assert(!/Phản ánh chờ trả lời/.test((await boss.get('/quan-ly')).text));
	for (const odd of [`${where}/${'0'.repeat(32)}`, `${where}/x`]) assert.equal((await boss.get(odd)).status, 404);
	assert.equal((await people.canbo.get(where)).status, 403);
});
test('the tables made anew are the same', async () => {
	await stack.stop('board');
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
});

await run();
