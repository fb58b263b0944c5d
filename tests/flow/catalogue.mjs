// Goal: the manager corrects, switches off and on, and adds procedures, each time after a preview, as a
// version with a name; what was not confirmed is asked, with its source; nobody's work is overwritten,
// and a clerk in the middle of a draft is told and loses nothing.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, acceptDossier, chooseProcedure, dossier, fault, startDraft, tickPapers } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'catalogue', ports: [9360, 9370] });
cleanup((failed) => stack.down(failed));
let clerk, manager;
const at = (code, slug = '') => `/quan-ly/thu-tuc/${code}${slug}`;
const version = async () => /Danh mục bản (\S+?)\. /.exec((await manager.get('/quan-ly/thu-tuc')).text)[1];
// The field whose label says this, in the group that says that.
function field(page, group, label) {
	const section = page.html.split('<section').find((part) => part.includes(`<h2>${group}</h2>`));
	assert(section, `no group ${group}: ${page.text.slice(0, 300)}`);
	const found = [...section.matchAll(/<label for="(v\d+)">([^<]*)</g)].find((match) => match[2].startsWith(label));
	assert(found, `no ${label} in ${group}`);
	return found[1];
}
const edit = (page, values, options) => {
	const form = page.html.split('<form').findLast((part) => part.includes('name="base"'));
	assert(form, page.text.slice(0, 300));
	return manager.submit({ ...page, html: `<form${form}` }, 'name="base"', values, options);
};
const limitOf = async () => {
	const page = await manager.get(at('9.999001'));
	return { page, name: field(page, 'Trường hợp: Thông thường', 'Thời hạn') };
};

test.must('a board without its center', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	manager = stack.clerks();
	await clerk.login('canbo');
	await manager.login('quanly');
});
test('the list is the manager\'s alone, searched without diacritics and filtered by state', async () => {
	assert.equal((await clerk.request('GET', '/quan-ly/thu-tuc')).status, 403);
	assert.equal((await clerk.request('GET', at('2.000635'))).status, 403);
	const all = await manager.get('/quan-ly/thu-tuc');
	assert.match(all.text, /Tất cả 51/);
	const found = await manager.get('/quan-ly/thu-tuc?tim=ket%20hon');
	assert(found.text.includes('1.000894') && !found.text.includes('2.000815'));
	const waiting = await manager.get('/quan-ly/thu-tuc?loc=cho');
	assert(waiting.text.includes('1.001612') && !waiting.text.includes('2.000635'));
	assert.equal((await manager.get(at('0.000000'))).status, 404);
	assert.match((await manager.get('/viec')).text, /Danh mục thủ tục/);
});
test('a corrected limit is previewed, saved as a version, used at once, and pinned by older dossiers not', async () => {
	const before = await version(), old = (await acceptDossier(clerk, { procedure: '9.999001' })).code;
	const { page, name } = await limitOf();
	const shown = await edit(page, { [name]: '5' });
	assert.equal(shown.status, 200);
	assert.match(shown.text, /Thời hạn Trường hợp Thông thường 3 ngày làm việc 5 ngày làm việc/);
	assert.equal(await version(), before, 'a preview saves nothing');
	const saved = await edit(shown, {}, { button: 'save' });
	assert.equal(saved.redirected, at('9.999001'), saved.text.slice(0, 400));
	assert.notEqual(await version(), before);
	const history = await manager.get('/quan-ly/thu-tuc/lich-su');
	assert.match(history.text, /Đang dùng .*Sửa 9\.999001 Thủ tục thử nghiệm/);
	assert.match(history.text, /Bản kèm phần mềm/);
	const code = (await acceptDossier(clerk, { procedure: '9.999001' })).code;
	assert.match((await clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`)).text, /5 ngày làm việc/);
	assert.match((await clerk.get(`/ho-so/${encodeURIComponent(old)}/giay-hen`)).text, /3 ngày làm việc/);
	assert.match((await dossier(clerk, old)).text, new RegExp(`danh mục bản ${before.replaceAll('.', '\\.')},`));
});
test('values that are none are refused at their fields, and everything typed stays', async () => {
	const { page, name } = await limitOf();
	const first = field(page, 'Thông tin chung', 'Tên'), to = field(page, 'Thông tin chung', 'Hết hiệu lực');
	const money = field(page, 'Khoản thu: Lệ phí thử nghiệm (Thông thường)', 'Mức thu');
	const answer = await edit(page, { [name]: '0,3', [first]: '', [to]: '31/02/2027', [money]: '-5' });
	assert.equal(answer.status, 422);
	for (const one of [name, first, to, money]) assert(fault(answer, one), one);
	assert(answer.html.includes('value="31/02/2027"') && answer.html.includes('value="0,3"'));
	const before = await version();
	const short = await edit(await edit(page, { [name]: '0,5' }), {}, { button: 'save' });
	assert.equal(short.status, 422, 'the steps would take longer than the limit');
	assert.match(short.text, /steps: longer than the limit/);
	assert.equal(await version(), before);
	assert.equal((await edit(page, {})).text.includes('Chưa có gì khác'), true);
});
test('what is shown is what is saved: a value typed after the preview is previewed again', async () => {
	const { page, name } = await limitOf(), before = await version();
	const again = await edit(await edit(page, { [name]: '6' }), { [name]: '7' }, { button: 'save' });
	assert.equal(again.status, 200);
	assert.match(again.text, /7 ngày làm việc/);
	assert.equal(await version(), before);
});
test('two managers on one procedure: the second is shown the first one\'s act; a double tap saves once', async () => {
	const other = stack.clerks();
	await other.login('quanly');
	const { page, name } = await limitOf();
	const mine = await edit(page, { [name]: '4' }), theirs = await edit(page, { [name]: '8' });
	const form = manager.form({ ...mine, html: mine.html }, 'name="shown"');
	const before = await version();
	const taps = await Promise.all([1, 2].map(() => manager.post(form.action, [...form.fields, ['save', '1']])));
	assert.deepEqual(taps.map((a) => a.status), [303, 303]);
	assert.equal(Number((await version()).split('-').pop()), Number(before.split('-').pop()) + 1);
	const late = await edit(theirs, {}, { button: 'save' });
	assert.equal(late.status, 409);
	assert.match(late.text, /Sửa 9\.999001/);
	assert.match((await manager.get(at('9.999001'))).html, /value="4"/);
});
test('switching on asks exactly what waits, each with its source', async () => {
	const page = await manager.get(at('1.001612', '/bat'));
	assert.match(page.text, /Trường hợp: Thông thường/);
	const group = 'Trường hợp: Thông thường', fee = 'Khoản thu: Lệ phí đăng ký hộ kinh doanh (Thông thường)';
	assert(!page.text.includes('Biên bản') || page.text.includes('Đã đối chiếu'));
	const empty = await edit(page, {});
	assert.equal(empty.status, 422);
	const sources = [...page.html.matchAll(/<label for="(v\d+)">Căn cứ</g)].map((match) => match[1]);
	assert.equal(sources.length, 5, 'who, limit, papers, steps, fee');
	const ticks = [...page.html.matchAll(/type="checkbox" id="(v\d+)"/g)].map((match) => match[1]);
	assert.equal(ticks.length, 2);
	for (const one of ticks) assert(fault(empty, one), one);
	const values = { ...Object.fromEntries(sources.map((one) => [one, 'QĐ thử 01/2026'])),
		...Object.fromEntries(ticks.map((one) => [one, '1'])), [field(page, fee, 'Mức thu')]: '120000',
		[field(page, group, 'Thời hạn')]: '3' };
	const shown = await edit(page, values);
	assert.equal(shown.status, 200, shown.text.slice(0, 500));
	assert.match(shown.text, /100\.000 đ 120\.000 đ/);
	const done = await edit(shown, {}, { button: 'save' });
	assert.equal(done.redirected, at('1.001612'), done.text.slice(0, 500));
	assert.match(done.text, /Đang bật/);
	const { code } = await acceptDossier(clerk, { procedure: '1.001612' });
	assert.match((await dossier(clerk, code)).text, /120\.000 đ/);
});
test('switched off while a draft is open: the clerk is told at the next step, nothing typed is lost', async () => {
	const draft = await startDraft(clerk), papers = await chooseProcedure(clerk, draft, '2.000635');
	const check = await tickPapers(clerk, papers);
	const asked = await manager.submit(await manager.get(at('2.000635')), 'name="off"', {}, { button: 'off' });
	assert.equal(asked.status, 200, 'a preview first');
	assert.match(asked.text, /Bật Có Không/);
	assert.match((await manager.get(at('2.000635'))).text, /Đang bật/, 'a preview changes nothing');
	const off = await manager.submit(asked, 'name="off"', {}, { button: 'save' });
	assert.match(off.text, /Đang tắt/);
	const refused = await clerk.submit(check, '/kiem-tra', { note: 'Ghi chú còn đây' });
	assert.equal(refused.status, 422);
	assert.match(refused.text, /Thủ tục vừa được tắt/);
	assert(refused.html.includes('Ghi chú còn đây'));
	assert(!(await clerk.get(`/ho-so/moi/${draft.id}/thu-tuc`)).html.includes('value="2.000635"'));
	const on = await edit(await edit(await manager.get(at('2.000635', '/bat')), {}), {}, { button: 'save' });
	assert.match(on.text, /Đang bật/);
	await accept(clerk, await clerk.get(`/ho-so/moi/${draft.id}/kiem-tra`));
});
test('a paper added while a draft is open is asked for before acceptance; what was ticked stays', async () => {
	const draft = await startDraft(clerk), check = await tickPapers(clerk, await chooseProcedure(clerk, draft, '2.000635'));
	const page = await manager.get(at('2.000635'));
	const name = field(page, 'Giấy tờ: thêm giấy tờ (Thông thường)', 'Tên');
	await edit(await edit(page, { [name]: 'Giấy tờ mới thêm' }), {}, { button: 'save' });
	const refused = await clerk.submit(check, '/kiem-tra', {});
	assert.equal(refused.status, 422);
	assert.match(refused.text, /vừa được sửa/);
	assert.match(refused.text, /Giấy tờ mới thêm/);
	const papers = await clerk.get(`/ho-so/moi/${draft.id}/giay-to`);
	assert.match(papers.html, /name="state\.to-khai" value="du" checked/);
	await accept(clerk, await tickPapers(clerk, papers));
});
test('a procedure of one\'s own: off at first, then switched on; abolished and taken codes are refused', async () => {
	const page = await manager.get('/quan-ly/thu-tuc/moi');
	const values = { code: '5.000001', name: 'Thủ tục riêng của xã', field: 'Văn hóa', limit: '2', limit_unit: 'working-days',
		paper: 'Đơn đề nghị', source: 'QĐ thử 02/2026' };
	for (const code of ['2.001009', '2.000635', 'a b', ''])
		assert(fault(await manager.submit(page, '/thu-tuc/moi', { ...values, code }), 'code'), code);
	assert(fault(await manager.submit(page, '/thu-tuc/moi', { ...values, limit: '' }), 'limit'));
	const shown = await manager.submit(page, '/thu-tuc/moi', values);
	assert.match(shown.text, /Tên \(không có\) Thủ tục riêng của xã/);
	assert.equal((await manager.request('GET', at('5.000001'))).status, 404, 'a preview adds nothing');
	const made = await manager.submit(shown, '/thu-tuc/moi', {}, { button: 'save' });
	assert.equal(made.redirected, at('5.000001'), made.text.slice(0, 400));
	assert.match(made.text, /Đang tắt/);
	await edit(await edit(await manager.get(at('5.000001', '/bat')), {}), {}, { button: 'save' });
	await acceptDossier(clerk, { procedure: '5.000001' });
});
// ---- parts ----
const part = (kind) => at('9.999001', `/phan/${kind}`);
const addPart = async (kind, values) => {
	const page = await manager.get(part(kind));
	assert.equal(page.status, 200, page.text.slice(0, 300));
	const shown = await manager.submit(page, 'name="name"', values);
	if (shown.status !== 200) return shown;
	assert.match(shown.text, /Những gì sẽ đổi/, shown.text.slice(0, 400));
	return manager.submit(shown, 'name="shown"', values, { button: 'save' });
};
test('a fee, a question, a case that the answer leads to, a paper, a step and a person are added one by one, and work at the counter', async () => {
	const before = await version();
	const shown = await manager.submit(await manager.get(part('khoan-thu')), 'name="name"', { name: 'Phụ thu kiểm tra', kind: 'flat', amount: '25.000', source: 'QĐ thử' });
	assert.match(shown.text, /Phụ thu kiểm tra/);
	assert.equal(await version(), before, 'a preview saves nothing');
	const saved = await manager.submit(shown, 'name="shown"', {}, { button: 'save' });
	assert.equal(saved.redirected, at('9.999001'), saved.text.slice(0, 400));
	for (const [kind, values] of [['cau-hoi', { name: 'Có yếu tố nước ngoài?' }],
		['truong-hop', { name: 'Có yếu tố nước ngoài', limit: '7', limit_unit: 'working-days', in_case: 'thuong', question: 'cau-1', answer: 'co', source: 'QĐ thử' }],
		['giay-to', { in_case: 'truong-hop-1', name: 'Giấy tờ được hợp pháp hóa', originals: '1', required: '1' }],
		['buoc', { in_case: 'truong-hop-1', name: 'Lấy ý kiến Sở Ngoại vụ', role: 'other_unit', limit: '6.5', limit_unit: 'working-days' }],
		['nguoi', { name: 'Người được bảo lãnh', sex: 'none' }]]) {
		const done = await addPart(kind, values);
		assert.equal(done.redirected, at('9.999001'), `${kind}: ${done.text.slice(0, 500)}`);
	}
	const draft = await startDraft(clerk);
	const page = await chooseProcedure(clerk, draft, '9.999001', undefined, { 'hoi.cau-1': 'co' });
	assert.match(page.text, /Giấy tờ được hợp pháp hóa/, page.text.slice(0, 600));
	const check = await tickPapers(clerk, page);
	assert.match(check.text, /Phụ thu kiểm tra[^0-9]*25\.000 đ/);
	const { code } = await accept(clerk, check, { fee_state: 'later' });
	assert.match((await dossier(clerk, code)).text, /Người được bảo lãnh/);
	assert.match((await manager.get('/quan-ly/thu-tuc/lich-su')).text, /Thêm vào 9\.999001/);
});
test('a part that is not whole is refused at its field, nothing typed is lost; steps longer than the limit are refused with their place', async () => {
	const before = await version();
	for (const [kind, values, where] of [['khoan-thu', { name: '', kind: 'flat', amount: '5', source: 'x' }, 'name'],
		['khoan-thu', { name: 'Phí', kind: 'flat', amount: 'năm', source: 'x' }, 'amount'],
		['khoan-thu', { name: 'Phí', kind: 'certified_copy', first_pages: '2', first: '', next: '1', max: '2', source: 'x' }, 'first'],
		['khoan-thu', { name: 'Phí', kind: 'flat', amount: '5', source: '' }, 'source'],
		['truong-hop', { name: 'Khác', limit: '0', limit_unit: 'hours', source: 'x' }, 'limit'],
		['giay-to', { name: 'Giấy', question: 'khong-co', answer: 'co' }, 'question'], ['cau-hoi', { name: ' ' }, 'name']]) {
		const page = await manager.get(part(kind));
		const fields = manager.form(page, 'name="name"');
		const again = await manager.post(fields.action, [...fields.fields.filter(([n]) => !(n in values)), ...Object.entries(values)]);
		assert.equal(again.status, 422, `${kind} ${JSON.stringify(values)}`);
		assert(fault(again, where), `${kind} ${where}: ${again.text.slice(0, 400)}`);
		if (values.name.trim()) assert(again.html.includes(`value="${values.name}"`), 'what was typed stays');
	}
	const long = await addPart('buoc', { in_case: 'thuong', name: 'Quá lâu', role: 'specialist', limit: '90', limit_unit: 'working-days' });
	assert.equal(long.status, 422);
	assert.match(long.text, /longer than the limit/);
	assert.equal(await version(), before);
	assert.equal((await manager.get(part('khac'))).status, 404);
	assert.equal((await clerk.get(part('buoc'))).status, 403);
});
test('a part is taken away after a preview; a question that a case needs and the last case stay', async () => {
	const drop = async (kind, word) => {
		const page = await manager.get(part(kind));
		const row = page.html.split('<li class="split">').find((one) => one.includes(word));
		const form = manager.form({ ...page, html: row }, 'name="drop"');
		const shown = await manager.post(form.action, [...form.fields, ...form.buttons]);
		if (shown.status !== 200 || !shown.html.includes('name="shown"')) return shown;
		return manager.submit(shown, 'name="shown"', {}, { button: 'save' });
	};
	const stays = await drop('cau-hoi', 'Có yếu tố nước ngoài?');
	assert.equal(stays.status, 422);
	assert.match(stays.text, /Chưa lưu gì/);
	for (const [kind, word] of [['truong-hop', 'Có yếu tố nước ngoài'], ['khoan-thu', 'Phụ thu kiểm tra'], ['cau-hoi', 'Có yếu tố nước ngoài?'], ['nguoi', 'Người được bảo lãnh']]) {
		const done = await drop(kind, word);
		assert.equal(done.redirected, at('9.999001'), `${kind}: ${done.text.slice(0, 400)}`);
		assert(!(await manager.get(part(kind))).html.split('<li class="split">').slice(1).some((one) => one.split('</li>')[0].includes(word)), (await manager.get(part(kind))).text.slice(300));
	}
	const last = await drop('truong-hop', 'Thông thường');
	assert.equal(last.status, 422);
	const page = await manager.get(part('khoan-thu'));
	await addPart('khoan-thu', { name: 'Phí xen giữa', kind: 'flat', amount: '1000', source: 'x' });
	const stale = await manager.submit(page, 'name="name"', { name: 'Phí cũ', kind: 'flat', amount: '2000', source: 'x' });
	assert.equal(stale.status, 409, 'made of another version');
	await drop('khoan-thu', 'Phí xen giữa');
});
test('a file by stick: checked, brought in, refused when it is wrong or its version is taken', async () => {
	const file = `${stack.data}/danh-muc.json`;
	const now = JSON.parse(stack.tram('board', ['catalogue', 'export']).stdout);
	writeFileSync(file, JSON.stringify({ ...now, procedures: now.procedures.map((p) => p.code === '9.999001' ? { ...p, level: 'ward' } : p) }));
	const wrong = stack.tram('board', ['catalogue', 'import', file]);
	assert.equal(wrong.status, 2);
	assert.match(wrong.stderr, /procedures\[\d+\]\.level/);
	writeFileSync(file, JSON.stringify(now));
	assert.equal(stack.tram('board', ['catalogue', 'import', file]).status, 1, 'that version is there');
	writeFileSync(file, JSON.stringify({ ...now, version: '2026.12.1',
		procedures: now.procedures.map((p) => p.code === '9.999001' ? { ...p, name: 'Thủ tục từ tệp' } : p) }));
	assert.match(stack.tram('board', ['catalogue', 'check', file]).stdout, /version 2026\.12\.1: 52 procedures/);
	const brought = stack.tram('board', ['catalogue', 'import', file]);
	assert.equal(brought.status, 0, brought.stderr);
	assert.equal(await version(), '2026.12.1', 'without a restart');
	assert.match((await manager.get('/quan-ly/thu-tuc')).text, /Thủ tục từ tệp/);
	assert.equal(stack.tram('board', ['calendar', 'import', file]).status, 2);
	const calendar = stack.tram('board', ['calendar', 'export']).stdout;
	writeFileSync(file, calendar.replace(/"version": ?"[^"]*"/, '"version":"2027.1"'));
	assert.equal(stack.tram('board', ['calendar', 'import', file]).status, 0);
	assert.match((await manager.get('/quan-ly/lich')).text, /Lịch bản 2027\.1/);
});
const bring = (client, page, content, filename = 'danh-muc.json') => client.submit(page, '/tai-len/', {},
	{ files: [{ name: 'file', filename, type: 'application/json', content: Buffer.from(content) }] });
const exported = (what) => JSON.parse(stack.tram('board', [what, 'export']).stdout);
test('a file by stick on the page: refused with its place, too large, of a version that is here, of nobody\'s right', async () => {
	assert.equal((await clerk.request('GET', '/quan-ly/thu-tuc/tep')).status, 403);
	const page = await manager.get('/quan-ly/thu-tuc/tep'), before = await version(), now = exported('catalogue');
	const wrong = { ...now, version: '2027.1', procedures: now.procedures.map((p, i) => (i === 3 ? { ...p, level: 'ward' } : p)) };
	for (const [content, word] of [[JSON.stringify(wrong), /Chỗ sai: procedures\[3\]\.level/], ['[1,2', /Chỗ sai/], ['', /trống/],
		['x'.repeat((1 << 20) + 1), /quá lớn/], [JSON.stringify(now), /đã có bản/], [JSON.stringify(exported('calendar')), /Chỗ sai/]]) {
		const answer = await bring(manager, page, content);
		assert.equal(answer.status, 422, content.slice(0, 60));
		assert(fault(answer, 'file'), answer.text.slice(0, 300));
		assert.match(answer.text, word);
	}
	assert.equal(await version(), before);
});
test('by stick: counts and changes before anything is saved; what was confirmed or added here stays; a double tap is one version', async () => {
	const first = exported('catalogue'), before = await version();
	first.version = '2027.1';
	const waits = (p) => ({ ...p, cases: p.cases.map((one) => ({ ...one, uncertain: ['limit', 'components'] })) });
	first.procedures = first.procedures.filter((p) => p.code !== '5.000001').map((p) => (p.code === '1.001612' ? waits(p) : p.code === '1.004873' ? { ...p, enabled: false }
		: p.code === '9.999001' ? { ...p, name: 'Thủ tục từ tệp thứ hai' } : p));
	first.procedures.push({ ...first.procedures.find((p) => p.code === '1.004873'), code: '5.000002', name: 'Thủ tục tệp thêm', usual_rank: undefined });
	const shown = await bring(manager, await manager.get('/quan-ly/thu-tuc/tep'), JSON.stringify(first));
	assert.equal(shown.redirected, '/quan-ly/thu-tuc/tep', shown.text.slice(0, 400));
	assert.match(shown.text, /Tệp danh-muc\.json nhận .* Lưu xong sẽ là bản 2027\.1-1/);
	assert.match(shown.text, /giá trị đã xác nhận ở đây được giữ nguyên/);
	assert.match(shown.text, /Thủ tục tệp thêm/);
	assert.match(shown.text, /Sẽ tắt 1 Bỏ khỏi danh mục 0/);
	assert.equal(await version(), before, 'a preview saves nothing');
	const form = manager.form(shown, '/quan-ly/thu-tuc/tep');
	const taps = await Promise.all([1, 2].map(() => manager.post(form.action, [...form.fields.filter(([n]) => n !== 'drop'), ['save', '1']])));
	assert.deepEqual(taps.map((a) => a.status), [303, 303]);
	assert.equal(await version(), '2027.1-1');
	assert.match((await manager.get('/quan-ly/thu-tuc/lich-su')).text, /Nhập danh mục bản 2027\.1 từ tệp danh-muc\.json/);
	assert.match((await manager.get(at('1.004873'))).text, /Đang tắt/);
	assert.match((await manager.get(at('9.999001'))).text, /Thủ tục từ tệp thứ hai/);
	assert.match((await manager.get(at('5.000001'))).text, /Đang bật/, 'of the point\'s own');
	assert.match((await manager.get(at('1.001612'))).text, /Đang bật/, 'confirmed here');
	assert.match((await manager.get('/quan-ly/thu-tuc/tep')).html, /type="file"/, 'nothing is held any more');
});
test('by stick: dropped, and overtaken by another manager\'s version', async () => {
	const now = exported('catalogue'), before = await version();
	const page = await manager.get('/quan-ly/thu-tuc/tep');
	const change = (name) => JSON.stringify({ ...now, version: '2027.2', procedures: now.procedures.map((p) => (p.code === '9.999001' ? { ...p, name } : p)) });
	let shown = await bring(manager, page, change('Tên thứ ba'));
	await manager.submit(shown, '/thu-tuc/tep', {}, { button: 'drop' });
	assert.match((await manager.get('/quan-ly/thu-tuc/tep')).html, /type="file"/);
	shown = await bring(manager, page, change('Tên thứ tư'));
	const { page: sheet, name } = await limitOf();
	await edit(await edit(sheet, { [name]: '9' }), {}, { button: 'save' });
	const late = await manager.submit(shown, '/thu-tuc/tep', {}, { button: 'save' });
	assert.equal(late.status, 409, late.text.slice(0, 200));
	assert.match(late.text, /Sửa 9\.999001/);
	assert.notEqual(await version(), before);
	assert(!(await manager.get('/quan-ly/thu-tuc')).text.includes('Tên thứ tư'));
	await manager.submit(await manager.get('/quan-ly/thu-tuc/tep'), '/thu-tuc/tep', {}, { button: 'drop' });
});
test('a calendar by stick', async () => {
	const calendar = exported('calendar'), page = await manager.get('/quan-ly/lich/tep');
	const wrong = await bring(manager, page, JSON.stringify({ ...calendar, version: '2028.1', blocks: 'x' }), 'lich.json');
	assert(fault(wrong, 'file'));
	const shown = await bring(manager, page, JSON.stringify({ ...calendar, version: '2028.1', announced: { from: 2025, to: 2028 } }), 'lich.json');
	assert.match(shown.text, /2025 - 2028/);
	assert.match(shown.text, /Không hồ sơ đang giải quyết nào đổi ngày hẹn/);
	await manager.submit(shown, '/lich/tep', {}, { button: 'save' });
	assert.match((await manager.get('/quan-ly/lich')).text, /Lịch bản 2028\.1/);
});
test('a calendar by stick says which open dossiers would be due at another time, before it is saved', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	const day = (n) => new Date(Date.now() + 7 * 36e5 + n * 864e5).toISOString().slice(0, 10);
	const calendar = exported('calendar'), from = day(1), to = day(5);
	const days = [...calendar.days.filter((d) => (d.to ?? d.from) < from || d.from > to), { from, to, why: 'Nghỉ bão' }].sort((a, b) => a.from < b.from ? -1 : 1);
	const shown = await bring(manager, await manager.get('/quan-ly/lich/tep'), JSON.stringify({ ...calendar, version: '2028.2', days }), 'lich.json');
	assert.match(shown.text, /hồ sơ đang giải quyết sẽ có ngày hẹn khác/, shown.text.slice(0, 600));
	assert(shown.html.includes(`/ho-so/${code}/ngay-hen`), 'each with its way to adjust it');
	const due = (await dossier(clerk, code)).text;
	await manager.submit(shown, '/lich/tep', {}, { button: 'drop' });
	assert.equal((await dossier(clerk, code)).text.slice(-200), due.slice(-200), 'nothing moves by itself');
});
test('every version has its event; a restart keeps them; a rebuild leaves them alone', async () => {
	const before = await version();
	await stack.stop('board');
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	await stack.start('board');
	manager = stack.clerks();
	await manager.login('quanly');
	assert.equal(await version(), before);
	assert.equal(stack.tram('board', ['verify']).status, 0);
});

await run();
