// Goal: mistakes found before handover, work that goes a step back, results nobody came for and copied
// dossiers: each act shows what it will do, is done once, and leaves the old words in the timeline.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, dossier, events, fault, url } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'mishaps', ports: [9100, 9110] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager;
const fresh = (login) => stack.clerk(login);
const taken = async (more) => (await acceptDossier(clerk, more)).code;

test.must('a board without its center, four people', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	specialist = await fresh('chuyenvien');
	signer = await fresh('nguoiky');
	manager = await fresh('quanly');
});

// ---- another procedure ----
test('another procedure is shown beside the old one before it is made, due time and fee counted anew', async () => {
	const code = await taken();
	const page = await clerk.get(url(code, 'doi-thu-tuc'));
	assert.equal(page.status, 200, page.text.slice(0, 300));
	const choice = '1.004884|thuong';
	const options = [...page.html.matchAll(/<option value="([^"]+)"/g)].map((m) => m[1]);
	assert(options.length > 10, `${options}`);
	const other = options.includes(choice) ? choice : options.find((o) => !o.startsWith('2.000635'));
	assert(fault(await clerk.submit(page, '/doi-thu-tuc', { choice: other, reason: '' }), 'reason'));
	assert(fault(await clerk.submit(page, '/doi-thu-tuc', { choice: '2.000635|thuong', reason: 'Chọn nhầm' }), 'choice'));
	assert(fault(await clerk.submit(page, '/doi-thu-tuc', { choice: '0.0|x', reason: 'Chọn nhầm' }), 'choice'));
	const look = await clerk.submit(page, '/doi-thu-tuc', { choice: other, reason: 'Chọn nhầm thủ tục' });
	assert.equal(look.status, 200);
	assert.match(look.text, /Đang ghi.*Sẽ đổi thành.*Hẹn trả/s);
	assert.equal(events(await dossier(clerk, code)), events(await dossier(clerk, code)));
	assert(!(await dossier(clerk, code)).text.includes('Chọn nhầm thủ tục'), 'a look changes nothing');
	// Another choice than was shown is shown, not done.
	const third = options.find((o) => o !== other && !o.startsWith('2.000635'));
	const again = await clerk.submit(look, '/doi-thu-tuc', { choice: third, go: '1' }, { button: 'go' });
	assert.equal(again.status, 200);
	assert(!(await dossier(clerk, code)).text.includes('Chọn nhầm thủ tục'));
	const before = events(await dossier(clerk, code));
	const typed = [...clerk.form(look, '/doi-thu-tuc').fields.filter(([n]) => n !== 'look' && n !== 'go'), ['go', '1']];
	const answers = await Promise.all([1, 2].map(() => clerk.post(url(code, 'doi-thu-tuc'), typed)));
	for (const answer of answers) {
		assert.equal(answer.status, 303, answer.text.slice(0, 300));
		assert.equal(answer.location, url(code, 'giay-hen'));
	}
	const done = await dossier(clerk, code);
	assert.equal(events(done), before + 1);
	assert.match(done.text, /Chọn nhầm thủ tục/);
	const name = /<option value="[^"]+" selected>([^<]+)</.exec(look.html)[1].split(' – ')[0];
	assert(done.text.includes(name), name);
	assert.match((await clerk.get(url(code, 'giay-hen'))).text, /Bản sửa lần 1/);
});
test('once handed over, the procedure is no longer changed; a copy becomes the new dossier', async () => {
	const who = { name: 'Trần Thị Chép', number: '000123456780', birth: '02/09/1985', sex: 'nu',
		address: 'Thôn Chạy Thử, xã Cẩm Bình', phone: '0900123456' };
	const code = await taken({ who, files: true });
	const open = await clerk.get(url(code, 'doi-thu-tuc'));
	await act(clerk, code, 'chuyen');
	const options = [...open.html.matchAll(/<option value="([^"]+)"/g)].map((m) => m[1]);
	const other = options.find((o) => !o.startsWith('2.000635'));
	assert.equal((await clerk.get(url(code, 'doi-thu-tuc'))).status, 409);
	const look = await clerk.submit(open, '/doi-thu-tuc', { choice: other, reason: 'Chọn nhầm' });
	assert.equal((await clerk.submit(look, '/doi-thu-tuc', {}, { button: 'go' })).status, 409);
	const copy = await clerk.submit(await dossier(clerk, code), '/ho-so/moi', {}, { button: 'copy' });
	assert.match(copy.redirected ?? '', /\/giay-to/, copy.text.slice(0, 300));
	assert(copy.text.includes('Trần Thị Chép'));
	assert.match(copy.html, /anh-1\.jpg|\/tep\//, 'the scans come along');
	const check = await clerk.submit(copy, '/tai-len/', { add_name: '' }, { button: 'all', files: [] });
	const done = await clerk.submit(check, '/kiem-tra', {});
	assert.match(done.redirected ?? '', /\/xong(?:\?hen=doi)?$/, done.text.slice(0, 400));
	const fresh2 = await clerk.get(done.redirected.replace(/\/xong(?:\?hen=doi)?$/, ''));
	assert.notEqual(fresh2.path, url(code));
	const scans = (page) => (page.html.match(/class="chip num"/g) ?? []).length;
	assert(scans(fresh2) > 0);
	assert.equal(scans(fresh2), scans(await dossier(clerk, code)), 'as many scans as the one copied');
	// Its person opens with both.
	const person = await clerk.get(`/nguoi/${encodeURIComponent(code)}`);
	assert.equal((person.html.match(/Đã tiếp nhận|Đã chuyển/g) ?? []).length, 2);
});

// ---- one step back ----
test('work goes a step back with its reason, whichever step it is at', async () => {
	const code = await taken();
	assert.equal((await specialist.get(url(code, 'lui-buoc'))).status, 409);
	assert.equal((await clerk.get(url(code, 'lui-buoc'))).status, 403);
	await act(specialist, code, 'nhan-xu-ly');
	const page = await specialist.get(url(code, 'lui-buoc'));
	assert.match(page.text, /Đang ở bước.*Đang xử lý.*Sẽ về bước.*Đã chuyển/s);
	assert(fault(await specialist.submit(page, '/lui-buoc', { reason: ' ' }), 'reason'));
	await act(specialist, code, 'lui-buoc', { reason: 'Nhận nhầm việc' });
	assert.match((await dossier(clerk, code)).text, /Trả lại bước trước : Nhận nhầm việc/);
	await act(specialist, code, 'nhan-xu-ly');
	const form = await specialist.get(url(code, 'trinh-ky'));
	await act(specialist, code, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(form.html)[1] });
	await act(signer, code, 'ky', { decision: 'sign' });
	await act(signer, code, 'lui-buoc', { reason: 'Ký nhầm bản' });
	assert.match((await dossier(clerk, code)).text, /Chờ ký/);
});

// ---- nobody came ----
test('results nobody came for stand in the list of their days; one tap notes a call', async () => {
	const code = await taken({ who: { name: 'Lê Đình Lâu', number: '000123456781', birth: '1980', sex: 'nam',
		address: 'Thôn Chạy Thử, xã Cẩm Bình', phone: '0900123457' } });
	await act(specialist, code, 'nhan-xu-ly');
	const form = await specialist.get(url(code, 'trinh-ky'));
	await act(specialist, code, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(form.html)[1] });
	await act(signer, code, 'ky', { decision: 'sign' });
	await act(specialist, code, 'ket-qua', { kind: 'Giấy', signed_on: '24/11/2026', issuer: 'UBND xã',
		signer: 'Phạm Thị Thử' }, { files: [] });
	const list = await clerk.get('/tra-ket-qua/chua-den');
	assert.match(list.text, /Quá 3 ngày.*Quá 10 ngày.*Quá 30 ngày/s);
	assert(!list.text.includes('Lê Đình Lâu'), 'since today only');
	assert.equal((await clerk.get('/tra-ket-qua/chua-den?ngay=x%27')).status, 200);
	assert.equal((await specialist.get('/tra-ket-qua/chua-den')).status, 403);
});
test('rebuilt from the journal, everything is as it was', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	const rebuilt = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr + rebuilt.stdout);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
