// Goal: work goes on when people are away, when a dossier has to be typed into another system, and
// when a result comes for somebody who handed in elsewhere; each is one act a dossier, done once.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, dossier, fault, returnResult, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { workday } from '../lib/days.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'continuity', ports: [9140, 9150] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager;
async function lookup(so) {
	const slip = await clerk.get(url(so, 'giay-hen'));
	return stack.lookup().post('/tra-cuu', { so, ma: /<b>([0-9A-Z]{4}-[0-9A-Z]{4})<\/b>/.exec(slip.html)[1] });
}
const fresh = (login) => stack.clerk(login);
const taken = async (more) => (await acceptDossier(clerk, more)).code;
const find = async (q) => clerk.submit(await clerk.get('/quay'), '/tim', { q });
const optionOf = (page, id, word) => new RegExp(`<select[^>]* id="${id}"[\\s\\S]*?</select>`).exec(page.html)[0]
	.match(new RegExp(`value="([^"]+)"[^>]*>[^<]*${word}`))?.[1];

test.must('a board without its center, four people', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	specialist = await fresh('chuyenvien');
	signer = await fresh('nguoiky');
	manager = await fresh('quanly');
});

// ---- somebody is away ----
test('all open work of one goes to another in one act; what moved meanwhile stays and is counted', async () => {
	const codes = [await taken(), await taken(), await taken()];
	for (const code of codes) await act(specialist, code, 'nhan-xu-ly');
	const start = await manager.get('/quan-ly/chuyen-viec');
	assert.equal(start.status, 200);
	const from = optionOf(start, 'tu', 'Lê Văn Thử');
	const page = await manager.get(`/quan-ly/chuyen-viec?tu=${from}`);
	assert.equal((page.html.match(/name="d\[\]"/g) ?? []).length, 3, page.text.slice(0, 600));
	const to = optionOf(page, 'to', 'Trần Thị Thử');
	assert(to, page.html.slice(0, 500));
	assert(fault(await manager.submit(page, '/quan-ly/chuyen-viec"', { from, to: '', reason: 'Nghỉ phép' }), 'to'));
	assert(fault(await manager.submit(page, '/quan-ly/chuyen-viec"', { to, reason: '' }), 'reason'));
	assert(fault(await manager.submit(page, '/quan-ly/chuyen-viec"', { to, reason: 'Nghỉ phép', 'd[]': undefined }), 'work'));
	assert(fault(await manager.submit(page, '/quan-ly/chuyen-viec"', { to: 'u-0000000000000000', reason: 'Nghỉ phép' }), 'to'));
	const chosen = /name="signer" value="([^"]+)"/.exec((await specialist.get(url(codes[2], 'trinh-ky'))).html)[1];
	await act(specialist, codes[2], 'trinh-ky', { signer: chosen });
	const form = manager.form(page, '/quan-ly/chuyen-viec"').fields.filter(([n]) => n !== 'to' && n !== 'reason');
	const typed = [...form, ['to', to], ['reason', 'Nghỉ phép']];
	const answers = await Promise.all([1, 2].map(() => manager.post('/quan-ly/chuyen-viec', typed)));
	for (const answer of answers) assert.equal(answer.status, 303, answer.text.slice(0, 300));
	assert.equal(answers[0].location, answers[1].location);
	const done = await manager.get(answers[0].location);
	assert.match(done.text, /Đã chuyển 2 hồ sơ\. 1 hồ sơ không chuyển/);
	assert.match(done.text, /không có việc đang làm/);
	const one = await dossier(clerk, codes[0]);
	assert.match(one.text, /Chuyển người phụ trách : Nghỉ phép/);
	assert.equal((one.text.match(/Chuyển người phụ trách/g) ?? []).length, 1);
	assert.equal((await clerk.get('/quan-ly/chuyen-viec')).status, 403);
	assert.equal((await specialist.get('/quan-ly/chuyen-viec')).status, 403);
	// A signature waits at the signer: only somebody who signs takes it.
	const signerFrom = optionOf(start, 'tu', 'Phạm Thị Thử');
	const tray = await manager.get(`/quan-ly/chuyen-viec?tu=${signerFrom}`);
	const refused = await manager.submit(tray, '/quan-ly/chuyen-viec"', { to: from, reason: 'Đi họp' });
	assert.match(refused.text, /Đã chuyển 0 hồ sơ\. 1 hồ sơ không chuyển/);
	assert.equal((await manager.post('/quan-ly/chuyen-viec', [...typed.filter(([n]) => n !== 'd[]' && n !== 'form_id'),
		['form_id', 'f'.repeat(32)], ['d[]', 'xyz']])).status, 400);
});

// ---- another system ----
test('a dossier of another system waits in its list until the code of that system is written', async () => {
	const code = await taken({ procedure: '2.000635' });
	const list = await clerk.get('/nhap-he-thong');
	assert.equal(list.status, 200);
	assert(list.html.includes(`${url(code)}/nhap`), list.text.slice(0, 500));
	assert.match(list.text, /Hệ thống hộ tịch điện tử/);
	const page = await clerk.get(url(code, 'nhap'));
	const labels = [...page.html.matchAll(/<span class="soft">([^<]+)<\/span><br>/g)].map((m) => m[1]);
	assert.equal(labels[0], 'Mã thủ tục');
	assert(labels.indexOf('Số định danh cá nhân') > labels.indexOf('Họ, chữ đệm, tên chủ hồ sơ'), 'in its order');
	assert.match(page.html, /<b id="v\d+" class="copied">000\d{9}<\/b>/);
	for (const wrong of ['', 'ABC', code, 'H15.50-261399-0001'])
		assert(fault(await clerk.submit(page, '/nhap"', { code: wrong }), 'code'), wrong);
	const done = await clerk.submit(page, '/nhap"', { code: 'h27.50.05-261127-0975' });
	assert.equal(done.redirected, url(code, 'giay-hen'));
	assert(done.text.includes('H27.50.05-261127-0975'), 'the slip to print again says it');
	assert(!(await clerk.get('/nhap-he-thong')).html.includes(`${url(code)}/nhap`));
	assert((await find('H27.50.05-261127-0975')).text.includes('H27.50.05-261127-0975'));
	assert.equal((await signer.get('/nhap-he-thong')).status, 403);
	assert.equal((await clerk.get('/nhap-he-thong?he=%3Cscript%3E')).status, 200);
});

// ---- results from elsewhere ----
test('results from elsewhere: scanned, whose they are asked, then returned; what is ours is not typed again', async () => {
	const own = await taken();
	const page = await clerk.get('/nhan-ket-qua');
	assert(fault(await clerk.submit(page, '/nhan-ket-qua', { from: '', codes: 'H27.1-261101-0001' }), 'from'));
	assert(fault(await clerk.submit(page, '/nhan-ket-qua', { from: 'Sở Tư pháp', codes: ' ' }), 'codes'));
	const rows = await clerk.submit(page, '/nhan-ket-qua', { from: 'Sở Tư pháp', place: 'Tủ trả',
		codes: `H27.1-261101-0001\n${own}\nH27.1-261101-0001\nLLTP 77` });
	assert.match(rows.text, /Những mã này đã có ở đây/);
	assert.equal((rows.html.match(/name="code_\d+"/g) ?? []).length, 3, 'two words of one line are two codes');
	const values = { name_1: 'Hoàng Thị Khác', phone_1: '0900 000 031', procedure_1: 'Cấp phiếu lý lịch tư pháp', kind_1: 'Phiếu LLTP',
		result_1: '55/PLL', name_2: 'Hoàng Văn Nháp', procedure_2: 'Thủ tục khác', name_3: 'Lê Thị Ba', procedure_3: 'Thủ tục khác' };
	const again = await clerk.submit(rows, '/nhan-ket-qua', { ...values, name_2: '', phone_1: 'abc' });
	assert.equal(again.status, 422);
	assert(fault(again, 'name_2') && fault(again, 'phone_1') && again.html.includes('Hoàng Thị Khác'));
	const typed = [...clerk.form(rows, '/nhan-ket-qua').fields.filter(([n]) => !(n in values)), ...Object.entries(values)];
	const answers = await Promise.all([1, 2].map(() => clerk.post('/nhan-ket-qua', typed)));
	for (const answer of answers) assert.equal(answer.status, 303, answer.text.slice(0, 300));
	const list = await clerk.get('/nhan-ket-qua');
	assert.equal(list.html.split('Hoàng Thị Khác').length - 1, 1);
	const tray = await clerk.get('/tra-ket-qua');
	assert.match(tray.text, /Nhận để trả H27\.1-261101-0001/);
	const twice = await clerk.post('/nhan-ket-qua', typed.map(([n, v]) => [n, n === 'form_id' ? 'e'.repeat(32) : v]));
	assert.equal(twice.status, 422);
	assert(fault(twice, 'code_1'), 'already here');
	const code = /href="(\/ho-so\/[^"]+)"[^>]*>[^<]*<\/a>[^\n]*H27\.1-261101-0001/.exec(tray.html)[1];
	await returnResult(clerk, decodeURIComponent(code.split('/')[2]));
	assert.match((await find('H27.1-261101-0001')).text, /Đã trả/);
	assert.equal((await specialist.get('/nhan-ket-qua')).status, 403);
});

// ---- one person, several dossiers ----
test('the person page has all of one person or business; a second dossier of the same kind is said at step 2', async () => {
	const who = { name: 'Nguyễn Thị Nhiều', number: '000123456799', birth: '1985', sex: 'nu', address: 'Thôn Chạy Thử', phone: '0900123499' };
	const first = await taken({ who });
	const person = await clerk.get(`/nguoi/${encodeURIComponent(first)}`);
	assert(person.text.includes('Nguyễn Thị Nhiều') && person.html.includes(url(first)));
	const step2 = await clerk.submit(person, '/ho-so/moi');
	assert.match(step2.redirected ?? '', /\/thu-tuc/);
	const step3 = await clerk.submit(step2, '/thu-tuc', { procedure: '2.000635', find: '' });
	assert(step3.text.includes(first) && /đang mở|đang giải quyết|cùng thủ tục/i.test(step3.text), step3.text.slice(0, 900));
	const back = await clerk.get(step3.redirected.replace('giay-to', 'thu-tuc'));
	assert(back.text.includes(first), 'and on page 2 itself');
	const card = '000123456799||Nguyễn Thị Nhiều|01011985|Nữ|Thôn Chạy Thử, xã Cẩm Bình, Hà Tĩnh|01012021';
	const scanned = await clerk.submit(await clerk.get('/quay'), '/tim', { q: card });
	assert(scanned.html.includes(url(first)), 'a card anywhere opens its person');
	const firm = { type: 'organisation', name: 'Công ty Thử', tax_code: '0000000001', representative: 'Trần Thị Mẫu',
		address: 'Xóm 1', phone: '0900123498', number: '', doc_type: 'none' };
	const ours = await taken({ who: firm });
	const page = await clerk.get(`/nguoi/${encodeURIComponent(ours)}`);
	assert(page.text.includes('Công ty Thử') && page.text.includes('0000000001') && page.html.includes(url(ours)));
});

// ---- a bundle ----
test('a bundle is one slip and several dossiers, each with its code, unit and due time, returned in parts', async () => {
	const parent = await taken({ procedure: '2.001023' });
	const page = await dossier(clerk, parent);
	assert.match(page.text, /Các phần của hồ sơ liên thông/);
	const section = /aria-labelledby="lien-thong"[\s\S]*?<\/section>/.exec(page.html)[0];
	const parts = [...section.matchAll(/href="\/ho-so\/([^"]+)"/g)].map((m) => decodeURIComponent(m[1]));
	assert.equal(parts.length, 2);
	assert.equal(new Set([parent, ...parts]).size, 3, 'a code each');
	assert.match(section, /Bảo hiểm xã hội/);
	const due = (text) => {
		const [, h, m, d, mo, y] = /Hẹn trả.*?(\d\d):(\d\d), \D*(\d{1,2})\/(\d{1,2})\/(\d{4})/s.exec(text);
		return new Date(y, mo - 1, d, h, m).getTime();
	};
	const dues = [];
	for (const part of parts) {
		const one = await dossier(clerk, part);
		assert.match(one.text, /Là một phần của hồ sơ liên thông/);
		assert(one.html.includes(url(parent)));
		assert(!one.html.includes('/giay-hen"'), 'one slip');
		dues.push(due(one.text));
	}
	assert.equal(due(page.text), Math.max(...dues), 'the citizen comes when the last is ready');
	const slip = await clerk.get(url(parent, 'giay-hen'));
	assert.match(slip.text, /Hồ sơ liên thông gồm: 1\) Đăng ký khai sinh.*2\) Cấp thẻ bảo hiểm y tế/s);
	// The commune's part is decided and returned while the other one is still on its way.
	await act(specialist, parts[0], 'nhan-xu-ly');
	await act(specialist, parts[0], 'ket-qua', { kind: 'Giấy khai sinh', signed_on: '24/11/2026', issuer: 'UBND xã', signer: 'Phạm Thị Thử' }, { files: [] });
	await act(clerk, parts[0], 'tra', { receiver: 'applicant', proof: 'card', signature: 'paper' });
	const later = await dossier(clerk, parent);
	assert.match(/aria-labelledby="lien-thong"[\s\S]*?<\/section>/.exec(later.html)[0], /Đã trả[\s\S]*Đã tiếp nhận/);
	assert.match(later.text, /Tình trạng Có kết quả, chờ trả/, 'one part is out: the whole waits for the rest');
});
const partsOf = async (code) => [.../aria-labelledby="lien-thong"[\s\S]*?<\/section>/.exec((await dossier(clerk, code)).html)[0]
	.matchAll(/href="\/ho-so\/([^"]+)"/g)].map((m) => decodeURIComponent(m[1]));
const stateOf = async (code) => /Tình trạng (.+?) (?:Hẹn trả|Công chức|Chuyên viên)/.exec((await dossier(clerk, code)).text)?.[1] ?? '';
const finishPart = async (code) => {
	await act(specialist, code, 'nhan-xu-ly');
	await act(specialist, code, 'ket-qua', { kind: 'Giấy khai sinh', signed_on: '24/11/2026', issuer: 'UBND xã', signer: 'Phạm Thị Thử' }, { files: [] });
};
const give = (code) => act(clerk, code, 'tra', { receiver: 'applicant', proof: 'card', signature: 'paper' });
test('the parent of a bundle follows its parts: sent on, worked on, given out in parts, over with the last', async () => {
	const parent = await taken({ procedure: '2.001023' });
	const [first, second] = await partsOf(parent);
	assert.match(await stateOf(parent), /^Đã tiếp nhận/);
	const page = await dossier(clerk, parent);
	assert.match(page.text, /đi theo các phần/);
	for (const slug of ['chuyen', 'tra', 'ket-qua']) assert(!page.html.includes(`${url(parent, slug)}"`), slug);
	assert.equal((await clerk.get(url(parent, 'chuyen'))).status, 409, 'the parts are sent on, not the whole');
	await act(clerk, first, 'chuyen');
	assert.match(await stateOf(parent), /^Đã chuyển/);
	await act(clerk, first, 'thu-hoi', { reason: 'Chuyển nhầm nơi' });
	assert.match(await stateOf(parent), /^Đã tiếp nhận/);
	await finishPart(first);
	assert.match(await stateOf(parent), /^Đang xử lý/);
	await give(first);
	assert.match(await stateOf(parent), /^Có kết quả, chờ trả/);
	assert.match((await dossier(clerk, parent)).text, /Trả một phần/);
	if (/href="[^"]*chuyen-tinh"/.test((await dossier(clerk, second)).html)) await act(clerk, second, 'rut', { reason: 'Người dân xin rút' });
	else { await finishPart(second); await give(second); }
	assert.match(await stateOf(parent), /^Đã trả/);
	assert.match((await lookup(parent)).text, /Đã trả/, 'and the slip says so');
});
test('a bundle of which every part is withdrawn is withdrawn', async () => {
	const parent = await taken({ procedure: '2.001023' });
	for (const part of await partsOf(parent)) await act(clerk, part, 'rut', { reason: 'Người dân xin rút' });
	assert.match(await stateOf(parent), /^Đã rút/);
});

test('what is done to the whole is done to its parts: people put right, voided; one of them worked on stands in the way', async () => {
	const byManager = { second_login: 'quanly', second_password: PASSWORD };
	const parent = await taken({ procedure: '2.001023' });
	const parts = await partsOf(parent);
	await act(clerk, parent, 'sua', { name: 'Nguyễn Thị Sửa Lại', reason: 'Gõ sai tên', ...byManager });
	for (const part of parts) assert.match((await dossier(clerk, part)).text, /Chủ hồ sơ Nguyễn Thị Sửa Lại/, 'the name put right');
	for (const slug of ['thu-hoi', 'doi-thu-tuc', 'gia-han', 'bo-sung', 'lui-buoc'])
		assert.notEqual((await manager.get(url(parent, slug))).status, 200, `${slug} is the parts'`);
	await act(clerk, parent, 'huy', { reason: 'Nhập nhầm người', slip_taken: '1', ...byManager });
	for (const code of [parent, ...parts]) assert.match(await stateOf(code), /^Đã hủy/, 'no part is left in a tray');
	const other = await taken({ procedure: '2.001023' });
	const [first] = await partsOf(other);
	await act(specialist, first, 'nhan-xu-ly');
	await act(specialist, first, 'ket-qua', { kind: 'Giấy khai sinh', signed_on: '24/11/2026', issuer: 'UBND xã', signer: 'Phạm Thị Thử' }, { files: [] });
	const form = await clerk.get(url(other, 'rut'));
	const refused = await clerk.submit(form, '/rut', { reason: 'Người dân xin rút' });
	assert.equal(refused.status, 409, refused.text.slice(0, 300));
	assert.match(refused.text, /Một phần của hồ sơ liên thông đã được giải quyết/);
	assert.match(await stateOf(other), /^Đang xử lý/, 'nothing was written');
});
test('a part due later moves the whole, and its slip waits to be made anew', async () => {
	const parent = await taken({ procedure: '2.001023' });
	const [first] = await partsOf(parent);
	const day = workday(40);
	await act(manager, first, 'ngay-hen', { due_at: day.at('16:00'), reason: 'Mưa lũ' });
	const page = await dossier(clerk, parent);
	assert(page.text.includes(day.screen('16:00')), page.text.slice(0, 900));
	assert((await lookup(parent)).text.includes(day.screen('16:00')));
	assert(page.html.includes(url(parent, 'giay-hen-moi')), 'the paper in her hand says the day of before');
	await act(clerk, parent, 'giay-hen-moi');
	assert((await clerk.get(url(parent, 'giay-hen'))).text.includes(day.paper('16:00')));
});

test('rebuilt from the journal, everything is as it was', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	const rebuilt = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr + rebuilt.stdout);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
