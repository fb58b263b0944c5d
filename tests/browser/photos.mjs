// photos.mjs: photographed papers in real Chromium: page 3 with small pictures, order, turning and
// warnings; scanning after acceptance; a wrong scan replaced; with and without JavaScript.
import { strict as assert } from 'node:assert';
import { acceptDossier } from '../lib/clerk.mjs';
import { cleanup, run, test } from '../lib/check.mjs';
import { jpeg, pdf, png } from '../lib/files.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'photos-browser', ports: [9474, 9477] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9474';
let browser, page, code;

const press = (selector) => browser.press(selector);
const photo = (name, buffer) => ({ name, mimeType: 'image/jpeg', buffer });
const large = () => jpeg(3000, { across: 150, down: 200, shades: 3 });
async function login(options) {
	browser = await Browser.login(origin, 'intake', 'canbo', options);
	page = browser.page;
	if (page.url().includes('chon-quay'))
		await press('main button[type=submit] >> nth=0');
}
// Small pictures are there, from the board: none is broken, none is the browser's own.
const pictures = () => page.evaluate(async () => {
	const all = [...document.querySelectorAll('.shot img')];
	all.forEach((image) => { image.loading = 'eager'; });
	await Promise.all(all.map((image) => image.decode()));
	return all.map((image) => [new URL(image.src).pathname, image.naturalWidth > 0]);
});

test.must('a board, a clerk, a dossier without scans', async () => {
	await stack.up(['board']);
	const clerk = stack.clerks();
	await clerk.login('canbo');
	code = (await acceptDossier(clerk, { procedure: '1.001193' })).code;
	clerk.close();
	await login();
});
test('page 1: a photographed card beside the scanner\'s field', async () => {
	await page.goto(`${origin}/quay`);
	await press('main form[action="/ho-so/moi"] button');
	await page.click('#card-anh summary');
	await browser.look('photos-card');
	await page.setInputFiles('#card_photo', photo('the.jpg', jpeg()));
	await press('#card-anh button');
	assert.match(await page.textContent('.summary'), /Chưa thấy mã QR/);
	await browser.look('photos-card-none');
});
test('page 3: pictures read back, warnings, order, turning', async () => {
	await page.fill('#name', 'Nguyễn Văn Thử');
	await page.fill('#number', '000090000001');
	await page.fill('#address', 'Thôn Chạy Thử, xã Cẩm Bình');
	await page.check('#no_phone');
	await press('.foot .btn.go');
	await press('.usual button[value="2.000635"]');
	if (/thu-tuc$/.test(page.url())) await press('.foot .btn.go');	/* several cases */
	assert.match(page.url(), /giay-to/, (await page.textContent('main')).slice(0, 900));
	const paper = await page.getAttribute('input[type=file] >> nth=0', 'data-paper');
	await page.setInputFiles('input[type=file] >> nth=0', [photo('1.jpg', large()), photo('2.jpg', large()),
		photo('nho.jpg', jpeg(3000)), { name: 'don.pdf', mimeType: 'application/pdf', buffer: pdf() }]);
	await page.waitForFunction((id) => document.querySelectorAll(`#tep-${id} .shot`).length === 4, paper);
	const shown = await pictures();
	assert.equal(shown.length, 3);
	assert(shown.every(([path, whole]) => whole && /^\/ho-so\/moi\/[0-9a-f]{32}\/anh\/\d+$/.test(path)), JSON.stringify(shown));
	assert.match(await page.textContent(`#tep-${paper}`), /Ảnh nhỏ/);
	await browser.look('photos-papers');
	await page.setInputFiles('input[type=file] >> nth=0', { name: 'khoa.pdf', mimeType: 'application/pdf',
		buffer: Buffer.from(pdf().toString('latin1').replace('trailer\n<< ', 'trailer\n<< /Encrypt 5 0 R '), 'latin1') });
	await page.waitForSelector(`#tep-${paper} p.live:visible`);
	assert.match(await page.textContent(`#tep-${paper} p.live`), /mật khẩu/, 'the very reason');
	await press(`#tep-${paper} .shot >> nth=0 >> button[name=turn]`);
	await press(`#tep-${paper} .shot >> nth=1 >> button[name=up]`);
	assert.equal((await pictures()).length, 3);
	await browser.look('photos-turned');
});
test('scanning after acceptance, from the list; then a wrong scan', async () => {
	await page.goto(`${origin}/quay?viec=chua-quet`);
	assert.match(await page.textContent('main'), new RegExp(code.slice(-11)));
	await browser.look('photos-list');
	await page.goto(`${origin}/ho-so/${code}`);
	await browser.look('photos-dossier');
	await press('a[href$="/quet"] >> nth=0');
	await page.setInputFiles('input[type=file] >> nth=0', [photo('1.jpg', large()), photo('2.jpg', large())]);
	await page.waitForFunction(() => document.querySelectorAll('.shot').length === 2);
	await browser.look('photos-scan');
	await press('button[name=done]');
	assert.match(await page.textContent('main'), /Thêm hoặc bớt tệp/);
	await page.goto(`${origin}/ho-so/${code}/thay-tep`);
	await browser.look('photos-replace');
	await page.setInputFiles('#new', photo('3.jpg', large()));
	await page.fill('#reason', 'Chụp nhầm giấy của người khác');
	await press('.foot .btn.go');
	await page.click('summary:has-text("Tệp đã thay")');
	await browser.look('photos-replaced');
});
test('all of it without JavaScript', async () => {
	await browser.close();
	await login({ javaScriptEnabled: false });
	await page.goto(`${origin}/ho-so/${code}/quet`);
	await page.setInputFiles('input[type=file] >> nth=1', [{ name: 'a.png', mimeType: 'image/png', buffer: png(80, 60) }]);
	await press('button[name=stay] >> nth=1');
	assert.equal(await page.locator('.shot').count(), 1);
	await press('.shot button[name=turn]');
	assert.equal(await page.locator('.shot').count(), 1);
	await press('button[name=done]');
	assert.match(page.url(), new RegExp(`${code}$`));
});

await run();
