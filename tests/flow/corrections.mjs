// Goal: what went wrong is put right by an act of its own, with its reason, its second person where
// one is due, and the old words beside the new; what may not be put right is refused and changes
// nothing. Sent twice is done once.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, decideAtCommune, dossier, events, fault, handOver, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { dayOff, workday } from '../lib/days.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'corrections', ports: [9764, 9774] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager, citizen;

const fresh = (login) => stack.clerk(login);
const taken = async () => (await acceptDossier(clerk)).code;
const count = async (code) => events(await dossier(clerk, code));
const byManager = { second_login: 'quanly', second_password: PASSWORD };
// Some weeks ahead.
const DAY = workday(13), LATER = DAY.at('16:00');
async function opened(client, code, slug, values) {
	const page = await client.get(url(code, slug));
	assert.equal(page.status, 200, page.text.slice(0, 400));
	return client.submit(page, `/${slug}`, values);
}
// Sent three times at once: one event, one place to go.
async function thrice(client, code, slug, values) {
	const page = await client.get(url(code, slug));
	const typed = client.form(page, `/${slug}`).fields.filter(([name]) => !(name in values));
	const before = await count(code);
	const answers = await Promise.all([1, 2, 3].map(() =>
		client.post(url(code, slug), [...typed, ...Object.entries(values)])));
	for (const answer of answers) assert.equal(answer.status, 303, `${slug}: ${answer.text.slice(0, 300)}`);
	assert.equal(new Set(answers.map((a) => a.location)).size, 1);
	assert.equal(await count(code), before + 1, slug);
	const late = await client.post(url(code, slug), [...typed, ...Object.entries(values)]);
	assert.equal(late.status, 303, 'and once more, later');
	assert.equal(await count(code), before + 1, slug);
}
async function secretOf(code) {
	const slip = await clerk.get(url(code, 'giay-hen'));
	assert.equal(slip.status, 200);
	return /<b>([0-9A-Z]{4}-[0-9A-Z]{4})<\/b>/.exec(slip.html)[1];
}
const lookup = (so, ma) => citizen.post('/tra-cuu', { so, ma });

test.must('a board without its center, four people and a citizen', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	specialist = await fresh('chuyenvien');
	signer = await fresh('nguoiky');
	manager = await fresh('quanly');
	citizen = stack.lookup();
});

// ---- amend ----
test('a telephone number is amended by one person, before and after stand in the timeline', async () => {
	const code = await taken();
	const old = await secretOf(code);
	const page = await opened(clerk, code, 'sua', { phone: '0900 000 099', reason: 'Ghi nhầm số', new_slip: undefined });
	assert.equal(page.redirected, url(code), page.text.slice(0, 400));
	assert.match(page.text, /Điện thoại[^;]*: 0900\d+ → 0900000099; Ghi nhầm số/);
	assert(page.html.includes('tel:0900000099'));
	assert.equal(await secretOf(code), old, 'the slip stays');
});
test('a name needs a second person, another one, with the right password', async () => {
	const code = await taken();
	const before = await count(code);
	const values = { name: 'Nguyễn Văn Sửa', reason: 'Ghi sai tên' };
	for (const second of [{}, { second_login: 'chuyenvien', second_password: 'Sai-Mat-Khau-1!' },
		{ second_login: 'canbo', second_password: PASSWORD }]) {
		const again = await opened(clerk, code, 'sua', { ...values, ...second });
		assert.equal(again.status, 422);
		assert(fault(again, 'second_login'), JSON.stringify(second));
		assert(again.html.includes('Nguyễn Văn Sửa') && !again.html.includes('Sai-Mat-Khau'), 'typed words stay, no password');
	}
	assert.equal(await count(code), before);
	const done = await opened(clerk, code, 'sua', { ...values, second_login: 'chuyenvien', second_password: PASSWORD });
	assert.match(done.text, /→ Nguyễn Văn Sửa; Ghi sai tên/);
	assert((await clerk.submit(await clerk.get('/quay'), '/tim', { q: 'nguyen van sua' })).text.includes('Nguyễn Văn Sửa'));
});
test('a new slip after an amendment says what it replaces, and the old one answers so', async () => {
	const code = await taken();
	const old = await secretOf(code);
	await opened(clerk, code, 'sua', { content: 'Xin bản sao khác', reason: 'Ghi sai nội dung', new_slip: '1' });
	const secret = await secretOf(code);
	assert.notEqual(secret, old);
	assert.match((await clerk.get(url(code, 'giay-hen'))).text, /Bản sửa lần 1/);
	assert.match((await lookup(code, old)).text, /Giấy này đã được thay bằng giấy mới/);
	assert(!(await lookup(code, secret)).text.includes('đã được thay'));
});
test('an amendment of nothing, without reason, or with a wrong number is refused at its field', async () => {
	const code = await taken();
	const before = await count(code);
	assert(fault(await opened(clerk, code, 'sua', { reason: 'Không đổi gì' }), 'name'));
	assert(fault(await opened(clerk, code, 'sua', { phone: '0900000098', reason: '' }), 'reason'));
	assert(fault(await opened(clerk, code, 'sua', { number: '12345678', reason: 'Sai số', ...byManager }), 'number'));
	assert(fault(await opened(clerk, code, 'sua', { phone: 'không có', reason: 'Sai số' }), 'phone'));
	assert.equal(await count(code), before);
	await thrice(clerk, code, 'sua', { phone: '0900000097', reason: 'Ghi nhầm số' });
});

// ---- void ----
test('a dossier is voided only with a manager at the page, and only while nobody has taken it', async () => {
	const code = await taken();
	const before = await count(code);
	for (const second of [{}, { second_login: 'quanly', second_password: 'Sai-Mat-Khau-1!' },
		{ second_login: 'chuyenvien', second_password: PASSWORD }, { second_login: 'khong-ai', second_password: PASSWORD }])
		assert(fault(await opened(clerk, code, 'huy', { reason: 'Nhập nhầm', ...second }), 'second_login'), JSON.stringify(second));
	assert.equal(await count(code), before);
	assert(fault(await opened(manager, code, 'huy', { reason: 'Nhập nhầm', ...byManager }), 'second_login'), 'not by oneself');
	await thrice(clerk, code, 'huy', { reason: 'Nhập nhầm người', slip_taken: '1', ...byManager });
	const page = await dossier(clerk, code);
	assert.match(page.text, /Đã hủy \(nhập nhầm\)/);
	assert.match((await clerk.submit(await clerk.get('/quay'), '/tim', { q: code })).text, /Đã hủy/);
	assert.equal((await clerk.get(url(code, 'huy'))).status, 409);
	const other = await taken();
	assert.notEqual(other, code, 'the number is not used again');
	const open = await clerk.get(url(other, 'huy'));
	await act(specialist, other, 'nhan-xu-ly');
	const late = await clerk.submit(open, '/huy', { reason: 'Nhập nhầm người', ...byManager });
	assert.equal(late.status, 409);
	assert(late.text.includes('Nhập nhầm người') && !late.html.includes(PASSWORD), 'words stay, no password');
	assert.equal((await clerk.get(url(other, 'huy'))).status, 409);
});

// ---- due ----
test('the manager adjusts the due time with its ground; old and new stand side by side', async () => {
	const code = await taken();
	const before = await count(code);
	for (const [due_at, reason, field] of [['2020-01-02T10:00', 'Mưa lũ', 'due_at'], [dayOff(10).at('10:00'), 'Mưa lũ', 'due_at'],
		['', 'Mưa lũ', 'due_at'], ['9999-12-31T10:00', 'Mưa lũ', 'due_at'], ['mai', 'Mưa lũ', 'due_at'], [LATER, '', 'reason']])
		assert(fault(await opened(manager, code, 'ngay-hen', { due_at, reason }), field), `${due_at} ${reason}`);
	assert.equal(await count(code), before);
	await thrice(manager, code, 'ngay-hen', { due_at: LATER, reason: 'Mưa lũ, mất điện' });
	const page = await dossier(clerk, code);
	assert(page.text.includes(`→ ${DAY.screen('16:00')}; Mưa lũ, mất điện`), page.text);
	assert((await clerk.get(url(code, 'giay-hen'))).text.includes(DAY.paper('16:00')));
	assert((await lookup(code, await secretOf(code))).text.includes(DAY.screen('16:00')));
	assert(fault(await opened(manager, code, 'ngay-hen', { due_at: LATER, reason: 'Lần nữa' }), 'due_at'), 'the same again');
	assert(page.html.includes(url(code, 'giay-hen-moi')), 'the paper in the citizen’s hand says the day of before: the counter makes a new one');
});
test('putting off with an apology: not on the last day, once, and only to later', async () => {
	const code = await taken();
	await opened(manager, code, 'ngay-hen', { due_at: LATER, reason: 'Cho đủ thời gian' });
	const values = { reason: 'Chờ xác minh', late_unit: 'Tư pháp', signer_name: 'Phạm Thị Thử' };
	assert(fault(await opened(specialist, code, 'gia-han', { ...values, due_at: workday(12).at('10:00') }), 'due_at'));
	await thrice(specialist, code, 'gia-han', { ...values, due_at: workday(15).at('10:00') });
	assert.match((await dossier(clerk, code)).text, /Xin lỗi và hẹn lại/);
	const twice = await specialist.get(url(code, 'gia-han'));
	const answer = twice.status === 409 ? twice : await specialist.submit(twice, '/gia-han', { ...values, due_at: workday(17).at('10:00') });
	assert.equal(answer.status, 409);
	assert.match(answer.text, /đã được hẹn lại đủ số lần/);
});

// ---- recall, send back ----
test('what went to the wrong desk is recalled until taken, and after that sent back', async () => {
	const code = await taken();
	assert.equal((await clerk.get(url(code, 'thu-hoi'))).status, 409, 'it is here');
	await act(clerk, code, 'chuyen');
	assert(fault(await opened(clerk, code, 'thu-hoi', { reason: ' ' }), 'reason'));
	await thrice(clerk, code, 'thu-hoi', { reason: 'Chuyển nhầm' });
	assert.match((await dossier(clerk, code)).text, /Thu hồi về: Chuyển nhầm|Thu hồi về : Chuyển nhầm/);
	await act(clerk, code, 'chuyen');
	const open = await clerk.get(url(code, 'thu-hoi'));
	await act(specialist, code, 'nhan-xu-ly');
	const late = await clerk.submit(open, '/thu-hoi', { reason: 'Muộn rồi' });
	assert.equal(late.status, 409);
	assert.match(late.text, /Nhận xử lý, Lê Văn Thử/, 'who was first');
	await thrice(specialist, code, 'tra-lai', { reason: 'Không thuộc việc của tôi' });
	assert.match((await dossier(clerk, code)).text, /Đã tiếp nhận/);
});
test('a result given to the wrong person comes back with the manager, and can be returned again', async () => {
	const code = await taken();
	await decideAtCommune({ clerk, specialist, signer }, code);
	assert(fault(await opened(clerk, code, 'thu-hoi-ket-qua', { reason: 'Trả nhầm người' }), 'second_login'));
	await thrice(clerk, code, 'thu-hoi-ket-qua', { reason: 'Trả nhầm người', ...byManager });
	assert.match((await dossier(clerk, code)).text, /Có kết quả, chờ trả/);
	assert.equal((await clerk.get(url(code, 'tra'))).status, 200);
});

// ---- slip, code, call ----
test('a lost slip: identity and pledge first, then a new secret; the old one says it was replaced', async () => {
	const code = await taken();
	const old = await secretOf(code);
	assert.match((await lookup(code, old)).text, /Đã tiếp nhận/);
	const pledge = await clerk.get(url(code, 'cam-ket'));
	assert.match(pledge.text, /Cam kết mất giấy hẹn/i);
	const noted = clerk.form(pledge, '/cam-ket').fields;
	for (let i = 0; i < 2; i++) assert.equal((await clerk.post(url(code, 'cam-ket'), noted)).location, url(code, 'mat-giay-hen'));
	assert.equal((await dossier(clerk, code)).text.match(/Đã in giấy|In giấy tờ|In giấy/g)?.length, 1, 'the print is recorded once');
	const again = await opened(clerk, code, 'mat-giay-hen', {});
	assert(fault(again, 'identity') && fault(again, 'pledge'));
	await thrice(clerk, code, 'mat-giay-hen', { identity: '1', pledge: '1', reason: 'Mất giấy hẹn' });
	const secret = await secretOf(code);
	assert.notEqual(secret, old);
	const page = await lookup(code, old);
	assert.match(page.text, /Giấy này đã được thay bằng giấy mới/);
	assert(!page.text.includes('Đã tiếp nhận'), 'nothing else is told');
	assert.match((await lookup(code, secret)).text, /Đã tiếp nhận/);
});
test('the code of another system is checked, and the dossier is found by it', async () => {
	const code = await taken();
	for (const wrong of ['', 'ABC', 'H15-99', code, 'H15.50-261399-0001'])
		assert(fault(await opened(clerk, code, 'ma-khac', { system: 'Hệ thống hộ tịch', code: wrong }), 'code'), wrong);
	await thrice(clerk, code, 'ma-khac', { system: 'Hệ thống hộ tịch', code: 'h15.50.05-261124-0975' });
	const page = await dossier(clerk, code);
	assert(page.text.includes('H15.50.05-261124-0975'));
	assert((await clerk.submit(await clerk.get('/quay'), '/tim', { q: 'H15.50.05-261124-0975' })).text.includes('H15.50.05-261124-0975'));
});
test('a call is noted in one form, an appointment with its time', async () => {
	const code = await taken();
	assert(fault(await opened(clerk, code, 'goi', { outcome: 'appointment' }), 'appointment_at'));
	assert(fault(await opened(clerk, code, 'goi', { outcome: 'appointment', appointment_at: '2020-01-01T08:00' }), 'appointment_at'));
	assert(fault(await opened(clerk, code, 'goi', { outcome: 'lạ' }), 'outcome'));
	await thrice(clerk, code, 'goi', { outcome: 'appointment', appointment_at: LATER, text: 'Con trai nghe máy' });
	assert.match((await dossier(clerk, code)).text, new RegExp(`Hẹn ngày đến, ${DAY.screen('16:00')} – Con trai nghe máy`));
});

// ---- withdraw, stop ----
test('withdrawn and stopped end a dossier; nothing but the note is left', async () => {
	for (const [client, slug, values, word] of [
		[clerk, 'rut', { reason: 'Không làm nữa', slip_taken: '1' }, /Đã rút/],
		[specialist, 'dung', { reason: 'Chủ hồ sơ đã mất', signer_name: 'Phạm Thị Thử' }, /Dừng/]]) {
		const code = await taken();
		assert(fault(await opened(client, code, slug, { ...values, reason: '' }), 'reason'));
		await thrice(client, code, slug, values);
		const page = await dossier(clerk, code);
		assert.match(page.text, word);
		for (const other of ['sua', 'huy', 'rut', 'thu-hoi'])
			assert.equal((await clerk.get(url(code, other))).status, 409, other);
		assert(!page.html.includes('/mat-giay-hen"') && page.html.includes('/ghi-chu"'));
	}
});

// ---- rights and holders ----
test('each correction is for its roles alone', async () => {
	const code = await taken();
	for (const [client, slugs] of [[specialist, ['sua', 'huy', 'ngay-hen', 'thu-hoi', 'mat-giay-hen', 'cam-ket', 'ma-khac', 'rut']],
		[clerk, ['ngay-hen', 'gia-han', 'tra-lai', 'dung']], [signer, ['sua', 'huy', 'ngay-hen', 'thu-hoi-ket-qua', 'goi']]])
		for (const slug of slugs) assert.equal((await client.get(url(code, slug))).status, 403, slug);
});
test('what the province holds is not corrected here', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	await handOver(clerk, code);
	for (const slug of ['sua', 'huy', 'thu-hoi', 'rut'])
		assert.equal((await clerk.get(url(code, slug))).status, 409, slug);
	assert.equal((await manager.get(url(code, 'ngay-hen'))).status, 409);
	assert.equal((await clerk.get(url(code, 'goi'))).status, 200, 'a call is noted anywhere');
});
test('rebuilt from the journal, every corrected dossier is as it was', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	const rebuilt = stack.tram('board', ['rebuild']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
