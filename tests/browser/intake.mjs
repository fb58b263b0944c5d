// intake.mjs: a new dossier in real Chromium, the four steps as a clerk does them: scanner first, six
// taps, scans with progress and resume, nothing typed ever lost; looked at in three widths, checked
// with axe and html-validate; then once more without JavaScript.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test, run, cleanup } from '../lib/check.mjs';
import { accept, chooseProcedure, person, startDraft, tickPapers } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { jpeg, pdf, png } from '../lib/files.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack, build } from '../lib/stack.mjs';

const stack = new Stack({ name: 'steps-browser', ports: [9680, 9690] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9680';
const card = (n) => `00009000${String(n).padStart(4, '0')}||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình, Hà Tĩnh|01072022`;
const photo = (name, bytes) => ({ name, mimeType: 'image/jpeg', buffer: bytes });
let browser, page, people = 0;

const press = (selector) => browser.press(selector);
const at = () => browser.at();
const step = (name) => assert.match(at(), new RegExp(`/ho-so/moi/[0-9a-f]{32}/${name}$`));
async function login(options, name = 'canbo') {
	browser = await Browser.login(origin, 'steps', name, options);
	page = browser.page;
}
const scan = (text) => browser.scan(text);
const home = async () => {
	await page.goto(`${origin}/quay`);
	await page.waitForFunction(() => document.activeElement.id === 'q');
};
const begin = async () => {
	await home();
	await press('main form[action="/ho-so/moi"] button');
	step('nguoi');
	await page.waitForFunction(() => document.activeElement.id === 'card');
};
const toPapers = async (code = '2.000635') => {
	await begin();
	await scan(card(++people));
	step('thu-tuc');
	await press(`.usual button[value="${code}"]`);
	if (/thu-tuc$/.test(at())) await answerNo();
	step('giay-to');
};
// Step 2 where the procedure asks: no to what is not answered, somebody in every part that needs one.
const answerNo = async () => {
	const open = page.locator('#cau-hoi fieldset:not(:has(:checked)) [value=khong]');
	while (await open.count()) await open.first().check();
	for (const name of await page.locator('#nguoi-lien-quan [name^="ten."]').all())
		if (!await name.inputValue()) await name.fill('Lê Thị Giả');
	await press('.foot .btn.go');
};
const shots = (paper) => page.locator(`#tep-${paper} .shot`).count();
const firstPaper = () => page.getAttribute('input[type=file] >> nth=0', 'data-paper');
const cut = (rows) => rows.map((row) => row.replace(/\s+/g, ' ').trim());

test.must('a board without its center', async () => {
	await stack.up(['board']);
	await login();
});
test('six taps from the card to the next person', async () => {
	let taps = 0;
	const tap = async (selector) => { taps++; await press(selector); };
	await home();
	await scan(card(1));
	assert.equal(at(), '/tim', 'a card opens its person');
	await browser.look('person-new');
	await tap('main form[action="/ho-so/moi"] button');
	step('thu-tuc');
	assert.match(await page.textContent('aside'), /Nguyễn Văn Thử.*000090000001/s);
	await browser.look('step2');
	await tap('.usual button[value="2.000635"]');
	step('giay-to');
	await browser.look('step3');
	await tap('button[name=all]');
	step('kiem-tra');
	await browser.look('step4');
	const due = (await page.textContent('.giant')).trim();
	assert.match(due, /^\d\d:\d\d, (thứ|Chủ)/);
	await page.fill('#phone', '0900 000 123');
	await tap('.foot .btn.go');
	assert.match(at(), /^\/ho-so\/CT18685\.1-\d{6}-0001\/xong(?:\?hen=doi)?$/);
	assert.match(await page.textContent('main'), new RegExp(`Đã tiếp nhận.*Đã lưu tại quầy.*${due}`, 's'));
	await browser.look('done');
	const frame = page.frameLocator('iframe').locator('.copy');
	assert.equal(await frame.count(), 2, 'both copies are on their way to the printer');
	await tap('form[action$="/da-in"] button >> nth=0');
	assert.match(await page.textContent('main'), /Đã in giấy hẹn/);
	await browser.look('done-printed');
	await tap('.foot .btn.go');
	assert.equal(at(), '/quay');
	assert.ok(taps <= 6, `${taps} taps`);
});
test('the slip: one page, both copies, QR, barcode, and a reprint says so', async () => {
	await page.goto(`${origin}/quay`);
	await page.fill('#q', '0001');
	await press('.find button');
	const code = at().split('/')[2];
	assert.match(code, /-0001$/, 'the last four digits find it');
	await page.goto(`${origin}/ho-so/${code}/giay-hen`);
	await browser.look('slip');
	const text = await page.textContent('main');
	for (const word of ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập - Tự do - Hạnh phúc', 'Liên: Lưu',
		'Liên: Giao người nộp', 'GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ', 'Bản in lại lần 1', 'CHẠY THỬ', code,
		'000090000001', '0900000123', 'Cấp bản sao trích lục hộ tịch'])
		assert.ok(text.includes(word), word);
	const { file, sheets } = await browser.print('slip');
	assert.equal(sheets, 1);
	execFileSync('pdftoppm', ['-r', '200', '-png', '-singlefile', file, file.slice(0, -4)]);
	const read = execFileSync('zbarimg', ['-q', '--raw', `${file.slice(0, -4)}.png`],
		{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n');
	assert.equal(read.filter((line) => line === code).length >= 1, true, 'the barcode is the code');
	const address = read.find((line) => /^https?:.*\/h\//.test(line));
	assert.ok(address.includes(`/h/${code}.`), 'the QR opens the status page');
	await home();
	await scan(address);
	assert.equal(at(), `/ho-so/${code}`, 'a scanned slip opens its dossier');
});
test('both copies stay on one sheet, however many papers and however long the names', async () => {
	const clerk = stack.clerks();
	await clerk.login('canbo');
	for (const [extra, long] of [[0, 0], [4, 0], [8, 0], [15, 0], [19, 0], [0, 1], [8, 1]]) {
		const draft = await startDraft(clerk, person(long ? { name: 'Nguyễn Thị Tên Rất Dài '.repeat(6).trim(),
			address: 'Số nhà 123, ngõ 45, đường Thử Nghiệm, thôn Chạy Thử, '.repeat(4).trim(), who: 'other', s_relation: 'con dâu',
			s_name: 'Trần Thị Mẫu '.repeat(10).trim(), s_number: '000190000077', s_authorisation: '15/2026/UQ' } : {}));
		let next = await chooseProcedure(clerk, draft, '1.001193');
		for (let i = 0; i < extra; i++)
			next = await clerk.submit(next, '/tai-len/', { add_name: `Giấy xác nhận số ${i} của cơ quan có thẩm quyền nơi cư trú` },
				{ button: 'add', files: [] });
		const { code } = await accept(clerk, await tickPapers(clerk, next, []));
		await page.goto(`${origin}/ho-so/${encodeURIComponent(code)}/giay-hen`);
		await page.setViewportSize({ width: 718, height: 1000 });	/* 190 mm between the margins */
		await page.emulateMedia({ media: 'print' });
		const room = await page.evaluate(() => [...document.querySelectorAll('.copy')].map((copy) =>
			Math.round(copy.getBoundingClientRect().bottom - copy.lastElementChild.getBoundingClientRect().bottom)));
		assert.ok(room.length === 2 && room.every((px) => px >= 0), `${extra} more papers, long names ${long}: ${room} px left`);
		const sheets = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type\s*\/Page\b/g);
		assert.equal(sheets.length, 1, `${extra} more papers`);
		await page.emulateMedia({ media: null });
	}
	clerk.close();
});
test('faults come back with everything typed, and what is right stays', async () => {
	await begin();
	await press('.foot .btn.go');
	await browser.look('step1-empty');
	assert.equal(await page.evaluate(() => document.activeElement.className), 'summary');
	await page.click('.summary a >> nth=0');
	assert.ok(await page.evaluate(() => document.activeElement.tagName === 'INPUT'), 'the summary leads to the field');
	const markup = '<img src=x onerror=alert(1)> & "Trần"';
	await page.fill('#name', markup);
	await page.fill('#number', '12345');
	await page.fill('#birth', '31/02/1990');
	await page.fill('#address', 'Xóm 2, xã Cẩm Bình');
	await page.check('[name=who][value=other]');
	await page.fill('#s_name', 'Lê Văn Nộp');
	await press('.foot .btn.go');
	assert.equal(await page.inputValue('#name'), markup);
	assert.equal(await page.inputValue('#number'), '12345');
	assert.equal(await page.inputValue('#birth'), '31/02/1990');
	for (const field of ['number', 'birth', 'phone', 's_relation'])
		assert.equal(await page.locator(`#${field}-loi`).count(), 1, field);
	await browser.look('step1-faults');
	await page.goto(page.url());
	assert.equal(await page.inputValue('#name'), markup, 'the draft has kept what was right');
	assert.equal(await page.inputValue('#address'), 'Xóm 2, xã Cẩm Bình');
	await page.fill('#number', '000000000001');
	await page.fill('#birth', '1990');
	await page.check('#no_phone');
	await page.fill('#s_relation', 'hàng xóm');
	await press('.foot .btn.go');
	step('thu-tuc');
	assert.match(await page.textContent('aside'), /không khớp với năm sinh/, 'a contradiction warns');
});
test('a card scanned into any field goes where it belongs', async () => {
	await begin();
	await page.fill('#name', 'Gõ dở');
	await page.focus('#name');
	await scan(card(++people));
	step('thu-tuc');
	assert.match(await page.textContent('aside'), /Nguyễn Văn Thử/);
	await begin();
	await page.fill('#card', 'not|a|card');
	await press('#card + button');
	step('nguoi');
	assert.equal(await page.inputValue('#card'), 'not|a|card');
	await browser.look('step1-card');
});
test('procedures: found in any words without diacritics, the case by its questions or by its name', async () => {
	const find = async (words, seen) => {
		await begin();
		await scan(card(++people));
		await page.fill('#find', words);
		const names = cut(await page.locator('#tat-ca .pick:visible').allTextContents());
		assert.ok(names.length >= 1 && names.every((name) => seen.test(name)), names.join());
		await press('#tat-ca .pick:visible >> nth=0');
		step('thu-tuc');
	};
	await find('hon dang ky ket', /kết hôn/);
	await browser.look('step2-questions');
	await press('.foot .btn.go');
	step('thu-tuc');
	assert.match(await page.textContent('.summary'), /Bên nữ/, 'whom the form needs');
	await browser.look('step2-faults');
	await page.check('#cau-hoi fieldset:has-text("xác minh") [value=co]');
	await page.fill('#content', 'Đăng ký kết hôn, có xác minh');
	await answerNo();
	step('giay-to');
	await find('ho tich thay doi cai chinh', /cải chính/);
	await browser.look('step2-case');
	await page.check('[name=case] >> nth=1');
	await press('.foot .btn.go');
	step('giay-to');
	assert.match(await page.textContent('aside'), /Trường hợp/);
});
test('scans: several at once with progress, refused ones say why, one removed', async () => {
	await toPapers('1.001193');
	const paper = await firstPaper();
	await page.setInputFiles('input[type=file] >> nth=0', [photo('một.jpg', jpeg(700000)), photo('2.jpg', jpeg()),
		{ name: 'tờ khai.pdf', mimeType: 'application/pdf', buffer: pdf() }]);
	await page.waitForFunction((id) => document.querySelectorAll(`#tep-${id} .shot`).length === 3, paper);
	assert.ok(await page.isChecked(`[name="state.${paper}"][value=du]`), 'a paper with scans is there');
	await browser.look('step3-files');
	await page.setInputFiles('input[type=file] >> nth=0', photo('chu.jpg', Buffer.from('only words, no photo at all')));
	await page.waitForSelector(`#tep-${paper} p.live:visible`);
	assert.match(await page.textContent(`#tep-${paper} p.live`), /không phải ảnh JPEG, PNG hay PDF/);
	await page.setInputFiles('input[type=file] >> nth=0', photo('rong.jpg', Buffer.alloc(0)));
	await page.waitForFunction((id) => /trống/.test(document.querySelector(`#tep-${id} p.live`).textContent), paper);
	await browser.look('step3-refused');
	await press(`#tep-${paper} .shot button[name=remove] >> nth=1`);
	assert.equal(await shots(paper), 2);
});
test('a scan goes on where the line was cut', async () => {
	await toPapers();
	const paper = await firstPaper();
	let patches = 0, asked = 0;
	await page.route('**/tai-len/*', (route) => {
		const method = route.request().method();
		asked += method === 'HEAD';
		return method === 'PATCH' && ++patches === 2 ? route.abort('connectionreset') : route.continue();
	});
	await page.setInputFiles('input[type=file] >> nth=0', photo('to.jpg', jpeg(900000)));
	await page.waitForSelector(`#tep-${paper} p.live:visible`);
	assert.match(await page.textContent(`#tep-${paper} p.live`), /bị ngắt/);
	await page.click('.foot .btn.go');
	assert.match(await page.textContent(`#tep-${paper} p.live`), /đang tải lên|bị ngắt/, 'nothing is left behind');
	step('giay-to');
	await page.waitForFunction((id) => document.querySelectorAll(`#tep-${id} .shot`).length === 1, paper);
	assert.ok(asked >= 1 && patches >= 4 && patches <= 6, `${patches} pieces, ${asked} questions`);
	await page.unroute('**/tai-len/*');
});
test('papers missing: no acceptance, and the way to each', async () => {
	await toPapers();
	const missing = page.locator('[value=thieu] >> nth=0');
	await missing.check();
	await press('.foot .btn.go');
	step('kiem-tra');
	await browser.look('step4-gaps');
	assert.match(await page.textContent('.note.bad'), /Còn thiếu:/);
	await page.check('#no_phone');
	await press('.foot .btn.go');
	step('kiem-tra');
	await page.check('[name=way][value=post]');
	await press('.foot .btn.go');
	assert.equal(await page.locator('#d_address-loi').count(), 1);
	await browser.look('step4-faults');
});
test('the next dossier of the same person; an accepted draft leads to its dossier', async () => {
	await toPapers();
	const draft = page.url();
	await press('button[name=all]');
	await page.check('#no_phone');
	await press('.foot .btn.go');
	const code = at().split('/')[2];
	await page.goto(draft);
	assert.equal(at(), `/ho-so/${code}/xong`);
	await press('form[action="/ho-so/moi"] button');
	step('thu-tuc');
	assert.match(await page.textContent('aside'), /Nguyễn Văn Thử/);
	await press('.usual button[value="2.000635"]');
	assert.match(await page.textContent('aside'), new RegExp(`đang có hồ sơ cùng thủ tục: ${code.replaceAll('.', '\\.')}`));
	await page.goto(`${origin}/quay`);
	await page.fill('#q', 'thu nguyen');
	await press('.find button');
	await browser.look('search');
	assert.ok(await page.locator('table.list tbody tr').count() >= 2);
	await page.fill('#q', 'khong co ai nhu the');
	await press('.find button');
	await browser.look('search-nothing');
	await home();
	await scan(card(1));
	await browser.look('person');
	assert.match(await page.textContent('main'), /Hồ sơ đang có/);
});
test('a colleague takes a draft over', async () => {
	await begin();
	await scan(card(++people));
	const draft = page.url();
	const mine = browser, minePage = page;
	execFileSync(path.join(build, 'tram'), ['user', 'add', 'dongnghiep', '--data', path.join(stack.data, 'board'),
		'--name', 'Mai Thị Mẫu', '--title', 'Công chức', '--roles', 'intake', '--keep-password'],
	{ input: `${PASSWORD}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
	await login({}, 'dongnghiep');
	await page.goto(draft);
	assert.match(await page.textContent('main'), /đang do Trần Thị Thử làm/);
	await browser.look('draft-take');
	await press('form[action$="/nhan-lai"] button');
	step('thu-tuc');
	await browser.close();
	[browser, page] = [mine, minePage];
	const answer = await page.goto(draft);
	assert.equal(answer.status(), 200);
	assert.match(await page.textContent('main'), /đang do Mai Thị Mẫu làm/, 'and back again by the same way');
});
test('all of it without JavaScript', async () => {
	await browser.close();
	await login({ javaScriptEnabled: false });
	await page.goto(`${origin}/quay`);
	await press('main form[action="/ho-so/moi"] button');
	await page.fill('#card', card(99));
	await Promise.all([page.waitForNavigation(), page.press('#card', 'Enter')]);
	step('thu-tuc');
	await page.fill('#find', 'trich luc');
	await press('#find + button');
	await press('#tat-ca .pick[value="2.000635"]');
	step('giay-to');
	await page.setInputFiles('input[type=file] >> nth=0', [photo('a.jpg', jpeg()), { name: 'b.png', mimeType: 'image/png', buffer: png() }]);
	await press('button[name=stay] >> nth=0');
	assert.equal(await page.locator('.shot').count(), 2);
	await page.setInputFiles('input[type=file] >> nth=0', photo('chu.jpg', Buffer.from('only words, no photo at all')));
	await press('button[name=all]');
	assert.match(await page.textContent('.summary'), /không phải ảnh JPEG/);
	assert.equal(await page.locator('.shot').count(), 2, 'what came stays');
	await press('button[name=all]');
	step('kiem-tra');
	await page.fill('#fee_copies', '3');
	await press('button[name=recount] >> nth=1');
	assert.match(await page.textContent('#phi .big'), /24\.000 đ/);
	await page.fill('#phone', '0900000199');
	await press('.foot .btn.go');
	assert.match(at(), /\/xong(?:\?hen=doi)?$/);
	await press('a[href$="/giay-hen"]');
	await press('button[name=next]');
	assert.equal(at(), '/quay');
});
await run();
