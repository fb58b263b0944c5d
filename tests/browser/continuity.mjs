// continuity.mjs: the pages of mistakes and continuity, looked at in three widths with axe and
// html-validate, empty, filled and with faults; the blank intake paper as it is printed.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { inDays } from '../lib/days.mjs';
import { People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'continuity-browser', ports: [9180, 9190] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9180';
const people = new People(origin, 'continuity');
let clerk, code;

const at = (slug) => `/ho-so/${encodeURIComponent(code)}${slug && `/${slug}`}`;
const CSV = ['Mã hồ sơ cũ;Cơ quan cũ;Chủ hồ sơ;Thủ tục;Ngày nhận;Hẹn trả;Nơi để;Tình trạng',
	'000.05.31.H27-250610-0012;UBND xã Cẩm Vịnh (cũ);Nguyễn Thị Cũ;Cấp bản sao trích lục hộ tịch;10/06/2025;30/06/2025;Tủ 2;Đang xử lý',
	'BN-02;Huyện Cẩm Xuyên (cũ);Trần Văn Hai;Thủ tục đã bỏ;11/06/2025;01/07/2025 10:30;Kho;Có kết quả',
	'BN-03;Huyện;Lê Sai Ngày;X y;hôm qua;;;'].join('\n');

test.must('a board without its center, one dossier', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	code = (await acceptDossier(clerk)).code;
});
test('another procedure: chosen, beside the old one, with a fault', async () => {
	const browser = await people.open('canbo', at('doi-thu-tuc'));
	await browser.look('doi-thu-tuc');
	await browser.page.selectOption('#choice', { index: 4 });
	await browser.page.fill('#reason', 'Chọn nhầm thủ tục lúc tiếp nhận');
	await browser.press();
	await browser.look('doi-thu-tuc-so-sanh');
	await browser.page.fill('#reason', '');
	await browser.page.$eval('#reason', (node) => node.removeAttribute('required'));
	await browser.press();
	await browser.look('doi-thu-tuc-loi');
});
test('takeover: empty, preview with faults, done, by hand', async () => {
	const browser = await people.open('canbo', '/tiep-quan');
	await browser.look('tiep-quan');
	await browser.page.setInputFiles('#file', { name: 'ho-so-cu.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
	await browser.press('main button.go');
	await browser.look('tiep-quan-xem');
	await browser.press();
	await browser.look('tiep-quan-xong');
	await people.open('canbo', '/tiep-quan');
	await browser.look('tiep-quan-danh-sach');
	await people.open('canbo', '/tiep-quan/moi');
	await browser.look('tiep-quan-moi');
	await browser.page.fill('#old_code', 'BN-02');
	await browser.page.fill('#old_agency', 'Huyện (cũ)');
	await browser.page.fill('#procedure', 'Thủ tục');
	await browser.page.fill('#received', '31/02/2025');
	await browser.page.fill('#name', 'Trần Văn Hai');
	await browser.press();
	await browser.look('tiep-quan-moi-loi');
});
test('results nobody came for', async () => {
	const browser = await people.open('canbo', '/tra-ket-qua/chua-den?ngay=30');
	await browser.look('chua-den-nhan');
	await browser.press('button[value=no_answer]');
	await browser.look('chua-den-nhan-da-goi');
});
test('results from elsewhere', async () => {
	const browser = await people.open('canbo', '/nhan-ket-qua');
	await browser.look('nhan-ket-qua');
	await browser.page.fill('#from', 'Sở Tư pháp');
	await browser.page.fill('#codes', `H27.1-261101-0001\nH27.1-261101-0002\n${code}`);
	await browser.press('main button.go');
	await browser.look('nhan-ket-qua-dong');
	await browser.page.fill('#name_1', 'Hoàng Thị Khác');
	await browser.page.fill('#procedure_1', 'Cấp phiếu lý lịch tư pháp');
	await browser.page.fill('#name_2', 'Hoàng Văn Nháp');
	await browser.page.fill('#procedure_2', 'Thủ tục khác');
	await browser.press();
	await browser.look('nhan-ket-qua-xong');
});
test('keying into another system: one tap copies a value', async () => {
	const browser = await people.open('canbo', '/nhap-he-thong');
	await browser.look('nhap-he-thong');
	await people.open('canbo', at('nhap'));
	await browser.look('nhap');
	await browser.page.click('[data-copy=v1]');
	await browser.page.waitForFunction(() => document.getElementById('da-sao').textContent !== '');
	assert.match(await browser.page.innerText('[data-copy=v1]'), /Đã chép/);
});
test('late entry and its paper', async () => {
	const manager = await people.open('quanly', '/nhap-bu');
	await manager.look('nhap-bu-quan-ly');
	await manager.page.fill('#count', '2');
	await manager.press('form[action="/nhap-bu/in"] button');
	await manager.look('phieu-giay');
	await manager.print('phieu-giay');
	const browser = await people.open('canbo', '/nhap-bu');
	await browser.page.fill('#paper_no', '9');
	await browser.page.fill('#true_at', inDays(-7).at('08:30'));
	await browser.page.fill('#reason', 'Mất điện');
	await browser.page.fill('#second_login', 'chuyenvien');
	await browser.page.fill('#second_password', PASSWORD);
	await browser.press('form[action="/nhap-bu"] button.go');
	await browser.look('nhap-bu-loi');
});
test('moving an absent person\'s work', async () => {
	const specialist = stack.clerks();
	await specialist.login('chuyenvien');
	await act(specialist, code, 'nhan-xu-ly');
	await (await people.open('chuyenvien', at('lui-buoc'))).look('lui-buoc');
	const browser = await people.open('quanly', '/quan-ly/chuyen-viec');
	await browser.look('chuyen-viec');
	await browser.page.selectOption('#tu', { label: 'Lê Văn Thử' });
	await browser.press('form[method=get] button');
	await browser.look('chuyen-viec-chon');
	await browser.page.selectOption('#to', { index: 1 });
	await browser.page.fill('#reason', 'Nghỉ phép');
	await browser.press();
	await browser.look('chuyen-viec-xong');
});
await run();
