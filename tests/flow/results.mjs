// Goal: a dossier ends with its results, several if there are several, each with its files; they are
// handed out whole or in part, over the counter or elsewhere, with the originals; a file that nobody
// could open is refused kindly.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, dossier, signAtCommune, url } from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'results', ports: [9436, 9446] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer;

const fresh = (login) => stack.clerk(login);
const file = (name, content, filename = 'kq.pdf') => ({ name, filename, type: 'application/pdf', content });
const one = { kind: 'Giấy xác nhận', number: '05/XN', issuer: 'UBND xã', signer: 'Phạm Thị Thử', signed_on: '24/11/2026' };
const two = { kind_2: 'Quyết định', number_2: '06/QĐ', issuer_2: 'UBND xã', signer_2: 'Phạm Thị Thử', signed_on_2: '25/11/2026',
	issued_on_2: '26/11/2026' };
async function signed() {
	const { code } = await acceptDossier(clerk);
	await signAtCommune({ specialist, signer }, code);
	return code;
}
async function withTwo() {
	const code = await signed();
	const first = await specialist.get(url(code, 'ket-qua'));
	const second = await specialist.submit(first, 'ket-qua', one, { button: 'add', files: [file('file', pdf('Mot'))] });
	assert.equal(second.status, 200);
	assert(second.html.includes('name="kind_2"') && second.html.includes('05/XN') && second.text.includes('kq.pdf'), 'typed words and the file stay');
	const done = await specialist.submit(second, 'ket-qua', two, { files: [file('file_2', pdf('Hai'))] });
	assert.equal(done.redirected, url(code), done.text.slice(0, 400));
	return { code, done };
}
const fault = (page, field) => page.status === 422 && page.html.includes(`id="${field}-loi"`);
const receiver = { receiver: 'applicant', proof: 'slip', signature: 'paper', slip_taken: '1' };

test.must('a board without its center, three people', async () => {
	await stack.up(['board']);
	[clerk, specialist, signer] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky'].map(fresh));
});
test('an empty file, one behind a password, and one that is no document are refused; the words stay', async () => {
	const code = await signed();
	const locked = Buffer.from('%PDF-1.5\ntrailer << /Size 8 /Root 1 0 R /Encrypt 7 0 R >>\n%%EOF\n');
	for (const [content, word] of [[Buffer.alloc(0), /Tệp này rỗng/], [locked, /có mật khẩu/], [Buffer.from('MZ không phải tài liệu'.repeat(4)), /không phải PDF/]]) {
		const page = await specialist.submit(await specialist.get(url(code, 'ket-qua')), 'ket-qua', one, { files: [file('file', content)] });
		assert(fault(page, 'file'), page.text.slice(0, 300));
		assert.match(page.text, word);
		assert(page.html.includes('05/XN'));
	}
	assert.match((await dossier(clerk, code)).text, /Tình trạng Đã ký/);
	const none = await specialist.submit(await specialist.get(url(code, 'ket-qua')), 'ket-qua', one, { files: [file('file', Buffer.alloc(0), '')] });
	assert.equal(none.redirected, url(code), 'no file is no fault');
});
test('two results with their files; a fault of the second stands at its field', async () => {
	const { done } = await withTwo();
	assert.match(done.text, /Giấy xác nhận[\s\S]*Quyết định/);
	assert.match(done.text, /Tệp kết quả 1[\s\S]*Tệp kết quả 2/);
	const code = await signed();
	const second = await specialist.submit(await specialist.get(url(code, 'ket-qua')), 'ket-qua', one, { button: 'add', files: [] });
	const wrong = await specialist.submit(second, 'ket-qua', { ...two, signed_on_2: '31/02/2026', kind_2: '' }, { files: [] });
	assert(fault(wrong, 'signed_on_2') && fault(wrong, 'kind_2') && !wrong.html.includes('id="kind-loi"'));
	assert(wrong.html.includes('06/QĐ'));
});
test('handed out in part, then the rest; a second tap is the first', async () => {
	const { code } = await withTwo();
	const page = await clerk.get(url(code, 'tra'));
	assert(fault(await clerk.submit(page, '/tra', { ...receiver, kq: undefined }), 'kq'));
	const form = clerk.form(page, '/tra').fields.filter(([n]) => !(n in receiver) && n !== 'kq');
	const sent = [...form, ...Object.entries(receiver), ['kq', '2']];
	const answers = await Promise.all([1, 2].map(() => clerk.post(url(code, 'tra'), sent)));
	assert.deepEqual(answers.map((a) => a.status), [303, 303]);
	assert.equal((await clerk.post(url(code, 'tra'), sent)).status, 303);
	let shown = await dossier(clerk, code);
	assert.match(shown.text, /Có kết quả, chờ trả/);
	assert.equal(shown.text.match(/Trả một phần kết quả/g).length, 1);
	const rest = await clerk.get(url(code, 'tra'));
	assert.match(rest.text, /Quyết định · 06\/QĐ Đã trả/);
	await clerk.submit(rest, '/tra', receiver);
	shown = await dossier(clerk, code);
	assert.match(shown.text, /Tình trạng Đã trả/);
});
test('another point and the post need their name and number', async () => {
	const { code } = await withTwo();
	const page = await clerk.get(url(code, 'tra'));
	assert(fault(await clerk.submit(page, '/tra', { ...receiver, way: 'point', point: '' }), 'point'));
	assert(fault(await clerk.submit(page, '/tra', { ...receiver, way: 'post' }), 'tracking'));
	assert.equal((await clerk.submit(page, '/tra', { ...receiver, way: 'bay' })).status, 422);
	await clerk.submit(page, '/tra', { ...receiver, proof: 'referral', way: 'point', point: 'Điểm tiếp nhận số 2' });
	assert.match((await dossier(clerk, code)).text, /Tình trạng Đã trả/);
	assert.equal((await clerk.get(url(code, 'tra'))).status, 409);
	assert.equal((await specialist.get(url(code, 'tra'))).status, 403);
});
test('signed for on the tablet: read strictly, on the dossier and the receipt; the paper stays the way without', async () => {
	const { code } = await withTwo();
	const page = await clerk.get(url(code, 'tra'));
	const values = { receiver: 'applicant', proof: 'slip', slip_taken: '1', signature: 'screen', kq: ['1', '2'] };
	const ink = 's120_40_100_60_100_-60s300_10_-50_50';
	for (const bad of ['', 's1_2_3_4', 's120_40_900_0', '"/><script>alert(1)</script>', 's1_1_'.repeat(4000)]) {
		const answer = await clerk.submit(page, '/tra', { ...values, ink: bad });
		assert.equal(answer.status, 422, bad.slice(0, 30));
		assert(answer.html.includes('id="signature-loi"') || answer.html.includes('id="ink"'), answer.text.slice(0, 300));
		assert(!answer.html.includes('<script>alert'));
	}
	const again = await clerk.submit(page, '/tra', { ...values, kq: [], ink });
	assert.equal(again.status, 422);
	assert(again.html.includes(`name="ink" value="${ink}"`), 'what was signed is not asked for twice');
	await act(clerk, code, 'tra', { ...values, ink });
	const path = 'M120 40L220 100L320 40M300 10L250 60';
	assert((await dossier(clerk, code)).html.includes(path), 'on the dossier');
	const receipt = await clerk.get(url(code, 'in/bien-nhan'));
	assert(receipt.html.includes(path), 'on the receipt of return');
	assert.match(receipt.text, /đã ký trên màn hình/);
	const { code: other } = await withTwo();
	await act(clerk, other, 'tra', { ...values, signature: 'paper', ink });
	assert(!(await dossier(clerk, other)).html.includes(path), 'signed on paper: nothing drawn is kept');
	assert(!(await clerk.get(url(other, 'in/bien-nhan'))).html.includes('class="ink"'));
});
test('rebuilt from the journal, as it was', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
