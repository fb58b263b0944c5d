// Goal: every paper of a dossier exists as soon as its act was written, says what the act says, is
// numbered and titled by the station's form set, waits in the print tray until somebody says that it
// came out or was written by hand, and counts its reprints. Sent twice is done once.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, decideAtCommune, dossier, person, url } from '../lib/clerk.mjs';
import { workday } from '../lib/days.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'papers', ports: [9583, 9593] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager;

const SETUP = { name: 'Bưu điện tỉnh Thử', tax_code: '0000000001', address: 'Số 1 đường Thử', form: '01BLP', serial: 'TT-26', used: '1' };
const short = (code) => code.slice(code.indexOf('-') + 1);
const fresh = (login) => stack.clerk(login);
const taken = async (options) => (await acceptDossier(clerk, options)).code;
const paper = async (code, slug, client = clerk) => {
	const page = await client.get(url(code, `in/${slug}`));
	assert.equal(page.status, 200, `${slug}: ${page.text.slice(0, 300)}`);
	return page;
};
// The rows of the tray, as text.
const tray = async () => {
	const page = await clerk.get('/in');
	assert.equal(page.status, 200, page.text.slice(0, 300));
	return [...page.html.matchAll(/<li class="split">([\s\S]*?)<\/li>/g)].map((m) => m[1].replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '));
};
const inTray = async (code, word) => (await tray()).filter((row) => row.includes(short(code)) && row.includes(word)).length;
const events = async (code, word) => (await dossier(clerk, code)).html.split(word).length - 1;

test.must('a board without its center, four people', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	specialist = await fresh('chuyenvien');
	signer = await fresh('nguoiky');
	manager = await fresh('quanly');
});
test('a slip waits in the tray until it was printed; the home page counts it', async () => {
	const code = await taken();
	assert.equal(await inTray(code, 'Giấy hẹn'), 1);
	assert.match((await clerk.get('/quay')).html, /href="\/in">Chưa in <b>\d+<\/b>/);
	const slip = await clerk.get(`${url(code, 'giay-hen')}?ve=khay`);
	assert.match(slip.text, /GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ/);
	assert.match(slip.text, /Theo Mẫu số 01, Thông tư 03\/2025\/TT-VPCP/);
	assert(slip.text.includes(`Số: ${short(code)}/TNHS`));
	const back = await clerk.submit(slip, '/da-in');
	assert.equal(back.redirected, '/in', 'back to the tray');
	assert.equal(await inTray(code, 'Giấy hẹn'), 0);
	assert.match((await clerk.get(url(code, 'giay-hen'))).text, /Bản in lại lần 1/);
});
test('written by hand is an honest end too, and a second tap is none', async () => {
	const code = await taken();
	const page = await clerk.get('/in');
	const form = clerk.form(page, `${url(code)}/da-in`);
	const sent = [...form.fields, ['by_hand', '1']];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(form.action, sent)));
	for (const answer of answers) assert.equal(answer.status, 303, answer.text.slice(0, 200));
	assert.equal(await inTray(code, 'Giấy hẹn'), 0);
	assert.equal(await events(code, 'Giấy hẹn viết tay'), 1);
	assert(!/Bản in lại/.test((await clerk.get(url(code, 'giay-hen'))).text), 'nothing was printed yet');
});
test('a pile that came out is confirmed in one act: what was left out still waits, a second tap adds nothing', async () => {
	const codes = [await taken(), await taken(), await taken()];
	const page = await clerk.get('/in');
	const form = clerk.form(page, 'id="lo-giay"');
	const keys = [...page.html.matchAll(/name="pick\[\]" value="([^"]+)" form="lo-giay" checked/g)].map((m) => m[1]);
	const key = (code) => keys.find((k) => page.html.split(`value="${k}"`)[1].split('</li>')[0].includes(short(code)));
	assert(keys.length >= 3 && codes.every(key), 'every row has its box');
	const sent = [...form.fields, ['pick[]', key(codes[0])], ['pick[]', key(codes[1])], ['pick[]', 'ff.slip.1']];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post('/in', sent)));
	for (const answer of answers) assert.equal(answer.location, '/in?xong=2', answer.text.slice(0, 200));
	assert.match((await clerk.get('/in?xong=2')).text, /Đã ghi 2 giấy là đã in/);
	assert.deepEqual(await Promise.all(codes.map((code) => inTray(code, 'Giấy hẹn'))), [0, 0, 1]);
	assert.match((await clerk.get(url(codes[0], 'giay-hen'))).text, /Bản in lại lần 1/);
	const again = await clerk.submit(await clerk.get('/in'), 'id="lo-giay"');
	assert.equal(again.redirected, '/in?trong=1', 'nothing chosen is said');
	assert.match(again.text, /Chưa chọn giấy nào/);
});
test('a new slip takes the place of the old one in the tray', async () => {
	const code = await taken();
	const page = await clerk.get(url(code, 'mat-giay-hen'));
	await clerk.submit(page, '/mat-giay-hen', { identity: '1', pledge: '1', reason: 'Mất giấy hẹn' });
	assert.equal(await inTray(code, 'Giấy hẹn'), 1);
});
test('what is certified while the citizen waits asks for no slip', async () => {
	await manager.submit(await manager.get('/so/chung-thuc'), '/so/chung-thuc', { kind: 'copy', medium: 'paper', volume: '1', last: '0' });
	const visit = async (values) => {
		const page = await clerk.get('/chung-thuc');
		return clerk.submit(page, '/chung-thuc', { work: 'copy', name: 'Nguyễn Văn Thử', number: '', pay: 'cash', paper_1: 'Bằng tốt nghiệp',
			pages_1: '1', copies_1: '2', signer: /<option value="(u-[^"]+)"/.exec(page.html)[1], ...values }, { button: 'accept' });
	};
	const now = await visit({ return: 'now' });
	assert(now.redirected?.startsWith('/chung-thuc/khay?moi='), now.text.slice(0, 400));
	assert.equal(await inTray(decodeURIComponent(now.redirected.split('moi=')[1]), 'Giấy hẹn'), 0);
	const later = await visit({ return: 'agreed', agreed_at: workday(13).at('16:00'), written: '1' });
	assert(later.redirected?.endsWith('/xong'), later.text.slice(0, 400));
	assert.equal(await inTray(decodeURIComponent(later.redirected.split('/')[2]), 'Giấy hẹn'), 1);
});
test('the control sheet names every hand over, with time and verdict', async () => {
	const code = await taken();
	await act(clerk, code, 'chuyen');
	await act(specialist, code, 'nhan-xu-ly');
	const page = await paper(code, 'kiem-soat');
	assert.match(page.text, /Theo Mẫu số 06, Thông tư 03\/2025\/TT-VPCP/);
	assert.match(page.text, /PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ/);
	for (const word of [code, '1. Giao: ', '2. Nhận: ', 'Trần Thị Thử', 'Lê Văn Thử', 'Nhận lúc'])
		assert(page.text.includes(word), word);
	assert(page.html.split('□').length > 6, 'rows to fill by hand');
});
test('the steps, the letter to the desk and the slip for many say what happened', async () => {
	const who = person();
	const one = await taken({ who }), two = await taken({ who }), other = await taken();
	await act(clerk, one, 'chuyen');
	const steps = await paper(one, 'qua-trinh');
	assert.match(steps.text, /PHIẾU QUÁ TRÌNH XỬ LÝ HỒ SƠ.*Tiếp nhận.*Chuyển xử lý/);
	assert.match((await paper(one, 'ban-giao')).text, /GIẤY BÀN GIAO HỒ SƠ.*Đề nghị trả kết quả về .* chậm nhất/);
	const many = await paper(one, 'nhieu-ho-so');
	for (const code of [one, two]) assert.equal(many.html.split(code).length > 2, true, `${code} on both sheets`);
	assert(!many.html.includes(other), 'nobody else\'s');
	assert.match(many.text, /Tổng số: 2 hồ sơ/);
	assert.match(many.text, /BIÊN BẢN GIAO NHẬN HỒ SƠ/);
});
test('the apology: old and new time, reason, signer; in the tray until printed; a reprint says so', async () => {
	const code = await taken();
	const due = await manager.get(url(code, 'ngay-hen'));
	await manager.submit(due, '/ngay-hen', { due_at: workday(13).at('16:00'), reason: 'Cho đủ thời gian' });
	const page = await specialist.get(url(code, 'gia-han'));
	await specialist.submit(page, '/gia-han', { due_at: workday(15).at('10:00'), reason: 'Chờ xác minh nơi cư trú', late_unit: 'Tư pháp', signer_name: 'Phạm Thị Thử' });
	assert.equal(await inTray(code, 'Phiếu xin lỗi'), 1);
	const first = await paper(code, 'xin-loi', specialist);
	for (const word of ['VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT', workday(13).paper('16:00'),
		workday(15).paper('10:00'), 'Chờ xác minh nơi cư trú', 'Tư pháp', 'Phạm Thị Thử'])
		assert(first.text.includes(word), word);
	assert(!first.text.includes('Bản in lại'));
	await specialist.submit(first, '/in/xin-loi');
	assert.equal(await inTray(code, 'Phiếu xin lỗi'), 0);
	const second = await paper(code, 'xin-loi');
	assert.match(second.text, /Bản in lại lần 1/);
	await clerk.submit(second, '/in/xin-loi');
	assert.match((await paper(code, 'xin-loi')).text, /Bản in lại lần 2/);
});
test('stopped, returned: a paper each, and the slip needs no printer any more', async () => {
	const code = await taken();
	const page = await manager.get(url(code, 'dung'));
	await manager.submit(page, '/dung', { reason: 'Chủ hồ sơ đã mất', signer_name: 'Phạm Thị Thử' });
	assert.match((await paper(code, 'dung')).text, /THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ.*Chủ hồ sơ đã mất/);
	assert.match((await paper(code, 'dung')).text, /Theo Mẫu số 05/);
	assert.equal(await inTray(code, 'Giấy hẹn'), 0);
	assert.equal(await inTray(code, 'Thông báo dừng'), 1);
	const done = await taken();
	await decideAtCommune({ clerk, specialist, signer }, done);
	const back = await paper(done, 'bien-nhan');
	for (const word of ['GIẤY BIÊN NHẬN TRẢ KẾT QUẢ', '01/TLKS-BS', 'Bản sao trích lục', 'NGƯỜI NHẬN KẾT QUẢ', 'Giấy hẹn đã được thu lại'])
		assert(back.text.includes(word), word);
});
test('the receipt: collector, range, amount in words, three copies; in the tray until printed; cancelled it says so', async () => {
	const open = () => manager.get('/thu-tien/don-vi');
	await manager.submit(await open(), '/thu-tien/don-vi', SETUP);
	await manager.submit(await open(), 'name="r_serial"', { first: '1', last: '20', r_serial: 'TT-26' });
	const cashier = clerk;
	const code = await taken({ values: { fee_state: 'later' } });
	const page = await cashier.get(url(code, 'thu-tien'));
	const done = await cashier.submit(page, '/thu-tien', { method: 'cash' });
	assert.match(done.redirected ?? '', /xong=1$/, done.text.slice(0, 400));
	const number = /<p class="giant num">(\d+)<\/p>/.exec(done.html)[1];
	assert.equal(await inTray(code, `Biên lai ${number}`), 1);
	const receipt = await paper(code, 'bien-lai', cashier);
	for (const word of ['Tám nghìn đồng', '8.000 đ', 'tiền mặt', number, 'Liên 1: Lưu tại nơi thu', 'Liên 2: Giao người nộp', 'Liên 3:', SETUP.name])
		assert(receipt.text.includes(word), `${word}: ${receipt.text.slice(0, 900)}`);
	await cashier.submit(receipt, '/in/bien-lai');
	assert.equal(await inTray(code, 'Biên lai'), 0);
	assert.match((await clerk.get(`${url(code, 'in/bien-lai')}?so=${number}`)).text, /Bản in lại lần 1/);
	assert.equal((await clerk.get(`${url(code, 'in/bien-lai')}?so=9999999`)).status, 404);
});
test('a paper whose act was not written is not there, nor one nobody knows', async () => {
	const code = await taken({ values: { fee_state: 'later' } });
	for (const slug of ['xin-loi', 'dung', 'tu-choi', 'bo-sung', 'bien-nhan', 'khong-co', 'bien-lai'])
		assert.equal((await clerk.get(url(code, `in/${slug}`))).status, 404, slug);
	assert.equal((await clerk.get(url('T18685.1-261124-9999', 'in/kiem-soat'))).status, 404);
	const page = await paper(code, 'kiem-soat');
	const form = clerk.form(page, '/in/kiem-soat');
	assert.equal((await clerk.post(url(code, 'in/xin-loi'), form.fields)).status, 404);
	const anon = stack.clerks();
	assert.match((await anon.get('/in')).path, /dang-nhap/);
	assert.match((await anon.get(url(code, 'in/kiem-soat'))).path, /dang-nhap/);
});
test('the dossier page offers its papers, and each of them opens', async () => {
	const code = await taken();
	const page = await dossier(clerk, code);
	const links = [...page.html.matchAll(/href="(\/ho-so\/[^"]*\/in\/[^"]*)"/g)].map((m) => m[1]);
	assert(links.length >= 4, links.join(' '));
	for (const link of links) assert.equal((await clerk.get(link)).status, 200, link);
});
test('rebuilt from the journal, the tray is as it was', async () => {
	const before = await tray();
	assert(before.length > 2);
	await stack.stop('board');
	const compared = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(compared.status, 0, compared.stdout + compared.stderr);
	const rebuilt = stack.tram('board', ['rebuild']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr);
	await stack.start('board');
	clerk = await fresh('canbo');
	assert.deepEqual(await tray(), before);
});

await run();
