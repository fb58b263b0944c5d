// cert_pages.mjs: the certification counter and its books in real Chromium: one visit in four taps, the
// till counting while one types, the same without JavaScript; every page looked at in three widths with
// axe and html-validate; the month's page as PDF.
import { strict as assert } from 'node:assert';
import { test, run, cleanup } from '../lib/check.mjs';
import { People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'cert-browser', ports: [9030, 9033], board: 'cert_late_minute = 1440\n' });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9030';
const CARD = '000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình, Hà Tĩnh|01072022';
const people = new People(origin, 'cert');
let browser, page, bookUrl;

const press = (selector) => browser.press(selector);
async function as(login, options) {
	browser = await people.as(login, options);
	page = browser.page;
}
const look = async (name) => {
	await browser.look(name);
	await browser.fingers(name);
};

test.must('a board without its center', () => stack.up(['board']));
test.must('the manager sees no book yet, and opens four', async () => {
	await as('canbo');
	await page.goto(`${origin}/chung-thuc`);
	await look('till-no-books');
	await as('quanly');
	await page.goto(`${origin}/quay`);
	await look('home-manager');
	await page.goto(`${origin}/so/chung-thuc`);
	await look('books-empty');
	for (const kind of ['copy', 'signature', 'translator', 'transaction']) {
		await page.goto(`${origin}/so/chung-thuc`);
		await page.check(`[name=kind][value=${kind}]`);
		await page.fill('#last', kind === 'copy' ? '412' : '0');
		await press('main form.card button');
		bookUrl ??= page.url();
	}
	await page.goto(`${origin}/so/chung-thuc`);
	await page.fill('#last', '');
	await page.fill('#year', '2090');
	await press('main form.card button');
	await look('books-faults');
});
test('four taps: chứng thực, nhận và trình ký, đã ký vào sổ, đã trả', async () => {
	await as('canbo');
	await page.goto(`${origin}/quay`);
	await press('a[href="/chung-thuc"]');				// 1
	assert.equal(await browser.cursor(), 'card', 'the scanner fires here');
	await browser.scan(CARD);
	assert.equal(await page.inputValue('#name'), 'Nguyễn Văn Thử');
	assert.equal(await browser.cursor(), 'paper_1', 'typing goes on here');
	await browser.type('Bằng tốt nghiệp');
	await page.fill('#pages_1', '4');
	await page.fill('#copies_1', '3');
	await page.fill('#paper_2', 'Học bạ');
	assert.equal(await page.textContent('#amount_1'), '18.000 đ');
	assert.equal(await page.textContent('#total'), '20.000 đ', 'counted while one types');
	await look('till');
	await press('button[name=accept]');				// 2
	await look('tray');
	await press('.tray button[type=submit]');			// 3
	assert.deepEqual(await page.$$eval('.stamps .giant', (all) => all.map((e) => e.textContent)), ['413', '414']);
	await look('numbered');
	await press('.numbered button[type=submit]');			// 4
	assert.match(await page.textContent('main'), /Chưa có giấy tờ chờ trả/);
	await look('tray-empty');
});
test('a card scanned on the home page: the person, then the till', async () => {
	await page.goto(`${origin}/quay`);
	await page.fill('#q', CARD);
	await Promise.all([page.waitForNavigation(), page.press('#q', 'Enter')]);
	await look('person');
	await press('form[action="/chung-thuc"] button');
	assert.equal(await page.inputValue('#name'), 'Nguyễn Văn Thử');
	await browser.tick('[name=work][value=signature]');
	assert(!await page.isVisible('#electronic_1'), 'only copies can be electronic');
});
test('many pages turn the agreed time on by themselves; the clerk has the last word', async () => {
	await page.goto(`${origin}/chung-thuc`);
	await page.fill('#name', 'Trần Thị Mẫu');
	await page.fill('#paper_1', 'Hồ sơ đất');
	await page.fill('#pages_1', '40');
	await page.fill('#copies_1', '2');
	assert.equal(await page.isChecked('[name=return][value=agreed]'), true);
	assert(await page.isVisible('#agreed_at'));
	await look('till-agreed');
	await browser.tick('[name=return][value=now]');
	await page.fill('#copies_1', '3');
	assert.equal(await page.isChecked('[name=return][value=now]'), true);
	assert(!await page.isVisible('#agreed_at'));
	await press('button[name=accept]');
	await look('till-faults');
	await browser.tick('[name=return][value=now]');
	await press('button[name=accept]');
	assert.match(page.url(), /khay/);
});
test('a day of the book, a spoiled number, and the month on A4', async () => {
	await page.goto(`${origin}/chung-thuc`);
	for (const name of ['Lê Đình Giả', 'Phạm Thị Ví Dụ', 'Hoàng Văn Nháp']) {
		await page.goto(`${origin}/chung-thuc`);
		await page.fill('#name', name);
		await page.fill('#paper_1', 'Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất');
		await page.fill('#paper_2', 'Giấy khai sinh');
		await browser.tick('[name=pay][value=later]');
		await press('button[name=accept]');
	}
	await look('tray-many');
	await press('.tray button[type=submit]');
	await look('numbered-many');
	await as('quanly');
	await page.goto(`${bookUrl}`);
	await page.click('summary');
	await look('book');
	await press('.list tbody tr:nth-child(2) td:last-child a');
	await look('book-spoil');
	await page.fill('#reason', 'Ghi sai lời chứng');
	await press('main form button.go');
	await look('book-spoiled');
	await page.goto(`${bookUrl}/khoi-so`);
	await look('book-block');
	await page.fill('#last', '1');
	await page.fill('#point', 'Điểm tiếp nhận số 2');
	await press('main form button.go');
	await look('book-block-faults');
	await page.fill('#last', '460');
	await press('main form button.go');
	await look('book-block-given');
	await page.goto(`${bookUrl}/khoi-so?viec=tra`);
	await page.fill('#back_first', '470');
	await page.fill('#back_last', '471');
	await press('main form button.go');
	await look('book-block-back-faults');
	await page.fill('#back_first', '455');
	await page.fill('#back_last', '460');
	await press('main form button.go');
	await page.goto(`${bookUrl}/in`);
	await browser.look('book-paper');
	const { mm, text } = await browser.print('book');
	for (const word of ['SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH', '414', 'Hủy: Ghi sai', 'NGƯỜI CHỨNG THỰC'])
		assert(text.includes(word), `${word}: ${text}`);
	assert.deepEqual(mm, [297, 210], 'A4 landscape');
});
test('without JavaScript: the same visit', async () => {
	await as('canbo', { name: 'plain', javaScriptEnabled: false });
	await page.goto(`${origin}/chung-thuc`);
	await page.fill('#card', CARD);
	await page.press('#card', 'Enter');
	await page.waitForLoadState('load');
	assert.equal(await page.inputValue('#name'), 'Nguyễn Văn Thử');
	await page.fill('#paper_1', 'Học bạ');
	await page.fill('#pages_1', '3');
	await press('button[name=count]');
	assert.equal(await page.textContent('#total'), '5.000 đ');
	await press('button[name=accept]');
	await press('.tray button[type=submit]');
	await press('.numbered button[type=submit]');
	assert.match(page.url(), /khay/);
});

await run();
