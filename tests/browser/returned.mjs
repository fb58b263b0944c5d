// returned.mjs: originals in keeping, and a result signed for on the tablet with a finger: looked at in
// three widths with axe and html-validate; without JavaScript the paper is signed.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, signAtCommune } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'returned-browser', ports: [9560, 9566] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9560';
let clerk, browser, code;

const at = (slug = '') => `/ho-so/${encodeURIComponent(code)}${slug && `/${slug}`}`;
const enter = (options) => Browser.login(origin, 'returned', 'canbo', options);
const open = async (path) => (await browser.go(path)).page;

test.must('a result, and originals that lie here', async () => {
	await stack.up(['board']);
	const [specialist, signer] = [stack.clerks(), stack.clerks()];
	clerk = stack.clerks();
	for (const [client, login] of [[clerk, 'canbo'], [specialist, 'chuyenvien'], [signer, 'nguoiky']]) await client.login(login);
	({ code } = await acceptDossier(clerk));
	for (const [paper, count] of [['Giấy chứng nhận quyền sử dụng đất', '1'], ['Giấy khai sinh', '2']])
		await clerk.submit(await clerk.get(at('ban-goc')), 'value="keep"', { paper, count }, { button: 'keep' });
	await signAtCommune({ specialist, signer }, code);
	await act(specialist, code, 'ket-qua', { kind: 'Bản sao trích lục', number: '07/TLKS-BS', signed_on: '24/11/2026', issuer: 'UBND xã Cẩm Bình', signer: 'Phạm Thị Thử', summary: 'Trích lục khai sinh' },
		{ files: [{ name: 'file', filename: 'kq.pdf', type: 'application/pdf', content: pdf() }] });
	browser = await enter();
});
test('originals: the dossier, its page, the list', async () => {
	await open(at());
	await browser.look('dossier');
	const page = await open(at('ban-goc'));
	await browser.look('originals');
	await Promise.all([page.waitForNavigation(), page.click('button[value="back"]')]);
	assert(await page.isVisible('#bg-loi'));
	await browser.look('originals-fault');
	await open('/ban-goc');
	await browser.look('list');
});
test('without JavaScript the paper is signed: no frame, no choice that leads nowhere', async () => {
	const plain = await enter({ javaScriptEnabled: false });
	try {
		await plain.page.goto(`${origin}${at('tra')}`);
		assert(await plain.page.isVisible('input[name="signature"][value="paper"]'));
		assert(!await plain.page.isVisible('input[name="signature"][value="screen"]'));
		assert(!await plain.page.isVisible('#ky'));
	} finally {
		await plain.close();
	}
});
test('the result is signed for with a finger; a fault elsewhere leaves the signature standing', async () => {
	const page = await open(at('tra'));
	assert(!await page.isVisible('#ky'), 'not asked until chosen');
	await page.check('input[name="signature"][value="screen"]');
	await page.locator('#ky').scrollIntoViewIfNeeded();
	const box = await page.locator('#ky').boundingBox();
	const to = (x, y) => page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 6 });
	await to(0.15, 0.6);
	await page.mouse.down();
	for (let i = 0; i <= 24; i++) await to(0.15 + i * 0.028, 0.55 + 0.3 * Math.sin(i * 1.1) * (1 - i / 40));
	await page.mouse.up();
	await to(0.3, 0.85);
	await page.mouse.down();
	await to(0.8, 0.8);
	await page.mouse.up();
	const ink = await page.inputValue('#ink');
	assert(ink.length > 100 && ink.length < 4000 && ink.match(/s/g).length === 2, ink.slice(0, 80));
	await browser.look('signed');
	await Promise.all([page.waitForNavigation(), page.click('main button.go')]);
	assert(await page.isVisible('#bg-loi'), 'the originals are asked for');
	assert.equal(await page.inputValue('#ink'), ink);
	assert(await page.evaluate(() => document.getElementById('ky').getContext('2d').getImageData(0, 0, 600, 200).data.some((v) => v > 0)), 'drawn again');
	await browser.look('return-fault');
	for (const box of await page.locator('input[name^="bg."]').all()) await box.check();
	await Promise.all([page.waitForNavigation(), page.click('main button.go')]);
	assert.equal(decodeURIComponent(new URL(page.url()).pathname), decodeURIComponent(at()));
	assert(await page.isVisible('svg.ink'));
	await browser.look('returned');
});
test('on the receipt of return', async () => {
	const page = await open(at('in/bien-nhan'));
	await browser.look('receipt');
	await page.pdf({ path: `${browser.shots}/receipt.pdf`, preferCSSPageSize: true });
});
test('done', async () => browser.close());

await run();
