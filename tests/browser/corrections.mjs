// corrections.mjs: the pages that put something right, looked at in three widths with axe and
// html-validate, empty, with faults and done; the pledge and the amended slip as they are printed.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, decideAtCommune } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'corrections-browser', ports: [9767, 9777] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9767';
const people = new People(origin, 'corrections');
let clerk, code;

const at = (slug) => `${origin}/ho-so/${encodeURIComponent(code)}${slug && `/${slug}`}`;
const open = (login, slug) => people.open(login, at(slug));

test.must('a board without its center, one dossier', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	code = (await acceptDossier(clerk)).code;
});
for (const [login, slug] of [['canbo', 'sua'], ['canbo', 'huy'], ['quanly', 'ngay-hen'], ['quanly', 'gia-han'],
	['canbo', 'mat-giay-hen'], ['canbo', 'cam-ket'], ['canbo', 'ma-khac'], ['canbo', 'goi'], ['canbo', 'rut'],
	['quanly', 'dung']])
	test(`${slug} as it opens`, async () => (await open(login, slug)).look(slug));
test('faults of an amendment stand beside their fields', async () => {
	const browser = await open('canbo', 'sua');
	await browser.page.fill('#name', 'Nguyễn Văn Sửa');
	await browser.page.fill('#reason', 'Ghi sai tên');
	await browser.press();
	await browser.look('sua-faults');
	assert.equal(await browser.page.inputValue('#name'), 'Nguyễn Văn Sửa');
	await browser.page.fill('#second_login', 'quanly');
	await browser.page.fill('#second_password', PASSWORD);
	await browser.press();
	assert.equal(browser.page.url(), at(''));
	await browser.page.click('details.more summary');
	await browser.look('amended');
	await browser.page.goto(at('giay-hen'));
	assert.match(await browser.page.innerText('main'), /Bản sửa lần 1/);
	await browser.look('slip-amended');
});
test('every link of "Việc khác" opens', async () => {
	for (const login of ['canbo', 'quanly', 'chuyenvien']) {
		const { page } = await open(login, '');
		const links = await page.$$eval('details.more a', (all) => all.map((a) => a.href));
		assert(links.length > 3, login);
		for (const link of links) assert.equal((await page.goto(link)).status(), 200, link);
	}
});
test('recall, send back and recall of a result as they open', async () => {
	const specialist = stack.clerks(), signer = stack.clerks();
	await specialist.login('chuyenvien');
	await signer.login('nguoiky');
	await act(clerk, code, 'chuyen');
	await (await open('canbo', 'thu-hoi')).look('thu-hoi');
	await (await open('chuyenvien', 'tra-lai')).look('tra-lai');
	await decideAtCommune({ clerk, specialist, signer }, code);
	await (await open('canbo', 'thu-hoi-ket-qua')).look('thu-hoi-ket-qua');
});
test('personal data erased: the page before, its faults, and the dossier after', async () => {
	const browser = await open('quanly', 'xoa-du-lieu');
	await browser.look('xoa-du-lieu');
	await browser.page.check('input[value=request]');
	await browser.page.fill('#second_login', 'nguoiky');
	await browser.page.fill('#second_password', PASSWORD);
	await browser.press();
	assert.equal(browser.page.url(), at(''));
	await browser.look('erased');
});
await run();
