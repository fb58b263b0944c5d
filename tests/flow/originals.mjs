// Goal: a citizen's originals that lie at the point: kept at acceptance and later, given back apart
// and with the result, counted on the dossier, the list, the shift's sheet and the day's; never
// forgotten at the return. Sent twice is once; rebuilt is the same.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, acceptDossier, act, chooseProcedure, dossier, startDraft, url } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'originals', ports: [9550, 9556] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer;

const short = (code) => code.split('-').slice(1).join('-');
const page = (code) => clerk.get(url(code, 'ban-goc'));
const keep = async (code, values) => clerk.submit(await page(code), 'value="keep"', { paper: 'Giấy khai sinh', count: '1', note: '', ...values }, { button: 'do=keep' });
const fault = (answer, field) => answer.status === 422 && answer.html.includes(`id="${field}-loi"`);
const total = async () => Number(/Tất cả (\d+) bản gốc/.exec((await clerk.get('/ban-goc')).text)?.[1] ?? 0);
// Posts one of the page's two forms with what is given.
async function send(client, from, which, values, repeat = 1) {
	const form = client.form(from, `value="${which}"`);
	const fields = form.fields.filter(([name]) => name in { csrf: 1, form_id: 1, seen: 1 });
	const answers = await Promise.all(Array.from({ length: repeat }, () => client.post(form.action, [...fields, ['do', which], ...values])));
	return repeat === 1 ? answers[0] : answers;
}
async function decided(code) {
	await act(specialist, code, 'nhan-xu-ly');
	const at = await specialist.get(url(code, 'trinh-ky'));
	await act(specialist, code, 'trinh-ky', { signer: /name="signer" value="([^"]+)"/.exec(at.html)[1] });
	await act(signer, code, 'ky', { decision: 'sign' });
	await act(specialist, code, 'ket-qua', { kind: 'Bản sao trích lục', number: '02/TLKS-BS', signed_on: '24/11/2026', issuer: 'UBND xã', signer: 'Phạm Thị Thử', summary: 'Trích lục' },
		{ files: [{ name: 'file', filename: 'ket-qua.pdf', type: 'application/pdf', content: pdf() }] });
}

test.must('a board', async () => {
	await stack.up(['board']);
	[clerk, specialist, signer] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky'].map(async (login) => {
		const client = stack.clerks();
		await client.login(login);
		return client;
	}));
});

test('kept at acceptance: on the dossier, in the list, asked for at the return', async () => {
	const draft = await startDraft(clerk);
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	const id = /name="kept\.([^"]+)"/.exec(papers.html)[1];
	const check = await clerk.submit(papers, '/tai-len/', { add_name: '', [`kept.${id}`]: '1', [`originals.${id}`]: '2' }, { button: 'all', files: [] });
	const { code } = await accept(clerk, check);
	assert.match((await dossier(clerk, code)).text, /Đang giữ 2 bản gốc:/);
	assert((await clerk.get('/ban-goc')).text.includes(short(code)));
	await decided(code);
	const open = await clerk.get(url(code, 'tra'));
	const name = /name="bg\.1" value="([^"]+)"/.exec(open.html)[1];
	const values = { receiver: 'applicant', proof: 'slip', signature: 'paper', slip_taken: '1' };
	const asked = await clerk.submit(open, '/tra', values);
	assert(fault(asked, 'bg'), asked.text.slice(0, 500));
	assert.match(asked.text, /Còn bản gốc đang giữ/);
	await act(clerk, code, 'tra', { ...values, 'bg.1': name });
	const after = await dossier(clerk, code);
	assert.match(after.text, /Trả bản gốc ?: [^;]+\(2 bản\)/);
	assert(!after.text.includes('Đang giữ 2 bản gốc'));
	assert(!(await clerk.get('/ban-goc')).text.includes(short(code)));
});

test('what stays here at the return is said so, and given back later', async () => {
	const { code } = await acceptDossier(clerk);
	await keep(code, { paper: 'Giấy chứng sinh', count: '1' });
	await decided(code);
	await act(clerk, code, 'tra', { receiver: 'applicant', proof: 'slip', signature: 'paper', slip_taken: '1', bg_giu: '1' });
	assert.match((await dossier(clerk, code)).text, /Đang giữ 1 bản gốc: Giấy chứng sinh \(1 bản\)/);
	const at = await page(code);
	assert(!at.html.includes('value="keep"'), 'nothing more is kept of a closed dossier');
	assert.equal((await send(clerk, at, 'back', [['bg.1', 'Giấy chứng sinh'], ['receiver', 'applicant']])).status, 303);
	assert(!(await dossier(clerk, code)).text.includes('Đang giữ'));
});

test('kept and given back in between; wrong input comes back as typed; sent twice is once', async () => {
	const { code } = await acceptDossier(clerk), before = await total();
	for (const [values, field] of [[{ paper: '' }, 'paper'], [{ count: '0' }, 'count'], [{ count: '101' }, 'count'], [{ count: 'hai' }, 'count']]) {
		const answer = await keep(code, { note: 'Gửi đối chiếu', ...values });
		assert(fault(answer, field), `${field}: ${answer.status}`);
		assert(answer.text.includes('Gửi đối chiếu'));
	}
	const open = await page(code);
	const answers = await send(clerk, open, 'keep', [['paper', 'Sổ hộ khẩu cũ'], ['count', '3'], ['note', '']], 3);
	assert.deepEqual(answers.map((a) => a.status), [303, 303, 303]);
	await keep(code, { paper: 'Giấy khai sinh', count: '2' });
	assert.equal(await total(), before + 5);
	assert.match((await dossier(clerk, code)).text, /Giữ bản gốc ?: Sổ hộ khẩu cũ \(3 bản\)/);
	const at = await page(code);
	assert.match(at.text, /Đang giữ 5 bản gốc/);
	assert(fault(await send(clerk, at, 'back', [['receiver', 'applicant']]), 'bg'));
	assert(fault(await send(clerk, at, 'back', [['bg.1', 'Sổ hộ khẩu cũ'], ['receiver', 'other'], ['name', '']]), 'name'));
	assert(fault(await send(clerk, at, 'back', [['bg.1', 'Giấy của người khác'], ['receiver', 'applicant']]), 'bg'), 'only what is here');
	const back = await send(clerk, at, 'back', [['bg.1', 'Sổ hộ khẩu cũ'], ['receiver', 'other'], ['name', 'Trần Văn Nhận'], ['number', '000099990001']], 3);
	assert.deepEqual(back.map((a) => a.status), [303, 303, 303]);
	assert.equal(await total(), before + 2);
	assert.match((await dossier(clerk, code)).text, /Trả bản gốc ?: Sổ hộ khẩu cũ \(3 bản\) – Trần Văn Nhận/);
});

test('two clerks give back the same original: the second is told', async () => {
	const { code } = await acceptDossier(clerk);
	await keep(code, {});
	const manager = stack.clerks();
	await manager.login('quanly');
	const mine = await page(code), theirs = await manager.get(url(code, 'ban-goc'));
	assert.equal((await send(clerk, mine, 'back', [['bg.1', 'Giấy khai sinh'], ['receiver', 'applicant']])).status, 303);
	const late = await send(manager, theirs, 'back', [['bg.1', 'Giấy khai sinh'], ['receiver', 'applicant']]);
	assert.equal(late.status, 422);
	assert.match(late.text, /không có bản gốc nào đang giữ/);
	assert.equal((await specialist.get(url(code, 'ban-goc'))).status, 403);
});

test('counted when the shift and the day are closed', async () => {
	const now = await total();
	assert(now > 0);
	const shift = await clerk.get('/chot-ca');
	assert.match(shift.text, new RegExp(`Bản gốc đang giữ ${now}`));
	const sheet = await clerk.submit(shift, '/chot-ca', { cash: '0' });
	assert.match(sheet.text, new RegExp(`Bản gốc đang giữ ${now}`));
	const day = await clerk.get('/chot-ngay');
	assert.match(day.text, new RegExp(`Bản gốc đang giữ ${now}`));
	assert.match((await clerk.submit(day, '/chot-ngay')).text, new RegExp(`Bản gốc đang giữ ${now}`));
});

test('rebuilt tables are the same', async () => {
	const compared = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(compared.status, 0, compared.stdout + compared.stderr);
	const before = await total();
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	assert.equal(await total(), before);
});

run();
