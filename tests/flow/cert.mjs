// Goal: the certification counter as a day of it goes: books opened on the paper book's last number, the
// till, the signing tray, numbers at signing and nowhere else, two people at once, handing out, spoiled
// numbers, volumes, the year's closing, the month on paper. Whatever is refused writes nothing.
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'cert', ports: [9966, 9969], board: 'cert_late_minute = 1440\n' });
cleanup((failed) => stack.down(failed));
let clerk, signer, manager;
const CARD = '000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình, Hà Tĩnh|01072022';
const fresh = (login) => stack.clerk(login);
const say = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 500)}`;
const signerId = (page) => /<option value="(u-[^"]+)"/.exec(page.html)[1];
// One visit; rows: [[name, pages, copies, electronic]…]. The page after the button.
async function visit(values = {}, rows = [['Bằng tốt nghiệp', 2, 3]], who = clerk) {
	const page = await who.get('/chung-thuc');
	assert.equal(page.status, 200, say(page));
	const fields = { work: 'copy', name: 'Nguyễn Văn Thử', number: '', pay: 'cash', return: 'now',
		signer: signerId(page) };
	rows.forEach(([name, pages, copies, electronic], i) => Object.assign(fields, { [`paper_${i + 1}`]: name,
		[`pages_${i + 1}`]: String(pages), [`copies_${i + 1}`]: String(copies),
		...(electronic ? { [`electronic_${i + 1}`]: '1' } : {}) }));
	return who.submit(page, '/chung-thuc', { ...fields, ...values }, { button: 'accept' });
}
const codeOf = (page) => decodeURIComponent(/khay\?moi=(.+)$/.exec(page.redirected ?? '')?.[1]
	?? /^\/ho-so\/(.+)\/xong(?:\?hen=doi)?$/.exec(page.redirected ?? '')?.[1] ?? '');
async function accepted(...args) {
	const page = await visit(...args);
	const code = codeOf(page);
	assert(code, `not taken in: ${say(page)}`);
	return { code, page };
}
const waiting = (page) => (page.html.match(/name="pick\[\]"/g) ?? []).length;
const numbers = (page) => [...page.html.matchAll(/<li(?: class="spoiled")?><span class="giant num">(\d+)<\/span><span class="mono">([^<]+)</g)]
	.map(([, number, book]) => `${number}, ${book}`);
async function sign(who = clerk) {
	const tray = await who.get('/chung-thuc/khay');
	return who.submit(tray, 'name="pick[]"');
}
const events = async (code) => (await clerk.get(`/ho-so/${encodeURIComponent(code)}`)).html
	.match(/<li[^>]*><time>/g)?.length ?? 0;
const open = async (values, who = manager) => who.submit(await who.get('/so/chung-thuc'), '/so/chung-thuc',
	{ kind: 'copy', medium: 'paper', volume: '1', last: '0', ...values });
const year = new Date(Date.now() + 7 * 3600000).getUTCFullYear();

test.must('a board, three people', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	signer = await fresh('nguoiky');
	manager = await fresh('quanly');
});

// ---- books ----
test('without a book nothing is taken in, and the page says whom to ask', async () => {
	assert.match((await clerk.get('/chung-thuc')).text, /chưa mở sổ chứng thực nào/);
	assert.match((await manager.get('/quay')).html, /href="\/so\/chung-thuc"/);
	const page = await visit();
	assert.equal(page.status, 422);
	assert.match(page.text, /Chưa mở sổ chứng thực cho loại việc này/);
	assert(page.html.includes('value="Bằng tốt nghiệp"'), 'what was typed stays');
	assert.match((await clerk.get('/chung-thuc/khay')).text, /Khay trống/);
});
test('only a manager opens a book', async () => {
	const page = await clerk.get('/so/chung-thuc');
	assert(!page.html.includes('name="kind"'));
	const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)[1];
	const answer = await clerk.post('/so/chung-thuc', { csrf, form_id: '1'.repeat(32), kind: 'copy',
		medium: 'paper', year: String(year), volume: '1', last: '0' });
	assert.equal(answer.status, 403);
});
test('a year to come, no last number: the form comes back with the sentence', async () => {
	const future = await open({ year: String(year + 1) });
	assert.equal(future.status, 422);
	assert(future.html.includes('id="year-loi"'));
	const empty = await open({ last: '' });
	assert.equal(empty.status, 422);
	assert(empty.html.includes('id="last-loi"'));
	const wrong = await open({ last: 'hai trăm' });
	assert.equal(wrong.status, 422);
	assert(wrong.html.includes('value="hai trăm"'));
});
test.must('the manager goes on from the paper book’s last number', async () => {
	const page = await open({ last: '412' });
	assert.equal(page.status, 200, say(page));
	assert.match(page.text, new RegExp(`01/${year}-SCT/BS`));
	assert.match(page.text, /đã dùng đến số 412/);
	const twice = await open({});
	assert.equal(twice.status, 422);
	assert.match(twice.text, /đã có sổ loại này/);
	for (const kind of ['signature', 'translator'])
		assert.equal((await open({ kind })).status, 200);
	assert(!/chưa mở sổ chứng thực nào/.test((await clerk.get('/chung-thuc')).text));
});

// ---- the till ----
test('what is missing is said beside its field; nothing is lost, nothing written', async () => {
	for (const [values, rows, id] of [
		[{ name: '' }, undefined, 'name-loi'],
		[{}, [['', 2, 3]], 'row_1-loi'],
		[{}, [['Học bạ', 0, 1]], 'row_1-loi'],
		[{}, [['Học bạ', 'nhiều', 1]], 'row_1-loi'],
		[{}, [['Học bạ', 1, 501]], 'row_1-loi'],
		[{}, [], 'row_1-loi'],
		[{ work: 'signature' }, undefined, 'number-loi'],
		[{ work: 'fingerprint' }, undefined, 'number-loi'],
		[{ signer: 'u-0000000000000000' }, undefined, 'signer-loi'],
		[{ pay: 'exempt' }, undefined, 'ground-loi'],
		[{ pay: 'bad' }, undefined, 'pay-loi'],
		[{ signer: 'u' }, undefined, 'signer-loi'],
		[{ return: 'agreed', agreed_at: '' }, undefined, 'agreed_at-loi'],
		[{ return: 'agreed', agreed_at: '2020-01-01T08:00' }, undefined, 'agreed_at-loi'],
		[{ return: 'agreed', agreed_at: `${year + 1}-12-30T08:00` }, undefined, 'written-loi'],
	]) {
		const page = await visit(values, rows);
		assert.equal(page.status, 422, `${id}: ${say(page)}`);
		assert(page.html.includes(`id="${id}"`), `${id}: ${page.text.slice(0, 300)}`);
		assert(page.html.includes('class="summary"'));
	}
	const electronic = await visit({}, [['Học bạ', 1, 1, true]]);
	assert.equal(electronic.status, 422);
	assert.match(electronic.text, /Chưa mở sổ chứng thực điện tử/);
	assert.match((await clerk.get('/chung-thuc/khay')).text, /Khay trống/);
});
test('a card fills name and number, everything else stays; a torn card is told', async () => {
	const page = await clerk.get('/chung-thuc');
	const read = await clerk.submit(page, '/chung-thuc', { card: CARD, paper_1: 'Học bạ', pages_1: '4', copies_1: '2' });
	assert.equal(read.status, 200);
	assert(read.html.includes('value="Nguyễn Văn Thử"') && read.html.includes('value="000090000001"'));
	assert(read.html.includes('value="Học bạ"'));
	assert.match(read.text, /Tổng cộng 12\.000 đ/, 'two pages at 2.000, two at 1.000, two copies');
	const torn = await clerk.submit(page, '/chung-thuc', { card: '000090000001||Nguyễn', paper_1: 'Học bạ' });
	assert.equal(torn.status, 422);
	assert(torn.html.includes('id="card-loi"') && torn.html.includes('value="Học bạ"'));
});
test('a card scanned anywhere leads to the till of this person', async () => {
	const person = await clerk.submit(await clerk.get('/quay'), '/tim', { q: CARD });
	const till = await clerk.submit(person, '/chung-thuc');
	assert.equal(till.status, 200);
	assert(till.html.includes('value="Nguyễn Văn Thử"') && till.html.includes('value="000090000001"'));
	assert(!till.html.includes('class="summary"'));
});
test('only the one button takes in: Enter in a field counts', async () => {
	const page = await clerk.get('/chung-thuc');
	const counted = await clerk.submit(page, '/chung-thuc', { name: 'Nguyễn Văn Thử', paper_1: 'Học bạ',
		pages_1: '100', copies_1: '50' }, { button: 'count' });
	assert.equal(counted.status, 200);
	assert.match(counted.text, /Tổng cộng 5\.100\.000 đ/);
	const more = await clerk.submit(counted, '/chung-thuc', {}, { button: 'more' });
	assert(more.html.includes('name="paper_6"') && more.html.includes('value="Học bạ"'));
	assert.match((await clerk.get('/chung-thuc/khay')).text, /Khay trống/);
});
test('many pages: asked once whether to return later, then as the clerk says', async () => {
	const rows = [['Hồ sơ đất', 30, 3]];
	const asked = await visit({}, rows);
	assert.equal(asked.status, 422);
	assert(asked.html.includes('id="return-loi"'));
	assert.match(asked.html, /value="agreed" checked/);
	const page = await clerk.submit(asked, '/chung-thuc', { return: 'now' }, { button: 'accept' });
	const code = codeOf(page);
	assert(code, say(page));
	await sign();
	await clerk.submit(await clerk.get('/chung-thuc/khay'), 'khay/tra');
});

// ---- one visit ----
test.must('four taps: taken in and sent to sign in one write, numbered at signing, handed out', async () => {
	const { code, page } = await accepted({}, [['Bằng tốt nghiệp', 3, 2], ['Học bạ', 1, 1]]);
	assert.equal(waiting(page), 1);
	assert.equal(await events(code), 3, 'accepted, paid, sent to sign');
	const after = await sign();
	assert.deepEqual(numbers(after), [`414, 01/${year}-SCT/BS`, `415, 01/${year}-SCT/BS`],
		'one number per kind of paper, next after the one before');
	assert.equal(waiting(after), 0);
	const dossier = await clerk.get(`/ho-so/${encodeURIComponent(code)}`);
	assert.match(dossier.text, /Có kết quả, chờ trả/);
	assert.match(dossier.text, new RegExp(`414, 01/${year}-SCT/BS`));
	const done = await clerk.submit(after, 'khay/tra');
	assert.deepEqual(numbers(done), []);
	assert.match((await clerk.get(`/ho-so/${encodeURIComponent(code)}`)).text, /Đã trả/);
});
test('the same form twice is one dossier; the same tray twice gives no second number', async () => {
	const page = await clerk.get('/chung-thuc');
	const fields = { work: 'copy', name: 'Trần Thị Mẫu', paper_1: 'Giấy khai sinh', pages_1: '1', copies_1: '1',
		signer: signerId(page), return: 'now', pay: 'cash' };
	const [a, b] = await Promise.all([0, 1].map(() => clerk.submit(page, '/chung-thuc', fields,
		{ button: 'accept', follow: false })));
	assert.equal(a.status, 303);
	assert.equal(a.location, b.location);
	const tray = await clerk.get('/chung-thuc/khay');
	assert.equal(waiting(tray), 1);
	await clerk.submit(tray, 'name="pick[]"', {}, { follow: false });
	await clerk.submit(tray, 'name="pick[]"', {}, { follow: false });
	const after = await clerk.get('/chung-thuc/khay');
	assert.deepEqual(numbers(after), [`416, 01/${year}-SCT/BS`]);
	await clerk.submit(after, 'khay/tra', {}, { follow: false });
	const again = await clerk.submit(after, 'khay/tra');
	assert.equal(again.status, 200);
});
test('what is not ticked was not signed and stays in the tray', async () => {
	const { code } = await accepted({ name: 'Lê Đình Giả' });
	await accepted({ name: 'Phạm Thị Ví Dụ' });
	const tray = await clerk.get('/chung-thuc/khay');
	const ids = [...tray.html.matchAll(/name="pick\[\]" value="([0-9a-f]+)"/g)].map((m) => m[1]);
	assert.equal(ids.length, 2);
	const none = await clerk.submit(tray, 'name="pick[]"', { 'pick[]': [] });
	assert.match(none.text, /Chưa chọn giấy tờ nào/);
	const after = await clerk.submit(await clerk.get('/chung-thuc/khay'), 'name="pick[]"', { 'pick[]': ids[1] });
	assert.equal(waiting(after), 1);
	assert.match(after.text, /Lê Đình Giả/);
	assert.equal(numbers(after).length, 1);
	await sign();
	assert.match((await clerk.get(`/ho-so/${encodeURIComponent(code)}`)).text, /418, /);
});
test('typed wrong at the till: voided from the tray with a manager while nobody signed, and no number is lost', async () => {
	const { code } = await accepted({ name: 'Trần Thị Gõ Nhầm' });
	const at = `/ho-so/${encodeURIComponent(code)}`;
	const tray = await clerk.get('/chung-thuc/khay');
	const [, id] = /name="pick\[\]" value="([0-9a-f]+)" checked><span><b>Trần Thị Gõ Nhầm/.exec(tray.html);
	assert(tray.html.includes(`href="${at}/huy"`), 'the way there stands in the tray');
	const done = await clerk.submit(await clerk.get(`${at}/huy`), '/huy', { reason: 'Gõ nhầm số bản', second_login: 'quanly', second_password: PASSWORD });
	assert.match((await clerk.get(at)).text, /Đã hủy \(nhập nhầm\)/, done.text.slice(0, 300));
	assert.match(done.path, /thu-tien$/, 'the money that was taken is next');
	assert(!(await clerk.get('/chung-thuc/khay')).text.includes('Trần Thị Gõ Nhầm'));
	const late = await clerk.submit(tray, 'name="pick[]"', { 'pick[]': id });
	assert(!late.text.includes('Trần Thị Gõ Nhầm'), 'a tray that was open before gives it no number');
	// Signed or at a desk: the number is spoiled, or the desk sends it back.
	const { code: other } = await accepted({ name: 'Lê Thị Đã Ký' });
	const form = await clerk.get(`/ho-so/${encodeURIComponent(other)}/huy`);
	await sign();
	assert.equal((await clerk.submit(form, '/huy', { reason: 'Gõ nhầm', second_login: 'quanly', second_password: PASSWORD })).status, 409);
});
test('unpaid: the tray says so, and the money comes with handing out', async () => {
	const { code } = await accepted({ pay: 'later', name: 'Hoàng Văn Nháp' });
	assert.equal(await events(code), 2);
	const after = await sign();
	assert.match(after.text, /Thu 12\.000 đ và trả/);
	const form = after.html.slice(0, after.html.indexOf('Thu 12.000'));
	const id = [...form.matchAll(/name="dossier" value="([0-9a-f]+)"/g)].at(-1)[1];
	await clerk.submit(after, `value="${id}"`);
	const dossier = await clerk.get(`/ho-so/${encodeURIComponent(code)}`);
	assert.match(dossier.text, /Đã trả/);
	assert.match(dossier.text, /12\.000 đ/);
});
test('exempt on a ground, outside the office: no money, nothing owed, 0 in the book', async () => {
	const { code } = await accepted({ pay: 'exempt', ground: 'Người cao tuổi, quyết định thử', name: 'Bùi Thị Thử',
		outside: 'Tại nhà, Thôn Chạy Thử' });
	assert.equal(await events(code), 2);
	const after = await sign();
	assert(!/Bùi Thị Thử[^§]{0,140}Thu [0-9]/.test(after.text), 'nothing is owed');
	const books = await clerk.get('/so/chung-thuc');
	const at = /href="(\/so\/chung-thuc\/[0-9a-f]{32})">Sổ chứng thực bản sao/.exec(books.html)[1];
	assert.match((await clerk.get(at)).html, /Bùi Thị Thử.*?<td data-label="Phí \(đ\)" class="r">0</s);
});
test('agreed for later: a slip with hour and date', async () => {
	const at = `${year + 1}-01-04T09:30`;
	const { code, page } = await accepted({ return: 'agreed', agreed_at: at, written: '1', phone: '0900 000 001' });
	assert.equal(page.path, `/ho-so/${code}/xong`);
	assert.match(page.text, /09:30, thứ [^ ]+ 4\/1\//);
	const slip = await clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`);
	assert.equal(slip.status, 200);
	assert.match(slip.text, /9 giờ 30 phút/);
});
test('signatures have a book of their own, from 01', async () => {
	await accepted({ work: 'fingerprint', number: '000090000001' }, [['Giấy ủy quyền', 1, 1]]);
	const after = await sign();
	assert(numbers(after).includes(`01, 01/${year}-SCT/CK,ĐC`), numbers(after).join(' | '));
});
test('an electronic copy has its number in the electronic book', async () => {
	assert.equal((await open({ medium: 'electronic' })).status, 200);
	await accepted({ name: 'Vũ Thị Thử' }, [['Bằng lái', 1, 1, true]]);
	const after = await sign();
	assert(numbers(after).includes(`01, 01/${year}-SCTĐT/BS`), numbers(after).join(' | '));
});
test('a certification that came the four pages is numbered from the same tray', async () => {
	await acceptDossier(clerk, { procedure: '2.000815' }).then(async ({ code }) => {
		const specialist = await fresh('chuyenvien');
		const page = await specialist.get(`/ho-so/${encodeURIComponent(code)}`);
		await specialist.submit(page, 'nhan-xu-ly');
		const form = await specialist.get(`/ho-so/${encodeURIComponent(code)}/trinh-ky`);
		const around = await specialist.get(`/ho-so/${encodeURIComponent(code)}/ket-qua`);
		assert.equal(around.status, 409, 'no result beside the book');
		assert.match(around.text, /kết thúc ở khay trình ký/);
		await specialist.submit(form, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(form.html)[1] });
		const sheet = await signer.get(`/ho-so/${encodeURIComponent(code)}/ky`);
		await signer.submit(sheet, '/ky', { decision: 'sign' });
		const tray = await clerk.get('/chung-thuc/khay');
		assert.match(tray.text, /đã ký/);
		await sign();
		assert.match((await clerk.get(`/ho-so/${encodeURIComponent(code)}`)).text, new RegExp(`\\d+, 01/${year}-SCT/BS`));
		specialist.close();
	});
});

test('a tray with a paper whose book is not open gives no number at all, and says which paper', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '2.001035' });
	const at = `/ho-so/${encodeURIComponent(code)}`;
	const specialist = await fresh('chuyenvien');
	await specialist.submit(await specialist.get(at), 'nhan-xu-ly');
	const form = await specialist.get(`${at}/trinh-ky`);
	await specialist.submit(form, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(form.html)[1] });
	specialist.close();
	await accepted({ name: 'Đặng Văn Thử' });
	const before = numbers(await clerk.get('/chung-thuc/khay'));
	const refused = await sign();
	assert.equal(refused.status, 409);
	assert.match(refused.text, /Chưa mở sổ chứng thực cho việc này/);
	assert(refused.text.includes(code.slice(code.indexOf('-') + 1)), 'which one');
	const tray = await clerk.get('/chung-thuc/khay');
	assert.equal(waiting(tray), 2);
	assert.deepEqual(numbers(tray), before, 'not one of them was numbered');
	assert.equal((await open({ kind: 'transaction' })).status, 200);
	const after = await sign();
	assert.equal(after.status, 200);
	assert(numbers(after).includes(`01, 01/${year}-SCT/HĐ,GD`), numbers(after).join(' | '));
});

// ---- two people at once ----
test('two people who sign at once: each paper has one number, none is missing, none comes twice', async () => {
	const before = await clerk.get('/chung-thuc/khay');
	const last = Math.max(...numbers(before).filter((n) => n.endsWith('-SCT/BS')).map((n) => parseInt(n, 10)));
	for (let i = 0; i < 12; i++) await accepted({ name: `Người Thử ${i}` }, [['Giấy A', 1, 1], ['Giấy B', 1, 1]]);
	const tray = await clerk.get('/chung-thuc/khay'), other = await signer.get('/chung-thuc/khay');
	const ids = [...tray.html.matchAll(/name="pick\[\]" value="([0-9a-f]+)"/g)].map((m) => m[1]);
	assert.equal(ids.length, 12);
	const answers = await Promise.all([clerk.submit(tray, 'name="pick[]"', { 'pick[]': ids.slice(0, 8) }, { follow: false }),
		signer.submit(other, 'name="pick[]"', { 'pick[]': ids.slice(4) }, { follow: false })]);
	for (const answer of answers) assert.equal(answer.status, 303, answer.text.slice(0, 300));
	const after = await clerk.get('/chung-thuc/khay');
	assert.equal(waiting(after), 0);
	const given = numbers(after).filter((n) => n.endsWith('-SCT/BS')).map((n) => parseInt(n, 10))
		.filter((n) => n > last).sort((a, b) => a - b);
	assert.deepEqual(given, Array.from({ length: 24 }, (_, i) => last + 1 + i));
	const late = await signer.submit(other, 'name="pick[]"', { form_id: 'ab'.repeat(16), 'pick[]': ids });
	assert.match(late.text, /Có người vừa làm việc này trước/);
});

// ---- the book ----
let bookUrl;
test('the book shows the month with totals, the day, and the paper of it', async () => {
	const books = await clerk.get('/so/chung-thuc');
	bookUrl = [...books.html.matchAll(/<a href="(\/so\/chung-thuc\/[0-9a-f]{32})">[^<]*<\/a><span class="sub">Sổ giấy<\/span><\/td>\s*<td[^>]*>([^<]+)</g)]
		.find((m) => m[2].endsWith('-SCT/BS'))[1];
	const book = await clerk.get(bookUrl);
	assert.equal(book.status, 200);
	assert(!book.html.includes('/huy/'), 'a clerk spoils nothing');
	const sum = /Cộng: (\d+) số, từ số (\d+) đến số (\d+); hủy (\d+)/.exec(book.text);
	assert.equal(Number(sum[2]), 413);
	assert.equal(Number(sum[3]) - Number(sum[2]) + 1, Number(sum[1]));
	const rows = [...book.html.matchAll(/<td class="num"><b>(\d+)<\/b>/g)].map((m) => Number(m[1]));
	assert.deepEqual(rows, Array.from({ length: rows.length }, (_, i) => 413 + i));
	const now = new Date(Date.now() + 7 * 3600000).toISOString();
	const day = await clerk.get(`${bookUrl}?ngay=${now.slice(0, 10)}`);
	assert.match(day.text, new RegExp(`Cộng: ${sum[1]} số`));
	const empty = await clerk.get(`${bookUrl}?thang=${year}-01`);
	if (now.slice(5, 7) !== '01') assert.match(empty.text, /Không có số nào/);
	for (const odd of ['?thang=abc', '?ngay=32/13/2026', '?thang=1999-01', '?tu=-1', '?tu=x'])
		assert.equal((await clerk.get(bookUrl + odd)).status, 200, odd);
	const paper = await clerk.get(`${bookUrl}/in?thang=${now.slice(0, 7)}`);
	assert.equal((paper.html.match(/<tr[^>]*><td class="n">/g) ?? []).length, Number(sum[1]));
	assert.match(paper.text, /SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH/);
	for (const bad of ['/so/chung-thuc/x', `/so/chung-thuc/${'0'.repeat(32)}`, `${bookUrl}/huy/99999`, `${bookUrl}/huy/x`])
		assert.equal((await manager.get(bad)).status, 404, bad);
});
test('a spoiled number stays as Hủy with its reason; the paper gets the next one', async () => {
	const book = await manager.get(bookUrl);
	const last = Number(/Số tiếp theo: (\d+)/.exec(book.text)[1]) - 1;
	const page = await manager.get(`${bookUrl}/huy/414`);
	const empty = await manager.submit(page, '/huy/', { reason: '' });
	assert.equal(empty.status, 422);
	assert(empty.html.includes('id="reason-loi"'));
	const after = await manager.submit(await manager.get(`${bookUrl}/huy/414`), '/huy/',
		{ reason: 'Ghi sai lời chứng', again: '1' });
	assert.equal(after.status, 200, say(after));
	assert.match(after.text, /414 Hủy/);
	assert.match(after.text, /Ghi sai lời chứng/);
	assert.match(after.text, new RegExp(`Số tiếp theo: ${last + 2}`));
	const dossier = await clerk.get(/<b>414<.b>.*?href="(\/ho-so\/[0-9a-f]{32})"/s.exec(after.html)[1]);
	assert.match(dossier.text, new RegExp(`Số chứng thực 414 đã hủy; số mới: ${last + 1}, 01/${year}-SCT/BS`));
	const twice = await manager.get(`${bookUrl}/huy/414`);
	assert.equal(twice.status, 409);
	assert.match(twice.text, /đã được hủy rồi/);
});
test('the next volume goes on with the number; a number given meanwhile is told', async () => {
	const stale = await manager.get(bookUrl);
	await accepted();
	await sign();
	const refused = await manager.submit(stale, 'quyen-moi');
	assert.equal(refused.status, 409);
	assert.match(refused.text, /vừa có thêm số mới/);
	const page = await manager.submit(await manager.get(bookUrl), 'quyen-moi');
	assert.match(page.text, new RegExp(`02/${year}-SCT/BS`));
	const last = Number(/Số tiếp theo: (\d+)/.exec(page.text)[1]) - 1;
	await accepted();
	const after = await sign();
	assert(numbers(after).includes(`${last + 1}, 02/${year}-SCT/BS`), numbers(after).join(' | '));
});
test('this year’s book is not closed before 31/12; last year’s is, with its total, and takes no more', async () => {
	const page = await manager.get(bookUrl);
	const now = new Date(Date.now() + 7 * 3600000).toISOString();
	if (now.slice(5, 10) !== '12-31') {
		assert(!page.html.includes(`${bookUrl}/khoa`));
		const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)[1];
		const signerId0 = signerId(await clerk.get('/chung-thuc'));
		const early = await manager.post(`${bookUrl}/khoa`, { csrf, form_id: '2'.repeat(32), seen_last: '1', signer: signerId0 });
		assert.equal(early.status, 409);
	}
	const old = await open({ year: String(year - 1), last: '250' });
	const closed = await manager.submit(old, `${old.path}/khoa`);
	assert.equal(closed.status, 200, say(closed));
	assert.match(closed.text, /Đã khóa/);
	assert.match(closed.text, /tổng số 250; người ký: Phạm Thị Thử, Phó Chủ tịch/);
	assert(!closed.html.includes('/quyen-moi'));
});

test('past the hour of the settings, the agreed time is on by itself', async () => {
	const early = await clerk.get('/chung-thuc');
	assert.match(early.html, /name="return" value="now" checked/);
	await stack.stop('board');
	const file = path.join(stack.data, 'board/tram.conf');
	writeFileSync(file, readFileSync(file, 'utf8').replace('cert_late_minute = 1440', 'cert_late_minute = 0'));
	await stack.start('board');
	const late = await clerk.get('/chung-thuc');
	assert.match(late.html, /name="return" value="agreed" checked/);
	const at = /name="agreed_at" type="datetime-local" value="([^"]+)"/.exec(late.html)[1];
	assert(new Date(`${at}:00+07:00`) > Date.now(), at);
});

// ---- all of it again ----
test('the province comes to the same books, and the tables made again from the journal are the same', async () => {
	await stack.start('center');
	await stack.drained();
	await stack.stop('board');
	await stack.stop('center');
	const digests = [stack.digest('board'), stack.digest('center')];
	assert(digests[0].book && digests[0].book_entry);
	assert.deepEqual(digests[0], digests[1]);
	stack.verifyBoth();
	const run = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(run.status, 0, run.stdout + run.stderr);
});

await run();
