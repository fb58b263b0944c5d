// day.mjs: one day at a reception point in real Chromium, from the first number of the queue to the day's
// sheet: a support person, a clerk, a cashier, a specialist, a signer, a postal employee, a manager, and
// an officer at the province. Every branch is played once by hand, the rest of the day's amount over HTTP;
// then journal, books, cash, register and paper are held against each other.
//
// DAY_DOSSIERS and DAY_CERT (24, 12) set the amount; the whole day is 60 and 100 (scripts/bench day).
// DAY_SCRIPT=off: nobody's browser runs JavaScript (scripts/bench day-plain).
import { strict as assert } from 'node:assert';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, decideAtCommune, person } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { inDays, workday } from '../lib/days.mjs';
import { Desk } from '../lib/desk.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Ledger } from '../lib/ledger.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'day-browser', ports: [9290, 9296],
	board: 'cert_late_minute = 1440\nqueues = Tiếp nhận hồ sơ|Chứng thực\nlookup_url = http://127.0.0.1:9291\n' });
cleanup((failed) => stack.down(failed));
const DOSSIERS = Number(process.env.DAY_DOSSIERS ?? 24), CERT = Number(process.env.DAY_CERT ?? 12);
const PLAIN = process.env.DAY_SCRIPT === 'off', browsers = PLAIN ? { javaScriptEnabled: false } : {};
const origin = 'http://127.0.0.1:9290', lookup = 'http://127.0.0.1:9291', center = 'http://127.0.0.1:9296';
const byManager = { second_login: 'quanly', second_password: PASSWORD };
const card = (n, name = 'Nguyễn Văn Thử') => `0000900${String(n).padStart(5, '0')}||${name}|05031990|Nam|Xóm 1, Cẩm Bình, Hà Tĩnh|01072022`;
const ledger = new Ledger(stack);
const at = (code, slug = '') => `/ho-so/${encodeURIComponent(code)}${slug && `/${slug}`}`;
const file = (name, buffer, mimeType = 'application/pdf') => ({ name, mimeType, buffer });
const short = (code) => code.split('-').slice(1).join('-');
const local = new Date(Date.now() + 7 * 3600000);
let support, clerk, cashier, specialist, signer, post, manager, officer;
// What the register should say in the evening: code → state. How many visits to the till there were.
const register = new Map();
let visits = 0, letter;
const is = (code, words) => register.set(code, words);
const codeOf = (desk) => decodeURIComponent(/^\/ho-so\/([^/]+)\/xong(?:\?hen=doi)?$/.exec(desk.at())?.[1] ?? assert.fail(`not accepted: ${desk.at()}`));

// Where a scanner fires: the script puts the focus there, a finger otherwise.
async function atSearch(desk) {
	if (PLAIN) await desk.page.focus('#q');
	else await desk.page.waitForFunction(() => document.activeElement.id === 'q');
}
// ---- the intake as a hand does it ----
const NEXT = 'main .foot .btn.go';
async function toPerson(desk) {
	await desk.go('/quay');
	await desk.press('main form[action="/ho-so/moi"] button');
	assert.match(desk.at(), /\/(nguoi|thu-tuc)$/);
}
async function choose(desk, procedure, values = {}) {
	const usual = `.usual button[value="${procedure}"]`;
	if (!await desk.page.locator(usual).count()) {
		await desk.page.fill('#find', procedure);
		await desk.send(`#tat-ca .pick[value="${procedure}"]`);
	} else {
		await desk.send(usual);
	}
	if (!desk.at().endsWith('/thu-tuc')) return;
	const names = await desk.page.$$eval('main [name]', (all) => all.map((e) => [e.name, e.value, e.type]));
	const asked = {};
	for (const [name, value] of names) {
		if (name === 'case') asked.case ??= value;
		else if (name.startsWith('hoi.')) asked[name] = 'khong';
		else if (name.startsWith('ten.') && value === '') asked[name] = 'Lê Thị Giả';
	}
	await desk.fill({ ...asked, ...values });
	await desk.send(NEXT);
}
// From the home page (or a draft's address) to the number.
async function intake(desk, { draft, who = person(), step1 = {}, procedure = '2.000635', step2, scans, step4 = {} } = {}) {
	if (draft) await desk.go(draft);
	else await toPerson(desk);
	await desk.fill({ ...who, ...step1 });
	await desk.send(NEXT);
	await choose(desk, procedure, step2);
	if (scans) {
		await desk.page.setInputFiles('input[type=file] >> nth=0', scans);
		// Without a script they go with the form.
		if (!PLAIN) await desk.page.waitForFunction((n) => document.querySelectorAll('.shot').length === n, scans.length);
	}
	await desk.send('button[name=all]');
	await desk.fill(step4);
	await desk.send(NEXT);
	const code = codeOf(desk);
	is(code, 'Đã tiếp nhận');
	return code;
}
// Signed and with its result: from the specialist's tray to the counter's.
async function decide(code, more = {}) {
	await specialist.act(code, 'trinh-ky');
	await signer.act(code, 'ky', { decision: 'sign' });
	await specialist.act(code, 'ket-qua', { kind: 'Bản sao trích lục', number: '01/TLKS-BS', signed_on: '24/11/2026',
		issuer: 'Ủy ban nhân dân xã Cẩm Bình', signer: 'Phạm Thị Thử', file: file('ket-qua.pdf', pdf()), ...more });
	is(code, 'Có kết quả, chờ trả');
}
async function handOut(code, values = {}) {
	await clerk.act(code, 'tra', { receiver: 'applicant', proof: 'slip', signature: 'paper', slip_taken: true, ...values });
	is(code, 'Đã trả');
}
async function paper(desk, address, ...words) {
	await desk.go(address);
	const { text } = await desk.print(address.replace(/[^a-z0-9]+/gi, '_'));
	for (const word of words) assert(text.includes(word), `${address} on paper lacks "${word}": ${text.slice(0, 900)}`);
	return text;
}

// ---- morning ----
test.must('a board with its center, and everybody at the screen', async () => {
	await stack.up();
	for (const [login, name, roles] of [['hotro', 'Mai Thị Hướng', 'guide'], ['thuquy', 'Vũ Thị Quỹ', 'cashier'], ['buuta', 'Đinh Văn Thư', 'returner']]) {
		const added = stack.tram('board', ['user', 'add', login, '--name', name, '--roles', roles, '--keep-password'], `${PASSWORD}\n`);
		assert.equal(added.status, 0, added.stderr);
	}
	const come = (login) => Desk.login(origin, 'day', login, browsers);
	manager = await come('quanly');
	clerk = await come('canbo');
	support = await come('hotro');
	cashier = await come('thuquy');
	specialist = await come('chuyenvien');
	signer = await come('nguoiky');
	post = await come('buuta');
	officer = await Desk.login(center, 'day', 'tinh', browsers);
});
test.must('the first page of each tells what to do next', async () => {
	for (const [desk, name, home] of [[manager, 'manager', '/quan-ly'], [clerk, 'clerk', '/quay'], [support, 'support', '/quay'],
		[cashier, 'cashier', '/thu-tien'], [specialist, 'specialist', '/xu-ly'], [signer, 'signer', '/duyet'], [post, 'post', '/tra-ket-qua']]) {
		await desk.go('/');
		await desk.picture(`1-${name}-first`);
		const links = await desk.page.$$eval('a[href], form[action]', (all) => all.map((e) => e.getAttribute('href') ?? e.getAttribute('action')));
		assert(desk.at() === home || links.includes(home), `${name} comes to ${desk.at()} without a way to ${home}`);
	}
});
test.must('the manager opens the books on the paper books’ last numbers, the collector and a range of receipts', async () => {
	for (const [kind, last] of [['copy', '412'], ['signature', '0'], ['translator', '0'], ['transaction', '7']]) {
		await manager.go('/so/chung-thuc');
		await manager.fill({ kind, medium: 'paper', volume: '1', last });
		await manager.send('main form.card button.go');
	}
	await manager.go('/thu-tien/don-vi');
	await manager.fill({ name: 'Bưu điện tỉnh Thử', tax_code: '0000000001', address: 'Số 1 đường Thử', serial: 'TT-26',
		form: '01BLP', bank_bin: '970436', bank_name: 'Ngân hàng Thử', account_no: '0001234567890', account_name: 'BUU DIEN THU', used: true });
	await manager.send('main form[action="/thu-tien/don-vi"] button.go');
	await manager.fill({ r_serial: 'TT-26', first: '1', last: '500' });
	await manager.send('main form.card[action="/thu-tien/dai-so"] button.go');
	assert.match(await manager.says(), /0000001 – 0000500/);
});

// ---- the queue, and the support person who prepares ----
test('a number of the queue: taken, called, shown on the screen, prepared by support, accepted by the clerk', async () => {
	for (let i = 0; i < 2; i++) {
		await support.go('/hang-doi/lay-so');
		await support.send('main button[name=queue] >> nth=0');
	}
	await clerk.go('/chon-quay');
	await clerk.fill({ counter: '1' }).catch(() => clerk.page.fill('#counter', '1'));
	await clerk.send('main button[type=submit]');
	await clerk.go('/hang-doi');
	await clerk.send('button[name=do][value=next]');
	const screen = await Desk.open(lookup, 'day', browsers);
	await screen.go('/man-hinh');
	assert.match(await screen.page.innerText('body'), /A001[\s\S]*Quầy 1/);
	await screen.picture('2-screen');
	await screen.close();
	await toPerson(support);
	await support.fill(person({ name: 'Phạm Thị Ví Dụ' }));
	await support.send(NEXT);
	await choose(support, '2.000635');
	await support.send('button[name=all]');
	const draft = support.at();
	assert(!await support.page.locator('main [name=fee_state]').count(), 'support says nothing about money');
	await support.picture('2-support-check');
	await support.send(NEXT);
	assert.equal(support.at(), '/quay', 'kept for the clerk, not accepted');
	await clerk.go('/quay?viec=nhap');
	await clerk.press(`a[href="${draft.replace('kiem-tra', 'nguoi')}"]`);
	await clerk.send('form[action$="/nhan-lai"] button');
	await clerk.go(draft);
	await clerk.send(NEXT);
	is(codeOf(clerk), 'Đã tiếp nhận');
	await clerk.go('/hang-doi');
	await clerk.send('button[name=do][value=done] >> nth=0');
});

// ---- taps ----
let first;
test.must('a dossier from the card to the next person in six taps', async () => {
	await clerk.go('/quay');
	await atSearch(clerk);
	clerk.taps = 0;
	await clerk.scan(card(1));
	await clerk.press('main form[action="/ho-so/moi"] button');
	await clerk.press('.usual button[value="2.000635"]');
	await clerk.press('button[name=all]');
	await clerk.page.fill('#phone', '0900000123');
	await clerk.press(NEXT);
	first = codeOf(clerk);
	is(first, 'Đã tiếp nhận');
	await clerk.picture('3-done');
	await clerk.press('form[action$="/da-in"] button >> nth=0');
	await clerk.press(NEXT);
	assert.equal(clerk.at(), '/quay');
	assert(clerk.taps <= 6, `${clerk.taps} taps`);
});
async function till(desk, values, row = ['Bằng tốt nghiệp', 2, 3]) {
	await desk.fill({ ...values, paper_1: row[0], pages_1: String(row[1]), copies_1: String(row[2]) });
	await desk.send('button[name=accept]');
	assert.equal(desk.at(), '/chung-thuc/khay', await desk.says());
	visits++;
}
test.must('a certification from the home page to handed out in four taps', async () => {
	await clerk.go('/quay');
	clerk.taps = 0;
	await clerk.press('main a[href="/chung-thuc"]');
	await clerk.scan(card(2, 'Trần Thị Mẫu'));
	await clerk.type('Học bạ');
	await clerk.press('button[name=accept]');
	await clerk.press('.tray button[type=submit]');
	assert.deepEqual(await clerk.page.$$eval('.stamps .giant', (all) => all.map((e) => e.textContent)), ['413']);
	await clerk.press('.numbered button[type=submit]');
	visits++;
	assert(clerk.taps <= 4, `${clerk.taps} taps`);
});

// ---- who hands in, and how ----
let byPost, company, authorised;
test('a letter by post: from the batch to its dossier, its result by post', async () => {
	await post.go('/buu-chinh/nhan');
	await post.fill({ postmark: inDays(-4).typed, letters: 'EA000000001VN: Trần Thị Mẫu' });
	await post.send(NEXT);
	await clerk.go('/quay?viec=nhap');
	letter = await clerk.page.locator('tr a:has-text("Trần Thị Mẫu")').getAttribute('href');
	await clerk.press(`a[href="${letter}"]`);
	await clerk.send('form[action$="/nhan-lai"] button');
	assert.equal(clerk.at(), letter, 'a letter’s draft goes on with the person');
	assert.equal(await clerk.page.inputValue('#tracking'), 'EA000000001VN');
	byPost = await intake(clerk, { draft: letter, who: person({ name: 'Trần Thị Mẫu' }),
		step4: { way: 'post', d_name: 'Trần Thị Mẫu', d_phone: '0900000777', d_address: 'Thôn Chạy Thử, xã Cẩm Bình', fee_state: 'later' } });
});
test('an organisation, taken in outside the office, with scans, for money owed', async () => {
	company = await intake(clerk, { who: {}, step1: { type: 'organisation', name: 'Công ty TNHH Thử Nghiệm', tax_code: '0000000002',
		address: 'Số 2 đường Thử, xã Cẩm Bình', representative: 'Lê Văn Giám', position: 'Giám đốc', phone: '0900000002', channel: 'outside',
		outside_place: 'Trụ sở công ty' }, scans: [file('to-1.jpg', jpeg(), 'image/jpeg'), file('don.pdf', pdf())], step4: { fee_state: 'later' } });
	await clerk.dossier(company);
	assert.match(await clerk.says(), /Công ty TNHH Thử Nghiệm.*Lê Văn Giám/);
});
test('a household business, by its tax number', async () => {
	const code = await intake(clerk, { who: {}, step1: { type: 'household', name: 'Nguyễn Văn Thử', tax_code: '0000000003', number: '000090000033',
		address: 'Thôn Chạy Thử, xã Cẩm Bình', phone: '0900000003' }, step4: { fee_state: 'paid' } });
	await clerk.dossier(code);
	assert.match(await clerk.says(), /Hộ kinh doanh[\s\S]*0000000003|0000000003/);
	await paper(clerk, at(code, 'giay-hen'), 'Nguyễn Văn Thử', code);
});
test('somebody hands in for another, with an authorisation', async () => {
	authorised = await intake(clerk, { who: person({ name: 'Phạm Thị Ví Dụ' }), step1: { who: 'other', s_name: 'Lê Đình Giả',
		s_number: '000190000077', s_relation: 'con trai', s_phone: '0900000077', s_authorisation: '15/2026/UQ', s_authorised_on: '20/11/2026',
		s_authorised_at: 'Ủy ban nhân dân xã Cẩm Bình' }, step4: { fee_state: 'transfer' } });
	await paper(clerk, at(authorised, 'giay-hen'), 'GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ', 'Lê Đình Giả', 'Phạm Thị Ví Dụ', authorised);
	await clerk.dossier(authorised);
	await clerk.press('main a[href$="/thu-tien"], main a[href*="/thu-tien?"]');
	await clerk.fill({ method: 'transfer', transaction: 'FT-1' });
	await clerk.send(NEXT);
	assert.match(await clerk.says(), /Chuyển khoản/);
});

// ---- before acceptance ----
let later;
test('papers are missing: form 02 and a parked draft, which is accepted when they come', async () => {
	await toPerson(clerk);
	await clerk.fill(person({ name: 'Bùi Văn Thiếu' }));
	await clerk.send(NEXT);
	await choose(clerk, '1.001193');
	await clerk.tick('input[value=thieu] >> nth=0');
	const draft = clerk.at();
	await clerk.send('button[name=to][value=bo-sung]');
	await clerk.fill({ more: 'Chưa ký trang 2' });
	await clerk.send(NEXT);
	const request = clerk.at();
	await paper(clerk, request, 'PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ', 'Bùi Văn Thiếu', 'Chưa ký trang 2');
	await clerk.go(draft);
	await clerk.send('button[name=all]');
	await clerk.send(NEXT);
	later = codeOf(clerk);
	is(later, 'Đã tiếp nhận');
});
test('refused at the counter: form 03, and a number that stays in the register', async () => {
	await toPerson(clerk);
	await clerk.fill(person({ name: 'Đỗ Thị Nhầm' }));
	await clerk.send(NEXT);
	await choose(clerk, '1.001193');
	await clerk.send('button[name=to][value=tu-choi]');
	await clerk.fill({ why_1: true, more: 'Mời đến công an xã' });
	await clerk.send(NEXT);
	const code = decodeURIComponent(/^\/ho-so\/([^/]+)\/in\/tu-choi$/.exec(clerk.at())[1]);
	is(code, 'Từ chối');
	await paper(clerk, at(code, 'in/tu-choi'), 'PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ', 'Đỗ Thị Nhầm');
});

// ---- the commune decides ----
test.must('handed over by one list, received, taken, signed, finished, returned, rated', async () => {
	await clerk.go('/ban-giao/moi?loai=ho-so');
	for (const code of [first, byPost, company]) await clerk.tick(`input[name="hs[]"][value^="${code} "]`);
	await clerk.tick('input[name=to][value^="u-"] >> nth=0');
	await clerk.send('main button.go');
	const list = clerk.at();
	await specialist.go('/ban-giao');
	await specialist.press(`a[href="${list}"]`);
	await specialist.send(`form[action="${list}"] button.go`);
	assert.match(await specialist.says(), /Đã nhận đủ/);
	await paper(clerk, `${list}/in`, 'BIÊN BẢN GIAO NHẬN HỒ SƠ', first, byPost, company);
	for (const code of [first, byPost, company]) {
		is(code, 'Đang xử lý');
		await specialist.act(code, 'nhan-xu-ly');
	}
	await decide(first);
	await handOut(first);
	await clerk.dossier(first);
	const turned = await Desk.open(lookup, 'day', browsers);
	const where = await clerk.page.locator('main a[href$="/danh-gia"]').getAttribute('href');
	const answer = await clerk.context.request.get(origin + where, { maxRedirects: 0 });
	await turned.go(answer.headers().location.replace(lookup, ''));
	assert.equal(await turned.page.locator('input:checked').count(), 0, 'nothing is chosen beforehand');
	await turned.fill({ level: 'very' });
	await turned.picture('4-rating');
	await turned.send('main button.go >> nth=0');
	assert.match(await turned.says(), /Cảm ơn/);
	await turned.close();
});
test('a wrong scan replaced; two results, handed out in two parts', async () => {
	await clerk.dossier(company);
	await clerk.press(`main a[href="${at(company, 'thay-tep')}"]`);
	await clerk.tick('input[name=file][type=radio] >> nth=0');
	await clerk.fill({ what: 'new', new: file('dung.jpg', jpeg(70000), 'image/jpeg'), reason: 'Quét nhầm giấy' });
	await clerk.send(NEXT);
	assert.match(await clerk.says(), /Quét nhầm giấy/);
	await specialist.act(company, 'trinh-ky');
	await signer.act(company, 'ky', { decision: 'sign' });
	await specialist.dossier(company);
	await specialist.press(`main a[href="${at(company, 'ket-qua')}"]`);
	await specialist.fill({ kind: 'Giấy xác nhận', number: '05/XN', signed_on: '24/11/2026', issuer: 'UBND xã', signer: 'Phạm Thị Thử', file: file('mot.pdf', pdf('Mot')) });
	await specialist.press('button[name=add]');
	await specialist.fill({ kind_2: 'Quyết định', number_2: '06/QĐ', signed_on_2: '25/11/2026', issuer_2: 'UBND xã', signer_2: 'Phạm Thị Thử', file_2: file('hai.pdf', pdf('Hai')) });
	await specialist.send(NEXT);
	await clerk.dossier(company);
	await clerk.press(`main a[href="${at(company, 'tra')}"]`);
	await clerk.tick('input[name=kq][value="1"]', false);
	await clerk.fill({ receiver: 'applicant', proof: 'slip', signature: 'paper' });
	await clerk.send(NEXT);
	assert.match(await clerk.says(), /Trả một phần kết quả/);
	await handOut(company);
});
test('the result leaves by post and is delivered', async () => {
	await decide(byPost);
	await post.go('/buu-chinh/giao');
	await post.fill({ carrier: 'Đinh Văn Thư' });
	await post.page.fill('input[name^="vd_"]', 'EX000000001VN');
	await post.page.fill('input[name^="cuoc_"]', '22000');
	await post.send('main form[action="/buu-chinh/giao"] button.go');
	await post.go('/buu-chinh/giao');
	await post.picture('5-post-out');
	await post.send('button[name=outcome][value=delivered]');
	is(byPost, 'Đã trả');
});

// ---- the province decides ----
test('to the province by list; the officer asks for nothing, finishes with a file; returned here', async () => {
	const code = await intake(clerk, { procedure: '9.999001', scans: [file('to-1.jpg', jpeg(), 'image/jpeg')] });
	await clerk.go('/ban-giao/moi?loai=tinh');
	for (const box of await clerk.page.locator('input[name="hs[]"]').all())
		if (!(await box.getAttribute('value')).startsWith(`${code} `)) await box.setChecked(false);
	await clerk.tick(`input[name="hs[]"][value^="${code} "]`);
	await clerk.press('main button.go');
	assert.match(await clerk.says(), /Còn giấy chưa quét/, 'a stop, not a warning to be overlooked');
	await clerk.tick('input[name=unscanned]');
	await clerk.picture('6-unscanned');
	await clerk.send('main button.go');
	const there = `/ho-so/${stack.boardId()}/${encodeURIComponent(code)}`;
	await until('the province has it', 60, async () => {
		await officer.page.goto(center + there);
		return await officer.page.locator('form[action$="/nhan-xu-ly"]').count() && /Đủ|đủ/.test(await officer.says());
	});
	await officer.send('form[action$="/nhan-xu-ly"] button');
	await officer.go(`${there}/ket-qua`);
	await officer.fill({ kind: 'Quyết định', number: '12/QĐ-STP', signed_on: '24/11/2026', issuer: 'Sở Tư pháp tỉnh Hà Tĩnh', signer: 'Phạm Thị Thử', summary: 'Đồng ý cấp', file: file('kq.pdf', pdf('Tinh')) });
	await officer.send('main button.go');
	await until('the counter has the result', 60, async () => {
		await clerk.go(at(code));
		return /Có kết quả, chờ trả/.test(await clerk.says());
	});
	await clerk.picture('6-province-result');
	await handOut(code);
});

// ---- while it is worked on ----
let hands;
async function accepted(options) {
	hands ??= stack.clerks();
	if (!hands.cookies.size) await hands.login('canbo');
	const { code } = await acceptDossier(hands, options);
	is(code, 'Đã tiếp nhận');
	return code;
}
const taken = async () => {
	const code = await accepted();
	await specialist.act(code, 'nhan-xu-ly');
	is(code, 'Đang xử lý');
	return code;
};
async function approve(desk, code) {
	await desk.go('/duyet');
	await desk.press(`li:has-text("${short(code)}") a[href^="/duyet/"], tr:has-text("${short(code)}") a[href^="/duyet/"]`);
	await desk.fill({ decision: 'approve' });
	await desk.send(NEXT);
}
async function propose(code, slug, values) {
	await specialist.act(code, 'de-xuat', {}, `main a[href$="/de-xuat/${slug}"]`);
	await specialist.fill(values);
	await specialist.send(NEXT);
	await manager.go('/duyet');
	await manager.press(`tr:has-text("${short(code)}") a[href^="/duyet/"]`);
	await manager.fill({ decision: 'approve' });
	await manager.send(NEXT);
}
test('papers are asked for while it is worked on: drafted, approved, brought, a new slip', async () => {
	const code = await taken();
	await propose(code, 'bo-sung', { items: 'Tờ khai: ký lại trang 2', reason: 'Thiếu chữ ký' });
	await clerk.dossier(code);
	assert.match(await clerk.says(), /Chờ người dân bổ sung/);
	await clerk.act(code, 'nhan-bo-sung', { items: 'Tờ khai: ký lại trang 2' });
	await clerk.dossier(code);
	assert.match(await clerk.says(), /Đang xử lý/);
});
test('put off with an apology; withdrawn; voided', async () => {
	const late = await taken();
	await manager.act(late, 'ngay-hen', { due_at: workday(13).at('10:00'), reason: 'Mất điện' });
	await specialist.act(late, 'gia-han', { due_at: workday(15).at('10:00'), reason: 'Chờ xác minh', late_unit: 'Tư pháp', signer_name: 'Phạm Thị Thử' });
	await specialist.dossier(late);
	assert.match(await specialist.says(), /Xin lỗi và hẹn lại/);
	const gone = await accepted(), wrong = await accepted();
	await clerk.act(gone, 'rut', { reason: 'Không làm nữa', slip_taken: true });
	is(gone, 'Đã rút');
	await clerk.act(wrong, 'huy', { reason: 'Nhập nhầm người', slip_taken: true, ...byManager });
	is(wrong, 'Đã hủy (nhập nhầm)');
});
test('a name put right with a second person; a lost slip gets a new secret, the old one says so', async () => {
	const code = await accepted({ who: person({ name: 'Hoàng Văn Nhầm' }) });
	await clerk.act(code, 'sua', { name: 'Hoàng Văn Nháp', reason: 'Ghi sai tên', new_slip: true, ...byManager });
	const secret = async () => {
		await clerk.go(at(code, 'giay-hen'));
		return /<b>([0-9A-Z]{4}-[0-9A-Z]{4})<\/b>/.exec(await clerk.page.content())[1];
	};
	await paper(clerk, at(code, 'giay-hen'), 'Hoàng Văn Nháp', 'Bản sửa lần 1');
	const old = await secret();
	await clerk.act(code, 'mat-giay-hen', { identity: true, pledge: true, reason: 'Mất giấy hẹn' });
	assert.notEqual(await secret(), old);
	const citizen = await Desk.open(lookup, 'day', browsers);
	await citizen.go('/');
	await citizen.page.fill('[name=so]', code);
	await citizen.page.fill('[name=ma]', old);
	await citizen.press('main button');
	assert.match(await citizen.says(), /Giấy này đã được thay bằng giấy mới/);
	await citizen.close();
});

// ---- money ----
test('cash, later, exempt; a receipt cancelled and a fee given back with the manager at the page', async () => {
	const cash = await intake(clerk, { step4: { fee_state: 'paid' } });
	const [, number] = /(\d{7})/.exec(ledger.money().numbers.map((n) => String(n).padStart(7, '0')).at(-1));
	await intake(clerk, { step4: { ground: 'Hộ nghèo' } });
	await clerk.dossier(cash);
	await clerk.press('main a[href*="/in/"]:has-text("iên lai")');
	await paper(clerk, clerk.at(), number, 'Tám nghìn đồng', 'Bưu điện tỉnh Thử');
	for (const [code, back, values] of [[company, 'huy-thu', {}], [byPost, 'hoan-phi', { amount: '3000' }]]) {
		await cashier.go('/thu-tien');
		if (code === company) await cashier.picture('7-owing');
		await cashier.press(`main a[href^="${at(code, 'thu-tien')}"]`);
		await cashier.fill({ method: 'cash' });
		await cashier.send(NEXT);
		await cashier.picture(`7-taken-${back}`);
		await cashier.go(at(code, 'thu-tien'));
		await cashier.press(`main a[href*="/${back}/"]`);
		await cashier.fill({ ...values, reason: 'Thu nhầm', ...byManager });
		await cashier.send(NEXT);
	}
	await cashier.go('/thu-tien');
	await cashier.press(`main a[href^="${at(company, 'thu-tien')}"]`);
	await cashier.fill({ method: 'cash' });
	await cashier.send(NEXT);
	await cashier.go('/so/bien-lai?loai=da-huy');
	assert.match(await cashier.says(), /Đã hủy/);
});

// ---- without a mouse, without JavaScript, at 200 % ----
test('a dossier by keyboard alone', async () => {
	await clerk.go('/quay');
	await atSearch(clerk);
	await clerk.scan(card(20, 'Lê Đình Giả'));
	await clerk.enter('main form[action="/ho-so/moi"] button');
	await clerk.enter('.usual button[value="2.000635"]');
	await clerk.enter('button[name=all]');
	await clerk.tabTo('#phone');
	await clerk.type('0900000124');
	await clerk.enter(NEXT);
	is(codeOf(clerk), 'Đã tiếp nhận');
	await clerk.enter('form[action$="/da-in"] button');
	await clerk.enter(NEXT);
	assert.equal(clerk.at(), '/quay');
});
test('a dossier and a certification with JavaScript off', async () => {
	const plain = await Desk.login(origin, 'day', 'canbo', { javaScriptEnabled: false });
	await intake(plain);
	await plain.go('/chung-thuc');
	await till(plain, { name: 'Nguyễn Văn Thử' });
	await plain.send('.tray button[type=submit]');
	await plain.send('.numbered button[type=submit]');
	await plain.close();
});
test('at 200 % nothing is wider than the screen, from the card to the slip', async () => {
	const near = await Desk.login(origin, 'day', 'canbo', { ...browsers, viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
	const wide = [];
	const fits = async (name) => {
		await near.picture(`8-zoom-${name}`);
		const over = await near.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (over > 0) wide.push(`${name}: ${over} px`);
	};
	await fits('home');
	await near.press('main form[action="/ho-so/moi"] button');
	await fits('1');
	await near.press(NEXT);
	await fits('1-faults');
	await near.fill(person({ name: 'Nguyễn Thị Tên Rất Là Dài Như Trong Giấy Khai Sinh', who: 'self' }));
	await near.send(NEXT);
	await fits('2');
	await near.send('.usual button[value="2.000635"]');
	await fits('3');
	await near.send('button[name=all]');
	await fits('4');
	await near.send(NEXT);
	await fits('done');
	is(codeOf(near), 'Đã tiếp nhận');
	for (const [name, address] of [['till', '/chung-thuc'], ['dossier', at(first)], ['return', '/tra-ket-qua']]) {
		await near.go(address);
		await fits(name);
	}
	assert.deepEqual(wide, []);
	await near.close();
});

// ---- the till's day, and the rest of the dossiers ----
test('certifications of every kind, a spoilt number, and the rest of the visits', async () => {
	for (const [values, row] of [[{ name: 'Bùi Thị Thử', pay: 'exempt', ground: 'Người cao tuổi', outside: 'Thôn Chạy Thử' }],
		[{ name: 'Hoàng Văn Nháp', pay: 'later' }], [{ work: 'signature', name: 'Lê Đình Giả', number: '000090000003' }, ['Giấy ủy quyền', 1, 1]]]) {
		await clerk.go('/chung-thuc');
		await till(clerk, values, row);
	}
	await clerk.send('.tray button[type=submit]');
	await clerk.picture('9-numbered');
	await manager.go('/so/chung-thuc');
	await manager.press('main table a[href^="/so/chung-thuc/"] >> nth=0');
	await manager.press('.list tbody tr:nth-child(2) td:last-child a');
	await manager.fill({ reason: 'Ghi sai lời chứng', again: true });
	await manager.send('main form button.go');
	for (let left = await clerk.page.locator('.numbered').count(); left > 0; left--) {
		await clerk.go('/chung-thuc/khay');
		await clerk.send('.numbered button[type=submit] >> nth=0');
	}
	await accepted();
	while (visits < CERT) {
		for (let i = 0; i < 10 && visits < CERT; i++, visits++) {
			const page = await hands.get('/chung-thuc');
			const done = await hands.submit(page, '/chung-thuc', { work: visits % 7 ? 'copy' : 'signature', name: person().name, number: '000090000004',
				pay: visits % 5 ? 'cash' : 'later', return: 'now', paper_1: 'Giấy khai sinh', pages_1: String(1 + visits % 4), copies_1: '2' }, { button: 'accept' });
			assert.match(done.path, /khay/, done.text.slice(0, 300));
		}
		await hands.submit(await hands.get('/chung-thuc/khay'), 'name="pick[]"');
		for (let page = await hands.get('/chung-thuc/khay'); page.html.includes('khay/tra"'); page = await hands.get('/chung-thuc/khay'))
			await hands.submit(page, 'khay/tra');
	}
});
test('the rest of the dossiers', async () => {
	const people = { clerk: hands, specialist: stack.clerks(), signer: stack.clerks() };
	await people.specialist.login('chuyenvien');
	await people.signer.login('nguoiky');
	for (let i = 0; register.size < DOSSIERS; i++) {
		const code = await accepted({ files: i % 4 === 0, values: { fee_state: i % 3 ? 'paid' : 'later' } });
		if (i % 2) continue;
		await decideAtCommune(people, code);
		is(code, 'Đã trả');
	}
});

// ---- evening ----
test('the print tray empties by hand, one paper or a pile at a time', async () => {
	await clerk.go('/in');
	await clerk.picture('9-print-tray');
	const rows = clerk.page.locator('#khay section li'), before = await rows.count();
	assert(before > 1);
	const what = await rows.first().innerText();
	await clerk.send('#khay section li:first-child form button');
	assert.notEqual(await rows.first().innerText(), what);
	await clerk.send('#khay section form[action="/in"] button');
	assert(await rows.count() < before - 1, await clerk.says());
});
const dong = (amount) => `${String(amount).replace(/\B(?=(\d{3})+$)/g, '.')} đ`;
test('each cash-up is the sum of its person’s events, and both together the cash that came', async () => {
	const events = ledger.events(), { sums } = ledger.money();
	const mine = (who) => events.filter((e) => e.actor === who).reduce((sum, { kind, body }) => sum
		+ (kind === 'fee.collected' && body.method === 'cash' ? body.total : 0)
		- (/^fee\.(cancelled|refunded)$/.test(kind) ? body.amount : 0), 0);
	const takers = [...new Set(events.filter((e) => e.kind === 'fee.collected').map((e) => e.actor))];
	assert.equal(takers.length, 2);
	const first = events.find((e) => e.kind === 'dossier.accepted').actor;
	let all = 0;
	for (const [desk, who] of [[clerk, first], [cashier, takers.find((t) => t !== first)]]) {
		const expected = mine(who);
		await desk.go('/chot-ca');
		assert((await desk.says()).includes(`Tiền mặt phải có ${dong(expected)}`), `${dong(expected)}: ${await desk.says()}`);
		await desk.fill({ cash: String(expected) });
		await desk.send('main form.card button.go');
		await paper(desk, desk.at(), dong(expected).slice(0, -2));
		all += expected;
	}
	assert.equal(all, sums.cash - sums.back);
});
test('the day is closed on one sheet that counts what happened', async () => {
	await manager.go('/chot-ngay');
	const counted = await manager.says();
	const events = ledger.events(), { numbers } = ledger.money();
	const books = new Set(events.filter((e) => e.kind === 'book.opened' && e.body.kind !== 'receipt').map((e) => e.subject));
	const happened = (kind) => events.filter((e) => e.kind === kind && (!kind.startsWith('book.') || books.has(e.subject))).length;
	for (const [words, count] of [['Hồ sơ tiếp nhận', happened('dossier.accepted')], ['Từ chối', 1], ['Rút, dừng', 1], ['Hủy (nhập nhầm)', 1],
		['Có kết quả', happened('dossier.finished')], ['Trả kết quả', happened('dossier.result_returned')],
		['Số chứng thực đã vào sổ', happened('book.numbered')], ['Số chứng thực hủy', 1], ['Biên lai đã dùng', numbers.length], ['Lần hủy thu', 1]])
		assert(counted.includes(` ${words} ${count} `), `${words} ${count}: ${counted.slice(0, 900)}`);
	await manager.picture('9-day');
	await manager.send('main form[action="/chot-ngay"] button.go');
	assert.equal(manager.at(), '/chot-ngay/1');
	await paper(manager, '/chot-ngay/1', 'Người chốt');
});

// ---- held against each other ----
test('receipts run without a gap, each once; books too, and the spoilt number stays', async () => {
	const { numbers, cancelled } = ledger.money();
	assert.deepEqual([...numbers].sort((a, b) => a - b), numbers.map((_, i) => i + 1));
	assert.equal(cancelled.length, 1);
	const events = ledger.events();
	const books = events.filter((e) => e.kind === 'book.opened' && /copy|signature|translator|transaction/.test(e.body.kind));
	assert.equal(books.length, 4);
	for (const { subject, body } of books) {
		const given = events.filter((e) => e.kind === 'book.numbered' && e.subject === subject).map((e) => e.body.number);
		assert.deepEqual(given, given.map((_, i) => body.first + i), body.symbol);
		const rows = ledger.rows(`SELECT number FROM book_entry WHERE lower(hex(book)) = '${subject}' ORDER BY number`);
		assert.deepEqual(rows.map((r) => r.number), given, `the table of ${body.symbol}`);
	}
	assert.equal(events.filter((e) => e.kind === 'book.spoiled' && books.some((b) => b.subject === e.subject)).length, 1);
});
test('every dossier’s paid sum is what its events add up to', () => {
	const { paid } = ledger.money();
	for (const { id, fee_paid } of ledger.rows('SELECT lower(hex(id)) AS id, fee_paid FROM dossier'))
		assert.equal(fee_paid, paid.get(id) ?? 0, id);
});
test('the register has every dossier with its number and its state, and no more', async () => {
	const answer = await clerk.context.request.get(`${origin}/so/ho-so/tep/csv?thang=${local.toISOString().slice(0, 7)}`);
	const [head, ...rows] = (await answer.text()).replace(/^\ufeff/, '').trim().split('\r\n').map((line) => line.match(/("([^"]|"")*"|[^;]*)(;|$)/g).map((cell) => cell.replace(/;$/, '').replace(/^"|"$/g, '')));
	const column = (word) => head.findIndex((name) => name.includes(word));
	const seen = new Map(rows.map((row) => [row[column('Số trên giấy hẹn')], row[column('Tình trạng')]]));
	assert.equal(rows.length, register.size + visits);
	for (const [code, words] of register) assert.equal(seen.get(code), words, code);
	// What the province has named stands there under its official code too.
	const official = ledger.rows("SELECT official FROM dossier WHERE official <> ''").map((row) => row.official);
	assert.deepEqual(rows.map((row) => row[column('Mã hồ sơ')]).filter((code) => official.includes(code)).length, official.length);
	const numbers = ledger.rows('SELECT code FROM dossier').map(({ code }) => Number(code.slice(-4))).sort((a, b) => a - b);
	assert.deepEqual(numbers, rows.map((_, i) => i + 1), 'numbers without a gap');
});
test('the paper of the books: the month’s page, the register, a receipt', async () => {
	await manager.go('/so/chung-thuc');
	await manager.press('main table a[href^="/so/chung-thuc/"] >> nth=0');
	await paper(manager, `${manager.at()}/in`, 'SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH', 'Hủy: Ghi sai', '413');
	await paper(clerk, '/so/ho-so/in', short(first), 'Ký nhận');
});
test('both sides agree: journal, digests, and the tables made again', async () => {
	await stack.drained(120);
	await until('equal logs', 60, () => stack.verifyBoth());
	await stack.stop('board');
	await stack.stop('center');
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	for (const side of ['board', 'center']) {
		const compared = stack.tram(side, ['rebuild', '--compare']);
		assert.equal(compared.status, 0, compared.stdout + compared.stderr);
	}
});
await run();
