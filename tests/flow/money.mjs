// Goal: money as a day of it goes: who takes it, numbers from a range and never twice, VietQR read back
// from the page, two cashiers at one dossier, cancelled and refunded with a second person, the range
// that ends, the shift that adds up. Every sum on a page equals the sum of the events, counted anew
// here, and is the same after a restart and a rebuild.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, acceptDossier, act, chooseProcedure, dossier, fault, startDraft, tickPapers, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Ledger } from '../lib/ledger.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'money', ports: [9163, 9167] });
cleanup((failed) => stack.down(failed));
const byManager = { second_login: 'quanly', second_password: PASSWORD };
const year = new Date(Date.now() + 7 * 3600000).getUTCFullYear();
const say = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 500)}`;
let clerk, cashier, manager, specialist;
const fresh = (login) => stack.clerk(login);
// A dossier that owes 8.000 đ.
const owing = async (values = {}) => (await acceptDossier(clerk, { values: { fee_state: 'later', ...values } })).code;
async function take(client, code, values = {}) {
	const page = await client.get(url(code, 'thu-tien'));
	assert.equal(page.status, 200, say(page));
	return client.submit(page, '/thu-tien', { method: 'cash', ...values });
}
const number = (page) => /<p class="giant num">(\d{7})<\/p>/.exec(page.html)?.[1];
async function taken(client, code, values) {
	const page = await take(client, code, values);
	assert.equal(page.status, 200, say(page));
	assert.match(page.redirected ?? '', /thu-tien\?xong=1$/, say(page));
	return number(page);
}
const link = (page, slug) => new RegExp(`href="([^"]*/${slug}/[0-9a-f]{32})"`).exec(page.html)?.[1];
async function back(client, code, slug, values) {
	const address = link(await client.get(url(code, 'thu-tien')), slug);
	assert(address, `no ${slug} offered`);
	return client.submit(await client.get(address), `/${slug}/`, values);
}
const setup = async (values) => manager.submit(await manager.get('/thu-tien/don-vi'), '/thu-tien/don-vi', values);
const range = async (values) => manager.submit(await manager.get('/thu-tien/don-vi'), 'name="r_serial"', values);

// What a scanner reads off the drawn modules: the path is runs of "M x y h n v1 …".
function scanned(svg) {
	const size = Number(/viewBox="0 0 (\d+)/.exec(svg)[1]), scale = 6, side = size * scale;
	const pixels = Buffer.alloc(side * side, 255);
	for (const [, x, y, n] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g))
		for (let r = 0; r < scale; r++) pixels.fill(0, (y * scale + r) * side + x * scale, (y * scale + r) * side + (Number(x) + Number(n)) * scale);
	const dir = mkdtempSync(path.join(tmpdir(), 'tram-qr-'));
	try {
		writeFileSync(path.join(dir, 'qr.pgm'), Buffer.concat([Buffer.from(`P5\n${side} ${side}\n255\n`), pixels]));
		return spawnSync('zbarimg', ['-q', '--raw', path.join(dir, 'qr.pgm')], { encoding: 'utf8' }).stdout.trim();
	} finally {
		rmSync(dir, { recursive: true });
	}
}

// ---- a slow, simple recomputation ----
const ledger = new Ledger(stack);
const database = (sql) => ledger.rows(sql), events = () => ledger.events(), books = () => ledger.money();
const dong = (amount) => `${String(amount).replace(/\B(?=(\d{3})+$)/g, '.')} đ`;

test.must('a board, a clerk, a manager, a specialist and a second cashier', async () => {
	await stack.up(['board']);
	const added = stack.tram('board', ['user', 'add', 'thuquy', '--name', 'Vũ Thị Thử', '--roles', 'cashier'], `${PASSWORD}\n`);
	assert.equal(added.status, 0, added.stderr);
	clerk = await fresh('canbo');
	manager = await fresh('quanly');
	specialist = await fresh('chuyenvien');
});

// ---- without a collector ----
test('without a collector money is taken, without a number and without a VietQR', async () => {
	const code = await owing();
	const page = await clerk.get(url(code, 'thu-tien'));
	assert.match(page.text, /8\.000 đ/);
	assert.match(page.text, /Tám nghìn đồng/);
	assert.match(page.text, /Chưa có tài khoản nhận tiền/);
	assert.match((await clerk.get('/thu-tien')).text, /máy không cấp số biên lai/);
	assert.equal(await taken(clerk, code), undefined);
	assert.match((await dossier(clerk, code)).text, /Đã thu đủ/);
});

// ---- the collector ----
test('a collector is the manager’s, its account whole or not there', async () => {
	assert.equal((await clerk.get('/thu-tien/don-vi')).status, 403);
	assert.equal((await specialist.get('/thu-tien')).status, 403);
	assert(fault(await setup({ name: '' }), 'name'));
	assert(fault(await setup({ name: 'Bưu điện Thử', tax_code: '12' }), 'tax_code'));
	for (const [values, field] of [[{ bank_bin: '97043', account_no: '1', account_name: 'A' }, 'bank_bin'],
		[{ bank_bin: '970436', account_no: '', account_name: 'A' }, 'account_no'],
		[{ bank_bin: '970436', account_no: '12 3', account_name: 'A' }, 'account_no'],
		[{ bank_bin: '970436', account_no: '123', account_name: '' }, 'account_name']]) {
		const page = await setup({ name: 'Bưu điện Thử', ...values });
		assert(fault(page, field), `${JSON.stringify(values)} ${say(page)}`);
	}
	const page = await setup({ name: 'Bưu điện tỉnh Thử', tax_code: '0000000001', address: 'Số 1 đường Thử',
		form: '01BLP', serial: 'TT-26', bank_bin: '970436', bank_name: 'Ngân hàng Thử', account_no: '0001234567890',
		account_name: 'BUU DIEN THU', used: '1' });
	assert.equal(page.redirected, '/thu-tien/don-vi', say(page));
	assert.match(page.text, /Bưu điện tỉnh Thử/);
});
test('a range: not backwards, not of another year, not over numbers issued before', async () => {
	assert(fault(await range({ first: '5', last: '4' }), 'last'));
	assert(fault(await range({ first: '1', last: '13', year: String(year - 1) }), 'year'));
	assert(fault(await range({ first: 'một', last: '13' }), 'first'));
	assert(fault(await range({ first: '1', last: '13', r_serial: '' }), 'r_serial'));
	const page = await range({ first: '1', last: '20', r_serial: 'TT-26' });
	assert.equal(page.redirected, '/thu-tien/don-vi', say(page));
	assert.match(page.text, /0000001 – 0000020/);
	assert(fault(await range({ first: '20', last: '25', r_serial: 'TT-26' }), 'first'), 'overlap');
});

// ---- VietQR ----
test('the VietQR on the page is what a bank’s app reads: account, amount, the dossier’s code', async () => {
	const code = await owing();
	const page = await clerk.get(url(code, 'thu-tien'));
	const svg = /<svg[^>]*class="qr"[\s\S]*?<\/svg>/.exec(page.html)?.[0];
	assert(svg, say(page));
	const purpose = `08${String(code.length).padStart(2, '0')}${code}`;
	const read = scanned(svg);
	assert(read.startsWith(`00020101021238570010A000000727012700069704360113000123456789` +
		`00208QRIBFTTA53037045404` + `80005802VN62${String(purpose.length).padStart(2, '0')}${purpose}6304`), read);
	assert.match(await taken(clerk, code, { method: 'transfer', transaction: 'FT-1' }), /^0000001$/);
});

// ---- at the intake ----
async function step4() {
	const draft = await startDraft(clerk);
	return tickPapers(clerk, await chooseProcedure(clerk, draft, '2.000635'), []);
}
test('a ground of exemption is chosen from the list or written; without one it is not exempt', async () => {
	const page = await step4();
	assert.match(page.html, /<option>Hộ nghèo<\/option>/);
	assert(fault(await clerk.submit(page, '/kiem-tra', { ground: 'khac', exempt: '' }), 'exempt'));
	assert(fault(await clerk.submit(page, '/kiem-tra', { ground: 'Người quen', exempt: '' }), 'exempt'));
	const done = await clerk.submit(page, '/kiem-tra', { ground: 'Hộ nghèo' });
	const code = decodeURIComponent(/^\/ho-so\/([^/]+)\/xong/.exec(done.redirected)[1]);
	const body = events().filter((e) => e.kind === 'dossier.accepted').pop().body;
	assert.equal(body.fee_state, 'exempt');
	assert.match(body.fees[0].exempt, /^Hộ nghèo \(Luật Phí và lệ phí/);
	assert.match((await clerk.get(url(code, 'thu-tien'))).text, /không còn khoản nào phải thu/);
	const other = await clerk.submit(await step4(), '/kiem-tra', { ground: 'khac', exempt: 'Nghị quyết thử của HĐND' });
	assert.match(other.redirected ?? '', /xong/, say(other));
	assert.equal(events().filter((e) => e.kind === 'dossier.accepted').pop().body.fees[0].exempt, 'Nghị quyết thử của HĐND');
});
test('each of several fees has a ground of its own; the others are paid', async () => {
	const part = '/quan-ly/thu-tuc/9.999001/phan/khoan-thu';
	const fee = { name: 'Phí thẩm định thử', kind: 'flat', amount: '25.000', source: 'QĐ thử' };
	const shown = await manager.submit(await manager.get(part), 'name="name"', fee);
	await manager.submit(shown, 'name="shown"', {}, { button: 'save' });
	const papers = await tickPapers(clerk, await chooseProcedure(clerk, await startDraft(clerk), '9.999001'), []);
	const [first, second] = [...papers.html.matchAll(/name="ground\.([^"]+)"/g)].map((match) => match[1]);
	assert(first && second, say(papers));
	assert(!papers.html.includes('name="ground"'));
	for (const [values, field] of [[{ [`ground.${second}`]: 'khac' }, `exempt-${second}`], [{ [`ground.${first}`]: 'Người quen' }, `exempt-${first}`]])
		assert(fault(await clerk.submit(papers, '/kiem-tra', values), field), field);
	const counted = await clerk.submit(papers, '/kiem-tra', { [`ground.${first}`]: 'Hộ nghèo' }, { button: 'recount' });
	assert.match(counted.text, /Miễn: Hộ nghèo \(Luật Phí và lệ phí[^)]*\) 0 đ/);
	assert.match(counted.text, /Tổng cộng 25\.000 đ|Cộng 25\.000 đ|25\.000 đ/);
	const { code } = await accept(clerk, counted, { fee_state: 'later' });
	const body = events().filter((e) => e.kind === 'dossier.accepted').pop().body;
	assert.deepEqual(body.fees.map((line) => [line.id, line.amount, (line.exempt ?? '').slice(0, 8)]),
		[[first, 0, 'Hộ nghèo'], [second, 25000, '']]);
	assert.equal(body.fee_state, 'later', 'what is not exempt is owed');
	assert.match((await dossier(clerk, code)).text, /Miễn: Hộ nghèo \(Luật/);
	assert.match((await clerk.get(url(code, 'thu-tien'))).text, /25\.000 đ/);
	const again = await tickPapers(clerk, await chooseProcedure(clerk, await startDraft(clerk), '9.999001'), []);
	await accept(clerk, again, { [`ground.${first}`]: 'Hộ nghèo', [`ground.${second}`]: 'khac', [`exempt.${second}`]: 'Nghị quyết thử của HĐND' });
	const free = events().filter((e) => e.kind === 'dossier.accepted').pop().body;
	assert.equal(free.fee_state, 'exempt');
	assert.equal(free.fees[1].exempt, 'Nghị quyết thử của HĐND');
});
test('who pays by transfer sees the code right after acceptance; a person says that it came', async () => {
	const done = await clerk.submit(await step4(), '/kiem-tra', { fee_state: 'transfer' });
	const code = decodeURIComponent(/^\/ho-so\/([^/]+)\/xong/.exec(done.redirected)[1]);
	assert.equal(events().filter((e) => e.kind === 'fee.collected').pop().body.method, 'transfer', 'the one before');
	const codes = [...done.html.matchAll(/<svg[^>]*class="qr"[\s\S]*?<\/svg>/g)].map(([svg]) => scanned(svg));
	assert(codes.some((text) => text.includes(code) && text.startsWith('000201010212')), codes.join(' '));
	assert.match((await clerk.get('/thu-tien')).html, new RegExp(encodeURIComponent(code)));
	const page = await clerk.get(`${url(code, 'thu-tien')}?cach=chuyen-khoan`);
	assert.match(page.html, /value="transfer" checked/);
	const paid = await clerk.submit(page, '/thu-tien', {});
	assert.match(paid.text, /Đã thu 8\.000 đ, Chuyển khoản/);
	assert.equal((await clerk.get('/thu-tien')).html.includes(encodeURIComponent(code)), false);
});

// ---- taking ----
test('the first numbers of the range, gapless, by whoever takes the money', async () => {
	cashier = await fresh('thuquy');
	const code = (await acceptDossier(clerk, { values: { fee_state: 'paid' } })).code;
	const page = await clerk.get(url(code, 'thu-tien'));
	assert.match(page.text, /TT-26 0000003/, 'taken at acceptance');
	assert.equal(await taken(cashier, await owing()), '0000004');
});
test('a payer is asked, a tax code is checked, a business stands on the receipt', async () => {
	const code = await owing();
	assert(fault(await take(clerk, code, { payer: '' }), 'payer'));
	assert(fault(await take(clerk, code, { payer_tax_code: '123' }), 'payer_tax_code'));
	assert(fault(await take(clerk, code, { method: 'gold' }), 'method'));
	await taken(clerk, code, { payer: 'Công ty Thử', payer_tax_code: '0000000002', payer_address: 'Số 2 đường Thử' });
	assert.match((await clerk.get('/so/bien-lai')).text, /Công ty Thử/);
	const last = events().filter((e) => e.kind === 'fee.collected').pop().body;
	assert.deepEqual([last.payer, last.payer_tax_code, last.collector.tax_code, last.receipt.number],
		['Công ty Thử', '0000000002', '0000000001', '0000005']);
});
test('two cashiers at one dossier: one takes it, the other is told, one number is used', async () => {
	const code = await owing();
	const pages = await Promise.all([clerk, cashier].map((c) => c.get(url(code, 'thu-tien'))));
	const before = books().numbers.length;
	const answers = await Promise.all([clerk, cashier].map((c, i) => c.submit(pages[i], '/thu-tien', { method: 'cash' })));
	assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409], answers.map(say).join('\n'));
	assert.match(answers.find((a) => a.status === 409).text, /Thu phí|đã được thu|vừa/i);
	assert.equal(books().numbers.length, before + 1);
	// The same person on two tablets: her own notes do not count as another's, the sum does.
	const other = await fresh('canbo'), second = await owing();
	const two = await Promise.all([clerk, other].map((c) => c.get(url(second, 'thu-tien'))));
	const both = await Promise.all([clerk, other].map((c, i) => c.submit(two[i], '/thu-tien', { method: 'cash' })));
	assert.deepEqual(both.map((a) => a.status).sort(), [200, 409]);
	assert.equal(books().numbers.length, before + 2);
});
test('sent three times at once, money is taken once', async () => {
	const code = await owing();
	const page = await clerk.get(url(code, 'thu-tien'));
	const fields = clerk.form(page, '/thu-tien').fields;
	const before = books().numbers.length;
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(url(code, 'thu-tien'), fields)));
	for (const answer of answers) assert.equal(answer.status, 303, say(answer));
	assert.equal(new Set(answers.map((a) => a.location)).size, 1);
	assert.equal(books().numbers.length, before + 1);
});

// ---- giving back ----
test('a collection is cancelled with a second person; its number is burnt and stays', async () => {
	const code = await owing();
	const no = await taken(clerk, code);
	for (const second of [{}, { second_login: 'canbo', second_password: PASSWORD },
		{ second_login: 'chuyenvien', second_password: PASSWORD }, { second_login: 'quanly', second_password: 'Sai-Mat-Khau-1!' }])
		assert(fault(await back(clerk, code, 'huy-thu', { reason: 'Thu nhầm người', ...second }), 'second_login'), JSON.stringify(second));
	assert(fault(await back(clerk, code, 'huy-thu', { reason: '', ...byManager }), 'reason'));
	const open = link(await clerk.get(url(code, 'thu-tien')), 'huy-thu');
	const form = await clerk.get(open);
	assert.match(form.text, new RegExp(`8\\.000 đ.*${no}`));
	const fields = [...clerk.form(form, '/huy-thu/').fields.filter(([n]) => !/reason|second/.test(n)),
		['reason', 'Thu nhầm người'], ...Object.entries(byManager)];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post(open, fields)));
	for (const answer of answers) assert.equal(answer.status, 303, say(answer));
	const { cancelled, numbers } = books();
	assert.deepEqual(cancelled, [Number(no)]);
	assert.match((await dossier(clerk, code)).text, /Chưa thu đủ/);
	assert.equal((await clerk.get(open)).status, 409, 'not twice');
	assert.match((await clerk.get('/so/bien-lai?loai=da-huy')).text, new RegExp(`${no}.*Đã hủy.*Thu nhầm người`));
	assert.equal(Number(await taken(clerk, code)), Math.max(...numbers) + 1, 'the next number, not the burnt one');
});
test('a refund: in parts, never above the sum, never after a cancellation', async () => {
	const code = await owing();
	await taken(clerk, code);
	for (const amount of ['0', '-1', '8001', 'nhiều', '8.000,5x', ''])
		assert(fault(await back(clerk, code, 'hoan-phi', { amount, reason: 'Thu thừa', ...byManager }), 'amount'), amount);
	const first = await back(clerk, code, 'hoan-phi', { amount: '3.000 đ', reason: 'Thu thừa', ...byManager });
	assert.match(first.redirected ?? '', /thu-tien$/, say(first));
	assert(!link(first, 'huy-thu'), 'a refunded one is not cancelled');
	assert(fault(await back(clerk, code, 'hoan-phi', { amount: '5.001', reason: 'Thu thừa', ...byManager }), 'amount'));
	const address = link(first, 'hoan-phi');
	const rest = await clerk.get(address), late = await manager.get(address);
	assert.equal((await clerk.submit(rest, '/hoan-phi/', { amount: '5000', reason: 'Hoàn nốt', ...byManager })).status, 200);
	const twice = await manager.submit(late, '/hoan-phi/', { amount: '5000', reason: 'Hoàn nữa', second_login: 'nguoiky', second_password: PASSWORD });
	assert.notEqual(twice.status, 200, 'nothing twice');
	assert.equal((await clerk.get(address)).status, 409);
	assert.match((await dossier(clerk, code)).text, /Chưa thu đủ/);
});
test('a voided dossier that was paid leads to giving the money back', async () => {
	const code = await owing();
	const no = await taken(clerk, code);
	const voided = await act(clerk, code, 'huy', { reason: 'Nhập nhầm người', slip_taken: '1', ...byManager });
	assert.equal(voided.redirected, url(code, 'thu-tien'));
	assert.match(voided.text, /đã hủy nhưng còn giữ 8\.000 đ/);
	assert.match((await clerk.get('/thu-tien')).text, /Cần hoàn/);
	assert.equal((await back(clerk, code, 'huy-thu', { reason: 'Hồ sơ đã hủy', ...byManager })).status, 200);
	assert(!/Cần hoàn/.test((await clerk.get('/thu-tien')).text));
	assert(books().cancelled.includes(Number(no)));
});

// ---- asked for later ----
test('money asked for while it is worked on: it waits, and goes on when it is paid', async () => {
	const code = (await acceptDossier(clerk, { values: { fee_state: 'paid' } })).code;
	assert(fault(await specialist.submit(await specialist.get(url(code, 'yeu-cau-nop')), '/yeu-cau-nop', { name: 'Phí thẩm định', amount: 'x', reason: 'Theo kết quả kiểm tra' }), 'amount'));
	await act(specialist, code, 'yeu-cau-nop', { name: 'Phí thẩm định', amount: '150.000', reason: 'Theo kết quả kiểm tra' });
	const page = await dossier(clerk, code);
	assert.match(page.text, /Chờ nộp tiền/);
	assert.match(page.html, /<a class="btn go" href="[^"]*\/thu-tien">/);
	const pay = await clerk.get(url(code, 'thu-tien'));
	assert.match(pay.text, /Phí thẩm định 150\.000 đ/);
	await taken(clerk, code);
	assert.match((await dossier(clerk, code)).text, /Đã tiếp nhận/);
	assert(!/150\.000/.test((await clerk.get('/thu-tien')).text));
});

// ---- the end of a range ----
test('few numbers left are announced; with none left nothing is taken, and nothing is lost', async () => {
	assert.match((await clerk.get('/thu-tien')).text, /còn \d số/);
	for (let i = 0; i < 20 && !/hết số biên lai/.test((await clerk.get('/thu-tien')).text); i++) await taken(clerk, await owing());
	const { numbers } = books();
	assert.deepEqual([...numbers].sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1), 'gapless, none twice');
	const code = await owing();
	const refused = await take(clerk, code, { payer: 'Lê Văn Thử' });
	assert.equal(refused.status, 422, say(refused));
	assert(fault(refused, 'method') && refused.html.includes('Lê Văn Thử'));
	// At the intake: the page stays, with the sentence; taken later it goes through.
	const draft = await startDraft(clerk);
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	const step4 = await tickPapers(clerk, papers, []);
	const cannot = await clerk.submit(step4, '/kiem-tra', { fee_state: 'paid' });
	assert.equal(cannot.status, 422, say(cannot));
	assert.match(cannot.text, /Đã hết số biên lai/);
	const later = await clerk.submit(cannot, '/kiem-tra', { fee_state: 'later' });
	assert.match(later.redirected ?? '', /\/xong(?:\?hen=doi)?$/, say(later));
	assert.equal(books().numbers.length, 20);
	// The till of chứng thực says so at its field; by transfer it goes on.
	await manager.submit(await manager.get('/so/chung-thuc'), '/so/chung-thuc', { kind: 'copy', medium: 'paper', volume: '1', last: '0' });
	const till = await clerk.get('/chung-thuc');
	const visit = (pay) => clerk.submit(till, '/chung-thuc', { work: 'copy', name: 'Nguyễn Văn Thử', number: '', pay, return: 'now',
		signer: /<option value="(u-[^"]+)"/.exec(till.html)[1], paper_1: 'Bằng tốt nghiệp', pages_1: '2', copies_1: '1' }, { button: 'accept' });
	const empty = await visit('cash');
	assert.equal(empty.status, 422, say(empty));
	assert(fault(empty, 'pay') && /Đã hết số biên lai/.test(empty.text), say(empty));
	assert(empty.html.includes('value="Bằng tốt nghiệp"'), 'what was typed stays');
	const transfer = await visit('transfer');
	assert.match(transfer.redirected ?? '', /\/thu-tien$/, say(transfer));
	assert.match(transfer.html, /vietqr/, 'the code to scan stands there');
	assert.equal(books().numbers.length, 20, 'no number before the money was seen');
});
test('after a restart and a rebuild no number comes again; a new range goes on', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	const compared = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(compared.status, 0, compared.stderr + compared.stdout);
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	assert.deepEqual(stack.digest('board'), before);
	await stack.start('board');
	[clerk, manager, cashier] = await Promise.all(['canbo', 'quanly', 'thuquy'].map(fresh));
	assert.equal((await take(clerk, await owing())).status, 422, 'still empty');
	assert(fault(await range({ first: '10', last: '60', r_serial: 'TT-26' }), 'first'), 'burnt numbers are not issued again');
	assert.equal((await range({ first: '21', last: '60', r_serial: 'TT-26' })).redirected, '/thu-tien/don-vi');
	assert.equal(await taken(clerk, await owing()), '0000021');
});

// ---- register, usage, shift ----
test('the register filters and goes out as CSV; the usage report adds up', async () => {
	const { numbers, cancelled, sums } = books();
	const page = await clerk.get('/so/bien-lai');
	assert(page.text.includes(`thu ${dong(sums.cash + sums.transfer)}, trả lại ${dong(sums.back)}`), page.text.slice(-400));
	const csv = await clerk.get('/so/bien-lai/csv');
	assert.match(csv.headers['content-type'], /text\/csv/);
	const lines = csv.html.replace(/^\ufeff/, '').trim().split('\r\n');
	assert.equal(lines.length - 1, events().filter((e) => e.kind === 'fee.collected').length);
	const xlsx = await clerk.request('GET', '/so/bien-lai/xlsx');
	assert.match(xlsx.headers['content-type'], /spreadsheetml/);
	assert.equal((await clerk.request('GET', '/so/bien-lai/exe')).status, 404);
	const mine = await clerk.get(`/so/bien-lai?nguoi=${/name="nguoi"[\s\S]*?<option value="(u-[0-9a-f]+)">Vũ Thị Thử/.exec(page.html)[1]}`);
	assert.match(mine.text, /0000004/);
	assert(!mine.text.includes('0000001'));
	assert.equal((await clerk.get('/so/bien-lai?thang=2021-01')).status, 200);
	assert.equal((await clerk.get('/so/bien-lai?thang=rác&nguoi=%27&loai=zz&tu=-1')).status, 200);
	const usage = await clerk.get('/so/bien-lai/su-dung');
	assert.match(usage.text, new RegExp(`0000001 – 0000020 .*20 ${cancelled.length} `));
	for (const no of cancelled) assert(usage.text.includes(String(no).padStart(7, '0')));
	assert.match(usage.text, new RegExp(`0000021 – 0000060 .*0000021 1 0 .*0000022 – 0000060 ${60 - numbers.length}`));
	assert.match((await clerk.get('/so/bien-lai/su-dung?thang=2021-01')).text, /Chưa có dải số nào/);
});
test('the shift: cash that should be there is the sum of its events; closed once, on one sheet', async () => {
	const mine = events().filter((e) => e.actor === events().find((x) => x.kind === 'shift.opened').body.account);
	const expected = mine.reduce((sum, { kind, body }) => sum + (kind === 'fee.collected' && body.method === 'cash' ? body.total : 0)
		- (/^fee\.(cancelled|refunded)$/.test(kind) && (body.method ?? 'cash') === 'cash' ? body.amount : 0), 0);
	const page = await clerk.get('/chot-ca');
	assert(page.text.includes(`Tiền mặt phải có ${dong(expected)}`), `${expected}: ${say(page)}`);
	assert.equal((await clerk.get('/thu-tien/chot')).status, 200);
	assert(fault(await clerk.submit(page, '/chot-ca', { cash: '' }), 'cash'));
	assert(fault(await clerk.submit(page, '/chot-ca', { cash: 'đủ' }), 'cash'));
	assert(fault(await clerk.submit(page, '/chot-ca', { cash: '1000', successor: 'u-0000000000000000' }), 'successor'));
	const successor = /<option value="(u-[0-9a-f]+)">Vũ Thị Thử/.exec(page.html)[1];
	const fields = [...clerk.form(page, '/chot-ca').fields.filter(([n]) => !/^(cash|successor|note)$/.test(n)),
		['cash', dong(expected - 500)], ['successor', successor], ['note', 'Thiếu 500 đồng']];
	const answers = await Promise.all([1, 2, 3].map(() => clerk.post('/chot-ca', fields)));
	for (const answer of answers) assert.equal(answer.status, 303, say(answer));
	assert.equal(events().filter((e) => e.kind === 'shift.closed').length, 1);
	const sheet = await clerk.get(answers[0].location);
	assert(sheet.text.includes('thiếu 500 đ') && sheet.text.includes('Vũ Thị Thử') && sheet.text.includes('Thiếu 500 đồng'), say(sheet));
	assert.equal((await cashier.get(answers[0].location)).status, 200, 'the successor');
	assert.equal((await manager.get(answers[0].location)).status, 200);
	const stranger = events().find((e) => e.kind === 'shift.opened' && e.actor !== mine[0].actor);
	assert.notEqual((await clerk.get(`/chot-ca/${stranger.subject}`)).status, 200, 'not another’s');
	// What is taken afterwards is a new shift's, and the old sheet stays as it was.
	await taken(clerk, await owing());
	assert.match((await clerk.get('/chot-ca')).text, /Tiền mặt phải có 8\.000 đ/);
	assert.equal((await clerk.get(answers[0].location)).text, sheet.text);
});
test('every dossier’s paid sum is the recomputed one', async () => {
	const { paid } = books();
	const rows = database('SELECT lower(hex(id)) AS id, fee_paid FROM dossier');
	for (const { id, fee_paid } of rows) assert.equal(fee_paid, paid.get(id) ?? 0, id);
	assert(rows.length > 15);
});

await run();
