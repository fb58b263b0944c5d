// intake_pages.mjs: the counter's door, home, trays, dossier page and acts in real Chromium: driven as
// people do, looked at in three widths, checked with axe and html-validate; then once more without
// JavaScript.
import { strict as assert } from 'node:assert';
import { acceptDossier } from '../lib/clerk.mjs';
import { test, run, cleanup } from '../lib/check.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Browser, People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'intake-browser', ports: [9580, 9590] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9580';
const people = new People(origin, 'intake');
const codes = [];
let browser, page;

const url = (code, slug = '') => `${origin}/ho-so/${encodeURIComponent(code)}${slug && `/${slug}`}`;
const press = (selector = 'main button[type=submit]') => browser.press(selector);
const file = (name, content) => ({ name, mimeType: 'application/pdf', buffer: content });
// Each person has a browser of their own, as at the counter.
async function as(login, options) {
	browser = await people.as(login, options);
	page = browser.page;
}

test.must('a board without its center, with dossiers', async () => {
	await stack.up(['board']);
	const clerk = stack.clerks();
	await clerk.login('canbo');
	for (const procedure of ['2.000635', '2.000635', '9.999001', '1.001193'])
		codes.push((await acceptDossier(clerk, { procedure, files: true })).code);
	clerk.close();
});
test.must('the door', async () => {
	browser = await Browser.open(origin, 'intake');
	page = browser.page;
	await page.goto(`${origin}/`);
	assert.equal(await browser.cursor(), 'login', 'focus stands where one types');
	await browser.look('login');
	await page.fill('#login', 'canbo');
	await page.fill('#password', 'khong-dung');
	await press();
	await browser.look('login-wrong');
	await browser.close();
});
test('home, each list, the counter', async () => {
	await as('canbo');
	assert.equal(new URL(page.url()).pathname, '/quay');
	assert.equal(await browser.cursor(), 'q', 'the scanner fires into the search box');
	await browser.look('home');
	await browser.fingers('home');
	for (const slug of ['qua-han', 'chuyen-tinh', 'moi', 'nhap']) {
		await page.goto(`${origin}/quay?viec=${slug}`);
		await browser.look(`home-${slug}`);
	}
	await page.goto(`${origin}/tap-su`);
	await browser.look('first-dossier');
	await browser.fingers('first-dossier');
	await page.goto(`${origin}/in`);
	await browser.look('print-tray');
	await browser.fingers('print-tray');
	await page.goto(`${origin}/chon-quay`);
	await browser.look('counter');
	await page.click('button[value="2"]');
	assert.match(await page.textContent('.place'), /Quầy 2/);
});
test('a dossier from the counter to the signer and back into its person\'s hand', async () => {
	await page.goto(url(codes[0]));
	await browser.look('dossier');
	await browser.fingers('dossier');
	await page.click('.next a');
	await browser.look('forward');
	await press('.foot .go');
	await browser.look('dossier-waits');
	await as('chuyenvien');
	assert.equal(new URL(page.url()).pathname, '/xu-ly');
	await browser.look('tray-work');
	await page.goto(url(codes[0]));
	await press('.next button');
	await page.click('.next a');
	await browser.look('to-sign');
	await press('.foot .go');
	await as('nguoiky');
	assert.equal(new URL(page.url()).pathname, '/duyet');
	await browser.look('tray-sign');
	await page.click('.list a');
	await browser.look('sign');
	await page.check('[value=back]');
	await press('.foot .go');
	await browser.look('sign-faults');
	await page.check('[value=sign]');
	await press('.foot .go');
	await browser.look('tray-sign-empty');
	await as('chuyenvien');
	await page.goto(url(codes[0]));
	await page.click('.next a');
	await browser.look('finish');
	await page.fill('#kind', 'Bản sao trích lục');
	await page.fill('#signed_on', '31/02/2026');
	await page.setInputFiles('#file', [file('kết quả.pdf', pdf()), file('giả.pdf', Buffer.from('MZ'))]);
	await press('.foot .go');
	await browser.look('finish-faults');
	await page.click('.summary a >> nth=0');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'signed_on', 'the summary leads to the field');
	await page.fill('#signed_on', '24/11/2026');
	await press('.foot .go');
	await browser.look('dossier-result');
	await as('canbo');
	await page.goto(`${origin}/tra-ket-qua`);
	await browser.look('results');
	await page.click('.list .btn');
	assert.equal(await page.isVisible('#name'), false, 'another person\'s name is asked only when there is one');
	await page.check('[value=other]');
	assert.equal(await page.isVisible('#name'), true);
	await press('.foot .go');
	await browser.look('return-faults');
	await browser.fingers('return-faults');
	await page.check('[value=applicant]');
	await press('.foot .go');
	await browser.look('dossier-returned');
	assert.match(await page.textContent('.strip'), /Đã trả/);
});
test('over to the province; a note; somebody was faster', async () => {
	await page.goto(url(codes[2]));
	await page.click('.next a');
	await browser.look('hand-over');
	await press('.foot .go');
	await browser.look('dossier-at-province');
	await page.goto(url(codes[1], 'ghi-chu'));
	await browser.look('note');
	await page.fill('#text', 'Người dân xin nhận trước 16 giờ.');
	await press('.foot .go');
	await page.goto(url(codes[3], 'chuyen'));
	const late = page;
	await as('chuyenvien');
	await page.goto(url(codes[3]));
	await press('.next button');
	await as('canbo');
	assert.equal(page, late);
	await press('.foot .go');
	assert.match(await page.textContent('main'), /Nhận xử lý, Lê Văn Thử/);
	await browser.look('conflict');
});
test('not there, not allowed, locked', async () => {
	await page.goto(url('khong-co'));
	await browser.look('not-found');
	await page.goto(`${origin}/duyet`);
	await browser.look('denied');
	await page.goto(url(codes[1]));
	await press('header form[action="/khoa"] button');
	await browser.look('locked');
	await page.fill('#password', PASSWORD);
	await press();
	await page.goto(`${origin}/doi-mat-khau`);
	await browser.look('password');
});
test('an open page shows by itself what others did, and does not keep the session open for it', async () => {
	await as('canbo');
	await page.goto(url(codes[2], ''));
	await page.locator('.line').waitFor();
	const before = await page.locator('.line li').count();
	await as('chuyenvien');
	await page.goto(url(codes[2], 'ghi-chu'));
	await page.fill('#text', 'Ghi từ phòng bên.');
	await press('.foot .go');
	await as('canbo');
	const quiet = page.waitForRequest((request) => request.headers()['x-tram-quiet'] === '1');
	await page.locator('.line li').nth(before).waitFor({ timeout: 15000 });
	assert.match(await page.textContent('.line'), /Ghi từ phòng bên/);
	assert((await quiet).url().endsWith(encodeURIComponent(codes[2])));
});
test('by keyboard alone: the focus is always seen', async () => {
	await page.goto(url(codes[1]));
	const bare = [];
	for (let i = 0; i < 25; i++) {
		await page.keyboard.press('Tab');
		const seen = await page.evaluate(() => {
			const style = getComputedStyle(document.activeElement);
			return document.activeElement === document.body || document.activeElement.matches('main')
				|| parseFloat(style.outlineWidth) >= 3 ? '' : document.activeElement.outerHTML.slice(0, 100);
		});
		if (seen) bare.push(seen);
	}
	assert.deepEqual(bare, []);
});
test('twice the text size: nothing is cut off', async () => {
	await page.setViewportSize({ width: 640, height: 400 });
	for (const at of [`${origin}/quay`, url(codes[0]), url(codes[1], 'chuyen')]) {
		await page.goto(at);
		assert(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), at);
	}
	await page.setViewportSize({ width: 1280, height: 800 });
});
test('the first view is light', async () => {
	const sizes = [];
	const client = await page.context().newCDPSession(page);
	await client.send('Network.enable');
	await client.send('Network.clearBrowserCache');
	client.on('Network.loadingFinished', (event) => sizes.push(event.encodedDataLength));
	await page.goto(`${origin}/quay`, { waitUntil: 'networkidle' });
	assert(sizes.length <= 4, `${sizes.length} requests`);
	assert(sizes.reduce((a, b) => a + b) <= 30 * 1024, `${sizes} bytes`);
});
test('the same way without JavaScript', async () => {
	await people.leave();
	const plain = { javaScriptEnabled: false };
	await as('chuyenvien', plain);
	await page.goto(url(codes[1]));
	await press('.next button');
	await page.click('.next a');
	await press('.foot .go');
	await as('nguoiky', plain);
	await page.click('.list a');
	await press('.foot .go');
	await as('chuyenvien', plain);
	await page.goto(url(codes[1], 'ket-qua'));
	await page.fill('#kind', 'Bản sao trích lục');
	await page.setInputFiles('#file', { name: 'ảnh.jpg', mimeType: 'image/jpeg', buffer: jpeg(9000) });
	await press('.foot .go');
	await as('canbo', plain);
	await page.goto(url(codes[1], 'tra'));
	await press('.foot .go');
	assert.match(await page.textContent('.strip'), /Đã trả/);
});

await run();
