// clerk.mjs: what people at the counter and at the province do, as HTTP without JavaScript. Every
// function fails when a page does not say what it should.
import { strict as assert } from 'node:assert';
import { randomInt } from 'node:crypto';
import { jpeg, pdf } from './files.mjs';

const names = ['Nguyễn Văn Thử', 'Trần Thị Mẫu', 'Lê Đình Giả', 'Phạm Thị Ví Dụ', 'Hoàng Văn Nháp'];
// An invented person: the number begins with 000, so it belongs to nobody.
export function person(more = {}) {
	const tail = String(randomInt(1e9)).padStart(9, '0');
	return { name: names[randomInt(names.length)], number: `000${tail}`, birth: '02/09/1985', sex: 'nam',
		address: 'Thôn Chạy Thử, xã Cẩm Bình, Hà Tĩnh', phone: `0900${tail.slice(0, 6)}`, ...more };
}

const shown = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 600)}`;

// Step 1 on: a new draft with the person filled in. Returns { page (step 2), id }.
export async function startDraft(client, who = person()) {
	const home = await client.get('/quay');
	assert.equal(home.status, 200, shown(home));
	const step1 = await client.submit(home, '/ho-so/moi');
	assert.match(step1.redirected ?? '', /^\/ho-so\/moi\/[0-9a-f]{32}\/nguoi/, shown(step1));
	const id = step1.redirected.split('/')[3];
	const step2 = await client.submit(step1, '/nguoi', { type: 'person', doc_type: 'cccd', who: 'self',
		channel: 'counter', ...who });
	assert.match(step2.redirected ?? '', /\/thu-tuc/, `step 1 refused: ${shown(step2)}`);
	return { page: step2, id };
}

// Step 2: picks the procedure (and its first case when it has several), answers no to its questions
// and names somebody in every role, but for what values say. Returns the page of step 3.
export async function chooseProcedure(client, draft, procedure, caseId, values = {}) {
	let page = await client.submit(draft.page, '/thu-tuc', { procedure, find: '' });
	if (/\/thu-tuc/.test(page.redirected ?? '')) {
		const first = /name="case"[^>]*value="([^"]+)"/.exec(page.html)?.[1];
		const named = (pattern) => [...page.html.matchAll(pattern)].map((match) => match[1]);
		const answers = named(/name="(hoi\.[^"]+)"[^>]*value="co"/g).map((name) => [name, 'khong']);
		const people = named(/name="(ten\.[^"]+)"[^>]*value=""/g).map((name) => [name, 'Lê Thị Giả']);
		page = await client.submit(page, 'name="content"', { find: '', ...(first && { case: caseId ?? first }),
			...Object.fromEntries([...answers, ...people]), ...values });
	}
	assert.match(page.redirected ?? '', /\/giay-to/, `step 2 refused: ${shown(page)}`);
	return page;
}

// Step 3: all papers there; files: [{ name: "file.<paper>", … }] or true for two photos and a PDF on
// the first paper that takes files. Returns the page of step 4.
export async function tickPapers(client, page, files) {
	if (files === true) {
		const paper = /name="file\.([^"]+)"/.exec(page.html)?.[1];
		assert(paper, `no paper takes a file: ${shown(page)}`);
		files = [{ filename: 'anh-1.jpg', type: 'image/jpeg', content: jpeg() },
			{ filename: 'anh-2.jpg', type: 'image/jpeg', content: jpeg(60000) },
			{ filename: 'don.pdf', type: 'application/pdf', content: pdf() }]
			.map((file) => ({ name: `file.${paper}`, ...file }));
	}
	const next = await client.submit(page, '/tai-len/', { add_name: '' },
		{ button: 'all', files: files || [] });
	assert.match(next.redirected ?? '', /\/kiem-tra/, `step 3 refused: ${shown(next)}`);
	return next;
}

// Step 4: accepts. Returns { code, page (done) }.
export async function accept(client, page, values = {}) {
	const done = await client.submit(page, '/kiem-tra', values);
	assert.match(done.redirected ?? '', /^\/ho-so\/[^/]+\/xong(?:\?hen=doi)?$/, `step 4 refused: ${shown(done)}`);
	return { code: decodeURIComponent(done.redirected.split('/')[2]), page: done };
}

// All four steps. Returns { code, id, page }.
export async function acceptDossier(client, { procedure = '2.000635', who, files, values } = {}) {
	const draft = await startDraft(client, who);
	const papers = await chooseProcedure(client, draft, procedure);
	const check = await tickPapers(client, papers, files);
	return { id: draft.id, ...await accept(client, check, values) };
}

// A dossier's page, and the pages under it.
export const url = (code, slug = '') => `/ho-so/${encodeURIComponent(code)}${slug && `/${slug}`}`;
// A page that came back because of this field: told at the top, with a way to it, and beside it.
export const fault = (page, field) => page.html.includes(`href="#${field}"`) && page.html.includes(`id="${field}-loi"`);
// How many events a dossier's page shows, but for what the province writes of itself, when it likes.
export const events = (page) => page.html.split(/<li[^>]*>(?=<time>)/).slice(1)
	.filter((one) => !/Tỉnh cấp mã chính thức|Tỉnh đã nhận đủ tệp/.test(one)).length;
export const dossier = (client, code) => client.get(`/ho-so/${encodeURIComponent(code)}`);

// Opens an act's page (or presses its button on the dossier page), fills it, expects the dossier page.
export async function act(client, code, slug, values = {}, options = {}) {
	const page = await dossier(client, code);
	const url = `/ho-so/${encodeURIComponent(code)}/${slug}`;
	const posts = client.form.bind(client);
	let form;
	try {
		form = posts(page, `${slug}"`);
	} catch {
		form = null;
	}
	const from = form && form.action.endsWith(`/${slug}`) ? page : await client.get(url);
	const next = await client.submit(from, form ? url : options.word ?? slug, values, options);
	assert.equal(next.status, 200, `${slug} refused: ${shown(next)}`);
	assert(next.redirected, `${slug} refused: ${shown(next)}`);
	return next;
}

const result = { kind: 'Bản sao trích lục', number: '01/TLKS-BS', signed_on: '24/11/2026',
	issuer: 'Ủy ban nhân dân xã Cẩm Bình', signer: 'Phạm Thị Thử', summary: 'Trích lục khai sinh' };

// Taken, put before the first who may sign, signed. people: logged-in clients.
export async function signAtCommune({ specialist, signer }, code) {
	await act(specialist, code, 'nhan-xu-ly');
	const page = await specialist.get(url(code, 'trinh-ky'));
	const chosen = /name="signer" value="([^"]+)"/.exec(page.html)?.[1];
	assert(chosen, `nobody to sign: ${shown(page)}`);
	await act(specialist, code, 'trinh-ky', { signer: chosen });
	await act(signer, code, 'ky', { decision: 'sign' });
}

// A commune-decided dossier from acceptance to the citizen's hand.
export async function decideAtCommune({ clerk, specialist, signer }, code) {
	await signAtCommune({ specialist, signer }, code);
	await act(specialist, code, 'ket-qua', result,
		{ files: [{ name: 'file', filename: 'ket-qua.pdf', type: 'application/pdf', content: pdf() }] });
	await returnResult(clerk, code);
}

export const returnResult = (clerk, code) =>
	act(clerk, code, 'tra', { receiver: 'applicant', proof: 'slip', signature: 'paper', slip_taken: '1' });

export const handOver = (clerk, code, unit = 'Sở Tư pháp') =>
	act(clerk, code, 'chuyen-tinh', { unit, unscanned: '1' });

// The officer's side: finds the dossier by its provisional number, takes it, finishes it with a file.
export async function decideAtProvince(officer, board, code, file = pdf('Ket qua')) {
	const url = `/ho-so/${board}/${encodeURIComponent(code)}`;
	const page = await officer.get(url);
	assert.equal(page.status, 200, shown(page));
	const taken = await officer.submit(page, 'nhan-xu-ly');
	assert.equal(taken.status, 200, shown(taken));
	const form = await officer.get(`${url}/ket-qua`);
	const done = await officer.submit(form, 'ket-qua', { ...result, issuer: 'Sở Tư pháp tỉnh Hà Tĩnh' },
		{ files: [{ name: 'file', filename: 'ket-qua.pdf', type: 'application/pdf', content: file }] });
	assert(done.redirected, `finish refused: ${shown(done)}`);
	return done;
}
