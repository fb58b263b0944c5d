// papers.mjs: every paper as it comes out of the printer: sheets counted, words, QR and barcode read
// back from the PDF; and its page, the print tray and the pages of before acceptance looked at in
// three widths with axe and html-validate.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, chooseProcedure, decideAtCommune, person, startDraft } from '../lib/clerk.mjs';
import { workday } from '../lib/days.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'papers-browser', ports: [9543, 9546] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9543';
let browser, page, clerk, specialist, signer, manager, code;

const run_ = (name, args) => execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
// Prints what the page shows; checks how many sheets of which size, and words on them. Returns what a
// scanner reads from the first sheet.
async function printed(name, sheets, [width, height], words) {
	const { file, mm, ...seen } = await browser.print(name);
	assert.equal(seen.sheets, sheets, `${name}: sheets`);
	assert(Math.abs(mm[0] - width) <= 1 && (height === 0 || Math.abs(mm[1] - height) <= 1), `${name}: ${mm} mm`);
	const text = run_('pdftotext', ['-raw', file, '-']).replace(/\s+/g, ' ');
	for (const word of words) assert(text.includes(word), `${name} lacks "${word}": ${text.slice(0, 800)}`);
	run_('pdftoppm', ['-r', '200', '-png', '-f', '1', '-l', '1', '-singlefile', file, file.slice(0, -4)]);
	if (sheets > 1) run_('pdftoppm', ['-r', '70', '-png', '-f', '2', '-l', '2', '-singlefile', file, `${file.slice(0, -4)}-2`]);
	try {
		return run_('zbarimg', ['-q', '--raw', `${file.slice(0, -4)}.png`]).trim().split('\n');
	} catch {
		return [];
	}
}
const at = (slug) => `${origin}/ho-so/${encodeURIComponent(code)}/${slug}`;
const open = (where) => browser.go(where);
const COUNTRY = ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập - Tự do - Hạnh phúc'];

test.must('a board without its center, four people, a browser', async () => {
	await stack.up(['board']);
	[clerk, specialist, signer, manager] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky', 'quanly'].map(async (login) => {
		const client = stack.clerks();
		await client.login(login);
		return client;
	}));
	browser = await Browser.login(origin, 'papers', 'canbo');
	page = browser.page;
	code = (await acceptDossier(clerk, { who: person({ name: 'Nguyễn Văn Thử' }) })).code;
});
for (const [size, name, sheets, mm] of [['', 'slip-a4', 1, [210, 297]], ['?kho=a5', 'slip-a5', 2, [210, 148]], ['?kho=80mm', 'slip-80mm', 1, [80, 0]]])
	test(`the slip as ${name}`, async () => {
		await open(at(`giay-hen${size}`));
		await browser.look(name);
		const read = await printed(name, sheets, mm, ['GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ', code, 'Nguyễn Văn Thử', 'Đến nhận sau',
			...(size === '?kho=80mm' ? [] : COUNTRY)]);
		assert(read.includes(code), 'the barcode is the code');
		assert(read.some((line) => line.includes(`/h/${code}.`)), 'the QR opens the status page');
	});
test('control sheet, steps, letter to the desk, slip for many', async () => {
	await act(clerk, code, 'chuyen');
	await act(specialist, code, 'nhan-xu-ly');
	for (const [slug, sheets, mm, words] of [['kiem-soat', 1, [210, 297], ['PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ', 'Mẫu số 06', 'GHI CHÚ']],
		['qua-trinh', 1, [297, 210], ['PHIẾU QUÁ TRÌNH XỬ LÝ HỒ SƠ', 'Chuyển xử lý']],
		['ban-giao', 1, [210, 297], ['GIẤY BÀN GIAO HỒ SƠ', 'BÊN NHẬN']],
		['nhieu-ho-so', 2, [297, 210], ['GIẤY TIẾP NHẬN NHIỀU HỒ SƠ', 'BIÊN BẢN GIAO NHẬN HỒ SƠ', 'Tổng số: 1 hồ sơ']]]) {
		await open(at(`in/${slug}`));
		await browser.look(slug);
		const read = await printed(slug, sheets, mm, [code, ...COUNTRY, ...words]);
		assert(read.includes(code), `${slug}: barcode`);
	}
});
// TT 01/2018 form 06, TT 03/2025 form 07 (DOMAIN 1.7): what each column is, in the order of the form.
const REGISTER = ['STT', 'Mã hồ sơ', 'Tên thủ tục hành chính', 'Số bộ', 'Tên cá nhân, tổ chức', 'Địa chỉ, số điện thoại',
	'Cơ quan chủ trì giải quyết', 'Nhận hồ sơ', 'Hẹn trả kết quả', 'Chuyển đến cơ quan giải quyết', 'Nhận kết quả từ cơ quan giải quyết',
	'Trả kết quả: ngày, tháng, năm', 'Phương thức nhận kết quả', 'Ký nhận', 'Ghi chú'];
test('the register has the columns of its form, in their order, with number and name of the form', async () => {
	await open(`${origin}/so/ho-so/in`);
	await browser.look('so-theo-doi');
	await printed('so-theo-doi', 1, [297, 210], ['SỔ THEO DÕI HỒ SƠ', 'Theo Mẫu số 07, Thông tư 03/2025/TT-VPCP', 'Nguyễn Văn Thử', ...COUNTRY]);
	const { file } = await browser.print('so-theo-doi');
	const text = run_('pdftotext', ['-raw', file, '-']).replace(/\s+/g, ' ');
	let from = 0;
	for (const column of REGISTER) {
		const at = text.indexOf(column, from);
		assert(at >= 0, `"${column}" is missing or out of order: ${text.slice(0, 900)}`);
		from = at + column.length;
	}
	assert(text.replaceAll(' ', '').indexOf(code) > 0 && text.indexOf('Nguyễn Văn Thử') > from, 'the rows follow');
});
test('apology, receipt of return, notice of stopping', async () => {
	await manager.submit(await manager.get(`/ho-so/${encodeURIComponent(code)}/ngay-hen`), '/ngay-hen', { due_at: workday(13).at('16:00'), reason: 'Cho đủ thời gian' });
	await specialist.submit(await specialist.get(`/ho-so/${encodeURIComponent(code)}/gia-han`), '/gia-han',
		{ due_at: workday(15).at('10:00'), reason: 'Chờ xác minh nơi cư trú', late_unit: 'Tư pháp', signer_name: 'Phạm Thị Thử' });
	await open(at('in/xin-loi'));
	await browser.look('xin-loi');
	await printed('xin-loi', 1, [210, 297], ['VĂN BẢN XIN LỖI', workday(15).paper('10:00'), 'Mẫu số 04', ...COUNTRY]);
	const other = (await acceptDossier(clerk)).code;
	await act(clerk, other, 'chuyen');
	await decideAtCommune({ clerk, specialist, signer }, other);
	code = other;
	await open(at('in/bien-nhan'));
	await browser.look('bien-nhan');
	await printed('bien-nhan', 1, [210, 297], ['GIẤY BIÊN NHẬN TRẢ KẾT QUẢ', '01/TLKS-BS', ...COUNTRY]);
	code = (await acceptDossier(clerk)).code;
	await manager.submit(await manager.get(`/ho-so/${encodeURIComponent(code)}/dung`), '/dung', { reason: 'Chủ hồ sơ đã mất', signer_name: 'Phạm Thị Thử' });
	await open(at('in/dung'));
	await printed('dung', 1, [210, 297], ['THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ', 'Mẫu số 05', 'Chủ hồ sơ đã mất', ...COUNTRY]);
});
test('the receipt of a fee: three copies on A5', async () => {
	const open_ = () => manager.get('/thu-tien/don-vi');
	await manager.submit(await open_(), '/thu-tien/don-vi', { name: 'Bưu điện tỉnh Thử', tax_code: '0000000001', address: 'Số 1 đường Thử', form: '01BLP', serial: 'TT-26', used: '1' });
	await manager.submit(await open_(), 'name="r_serial"', { first: '1', last: '20', r_serial: 'TT-26' });
	code = (await acceptDossier(clerk)).code;
	await open(at('in/bien-lai'));
	await browser.look('bien-lai');
	await printed('bien-lai', 3, [210, 148], ['BIÊN LAI THU PHÍ, LỆ PHÍ', 'Tám nghìn đồng', 'Bưu điện tỉnh Thử', '01BLP', 'TT-26', code]);
});
test('before acceptance: guide, request, refusal', async () => {
	const draft = await startDraft(clerk, person({ name: 'Trần Thị Mẫu' }));
	await chooseProcedure(clerk, draft, '1.001193');
	const step = (slug) => `${origin}/ho-so/moi/${draft.id}/${slug}`;
	await open(step('giay-to'));
	await browser.look('step3');
	await open(step('huong-dan'));
	await browser.look('huong-dan');
	const read = await printed('huong-dan', 1, [210, 297], ['PHIẾU HƯỚNG DẪN CHUẨN BỊ HỒ SƠ', ...COUNTRY]);
	const scanned = read.find((line) => line.includes('/huong-dan/1.001193/'));
	assert(scanned, 'the QR opens the guide on a telephone');
	await open(stack.lookup().origin + scanned.slice(scanned.indexOf('/huong-dan/')));
	await browser.look('huong-dan-dien-thoai');
	assert.match(await page.innerText('main'), /Đăng ký khai sinh/);
	await open(step('bo-sung'));
	await browser.look('bo-sung');
	await page.click('.foot .go');
	await page.waitForLoadState();
	await browser.look('bo-sung-faults');
	await page.check('input[name^="pick."] >> nth=0');
	await page.check('input[name=why_2]');
	await page.fill('#ticket', 'A017');
	await browser.press();
	await browser.look('phieu-bo-sung');
	await printed('phieu-bo-sung', 1, [210, 297], ['PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ', 'Mẫu số 02', 'Số: 01/HDHS', 'Trần Thị Mẫu', ...COUNTRY]);
	await open(`${origin}/in`);
	await browser.look('khay');
	await open(`${origin}/quay?viec=nhap`);
	await browser.look('quay-nhap');
	await open(step('tu-choi'));
	await browser.look('tu-choi');
	await page.check('input[name=why_1]');
	await browser.press();
	await browser.look('phieu-tu-choi');
	await printed('phieu-tu-choi', 1, [210, 297], ['PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ', 'Mẫu số 03', 'Số: 01/TCHS', ...COUNTRY]);
});
test('what is printed once in a while: practice cards, the card of the counter, readiness, a paper block', async () => {
	const boss = await Browser.login(origin, 'papers', 'quanly'), hers = browser;
	browser = boss;
	await boss.go('/quan-ly/chay-thu/the');
	const cards = await printed('the-tap', 1, [210, 297], ['Nguyễn Văn Thử', 'người không có thật']);
	assert(cards.length >= 6 && cards.every((one) => /^000\d{9}\|/.test(one)), `practice cards as a scanner reads them: ${cards}`);
	await boss.go('/quan-ly/the-quay');
	await printed('the-quay', 1, [210, 297], ['Mất mạng', 'Máy in']);
	await boss.go('/quan-ly/chay-thu/bien-ban');
	await printed('san-sang', 1, [210, 297], ['Trần Thị Thử']);
	await boss.go('/nhap-bu');
	await boss.page.fill('#count', '2');
	await boss.press('form[action="/nhap-bu/in"] button');
	await printed('phieu-giay', 2, [210, 297], ['NB1-0000001', 'NB1-0000002']);
	browser = hers;
	await boss.close();
});
await run();
