// Goal: the counter's door and the acts on a dossier, where they may go wrong: no session, wrong
// role, bad token, too much, twice, too late. Whatever is refused leaves the dossier as it was, and
// what was typed stays on the page.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, dossier, events, url } from '../lib/clerk.mjs';
import { multipart, PASSWORD } from '../lib/client.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'intake-acts', ports: [9530, 9540] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer;

const fresh = (login) => stack.clerk(login);
const taken = async () => (await acceptDossier(clerk)).code;
// Up to Chờ ký, and on to Đã ký.
async function toSign(code) {
	await act(specialist, code, 'nhan-xu-ly');
	const page = await specialist.get(url(code, 'trinh-ky'));
	await act(specialist, code, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(page.html)[1] });
}
async function signed(code) {
	await toSign(code);
	await act(signer, code, 'ky', { decision: 'sign' });
}
const result = { kind: 'Bản sao trích lục', number: '01/TLKS-BS', issuer: 'UBND xã Cẩm Bình',
	signer: 'Phạm Thị Thử', signed_on: '24/11/2026', summary: '', place: '' };

test.must('a board without its center, three people', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	specialist = await fresh('chuyenvien');
	signer = await fresh('nguoiky');
});

// ---- the door ----
test('wrong name and wrong password are one answer; the name typed stays, the password does not', async () => {
	const answers = [];
	for (const login of ['canbo', 'khong-ai']) {
		const client = stack.clerks();
		const page = await client.submit(await client.get('/dang-nhap'), 'dang-nhap',
			{ login, password: 'Sai-Mat-Khau-1!' });
		assert.equal(page.status, 422);
		assert(page.html.includes(`value="${login}"`));
		assert(!page.html.includes('Sai-Mat-Khau-1!'));
		answers.push(/id="login-loi">([^<]+)</.exec(page.html)[1]);
		assert.equal((await client.request('GET', '/quay')).status, 303, 'no session came of it');
		client.close();
	}
	assert.equal(answers[0], answers[1]);
});
test('after five failures this stranger waits and is told how long; a known device does not', async () => {
	const known = await fresh('quanly');
	await known.submit(await known.get('/xu-ly'), '/thoat');
	const stranger = stack.clerks();
	let page;
	for (let i = 0; i < 6; i++)
		page = await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap',
			{ login: 'quanly', password: 'Sai-Mat-Khau-1!' });
	assert.equal(page.status, 429);
	assert.match(page.text, /thử lại sau \d+ phút/);
	page = await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap',
		{ login: 'quanly', password: PASSWORD });
	assert.equal(page.status, 429, 'the right password waits too');
	await known.login('quanly');
	stranger.close();
	known.close();
});
test('without a session every page leads to the login and back to where one was', async () => {
	const client = stack.clerks();
	const code = await taken();
	const answer = await client.request('GET', url(code, 'chuyen'));
	assert.equal(answer.status, 303);
	assert.equal(answer.location, `/dang-nhap?tiep=${url(code, 'chuyen')}`);
	const page = await client.submit(await client.get(answer.location), 'dang-nhap',
		{ login: 'canbo', password: PASSWORD });
	assert.equal(page.redirected, url(code, 'chuyen'));
	assert.equal(page.status, 200);
	client.close();
});
test('the way back never leaves this place', async () => {
	for (const elsewhere of ['//vidu.vn/', 'https://vidu.vn/', '/\\vidu.vn', '/quay\r\nX: 1']) {
		const client = stack.clerks();
		const page = await client.get('/dang-nhap');
		const answer = await client.submit(page, 'dang-nhap', { login: 'canbo', password: PASSWORD,
			tiep: elsewhere }, { follow: false });
		assert.equal(answer.status, 303);
		assert.equal(answer.location, '/', elsewhere);
		client.close();
	}
});
test('locked: the person is named, work waits, the password opens the same page', async () => {
	const client = await fresh('canbo');
	const code = await taken();
	await client.submit(await client.get('/quay'), '/khoa');
	const answer = await client.request('GET', url(code));
	assert.equal(answer.location, `/dang-nhap?tiep=${url(code)}`);
	const page = await client.get(answer.location);
	assert.match(page.text, /Trần Thị Thử/);
	const back = await client.submit(page, 'dang-nhap', { password: PASSWORD });
	assert.equal(back.redirected, url(code));
	client.close();
});
test('after logging out the old cookie opens nothing, and the browser is told to forget', async () => {
	const client = await fresh('canbo');
	const cookies = new Map(client.cookies);
	const out = await client.submit(await client.get('/quay'), '/thoat', {}, { follow: false });
	assert.match(out.headers['clear-site-data'] ?? '', /"cache"/);
	client.cookies = cookies;
	assert.equal((await client.request('GET', '/quay')).status, 303);
	client.close();
});
test('a counter is a number from 1 to 99', async () => {
	const page = await clerk.get('/chon-quay');
	const wrong = await clerk.submit(page, 'name="counter" type="text"', { counter: '100' });
	assert.equal(wrong.status, 422);
	assert(wrong.html.includes('id="counter-loi"') && wrong.html.includes('value="100"'));
	const home = await clerk.submit(page, 'name="counter" type="text"', { counter: '7' });
	assert.match(home.text, /Quầy 7/);
});
test('every list of the home page opens and says what will be there', async () => {
	for (const slug of ['qua-han', 'hom-nay', 'ngay-mai', 'ket-qua', 'chuyen-tinh', 'bo-sung', 'moi', 'nhap',
		'la-lung']) {
		const page = await clerk.get(`/quay?viec=${slug}`);
		assert.equal(page.status, 200, slug);
		assert(/class="list"/.test(page.html) || /class="empty"/.test(page.html), slug);
	}
});

// ---- who may ----
test('an act of another role is refused, and nothing changes', async () => {
	const code = await taken();
	const before = events(await dossier(clerk, code));
	const token = (page) => /name="csrf" value="([^"]+)"/.exec(page.html)[1];
	const tries = [[clerk, 'nhan-xu-ly'], [clerk, 'ky'], [specialist, 'tra'], [signer, 'chuyen'],
		[specialist, 'chuyen-tinh']];
	for (const [client, slug] of tries) {
		const page = await dossier(client, code);
		const answer = await client.post(url(code, slug), { csrf: token(page), form_id: '0'.repeat(32),
			seen: '0'.repeat(32) });
		assert.equal(answer.status, 403, slug);
	}
	assert.equal((await clerk.get('/duyet')).status, 403);
	assert.equal((await signer.get('/xu-ly')).status, 403);
	assert.equal(events(await dossier(clerk, code)), before);
});
test('a form without its token, or from another origin, is refused', async () => {
	const code = await taken();
	const page = await clerk.get(url(code, 'ghi-chu'));
	const fields = Object.fromEntries(clerk.form(page, 'ghi-chu').fields);
	for (const [values, headers] of [[{ csrf: 'x'.repeat(43) }, {}], [{ csrf: '' }, {}],
		[{}, { Origin: 'http://vidu.vn' }], [{}, { 'Sec-Fetch-Site': 'cross-site' }]]) {
		const answer = await clerk.post(url(code, 'ghi-chu'), { ...fields, text: 'Từ xa', ...values }, headers);
		assert.equal(answer.status, 403, JSON.stringify([values, headers]));
	}
	assert(!(await dossier(clerk, code)).text.includes('Từ xa'));
});

// ---- what is typed ----
test('too long: told beside the field, all of it still there; far too long: refused', async () => {
	const code = await taken();
	const page = await clerk.get(url(code, 'ghi-chu'));
	const text = 'Dài quá. '.repeat(300);
	const again = await clerk.submit(page, 'ghi-chu', { text });
	assert.equal(again.status, 422);
	assert(again.html.includes('id="text-loi"') && again.html.includes('href="#text"'));
	assert(again.html.includes('Dài quá. '.repeat(200)));
	assert.equal((await clerk.submit(page, 'ghi-chu', { text: 'a'.repeat(90000) })).status, 413);
	assert.equal((await clerk.submit(page, 'ghi-chu', { text: '  ' })).status, 422);
	const control = await clerk.submit(page, 'ghi-chu', { text: 'a\u0007b' });
	assert.equal(control.status, 422);
});
test('markup is text, decomposed letters are one', async () => {
	const code = await taken();
	await act(clerk, code, 'ghi-chu', { text: '<script>alert(1)</script>"&amp; Nguye\u0302\u0303n' });
	const page = await dossier(clerk, code);
	assert(!page.html.includes('<script>alert'));
	assert(page.html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
	assert(page.text.includes('Nguy\u1ec5n'));
});
test('sent twice is done once, and the second answer is the first', async () => {
	const code = await taken();
	const page = await clerk.get(url(code, 'ghi-chu'));
	const fields = [...clerk.form(page, 'ghi-chu').fields.filter(([n]) => n !== 'text'),
		['text', 'Chỉ một lần thôi']];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(url(code, 'ghi-chu'), fields)));
	for (const answer of answers) {
		assert.equal(answer.status, 303);
		assert.equal(answer.location, url(code));
	}
	assert.equal((await dossier(clerk, code)).html.split('Chỉ một lần thôi').length - 1, 1);
});
test('who comes second is told who was first, and what; nothing is written', async () => {
	const code = await taken();
	const open = await clerk.get(url(code, 'chuyen'));
	await act(specialist, code, 'nhan-xu-ly');
	const before = events(await dossier(clerk, code));
	const late = await clerk.submit(open, 'chuyen');
	assert.equal(late.status, 409);
	assert.match(late.text, /Nhận xử lý, Lê Văn Thử/);
	assert.equal(events(await dossier(clerk, code)), before);
	assert.equal((await clerk.get(url(code, 'chuyen'))).status, 200, 'work can still be passed on');
	assert.equal((await signer.get(url(code, 'ky'))).status, 409, 'nothing to sign yet');
});
test('a dossier that is not there is 404, whatever its number looks like', async () => {
	for (const code of ['T00000.1-000101-0001', '..', '%00', 'x'.repeat(300), '"><b>'])
		assert((await clerk.get(`/ho-so/${encodeURIComponent(code)}/chuyen`)).status >= 400, code);
	assert.equal((await clerk.get('/ho-so/T18685.1-000101-0001')).status, 404);
});

// ---- sign, finish, return ----
test('the signer sends back only with a reason, and the specialist sees it', async () => {
	const code = await taken();
	await toSign(code);
	const page = await signer.get(url(code, 'ky'));
	const again = await signer.submit(page, '/ky', { decision: 'back', reason: '' });
	assert.equal(again.status, 422);
	assert(again.html.includes('id="reason-loi"'));
	await signer.submit(again, '/ky', { decision: 'back', reason: 'Thiếu số quyển' });
	const after = await dossier(specialist, code);
	assert.match(after.text, /Đang xử lý/);
	assert.match(after.text, /Người ký trả lại : Thiếu số quyển|Người ký trả lại: Thiếu số quyển/);
	assert((await specialist.get('/xu-ly')).html.includes(url(code)));
});
test('a result needs its fields; a file taken before the fault was found is not asked for again', async () => {
	const code = await taken();
	await signed(code);
	const page = await specialist.get(url(code, 'ket-qua'));
	const content = pdf('Ket qua thu');
	const again = await specialist.submit(page, 'ket-qua', { ...result, kind: '' },
		{ files: [{ name: 'file', filename: 'kết quả.pdf', type: 'application/pdf', content }] });
	assert.equal(again.status, 422);
	assert(again.html.includes('id="kind-loi"') && again.html.includes('kết quả.pdf'));
	const done = await specialist.submit(again, 'ket-qua', { kind: result.kind }, { files: [] });
	assert.match(done.text, /Có kết quả, chờ trả/);
	const href = /href="([^"]*\/tep\/[0-9a-f]{64})"/.exec(done.html)[1];
	const file = await clerk.request('GET', href);
	assert.equal(file.status, 200);
	assert.deepEqual(file.bytes, content);
});
test('what is no PDF, JPEG or PNG is refused by its content, not its name', async () => {
	const code = await taken();
	await signed(code);
	const page = await specialist.get(url(code, 'ket-qua'));
	const again = await specialist.submit(page, 'ket-qua', result,
		{ files: [{ name: 'file', filename: 'x.pdf', type: 'application/pdf', content: Buffer.from('MZ not a pdf') }] });
	assert.equal(again.status, 422);
	assert(again.html.includes('id="file-loi"'));
	assert.match((await dossier(clerk, code)).text, /Đã ký/);
});
test('a streamed form without its token stores nothing, not even the file', async () => {
	const code = await taken();
	await signed(code);
	const page = await specialist.get(url(code, 'ket-qua'));
	const fields = specialist.form(page, 'ket-qua').fields.filter(([n]) => !(n in result) && n !== 'csrf');
	for (const csrf of [[], [['csrf', 'x'.repeat(43)]]]) {
		const { body, type } = multipart([...csrf, ...fields, ...Object.entries(result)],
			[{ name: 'file', filename: 'x.jpg', type: 'image/jpeg', content: jpeg(3000) }]);
		const answer = await specialist.request('POST', specialist.form(page, 'ket-qua').action,
			{ body, headers: { Origin: specialist.origin, 'Content-Type': type } });
		assert.equal(answer.status, 403);
	}
	assert.match((await dossier(clerk, code)).text, /Đã ký/);
});
test('reloading where the form was sent, or coming back there after a login, opens the form', async () => {
	const code = await taken();
	await signed(code);
	const answer = await specialist.request('GET', `/tai-len/ket-qua/${encodeURIComponent(code)}`);
	assert.equal(answer.status, 303);
	assert.equal(answer.location, url(code, 'ket-qua'));
});
test('a body cut in the middle finishes nothing', async () => {
	const code = await taken();
	await signed(code);
	const page = await specialist.get(url(code, 'ket-qua'));
	const form = specialist.form(page, 'ket-qua');
	const { body, type } = multipart([...form.fields.filter(([n]) => !(n in result)), ...Object.entries(result)],
		[{ name: 'file', filename: 'x.jpg', type: 'image/jpeg', content: jpeg(3000) }]);
	const cut = body.subarray(0, body.length - 200);
	const answer = await specialist.request('POST', form.action,
		{ body: cut, headers: { Origin: specialist.origin, 'Content-Type': type } });
	assert(answer.status === 400 || answer.status === 422, String(answer.status));
	assert.match((await dossier(clerk, code)).text, /Đã ký/);
});
test('a result goes to another person only with name and number, to a proxy only with the paper', async () => {
	const code = await taken();
	await signed(code);
	await act(specialist, code, 'ket-qua', result, { files: [] });
	const page = await clerk.get(url(code, 'tra'));
	let again = await clerk.submit(page, '/tra', { receiver: 'other', proof: 'authorisation',
		signature: 'witness', phone: '0900 000 031' });
	assert.equal(again.status, 422);
	for (const field of ['name', 'number', 'authorisation', 'witness'])
		assert(again.html.includes(`href="#${field}"`), field);
	assert(again.html.includes('0900 000 031'), 'what was typed stays');
	again = await clerk.submit(again, '/tra', { receiver: 'stranger' });
	assert.equal(again.status, 422, 'a choice that is not offered');
	const done = await clerk.submit(page, '/tra', { receiver: 'other', proof: 'authorisation',
		authorisation: 'Số 5, ngày 20/11/2026', signature: 'fingerprint', name: 'Lê Thị Mẫu',
		number: '000090000017', relation: 'con' });
	assert.match(done.text, /Đã trả/);
	assert.match(done.text, /Lê Thị Mẫu/);
	assert.equal((await clerk.get(url(code, 'tra'))).status, 409, 'not twice');
});

await run();
