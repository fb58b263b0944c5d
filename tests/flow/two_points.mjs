// Goal: two points of one commune, each with its own board, under one center. A result that the
// citizen wants at the other point leaves on a courier list with its codes, is received and returned
// there with the link dead, and both points and the province tell the same story afterwards. A book of
// certification stays with the board that opened it.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, act, dossier, fault, signAtCommune, url } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const pace = 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n';
const a = new Stack({ name: 'two-points-a', ports: [9988, 9991], board: pace });
let b;
cleanup(async (failed) => {
	await b?.down(failed);
	await a.down(failed);
});
const fresh = async (stack, login) => {
	const client = stack.clerks();
	await client.login(login);
	return client;
};
let clerkA, clerkB, code, list;

test.must('one center, two boards: the second joins it', async () => {
	await a.up();
	b = new Stack({ name: 'two-points-b', ports: [9994, 9997], of: a,
		board: `${pace}board_id = b18685-2\npoint_no = 2\npoint_name = Điểm tiếp nhận số 2\n` });
	await b.up();
	[clerkA, clerkB] = [await fresh(a, 'canbo'), await fresh(b, 'canbo')];
	assert.equal(b.boardId(), 'b18685-2');
	assert.match((await clerkB.get('/quay')).text, /Điểm tiếp nhận số 2/);
	assert.match((await clerkA.get('/quay')).text, /Điểm tiếp nhận số 1/);
});
test.must('taken in at the first point, to be handed out at the second', async () => {
	({ code } = await acceptDossier(clerkA, { who: { name: 'Nguyễn Văn Thử', number: '000090000001',
		birth: '02/09/1985', sex: 'nam', address: 'Thôn Chạy Thử', phone: '0900000001' },
	values: { way: 'point', d_point: 'Điểm tiếp nhận số 2' } }));
	const [specialist, signer] = [await fresh(a, 'chuyenvien'), await fresh(a, 'nguoiky')];
	assert.match((await dossier(clerkA, code)).text, /Điểm tiếp nhận số 2/, 'the page says where the citizen will come');
	await signAtCommune({ specialist, signer }, code);
	await act(specialist, code, 'ket-qua', { kind: 'Giấy xác nhận', number: '05/XN', issuer: 'UBND xã', signer: 'Phạm Thị Thử',
		signed_on: '24/11/2026' }, { files: [{ name: 'file', filename: 'kq.pdf', type: 'application/pdf', content: pdf() }] });
});
test.must('the courier list offers it ticked, and prints its whole code and barcode', async () => {
	const page = await clerkA.get('/ban-giao/moi?loai=diem');
	assert.match(page.html, new RegExp(`name="hs\\[\\]" value="${code} [0-9a-f]{32}" checked`), 'what goes to a point is ticked');
	const done = await clerkA.submit(page, '/ban-giao/moi', { unit: 'Điểm tiếp nhận số 2', carrier: 'Trần Thị Mẫu' });
	list = /^\/ban-giao\/(BG-\d{6}-\d{4})$/.exec(done.redirected ?? '')?.[1];
	assert(list, done.text.slice(0, 400));
	const paper = await clerkA.get(`/ban-giao/${list}/in`);
	assert(paper.text.includes(code), 'the code in full, to be typed where no scanner is');
	assert(/<svg/.test(paper.html) && paper.text.includes('Điểm tiếp nhận số 2') && paper.text.includes('Trần Thị Mẫu'));
});
test.must('received and returned at the second point, with no link', async () => {
	await a.stop('center');
	const page = await clerkB.get('/nhan-ket-qua');
	const rows = await clerkB.submit(page, '/nhan-ket-qua', { from: 'Điểm tiếp nhận số 1', place: 'Tủ trả', codes: code });
	assert.match(rows.html, new RegExp(`name="code_1" value="${code}"`), rows.text.slice(0, 400));
	const done = await clerkB.submit(rows, '/nhan-ket-qua', { name_1: 'Nguyễn Văn Thử', number_1: '000090000001',
		phone_1: '0900000001', procedure_1: 'Trích lục khai sinh', kind_1: 'Giấy xác nhận', result_1: '05/XN' });
	const mine = decodeURIComponent(/^\/ho-so\/([^/]+)$/.exec(done.redirected ?? '')?.[1] ?? '');
	assert(mine && mine !== code, 'a number of its own');
	assert.match(done.text, /Có kết quả, chờ trả/);
	assert(done.text.includes(code), 'and the first point’s number beside it');
	const found = await clerkB.submit(await clerkB.get('/quay'), '/tim', { q: code });
	assert.equal(decodeURIComponent(found.redirected ?? found.path), `/ho-so/${mine}`, 'the citizen’s slip is scanned: that dossier');
	await act(clerkB, mine, 'tra', { receiver: 'applicant', proof: 'slip', signature: 'paper', slip_taken: '1' });
	assert.match((await dossier(clerkB, mine)).text, /Đã trả/);
	const again = await clerkB.submit(await clerkB.get('/nhan-ket-qua'), '/nhan-ket-qua', { from: 'Điểm tiếp nhận số 1', codes: code });
	assert(again.text.includes('Đã trả') && !again.html.includes('name="code_1"'), 'brought once');
	assert.match((await clerkB.get('/so/ho-so')).text, /Tiếp nhận tại đây: 0\. Không tính là tiếp nhận: 1/, 'not counted as taken in');
});
test('the signed list comes back: the first point closes its dossier as handed out there', async () => {
	const signed = await clerkA.submit(await clerkA.get(`/ban-giao/${list}`), `/ban-giao/${list}`, { signed_by: 'Nguyễn Thị Văn Thư' });
	assert.match(signed.text, /Đã nhận đủ/);
	await act(clerkA, code, 'tra', { receiver: 'applicant', proof: 'slip', signature: 'paper', way: 'point', point: 'Điểm tiếp nhận số 2' });
	assert.match((await dossier(clerkA, code)).text, /Đã trả/);
});
test('a book belongs to the board that opened it', async () => {
	const [managerA, managerB] = [await fresh(a, 'quanly'), await fresh(b, 'quanly')];
	const page = await managerA.get('/so/chung-thuc');
	const opened = await managerA.submit(page, '/so/chung-thuc', { kind: 'copy', medium: 'paper', volume: '1', last: '200' });
	const book = /^\/so\/chung-thuc\/[^/?]+/.exec(opened.redirected ?? '')?.[0];
	assert(book, opened.text.slice(0, 300));
	assert.equal((await managerA.get(book)).status, 200);
	assert.equal((await managerB.get(book)).status, 404, 'its numbers are given at the first point alone');
	assert.match((await clerkB.get('/chung-thuc')).text, /chưa mở sổ chứng thực nào/);
});
// One copy certified at the counter and signed: its number, or the page that says why not.
async function certify(client) {
	const till = await client.get('/chung-thuc');
	await client.submit(till, '/chung-thuc', { work: 'copy', name: 'Nguyễn Văn Thử', number: '', pay: 'cash', return: 'now', paper_1: 'Bằng tốt nghiệp',
		pages_1: '1', copies_1: '1', signer: /<option value="(u-[^"]+)"/.exec(till.html)[1] }, { button: 'accept' });
	const page = await client.submit(await client.get('/chung-thuc/khay'), 'name="pick[]"');
	return /<span class="giant num">(\d+)</.exec(page.html)?.[1] ?? page;
}
test('a block of numbers goes to the second point: each number once, and where it is not stands who has it', async () => {
	const [managerA, managerB] = [await fresh(a, 'quanly'), await fresh(b, 'quanly')];
	const bookA = /href="(\/so\/chung-thuc\/[0-9a-f]{32})"/.exec((await managerA.get('/so/chung-thuc')).html)[1];
	assert.equal(await certify(clerkA), '201');
	const form = await managerA.get(`${bookA}/khoi-so`), stale = await managerA.get(`${bookA}/khoi-so`);
	assert.equal((await clerkA.get(`${bookA}/khoi-so`)).status, 403);
	for (const [values, field] of [[{ last: '', point: 'Điểm tiếp nhận số 2' }, 'last'], [{ last: '201', point: 'Điểm tiếp nhận số 2' }, 'last'],
		[{ last: '203', point: '' }, 'point'], [{ last: 'hai', point: 'Điểm tiếp nhận số 2' }, 'last']])
		assert(fault(await managerA.submit(form, '/khoi-so', values), field), JSON.stringify(values));
	const fields = [...managerA.form(form, '/khoi-so').fields.filter(([name]) => !['last', 'point'].includes(name)), ['last', '203'], ['point', 'Điểm tiếp nhận số 2']];
	const twice = await Promise.all([1, 2, 3].map(() => managerA.post(`${bookA}/khoi-so`, fields)));
	assert.deepEqual(twice.map((answer) => answer.status), [303, 303, 303]);
	const late = await managerA.submit(stale, '/khoi-so', { last: '210', point: 'Điểm tiếp nhận số 3' });
	assert.equal(late.status, 409, 'the next number is another by now');
	const bookPage = await managerA.get(bookA);
	assert.equal(bookPage.text.match(/Số 202–203: giao Điểm tiếp nhận số 2/g)?.length, 1);
	assert.match((await managerA.get(`${bookA}/in`)).text, /Số 202–203: giao Điểm tiếp nhận số 2/, 'and in the bound book');
	assert.equal(await certify(clerkA), '204', 'the main point goes on behind it');

	const open = (values) => managerB.get('/so/chung-thuc').then((page) => managerB.submit(page, '/so/chung-thuc', { kind: 'copy', medium: 'paper', volume: '1', last: '0', ...values }));
	assert(fault(await open({ block_first: '202' }), 'block_last'), 'a whole block or none');
	assert(fault(await open({ block_first: '203', block_last: '202', block_from: 'Điểm 1' }), 'block_last'));
	const opened = await open({ block_first: '202', block_last: '203', block_from: 'Điểm tiếp nhận số 1' });
	const bookB = /^\/so\/chung-thuc\/[^/?]+/.exec(opened.redirected ?? '')?.[0];
	assert(bookB, opened.text.slice(0, 400));
	assert.match(opened.text, /Số 202–203: nhận của Điểm tiếp nhận số 1.*Còn 2 số trong khối/);
	assert.equal(await certify(clerkB), '202');
	const more = (values) => managerB.get(`${bookB}/khoi-so`).then((page) => managerB.submit(page, '/khoi-so', { point: 'Điểm tiếp nhận số 1', ...values }));
	assert.equal((await more({ first: '220', last: '221' })).status, 409, '203 would be left behind');
	assert.equal((await more({ first: '203', last: '210' })).status, 409, 'numbers it has already');
	assert.equal(await certify(clerkB), '203');
	const full = await certify(clerkB);
	assert.notEqual(typeof full, 'string', 'the block is used up');
	assert.match(full.text, /Dải số của sổ này đã hết/);
	const give = (values) => managerA.get(`${bookA}/khoi-so`).then((page) => managerA.submit(page, 'name="seen_last"', { point: 'Điểm tiếp nhận số 2', ...values }));
	assert.match((await give({ last: '208' })).text, /Số 205–208: giao Điểm tiếp nhận số 2/);
	const next = await more({ first: '205', last: '208' });
	assert.equal(next.status, 200, next.text.slice(0, 300));
	const signed = await managerB.get('/chung-thuc/khay');
	assert.match(signed.text, /Bằng tốt nghiệp|Nguyễn Văn Thử/, 'what could not be numbered still lies in the tray');
	const again = await clerkB.submit(await clerkB.get('/chung-thuc/khay'), 'name="pick[]"');
	assert.equal(/<span class="giant num">(\d+)</.exec(again.html)?.[1], '205');

	// Three numbers are too many: they go back, and the first point, which gave none behind them, goes on with them.
	const stays = await managerB.get(`${bookB}/khoi-so?viec=tra`), old = await managerB.get(`${bookB}/khoi-so?viec=tra`);
	assert((await managerB.get(`${bookB}/khoi-so`)).html.includes(`${bookB}/khoi-so?viec=tra`));
	assert.match(stays.text, /các số 206–208 chưa dùng/);
	const giveBack = managerB.form(stays, 'name="back"');
	const thrice = await Promise.all([1, 2, 3].map(() => managerB.post(giveBack.action, giveBack.fields)));
	assert.deepEqual(thrice.map((answer) => answer.status), [303, 303, 303]);
	assert.equal((await managerB.submit(old, 'name="back"')).status, 409, 'given back once');
	const kept = await managerB.get(bookB);
	assert.match(kept.text, /Số 205–205: nhận của Điểm tiếp nhận số 1.*Số 206–208: chưa dùng, đã trả lại Điểm tiếp nhận số 1/);
	assert.notEqual(typeof await certify(clerkB), 'string', 'what went back is given here no more');
	const back = (values) => managerA.get(`${bookA}/khoi-so?viec=tra`).then((page) => managerA.submit(page, 'name="back"', values));
	for (const [values, field] of [[{ back_first: '', back_last: '208' }, 'back_first'], [{ back_first: '206', back_last: '207' }, 'back_last'],
		[{ back_first: '201', back_last: '208' }, 'back_first'], [{ back_first: '208', back_last: '206' }, 'back_last'], [{ back_first: '206', back_last: '999' }, 'back_last']])
		assert(fault(await back(values), field), JSON.stringify(values));
	assert.match((await back({ back_first: '206', back_last: '208' })).text, /Số 205–205: giao Điểm tiếp nhận số 2/);
	assert(fault(await back({ back_first: '206', back_last: '208' }), 'back_last'), 'it came once');
	assert.equal(await certify(clerkA), '206', 'no number is missing');
	// Where numbers were given behind them they stand as not used, and do not count.
	await give({ last: '209' });
	assert.equal(await certify(clerkA), '210');
	const behind = await back({ back_first: '208', back_last: '209' });
	assert.match(behind.text, /Số 207–207: giao.*Số 208–209: Điểm tiếp nhận số 2 trả lại, không dùng/);
	assert.match((await managerA.get(`${bookA}/in`)).text, /208–209: Điểm tiếp nhận số 2 trả lại, không dùng/);
	assert.equal(await certify(clerkA), '211');
	const again2 = await more({ first: '207', last: '207' });
	assert.equal(again2.status, 200, again2.text.slice(0, 300));
	const waiting = await clerkB.submit(await clerkB.get('/chung-thuc/khay'), 'name="pick[]"');
	assert.equal(/<span class="giant num">(\d+)</.exec(waiting.html)?.[1], '207');
	for (const stack of [a, b]) {
		const compared = stack.tram('board', ['rebuild', '--compare']);
		assert.equal(compared.status, 0, compared.stdout + compared.stderr);
	}
});
test('the link comes back: the province has both stories, each board its own', async () => {
	await a.start('center');
	await a.drained();
	await until('the second board is sent too', 30, () => b.status().unsent === 0);
	const officer = a.officers();
	await officer.login('tinh');
	const all = await officer.get('/ho-so?loc=tat-ca');
	assert(all.text.includes('Điểm tiếp nhận số 1') && all.text.includes('Điểm tiếp nhận số 2'), all.text.slice(0, 600));

	// Both books tell the same of the blocks; then the second point writes down one that nobody gave it.
	const told = async () => (await officer.get('/can-xem')).text;
	const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(a.data, 'center/db/tram.db'), text], { encoding: 'utf8' }).trim();
	const age = () => sql('UPDATE book_block SET at = at - 90000000');	// more than a day
	age();
	assert(!(await told()).includes('Khối số'), await told());
	const managerB = await fresh(b, 'quanly');
	const bookB = /href="(\/so\/chung-thuc\/[0-9a-f]{32})"/.exec((await managerB.get('/so/chung-thuc')).html)[1];
	const taken = await managerB.submit(await managerB.get(`${bookB}/khoi-so`), '/khoi-so', { first: '230', last: '231', point: 'Điểm tiếp nhận số 1' });
	assert.equal(taken.status, 200, taken.text.slice(0, 300));
	await until('the center has it', 30, () => sql('SELECT count(*) FROM book_block WHERE first = 230') === '1');
	assert(!(await told()).includes('230'), 'the other point may have no line');
	age();
	assert.match(await told(), /Số 230–231: Sổ chứng thực bản sao từ bản chính, \d{4} .*Điểm tiếp nhận số 2.* ghi đã nhận của “Điểm tiếp nhận số 1” .*không điểm nào ghi đã giao/);
});

await run();
