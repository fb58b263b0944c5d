// Goal: letters become drafts whose clock starts at the postmark; results leave by post in one list
// with their tracking numbers and labels, and are delivered or come back. Sent twice is done once.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, dossier, signAtCommune, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { inDays } from '../lib/days.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'post', ports: [9330, 9336] });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer;

const fresh = (login) => stack.clerk(login);
const fault = (page, field) => page.status === 422 && page.html.includes(`id="${field}-loi"`);
const drafts = async () => (await clerk.get('/quay?viec=nhap')).html.match(/\/ho-so\/moi\/[0-9a-f]{32}\/nguoi/g)?.length ?? 0;
async function byPost() {
	const { code } = await acceptDossier(clerk, { values: { way: 'post', d_name: 'Nguyễn Văn Thử',
		d_phone: '0900000123', d_address: 'Thôn Chạy Thử, xã Cẩm Bình' } });
	await signAtCommune({ specialist, signer }, code);
	await act(specialist, code, 'ket-qua', { kind: 'Giấy xác nhận', number: '05/XN', issuer: 'UBND xã', signer: 'Phạm Thị Thử',
		signed_on: '24/11/2026' }, { files: [{ name: 'file', filename: 'kq.pdf', type: 'application/pdf', content: pdf() }] });
	return code;
}
async function thrice(client, page, word, values, button) {
	const form = client.form(page, word);
	const sent = [...form.fields.filter(([n]) => !(n in values)), ...Object.entries(values), ...(button ? [button] : [])];
	const answers = await Promise.all([1, 2, 3].map(() => client.post(form.action, sent)));
	assert.deepEqual(answers.map((a) => a.status), [303, 303, 303], answers[0].text.slice(0, 300));
	assert.equal(new Set(answers.map((a) => a.location)).size, 1);
	assert.equal((await client.post(form.action, sent)).status, 303);
	return answers[0].location;
}

test.must('a board without its center, three people', async () => {
	await stack.up(['board']);
	[clerk, specialist, signer] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky'].map(fresh));
});
test('a batch of letters becomes drafts by post, once', async () => {
	const page = await clerk.get('/buu-chinh/nhan');
	for (const [values, field] of [[{ postmark: '', letters: 'EA000000001VN' }, 'postmark'], [{ postmark: '31/02/2026', letters: 'EA000000001VN' }, 'postmark'],
		[{ postmark: inDays(3).typed, letters: 'EA000000001VN' }, 'postmark'], [{ postmark: inDays(-4).typed, letters: '' }, 'letters']])
		assert(fault(await clerk.submit(page, '/buu-chinh/nhan', values), field), JSON.stringify(values));
	const before = await drafts();
	await thrice(clerk, page, '/buu-chinh/nhan', { postmark: inDays(-4).typed, letters: 'ea000000001vn: Trần Thị Mẫu\n\nEA000000002VN\n' });
	assert.equal(await drafts(), before + 2);
	const list = await clerk.get('/quay?viec=nhap');
	assert(list.text.includes('Trần Thị Mẫu'));
	const draft = await clerk.get(/\/ho-so\/moi\/[0-9a-f]{32}\/nguoi/.exec(list.html.slice(list.html.indexOf('Trần Thị Mẫu') - 120))[0]);
	assert(/EA000000001VN/.test(draft.html) && draft.html.includes(inDays(-4).typed), draft.text.slice(0, 200));
});
let sent, codes;
test('results that the citizen wants by post leave in one list with their numbers', async () => {
	codes = [await byPost(), await byPost(), await byPost()];
	const page = await clerk.get('/buu-chinh/giao');
	assert.match(page.text, /Nguyễn Văn Thử 0900000123 Thôn Chạy Thử/);
	assert(!/\/tep\//.test(page.html), 'no scans');
	const ids = [...page.html.matchAll(/name="vd_([0-9a-f]{32})"/g)].map((m) => m[1]);
	assert.equal(ids.length, 3);
	assert(fault(await clerk.submit(page, '/buu-chinh/giao', {}), 'carrier'), 'nothing typed');
	const wrong = await clerk.submit(page, '/buu-chinh/giao', { [`vd_${ids[0]}`]: 'EX000000001VN', [`cuoc_${ids[0]}`]: 'hai mươi' });
	assert(fault(wrong, 'carrier') && wrong.html.includes('EX000000001VN'));
	sent = await thrice(clerk, page, '/buu-chinh/giao', { carrier: 'Bưu tá Lê Văn Giả', [`vd_${ids[0]}`]: 'ex000000001vn',
		[`cuoc_${ids[0]}`]: '22000', [`vd_${ids[1]}`]: 'EX000000002VN' });
	assert.match((await clerk.get(sent)).text, /2 hồ sơ[\s\S]*EX000000001VN/);
	assert.match((await clerk.get(`${sent}/nhan`)).text, /Nguyễn Văn Thử[\s\S]*EX000000001VN/);
	const rest = await clerk.get('/buu-chinh/giao');
	assert.equal(rest.html.match(/name="vd_/g).length, 1, 'one stays');
	assert.match(rest.text, /Đang ở bưu điện[\s\S]*EX000000002VN/);
});
test('delivered: returned by post; undelivered: here again, and may leave again', async () => {
	const page = await clerk.get('/buu-chinh/giao');
	const at = (tracking) => page.html.lastIndexOf('action="/ho-so/', page.html.indexOf(`name="tracking" value="${tracking}"`));
	const action = (tracking) => /action="([^"]+)"/.exec(page.html.slice(at(tracking)))[1];
	await thrice(clerk, page, action('EX000000001VN'), {}, ['outcome', 'delivered']);
	const first = decodeURIComponent(action('EX000000001VN').split('/')[2]), second = decodeURIComponent(action('EX000000002VN').split('/')[2]);
	assert.match((await dossier(clerk, first)).text, /Tình trạng Đã trả/);
	assert.equal((await dossier(clerk, first)).text.match(/Kết quả chuyển phát/g).length, 1);
	const late = await clerk.submit(page, action('EX000000001VN'), { form_id: '0123456789abcdef0123456789abcdef' }, { button: 'delivered' });
	assert.equal(late.status, 409);
	await clerk.submit(await clerk.get('/buu-chinh/giao'), action('EX000000002VN'),
		{ reason: 'Người nhận đi vắng' }, { button: 'back' });
	const back = await dossier(clerk, second);
	assert.match(back.text, /Có kết quả, chờ trả/);
	assert.match(back.text, /Kết quả chuyển phát : Người nhận đi vắng/);
	assert.match(back.text, /Nơi để hồ sơ Quầy trả kết quả \(bưu điện hoàn\)/);
	assert(!(await clerk.get('/buu-chinh/giao')).text.includes('Đang ở bưu điện'));
});
test('the post is not for everyone', async () => {
	for (const path of ['/buu-chinh/nhan', '/buu-chinh/giao']) assert.equal((await specialist.get(path)).status, 403);
	assert.equal((await clerk.get('/ban-giao/BG-260101-0001/nhan')).status, 404);
});
test('the post\'s own people see address and phone and the result, no scan of what was handed in', async () => {
	stack.tram('board', ['user', 'add', 'buuta', '--name', 'Lê Văn Giả', '--roles', 'returner', '--keep-password'], `${PASSWORD}\n`);
	const { code } = await acceptDossier(clerk, { files: true });
	const scan = /\/ho-so\/[^"]+\/tep\/[0-9a-f]{64}/.exec((await dossier(clerk, code)).html)[0];
	const result = /\/ho-so\/[^"]+\/tep\/[0-9a-f]{64}/.exec((await dossier(clerk, codes[2])).html)[0];
	let buuta = await fresh('buuta');
	assert.equal((await buuta.get(scan)).status, 200, 'the commune\'s own returner');
	execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, 'board/auth/auth.db'),
		'UPDATE account SET employer = \'post\' WHERE login = \'buuta\'']);
	buuta = await fresh('buuta');
	const page = await dossier(buuta, code);
	assert.match(page.text, /090\d/);
	assert(!page.html.includes('/tep/'), 'a scan is offered');
	assert.equal((await buuta.get(scan)).status, 403);
	assert.equal((await buuta.get(result)).status, 200);
	assert.equal((await clerk.get(scan)).status, 200);
});
test('rebuilt from the journal, as it was', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
