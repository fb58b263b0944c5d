// books_queue.mjs: register, closing of the day, queue, screen, phone, rating: looked at in three widths with
// axe and html-validate; the register, the day's sheet and a ticket as they are printed; the screen rings and
// moves on without JavaScript too.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, decideAtCommune, person } from '../lib/clerk.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'books-queue-browser', ports: [9024, 9027],
	board: 'queues = Tiếp nhận và trả kết quả|Chứng thực\nlookup_url = http://127.0.0.1:9025\n' });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9024', outside = 'http://127.0.0.1:9025';
let clerk, browser, code;

async function paper(name, address, options = {}) {
	await browser.go(address);
	const { file, text } = await browser.print(name, options);
	execFileSync('pdftoppm', ['-r', '80', '-png', file, path.join(browser.shots, name)]);
	return text;
}

test.must('a board, some dossiers, somebody at counter 3', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	const [specialist, signer] = [stack.clerks(), stack.clerks()];
	await specialist.login('chuyenvien');
	await signer.login('nguoiky');
	for (const name of ['Nguyễn Văn Thử', 'Trần Thị Mẫu', 'Lê Đình Giả']) code = (await acceptDossier(clerk, { who: person({ name }) })).code;
	await act(clerk, code, 'chuyen', {}).catch(() => null);
	await decideAtCommune({ clerk, specialist, signer }, code);
	browser = await Browser.login(origin, 'books-queue', 'quanly');
	await browser.go('/chon-quay');
	await browser.press('button[name=counter][value="3"]');
});
test('numbers are handed out by touch', async () => {
	const { page } = browser;
	await page.goto(`${origin}/hang-doi/lay-so`);
	await browser.look('take');
	for (const [queue, priority] of [[0, 'none'], [0, 'elderly'], [1, 'none'], [0, 'none'], [0, 'none'], [0, 'pregnant']]) {
		await page.goto(`${origin}/hang-doi/lay-so`);
		await page.check(`input[value=${priority}]`);
		await page.click(`button[name=queue][value="${queue}"]`);
		await page.waitForURL(/hang-doi\/so/);
	}
	await browser.look('ticket');
});
test('the queue: empty counter, serving, paused', async () => {
	const { page } = browser;
	await page.goto(`${origin}/hang-doi`);
	await browser.look('queue');
	for (let i = 0; i < 3; i++) await browser.press('button[value=next]');
	await browser.press('button[value=absent]');
	await browser.press('button[value=next]');
	await browser.look('queue-serving');
	await page.goto(`${origin}/quay`);
	await browser.look('home-calling');
});
test('the screen shows it and moves on; the phone too', async () => {
	const { page } = browser;
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto(`${outside}/man-hinh?tu-dong=1`);
	const before = await page.getAttribute('#man-hinh', 'data-latest');
	await browser.look('screen');
	await page.click('#chuong');
	const other = await clerk.get('/chon-quay');
	await clerk.post('/chon-quay', { csrf: /name="csrf" value="([^"]+)"/.exec(other.html)[1], counter: '1' });
	await page.goto(`${outside}/man-hinh`);
	await page.waitForURL(/tu-dong=1/);
	await page.click('#chuong');
	await clerk.submit(await clerk.get('/hang-doi'), '/hang-doi', {}, { button: 'do' });
	await page.waitForFunction((old) => document.getElementById('man-hinh').dataset.latest !== old, before, { timeout: 9000 });
	await browser.look('screen-next');
	await page.goto(`${outside}/theo-doi`);
	await browser.look('follow-empty');
	await page.goto(`${outside}/theo-doi?so=B001`);
	await browser.look('follow');
	await page.goto(`${outside}/theo-doi?so=Z999`);
	await browser.look('follow-unknown');
	await page.goto(`${origin}/hang-doi`);
	await page.click('details:has(#minutes) summary');
	await browser.press('button[value=pause]');
	await browser.look('queue-paused');
	await page.goto(`${outside}/man-hinh?tu-dong=1`);
	await browser.look('screen-paused');
});
test('the rating on the tablet turned round', async () => {
	const { page } = browser;
	await page.goto(`${origin}/ho-so/${encodeURIComponent(code)}`);
	await browser.look('dossier-returned');
	await page.goto(`${origin}/ho-so/${encodeURIComponent(code)}/danh-gia`);
	await browser.look('rating');
	await browser.press('button:not([name=skip])');
	await browser.look('rating-fault');
	await page.check('input[value=satisfied]');
	await browser.press('button:not([name=skip])');
	await browser.look('rating-thanks');
	await page.goto(`${origin}/quan-ly/danh-gia`);
	await browser.look('ratings');
});
test('the register and its paper', async () => {
	const { page } = browser;
	await page.goto(`${origin}/so/ho-so`);
	await browser.look('register');
	await page.click('details summary');
	await browser.look('register-filter');
	await page.goto(`${origin}/so/ho-so?trang-thai=da-huy`);
	await browser.look('register-none');
	const text = await paper('register-paper', '/so/ho-so/in', { landscape: true });
	for (const word of ['SỔ THEO DÕI HỒ SƠ', 'Mẫu', 'Ký nhận']) assert(text.includes(word), `${word}: ${text.slice(0, 400)}`);
	await browser.look('register-print');
});
test('the day and its sheet', async () => {
	const { page } = browser;
	await page.goto(`${origin}/chot-ngay`);
	await browser.look('day');
	await browser.press();
	await browser.look('day-print');
	await page.goto(`${origin}/chot-ngay`);
	await browser.look('day-second');
	const text = await paper('day-paper', '/chot-ngay/1');
	for (const word of ['PHIẾU CHỐT NGÀY', 'Mã kiểm', 'Người chốt']) assert(text.includes(word), word);
	const ticket = await paper('ticket-paper', '/hang-doi/so/B001/in');
	assert(ticket.includes('B001'), ticket);
	await browser.look('ticket-print');
});
await run();
