// Goal: while a dossier is worked on: questions that stop no clock, where its paper lies, papers
// missing and the clock that waits for them, drafts that somebody else approves, an apology in time.
// Who comes second is told, sent twice is done once.
import { strict as assert } from 'node:assert';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, act, dossier, events, handOver, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { workday } from '../lib/days.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'work', ports: [9433, 9443] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager, officer, board;

const fresh = (login) => stack.clerk(login);
const taken = async (options) => (await acceptDossier(clerk, options)).code;
async function opened(client, code, slug, values) {
	const page = await client.get(url(code, slug));
	assert.equal(page.status, 200, `${slug}: ${page.text.slice(0, 300)}`);
	return client.submit(page, slug.split('/').pop(), values);
}
const fault = (page, field) => page.status === 422 && page.html.includes(`id="${field}-loi"`);
const count = async (code) => events(await dossier(clerk, code));
const tray = async (client, tab) => (await client.get(`/xu-ly?viec=${tab}`)).text;
const short = (code) => code.split('-').slice(1).join('-');
const DAY = workday(32), AFTER = workday(34), LATER = DAY.at('16:00');
const secret = async (code) => /<b>([0-9A-Z]{4}-[0-9A-Z]{4})<\/b>/.exec((await clerk.get(url(code, 'giay-hen'))).html)[1];
const drafted = async (client) => /href="\/duyet\/([0-9a-f]{32})"/.exec((await client.get('/duyet')).html)?.[1];
// Sent three times at once, and later: one event.
async function thrice(client, path, page, word, values) {
	const form = client.form(page, word);
	const sent = [...form.fields.filter(([n]) => !(n in values)), ...Object.entries(values)];
	const answers = await Promise.all([1, 2, 3].map(() => client.post(form.action, sent)));
	assert.deepEqual(answers.map((a) => a.status), [303, 303, 303], answers.map((a) => a.text.slice(0, 200)).join());
	assert.equal(new Set(answers.map((a) => a.location)).size, 1);
	assert.equal((await client.post(form.action, sent)).status, 303);
}

test.must('a board and its center, everyone', async () => {
	await stack.up();
	[clerk, specialist, signer, manager] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky', 'quanly'].map(fresh));
	officer = stack.officers();
	await officer.login('tinh');
	board = stack.boardId();
});

// ---- tray, paper ----
test('the inner due time of each step: on the dossier, in the trays, on the letter to the desk; gone when the due time was changed', async () => {
	const code = await taken({ procedure: '1.004873' });
	const page = await dossier(clerk, code);
	const steps = [...(/<ol class="steps-due">[\s\S]*?<\/ol>/.exec(page.html)?.[0] ?? '').matchAll(/<li( aria-current="step")?>[\s\S]*?<span class="sub num">([^<]+)<\/span><\/li>/g)].map((m) => [!!m[1], m[2]]);
	assert.equal(steps.length, 4, page.text.slice(0, 900));
	assert.deepEqual(steps.map(([now]) => now), [true, false, false, false]);
	await opened(clerk, code, 'chuyen', { to: /name="to" value="(u-[^"]+)"/.exec((await clerk.get(url(code, 'chuyen'))).html)[1] });
	assert((await tray(specialist, 'moi-den')).includes(`Xong bước này trước ${steps[1][1]}`), await tray(specialist, 'moi-den'));
	const letter = await clerk.get(url(code, 'in/ban-giao'));
	assert(letter.text.includes('chậm nhất'), letter.text.slice(-600));
	const [, hour, minute] = /^(\d\d):(\d\d)/.exec(steps[1][1]);
	assert(letter.text.includes(`${hour} giờ ${minute} phút`), letter.text.slice(-600));
	await opened(manager, code, 'ngay-hen', { due_at: LATER, reason: 'Mất điện' });
	assert(!(await dossier(clerk, code)).text.includes('Hạn từng bước'), 'only what is true is said');
	assert(!(await tray(specialist, 'moi-den')).includes('Xong bước này'));
});
test('the tray sorts what is the specialist\'s: new, soon due, signing, sent back', async () => {
	const code = await taken();
	const page = await clerk.get(url(code, 'chuyen'));
	await clerk.submit(page, 'chuyen', { to: /name="to" value="(u-[^"]+)"/.exec(page.html)[1] });
	assert((await tray(specialist, 'moi-den')).includes(short(code)));
	await act(specialist, code, 'nhan-xu-ly');
	const signing = await specialist.get(url(code, 'trinh-ky'));
	await specialist.submit(signing, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(signing.html)[1] });
	assert((await tray(specialist, 'trinh-ky')).includes(short(code)));
	assert(!(await tray(specialist, 'tra-lai')).includes(short(code)));
	await act(signer, code, 'ky', { decision: 'back', reason: 'Sai trích yếu' });
	assert((await tray(specialist, 'tra-lai')).includes(short(code)));
	const again = await specialist.get(url(code, 'trinh-ky'));
	await specialist.submit(again, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(again.html)[1] });
	assert(!(await tray(specialist, 'tra-lai')).includes(short(code)), 'sent again: no longer among the returned');
});
test('who has the paper says so with one button; the dossier and the tray show where it lies', async () => {
	const code = await taken();
	await act(specialist, code, 'nhan-xu-ly');
	const form = (await specialist.get('/xu-ly'));
	await thrice(specialist, '/xu-ly', form, `${encodeURIComponent(code)}/nhan-ban-giay`, {});
	const page = await dossier(clerk, code);
	assert.match(page.text, /Nơi để hồ sơ Lê Văn Thử[^N]*Lê Văn Thử, \d\d:\d\d/);
	assert.equal(page.text.match(/Ghi nơi để/g).length - 1, 1, 'noted once; the other is the act');
	await opened(clerk, code, 'noi-de', { place: 'Tủ 2, ngăn 3' });
	assert.match((await dossier(clerk, code)).text, /Tủ 2, ngăn 3 ?Trần Thị Thử/);
	assert(fault(await opened(clerk, code, 'noi-de', { place: '' }), 'place'));
});

// ---- questions ----
test('a question stops no clock, is seen by whom it asks, and is answered once', async () => {
	const code = await taken();
	await act(specialist, code, 'nhan-xu-ly');
	const due = /Hẹn trả[^]*?thứ \S+ \d+\/\d+\/\d{4}/.exec((await dossier(clerk, code)).text)[0];
	assert(fault(await opened(specialist, code, 'cau-hoi', { to: 'counter', text: '' }), 'text'));
	assert.equal((await opened(specialist, code, 'cau-hoi', { to: 'ai-do', text: 'Hỏi gì đó' })).status, 422);
	const open = await specialist.get(url(code, 'cau-hoi'));
	await thrice(specialist, code, open, '/cau-hoi', { to: 'counter', text: 'Tờ khai có chữ ký của vợ không?' });
	assert.match((await clerk.get('/quay')).text, /1 câu hỏi chờ quầy trả lời/);
	assert.match((await clerk.get('/cau-hoi')).text, /Tờ khai có chữ ký của vợ không\?/);
	const one = await clerk.get(url(code, 'cau-hoi')), two = await manager.get(url(code, 'cau-hoi'));
	assert.equal((await clerk.submit(one, '/cau-hoi/', { answer: ' ' })).status, 422);
	await thrice(clerk, code, one, '/cau-hoi/', { answer: 'Có, ở trang 2' });
	const late = await manager.submit(two, '/cau-hoi/', { answer: 'Không rõ' });
	assert.equal(late.status, 409);
	assert.match(late.text, /đã có người trả lời[\s\S]*Không rõ/);
	assert.match((await specialist.get(url(code, 'cau-hoi'))).text, /Có, ở trang 2 Trần Thị Thử/);
	assert(!(await clerk.get('/quay')).text.includes('câu hỏi chờ'));
	assert((await dossier(clerk, code)).text.includes(due), 'the due time stands');
	const missing = await clerk.post(`${url(code)}/cau-hoi/${'0'.repeat(32)}`, Object.fromEntries(clerk.form(await clerk.get(url(code, 'cau-hoi')), '/cau-hoi').fields));
	assert.equal(missing.status, 404);
});
test('a signed draft taken back is with its signer again', async () => {
	const code = await taken();
	await act(specialist, code, 'nhan-xu-ly');
	const page = await specialist.get(url(code, 'trinh-ky'));
	await act(specialist, code, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(page.html)[1] });
	await act(signer, code, 'ky', { decision: 'sign' });
	assert(!(await signer.get('/duyet')).text.includes(short(code)));
	await act(specialist, code, 'lui-buoc', { reason: 'Ký nhầm bản' });
	assert.match((await dossier(clerk, code)).text, /Tình trạng [^]*?Phạm Thị Thử/, 'who is to act now');
	assert((await signer.get('/duyet')).text.includes(short(code)), 'in the signer\'s tray');
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
});
test('the province is asked over the link, answers, and asks the counter', async () => {
	const code = await taken({ procedure: '9.999001' });
	await handOver(clerk, code);
	await opened(clerk, code, 'cau-hoi', { to: 'center', text: 'Tỉnh đã có bản giấy chưa?' });
	const path = `/ho-so/${board}/${encodeURIComponent(code)}`;
	let page;
	await until('the province sees the question', 30, async () => {
		page = await officer.get(`${path}/cau-hoi`);
		return page.status === 200 && page.text.includes('Tỉnh đã có bản giấy chưa?');
	});
	assert.match((await officer.get('/cau-hoi')).text, /Tỉnh đã có bản giấy chưa\?/);
	assert.equal((await officer.submit(page, '/cau-hoi/', { answer: '' })).status, 422);
	await officer.submit(page, '/cau-hoi/', { answer: 'Đã có, thiếu tờ 3' });
	page = await officer.get(`${path}/cau-hoi`);
	assert(page.text.includes('Đã có, thiếu tờ 3'));
	await officer.submit(page, `${path}/cau-hoi`, { text: 'Quầy gửi lại tờ 3 được không?' });
	await until('the counter has both', 30, async () => {
		const at = (await clerk.get(url(code, 'cau-hoi'))).text;
		return at.includes('Đã có, thiếu tờ 3') && at.includes('Quầy gửi lại tờ 3 được không?');
	});
	assert.match((await clerk.get('/quay')).text, /1 câu hỏi chờ quầy trả lời/);
	await clerk.submit(await clerk.get(url(code, 'cau-hoi')), '/cau-hoi/', { answer: 'Gửi chiều nay' });
	await until('the province reads the answer', 30, async () => (await officer.get(`${path}/cau-hoi`)).text.includes('Gửi chiều nay'));
});

// ---- supplement ----
test('papers are asked for through an approval; the clock waits; they come with a new slip', async () => {
	const code = await taken();
	await act(specialist, code, 'nhan-xu-ly');
	const direct = await specialist.get(url(code, 'bo-sung'));
	assert.match(direct.text, /Dự thảo: Yêu cầu bổ sung giấy tờ/, 'a specialist drafts');
	assert(fault(await specialist.submit(direct, '/de-xuat/bo-sung', { items: '', reason: 'Thiếu giấy' }), 'items'));
	assert(fault(await specialist.submit(direct, '/de-xuat/bo-sung', { items: 'Tờ khai', reason: 'Thiếu giấy', answer_by: '2020-01-01T08:00' }), 'answer_by'));
	await thrice(specialist, code, direct, '/de-xuat/bo-sung', { items: 'Tờ khai: ký lại trang 2\nBản sao giấy chứng tử', reason: 'Thiếu chữ ký' });
	assert.match((await dossier(clerk, code)).text, /Tình trạng Đang xử lý/, 'nothing has changed yet');
	assert.equal((await specialist.get(url(code, 'de-xuat/bo-sung'))).status, 409, 'one draft at a time');
	const id = await drafted(manager);
	const page = await manager.get(`/duyet/${id}`);
	assert.match(page.text, /Tờ khai: ký lại trang 2[\s\S]*Bản sao giấy chứng tử[\s\S]*Thiếu chữ ký/);
	await thrice(manager, code, page, `/duyet/${id}`, { decision: 'approve' });
	assert.match((await dossier(clerk, code)).text, /Tình trạng Chờ người dân bổ sung/);
	assert((await tray(specialist, 'bo-sung')).includes(short(code)));
	assert.equal((await manager.get(`/duyet/${id}`)).status, 409, 'decided');
	const counter = await clerk.get(url(code, 'bo-sung'));
	assert.match(counter.text, /Giấy tờ đã nhận[\s\S]*Tờ khai: ký lại trang 2/);
	assert(fault(await clerk.submit(counter, '/nhan-bo-sung', { items: '' }), 'items'));
	const before = await count(code), old = await secret(code);
	await thrice(clerk, code, counter, '/nhan-bo-sung', { items: 'Tờ khai: ký lại trang 2' });
	assert.equal(await count(code), before + 1);
	assert.match((await dossier(clerk, code)).text, /Tình trạng Đang xử lý/);
	assert.notEqual(await secret(code), old, 'a new slip with a secret of its own');
	const page2 = await dossier(clerk, code);
	assert(page2.html.includes(`href="${url(code, 'quet')}"`), 'what came is to be scanned');
	assert.match(page2.text, /Giấy tờ [^]*Tờ khai Đủ/, 'and stands among the papers');
	assert.equal((await clerk.get(url(code, 'nhan-bo-sung'))).status, 409);
});
test('a request of the province comes to the counter, which receives and hands over again', async () => {
	const code = await taken({ procedure: '9.999001' });
	await handOver(clerk, code);
	const path = `/ho-so/${board}/${encodeURIComponent(code)}`;
	await until('the province has it', 30, async () => (await officer.get(path)).html.includes('nhan-xu-ly'));
	await officer.submit(await officer.get(path), 'nhan-xu-ly');
	await officer.submit(await officer.get(`${path}/bo-sung`), 'bo-sung', { reason: 'Mờ', papers: 'Giấy A' });
	await until('the counter has the request', 30, async () => (await dossier(clerk, code)).text.includes('Chờ người dân bổ sung'));
	await opened(clerk, code, 'nhan-bo-sung', {});
	assert.match((await dossier(clerk, code)).text, /Tình trạng Đang xử lý/);
	await handOver(clerk, code);
	assert.match((await dossier(clerk, code)).text, /\(ở Tỉnh\)/);
});

// ---- drafts ----
test('nobody approves his own draft; a draft goes back with its reason and may be made again', async () => {
	const code = await taken();
	await act(specialist, code, 'nhan-xu-ly');
	await opened(specialist, code, 'de-xuat/tu-choi', { reason: 'Không đủ điều kiện' });
	const id = await drafted(signer);
	const page = await signer.get(`/duyet/${id}`);
	assert(fault(await signer.submit(page, `/duyet/${id}`, { decision: 'back', reason: '' }), 'reason'));
	assert.equal((await signer.submit(page, `/duyet/${id}`, { decision: 'có' })).status, 422);
	await signer.submit(page, `/duyet/${id}`, { decision: 'back', reason: 'Ghi rõ điều khoản' });
	assert.match(await tray(specialist, 'tra-lai'), /Dự thảo bị trả lại[\s\S]*Từ chối giải quyết/);
	await opened(specialist, code, 'de-xuat/tu-choi', { reason: 'Không đủ điều kiện theo khoản 1' });
	const next = await drafted(signer);
	assert.notEqual(next, id);
	const one = await signer.get(`/duyet/${next}`), two = await manager.get(`/duyet/${next}`);
	await signer.submit(one, `/duyet/${next}`, { decision: 'approve', number: '12/TB' });
	const late = await manager.submit(two, `/duyet/${next}`, { decision: 'back', reason: 'Khoan đã' });
	assert.equal(late.status, 409);
	assert(late.text.includes('Khoan đã'));
	assert.match((await dossier(clerk, code)).text, /Tình trạng Từ chối/);
});
test('a void and another due time are approved by a manager alone, who stands for them', async () => {
	const [a, b] = [await taken(), await taken()];
	await opened(clerk, a, 'de-xuat/huy', { reason: 'Nhập nhầm người' });
	await opened(clerk, b, 'de-xuat/ngay-hen', { due_at: LATER, reason: 'Mưa lũ' });
	const list = await signer.get('/duyet');
	const ids = [...list.html.matchAll(/href="\/duyet\/([0-9a-f]{32})"/g)].map((m) => m[1]);
	assert.equal(ids.length, 2);
	for (const id of ids) {
		const page = await signer.get(`/duyet/${id}`);
		assert(page.text.includes('phải do người quản lý duyệt') && !page.html.includes('name="decision"'));
		await manager.submit(await manager.get(`/duyet/${id}`), `/duyet/${id}`, { decision: 'approve' });
	}
	assert.match((await dossier(clerk, a)).text, /Đã hủy \(nhập nhầm\)/);
	assert((await dossier(clerk, b)).text.includes(`→ ${DAY.screen('16:00')}; Mưa lũ`));
});
test('an own draft is shown without a button, and a forged approval of it is refused', async () => {
	const code = await taken();
	stack.tram('board', ['user', 'add', 'haivai', '--name', 'Đỗ Văn Hai', '--roles', 'intake,manager', '--keep-password'], `${PASSWORD}\n`);
	const both = await fresh('haivai');
	await opened(both, code, 'de-xuat/huy', { reason: 'Nhập nhầm người' });
	const id = await drafted(both), before = await count(code);
	const page = await both.get(`/duyet/${id}`);
	assert(page.text.includes('dự thảo của chính anh/chị') && !page.html.includes('name="decision"'));
	const forged = Object.fromEntries(both.form(page, 'csrf').fields.filter(([n]) => n === 'csrf'));
	const other = await both.get(url(code, 'noi-de'));
	const fields = Object.fromEntries(both.form(other, '/noi-de').fields);
	const answer = await both.post(`/duyet/${id}`, { ...forged, form_id: fields.form_id, seen: fields.seen, csrf: fields.csrf, decision: 'approve' });
	assert.equal(answer.status, 422);
	assert.equal(await count(code), before);
	await manager.submit(await manager.get(`/duyet/${id}`), `/duyet/${id}`, { decision: 'back', reason: 'Giữ lại' });
	assert.match((await clerk.get(url(code, 'de-xuat'))).text, /Yêu cầu bổ sung giấy tờ[\s\S]*Xin lỗi và hẹn lại[\s\S]*Hủy tiếp nhận/);
	assert.equal((await signer.get(url(code, 'de-xuat'))).status, 403);
	assert.equal((await clerk.get(url(code, 'de-xuat/khac'))).status, 404);
	assert.equal((await specialist.get('/duyet')).status, 403);
	assert.equal((await manager.get(`/duyet/${'0'.repeat(32)}`)).status, 404);
});
test('an apology is too late on the last day also when it is approved, and comes once', async () => {
	const code = await taken();
	assert(fault(await opened(specialist, code, 'de-xuat/gia-han', { due_at: '2020-01-01T08:00', reason: 'Chờ xác minh', late_unit: 'Tư pháp' }), 'due_at'));
	await opened(manager, code, 'ngay-hen', { due_at: LATER, reason: 'Cho đủ ngày' });
	await opened(specialist, code, 'de-xuat/gia-han', { due_at: AFTER.at('16:00'), reason: 'Chờ xác minh', late_unit: 'Tư pháp' });
	const id = await drafted(signer), page = await signer.get(`/duyet/${id}`);
	assert(page.text.includes(AFTER.screen('16:00')), page.text);
	await signer.submit(page, `/duyet/${id}`, { decision: 'approve' });
	assert((await dossier(clerk, code)).text.includes(`Xin lỗi và hẹn lại ngày trả : ${DAY.screen('16:00')} → ${AFTER.screen('16:00')}`));
	const again = await opened(specialist, code, 'de-xuat/gia-han', { due_at: workday(35).at('16:00'), reason: 'Lần nữa', late_unit: 'Tư pháp' });
	assert.equal(again.redirected, url(code));
	const second = await drafted(signer);
	const answer = await signer.submit(await signer.get(`/duyet/${second}`), `/duyet/${second}`, { decision: 'approve' });
	assert(fault(answer, 'decision') && answer.text.includes('đủ số lần'));
	await signer.submit(await signer.get(`/duyet/${second}`), `/duyet/${second}`, { decision: 'back', reason: 'Đã hẹn lại rồi' });
});
test('refused directly by who may; the others draft', async () => {
	const code = await taken();
	assert.equal((await specialist.get(url(code, 'tu-choi'))).status, 403);
	assert(fault(await opened(manager, code, 'tu-choi', { reason: '', signer_name: 'Phạm Thị Thử' }), 'reason'));
	await opened(manager, code, 'tu-choi', { reason: 'Không thuộc thẩm quyền', signer_name: 'Phạm Thị Thử' });
	assert.match((await dossier(clerk, code)).text, /Tình trạng Từ chối/);
	assert.equal((await manager.get(url(code, 'tu-choi'))).status, 409);
	assert.equal((await clerk.post(url(code, 'bo-sung'), { csrf: 'x', form_id: 'x' })).status, 403);
});
test('both sides alike, and rebuilt as it was', async () => {
	await stack.drained();
	const shared = (digest) => Object.fromEntries(Object.entries(digest).filter(([n]) => ['dossier', 'pending', 'handover', 'mark'].includes(n)));
	assert.deepEqual(shared(stack.digest('board')), shared(stack.digest('center')));
	const before = stack.digest('board');
	await stack.stop('board');
	const rebuilt = stack.tram('board', ['rebuild']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
