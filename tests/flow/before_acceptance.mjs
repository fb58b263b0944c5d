// Goal: who cannot hand in yet leaves with paper that says what is missing (form 02), why not (form
// 03) or what to prepare, and comes back to the same draft with a ticket's number. Each is numbered in
// a series of its own without a gap, recorded, and done once however often it is sent.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { chooseProcedure, dossier, person, startDraft } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'before-acceptance', ports: [9643, 9653] });
cleanup((failed) => stack.down(failed));
let clerk, other, specialist;

const fresh = (login) => stack.clerk(login);
const url = (id, slug) => `/ho-so/moi/${id}/${slug}`;
const fault = (page, field) => page.status === 422 && page.html.includes(`href="#${field}"`) && page.html.includes(`id="${field}-loi"`);
// A draft on page 3, its page and id; missing: marks this paper as missing.
async function drafted(procedure = '1.001193', who = person()) {
	const draft = await startDraft(clerk, who);
	const page = await chooseProcedure(clerk, draft, procedure);
	return { id: draft.id, page, who };
}
const say = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 400)}`;
const tray = async () => (await clerk.get('/in')).text;
async function supplement(id, values) {
	const page = await clerk.get(url(id, 'bo-sung'));
	assert.equal(page.status, 200, say(page));
	return clerk.submit(page, '/bo-sung', values);
}

test.must('a board without its center, three people', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	other = await fresh('hotro').catch(() => null);
	specialist = await fresh('chuyenvien');
});
test('what is missing stands on the request already; it is numbered and printed', async () => {
	const { id, page, who } = await drafted();
	const missing = [...page.html.matchAll(/name="state\.([^"]+)" value="thieu"/g)][0][1];
	const form = await clerk.submit(page, '/tai-len/', { add_name: '', [`state.${missing}`]: 'thieu', to: 'bo-sung', ticket: 'a017' }, { files: [] });
	assert.equal(form.redirected, url(id, 'bo-sung'), say(form));
	assert.match(form.html, new RegExp(`name="pick\\.${missing}" value="1" checked`));
	assert.match(form.html, /id="ticket"[^>]*value="A017"/);
	const paper = await clerk.submit(form, '/bo-sung', { why_2: '1', more: 'Chưa ký trang 2', other_1: 'Giấy xác nhận nơi cư trú', [`what.${missing}`]: 'Bản có chữ ký' });
	assert.match(paper.redirected ?? '', /^\/in\/phieu\/[0-9a-f]{32}$/, say(paper));
	for (const word of ['PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ', 'Theo Mẫu số 02', 'Số: 01/HDHS', who.name, 'Giấy xác nhận nơi cư trú',
		'Tờ khai chưa điền đủ hoặc chưa ký; Chưa ký trang 2', 'Bản có chữ ký', 'NGƯỜI HƯỚNG DẪN', 'Trần Thị Thử', 'được giữ trong 7 ngày'])
		assert(paper.text.includes(word), word);
	assert.match(await tray(), /Phiếu yêu cầu bổ sung 01\/HDHS/);
	assert.match((await clerk.get('/quay?viec=nhap')).text, /Số thứ tự A017 Chờ bổ sung \(chưa nhận\)/);
	await clerk.submit(paper, paper.path);
	assert.doesNotMatch(await tray(), /01\/HDHS/);
	assert.match((await clerk.get(paper.path)).text, /Bản in lại lần 1/);
	const again = await clerk.get(url(id, 'bo-sung'));
	assert.match(again.text, /Đã lập phiếu số 01\/HDHS/);
});
test('found again by the ticket number, in small letters too', async () => {
	const { id, page } = await drafted();
	const parked = await clerk.submit(page, '/tai-len/', { add_name: '', ticket: 'B052', later: '1' }, { files: [] });
	assert.equal(parked.redirected, '/quay?viec=nhap', say(parked));
	for (const q of ['B052', 'b052']) {
		const found = await clerk.submit(await clerk.get('/quay'), '/tim', { q });
		assert.equal(found.redirected, url(id, 'giay-to'), say(found));
	}
	const none = await clerk.submit(await clerk.get('/quay'), '/tim', { q: 'B053' });
	assert.equal(none.redirected, undefined);
	const twin = await drafted();
	await clerk.submit(twin.page, '/tai-len/', { add_name: '', ticket: 'B052', later: '1' }, { files: [] });
	const both = await clerk.submit(await clerk.get('/quay'), '/tim', { q: 'B052' });
	assert(both.html.includes(id) && both.html.includes(twin.id), 'both under one number are shown');
});
test('nothing chosen, no reason, too long a word: the page again with everything typed', async () => {
	const { id } = await drafted();
	const empty = await supplement(id, {});
	assert(fault(empty, 'other_1') && fault(empty, 'more'), say(empty));
	const long = await supplement(id, { other_1: 'x'.repeat(400), more: 'Thiếu <b>giấy</b> & "tờ"', ticket: 'rất dài rất dài' });
	assert(fault(long, 'other_1') && fault(long, 'ticket'), say(long));
	assert(long.html.includes('Thiếu &lt;b&gt;giấy&lt;/b&gt; &amp; &quot;tờ&quot;'), 'typed words stay, escaped');
	const control = await supplement(id, { other_1: 'a\u0000b', more: 'Lý do' });
	assert.equal(control.status, 422);
	assert.doesNotMatch((await clerk.get('/in')).text, new RegExp(id));
});
test('sent three times at once: one request, one number; the next one follows without a gap', async () => {
	const { id } = await drafted();
	const page = await clerk.get(url(id, 'bo-sung'));
	const form = clerk.form(page, '/bo-sung');
	const sent = [...form.fields.filter(([n]) => n !== 'other_1' && n !== 'more'), ['other_1', 'Sổ hộ khẩu cũ'], ['more', 'Để đối chiếu']];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(url(id, 'bo-sung'), sent)));
	for (const answer of answers) assert.equal(answer.status, 303, answer.text.slice(0, 300));
	assert.equal(new Set(answers.map((a) => a.location)).size, 1);
	const number = /Số: (\d+)\/HDHS/.exec((await clerk.get(answers[0].location)).text)[1];
	const next = await supplement((await drafted()).id, { other_1: 'Giấy khác', more: 'Thiếu' });
	assert.equal(/Số: (\d+)\/HDHS/.exec(next.text)[1], String(Number(number) + 1).padStart(2, '0'));
});
test('refused: a dossier that ends at once, with its own number, reason and paper', async () => {
	const { id, who } = await drafted();
	const page = await clerk.get(url(id, 'tu-choi'));
	assert(fault(await clerk.submit(page, '/tu-choi', {}), 'more'));
	const open = await clerk.get(url(id, 'tu-choi'));
	const form = clerk.form(open, '/tu-choi');
	const sent = [...form.fields.filter(([n]) => n !== 'more'), ['why_1', '1'], ['more', 'Mời đến công an xã']];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(url(id, 'tu-choi'), sent)));
	for (const answer of answers) assert.equal(answer.status, 303, answer.text.slice(0, 300));
	assert.equal(new Set(answers.map((a) => a.location)).size, 1);
	assert.match(answers[0].location, /^\/ho-so\/CT18685\.1-\d{6}-\d{4}\/in\/tu-choi$/);
	const paper = await clerk.get(answers[0].location);
	for (const word of ['PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ', 'Theo Mẫu số 03', 'Số: 01/TCHS', who.name, 'không thuộc thẩm quyền',
		'Mời đến công an xã', 'NGƯỜI TỪ CHỐI', 'NGƯỜI NỘP HỒ SƠ'])
		assert(paper.text.includes(word), word);
	const code = decodeURIComponent(answers[0].location.split('/')[2]);
	assert.match((await dossier(clerk, code)).text, /Từ chối/);
	assert.match(await tray(), /Phiếu từ chối/);
	await clerk.submit(paper, '/in/tu-choi', { by_hand: '1' });
	assert.doesNotMatch(await tray(), /Phiếu từ chối/);
	const gone = await clerk.get(url(id, 'giay-to'));
	assert(!gone.html.includes('/tai-len/'), 'the draft is closed');
	assert.notEqual((await clerk.get(url(id, 'tu-choi'))).status, 500);
});
test('who or what is not known yet is asked for before a refusal', async () => {
	const home = await clerk.get('/quay');
	const step1 = await clerk.submit(home, '/ho-so/moi');
	const id = step1.redirected.split('/')[3];
	const page = await clerk.get(url(id, 'tu-choi'));
	assert.match(page.text, /cần có người nộp và thủ tục/);
	assert.equal((await clerk.submit(page, '/tu-choi', { why_1: '1' })).status, 422);
	const guide = await clerk.get(url(id, 'huong-dan'));
	assert.match(guide.path, /\/thu-tuc$/, 'no procedure: nothing to guide about');
});
test('the guide names every paper, its counts, the time and the fee; giving it parks the draft', async () => {
	const { id } = await drafted('2.000635');
	const page = await clerk.get(url(id, 'huong-dan'));
	for (const word of ['PHIẾU HƯỚNG DẪN CHUẨN BỊ HỒ SƠ', 'Cấp bản sao trích lục hộ tịch', 'Tờ khai', '8.000 đ', 'trong ngày', 'Nộp tại:'])
		assert(page.text.includes(word), word);
	const parked = await clerk.submit(page, '/huong-dan');
	assert.equal(parked.redirected, '/quay?viec=nhap', say(parked));
	assert.doesNotMatch(await tray(), new RegExp(`phieu.*${id}`));
});
test('the guide on a telephone: the same papers, nobody\'s name; another version is not told from memory', async () => {
	const citizen = stack.lookup();
	const page = await citizen.get('/huong-dan/2.000635/thuong');
	assert.equal(page.status, 200, say(page));
	for (const word of ['Cấp bản sao trích lục hộ tịch', 'Tờ khai', '8.000 đ', 'Nộp tại'])
		assert(page.text.includes(word), word);
	for (const bad of ['/huong-dan/2.000635/thuong?b=1999.1', '/huong-dan/2.000635/khong-co', '/huong-dan/9.999999/thuong', '/huong-dan/%3Cb%3E/x']) {
		const none = await citizen.get(bad);
		assert.equal(none.status, 404, bad);
		assert.match(none.text, /xem phiếu hướng dẫn bằng giấy/, bad);
	}
});
test('the draft is somebody else\'s: asked first; other roles are refused', async () => {
	const { id } = await drafted();
	for (const slug of ['bo-sung', 'tu-choi', 'huong-dan']) {
		assert.equal((await specialist.get(url(id, slug))).status, 403, slug);
		assert.match((await stack.clerks().get(url(id, slug))).path, /dang-nhap/, slug);
	}
	if (other) assert.equal((await other.get(url(id, 'tu-choi'))).status, 403, 'support does not refuse');
	for (const bad of ['0'.repeat(32), 'abc', 'z'.repeat(32)])
		assert.equal((await clerk.get(`/in/phieu/${bad}`)).status, 404, bad);
});
test('rebuilt from the journal, numbers go on and the tray is as it was', async () => {
	const before = await tray();
	await stack.stop('board');
	const compared = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(compared.status, 0, compared.stdout + compared.stderr);
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	await stack.start('board');
	clerk = await fresh('canbo');
	assert.equal((await tray()).split('Khay in')[1], before.split('Khay in')[1]);
	const next = await supplement((await drafted()).id, { other_1: 'Giấy khác', more: 'Thiếu' });
	assert.equal(Number(/Số: (\d+)\/HDHS/.exec(next.text)[1]), 4);
});

await run();
