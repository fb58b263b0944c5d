// center_pages.mjs: an officer's day at the province: what has come, what is still on the way, taking
// it into processing, finishing it with a result file, refusing, asking for papers; and what a page
// refuses.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { test, run, cleanup } from '../lib/check.mjs';
import { forms, multipart, PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';
import { Board, acceptedBody, id16, sha256 } from '../lib/board.mjs';

const stack = new Stack({ name: 'center-pages', ports: [9780, 9790] });
cleanup((failed) => stack.down(failed));
const pdf = (size) => Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(size)]);
const scans = [pdf(3000), pdf(400)];
const entry = (bytes, i) =>
	({ sha256: sha256(bytes).toString('hex'), size: bytes.length, type: 'application/pdf', name: `quet-${i}.pdf` });
const typed = { kind: 'Quyết định', number: '12/QĐ-STN', issuer: 'Sở Thử nghiệm', signer: 'Trần Thị Thử',
	signed_on: '24/11/2026', summary: 'Về việc thử <b>nghiệm</b>' };
let board, officer;
let number = 0;

async function handOver(files = []) {
	const code = `T18685.7-261124-${String(++number).padStart(4, '0')}`;
	const subject = id16();
	const from = board.log.seq + 1;
	board.log.add('dossier.accepted', { subject, body: acceptedBody(code, { files: files.map(entry) }) });
	board.log.add('dossier.handed_over', { subject, body: { unit: 'Sở Thử nghiệm', agency: 'H27.1' } });
	await board.ship(from);
	return { code, subject, url: `/ho-so/b18685-7/${code}` };
}
const lastEvents = async (dossier, count) =>
	(await board.feed()).filter((e) => e.subject === dossier.subject).slice(-count);

// The finish form of a page as multipart, with these values and file.
function result(page, values, content, { path, type = 'application/pdf', name = 'ket-qua.pdf' } = {}) {
	const form = officer.form(page, 'ket-qua');
	const fields = [...form.fields.filter(([n]) => !(n in values)), ...Object.entries(values)]
		.filter(([, v]) => v !== undefined);
	const { body, type: contentType } = multipart(fields,
		content ? [{ name: 'file', filename: name, type, content }] : []);
	return officer.request('POST', path ?? form.action, { body,
		headers: { Origin: officer.origin, 'Content-Type': contentType } });
}

test.must('a center, a board, an officer', async () => {
	await stack.up(['center']);
	board = new Board(stack, 'b18685-7');
	officer = stack.officers();
	const page = await officer.get('/');
	assert(page.path === '/dang-nhap', 'nobody gets in without logging in');
	await officer.login('tinh');
});
test('an empty inbox says what will come', async () => {
	const page = await officer.get('/');
	assert.equal(page.path, '/ho-so');
	assert.match(page.text, /Hồ sơ các điểm chuyển về tỉnh sẽ hiện ở đây/);
});
test('a wrong password, and an account that has no place here', async () => {
	const stranger = stack.officers();
	const page = await stranger.get('/dang-nhap');
	const wrong = await stranger.submit(page, 'dang-nhap', { login: 'tinh', password: 'khong-dung' });
	assert.equal(wrong.status, 422);
	assert.match(wrong.text, /chưa đúng/);
	assert(!wrong.html.includes('khong-dung'));
	const unknown = await stranger.submit(page, 'dang-nhap', { login: 'ai-do', password: 'khong-dung' });
	assert.equal(unknown.status, 422);
	assert.equal(unknown.html.replaceAll('ai-do', 'tinh').replace(/value="[0-9a-f]{32}"/g, ''),
		wrong.html.replace(/value="[0-9a-f]{32}"/g, ''), 'unknown and wrong are alike');
	stranger.close();
});
test('what has come is new work, with what is still on the way', async () => {
	const dossier = await handOver(scans);
	await board.upload(scans[0]);
	const inbox = await officer.get('/ho-so?loc=moi');
	assert.match(inbox.text, /H27\.1-\d{6}-0001/);
	assert(inbox.text.includes(dossier.code));
	assert.match(inbox.text, /Thiếu 1\/2 tệp/);
	const page = await officer.get(dossier.url);
	assert.equal(page.status, 200);
	assert.match(page.text, /Đang trên đường về/);
	for (const word of ['Nguyễn Văn Thử', '000090000001', 'Tiếp nhận hồ sơ', 'Điểm thử b18685-7', '0239 000 0000'])
		assert(page.text.includes(word), word);
	await board.upload(scans[1]);
	assert.match((await officer.get(dossier.url)).text, /Đủ 2 tệp/);
	assert.match((await officer.get('/ho-so?loc=tat-ca&diem=b18685-7')).text, /Đủ 2 tệp/);
	assert(!(await officer.get('/ho-so?loc=dang-xu-ly')).text.includes(dossier.code));
});
test('a file opens only sandboxed, and only through its dossier', async () => {
	const page = await officer.get('/ho-so/b18685-7/T18685.7-261124-0001');
	const link = /href="([^"]*\/tep\/[0-9a-f]{64})\?xem=1"/.exec(page.html)[1];
	const view = await officer.request('GET', `${link}?xem=1`);
	assert.equal(view.status, 200);
	assert(scans.some((scan) => scan.equals(view.bytes)));
	assert.equal(view.headers['x-content-type-options'], 'nosniff');
	assert.match(view.headers['content-security-policy'], /sandbox/);
	assert.match(view.headers['content-disposition'], /^inline/);
	assert.match((await officer.request('GET', link)).headers['content-disposition'], /^attachment/);
	const other = await handOver();
	assert.equal((await officer.request('GET', `${other.url}${link.slice(link.indexOf('/tep/'))}`)).status, 404);
	const anonymous = stack.officers();
	assert.equal((await anonymous.request('GET', link)).status, 303);
	anonymous.close();
});
test('taken into processing, once, however often it is tapped', async () => {
	const dossier = await handOver();
	const page = await officer.get(dossier.url);
	const answers = await Promise.all([1, 2, 3].map(() =>
		officer.submit(page, 'nhan-xu-ly', {}, { follow: false })));
	for (const answer of answers) {
		assert.equal(answer.status, 303, answer.text);
		assert.equal(answer.location, dossier.url);
	}
	const events = await lastEvents(dossier, 9);
	assert.equal(events.filter((e) => e.kind === 'dossier.taken').length, 1);
	assert.match((await officer.get(dossier.url)).text, /Đang xử lý/);
	const late = await officer.submit(page, 'nhan-xu-ly', { form_id: id16() }, { follow: false });
	assert.equal(late.status, 409, 'a stale page with another form');
});
test('finished with a result file: the board is given it back', async () => {
	const dossier = await handOver();
	await officer.submit(await officer.get(dossier.url), 'nhan-xu-ly');
	const bytes = pdf(200000);
	const page = await officer.get(`${dossier.url}/ket-qua`);
	const done = await result(page, typed, bytes);
	assert.equal(done.status, 303, done.text);
	const again = await result(page, typed, bytes);
	assert.equal(again.status, 303, 'a second tap goes where the first went');
	assert.equal(again.location, done.location);
	const [finished, back] = (await lastEvents(dossier, 2));
	assert.deepEqual([finished.kind, back.kind], ['dossier.finished', 'dossier.handed_back']);
	assert.match(finished.actor, /^c-/);
	const [given] = finished.body.results;
	assert.equal(given.number, '12/QĐ-STN');
	assert.equal(given.signed_on, '2026-11-24');
	assert.equal(given.files[0].sha256, sha256(bytes).toString('hex'));
	assert.equal(given.files[0].type, 'application/pdf');
	const content = await board.client.request('GET', `/v1/content/${given.files[0].sha256}`);
	assert(content.bytes.equals(bytes));
	const after = await officer.get(dossier.url);
	assert(after.html.includes('thử &lt;b&gt;nghiệm'), 'escaped');
	assert.match(after.text, /Tỉnh chỉ xem/);
	assert((await officer.get('/ho-so?loc=da-xong')).text.includes(dossier.code));
	assert.equal((await officer.request('GET', `${dossier.url}/ket-qua`)).status, 303, 'no second result');
});
test('a faulty field brings all back, the file too', async () => {
	const dossier = await handOver();
	await officer.submit(await officer.get(dossier.url), 'nhan-xu-ly');
	const page = await officer.get(`${dossier.url}/ket-qua`);
	const bytes = pdf(1000);
	const back = await result(page, { ...typed, number: '', signed_on: '31/02/2026' }, bytes);
	assert.equal(back.status, 422);
	for (const id of ['number-loi', 'signed_on-loi']) assert(back.html.includes(`id="${id}"`), id);
	assert(back.html.includes('value="31/02/2026"') && back.html.includes('Trần Thị Thử'));
	assert(back.html.includes('ket-qua.pdf'), 'the file is kept');
	assert.equal((await lastEvents(dossier, 1))[0].kind, 'dossier.taken', 'nothing was written');
	back.path = page.path;
	const done = await result(back, { number: typed.number, signed_on: typed.signed_on });
	assert.equal(done.status, 303, done.text);
	assert.equal((await lastEvents(dossier, 2))[0].body.results[0].files[0].sha256, sha256(bytes).toString('hex'));
});
test('no file, a text file, an empty file: told beside the field', async () => {
	const dossier = await handOver();
	await officer.submit(await officer.get(dossier.url), 'nhan-xu-ly');
	const page = await officer.get(`${dossier.url}/ket-qua`);
	for (const content of [undefined, Buffer.from('<html>not a picture</html>'), Buffer.alloc(0)]) {
		const back = await result(page, typed, content);
		assert.equal(back.status, 422);
		assert(back.html.includes('id="file-loi"'));
	}
	const stolen = await result(page, { ...typed, kept_sha256: 'a'.repeat(64), kept_name: 'x.pdf' });
	assert.equal(stolen.status, 422, 'a hash that nobody uploaded is no file');
	const huge = await result(page, typed, pdf(26 * 1024 * 1024));
	assert.equal(huge.status, 413, 'over the limit');
});
test('without the token, or with it after the file, nothing is kept', async () => {
	const dossier = await handOver();
	await officer.submit(await officer.get(dossier.url), 'nhan-xu-ly');
	const page = await officer.get(`${dossier.url}/ket-qua`);
	const form = officer.form(page, 'ket-qua');
	assert.equal((await result(page, { ...typed, csrf: undefined }, pdf(10))).status, 403);
	assert.equal((await result(page, { ...typed, csrf: 'x'.repeat(43) }, pdf(10))).status, 403);
	const late = multipart([], [{ name: 'file', filename: 'a.pdf', content: pdf(10) }]);
	const fields = multipart(form.fields, []);
	const answer = await officer.request('POST', form.action, { body: late.body,
		headers: { Origin: officer.origin, 'Content-Type': late.type } });
	assert.equal(answer.status, 403);
	assert(fields.body.length > 0);
	const foreign = await officer.request('POST', form.action, { body: late.body,
		headers: { Origin: 'http://evil.example', 'Content-Type': late.type } });
	assert.equal(foreign.status, 403);
	const take = await officer.post(`${dossier.url}/nhan-xu-ly`, { seen: 'x' });
	assert.equal(take.status, 403, 'no token on an ordinary form');
	assert.equal((await lastEvents(dossier, 1))[0].kind, 'dossier.taken');
});
test('papers asked for: the dossier goes back and says which', async () => {
	const dossier = await handOver();
	await officer.submit(await officer.get(dossier.url), 'nhan-xu-ly');
	const page = await officer.get(`${dossier.url}/bo-sung`);
	const empty = await officer.submit(page, 'bo-sung', { reason: 'Thiếu', papers: ' ' });
	assert.equal(empty.status, 422);
	assert(empty.html.includes('>Thiếu</textarea>'));
	await officer.submit(page, 'bo-sung', { reason: 'Chưa đủ giấy', papers: 'Bản vẽ\n\n  Giấy ủy quyền ' });
	const [asked, back] = await lastEvents(dossier, 2);
	assert.equal(asked.kind, 'dossier.supplement_requested');
	assert.deepEqual(asked.body.items.map((item) => item.name), ['Bản vẽ', 'Giấy ủy quyền']);
	assert.equal(back.kind, 'dossier.handed_back');
});
test('refused, stopped', async () => {
	for (const [part, kind] of [['tu-choi', 'dossier.refused'], ['dung', 'dossier.stopped']]) {
		const dossier = await handOver();
		await officer.submit(await officer.get(dossier.url), 'nhan-xu-ly');
		const done = await officer.submit(await officer.get(`${dossier.url}/${part}`), part,
			{ reason: 'Không thuộc thẩm quyền' });
		assert.match(done.text, /Không thuộc thẩm quyền/);
		assert.equal((await lastEvents(dossier, 2))[0].kind, kind);
	}
});
test('a finish forged by the board that handed it over changes nothing', async () => {
	const dossier = await handOver();
	const from = board.log.seq + 1;
	board.log.add('dossier.finished', { subject: dossier.subject, body: { decided_at: Date.now(),
		results: [{ kind: 'Quyết định giả', number: '1', files: [] }] } });
	board.log.add('dossier.result_returned', { subject: dossier.subject,
		body: { returned_at: Date.now(), receiver: { self: true } } });
	await board.ship(from);
	const page = await officer.get(dossier.url);
	assert(forms(page.html).some((form) => form.action.includes('nhan-xu-ly')), 'still to be taken');
	assert(!page.text.includes('Quyết định giả'));
	assert((await officer.get('/ho-so?loc=moi')).text.includes(dossier.code));
	const taken = await officer.submit(page, 'nhan-xu-ly', {}, { follow: false });
	assert.equal(taken.status, 303, taken.text);
});
test("a commune's own dossier can be read, not touched", async () => {
	const subject = id16();
	const from = board.log.seq + 1;
	board.log.add('dossier.accepted', { subject,
		body: acceptedBody('T18685.7-261124-0900', { level: 'commune' }) });
	await board.ship(from);
	const url = '/ho-so/b18685-7/T18685.7-261124-0900';
	const page = await officer.get(url);
	assert.match(page.text, /Hồ sơ do xã giải quyết/);
	assert(!forms(page.html).some((form) => form.action.includes('nhan-xu-ly')));
	const some = await officer.get((await handOver()).url);
	const hidden = Object.fromEntries(officer.form(some, 'nhan-xu-ly').fields);
	const forced = await officer.post(`${url}/nhan-xu-ly`, hidden);
	assert.equal(forced.status, 409, 'the rule stands behind the page');
	assert((await officer.get('/ho-so?loc=tat-ca')).text.includes('T18685.7-261124-0900'));
	assert(!(await officer.get('/ho-so?loc=moi')).text.includes('T18685.7-261124-0900'));
});
test('what does not exist', async () => {
	for (const path of ['/ho-so/b18685-7/T18685.7-261124-9999', '/ho-so/nobody/T18685.7-261124-0001',
		'/ho-so/b18685-7/T18685.7-261124-0001/xoa', '/ho-so/b18685-7/%3Cscript%3E'])
		assert.equal((await officer.request('GET', path)).status, 404, path);
});
test('locked: the person comes back to the same page', async () => {
	const home = await officer.get('/ho-so?loc=tat-ca');
	const locked = await officer.submit(home, 'khoa');
	assert.match(locked.text, /Màn hình đang khóa/);
	const away = await officer.get('/ho-so/b18685-7/T18685.7-261124-0001');
	assert.equal(away.path, '/dang-nhap');
	const back = await officer.submit(away, 'dang-nhap', { login: 'tinh', password: PASSWORD });
	assert.equal(back.path, '/ho-so/b18685-7/T18685.7-261124-0001');
});
test('the own password is changed by who knows the old one', async () => {
	const page = await officer.get('/doi-mat-khau');
	const weak = await officer.submit(page, 'doi-mat-khau', { old: PASSWORD, new: 'ngan', again: 'ngan' });
	assert.equal(weak.status, 422);
	assert(weak.html.includes('id="new-loi"') && !weak.html.includes('ngan"'));
	const wrong = await officer.submit(page, 'doi-mat-khau',
		{ old: 'khong-phai', new: 'Mat-Khau-Moi-2026', again: 'Mat-Khau-Moi-2026' });
	assert.equal(wrong.status, 422);
	assert(wrong.html.includes('id="old-loi"'));
	const done = await officer.submit(page, 'doi-mat-khau',
		{ old: PASSWORD, new: 'Mat-Khau-Moi-2026', again: 'Mat-Khau-Moi-2026' });
	assert.equal(done.path, '/ho-so');
	const other = stack.officers();
	await other.login('tinh', 'Mat-Khau-Moi-2026');
	other.close();
});
test('logout forgets', async () => {
	const out = await officer.submit(await officer.get('/ho-so'), 'thoat', {}, { follow: false });
	assert.equal(out.status, 303);
	assert.match(out.headers['clear-site-data'], /cache/);
	assert.equal((await officer.get('/ho-so')).path, '/dang-nhap');
	const verify = stack.tram('center', ['verify']);
	assert.equal(verify.status, 0, verify.stdout + verify.stderr);
	officer.close();
	board.close();
});

await run();
