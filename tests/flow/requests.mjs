// Goal: while the province holds a dossier the point asks for what only the holder may do; the officer
// grants or refuses with a reason, both sides read it in words, nothing changes before, and what was
// granted is done: sent back, withdrawn, another due time, another name.
import { strict as assert } from 'node:assert';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, handOver, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'requests', ports: [9500, 9510] });
cleanup((failed) => stack.down(failed));
let clerk, manager, specialist, officer, second, board, returner, citizen;

const there = (code, slug = '') => `/ho-so/${board}/${encodeURIComponent(code)}${slug && `/${slug}`}`;
const short = (code) => code.split('-').slice(1).join('-');
// A working day some weeks on, at 10:00.
function later(days) {
	const day = new Date(Date.now() + days * 864e5);
	while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
	return `${day.toISOString().slice(0, 10)}T10:00`;
}
async function atProvince() {
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	await handOver(clerk, code);
	await until('the province has it', 30, async () => (await officer.get(there(code))).html.includes('nhan-xu-ly'));
	return code;
}
async function take(code) {
	await officer.submit(await officer.get(there(code)), 'nhan-xu-ly');
	await until('taken, as the point sees it', 30, async () => (await dossier(clerk, code)).text.includes('Đang xử lý (ở Tỉnh)'));
}
async function ask(code, values, client = clerk) {
	const page = await client.get(url(code, 'yeu-cau'));
	assert.equal(page.status, 200, page.text.slice(0, 300));
	return client.submit(page, '/yeu-cau"', values);
}
async function secretOf(code) {
	return /<b>([0-9A-Z]{4}-[0-9A-Z]{4})<\/b>/.exec((await clerk.get(url(code, 'giay-hen'))).html)[1];
}
const lookup = (so, ma) => citizen.post('/tra-cuu', { so, ma });
// The officer's page of the only open request, once it has come.
async function request(code) {
	let found;
	await until('the request reaches the province', 30, async () => {
		found = /href="([^"]+\/de-nghi\/[0-9a-f]{32})"/.exec((await officer.get(there(code))).html)?.[1];
		return found;
	});
	return found;
}
async function answer(code, values) {
	const at = await request(code);
	return officer.submit(await officer.get(at), '/de-nghi/', values);
}
const answered = (code, words) => until(`the point reads: ${words}`, 30, async () => words.test((await clerk.get(url(code, 'yeu-cau'))).text));

test.must('a board, its center, two officers', async () => {
	await stack.up();
	const login = async (who, client = stack.clerks()) => (await client.login(who), client);
	[clerk, manager, specialist] = await Promise.all(['canbo', 'quanly', 'chuyenvien'].map((who) => login(who)));
	officer = await login('tinh', stack.officers());
	second = await login('tinh', stack.officers());
	board = stack.boardId();
	returner = await login('canbo');		// another tablet of the counter
	citizen = stack.lookup();
});

test('nothing is asked of the province while the point holds the dossier; a specialist may not ask', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	assert(!(await dossier(clerk, code)).html.includes(`${url(code, 'yeu-cau')}"`));
	const page = await clerk.get(url(code, 'yeu-cau'));
	assert.match(page.text, /không có việc nào cần đề nghị Tỉnh/);
	assert(!page.html.includes('name="act"'));
	assert.equal((await specialist.get(url(code, 'yeu-cau'))).status, 403);
	assert.equal((await clerk.get(url(code, 'yeu-cau/sua'))).status, 409);
});

test('what is done directly and refused for who holds it leads to the request', async () => {
	const code = await atProvince();
	const refused = await clerk.get(url(code, 'rut'));
	assert.equal(refused.status, 409);
	assert(refused.html.includes(`${url(code)}/yeu-cau`), 'a way on');
	assert((await dossier(clerk, code)).html.includes(`${url(code)}/yeu-cau"`), 'among the acts');
});

test('bad input comes back with everything typed; the acts follow what the province can do', async () => {
	const code = await atProvince();
	const page = await clerk.get(url(code, 'yeu-cau'));
	const acts = [...page.html.matchAll(/name="act" value="(\w+)"/g)].map((m) => m[1]).sort();
	assert.deepEqual(acts, ['due_change', 'extend', 'recall', 'replace_file', 'stop', 'void', 'withdraw']);
	for (const [values, field] of [
		[{ reason: 'Người dân xin rút' }, 'act'], [{ act: 'bay', reason: 'Người dân xin rút' }, 'act'],
		[{ act: 'withdraw', reason: '' }, 'reason'], [{ act: 'due_change', reason: 'Chờ xác minh' }, 'due_at'],
		[{ act: 'due_change', reason: 'Chờ xác minh', due_at: '2020-01-01T08:00' }, 'due_at'],
		[{ act: 'due_change', reason: 'Chờ xác minh', due_at: 'mai' }, 'due_at']]) {
		const again = await clerk.submit(page, '/yeu-cau"', values);
		assert.equal(again.status, 422, JSON.stringify(values));
		assert(again.html.includes(`id="${field}-loi"`), `${field}: ${again.text.slice(0, 400)}`);
		if (values.reason) assert(again.text.includes(values.reason), 'what was typed stays');
	}
	assert.equal((await ask(code, { act: 'hand_back', reason: 'Xin trả hồ sơ' })).status, 409, 'nobody has taken it: it is called back');
	await take(code);
	assert.match((await clerk.get(url(code, 'yeu-cau'))).html, /value="hand_back"/);
});

test('refused: the reason is read on both sides, the dossier is as it was', async () => {
	const code = await atProvince();
	await take(code);
	const page = await clerk.get(url(code, 'yeu-cau'));
	const stale = await manager.get(url(code, 'yeu-cau'));
	const form = clerk.form(page, '/yeu-cau"');
	const sent = [...form.fields.filter(([n]) => n !== 'act'), ['act', 'withdraw']].map(([n, v]) => [n, n === 'reason' ? 'Người dân xin rút' : v]);
	const twice = await Promise.all([1, 2, 3].map(() => clerk.post(form.action, sent)));
	assert.deepEqual(twice.map((a) => a.status), [303, 303, 303]);
	const after = await clerk.get(url(code, 'yeu-cau'));
	assert.equal(after.text.match(/Đang chờ Tỉnh trả lời/g).length, 1, 'asked once');
	assert(!/value="withdraw"/.test(after.html), 'not offered again while it waits');
	assert.equal((await manager.submit(stale, '/yeu-cau"', { act: 'withdraw', reason: 'Lần hai' })).status, 409);
	assert.match((await clerk.get('/quay')).text, /[1-9]\d* đề nghị đang chờ Tỉnh trả lời/);
	assert.match((await clerk.get('/cau-hoi')).text, new RegExp(`Đề nghị đang chờ Tỉnh trả lời[\\s\\S]*${short(code)}[\\s\\S]*Rút hồ sơ ?: Người dân xin rút`));
	assert.match((await dossier(clerk, code)).text, /Đề nghị ?: Rút hồ sơ – Người dân xin rút/);

	const at = await request(code);
	assert.match((await officer.get('/de-nghi')).text, /Rút hồ sơ ?: Người dân xin rút/);
	assert.match((await officer.get('/ho-so')).text, /Đề nghị của các điểm \([1-9]/);
	assert.match((await officer.get(there(code))).text, /Đề nghị ?: Rút hồ sơ/, 'the timeline there');
	const open = await officer.get(at), other = await second.get(at);
	const bad = await officer.submit(open, '/de-nghi/', { decision: 'refuse', reason: ' ' });
	assert.equal(bad.status, 422);
	assert(bad.html.includes('id="reason-loi"'));
	assert.equal((await officer.submit(open, '/de-nghi/', { decision: 'maybe' })).status, 422);
	const done = await officer.submit(open, '/de-nghi/', { decision: 'refuse', reason: 'Kết quả đã trình ký' });
	assert.equal(done.redirected, there(code));
	const late = await second.submit(other, '/de-nghi/', { decision: 'grant' });
	assert.equal(late.status, 409);
	assert.match(late.text, /đã có người trả lời/);
	assert(!(await officer.get('/de-nghi')).text.includes('Người dân xin rút'));
	await answered(code, /Không đồng ý Kết quả đã trình ký/);
	assert.match((await dossier(clerk, code)).text, /Trả lời đề nghị ?: Không đồng ý – Kết quả đã trình ký/);
	assert.match((await dossier(clerk, code)).text, /Đang xử lý \(ở Tỉnh\)/);
	assert.match((await clerk.get('/cau-hoi')).text, /Đề nghị Tỉnh không đồng ý/);
});

test('withdrawal granted: withdrawn, back at the point, closed', async () => {
	const code = await atProvince();
	await take(code);
	await ask(code, { act: 'withdraw', reason: 'Ông Thử xin rút hồ sơ' });
	const at = await request(code), page = await officer.get(at);
	assert.match(page.text, /Hồ sơ thành Đã rút và được trả về điểm/);
	const form = officer.form(page, '/de-nghi/');
	const sent = form.fields.filter(([n]) => n !== 'decision').concat([['decision', 'grant']]);
	const answers = await Promise.all([1, 2, 3].map(() => officer.post(form.action, sent)));
	assert.deepEqual(answers.map((a) => a.status), [303, 303, 303]);
	await until('withdrawn at the point', 30, async () => (await dossier(clerk, code)).text.includes('Tình trạng Đã rút'));
	await answered(code, /Đồng ý Vũ Thị Thử|Đồng ý Tỉnh/);
	assert.equal((await dossier(clerk, code)).text.match(/Trả lời đề nghị ?: Đồng ý/g).length, 1);
	assert.match((await clerk.get('/cau-hoi')).text, new RegExp(`Đề nghị Tỉnh vừa đồng ý[\\s\\S]*${short(code)}`));
	assert.equal((await officer.get(at)).status, 409);
});

test('called back before anybody took it; then the point voids it itself', async () => {
	const code = await atProvince();
	await ask(code, { act: 'recall', reason: 'Chuyển nhầm sở' });
	await answer(code, { decision: 'grant', reason: '' });
	await until('back at the counter', 30, async () => /Tình trạng Đã tiếp nhận/.test((await dossier(clerk, code)).text));
	assert.equal((await clerk.get(url(code, 'huy'))).status, 200, 'it may be voided now');
	assert.equal((await clerk.get(url(code, 'chuyen-tinh'))).status, 200, 'or handed over again');
});

test('another due time is granted as asked; an apology too', async () => {
	const code = await atProvince();
	await take(code);
	const due = later(40), day = due.slice(0, 10).split('-').reverse().map(Number).join('/');
	await ask(code, { act: 'due_change', due_at: due, reason: 'Chờ xác minh nguồn gốc đất' });
	await answer(code, { decision: 'grant', reason: 'Đã báo sở' });
	await answered(code, /Đồng ý Đã báo sở/);
	assert((await dossier(clerk, code)).text.includes(day), `due ${day}`);
	const after = later(60);
	await ask(code, { act: 'extend', due_at: after, reason: 'Sở chậm trả lời' });
	await answer(code, { decision: 'grant' });
	await until('put off', 30, async () => (await dossier(clerk, code)).text.includes(after.slice(0, 10).split('-').reverse().map(Number).join('/')));
	assert.match((await dossier(clerk, code)).text, /Đang xử lý \(ở Tỉnh\)/, 'the province goes on');
	const again = await ask(code, { act: 'extend', due_at: later(70), reason: 'Sở vẫn chậm' });
	assert(again.status === 422 && again.html.includes('id="due_at-loi"'), 'an apology once');
});

test('a wrong name: asked with a second person, changed only when granted', async () => {
	const code = await atProvince();
	const page = await clerk.get(url(code, 'yeu-cau/sua'));
	assert.equal(page.status, 200, page.text.slice(0, 200));
	assert.equal((await clerk.submit(page, '/yeu-cau/sua', { name: 'Nguyễn Thị Thử Lại', reason: 'Gõ sai tên' })).status, 422, 'a second person is asked');
	const sent = await clerk.submit(page, '/yeu-cau/sua', { name: 'Nguyễn Thị Thử Lại', reason: 'Gõ sai tên',
		second_login: 'quanly', second_password: PASSWORD });
	assert.equal(sent.redirected, url(code, 'yeu-cau'), sent.text.slice(0, 400));
	assert(!/Chủ hồ sơ Nguyễn Thị Thử Lại/.test((await dossier(clerk, code)).text), 'not yet');
	const at = await request(code);
	assert.match((await officer.get(at)).text, /→ Nguyễn Thị Thử Lại/);
	await answer(code, { decision: 'grant' });
	await until('the new name', 30, async () => /Nguyễn Thị Thử Lại/.test((await dossier(clerk, code)).text));
	assert.match((await officer.get(there(code))).text, /Nguyễn Thị Thử Lại/);
	// The paper in the citizen's hand says the old name: until the point has made the new one it stays good.
	const old = await secretOf(code);
	await clerk.submit(await clerk.get(url(code, 'giay-hen')), '/da-in');
	assert.match((await lookup(code, old)).text, /Đang xử lý|Đã chuyển/);
	assert.match((await clerk.get('/in')).text, new RegExp(`Giấy hẹn cần làm mới: nội dung đã thay đổi[\\s\\S]*${short(code)}`));
	assert((await dossier(clerk, code)).html.includes(url(code, 'giay-hen-moi')), 'the dossier leads there');
	const renew = await clerk.get(url(code, 'giay-hen-moi')), stale = await manager.get(url(code, 'giay-hen-moi'));
	assert.match(renew.text, /→ Nguyễn Thị Thử Lại/, 'what changed');
	assert.equal(stale.status, 403, 'who neither takes in nor returns makes no slip');
	const form = clerk.form(renew, '/giay-hen-moi'), other = await returner.get(url(code, 'giay-hen-moi'));
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(form.action, form.fields)));
	assert.deepEqual(answers.map((a) => [a.status, a.location.split('?')[0]]), Array(3).fill([303, url(code, 'giay-hen')]));
	assert.equal((await returner.submit(other, '/giay-hen-moi')).status, 409, 'made once');
	assert.equal((await clerk.get(url(code, 'giay-hen-moi'))).status, 409);
	const slip = await clerk.get(url(code, 'giay-hen'));
	assert.match(slip.text, /Nguyễn Thị Thử Lại/);
	assert.match(slip.text, /Bản sửa lần 1, thay bản in lúc \d/);
	const secret = await secretOf(code);
	assert.notEqual(secret, old);
	assert.match((await lookup(code, old)).text, /Giấy này đã được thay bằng giấy mới/);
	assert.match((await lookup(code, secret)).text, /Đang xử lý|Đã chuyển/);
	const tray = (await clerk.get('/in')).text;
	assert.match(tray, new RegExp(`Giấy hẹn [^·]*Nguyễn Thị Thử Lại`), 'the new one waits for the printer');
});

test('the result overtakes a request: it needs no answer any more', async () => {
	const code = await atProvince();
	await take(code);
	await ask(code, { act: 'stop', reason: 'Người dân đổi ý' });
	const at = await request(code);
	await officer.submit(await officer.get(there(code, 'tu-choi')), 'tu-choi', { reason: 'Không đủ điều kiện' });
	assert.equal((await officer.get(at)).status, 409);
	assert(!(await officer.get('/de-nghi')).text.includes('Người dân đổi ý'));
	await until('refused at the point', 30, async () => (await dossier(clerk, code)).text.includes('Tình trạng Từ chối'));
	assert.match((await clerk.get(url(code, 'yeu-cau'))).text, /không cần trả lời nữa/);
	assert(!(await clerk.get('/cau-hoi')).text.includes('Người dân đổi ý'));
});

const partsOf = async (code) => [.../aria-labelledby="lien-thong"[\s\S]*?<\/section>/.exec((await dossier(clerk, code)).html)[0]
	.matchAll(/href="\/ho-so\/([^"]+)"/g)].map((m) => decodeURIComponent(m[1]));
test('what the province does to a part of a bundle, the whole and its slip follow when it comes', async () => {
	const { code: parent } = await acceptDossier(clerk, { procedure: '2.001023' });
	const [birth, card] = await partsOf(parent);
	const whole = (words) => until(`the whole: ${words}`, 30, async () => words.test((await dossier(clerk, parent)).text));
	await handOver(clerk, card, 'Bảo hiểm xã hội');
	await whole(/Tình trạng Đã chuyển/);
	await until('the province has the part', 30, async () => (await officer.get(there(card))).html.includes('nhan-xu-ly'));
	assert((await officer.get(there(card))).html.includes(`href="${there(parent)}"`), 'its papers are the whole’s: a way there');
	await officer.submit(await officer.get(there(card)), 'nhan-xu-ly');
	await whole(/Tình trạng Đang xử lý/);
	await officer.submit(await officer.get(there(card, 'bo-sung')), '/bo-sung', { reason: 'Thiếu ảnh thẻ', papers: 'Ảnh thẻ' });
	await whole(/Tình trạng Chờ người dân bổ sung/);
	const secret = await secretOf(parent);
	assert.match((await lookup(parent, secret)).text, /bổ sung/, 'the citizen reads it by her slip');
	const waiting = await clerk.get(url(card, 'nhan-bo-sung'));
	assert.equal((await clerk.get(url(parent, 'nhan-bo-sung'))).status, 409, 'brought to the part');
	assert.equal(waiting.status, 200, waiting.text.slice(0, 300));
	await clerk.submit(waiting, '/nhan-bo-sung');
	await whole(/Tình trạng Đang xử lý/);
	// The other part is over; the province refuses this one: nothing is left, and the whole says so.
	const form = await clerk.get(url(birth, 'rut'));
	await clerk.submit(form, '/rut', { reason: 'Người dân xin rút' });
	await whole(/Tình trạng Đang xử lý/);
	await handOver(clerk, card, 'Bảo hiểm xã hội');
	await until('the province has it again', 30, async () => (await officer.get(there(card))).html.includes('nhan-xu-ly'));
	await officer.submit(await officer.get(there(card)), 'nhan-xu-ly');
	await officer.submit(await officer.get(there(card, 'tu-choi')), 'tu-choi', { reason: 'Không đủ điều kiện' });
	await whole(/Tình trạng Từ chối/);
	assert.match((await lookup(parent, secret)).text, /Từ chối|từ chối/);
});

test('rebuilt tables are the same, on both sides', async () => {
	for (const side of ['board', 'center']) {
		const compared = stack.tram(side, ['rebuild', '--compare']);
		assert.equal(compared.status, 0, compared.stdout + compared.stderr);
	}
});

run();
