// center_pages.mjs: every page of the officers, the citizens and the administration in real Chromium:
// driven as people do, looked at in three widths, checked with axe and html-validate.
import { strict as assert } from 'node:assert';
import { createHmac, randomBytes } from 'node:crypto';
import { test, run, cleanup, until } from '../lib/check.mjs';
import { Stack } from '../lib/stack.mjs';
import { Board, acceptedBody, id16, sha256 } from '../lib/board.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Browser } from '../lib/look.mjs';

const stack = new Stack({ name: 'center-browser', ports: [9003, 9006] });
cleanup((failed) => stack.down(failed));
const officers = 'http://127.0.0.1:9006';
const lookup = 'http://127.0.0.1:9008';
const admin = 'http://127.0.0.1:9005';
const day = 86400000;
const pdf = (size) => Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(size)]);
const qr = randomBytes(16).toString('hex');
const code = (n) => `T18685.7-261124-000${n}`;
let browser, page;

// Dossiers late, due today, later; with files come, on the way, none; decided by the commune.
async function fill() {
	const board = new Board(stack, 'b18685-7');
	const hash = (kind, secret) =>
		createHmac('sha256', board.slipKey).update(kind).update(secret).digest('hex');
	const slip = { no: 1, hash: hash('qr', Buffer.from(qr, 'hex')), typed_hash: hash('typed', 'ABCD2345') };
	for (const [n, due, level, sizes] of [[1, -day, 'province', [48000, 1400000]], [2, 3600000, 'province', []],
		[3, 2 * day, 'province', [500]], [4, 5 * day, 'commune', []], [5, 3 * day, 'province', []]]) {
		const subject = id16();
		const files = sizes.map(pdf);
		const from = board.log.seq + 1;
		board.log.add('dossier.accepted', { subject, body: { ...acceptedBody(code(n), { level, slip,
			files: files.map((bytes, i) => ({ sha256: sha256(bytes).toString('hex'), size: bytes.length,
				type: 'application/pdf', name: `Tờ khai trang ${i + 1}.pdf` })) }),
		due: { has: true, at: Date.now() + due, certain: true, calendar: 'test' } } });
		if (level === 'province')
			board.log.add('dossier.handed_over', { subject, body: { unit: 'Sở Thử nghiệm', agency: 'H27.1' } });
		await board.ship(from);
		if (files[0]) await board.upload(files[0]);
	}
	board.close();
}
const press = (selector = 'main button[type=submit]') => browser.press(selector);
const dossier = (n, part = '') => `${officers}/ho-so/b18685-7/${code(n)}${part}`;

test.must('a board, a center with five dossiers, a browser', async () => {
	await stack.up();
	await fill();
	browser = await Browser.open(officers, 'center');
	page = browser.page;
});
test.must('login', async () => {
	await page.goto(`${officers}/`);
	await browser.look('login');
	await page.fill('#login', 'tinh');
	await page.fill('#password', 'khong-dung');
	await press();
	await browser.look('login-wrong');
	await page.fill('#password', PASSWORD);
	await press();
	assert.equal(new URL(page.url()).pathname, '/ho-so');
});
test('inbox', async () => {
	await browser.look('inbox');
	const first = await page.textContent('tbody tr:first-child');
	assert.match(first, /Quá hạn 1 ngày/, 'overdue first');
	await page.click('text=Đang xử lý');
	await browser.look('inbox-empty');
	await page.click('text=Tất cả');
	await page.selectOption('#diem', 'b18685-7');
	await press('text=Lọc');
	await browser.look('inbox-all');
	assert.equal(await page.locator('tbody tr').count(), 5);
});
test('a dossier from new to finished', async () => {
	await page.goto(dossier(1));
	await browser.look('dossier-new');
	await press('text=Nhận xử lý');
	await browser.look('dossier-work');
	for (const part of ['bo-sung', 'tu-choi', 'dung']) {
		await page.goto(dossier(1, `/${part}`));
		await browser.look(part);
	}
	await page.goto(dossier(1));
	await press('text=Kết thúc, nhập kết quả');
	await browser.look('finish');
	await page.evaluate(() => document.querySelectorAll('main [required]').forEach((e) =>
		e.removeAttribute('required')));
	await page.setInputFiles('#file', { name: 'Quyết định 12.pdf', mimeType: 'application/pdf', buffer: pdf(90000) });
	await page.fill('#kind', 'Quyết định');
	await page.fill('#issuer', 'Sở Thử nghiệm');
	await page.fill('#signed_on', '24/13/2026');
	await press('.foot button');
	await browser.look('finish-faults');
	await page.click('.summary a >> nth=0');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'number', 'the summary leads to the field');
	await page.fill('#number', '12/QĐ-STN');
	await page.fill('#signer', 'Trần Thị Thử');
	await page.fill('#summary', 'Về việc thử nghiệm');
	await page.fill('#signed_on', '24/11/2026');
	await press('.foot button');
	await browser.look('dossier-done');
	assert.match(await page.textContent('main'), /12\/QĐ-STN/);
});
test('pages at the edge', async () => {
	await page.goto(dossier(4));
	await browser.look('dossier-commune');
	await page.goto(dossier(9));
	await browser.look('not-found');
	await page.goto(`${officers}/doi-mat-khau`);
	await browser.look('password');
	await page.fill('#old', 'x');
	await page.fill('#new', 'y');
	await page.fill('#again', 'z');
	await press('main button[type=submit]');
	await browser.look('password-faults');
	await page.goto(`${officers}/ho-so`);
	await press('header button >> nth=0');
	await browser.look('locked');
});
test('lookup', async () => {
	await page.goto(`${lookup}/`);
	await browser.look('lookup');
	await page.fill('#so', code(2));
	await page.fill('#ma', 'ZZZZ9999');
	await press();
	await browser.look('lookup-unknown');
	await page.fill('#ma', 'abcd 2345');
	await press();
	assert.match(await page.textContent('main'), /Đến nhận kết quả sau/);
	for (const [n, name] of [[3, 'forwarded'], [1, 'result'], [4, 'accepted']]) {
		await page.goto(`${lookup}/h/${code(n)}.${qr}`);
		await browser.look(`lookup-${name}`);
	}
	for (let i = 0; i < 11; i++) {
		await page.goto(`${lookup}/`);
		await page.fill('#so', code(5));
		await page.fill('#ma', `ZZZZ99${10 + i}`);
		await press();
	}
	assert.match(await page.textContent('h1'), /quá nhiều lần/);
	await browser.look('lookup-wait');
});
test('administration', async () => {
	await page.goto(`${admin}/`);
	await browser.look('admin-login');
	await page.fill('#login', 'quanly');
	await page.fill('#password', PASSWORD);
	await press();
	await browser.look('accounts');
	await press('text=Thêm tài khoản');
	await browser.look('account-new');
	await page.fill('#name', 'Nguyễn Thị Thử');
	await page.fill('#login', 'Thử');
	await press('.foot button');
	await browser.look('account-faults');
	await page.fill('#login', 'thu.moi');
	await page.check('[name=role_intake]');
	await press('.foot button');
	await browser.look('account-once');
	await until('the forwarder has told of itself', 20, async () => {
		await page.goto(`${admin}/suc-khoe`);
		return (await page.textContent('main')).includes('Thông suốt');
	});
	await browser.look('health');
	await stack.stop('center');
	await until('the page knows that the center is away', 30, async () => {
		await page.goto(`${admin}/suc-khoe`);
		return (await page.textContent('main')).includes('Chưa tới được');
	});
	await browser.look('health-down');
});
test('all of it without JavaScript', async () => {
	await stack.start('center');
	browser = await Browser.login(officers, 'center', 'tinh', { javaScriptEnabled: false });
	page = browser.page;
	await page.goto(dossier(3));
	await press('text=Nhận xử lý');
	await press('text=Kết thúc, nhập kết quả');
	for (const [id, value] of [['kind', 'Quyết định'], ['number', '13/QĐ-STN'], ['signed_on', '24/11/2026'],
		['issuer', 'Sở Thử nghiệm'], ['signer', 'Trần Thị Thử'], ['summary', 'Thử']])
		await page.fill(`#${id}`, value);
	await page.setInputFiles('#file', { name: 'q.pdf', mimeType: 'application/pdf', buffer: pdf(900) });
	await press('.foot button');
	assert.match(await page.textContent('main'), /13\/QĐ-STN/);
});

await run();
