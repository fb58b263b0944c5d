// staff_pages.mjs: the pages of people, tablets and PINs, the director's day, the first day and its
// papers, looked at in three widths with axe and html-validate; the papers as they are printed.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'staff-browser', ports: [9630, 9633] });
cleanup((failed) => stack.down(failed));
const counter = 'http://127.0.0.1:9630', admin = 'http://127.0.0.1:9632';
let boss, keeper, code;

const go = async (browser, address, name) => (await browser.go(address)).look(name);

test.must('a board, a dossier, a manager at both places', async () => {
	await stack.up(['board']);
	const clerk = stack.clerks();
	await clerk.login('canbo');
	code = (await acceptDossier(clerk)).code;
	await act(clerk, code, 'chuyen');
	assert.equal(stack.tram('board', ['user', 'add', 'nhan.hai', '--name', 'Đặng Thị Thử', '--roles', 'intake',
		'--keep-password'], `${PASSWORD}\n`).status, 0);
	boss = await Browser.login(counter, 'staff', 'quanly');
	keeper = await Browser.login(admin, 'staff', 'quanly');
});
for (const [path, name] of [['viec', 'viec'], ['quan-ly', 'quan-ly'], ['quan-ly/nguoi', 'nguoi'], ['quan-ly/chuan-bi', 'chuan-bi'],
	['quan-ly/chay-thu', 'chay-thu'], ['quan-ly/truy-cap', 'truy-cap'], ['quan-ly/may', 'may-empty'], ['ma-pin', 'pin-never'],
	['quan-ly/chay-thu/the', 'practice'], ['quan-ly/chay-thu/bien-ban', 'ready'], ['quan-ly/the-quay', 'card']])
	test(`${path} as it opens`, async () => go(boss, `${counter}/${path}`, name));
test('one person\'s procedures', async () => {
	await boss.page.goto(`${counter}/quan-ly/nguoi`);
	await boss.page.click('text=Trần Thị Thử');
	await boss.look('nguoi-one');
});
test('accounts: list, form, faults, the password once', async () => {
	await go(keeper, `${admin}/tai-khoan`, 'accounts');
	await go(keeper, `${admin}/tai-khoan/moi`, 'account-new');
	await keeper.page.fill('#name', 'Nguyễn Thị Mẫu');
	await keeper.page.fill('#login', 'mau.moi');
	await keeper.page.fill('#ends', '32/12/2026');
	await keeper.page.click('.foot button.go');
	await keeper.look('account-faults');
	await keeper.page.fill('#ends', '31/12/2030');
	await keeper.page.check('input[name=role_intake]');
	await keeper.page.click('.foot button.go');
	await keeper.look('account-once');
});
test('a new password needs a second person at the page', async () => {
	await keeper.page.goto(`${admin}/tai-khoan`);
	await keeper.page.click('a[href$="/mat-khau"]');
	await keeper.page.fill('#second_login', 'quanly');
	await keeper.page.fill('#second_password', PASSWORD);
	await keeper.press();
	await keeper.look('reset-fault');
});
test('many accounts: a list looked at, the slips', async () => {
	await go(keeper, `${admin}/tai-khoan/danh-sach`, 'import');
	await keeper.page.fill('#list', 'Đỗ Thị Một;;Công chức;UBND xã;;Tiếp nhận\nVũ Văn Hai;vu.hai;;;;Nấu cơm\nLê Văn Ba;canbo;;;;Tiếp nhận');
	await keeper.press('main .card button');
	await keeper.look('import-looked');
	await keeper.press('button[name=go]');
	await keeper.look('first-slips');
});
test('a paired tablet: PIN chosen, locked, opened', async () => {
	await boss.page.goto(`${counter}/quan-ly/may`);
	await boss.page.fill('#name', 'Máy quầy 1');
	await boss.page.fill('#at', '1');
	await boss.press('main button.go');
	await boss.look('may');
	await boss.press('.who button.quiet');
	for (const [login, pin] of [['canbo', '271828'], ['nhan.hai', '314159']]) {
		await boss.logIn(login, '/dang-nhap?mat-khau=1');
		assert.match(boss.page.url(), /ma-pin/);
		await boss.look('pin');
		await boss.page.fill('#pin', pin);
		await boss.page.fill('#again', pin);
		await boss.press('main button.go');
		await boss.press('.who button');
	}
	await boss.look('khoa');
	await boss.page.click('text=Trần Thị Thử');
	await boss.page.fill('#pin', '000001');
	await boss.press('main button.go');
	await boss.look('khoa-fault');
});
test('a dossier outside one\'s work asks why', async () => {
	await boss.page.goto(`${counter}/khoa`);
	await boss.page.click('text=Đặng Thị Thử');
	await boss.page.fill('#pin', '314159');
	await boss.press('main button.go');
	await boss.page.goto(`${counter}/chon-quay`);
	await boss.press('button[value="5"]');
	await boss.page.goto(`${counter}/ho-so/${encodeURIComponent(code)}`);
	assert.match(await boss.page.innerText('h1'), /để làm gì/);
	await boss.look('ly-do');
});

await run();
