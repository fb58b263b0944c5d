// stick.mjs: the USB page in real Chromium: before, with the courier's note, after the way back and with no
// stick; the note on paper; a dossier whose scan was let go, and what stands in the scan's place.
import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { accept, act, chooseProcedure, person, startDraft, tickPapers } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stick = path.resolve('build/test-data/stick-browser/usb');
const stack = new Stack({ name: 'stick-browser', ports: [9134, 9137], center: '',
	board: `retry_min_s = 1\npoll_max_s = 2\npoll_active_s = 1\nstick_dir = ${stick}\nstick_part_mb = 1\nhold_days = 0\nkeep_free_mb = 100000000\n` });
cleanup((failed) => stack.down(failed));
const admin = 'http://127.0.0.1:9136', clerks = 'http://127.0.0.1:9134';
let browser, page, code, clerk;
const press = (selector) => browser.press(selector);
const says = (word) => until(`the page says ${word}`, 20, async () =>
	(await page.goto(`${admin}/usb`), word.test(await page.textContent('main'))));
const login = (origin, name) => browser.logIn(name, `${origin}/dang-nhap`);
async function accepted() {
	const draft = await startDraft(clerk, person());
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	const name = /name="(file\.[^"]+)"/.exec(papers.html)[1];
	return (await accept(clerk, await tickPapers(clerk, papers, [{ name, filename: 'don.pdf', type: 'application/pdf', content: pdf('Don', 400000) }]))).code;
}

test.must('a board without a line, dossiers with scans, a stick', async () => {
	await stack.up(['board']);
	mkdirSync(stick);
	chmodSync(stick, 0o777);
	clerk = stack.clerks();
	await clerk.login('canbo');
	code = await accepted();
	for (let i = 0; i < 4; i++) await accepted();
	await act(clerk, code, 'rut', { reason: 'Người dân rút hồ sơ', slip_taken: '1', asked_by: 'Nguyễn Văn Thử' });
	browser = await Browser.open(admin, 'stick');
	page = browser.page;
});
test('before anything was written', async () => {
	await login(admin, 'kythuat');
	await page.goto(`${admin}/usb`);
	await browser.look('before');
});
test.must('the courier\'s note, on the screen and on paper', async () => {
	await press('form[action="/usb/ghi"] button');
	await says(/Phiếu mang USB/);
	await browser.look('note');
	assert(readdirSync(stick).length >= 2);
	await page.emulateMedia({ media: 'print' });
	await page.pdf({ path: path.join(browser.shots, 'note.pdf'), format: 'A4' });
	assert(!await page.isVisible('form[action="/usb/ghi"] button'), 'no button on paper');
	await page.emulateMedia({ media: 'screen' });
});
test('no stick in its place', async () => {
	renameSync(stick, `${stick}-away`);
	await press('form[action="/usb/ghi"] button');
	await says(/Không thấy USB/);
	await browser.look('no-stick');
	renameSync(`${stick}-away`, stick);
});
test.must('what came back', async () => {
	await stack.stop('board');
	const files = readdirSync(stick).filter((name) => name.endsWith('.age')).map((name) => path.join(stick, name));
	assert.equal(stack.tram('center', ['import', ...files]).status, 0);
	assert.equal(stack.tram('center', ['bundle', '--board', 'b18685-1', '--out', stick]).status, 0);
	await stack.start('board');
	await page.goto(`${admin}/usb`);
	await press('form[action="/usb/nhan"] button');
	await says(/Đã nhận từ USB/);
	await browser.look('back');
});
test('a dossier whose scan was let go, and the page in the scan\'s place', async () => {
	const dir = path.join(stack.data, 'copy');
	mkdirSync(dir);
	chmodSync(dir, 0o777);
	await login(clerks, 'canbo');
	await page.goto(`${clerks}/ho-so/${encodeURIComponent(code)}`);
	const scan = await page.getAttribute('a[href*="/tep/"]', 'href');
	await stack.start('center');
	await stack.drained();
	const made = stack.tram('center', ['copy', '--to', dir]);
	assert.equal(made.status, 0, made.stderr);
	await until('the copy is announced', 10, () => stack.digest('board').center_copy === stack.digest('center').center_copy);
	stack.killOne('board', 'forward.0', 'SIGTERM');
	await until('the scan is gone', 20, async () => (await page.goto(clerks + scan)).status() === 410);
	await browser.look('let-go');
	await page.goto(`${clerks}/ho-so/${encodeURIComponent(code)}`);
	assert.match(await page.textContent('main'), /tệp ở Tỉnh/);
	await browser.look('dossier');
	await page.goto(`${clerks}/quay`);
	await browser.look('home');
});
cleanup(() => browser?.close());
await run();
