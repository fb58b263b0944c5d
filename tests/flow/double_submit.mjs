// Goal: every act tapped twice, in turn and at the same moment, is done once and answered alike; an
// act on a page that somebody else has overtaken is told who was first, in words, and stores nothing;
// and the promises of the counter: accepted means kept, whatever the link does; a reprint is counted;
// the official code comes once.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { url } from '../lib/clerk.mjs';
import { acceptDossier, act, chooseProcedure, dossier, handOver, startDraft, tickPapers }
	from '../lib/clerk.mjs';
import { multipart, PASSWORD } from '../lib/client.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'double-submit', ports: [9918, 9921], board: 'poll_active_s = 1' });
cleanup((failed) => stack.down(failed));
const fresh = () => randomBytes(16).toString('hex');
let clerk, second, specialist, signer, officer, manager;

// The board's own log and the center's own: how many events each has written.
const seqs = () => ['board', 'center'].map((side, author) =>
	Number(JSON.stringify(stack.status(side)).match(/"seq":(\d+)/g)[author].slice(6)));

// A form of page as it would be sent: { path, body, type }.
function filled(client, page, word, values = {}, files) {
	const form = client.form(page, word);
	const fields = [...form.fields.filter(([name]) => !(name in values)), ...Object.entries(values).filter(([, v]) => v !== undefined)];
	if (files || form.enctype.startsWith('multipart')) return { path: form.action || page.path, ...multipart(fields, files ?? []) };
	return { path: form.action || page.path, type: 'application/x-www-form-urlencoded',
		body: fields.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&') };
}
const send = (client, { path, body, type }) =>
	client.request('POST', path, { body, headers: { Origin: client.origin, 'Content-Type': type } });
// Sends it three times at once and once more; all are 303 to one place, and `events` were written.
async function twice(client, what, events, { side = 0, leads } = {}) {
	const before = seqs()[side];
	const answers = await Promise.all([1, 2, 3].map(() => send(client, what)));
	answers.push(await send(client, what));
	for (const answer of answers) {
		assert.equal(answer.status, 303, `${what.path}: ${answer.status} ${answer.text.slice(0, 300)}`);
		assert.equal(answer.location, answers[0].location, what.path);
	}
	if (leads) assert.match(answers[0].location, leads);
	assert.equal(seqs()[side] - before, events, `${what.path} wrote ${seqs()[side] - before} events`);
	return answers[0].location;
}
async function withoutId(client, page, word, values, { files, side = 0 } = {}) {
	const before = seqs()[side];
	for (const form_id of [undefined, '', 'x', '0'.repeat(31), '0'.repeat(33), 'G'.repeat(32)]) {
		const answer = await send(client, filled(client, page, word, { ...values, form_id }, files));
		assert.equal(answer.status, 400, `form_id ${form_id}: ${answer.status} ${answer.location}`);
	}
	assert.equal(seqs()[side], before);
}

test.must('a board, a center, everybody logged in', async () => {
	await stack.up();
	[clerk, second, specialist, signer, manager] = await Promise.all(['canbo', 'canbo', 'chuyenvien', 'nguoiky', 'quanly'].map(async (login) => {
		const client = stack.clerks();
		await client.login(login);
		return client;
	}));
	officer = stack.officers();
	await officer.login('tinh');
});

// ---- a new dossier ----
test('a tap too many starts one draft', async () => {
	const home = await clerk.get('/quay');
	await withoutId(clerk, home, '/ho-so/moi', {});
	await twice(clerk, filled(clerk, home, '/ho-so/moi'), 0, { leads: /^\/ho-so\/moi\/[0-9a-f]{32}\/nguoi$/ });
	const drafts = new Set((await clerk.get('/quay?viec=nhap')).html.match(/\/ho-so\/moi\/[0-9a-f]{32}/g));
	assert.equal(drafts.size, 1);
});
let accepted, stale4;
test('accepting: one dossier, one number, one event, though four taps and two tablets', async () => {
	const draft = await startDraft(clerk);
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	const page = await tickPapers(clerk, papers, true);
	await withoutId(clerk, page, '/kiem-tra', {});
	const other = await clerk.get(page.path); // the same page once more, with a form id of its own
	stale4 = filled(clerk, other, '/kiem-tra');
	const location = await twice(clerk, filled(clerk, page, '/kiem-tra', { fee_state: 'later' }), 1, { leads: /^\/ho-so\/[^/]+\/xong(?:\?hen=doi)?$/ });
	accepted = decodeURIComponent(location.split('/')[2]);
	const before = seqs()[0];
	const late = await send(clerk, stale4);
	assert.equal(late.status, 303, 'a draft that became a dossier leads to it');
	assert.equal(late.location.replace(/\?.*/, ''), location);
	assert.equal(seqs()[0], before);
	const back = await clerk.get(page.path);
	assert.equal(back.path.replace(/\?.*/, ''), location, 'F5 and back lead there too');
});
test('two open pages of one draft, accepted at the same moment: one dossier, and both are led to it', async () => {
	for (let i = 0; i < 5; i++) {
		const papers = await chooseProcedure(clerk, await startDraft(clerk), '2.000635');
		const page = await tickPapers(clerk, papers);
		const pages = [page, await second.get(page.path)];
		const before = seqs()[0];
		const answers = await Promise.all(pages.map((one, k) => send([clerk, second][k], filled([clerk, second][k], one, '/kiem-tra', { fee_state: 'later' }))));
		for (const answer of answers) {
			assert.equal(answer.status, 303, answer.text.slice(0, 300));
			assert.equal(answer.location.replace(/\?.*/, ''), answers[0].location.replace(/\?.*/, ''));
		}
		assert.equal(seqs()[0], before + 1);
	}
});
test('with a fee: the money and its receipt are written once, too', async () => {
	const draft = await startDraft(clerk);
	const papers = await chooseProcedure(clerk, draft, '2.000815');
	const page = await tickPapers(clerk, papers, true);
	const location = await twice(clerk, filled(clerk, page, '/kiem-tra', { fee_state: 'paid', fee_pages: '3', fee_copies: '1' }), 3);
	assert.match((await clerk.get(location.replace('/xong', ''))).text, /Thu (phí|lệ phí|tiền)/);
});

// ---- acts ----
test('forward, take, send to sign, sign, finish, return: each once', async () => {
	let page = await clerk.get(url(accepted, 'chuyen'));
	await withoutId(clerk, page, 'chuyen', {});
	await twice(clerk, filled(clerk, page, 'chuyen'), 1);
	await twice(specialist, filled(specialist, await dossier(specialist, accepted), 'nhan-xu-ly'), 1);
	await twice(specialist, filled(specialist, await specialist.get(url(accepted, 'trinh-ky')), 'trinh-ky'), 1);
	await twice(signer, filled(signer, await signer.get(url(accepted, 'ky')), '/ky', { decision: 'sign' }), 1);
	page = await specialist.get(url(accepted, 'ket-qua'));
	const result = { kind: 'Trích lục', number: '01', issuer: 'UBND xã', signer: 'Phạm Thị Thử', signed_on: '24/11/2026' };
	const file = [{ name: 'file', filename: 'a.pdf', type: 'application/pdf', content: pdf() }];
	await withoutId(specialist, page, 'ket-qua', result, { files: file });
	await twice(specialist, filled(specialist, page, 'ket-qua', result, file), 1);
	await twice(clerk, filled(clerk, await clerk.get(url(accepted, 'tra')), '/tra',
		{ receiver: 'applicant', proof: 'slip', signature: 'paper' }), 1);
	assert.match((await dossier(clerk, accepted)).text, /Đã trả/);
});
test('a form id of one act is no pass for another: the second goes where the first went, and is not done', async () => {
	const a = (await acceptDossier(clerk)).code, b = (await acceptDossier(clerk)).code;
	const form_id = fresh();
	const one = await send(clerk, filled(clerk, await clerk.get(url(a, 'ghi-chu')), 'ghi-chu', { text: 'Một', form_id }));
	const two = await send(clerk, filled(clerk, await clerk.get(url(b, 'ghi-chu')), 'ghi-chu', { text: 'Ghi lần hai', form_id }));
	assert.equal(one.location, url(a));
	assert.equal(two.location, url(a));
	assert(!(await dossier(clerk, b)).text.includes('Ghi lần hai'));
});

// ---- somebody was first ----
const acts = [['chuyen', 'chuyen', () => clerk], ['nhan-xu-ly', 'nhan-xu-ly', () => specialist]];
for (const [slug, word, who] of acts) {
	test(`${slug} on a page that was overtaken: 409, who was first and what, nothing stored`, async () => {
		const { code } = await acceptDossier(clerk);
		const open = slug === 'nhan-xu-ly' ? await dossier(specialist, code) : await clerk.get(url(code, slug));
		await act(manager, code, 'chuyen');
		const before = seqs()[0];
		const late = await send(who(), filled(who(), open, word, slug === 'chuyen' ? { note: 'Gõ mãi mới xong <b>' } : {}));
		if (slug === 'chuyen') assert(late.html.includes('Gõ mãi mới xong &lt;b&gt;'), 'what was typed is there still');
		assert(!/class="card"[^]*[0-9a-f]{32}/.test(late.html), 'and nothing that was not');
		assert.equal(late.status, 409, late.text.slice(0, 200));
		assert.match(late.text, /Hoàng Văn Thử/, 'who');
		assert(late.text.includes(code), 'which');
		assert.equal(seqs()[0], before);
		assert(late.html.includes(`href="${url(code)}"`), 'the way on');
	});
}
test('the same act by two people at the same moment: one did it, the other is told', async () => {
	const { code } = await acceptDossier(clerk);
	await act(specialist, code, 'nhan-xu-ly');
	await act(specialist, code, 'trinh-ky');
	const other = stack.clerks();
	await other.login('nguoiky');
	const pages = [await signer.get(url(code, 'ky')), await other.get(url(code, 'ky'))];
	const before = seqs()[0];
	const answers = await Promise.all([send(signer, filled(signer, pages[0], '/ky', { decision: 'sign' })),
		send(other, filled(other, pages[1], '/ky', { decision: 'back', reason: 'Thiếu số' }))]);
	assert.deepEqual(answers.map((a) => a.status).sort(), [303, 409]);
	assert.equal(seqs()[0], before + 1);
	other.close();
});
test('a page without what it has seen is refused', async () => {
	const { code } = await acceptDossier(clerk);
	const page = await clerk.get(url(code, 'chuyen'));
	const before = seqs()[0];
	for (const seen of [undefined, '', 'x', '0'.repeat(32)]) {
		const answer = await send(clerk, filled(clerk, page, 'chuyen', { seen, form_id: fresh() }));
		assert([400, 409].includes(answer.status), `seen=${seen}: ${answer.status}`);
	}
	assert.equal(seqs()[0], before);
});
test('another clerk\'s draft asks once whether to take it over; the first then is told', async () => {
	stack.tram('board', ['user', 'add', 'canbo.hai', '--name', 'Nguyễn Thị Thử', '--roles', 'intake', '--keep-password'], `${PASSWORD}\n`);
	const colleague = stack.clerks();
	await colleague.login('canbo.hai');
	const draft = await startDraft(clerk);
	const open = await clerk.get(`/ho-so/moi/${draft.id}/nguoi`);
	const asked = await colleague.get(`/ho-so/moi/${draft.id}/nguoi`);
	assert.match(asked.text, /Trần Thị Thử/);
	const taken = filled(colleague, asked, '/nhan-lai');
	for (let i = 0; i < 2; i++) assert.equal((await send(colleague, taken)).status, 303);
	const late = await send(clerk, filled(clerk, open, '/nguoi', { name: 'Không được ghi' }));
	assert.equal(late.status, 409);
	assert.match(late.text, /Nguyễn Thị Thử/);
	assert.match(late.text, /Không được ghi/, 'what was typed is there still');
	assert(!(await colleague.get(`/ho-so/moi/${draft.id}/nguoi`)).html.includes('Không được ghi'));
	colleague.close();
});

// ---- paper ----
test('a reprint is counted, a double tap of it is not; the slip says which print it is', async () => {
	const { code, page } = await acceptDossier(clerk);
	assert(!/Đã in giấy hẹn/.test(page.text));
	const slips = [await clerk.get(url(code, 'giay-hen'))];
	assert.equal(slips[0].status, 200);
	assert(!(await dossier(clerk, code)).text.includes('In giấy hẹn lần'), 'looking is not printing');
	for (let print = 1; print <= 2; print++) {
		await twice(clerk, filled(clerk, slips[0], '/da-in', { form_id: fresh() }), 1);
		slips.push(await clerk.get(url(code, 'giay-hen')));
	}
	assert.match((await clerk.get(url(code, 'xong'))).text, /Đã in giấy hẹn/);
	assert(!/Bản in lại/.test(slips[0].text), 'the first slip is no reprint');
	assert.match(slips[1].text, /Bản in lại lần 1/);
	assert.match(slips[2].text, /Bản in lại lần 2/);
});

// ---- the link ----
test('with the center dead: kept at the counter, said so, and nothing waits', async () => {
	await stack.stop('center');
	const begun = Date.now();
	const { code, page } = await acceptDossier(clerk, { procedure: '9.999001', files: true });
	assert(Date.now() - begun < 5000, 'a dead link slows nobody');
	assert.match(page.text, /Đã lưu tại quầy/);
	assert(!/Tỉnh đã nhận đủ/.test(page.text.replace(/xác nhận lần cuối.*/, '')) || /Đã lưu tại quầy/.test(page.text));
	assert(page.text.includes(code));
	await handOver(clerk, code);
	assert.match((await dossier(clerk, code)).text, /Đã lưu tại quầy/);
	assert.equal((await clerk.get(url(code, 'giay-hen'))).status, 200);
	accepted = code;
	await stack.start('center');
	await stack.drained();
	officer = stack.officers();
	await officer.login('tinh');
});
test('the official code comes once, whatever is sent again', async () => {
	const shown = await until('the board knows the code', 20, async () => {
		const page = await dossier(clerk, accepted);
		return /H27\.\d+[-0-9.]*-\d{6}-\d+/.exec(page.text)?.[0];
	});
	// The board forgets what the center has confirmed and sends all of it again, twice.
	for (let i = 0; i < 2; i++) {
		await stack.kill('board');
		await stack.kill('center');
		execFileSync('sqlite3', [path.join(stack.data, 'board/db/tram.db'), 'UPDATE link_state SET sent_seq = 0']);
		assert(stack.status().unsent > 0);
		await stack.start('center');
		await stack.start('board');
		await stack.drained();
	}
	const page = await dossier(clerk, accepted);
	const codes = new Set(page.text.match(/H27\.\d+[-0-9.]*-\d{6}-\d+/g));
	assert.deepEqual([...codes], [shown]);
	const there = await officer.get(`/ho-so/b18685-1/${encodeURIComponent(accepted)}`);
	assert.deepEqual([...new Set(there.text.match(/H27\.\d+[-0-9.]*-\d{6}-\d+/g))], [shown]);
	const byCode = await clerk.submit(await clerk.get('/quay'), '/tim', { q: shown.toLowerCase() });
	assert.equal(byCode.redirected, url(accepted), 'it is an address too');
});
test('the province\'s acts: each once; overtaken, told', async () => {
	const where = `/ho-so/b18685-1/${encodeURIComponent(accepted)}`;
	const page = await officer.get(where);
	await withoutId(officer, page, 'nhan-xu-ly', {}, { side: 1 });
	await twice(officer, filled(officer, page, 'nhan-xu-ly'), 1, { side: 1 });
	const late = await send(officer, filled(officer, page, 'nhan-xu-ly', { form_id: fresh() }));
	assert.equal(late.status, 409);
	const open = await officer.get(`${where}/tu-choi`);
	const file = [{ name: 'file', filename: 'a.pdf', type: 'application/pdf', content: pdf() }];
	await twice(officer, filled(officer, await officer.get(`${where}/ket-qua`), 'ket-qua',
		{ kind: 'Quyết định', number: '1', issuer: 'Sở', signer: 'Trần Thử', signed_on: '24/11/2026', summary: 'Đồng ý' }, file), 2, { side: 1 });
	const before = seqs()[1];
	const refused = await send(officer, filled(officer, open, 'tu-choi', { reason: 'Muộn rồi' }));
	assert.equal(refused.status, 409);
	assert.match(refused.text, /Muộn rồi/, 'what was typed is there still');
	assert.equal(seqs()[1], before);
	await until('the result is here', 20, async () => /Có kết quả, chờ trả/.test((await dossier(clerk, accepted)).text));
	await stack.drained();
	stack.verifyBoth();
	for (const client of [clerk, second, specialist, signer, manager, officer]) client.close();
});

await run();
