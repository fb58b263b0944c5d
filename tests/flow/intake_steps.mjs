// Goal: the four steps, the papers' uploads, search and slip under bad input and bad luck: too long,
// wrong, missing, damaged, doubled, stale, cut, of another draft, of another person's session. The page
// comes back with everything typed and a 4xx, nothing is stored twice, and no dossier has half a file.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { accept, acceptDossier, chooseProcedure, dossier, person, startDraft, tickPapers } from '../lib/clerk.mjs';
import { multipart } from '../lib/client.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'intake-steps', ports: [9660, 9670], board: 'upload_max_bytes = 400000' });
cleanup((failed) => stack.down(failed));
let clerk, specialist;

const drafts = async () => {
	const page = await clerk.get('/quay?viec=nhap');
	return (page.html.match(/\/ho-so\/moi\/[0-9a-f]{32}/g) ?? []).length;
};
const dossiers = async () => {
	const page = await clerk.get('/quay?viec=moi');
	return new Set(page.html.match(/\/ho-so\/CT[^"/]+/g) ?? []).size;
};
const value = (page, name) => new RegExp(`<input id="${name}"[^>]*value="([^"]*)"`).exec(page.html)?.[1];
const fault = (page, name) => page.html.includes(`id="${name}-loi"`);
const step1 = async () => clerk.submit(await clerk.get('/quay'), '/ho-so/moi');
const step3 = async (code = '2.000635') => {
	const draft = await startDraft(clerk);
	return { ...draft, page: await chooseProcedure(clerk, draft, code) };
};
const papers = (page) => [...page.html.matchAll(/name="file\.([^"]+)"/g)].map((m) => m[1]);
const scans = (page) => (page.html.match(/<li class="shot[ "]/g) ?? []).length;
const whole = { type: 'person', doc_type: 'cccd', who: 'self', channel: 'counter' };

test.must('a board without its center', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	specialist = stack.clerks();
	await specialist.login('chuyenvien');
});

// ---- step 1 ----
test('every field of page 1, wrong in its own way, comes back as typed with its sentence', async () => {
	const page = await step1();
	const wrong = { name: 'x'.repeat(400), number: '12', birth: '31/02/1990', address: '.', phone: '12ab',
		email: 'khong@', s_phone: '1', s_authorised_on: 'hôm qua', postmark: '99/99/9999', type: 'vua',
		doc_type: 'the-bai', who: 'other', channel: 'post' };
	const answer = await clerk.submit(page, '/nguoi', wrong);
	assert.equal(answer.status, 422);
	for (const name of ['name', 'birth', 'address', 'phone', 'email', 's_phone', 's_authorised_on', 'postmark',
		'type', 'doc_type', 's_name', 's_relation'])
		assert(fault(answer, name), `no sentence beside ${name}`);
	for (const name of ['name', 'number', 'birth', 'phone', 'email', 'postmark'])
		assert.equal(value(answer, name), wrong[name], name);
	assert.match(answer.html, /class="summary"/);
});
test('control characters, damaged UTF-8, U+0000 and bidi overrides are refused beside their field', async () => {
	const page = await step1();
	const form = clerk.form(page, '/nguoi');
	const base = form.fields.filter(([n]) => !['name', 'address'].includes(n))
		.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&');
	for (const bad of ['%ff%fe%41', 'a%00b', 'a%07b', 'a%e2%80%aeb', '%c3%28', '%ed%a0%80']) {
		const body = `${base}&name=${bad}&address=X%C3%B3m+1`;
		const answer = await clerk.request('POST', form.action, { body, headers: { Origin: clerk.origin,
			'Content-Type': 'application/x-www-form-urlencoded' } });
		assert.equal(answer.status, 422, bad);
		assert(fault(answer, 'name'), bad);
		assert.equal(value(answer, 'address'), 'Xóm 1');
	}
});
test('decomposed letters are stored composed; markup stays text on every page and on paper', async () => {
	const markup = '<b onclick="x()">&\'"Đỗ</b>';
	const { code, page } = await acceptDossier(clerk, { who: person({ name: `Nguyễn Văn ${markup}`.normalize('NFD'),
		address: `Thôn ${markup}`, no_phone: '1' }), values: { place: markup, note: markup } });
	for (const at of [page, await dossier(clerk, code), await clerk.get(`/ho-so/${code}/giay-hen`),
		await clerk.get('/quay?viec=moi'), await clerk.get(`/nguoi/${code}`)]) {
		assert.equal(at.status, 200, at.path);
		assert(!/<b onclick/.test(at.html), `markup came alive on ${at.path}`);
	}
	const slip = await clerk.get(`/ho-so/${code}/giay-hen`);
	assert(slip.text.includes('Nguyễn Văn <b onclick="x()">'.normalize('NFC')));
});
test('what was right is in the draft even when the page was refused', async () => {
	const page = await step1();
	const answer = await clerk.submit(page, '/nguoi', { ...whole, name: 'Lê Đình Giả', address: '', phone: '' });
	assert.equal(answer.status, 422);
	const again = await clerk.get(answer.path);
	assert.equal(value(again, 'name'), 'Lê Đình Giả');
});
test('a page without its person, token or role', async () => {
	const page = await step1();
	const form = clerk.form(page, '/nguoi');
	const nobody = stack.clerks();
	assert.equal((await nobody.post(form.action, form.fields)).status, 303);
	assert.equal((await specialist.request('GET', form.action)).status, 403);
	const bare = form.fields.filter(([n]) => n !== 'csrf');
	assert.equal((await clerk.post(form.action, bare)).status, 403);
	assert.equal((await clerk.post(form.action, [...bare, ['csrf', 'a'.repeat(43)]])).status, 403);
	assert.equal((await clerk.post(form.action, form.fields, { Origin: 'http://evil.example' })).status, 403);
	assert.equal((await clerk.post(form.action, [...form.fields, ['note', 'x'.repeat(70000)]])).status, 413);
	assert.equal((await clerk.get('/ho-so/moi/zz/nguoi')).status, 404);
	assert.equal((await clerk.get(`/ho-so/moi/${randomBytes(16).toString('hex')}/nguoi`)).status, 404);
	nobody.close();
});
test('a double tap on "new" makes one draft', async () => {
	const home = await clerk.get('/quay');
	const before = await drafts();
	const form = clerk.form(home, '/ho-so/moi');
	const [a, b] = await Promise.all([clerk.post(form.action, form.fields), clerk.post(form.action, form.fields)]);
	assert.equal(a.status, 303);
	assert.equal(a.location, b.location);
	assert.equal(await drafts(), before + 1);
});

// ---- step 2 ----
test('unknown, disabled and absent procedures; a case that is none', async () => {
	const draft = await startDraft(clerk);
	for (const values of [{ procedure: '0.000000' }, { procedure: '1.001612' }, { procedure: '<x>' }, {}])
		assert.equal((await clerk.submit(draft.page, '/thu-tuc', { find: '', ...values })).status, 422, JSON.stringify(values));
	const chosen = await clerk.submit(draft.page, '/thu-tuc', { procedure: '2.000815', find: '' });
	assert.match(chosen.redirected, /thu-tuc/);
	const wrong = await clerk.submit(chosen, 'name="case"', { case: 'khong-co', find: '' });
	assert.equal(wrong.status, 422);
	const found = await clerk.submit(draft.page, '/thu-tuc', { find: 'SINH khai' }, { button: 'search' });
	assert.equal(found.status, 200);
	assert.match(found.text, /Đăng ký khai sinh/);
	assert.equal((await clerk.get(chosen.redirected.replace('thu-tuc', 'kiem-tra'))).status, 200);
});

// ---- step 3 and uploads ----
test('numbers that are none come back as typed; states that are not legal are not taken', async () => {
	const { page } = await step3();
	const [paper] = papers(page);
	const answer = await clerk.submit(page, '/tai-len/', { add_name: '', sets: 'ba', [`originals.${paper}`]: '1e3',
		[`state.${paper}`]: 'tra_cuu' }, { files: [] });
	assert.equal(answer.status, 422);
	assert.equal(value(answer, 'sets'), 'ba');
	assert.equal(value(answer, `originals-${paper}`), '1e3');
	assert(!new RegExp(`name="state.${paper}" value="[a-z_]+" checked`).test(answer.html));
});
test('a file too large, empty, of another kind; the rest of the form and the good files stay', async () => {
	const { page, id } = await step3();
	const [paper] = papers(page);
	const send = (files, values = {}) => clerk.submit(page, '/tai-len/',
		{ add_name: '', [`state.${paper}`]: 'du', sets: '2', ...values }, { files });
	let answer = await send([{ name: `file.${paper}`, filename: 'a.jpg', type: 'image/jpeg', content: jpeg() },
		{ name: `file.${paper}`, filename: 'b.jpg', type: 'image/jpeg', content: Buffer.from('no photo at all, only words') }]);
	assert.equal(answer.status, 422);
	assert.match(answer.text, /không phải ảnh JPEG, PNG hay PDF/);
	assert.equal((await clerk.get(answer.target)).path, `/ho-so/moi/${id}/giay-to`, 'reloading leads back to the page');
	assert.equal(scans(answer), 1);
	assert.equal(value(answer, 'sets'), '2');
	answer = await send([{ name: `file.${paper}`, filename: 'rong.pdf', type: 'application/pdf', content: Buffer.alloc(0) }]);
	assert.equal(answer.status, 422);
	assert.match(answer.text, /trống/);
	answer = await send([{ name: `file.${paper}`, filename: 'to.jpg', type: 'image/jpeg', content: jpeg(600000) }], { sets: '3' });
	assert.equal(answer.status, 422);
	assert.match(answer.text, /quá lớn/);
	answer = await clerk.get(`/ho-so/moi/${id}/giay-to`);
	assert.equal(scans(answer), 1, 'the good one alone');
	assert.equal(value(answer, 'sets'), '3');
	answer = await send([{ name: 'file.khong-co', filename: 'a.jpg', type: 'image/jpeg', content: jpeg() }]);
	assert.equal(answer.status, 400);
});
test('names of files are only names; a file is served sandboxed, to its draft alone', async () => {
	const { page, id } = await step3();
	const [paper] = papers(page);
	const bytes = pdf();
	await clerk.submit(page, '/tai-len/', { add_name: '' }, { button: 'stay', files: [{ name: `file.${paper}`,
		filename: '../../../etc/<svg onload=1>.pdf', type: 'application/pdf', content: bytes }] });
	const shown = await clerk.get(`/ho-so/moi/${id}/giay-to`);
	const address = /href="(\/ho-so\/moi\/[0-9a-f]{32}\/tep\/\d+)"/.exec(shown.html)[1];
	const file = await clerk.request('GET', address);
	assert.equal(file.status, 200);
	assert(file.bytes.equals(bytes));
	assert.equal(file.headers['x-content-type-options'], 'nosniff');
	assert.match(file.headers['content-security-policy'], /sandbox/);
	assert.match(file.headers['content-disposition'], /^inline/);
	assert(!/[<>/]/.test(file.headers['content-disposition']));
	assert.equal((await specialist.request('GET', address)).status, 403);
	assert.equal((await clerk.get(address.replace(/\d+$/, '999'))).status, 404);
	const other = await step3();
	assert.equal((await clerk.get(address.replace(id, other.id))).status, 404, 'no other draft serves it');
});
test('a form cut in the middle stores no half file; the same form again is whole', async () => {
	const { page, id } = await step3();
	const [paper] = papers(page);
	const form = clerk.form(page, '/tai-len/');
	const { body, type } = multipart(form.fields, [{ name: `file.${paper}`, filename: 'a.pdf', type: 'application/pdf',
		content: pdf() }, { name: `file.${paper}`, filename: 'b.jpg', type: 'image/jpeg', content: jpeg(200000) }]);
	const url = new URL(clerk.origin);
	await new Promise((done) => {
		const socket = net.connect(Number(url.port), url.hostname, () => {
			socket.write(`POST ${form.action} HTTP/1.1\r\nHost: ${url.host}\r\nOrigin: ${clerk.origin}\r\nCookie: ` +
				`${[...clerk.cookies].map(([n, v]) => `${n}=${v}`).join('; ')}\r\nContent-Type: ${type}\r\n` +
				`Content-Length: ${body.length}\r\n\r\n`);
			socket.write(body.subarray(0, body.length - 90000), () => setTimeout(() => socket.destroy(), 300));
		});
		socket.on('close', done);
		socket.on('error', () => {});
	});
	const left = await clerk.get(`/ho-so/moi/${id}/giay-to`);
	assert(scans(left) <= 1, 'never the half one');
	const answer = await clerk.request('POST', form.action, { body, headers: { Origin: clerk.origin, 'Content-Type': type } });
	assert.equal(answer.status, 303);
	assert.equal(scans(await clerk.get(`/ho-so/moi/${id}/giay-to`)), 2, 'each file once');
});
test('a form without its token, with a wrong one, or with a file before it: nothing is kept', async () => {
	const { page, id } = await step3();
	const [paper] = papers(page);
	const form = clerk.form(page, '/tai-len/');
	const rest = form.fields.filter(([name]) => name !== 'csrf');
	const token = form.fields.find(([name]) => name === 'csrf');
	const file = { name: `file.${paper}`, filename: 'a.pdf', type: 'application/pdf', content: pdf() };
	const send = async (made, headers = {}) => (await clerk.request('POST', form.action, { body: made.body,
		headers: { Origin: clerk.origin, 'Content-Type': made.type, ...headers } })).status;
	assert.equal(await send(multipart(rest, [file])), 403);
	assert.equal(await send(multipart([['csrf', 'x'.repeat(43)], ...rest], [file])), 403);
	assert.equal(await send(multipart([token, ...rest], [file]), { Origin: 'https://evil.example' }), 403);
	const late = multipart([], [file, { name: 'csrf', filename: '', content: Buffer.from(token[1]) }]);
	assert.equal(await send(late), 403);
	assert.equal(await send(multipart([token, ...rest, ...Array.from({ length: 5 }, (_, i) =>
		[`note.${i}`, 'x'.repeat(60000)])], [file])), 413, 'text without end');
	assert.equal(scans(await clerk.get(`/ho-so/moi/${id}/giay-to`)), 0);
	assert.equal(await send(multipart(form.fields, [file])), 303, 'and whole it is taken');
});
test('tus: only into a draft that is there, with the session\'s token; resumed where it stopped', async () => {
	const { page, id } = await step3();
	const [paper] = papers(page);
	const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)[1];
	const b64 = (text) => Buffer.from(text).toString('base64');
	const bytes = jpeg(120000);
	const create = (more = {}, meta = { component: paper, target: id }) => clerk.request('POST', '/tai-len', { headers: {
		Origin: clerk.origin, 'Tus-Resumable': '1.0.0', 'X-Tram-Csrf': csrf, 'Upload-Length': String(bytes.length),
		'Upload-Metadata': Object.entries(meta).map(([k, v]) => `${k} ${b64(v)}`).join(','), ...more }, body: '' });
	assert.equal((await create({ 'X-Tram-Csrf': 'x'.repeat(43) })).status, 403);
	assert.equal((await create({}, { component: paper, target: randomBytes(16).toString('hex') })).status, 404);
	assert.equal((await create({}, { component: 'khong-co', target: id })).status, 422);
	assert.equal((await create({ 'Upload-Length': '9000000' })).status, 413);
	assert.equal((await create({ 'Upload-Length': '0' })).status, 422);
	const made = await create();
	assert.equal(made.status, 201);
	const patch = (offset, piece) => clerk.request('PATCH', made.location, { headers: { Origin: clerk.origin,
		'Tus-Resumable': '1.0.0', 'X-Tram-Csrf': csrf, 'Upload-Offset': String(offset),
		'Content-Type': 'application/offset+octet-stream' }, body: piece });
	assert.equal((await patch(0, bytes.subarray(0, 50000))).status, 204);
	assert.equal((await patch(0, bytes.subarray(0, 50000))).status, 409, 'a piece twice');
	assert.equal(scans(await clerk.get(`/ho-so/moi/${id}/giay-to`)), 0, 'not before it is whole');
	const head = await clerk.request('HEAD', made.location, { headers: { 'Tus-Resumable': '1.0.0' } });
	assert.equal(head.headers['upload-offset'], '50000');
	assert.equal((await patch(50000, bytes.subarray(50000))).status, 204);
	assert.equal(scans(await clerk.get(`/ho-so/moi/${id}/giay-to`)), 1);
});

// ---- step 4 ----
test('nothing is accepted while a paper was not looked at; the button again does not help', async () => {
	const { page, id } = await step3();
	const before = await dossiers();
	const check = await clerk.submit(page, '/tai-len/', { add_name: '' }, { files: [] });
	assert.match(check.text, /Chưa kiểm:/);
	for (let i = 0; i < 2; i++)
		assert.equal((await clerk.submit(check, '/kiem-tra')).status, 422);
	assert.equal(await dossiers(), before);
	const bare = await clerk.get(`/ho-so/moi/${(await startDraft(clerk)).id}/kiem-tra`);
	assert.match(bare.path, /thu-tuc/, 'no procedure yet: there first');
	assert(id);
});
test('a double tap accepts once; a stale form finds the dossier; a draft accepted is no draft', async () => {
	const { page, id } = await step3();
	const check = await tickPapers(clerk, page, true);
	const before = await dossiers();
	const form = clerk.form(check, '/kiem-tra');
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(form.action, form.fields)));
	for (const answer of answers) {
		assert.equal(answer.status, 303);
		assert.equal(answer.location, answers[0].location);
	}
	assert.equal(await dossiers(), before + 1);
	const stale = await clerk.submit(check, '/kiem-tra', { form_id: randomBytes(16).toString('hex') });
	assert.equal(stale.redirected, answers[0].location);
	const old = await clerk.submit(page, '/tai-len/', { add_name: '' }, { files: [] });
	assert.equal(old.redirected, answers[0].location);
	assert.equal((await clerk.get(`/ho-so/moi/${id}/thu-tuc`)).path, answers[0].location);
	assert.equal(await dossiers(), before + 1);
});
test('page 4\'s fields, wrong, come back; money counts again', async () => {
	const { page } = await step3();
	const check = await tickPapers(clerk, page);
	const answer = await clerk.submit(check, '/kiem-tra', { way: 'post', d_name: '', d_phone: 'x', d_address: '',
		fee_copies: '0', place: 'y'.repeat(300), signature: 'witness' });
	assert.equal(answer.status, 422);
	for (const name of ['d_name', 'd_phone', 'd_address', 'fee_copies', 'place', 'witness'])
		assert(fault(answer, name), name);
	const counted = await clerk.submit(check, '/kiem-tra', { fee_copies: '12' }, { button: 'recount' });
	assert.match(counted.text, /96\.000 đ/);
	const free = await clerk.submit(check, '/kiem-tra', { exempt: 'Người có công, NĐ 131/2021' }, { button: 'recount' });
	assert.match(free.text, /Cộng 0 đ/);
});
test('paid at the counter: nothing left to collect; later: the page says how much', async () => {
	const paid = await acceptDossier(clerk, { values: { fee_state: 'paid' } });
	assert(!/Còn phải thu/.test(paid.page.text));
	assert.match((await clerk.get(`/ho-so/${paid.code}/giay-hen`)).text, /8\.000 đ \(đã nộp\)/);
	const later = await acceptDossier(clerk, { values: { fee_state: 'later' } });
	assert.match(later.page.text, /Còn phải thu: 8\.000 đ/);
});

// ---- slip, search, person ----
test('printing is an act: counted once per tap, by hand is an answer too', async () => {
	const { code, page } = await acceptDossier(clerk);
	assert(!/Bản in lại/.test((await clerk.get(`/ho-so/${code}/giay-hen`)).text));
	const form = clerk.form(page, '/da-in');
	for (let i = 0; i < 2; i++)
		assert.equal((await clerk.post(form.action, form.fields)).status, 303);
	const slip = await clerk.get(`/ho-so/${code}/giay-hen`);
	assert.match(slip.text, /Bản in lại lần 1(?!\d)/);
	assert.match(slip.text, /Mã hồ sơ: CT18685/);
	const hand = await acceptDossier(clerk);
	const done = await clerk.submit(hand.page, '/da-in', {}, { button: 'by_hand' });
	assert.match(done.text, /Đã viết tay giấy hẹn/);
	assert.match((await dossier(clerk, code)).headers['cache-control'], /no-store/);
});
test('the province\'s dossier has a provisional number, and the slip says so', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	assert.match((await clerk.get(`/ho-so/${code}/giay-hen`)).text, /Mã tạm: CT18685.*mã chính thức/i);
});
test('search: any order, no diacritics, code, telephone, number, last four digits, nothing, nonsense', async () => {
	const who = person({ name: 'Đặng Thị Ướm Thử', phone: '0911222333' });
	const { code } = await acceptDossier(clerk, { who });
	await acceptDossier(clerk, { who: person({ name: 'Đặng Văn Ướm' }) });
	const find = async (q) => clerk.submit(await clerk.get('/quay'), '/tim', { q });
	for (const q of ['thu uom dang thi', 'ĐẶNG THỊ ƯỚM THỬ', '0911222333', who.number, code, code.toLowerCase(), ` ${code} `])
		assert.equal((await find(q)).redirected ?? '', `/ho-so/${code}`, q);
	assert.match((await find('dang uom')).text, /Thấy 2 hồ sơ/);
	for (const q of ['', '   ', 'zzzzqqq', '%_"*()', "' OR 1=1 --", 'x'.repeat(990), '|||||||'])
		assert.equal((await find(q)).status, 200, q);
	assert.equal((await find('\u0007')).status, 422);
	const card = `${who.number}||Đặng Thị Ướm Thử|02091985|Nữ|Thôn Chạy Thử|01072022`;
	const opened = await find(card);
	assert.equal(opened.path, '/tim', 'a card\'s number never stands in an address');
	assert(opened.html.includes(`/ho-so/${code}`));
	const next = await clerk.submit(opened, '/ho-so/moi');
	assert.match(next.redirected, /\/thu-tuc$/);
	assert.match(next.text, /Đặng Thị Ướm Thử/);
});
test('the pool keeps the pages free, and no scan stays in the spool', async () => {
	await until('spool is empty', 5, async () => {
		const { readdirSync } = await import('node:fs');
		return readdirSync(`${stack.data}/board/spool`).filter((name) => name.startsWith('part-')).length === 0;
	});
	await accept(clerk, await tickPapers(clerk, (await step3()).page, true));
});
test('a card scanned for a related person fills that role, wherever the cursor stood', async () => {
	const draft = await startDraft(clerk);
	let page = await clerk.submit(draft.page, '/thu-tuc', { procedure: '1.001193', find: '' });
	const roles = [...page.html.matchAll(/name="so\.([^"]+)"/g)].map((match) => match[1]);
	assert(roles.length > 1, page.text.slice(0, 400));
	const card = (number, name) => `${number}||${name}|02091985|Nữ|Thôn Chạy Thử|01072022`;
	const value = (field) => new RegExp(`name="${field}"[^>]*value="([^"]*)"`).exec(page.html)?.[1];
	// Into the number's field of the second role; what was typed beside it stays.
	page = await clerk.submit(page, 'name="content"', { find: '', content: 'Khai sinh cho con', [`so.${roles[1]}`]: card('000185000123', 'Đặng Thị Ướm') });
	assert.match(page.redirected ?? '', new RegExp(`/thu-tuc#dt-${roles[1]}$`), page.text.slice(0, 400));
	page = await clerk.get(page.redirected.split('#')[0]);
	assert.deepEqual(['ten', 'so', 'sinh', 'dia-chi'].map((part) => value(`${part}.${roles[1]}`)), ['Đặng Thị Ướm', '000185000123', '02/09/1985', 'Thôn Chạy Thử']);
	assert(page.html.includes('Khai sinh cho con'));
	// Cut off in the middle: told at its field, the person stays who she was.
	const cut = await clerk.submit(page, 'name="content"', { find: '', [`ten.${roles[1]}`]: '000185000124||Đặng' });
	assert.equal(cut.status, 422);
	assert(cut.html.includes(`href="#ten-${roles[1]}"`) || cut.html.includes(`id="ten-${roles[1]}-loi"`), cut.text.slice(0, 400));
	page = await clerk.get(`/ho-so/moi/${draft.id}/thu-tuc`);
	assert.equal(value(`ten.${roles[1]}`), 'Đặng Thị Ướm');
	// Into the search: the first of whom nothing is known yet.
	const empty = roles.find((role) => !value(`ten.${role}`));
	assert(empty);
	page = await clerk.submit(page, 'name="content"', { find: card('000185000125', 'Đặng Thị Mẫu') }, { button: 'search' });
	page = await clerk.get(page.redirected.split('#')[0]);
	assert.equal(value(`ten.${empty}`), 'Đặng Thị Mẫu');
});
await run();
