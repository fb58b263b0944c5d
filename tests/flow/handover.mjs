// Goal: papers change hands by list: each list has its number of the day without a gap, what the
// list does to a dossier is done with it or not at all, both sides sign, what is missing stays open;
// sent twice is done once, and who comes second is told so.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, dossier, signAtCommune, url } from '../lib/clerk.mjs';
import { forms } from '../lib/client.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'handover', ports: [9430, 9440] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager;

const fresh = (login) => stack.clerk(login);
const taken = async (procedure) => (await acceptDossier(clerk, procedure ? { procedure } : {})).code;
const number = (list) => Number(list.slice(-4));
async function open(client, kind) {
	const page = await client.get(`/ban-giao/moi?loai=${kind}`);
	assert.equal(page.status, 200, page.text.slice(0, 300));
	return page;
}
const boxes = (page) => [...page.html.matchAll(/name="(?:hs|co)\[\]" value="([^"]+)"/g)].map((m) => m[1]);
const value = (page, code) => boxes(page).find((v) => v.startsWith(`${code} `));
const chosen = (page) => /name="to" value="(u-[^"]+)"/.exec(page.html)[1];
const list = (page) => /^\/ban-giao\/(BG-\d{6}-\d{4})$/.exec(page.redirected ?? '')?.[1];
async function give(client, kind, codes, values = {}) {
	const page = await open(client, kind);
	const done = await client.submit(page, '/ban-giao/moi', { 'hs[]': undefined, codes: codes.join('\n'), ...values });
	assert(list(done), `${kind}: ${done.status} ${done.text.slice(0, 500)}`);
	return { list: list(done), page: done };
}
async function toResult(code) {
	await signAtCommune({ specialist, signer }, code);
	await act(specialist, code, 'ket-qua', { kind: 'Giấy xác nhận', number: '05/XN', issuer: 'UBND xã', signer: 'Phạm Thị Thử',
		signed_on: '24/11/2026' }, { files: [{ name: 'file', filename: 'kq.pdf', type: 'application/pdf', content: pdf() }] });
}

test.must('a board without its center, four people', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	specialist = await fresh('chuyenvien');
	signer = await fresh('nguoiky');
	manager = await fresh('quanly');
});
let first;
test('ticked dossiers are forwarded by one list, which says who gave what to whom', async () => {
	const codes = [await taken(), await taken(), await taken()];
	const page = await open(clerk, 'ho-so');
	assert(codes.every((code) => value(page, code)), 'all three are offered');
	const done = await clerk.submit(page, '/ban-giao/moi', { to: chosen(page), 'hs[]': codes.slice(0, 2).map((c) => value(page, c)) });
	first = list(done);
	assert.match(first ?? '', /^BG-\d{6}-0001$/);
	assert.match(done.text, /Lê Văn Thử/);
	assert.match((await dossier(clerk, codes[0])).text, /Đã chuyển/);
	assert.match((await dossier(clerk, codes[2])).text, /Đã tiếp nhận/, 'what was not ticked stays');
	const again = await open(clerk, 'ho-so');
	assert(!value(again, codes[0]) && value(again, codes[2]));
	const lists = await specialist.get('/ban-giao');
	assert(lists.text.includes(first) && /Còn 2\/2 chưa nhận/.test(lists.text));
	assert.match((await clerk.get(`/ban-giao/${first}/in`)).text, /BIÊN BẢN GIAO NHẬN HỒ SƠ[\s\S]*Tổng số: 2 hồ sơ/);
});
test('the giver cannot receive his own list without the name of who signed', async () => {
	const again = await clerk.submit(await clerk.get(`/ban-giao/${first}`), `/ban-giao/${first}`);
	assert.equal(again.status, 422);
	assert(again.html.includes('id="signed_by-loi"'));
	assert.match((await specialist.get(`/ban-giao/${first}`)).text, /Còn 2\/2/);
});
test('the other side receives the whole list but for what is missing, which turns up later', async () => {
	const page = await specialist.get(`/ban-giao/${first}`);
	const [here, gone] = boxes(page);
	const done = await specialist.submit(page, `/ban-giao/${first}`, { 'co[]': [here], [`thieu_${gone}`]: 'Thiếu bản chính tờ khai' });
	assert.match(done.text, /Còn 1\/2 chưa nhận/);
	assert.match(done.text, /Chưa thấy Thiếu bản chính tờ khai – Lê Văn Thử/);
	const code = /href="\/ho-so\/([^"]+)"/.exec(done.html)[1];
	const row = await dossier(clerk, decodeURIComponent(code));
	assert.match(row.text, /Nơi để hồ sơ Lê Văn Thử/, 'it lies with who received it');
	const later = await specialist.get(`/ban-giao/${first}`);
	assert.deepEqual(boxes(later), [gone], 'only the missing one is still asked');
	const end = await specialist.submit(later, `/ban-giao/${first}`, { 'co[]': [gone] });
	assert.match(end.text, /Đã nhận đủ/);
	assert.equal(forms(end.html).filter((f) => f.action.includes(first)).length, 0, 'nothing left to receive');
	assert(!(await clerk.get('/ban-giao')).text.includes(first));
	assert((await clerk.get('/ban-giao?viec=tat-ca')).text.includes(first));
});
test('sent three times at once: one list; the numbers of the day have no gap', async () => {
	const code = await taken();
	const page = await open(clerk, 'ho-so');
	const form = clerk.form(page, '/ban-giao/moi').fields.filter(([n]) => n !== 'hs[]' && n !== 'to');
	const sent = [...form, ['to', chosen(page)], ['hs[]', value(page, code)]];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post('/ban-giao/moi', sent)));
	assert.deepEqual(answers.map((a) => a.status), [303, 303, 303]);
	assert.equal(new Set(answers.map((a) => a.location)).size, 1);
	const mine = answers[0].location.split('/')[2];
	assert.equal(number(mine), 2);
	assert.equal((await clerk.post('/ban-giao/moi', sent)).location, `/ban-giao/${mine}`, 'and once more, later');
	const take = await specialist.get(`/ban-giao/${mine}`);
	const fields = specialist.form(take, `/ban-giao/${mine}`).fields;
	const both = await Promise.all([1, 2].map(() => specialist.post(`/ban-giao/${mine}`, fields)));
	assert.deepEqual(both.map((a) => a.status), [303, 303]);
	assert.equal((await dossier(clerk, code)).text.match(/Nhận bàn giao/g).length, 1, 'received once');
	const next = await give(clerk, 'ho-so', [await taken()], { to: chosen(page) });
	assert.equal(number(next.list), 3);
});
test('one of two who give the same dossier is told; nothing of her list is written', async () => {
	const [a, b] = [await taken(), await taken()];
	const mine = await open(clerk, 'ho-so'), other = await open(manager, 'ho-so');
	await manager.submit(other, '/ban-giao/moi', { to: chosen(other), 'hs[]': [value(other, a)] });
	const late = await clerk.submit(mine, '/ban-giao/moi', { to: chosen(mine), 'hs[]': [value(mine, b), value(mine, a)], note: 'Chuyển gấp' });
	assert.equal(late.status, 422);
	assert(late.html.includes('id="codes-loi"') && late.html.includes('Chuyển gấp'));
	assert.match(late.text, new RegExp(`${a.split('-').slice(1).join('-')} : Có người vừa làm`));
	assert.match((await dossier(clerk, b)).text, /Đã tiếp nhận/, 'whole or not at all');
});
test('two who receive the same list: the second changes nothing', async () => {
	const given = await give(clerk, 'ho-so', [await taken()], { to: chosen(await open(clerk, 'ho-so')) });
	const one = await specialist.get(`/ban-giao/${given.list}`), two = await manager.get(`/ban-giao/${given.list}`);
	await specialist.submit(one, `/ban-giao/${given.list}`);
	const late = await manager.submit(two, `/ban-giao/${given.list}`, { 'co[]': undefined });
	assert.equal(late.status, 200);
	assert.match(late.text, /Đã nhận đủ/);
	assert(!late.text.includes('Chưa thấy'));
});
test('what does not belong on a list is said beside its number', async () => {
	const here = await taken(), province = await taken('9.999001');
	const page = await open(clerk, 'ho-so');
	const to = chosen(page);
	for (const [codes, word] of [[province, /do Tỉnh giải quyết/], ['CT18685.1-261124-9999', /Không có hồ sơ này/],
		['abc', /không phải mã hồ sơ/], ['', /đánh dấu hoặc quét ít nhất một/]]) {
		const again = await clerk.submit(page, '/ban-giao/moi', { 'hs[]': undefined, to, codes });
		assert.equal(again.status, 422, codes);
		assert.match(again.text, word);
		assert.equal(clerk.form(again, '/ban-giao/moi').fields.find(([n]) => n === 'codes')[1], codes, 'typed words stay');
	}
	for (const values of [{ to: 'u-0000000000000000', 'hs[]': [value(page, here)] }, { to: undefined, 'hs[]': [value(page, here)] },
		{ to: 'none', unit: '', 'hs[]': [value(page, here)] }])
		assert.equal((await clerk.submit(page, '/ban-giao/moi', values)).status, 422, JSON.stringify(values));
	assert.equal((await clerk.submit(page, '/ban-giao/moi', { to, 'hs[]': [`${here} 0123`] })).status, 303 - 103, 'a broken mark is read as new');
	assert.match((await clerk.submit(await open(clerk, 'ket-qua'), '/ban-giao/moi', { 'hs[]': undefined, codes: await taken() })).text,
		/chưa có kết quả/);
	assert.equal((await clerk.get('/ban-giao/BG-260101-0001')).status, 404);
	assert.equal((await clerk.get('/ban-giao/BG-260101-0001/in')).status, 404);
});
test('to the province: the list is the hand-over, with the link dead', async () => {
	const code = await taken('9.999001');
	const form = await open(clerk, 'tinh');
	assert(form.html.includes(`value="${value(form, code)}"`) && !form.html.includes(`value="${value(form, code)}" checked`), 'what is not wholly scanned is not ticked by itself');
	assert.match(form.text, /Còn \d+ giấy chưa quét/);
	const stop = await clerk.submit(form, '/ban-giao/moi', { 'hs[]': [value(form, code)] });
	assert.equal(stop.status, 422);
	assert(stop.html.includes('id="unscanned-loi"') && stop.html.includes(`value="${value(form, code)}" checked`), stop.text.slice(0, 500));
	assert.match((await dossier(clerk, code)).text, /Đã tiếp nhận/, 'nothing was handed over');
	const { page } = await give(clerk, 'tinh', [code], { unscanned: '1' });
	assert.match((await dossier(clerk, code)).text, /giấy chưa quét, đi theo bản giấy/);
	assert.match(page.text, /Tỉnh/);
	const row = await dossier(clerk, code);
	assert.match(row.text, /\(ở Tỉnh\)/);
	const signed = await clerk.submit(page, '/ban-giao/BG', { signed_by: 'Nguyễn Thị Văn Thư' });
	assert.match(signed.text, /Đã nhận đủ/);
	assert.match((await dossier(clerk, code)).text, /Ký nhận trên giấy: Nguyễn Thị Văn Thư/);
});
test('one dossier to the province with papers unscanned: a stop, or a word and the paper with it', async () => {
	const code = await taken('9.999001');
	const page = await clerk.get(url(code, 'chuyen-tinh'));
	assert.match(page.text, /Còn \d+ giấy chưa quét/);
	for (const values of [{}, { unscanned: '1', paper: undefined }]) {
		const stop = await clerk.submit(page, '/chuyen-tinh', { unit: 'Sở Thử nghiệm', ...values });
		assert.equal(stop.status, 422);
		assert(stop.html.includes('id="unscanned-loi"') && stop.html.includes('href="#unscanned"'), JSON.stringify(values));
	}
	const done = await clerk.submit(page, '/chuyen-tinh', { unit: 'Sở Thử nghiệm', unscanned: '1' });
	assert.equal(done.redirected, url(code), done.text.slice(0, 300));
	assert.match(done.text, /giấy chưa quét, đi theo bản giấy/);
});
test('results go back to the counter by list, and are on one list at a time', async () => {
	const code = await taken();
	await toResult(code);
	const { list: given } = await give(specialist, 'ket-qua', [code]);
	assert(!value(await open(specialist, 'ket-qua'), code));
	const sheet = await clerk.get(`/ban-giao/${given}/in`);
	assert.match(sheet.text, /Phiếu bàn giao kết quả[^]*Đơn vị chủ trì:[^]*Kết quả Chủ hồ sơ Địa chỉ Còn thu phí Trả qua bưu điện[^]*Giấy xác nhận 05\/XN[^]*Thôn Chạy Thử/i);
	assert.match((await clerk.get(`/ban-giao/${given}/in`)).text, /PHIẾU BÀN GIAO KẾT QUẢ/);
	await clerk.submit(await clerk.get(`/ban-giao/${given}`), `/ban-giao/${given}`);
	assert.match((await dossier(clerk, code)).text, /Nơi để hồ sơ Quầy trả kết quả/);
	assert(value(await open(clerk, 'ket-qua'), code), 'and may go on');
	const paper = await give(clerk, 'giay-to', [code], { unit: 'Phòng Kinh tế', carrier: 'Trần Thị Mẫu' });
	assert.match(paper.page.text, /Người mang: Trần Thị Mẫu/);
});
test('lists are not for everyone', async () => {
	assert.equal((await signer.get('/ban-giao')).status, 403);
	assert.equal((await signer.get('/ban-giao/moi')).status, 403);
	assert.equal((await signer.get(`/ban-giao/${first}`)).status, 403);
	assert.match((await stack.clerks().request('GET', '/ban-giao')).location, /dang-nhap/);
});
test('rebuilt from the journal, every list is as it was', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	const rebuilt = stack.tram('board', ['rebuild']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
