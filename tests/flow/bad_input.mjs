// Goal: whatever is typed into any form of any program, the page comes back with the sentence beside
// the field and everything that was typed, and nothing is stored. What is odd but right (markup,
// decomposed letters, quotes) is stored as one text and shown as text on every page and paper.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { url } from '../lib/clerk.mjs';
import { accept, acceptDossier, act, chooseProcedure, dossier, handOver, person, startDraft, tickPapers }
	from '../lib/clerk.mjs';
import { multipart, PASSWORD, unescape } from '../lib/client.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'bad-input', ports: [9912, 9915] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager, officer;

// How many events each side has written itself (the other's arrive when they arrive).
const head = () => ['board', 'center'].map((side, author) =>
	JSON.stringify(stack.status(side)).match(/"seq":\d+/g)[author]).join(' ');

// Names of what a person types into a form by hand, in the form's order.
function typedFields(form) {
	const names = [];
	for (const [tag] of form.html.matchAll(/<input\b[^>]*>|<textarea\b[^>]*>/gi)) {
		const type = /\stype="(\w+)"/.exec(tag)?.[1] ?? (/^<textarea/i.test(tag) ? 'textarea' : 'text');
		const name = /\sname="([^"]+)"/.exec(tag)?.[1];
		if (name && ['text', 'tel', 'search', 'textarea', 'number', 'email', 'password'].includes(type)) names.push(name);
	}
	return names;
}
const percent = (value) => [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

// Sends the form of page with values; Buffers go as their bytes. files: multipart.
async function send(client, page, word, values, { files } = {}) {
	const form = client.form(page, word);
	const fields = [...form.fields.filter(([name]) => !(name in values)),
		...Object.entries(values).filter(([, value]) => value !== undefined)];
	let answer;
	if (files) {
		const { body, type } = multipart(fields, files);
		answer = await client.request('POST', form.action, { body, headers: { Origin: client.origin, 'Content-Type': type } });
	} else if (form.enctype.startsWith('multipart')) {
		const parts = fields.flatMap(([name, value]) => [Buffer.from(
			`--tramthu\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n')]);
		answer = await client.request('POST', form.action || page.path,
			{ body: Buffer.concat([...parts, Buffer.from('--tramthu--\r\n')]),
				headers: { Origin: client.origin, 'Content-Type': 'multipart/form-data; boundary=tramthu' } });
	} else {
		answer = await client.request('POST', form.action || page.path, {
			body: fields.map(([name, value]) => `${percent(name)}=${percent(value)}`).join('&'),
			headers: { Origin: client.origin, 'Content-Type': 'application/x-www-form-urlencoded' } });
	}
	answer.path = page.path;
	return answer;
}
const WRONG = {
	'a control character': () => 'Thử\u0007 một hai',
	'an escape': () => 'Thử \u001b[2J',
	'bytes that are no UTF-8': () => Buffer.from([0x54, 0x68, 0xc3, 0x28, 0xff]),
	'an overlong slash': () => Buffer.from([0x61, 0xc0, 0xaf, 0x62]),
	'a surrogate': () => Buffer.from([0x61, 0xed, 0xa0, 0x80]),
	'a zero byte': () => Buffer.from('Thử\u0000một'),
	'reversed writing': () => 'Thử \u202egnuhc',
	'far too much': () => 'Dài lắm '.repeat(600),
};
const shownAs = (value) => typeof value === 'string' ? value.replace(/\u0007|\u001b|\u0000/g, '\ufffd') : null;

// Every typed field of the form with everything wrong: refused beside the field, all else still there.
async function tryAll(client, open, word, good, { skip = [], own = {}, choices = [] } = {}) {
	const before = head();
	let page = await open();
	const names = typedFields(client.form(page, word)).filter((name) => !skip.includes(name));
	assert(names.length > 0, `nothing to type in ${word}`);
	let tries = 0;
	for (const name of names) {
		const more = Object.fromEntries((own[name] ?? []).map((value) => [`"${String(value).slice(0, 20)}"`, () => value]));
		for (const [what, make] of Object.entries({ ...WRONG, ...more })) {
			const value = make();
			const answer = await send(client, page, word, { ...good, [name]: value });
			const where = `${page.path} ${name}: ${what}: ${answer.status} ${answer.location}`;
			assert.equal(answer.status, 422, `${where} ${answer.text.slice(0, 300)}`);
			const id = name.replaceAll('.', '-');
			assert(answer.html.includes(`id="${id}-loi"`), `${where}: no sentence beside the field`);
			assert(answer.html.includes(`href="#${id}"`), `${where}: not in the summary`);
			assert.match(answer.html, new RegExp(`<(input|textarea)[^>]*\\sid="${id}"`), `${where}: no such field`);
			const kept = Object.fromEntries(client.form(answer, word).fields);
			for (const [other, typed] of Object.entries(good)) {
				if (other === name || /password|^old$|^new$|^again$/.test(other) || other === 'form_id') continue;
				assert.equal(kept[other], typed, `${where}: what was typed in ${other} is lost`);
			}
			const back = shownAs(value);
			if (back && !/password|^old$|^new$|^again$/.test(name))
				assert(unescape(answer.html).includes(back.slice(0, 1000)), `${where}: what was typed is lost`);
			assert(!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(answer.html), `${where}: no HTML`);
			tries++;
		}
	}
	for (const [name, value] of choices) {
		const answer = await send(client, page, word, { ...good, [name]: value });
		assert.equal(answer.status, 422, `${page.path} ${name}=${value}: ${answer.status}`);
		assert(answer.html.includes(`id="${name}-loi"`), `${page.path} ${name}=${value}: no sentence`);
		tries++;
	}
	assert.equal(head(), before, `${word}: nothing is stored`);
	return tries;
}

test.must('a board, a center, everybody logged in', async () => {
	await stack.up();
	[clerk, specialist, signer] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky'].map(async (login) => {
		const client = stack.clerks();
		await client.login(login);
		return client;
	}));
	manager = stack.admin();
	await manager.login('quanly');
	officer = stack.officers();
	await officer.login('tinh');
});

// ---- logging in ----
for (const [name, make] of [['intake', () => stack.clerks()], ['admin', () => stack.admin()], ['center', () => stack.officers()]]) {
	test(`login of ${name}`, async () => {
		const client = make();
		await tryAll(client, () => client.get('/dang-nhap'), 'dang-nhap', { login: 'khong.ai', password: 'Khong-Dung-2026!' },
			{ skip: ['password'], own: { login: ['', '   '] } });
		for (const password of ['', 'x'.repeat(5000)]) {
			const answer = await send(client, await client.get('/dang-nhap'), 'dang-nhap', { login: 'canbo', password });
			assert.equal(answer.status, 422);
			assert(answer.html.includes('id="password-loi"'));
			assert(!answer.html.includes('xxxxx'), 'never shown again');
		}
		client.close();
	});
}
test('the own password', async () => {
	const page = await clerk.get('/doi-mat-khau');
	const new1 = 'Mat-Khau-Moi-2026!';
	for (const values of [{ old: '', new: new1, again: new1 }, { old: PASSWORD, new: 'Ngan-1!', again: 'Ngan-1!' },
		{ old: PASSWORD, new: new1, again: `${new1}x` }, { old: PASSWORD, new: 'khongcohoa-2026!', again: 'khongcohoa-2026!' },
		{ old: PASSWORD, new: `Tram-canbo-2026!`, again: 'Tram-canbo-2026!' }, { old: PASSWORD, new: PASSWORD, again: PASSWORD },
		{ old: PASSWORD, new: 'A-1a'.repeat(600), again: 'A-1a'.repeat(600) },
		{ old: PASSWORD, new: Buffer.from([0x41, 0xff, 0x61]), again: Buffer.from([0x41, 0xff, 0x61]) }]) {
		const answer = await send(clerk, page, 'doi-mat-khau', values);
		assert.equal(answer.status, 422, JSON.stringify(values).slice(0, 80));
		assert.match(answer.html, /id="(old|new|again)-loi"/);
		for (const typed of Object.values(values))
			if (typed.length > 2) assert(!answer.html.includes(`value="${typed}"`), 'no password is shown again');
	}
	assert.equal((await clerk.request('GET', '/quay')).status, 200);
});

// ---- a new dossier ----
const who = { type: 'person', doc_type: 'cccd', who: 'self', channel: 'counter', name: 'Nguyễn Văn Thử', number: '000085000123',
	birth: '02/09/1985', sex: 'nam', address: 'Thôn Chạy Thử, xã Cẩm Bình', phone: '0900000123' };
let draft;
test.must('step 1: the person', async () => {
	const home = await clerk.get('/quay');
	let page = await clerk.submit(home, '/ho-so/moi');
	draft = page.redirected.split('/')[3];
	const tries = await tryAll(clerk, async () => page, '/nguoi', who, {
		own: { number: ['abc', '12345', '00008500012'], birth: ['31/02/1985', '1985-13-01', 'hôm qua', '0085'],
			phone: ['12', '0900 abc 123', '09000001234567'], email: ['a', 'a@', '@b.vn', 'a b@c.vn', 'a@b@c.vn'],
			tax_code: ['123', '12345678901'], postmark: ['31/02/2026'], s_authorised_on: ['32/01/2026'], s_phone: ['12'],
			name: ['', ' '], address: ['', '  '], card: ['khong|phai|the', 'x'] },
		choices: [['type', 'robot'], ['sex', 'x'], ['who', ''], ['channel', '<b>'], ['doc_type', 'thẻ']] });
	assert(tries > 100, `${tries} tries`);
	for (const [values, field] of [[{ who: 'other' }, 's_name'], [{ who: 'other' }, 's_relation'], [{ phone: '' }, 'phone'],
		[{ number: '' }, 'number'], [{ type: 'organisation' }, 'tax_code'], [{ channel: 'post' }, 'postmark'],
		[{ channel: 'post', postmark: '01/01/2099' }, 'postmark']]) {
		const answer = await send(clerk, page, '/nguoi', { ...who, ...values });
		assert.equal(answer.status, 422, JSON.stringify(values));
		assert(answer.html.includes(`id="${field}-loi"`), field);
		assert(answer.html.includes('value="Nguyễn Văn Thử"'));
	}
	page = await clerk.submit(page, '/nguoi', who);
	assert.match(page.redirected, /thu-tuc$/);
});
test.must('step 2: the procedure', async () => {
	const where = `/ho-so/moi/${draft}/thu-tuc`;
	let page = await clerk.get(where);
	for (const procedure of ['9.999999', '', 'x'.repeat(5000), '<script>', Buffer.from([0xff])]) {
		const answer = await send(clerk, page, '/thu-tuc', { procedure, find: '' });
		assert.equal(answer.status, 422, String(procedure).slice(0, 20));
		assert(answer.html.includes('id="find-loi"'), String(procedure).slice(0, 20));
	}
	for (const [what, make] of Object.entries(WRONG)) {
		const answer = await send(clerk, page, '/thu-tuc', { find: make(), search: '1' });
		assert(answer.status < 500 && !answer.html.includes('\u0007'), `${what}: ${answer.status}`);
	}
	page = await clerk.submit(page, '/thu-tuc', { procedure: '2.000635', find: '' });
	page = await clerk.get(where);
	const good = Object.fromEntries(clerk.form(page, '/thu-tuc').fields.filter(([name]) => name === 'case'));
	await tryAll(clerk, async () => page, '/thu-tuc', { content: 'Xin trích lục', ...good },
		{ skip: ['find', 'content'].filter((name) => name === 'find'), choices: good.case ? [['case', 'khong-co']] : [] });
	page = await clerk.submit(page, '/thu-tuc', { content: 'Xin trích lục khai sinh', find: '' });
	assert.match(page.redirected, /giay-to$/);
});
test.must('step 3: the papers', async () => {
	const where = `/ho-so/moi/${draft}/giay-to`;
	let page = await clerk.get(where);
	const names = typedFields(clerk.form(page, '/tai-len/'));
	const counts = names.filter((name) => name.includes('.'));
	assert(counts.length >= 4, names.join(' '));
	const own = Object.fromEntries(counts.map((name) => [name, ['-1', '100000', 'hai', '1.5', '٣']]));
	await tryAll(clerk, async () => page, '/tai-len/', { sets: '2' }, { own: { ...own, sets: ['0', '-3', '1000', 'x'], add_name: ['x'] } });
	assert(clerk.form(await clerk.get(where), '/tai-len/').html.includes('id="sets"'));
	// A state that the paper cannot have changes nothing.
	const state = /name="(state\.[^"]+)"/.exec(page.html)[1];
	const odd = await send(clerk, page, '/tai-len/', { [state]: 'robot' });
	assert(odd.status < 500);
	assert.equal((await clerk.get(where)).html.includes('robot'), false);
	page = await tickPapers(clerk, await clerk.get(where), true);
	assert.match(page.redirected, /kiem-tra$/);
});
test.must('step 4: delivery, fee, signature', async () => {
	const where = `/ho-so/moi/${draft}/kiem-tra`;
	const page = await clerk.get(where);
	await tryAll(clerk, async () => page, '/kiem-tra', { way: 'counter', notify: 'call', signature: 'paper', note: 'Ghi chú thử' }, {
		own: { d_phone: ['12'], d_email: ['a@'], fee_pages: ['0', 'x', '99999'], fee_copies: ['0', 'x', '99999'] },
		choices: [['way', 'bồ câu'], ['notify', 'x'], ['signature', '']].filter(([, value]) => value) });
	for (const [values, field] of [[{ way: 'post' }, 'd_name'], [{ way: 'electronic' }, 'd_email'], [{ way: 'point' }, 'd_point'],
		[{ signature: 'witness' }, 'witness']]) {
		const answer = await send(clerk, page, '/kiem-tra', values);
		assert.equal(answer.status, 422, JSON.stringify(values));
		assert(answer.html.includes(`id="${field}-loi"`), field);
	}
});
test('a page that was passed by does not let anything bad into the dossier', async () => {
	const { page, id } = await startDraft(clerk);
	for (const [slug, values] of [['nguoi', { ...who, name: 'Nguyễn\u0007Văn', later: '1' }],
		['nguoi', { ...who, address: Buffer.from([0x41, 0xff]), phone: '12', later: '1' }]]) {
		const step = await clerk.get(`/ho-so/moi/${id}/${slug}`);
		const answer = await send(clerk, step, `/${slug}`, values);
		assert([303, 422].includes(answer.status), `${answer.status}`);
	}
	const papers = await chooseProcedure(clerk, { page: await clerk.get(`/ho-so/moi/${id}/thu-tuc`), id }, '2.000635');
	const check = await tickPapers(clerk, papers);
	const answer = await send(clerk, check, '/kiem-tra', {});
	if (answer.status === 303) {
		const shown = await clerk.get(answer.location.replace(/\/xong.*/, ''));
		assert(!/\u0007|\ufffd/.test(shown.html), 'a control character got in');
		assert(!shown.text.includes(' 12 '));
	} else {
		assert.equal(answer.status, 422);
	}
	assert(page.status === 200);
});
test('no step can be skipped', async () => {
	const home = await clerk.get('/quay');
	const page = await clerk.submit(home, '/ho-so/moi');
	const id = page.redirected.split('/')[3];
	const hidden = Object.fromEntries(clerk.form(page, '/nguoi').fields.filter(([name]) => ['csrf', 'form_id'].includes(name)));
	const before = head();
	for (const slug of ['thu-tuc', 'giay-to', 'kiem-tra']) {
		const answer = await clerk.post(`/ho-so/moi/${id}/${slug}`, { ...hidden });
		assert(answer.status === 422 || (answer.status === 303 && answer.location.startsWith(`/ho-so/moi/${id}/`)), `${slug}: ${answer.status}`);
	}
	assert.equal(head(), before);
	const answer = await clerk.post(`/ho-so/moi/${id}/khong-co`, { ...hidden });
	assert.equal(answer.status, 404);
});

// ---- acts ----
test('notes, forwarding, handing over', async () => {
	const { code } = await acceptDossier(clerk);
	await tryAll(clerk, () => clerk.get(url(code, 'ghi-chu')), 'ghi-chu', {}, { own: { text: ['', ' \n '] } });
	await tryAll(clerk, () => clerk.get(url(code, 'chuyen')), 'chuyen', { to: 'none', unit: 'Bộ phận tư pháp', note: 'Kèm bản gốc' },
		{ own: { unit: ['', ' '] }, choices: [['to', 'u-0000000000000000'], ['to', '']] });
	const province = await acceptDossier(clerk, { procedure: '9.999001' });
	await tryAll(clerk, () => clerk.get(url(province.code, 'chuyen-tinh')), 'chuyen-tinh', { unit: 'Sở Thử nghiệm', unscanned: '1', note: 'Gửi kèm' },
		{ own: { unit: [''], unscanned: [''] } });
});
test('signing and finishing', async () => {
	const { code } = await acceptDossier(clerk);
	await act(specialist, code, 'nhan-xu-ly');
	const page = await specialist.get(url(code, 'trinh-ky'));
	const who2 = /name="signer" value="([^"]+)"/.exec(page.html)[1];
	await tryAll(specialist, async () => page, 'trinh-ky', { signer: who2, summary: 'Trích lục', note: 'Trình anh' },
		{ choices: [['signer', 'u-0000000000000000'], ['signer', '']] });
	await act(specialist, code, 'trinh-ky', { signer: who2 });
	await tryAll(signer, () => signer.get(url(code, 'ky')), '/ky', { decision: 'back', reason: 'Thiếu' },
		{ own: { reason: ['', ' '] }, choices: [['decision', 'maybe'], ['decision', '']] });
	await act(signer, code, 'ky', { decision: 'sign' });
	const result = { kind: 'Trích lục', number: '01/TL', issuer: 'UBND xã', signer: 'Phạm Thị Thử', signed_on: '24/11/2026',
		summary: 'Bản sao', place: 'Kệ 3' };
	await tryAll(specialist, () => specialist.get(url(code, 'ket-qua')), 'ket-qua', result,
		{ own: { signed_on: ['31/02/2026', 'x', ''], kind: [''], issuer: [''], signer: [''] } });
	const huge = await send(specialist, await specialist.get(url(code, 'ket-qua')), 'ket-qua', result,
		{ files: [{ name: 'file', filename: 'to.pdf', type: 'application/pdf', content: pdf('To', 26.5 * 1024 * 1024) }] });
	assert([413, 422].includes(huge.status), `${huge.status}`);
	assert(huge.html.includes('id="file-loi"'), `too large: told beside the field, not ${huge.text.slice(0, 200)}`);
	for (const typed of Object.values(result)) assert(huge.html.includes(typed), `too large: ${typed} is lost`);
	await act(specialist, code, 'ket-qua', result, { files: [] });
	await tryAll(clerk, () => clerk.get(url(code, 'tra')), '/tra',
		{ receiver: 'other', name: 'Lê Thị Mẫu', number: '000090000017', proof: 'slip', signature: 'paper', relation: 'con', note: 'Đã xem thẻ' },
		{ own: { number: ['1', 'x'], phone: ['1'], name: [''] }, choices: [['receiver', 'x'], ['proof', ''], ['signature', 'x']] });
});

// ---- counter, search ----
test('the counter\'s number and the search box', async () => {
	await tryAll(clerk, () => clerk.get('/chon-quay'), 'name="counter" type="text"', {}, { own: { counter: ['0', '-1', '100', '1.5', 'x', ''] } });
	for (const [what, make] of Object.entries(WRONG)) {
		const page = await clerk.get('/quay');
		const answer = await send(clerk, page, '/tim', { q: make() });
		assert.equal(answer.status, 422, `${what}: ${answer.status}`);
		assert.match(answer.text, /ô tìm chưa dùng được/, `${what}: says what is wrong: ${answer.text.slice(0, 300)}`);
		const back = shownAs(make());
		if (back) assert(unescape(answer.html).includes(back.slice(0, 200)), `${what}: what was typed is lost`);
	}
	for (const q of ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' OR 1=1 --", '%', '_', '*', '"', 'NEAR(', 'a AND b', '-'.repeat(50),
		'(', '000085000123\' --']) {
		const answer = await clerk.submit(await clerk.get('/quay'), '/tim', { q });
		assert.equal(answer.status, 200, q);
		assert(!answer.html.includes('<script>alert') && !answer.html.includes('<img src=x'), q);
		assert.match(answer.text, /Không|Chưa|không/, `${q} finds nobody: ${answer.text.slice(0, 200)}`);
	}
});

// ---- admin ----
test('a new account', async () => {
	await tryAll(manager, () => manager.get('/tai-khoan/moi'), '/tai-khoan/moi', { name: 'Nguyễn Văn Thử', login: 'thu.mot', job: 'Công chức' },
		{ own: { login: ['A', 'có dấu', '../x', 'a b', ''], name: [''] } });
	const list = await manager.get('/tai-khoan');
	assert(!list.text.includes('thu.mot'));
});

// ---- lookup ----
test('lookup, at the board and at the center', async () => {
	for (const client of [stack.lookup(), stack.centerLookup()]) {
		for (const name of ['so', 'ma']) {
			for (const [what, make] of Object.entries(WRONG)) {
				const answer = await send(client, await client.get('/'), '/tra-cuu', { so: 'T18685.1-000101-0001', ma: 'ABCD2345', [name]: make() });
				assert([404, 413, 422].includes(answer.status), `${name} ${what}: ${answer.status}`);
				assert.match(answer.html, /<html lang="vi"/);
				assert(!/[\u0007\u001b\u202e]/.test(answer.html) || answer.status === 422, `${name} ${what}`);
			}
		}
		client.close();
	}
});

// ---- the province ----
let provinceCode;
test.must('the province\'s forms', async () => {
	const taken = await acceptDossier(clerk, { procedure: '9.999001', files: true });
	provinceCode = taken.code;
	await handOver(clerk, provinceCode);
	await stack.drained();
	const where = `/ho-so/b18685-1/${encodeURIComponent(provinceCode)}`;
	await officer.submit(await officer.get(where), 'nhan-xu-ly');
	await stack.drained();
	for (const slug of ['tu-choi', 'dung'])
		await tryAll(officer, () => officer.get(`${where}/${slug}`), slug, {}, { own: { reason: ['', ' '] } });
	await tryAll(officer, () => officer.get(`${where}/bo-sung`), 'bo-sung', { reason: 'Thiếu giấy', papers: 'Bản vẽ' }, { own: { papers: ['', '\n\n'] } });
	await tryAll(officer, () => officer.get(`${where}/ket-qua`), 'ket-qua',
		{ kind: 'Quyết định', number: '1/QĐ', issuer: 'Sở', signer: 'Trần Thử', signed_on: '24/11/2026' },
		{ own: { signed_on: ['31/02/2026', 'x', ''], number: [''] } });
});

// ---- odd, but right ----
const odd = (name) => `Ô "${name}" <b id=x>'&amp; Nguye\u0302\u0303n</b> \${7*7} {{name}}`;
const kept = (name) => odd(name).normalize('NFC');
test('markup in every field: stored as typed (NFC), shown as text on every page and on the slip', async () => {
	const values = (names, more = {}) => ({ ...Object.fromEntries(names.map((name) => [name, odd(name)])), ...more });
	const step1 = await clerk.submit(await clerk.get('/quay'), '/ho-so/moi');
	const one = person({ name: odd('name'), address: odd('address') });
	let page = await clerk.submit(step1, '/nguoi', values(['s_name', 's_relation', 's_authorisation', 'residence', 's_authorised_at'],
		{ type: 'person', doc_type: 'cccd', who: 'other', channel: 'counter', ...one }));
	assert.match(page.redirected ?? '', /thu-tuc$/, page.text.slice(0, 400));
	const searched = await clerk.submit(page, '/thu-tuc', { find: odd('find'), search: '1' });
	assert(searched.html.includes('&lt;b id=x&gt;') && !searched.html.includes('<b id=x>'), 'what was searched for');
	page = await clerk.submit(page, '/thu-tuc', { procedure: '2.000635', find: '' });
	const id = page.redirected.split('/')[3];
	page = await clerk.submit(await clerk.get(`/ho-so/moi/${id}/thu-tuc`), '/thu-tuc', { content: odd('content'), find: '' });
	page = await clerk.submit(await clerk.get(`/ho-so/moi/${id}/giay-to`), '/tai-len/', { add_name: odd('paper') },
		{ button: 'add', files: [] });
	const paper = /name="file\.([^"]+)"/.exec(page.html)[1];
	const seen = [page];
	page = await tickPapers(clerk, await clerk.get(`/ho-so/moi/${id}/giay-to`),
		[{ name: `file.${paper}`, filename: 'a"<b id=x>.pdf', type: 'text/html', content: pdf() }]);
	seen.push(page, await clerk.get(`/ho-so/moi/${id}/giay-to`), await clerk.get(`/ho-so/moi/${id}/nguoi`),
		await clerk.get('/quay?viec=nhap'), await specialist.get('/quay?viec=nhap'));
	// The added paper must be said to be there.
	const state = [...page.html.matchAll(/href="[^"]*giay-to#([^"]+)"/g)].map((m) => m[1]);
	if (state.length) {
		const papers = await clerk.get(`/ho-so/moi/${id}/giay-to`);
		page = await clerk.submit(papers, '/tai-len/', { add_name: '', ...Object.fromEntries(state.map((p) => [`state.${p}`, 'du'])) }, { files: [] });
	}
	const done = await accept(clerk, page, values(['note', 'place', 'exempt'], { way: 'post', d_name: odd('d_name'), d_phone: '0900000555',
		d_address: odd('d_address') }));
	const { code } = done;
	seen.push(done.page, await clerk.get(url(code, 'giay-hen')), await dossier(clerk, code), await clerk.get('/quay?viec=moi'));
	await act(clerk, code, 'ghi-chu', { text: odd('text') });
	await act(clerk, code, 'chuyen', { to: 'none', unit: odd('unit'), note: odd('forward') });
	await act(specialist, code, 'nhan-xu-ly');
	page = await specialist.get(url(code, 'trinh-ky'));
	await act(specialist, code, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(page.html)[1], summary: odd('summary'), note: odd('sent') });
	seen.push(await signer.get('/duyet'), await signer.get(url(code, 'ky')));
	await signer.submit(await signer.get(url(code, 'ky')), '/ky', { decision: 'back', reason: odd('reason') });
	seen.push(await specialist.get('/xu-ly'));
	await act(specialist, code, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(page.html)[1], summary: odd('summary') });
	await act(signer, code, 'ky', { decision: 'sign' });
	await act(specialist, code, 'ket-qua', values(['kind', 'number', 'issuer', 'signer', 'signer_title', 'place'], { signed_on: '24/11/2026', number: '1<b id=x>' }),
		{ files: [{ name: 'file', filename: 'b\'"<b id=x>&.pdf', type: 'application/pdf', content: pdf() }] });
	seen.push(await clerk.get(url(code, 'tra')), await clerk.get('/tra-ket-qua'));
	await act(clerk, code, 'tra', { receiver: 'other', name: odd('receiver'), number: '000090000017', relation: odd('relation'), proof: 'authorisation',
		authorisation: odd('authorisation'), signature: 'witness', witness: odd('witness'), note: odd('returned'), tracking: odd('tracking') });
	const end = await dossier(clerk, code);
	seen.push(end, await clerk.submit(await clerk.get('/quay'), '/tim', { q: code }), await clerk.submit(await clerk.get('/quay'), '/tim', { q: one.phone }));
	const links = [...new Set(seen.flatMap((p) => [...p.html.matchAll(/href="(\/nguoi\/[^"]+)"/g)].map((m) => m[1])))];
	for (const link of links) seen.push(await clerk.get(link));
	for (const p of seen) {
		assert.equal(p.status, 200, `${p.path}: ${p.status}`);
		assert(!/<b id=x>/.test(p.html), `markup on ${p.path}: ${/.{80}<b id=x>.{20}/.exec(p.html)?.[0]}`);
		assert(!/e\u0302\u0303/.test(p.html), `decomposed on ${p.path}`);
		assert(!/&amp;lt;b id|&amp;quot;/.test(p.html), `escaped twice on ${p.path}`);
		assert(!p.text.includes('${49}') && !p.html.includes('&amp;amp;amp;'), p.path);
	}
	const all = seen.map((p) => unescape(p.html)).join('\n');
	for (const name of ['name', 'address', 'content', 'note', 'text', 'forward', 'unit', 'reason', 'summary', 'kind', 'issuer', 'receiver', 'paper'])
		assert(all.includes(kept(name)), `${name} is shown as it was typed`);
	const slip = unescape((await clerk.get(url(code, 'giay-hen'))).html);
	assert(slip.includes(kept('name')) && slip.includes(kept('address')), 'on the slip');
	const verify = stack.tram('board', ['verify']);
	assert.equal(verify.status, 0, verify.stdout + verify.stderr);
	// The province sees it as text too.
	await stack.drained();
	for (const where of [`/ho-so/b18685-1/${encodeURIComponent(code)}`, '/ho-so?loc=tat-ca']) {
		const there = await officer.get(where);
		assert.equal(there.status, 200);
		assert(!there.html.includes('<b id=x>'), where);
		assert(unescape(there.html).includes(kept('name')), where);
	}
});
test('markup in an account\'s name and job, on every page that names its person', async () => {
	const page = await manager.get('/tai-khoan/moi');
	await manager.submit(page, '/tai-khoan/moi', { name: odd('who'), login: 'thu.hai', job: odd('job'), role_specialist: '1' });
	const list = await manager.get('/tai-khoan');
	const { code } = await acceptDossier(clerk);
	const forward = await clerk.get(url(code, 'chuyen'));
	for (const p of [list, forward]) {
		assert(unescape(p.html).includes(kept('who')), p.path);
		assert(!p.html.includes('<b id=x>'), p.path);
	}
	for (const client of [clerk, specialist, signer, manager, officer]) client.close();
});

await run();
