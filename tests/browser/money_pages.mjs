// Goal: the money's pages as people see them, at three widths, without a fault; the sheets as paper.
import { execFileSync } from 'node:child_process';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'money-pages', ports: [9183, 9187] });
let browser, clerk, origin, owing;
cleanup((failed) => stack.down(failed));
const login = async (name) => {
	await browser.context.clearCookies();
	await browser.logIn(name);
};
async function paper(name) {
	const { file } = await browser.print(name);
	execFileSync('pdftoppm', ['-r', '70', '-png', '-singlefile', file, file.slice(0, -4)]);
}

test.must('a board with a collector, a range and a day’s work', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	const manager = stack.clerks();
	await manager.login('quanly');
	await manager.submit(await manager.get('/thu-tien/don-vi'), '/thu-tien/don-vi', { name: 'Bưu điện tỉnh Hà Tĩnh (thử)',
		tax_code: '0000000001', address: 'Số 1 đường Thử, Hà Tĩnh', form: '01BLP', serial: 'TT-26', bank_bin: '970436',
		bank_name: 'Ngân hàng Thử', account_no: '0001234567890', account_name: 'BUU DIEN THU', used: '1' });
	await manager.submit(await manager.get('/thu-tien/don-vi'), 'name="r_serial"', { first: '101', last: '110', r_serial: 'TT-26' });
	for (let i = 0; i < 3; i++) await acceptDossier(clerk, { values: { fee_state: 'paid' } });
	for (let i = 0; i < 3; i++) owing = (await acceptDossier(clerk, { values: { fee_state: i === 2 ? 'transfer' : 'later' } })).code;
	const first = /href="(\/ho-so\/[^"]*thu-tien)"/.exec((await clerk.get('/so/bien-lai')).html)[1];
	const cancel = /href="([^"]*\/huy-thu\/[0-9a-f]{32})"/.exec((await clerk.get(first)).html)[1];
	await clerk.submit(await clerk.get(cancel), '/huy-thu/', { reason: 'Thu nhầm người', second_login: 'quanly', second_password: PASSWORD });
	origin = clerk.origin;
	browser = await Browser.open(origin, 'money');
});
test('the till', async () => {
	await login('canbo');
	const { page } = browser;
	await page.goto(`${origin}/chon-quay`);
	await browser.look('counter');
	await page.goto(`${origin}/thu-tien`);
	await browser.look('list');
	await page.goto(`${origin}/ho-so/${owing}/xong`);
	await browser.look('done');
	await page.goto(`${origin}/ho-so/${owing}/thu-tien`);
	await browser.look('take');
	await page.fill('#payer', '');
	await page.evaluate(() => document.querySelector('#payer').removeAttribute('required'));
	await page.click('.foot .go');
	await browser.look('take-fault');
	await page.fill('#payer', 'Công ty Thử');
	await page.click('.foot .go');
	await browser.look('taken');
	await page.goto(`${origin}/ho-so/${owing}`);
	await browser.look('dossier');
	await page.goto(`${origin}${/href="([^"]*\/hoan-phi\/[0-9a-f]{32})"/.exec(await page.content())[1]}`);
	await browser.look('refund');
});
test('register, usage, shift', async () => {
	const { page } = browser;
	await page.goto(`${origin}/so/bien-lai`);
	await browser.look('register');
	await page.goto(`${origin}/so/bien-lai/su-dung`);
	await browser.look('usage');
	await paper('usage-paper');
	await page.goto(`${origin}/chot-ca`);
	await browser.look('shift');
	await page.fill('#cash', '100.000');
	await page.selectOption('#successor', { index: 1 });
	await page.click('.foot .go');
	await browser.look('sheet');
	await paper('sheet-paper');
	await page.goto(`${origin}/chot-ca`);
	await browser.look('shift-none');
});
test('the manager’s page', async () => {
	await login('quanly');
	await browser.page.goto(`${origin}/thu-tien/don-vi`);
	await browser.look('setup');
	await browser.page.click('details summary');
	await browser.look('setup-open');
});

await run();
