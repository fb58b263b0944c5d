// Goal: dossiers that old communes took in are here after an import or by hand, found by their old
// code and office, go on and are returned, and never count as taken in today. A bad file changes
// nothing, a file sent twice or cut off makes no dossier twice.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, dossier, fault, returnResult } from '../lib/clerk.mjs';
import { inDays, workday } from '../lib/days.mjs';
import { xlsx } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'takeover', ports: [9120, 9130] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, manager;
const fresh = (login) => stack.clerk(login);
const find = async (q) => clerk.submit(await clerk.get('/quay'), '/tim', { q });
const HEAD = 'Mã hồ sơ cũ;Cơ quan cũ;Chủ hồ sơ;Số giấy tờ;Thủ tục;Ngày nhận;Hẹn trả;Nơi để;Tình trạng;Kết quả;Số kết quả;Ngày kết quả';
async function upload(client, content, filename = 'ho-so-cu.csv') {
	const page = await client.get('/tiep-quan');
	assert.equal(page.status, 200, page.text.slice(0, 300));
	return client.submit(page, '/tai-len/tiep-quan', {},
		{ files: [{ name: 'file', filename, type: 'text/csv', content: Buffer.from(content) }] });
}

test.must('a board without its center', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	specialist = await fresh('chuyenvien');
	manager = await fresh('quanly');
});

test('by hand: found by its old code and office, worked on, returned; a second one of that code is refused', async () => {
	const values = { old_code: 'BN-0147/2025', old_agency: 'UBND xã Cẩm Vịnh (cũ)', procedure: 'Cấp bản sao trích lục hộ tịch',
		received: '10/06/2025', due: '30/06/2025 15:00', name: 'Nguyễn Thị Cũ', number: '000090000011', phone: '0900 000 011',
		address: 'Thôn Chạy Thử', place: 'Tủ 2', state: 'accepted' };
	const page = await clerk.get('/tiep-quan/moi');
	for (const [wrong, field] of [[{ received: '31/02/2025' }, 'received'], [{ received: inDays(2).typed }, 'received'],
		[{ due: '01/01/2025' }, 'due'], [{ name: '' }, 'name'], [{ name: '=HYPERLINK("x")' }, 'name'], [{ phone: 'abc' }, 'phone'],
		[{ state: 'khac' }, 'state'], [{ old_code: ' ' }, 'old_code'], [{ received: '10/06/2025 25:99' }, 'received']]) {
		const again = await clerk.submit(page, '/tiep-quan/moi', { ...values, ...wrong });
		assert.equal(again.status, 422, JSON.stringify(wrong));
		assert(fault(again, field) || field === 'state', JSON.stringify(wrong));
		assert(again.html.includes('UBND xã Cẩm Vịnh (cũ)'), 'what was typed stays');
	}
	const typed = [...clerk.form(page, '/tiep-quan/moi').fields.filter(([n]) => !(n in values)), ...Object.entries(values)];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post('/tiep-quan/moi', typed)));
	assert.equal(new Set(answers.map((a) => `${a.status} ${a.location}`)).size, 1, answers.map((a) => `${a.status} ${a.location}`).join());
	assert.equal(answers[0].status, 303);
	const code = decodeURIComponent(answers[0].location.split('/')[2]);
	const shown = await dossier(clerk, code);
	assert.match(shown.text, /Tiếp quản BN-0147\/2025 \(UBND xã Cẩm Vịnh \(cũ\)\)/);
	assert.match(shown.text, /Quá hạn/);
	for (const q of ['BN-0147/2025', 'cam vinh nguyen thi cu', '000090000011', '0147'])
		assert((await find(q)).text.includes('Nguyễn Thị Cũ'), q);
	const twin = await clerk.submit(await clerk.get('/tiep-quan/moi'), '/tiep-quan/moi', values);
	assert(fault(twin, 'old_code'));
	await act(specialist, code, 'nhan-xu-ly');
	await act(specialist, code, 'gia-han', { due_at: workday(13).at('16:00'), reason: 'Hồ sơ cũ', late_unit: 'Xã cũ', signer_name: 'Phạm Thị Thử' })
		.then(() => assert.fail('too late for an apology of that kind'), () => 0);
	await act(manager, code, 'ngay-hen', { due_at: workday(13).at('16:00'), reason: 'Hồ sơ cũ quá hạn từ trước' });
	await act(specialist, code, 'ket-qua', { kind: 'Trích lục', signed_on: '24/11/2026', issuer: 'UBND xã', signer: 'Phạm Thị Thử' }, { files: [] });
	await returnResult(clerk, code);
	assert.match((await dossier(clerk, code)).text, /Đã trả/);
});

test('by file: nothing before it is confirmed, every bad row named, three states, sent twice is once', async () => {
	const rows = [HEAD,
		'H-01;Huyện Cẩm Xuyên (cũ);Trần Thị Một;000090000021;Cấp bản sao trích lục hộ tịch;01/06/2025;15/06/2025;Kho 1;Mới nhận;;;',
		'H-02;Huyện Cẩm Xuyên (cũ);"Lê ""Hai"" Giả";000090000022;Thủ tục đã bỏ;02/06/2025;16/06/2025 10:30;Kho 1;Đang xử lý;;;',
		'H-03;Huyện Cẩm Xuyên (cũ);Phạm Thị Ba;000090000023;2.000635;03/06/2025;17/06/2025;Kho 1;Có kết quả;Trích lục;12/TL;18/06/2025',
		';;Thiếu mã;;X y;01/06/2025;;;;;;',
		'H-05;Huyện;Ngày sai;;X y;hôm qua;;;;;;',
		'H-06;Huyện;=1+1;;X y;01/06/2025;;;;;;',
		'H-01;Huyện Cẩm Xuyên (cũ);Lặp Mã Cũ;;X y;01/06/2025;;;;;;',
		'H-08;Huyện;<script>alert(1)</script>;;X y;01/06/2025;;;lạ lắm;;;'].join('\r\n');
	const before = await clerk.get('/tiep-quan');
	const preview = await upload(clerk, `\ufeff${rows}\r\n`);
	assert.match(preview.redirected ?? '', /^\/tiep-quan\/[0-9a-f]{32}$/, preview.text.slice(0, 400));
	assert.match(preview.text, /Sẽ tiếp quản 3.*Dòng có lỗi 4/s);
	assert.match(preview.text, /1 dòng có mã cũ đã tiếp quản rồi hoặc lặp lại/);
	for (const row of ['5', '6', '7', '9']) assert(preview.html.includes(`<td class="num">${row}</td>`), `row ${row}`);
	assert(!preview.html.includes('<script>alert'), 'markup is text');
	assert(!(await clerk.get('/tiep-quan')).text.includes('Trần Thị Một'), 'nothing yet');
	assert.equal(before.text, (await clerk.get('/tiep-quan')).text);
	const url = preview.redirected;
	const wrong = await clerk.submit(preview, url, { account: 'u-0000000000000000' });
	assert.equal(wrong.status, 422);
	const typed = clerk.form(preview, url).fields;
	const answers = await Promise.all([1, 2].map(() => clerk.post(url, typed)));
	for (const answer of answers) assert.equal(answer.status, 303, answer.text.slice(0, 300));
	const after = await clerk.get(url);
	assert.match(after.text, /Đã tiếp quản 3 hồ sơ từ tệp này/);
	assert.match(after.text, /Sẽ tiếp quản 0/);
	const list = await clerk.get('/tiep-quan');
	for (const name of ['Trần Thị Một', 'Lê &quot;Hai&quot; Giả', 'Phạm Thị Ba'])
		assert.equal(list.html.split(name).length - 1, 1, name);
	// The same rows saved again by another program: the same dossiers.
	const again = await upload(clerk, rows.replaceAll('\r\n', '\n'), 'lan-hai.csv');
	assert.match(again.text, /Đã tiếp quản 3 hồ sơ/);
	// Corrected: only what is new comes in.
	const fixed = await upload(manager, `${rows}\r\nH-09;Huyện;Hoàng Văn Chín;;X y;01/06/2025;;;;;;\r\n`);
	assert.match(fixed.text, /Sẽ tiếp quản 1 /);
	assert((await specialist.get('/xu-ly')).text.includes('Giả'), 'who works on it has it');
	const waiting = await clerk.get('/tra-ket-qua/chua-den?ngay=30');
	assert.match(waiting.text, /Phạm Thị Ba/);
	const called = await clerk.submit(waiting, '/tra-ket-qua/goi', { outcome: 'no_answer' });
	assert.match(called.text, /Không nghe máy.*1 lần gọi/s);
	assert.equal(called.path, '/tra-ket-qua/chua-den');
	const third = /href="(\/ho-so\/[^"]+)"[^>]*>[^<]*<\/a>[^\n]*H-03/.exec(called.html)[1];
	await returnResult(clerk, decodeURIComponent(third.split('/')[2]));
	assert(!(await clerk.get('/tra-ket-qua/chua-den?ngay=30')).text.includes('Phạm Thị Ba'));
});

test('files that are none: refused in words, nothing kept', async () => {
	for (const [content, words] of [['', /Chưa chọn tệp/], ['a;b;c\n1;2;3\n', /Không thấy dòng tên cột/],
		[Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]), /./], [Buffer.from('PK\u0003\u0004hỏng'), /./],
		[`${HEAD}\n${'H;C;N;;X;01/06/2025;;;;;;\n'.repeat(5100)}`, /nhiều hơn 5\.000/],
		[`${HEAD}\n${'H;C;N;;X;01/06/2025;;;;;;\n'.repeat(100001)}`, /nhiều hơn 5\.000|dòng/]]) {
		const page = await upload(clerk, content);
		assert.equal(page.status, 422, `${String(content).slice(0, 40)}: ${page.status} ${page.text.slice(0, 200)}`);
		assert(fault(page, 'file'), String(content).slice(0, 40));
		assert.match(page.text, words);
	}
	assert.equal((await clerk.get(`/tiep-quan/${'0'.repeat(32)}`)).status, 404);
	assert.equal((await clerk.get('/tiep-quan/x%27')).status, 404);
	for (const at of ['/tiep-quan', '/tiep-quan/moi', '/tiep-quan/mau']) assert.equal((await specialist.get(at)).status, 403, at);
	const sample = await clerk.get('/tiep-quan/mau');
	assert.equal(sample.status, 200);
	const read = await clerk.submit(await clerk.get('/tiep-quan'), '/tai-len/tiep-quan', {},
		{ files: [{ name: 'file', filename: 'mau.xlsx', type: 'application/octet-stream', content: sample.bytes }] });
	assert.match(read.text, /Sẽ tiếp quản 1 /, read.text.slice(0, 400));
});

test('an XLSX with 100,000 rows is refused in words and keeps nothing; one with more is too; formulas count as what stands there', async () => {
	const head = HEAD.split(';'), row = (i) => [`X-${i}`, 'Xã Cẩm Thử (cũ)', `Người Số ${i}`, '', '2.000635', '01/06/2025', '15/06/2025', 'Kho', '', '', '', ''];
	for (const [count, words] of [[100000, /nhiều hơn 5\.000/], [100200, /nhiều hơn 5\.000|hơn 100\.000 dòng/]]) {
		const started = Date.now();
		const page = await upload(clerk, xlsx([head, ...Array.from({ length: count }, (_, i) => row(i))]), 'to.xlsx');
		assert.equal(page.status, 422, page.text.slice(0, 300));
		assert(fault(page, 'file'));
		assert.match(page.text, words);
		assert(Date.now() - started < 60000, 'no hanging');
	}
	assert(!(await clerk.get('/tiep-quan')).text.includes('to.xlsx'));
	const good = row(1);
	good[0] = { formula: '"CT-"&ROW()', value: 'CT-2' };
	good[2] = { formula: 'A1&" Thử"', value: 'Nguyễn Văn Công Thức' };
	const read = await upload(clerk, xlsx([head, good]), 'cong-thuc.xlsx');
	assert.match(read.text, /Sẽ tiếp quản 1 /, read.text.slice(0, 500));
	const done = await clerk.submit(read, read.redirected);
	assert.match(done.text, /Đã tiếp quản 1 hồ sơ/);
	assert((await find('CT-2')).text.includes('Nguyễn Văn Công Thức'));
	const empty = row(2);
	empty[2] = { formula: 'VLOOKUP(A2;B:C;2)' };
	const told = await upload(clerk, xlsx([head, empty]), 'rong.xlsx');
	assert.equal(told.status, 422);
	assert.match(told.text, /công thức chưa có giá trị/);
	assert.match(told.text, /Dòng 2, cột/);
});
test('one thousand rows at once, in bounded commits', async () => {
	const rows = [HEAD];
	for (let i = 0; i < 1000; i++) rows.push(`L-${i};Xã Cẩm Thử (cũ);Người Số ${i};;2.000635;01/06/2025;15/06/2025;Kho;;;;`);
	const preview = await upload(clerk, rows.join('\n'));
	assert.match(preview.text, /Sẽ tiếp quản 1000/);
	const started = Date.now();
	const done = await clerk.submit(preview, preview.redirected);
	console.log(`import of 1000 rows: ${Date.now() - started} ms`);
	assert.match(done.text, /Đã tiếp quản 1000 hồ sơ/);
	assert.match((await find('L-777')).text, /Người Số 777/);
});

test('rebuilt from the journal, everything is as it was', async () => {
	const code = (await acceptDossier(clerk)).code;
	assert.match(code, /-1\d\d\d$/, 'numbers go on');
	const before = stack.digest('board');
	await stack.stop('board');
	const rebuilt = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr + rebuilt.stdout);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
