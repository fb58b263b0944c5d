// every.mjs: every page there is, as the people who may open it see it. A point with one dossier in every
// state is made; then each person follows every link from her first page. Each page is looked at once (some
// more often) in real Chromium: valid HTML, no axe violation at 390, 800 and 1280 px and at 200 % zoom,
// nothing wider than the screen down to 320 px, at most 30 KB and 4 requests at first view, no unfilled
// text. A paper is printed besides: its sheets stand in build/shots/every, none of them empty, nothing wider
// than the sheet. No link is dead. Every GET row of the route tables must have been opened, or stand in `elsewhere`
// with the reason why it is none of these pages.
//
// EVERY_LOOK=no only follows the links; EVERY_QUICK=1 asks axe at one width and at 200 % alone.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { HtmlValidate } from 'html-validate';
import { acceptDossier, act, chooseProcedure, decideAtCommune, handOver, person, signAtCommune, startDraft, tickPapers, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Desk } from '../lib/desk.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { routesOf, tables } from '../lib/routes.mjs';
import { Stack, root } from '../lib/stack.mjs';
import { report, save } from './measure.mjs';

mkdirSync(path.join(root, 'build/bench'), { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate({ extends: ['html-validate:recommended'],
	rules: { 'long-title': 'off', 'no-trailing-whitespace': 'off' } });
const sizes = [[390, 844], [800, 1280], [1280, 800]];
// 200 % of 1280×800 and of 800×1280; and as narrow as WCAG 1.4.10 asks.
const zoomed = [[640, 400], [400, 640]], narrowest = [320, 640];

const stack = new Stack({ name: 'bench-every', ports: [9870, 9880], board: 'lookup_url = http://127.0.0.1:9871\nqueues = Tiếp nhận hồ sơ|Chứng thực\n' });
await stack.up();
const faults = [];
const fault = (where, what) => {
	faults.push(`${where}: ${what}`);
	console.log(`     ! ${where}: ${what}`);
};

// ---- one of everything ----
const people = {};
for (const [login, name, roles] of [['hotro', 'Mai Thị Hướng', 'guide'], ['thuquy', 'Vũ Thị Quỹ', 'cashier'], ['buuta', 'Đinh Văn Thư', 'returner'], ['vanthu', 'Bùi Thị Dấu', 'clerk_seal']])
	assert.equal(stack.tram('board', ['user', 'add', login, '--name', name, '--roles', roles, '--keep-password'], `${PASSWORD}\n`).status, 0);
for (const login of ['canbo', 'chuyenvien', 'nguoiky', 'quanly', 'hotro', 'thuquy', 'buuta', 'vanthu']) {
	people[login] = stack.clerks();
	await people[login].login(login);
}
await people.canbo.submit(await people.canbo.get('/chon-quay'), '/chon-quay', { counter: '1' });
const { canbo: clerk, chuyenvien: specialist, nguoiky: signer, quanly: manager } = people;
const begun = [];		// addresses no link leads to any more
const mine = { file: [{ name: 'file', filename: 'ket-qua.pdf', type: 'application/pdf', content: pdf() }] };
const result = { kind: 'Bản sao trích lục', number: '02/TLKS-BS', signed_on: '24/11/2026', issuer: 'Ủy ban nhân dân xã Cẩm Bình', signer: 'Phạm Thị Thử' };
// Tells what could not be made, and goes on: the routes that stay unopened say the rest.
async function made(name, does) {
	try {
		return await does();
	} catch (error) {
		return fault('the world', `${name}: ${error.message.slice(0, 300)}`);
	}
}
await made('books', async () => {
	for (const [kind, last] of [['copy', '412'], ['signature', '0']])
		await manager.submit(await manager.get('/so/chung-thuc'), '/so/chung-thuc', { kind, medium: 'paper', volume: '1', last });
});
await made('collector', async () => {
	await manager.submit(await manager.get('/thu-tien/don-vi'), '/thu-tien/don-vi', { name: 'Bưu điện tỉnh Hà Tĩnh (thử)', tax_code: '0000000001',
		address: 'Số 1 đường Thử, Hà Tĩnh', form: '01BLP', serial: 'TT-26', bank_bin: '970436', bank_name: 'Ngân hàng Thử', account_no: '0001234567890', account_name: 'BUU DIEN THU', used: '1' });
	await manager.submit(await manager.get('/thu-tien/don-vi'), 'name="r_serial"', { first: '101', last: '180', r_serial: 'TT-26' });
});
for (let i = 0; i < 4; i++) await made('ticket', async () => clerk.submit(await clerk.get('/hang-doi/lay-so'), '/hang-doi/lay-so', { queue: String(i % 2), priority: i ? 'none' : 'elderly' }));
await made('called', async () => clerk.submit(await clerk.get('/hang-doi'), '/hang-doi', { do: 'next' }));
await made('complaint', async () => manager.submit(await manager.get('/quan-ly/phan-anh'), '/quan-ly/phan-anh', { text: 'Chờ lâu ở quầy 2', from: 'Nguyễn Văn Thử' }));
const codes = {};
const take = (name, more) => made(name, async () => { codes[name] = (await acceptDossier(clerk, more)).code; });
await take('accepted', { files: true, who: person({ name: 'Nguyễn Văn Thử' }) });
await take('owing', { values: { fee_state: 'later' } });
await take('paid', { values: { fee_state: 'paid' } });
for (const name of ['forwarded', 'processing', 'supplement', 'signing', 'signed', 'result', 'part', 'returned', 'late']) {
	await take(name, { values: name === 'result' ? { way: 'post', d_name: 'Nguyễn Văn Thử', d_phone: '0900000001', d_address: 'Thôn Chạy Thử' } : {} });
	await made(name, async () => {
		const code = codes[name];
		await act(clerk, code, 'chuyen');
		if (['processing', 'supplement', 'signing'].includes(name)) await act(specialist, code, 'nhan-xu-ly');
		if (name === 'supplement') {

			await specialist.submit(await specialist.get(url(code, 'bo-sung')), '/de-xuat/bo-sung', { items: 'Tờ khai: ký lại trang 2', reason: 'Thiếu chữ ký' });
			const id = /href="\/duyet\/([0-9a-f]{32})"/.exec((await manager.get('/duyet')).html)[1];
			await manager.submit(await manager.get(`/duyet/${id}`), `/duyet/${id}`, { decision: 'approve' });
		} else if (name === 'signing') {
			const chosen = /name="signer" value="([^"]+)"/.exec((await specialist.get(url(code, 'trinh-ky'))).html)[1];
			await act(specialist, code, 'trinh-ky', { signer: chosen });
		} else if (name === 'signed') {
			await signAtCommune({ specialist, signer }, code);
		} else if (['result', 'part', 'late'].includes(name)) {
			await signAtCommune({ specialist, signer }, code);
			await act(specialist, code, 'ket-qua', result, { files: mine.file });
		} else if (name === 'returned') {
			await decideAtCommune({ clerk, specialist, signer }, code);
		}
	});
}
await take('province', { procedure: '9.999001' });
await made('province', () => handOver(clerk, codes.province, 'Sở Thử nghiệm'));
await made('question', async () => clerk.submit(await clerk.get(url(codes.processing, 'cau-hoi')), '/cau-hoi', { to: 'specialist', text: 'Đã có bản chính chưa?' }));
await made('proposal', async () => act(specialist, codes.processing, 'de-xuat/tu-choi', { reason: 'Không thuộc thẩm quyền' }, { word: 'de-xuat' }));
await made('note', () => act(clerk, codes.accepted, 'ghi-chu', { text: 'Đã gọi' }));
const draft = await made('draft', async () => {
	const begin = await startDraft(clerk, person({ name: 'Trần Thị Mẫu' }));
	const page = await chooseProcedure(clerk, begin, '1.001193');
	begun.push(`/ho-so/moi/${begin.id}/giay-to`, `/ho-so/moi/${begin.id}/kiem-tra`, `/ho-so/moi/${begin.id}/thu-tuc`, `/ho-so/moi/${begin.id}/nguoi`);
	await tickPapers(clerk, page, true);
	return begin.id;
});
await made('supplement slip', async () => {
	const slip = await clerk.submit(await clerk.get(`/ho-so/moi/${draft}/bo-sung`), '/bo-sung', { 'pick.0': '1', why_2: '1', ticket: 'A017' });
	if (slip.redirected) begun.push(slip.redirected);
});
await made('certifications', async () => {
	for (let i = 0; i < 3; i++)
		await clerk.submit(await clerk.get('/chung-thuc'), '/chung-thuc', { name: 'Nguyễn Văn Thử', paper_1: 'Bằng tốt nghiệp', pages_1: '2', copies_1: '3' }, { button: 'accept' });
	await clerk.submit(await clerk.get('/chung-thuc/khay'), 'name="pick[]"');
	await clerk.submit(await clerk.get('/chung-thuc'), '/chung-thuc', { name: 'Trần Thị Mẫu', paper_1: 'Học bạ', pages_1: '1', copies_1: '1' }, { button: 'accept' });
});
await made('list', async () => {
	const list = await clerk.submit(await clerk.get('/ban-giao/moi'), '/ban-giao/moi', { to: 'Bộ phận tư pháp' });
	if (list.redirected) begun.push(list.redirected);
});
await made('block', async () => manager.submit(await manager.get('/nhap-bu'), '/nhap-bu/in', { count: '2' }));
await made('old dossiers', async () => {
	const csv = Buffer.from('Mã hồ sơ cũ;Cơ quan cũ;Chủ hồ sơ;Số giấy tờ;Thủ tục;Ngày nhận;Hẹn trả;Nơi để;Tình trạng\nK-1;UBND xã cũ;Nguyễn Văn Thử;000000000001;Khai sinh;01/06/2025;;Tủ 1;\n');
	const preview = await clerk.submit(await clerk.get('/tiep-quan'), '/tai-len/tiep-quan', {}, { files: [{ name: 'file', filename: 'cu.csv', type: 'text/csv', content: csv }] });
	begun.push(preview.redirected);
});
await made('photos', async () => clerk.submit(await clerk.get(url(codes.accepted, 'quet')), '/tai-len/', {}, { files: [{ name: 'file.x', filename: 'a.jpg', type: 'image/jpeg', content: jpeg() }] }).catch(() => {}));
await made('a book spoilt', async () => manager.get('/so/chung-thuc'));
await made('day', async () => clerk.submit(await clerk.get('/chot-ca'), '/chot-ca', { cash: '0' }));
await made('day', async () => manager.submit(await manager.get('/chot-ngay'), '/chot-ngay'));
const slip = await clerk.get(url(codes.accepted, 'giay-hen'));
const scanned = /\/h\/(T[^"<\s]+)/.exec(slip.text)?.[0] ?? /http:\/\/[^"<\s]+\/h\/[^"<\s]+/.exec(slip.html)?.[0];
await stack.drained();

// ---- who goes where ----
const lookupRoutes = [...readFileSync(path.join(root, 'cgi/lookup/main.c'), 'utf8').matchAll(/\{"([\w.-]+)",\s*([A-Z_|\s]+),\s*"([^"]+)"/g)]
	.filter(([, , methods]) => methods.includes('METHOD_GET')).map(([, name, , pattern]) => ({ name, pattern }));
const programs = {
	intake: { routes: tables.intake.flatMap(routesOf).filter((row) => row.methods.includes('GET')), origin: stack.clerks().origin },
	admin: { routes: tables.admin.flatMap(routesOf).filter((row) => row.methods.includes('GET')), origin: stack.admin().origin },
	center: { routes: tables.center.flatMap(routesOf).filter((row) => row.methods.includes('GET')), origin: stack.officers().origin },
	lookup: { routes: lookupRoutes, origin: stack.lookup().origin },
};
const fits = (row, where) => {
	const a = row.pattern.split('/'), b = where.split('?')[0].split('/');
	return a.length === b.length && a.every((part, i) => part.startsWith(':') || part === b[i]);
};
const routeOf = (program, where) => programs[program].routes.find((row) => fits(row, where));
const walks = [
	{ program: 'admin', login: 'quanly', client: stack.admin(), from: ['/'] },
	{ program: 'admin', login: 'kythuat', client: stack.admin(), from: ['/'] },
	{ program: 'center', login: 'giamsat', client: stack.officers(), from: ['/'] },
	{ program: 'center', login: 'tinh', client: stack.officers(), from: ['/', '/ho-so?loc=tat-ca'] },
	// With JavaScript the screen goes to its other address at once: that one is the view.
	{ program: 'lookup', login: null, client: stack.lookup(), from: ['/', '/man-hinh?tu-dong=1', '/theo-doi', '/theo-doi?so=A001', ...(scanned ? [scanned.replace(/^https?:\/\/[^/]+/, '')] : [])] },
	{ program: 'intake', login: null, client: stack.clerks(), from: ['/dang-nhap', '/khoa'] },
	...[['canbo', ['/quay', '/viec', ...begun]], ['chuyenvien', ['/xu-ly', '/viec']], ['nguoiky', ['/duyet', '/viec']],
		['vanthu', ['/viec']], ['hotro', ['/quay', '/viec']], ['thuquy', ['/viec']], ['buuta', ['/viec']], ['quanly', ['/quan-ly', '/viec']]]
		.map(([login, from]) => ({ program: 'intake', login, client: people[login], from: [...from, ...Object.values(codes).map((code) => url(code))] })),
];

// ---- one page ----
const papers = [];
let heaviest = { kb: 0 }, busiest = { requests: 0 }, looked = 0;
const seen = new Map();		// "program row" → how often looked at
const LOOKS = { dossier: 14, home: 3 };
async function look(desk, where, key, source) {
	const { page } = desk, name = `${key} ${where}`;
	let bytes = 0, requests = 0;
	const network = await desk.context.newCDPSession(page);
	await network.send('Network.enable');
	await network.send('Network.setCacheDisabled', { cacheDisabled: true });
	// Of this page alone: the slip that a page prints by itself comes in a frame after it.
	const own = new Set(), { frameTree } = await network.send('Page.getFrameTree');
	network.on('Network.requestWillBeSent', ({ requestId, request, frameId }) => {
		if (request.url.startsWith('data:') || frameId !== frameTree.frame.id) return;
		own.add(requestId);
		requests++;
	});
	network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { if (own.has(requestId)) bytes += encodedDataLength; });
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto(desk.origin + where, { waitUntil: 'load' });
	await network.detach();
	looked++;
	const kb = bytes / 1024;
	if (kb > heaviest.kb) heaviest = { kb, where: name };
	if (requests > busiest.requests && !await page.locator('link[href*="/print."]').count()) busiest = { requests, where: name };
	if (kb > 30) fault(name, `${kb.toFixed(1)} KB at first view`);
	// A paper has a style sheet of its shape besides the papers' own and the app's, and the printing script.
	const isPaper = await page.locator('link[href*="/print."]').count() > 0;
	if (requests > (isPaper ? 5 : 4)) fault(name, `${requests} requests at first view`);
	const text = await page.innerText('body');
	for (const odd of text.match(/\[\?\]|\{\d\}|\bundefined\b|\bNaN\b|\bnull\b/g) ?? []) fault(name, `says "${odd}"`);
	if (!await page.locator('h1').count()) fault(name, 'no heading');
	for (const { messages } of (await validator.validateString(source)).results)
		for (const m of messages) fault(name, `html line ${m.line} ${m.ruleId}: ${m.message}`);
	for (const [width, height] of [...sizes, ...zoomed, ...(isPaper ? [] : [narrowest])]) {
		await page.setViewportSize({ width, height });
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (over > 0) fault(name, `${over} px wider than ${width}`);
		// EVERY_QUICK: contrast and names at one width and at 200 %.
		if (width === 320 || (process.env.EVERY_QUICK && ![390, 640].includes(width))) continue;
		if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
		const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }));
		for (const { id, nodes } of violations) fault(name, `axe ${id} at ${width}: ${nodes[0].html.slice(0, 160)}`);
	}
	await page.setViewportSize({ width: 1280, height: 800 });
	if (isPaper) await paper(desk, name, key.replace(/[^\w]+/g, '-'));
	await desk.picture(key.replace(/[^\w]+/g, '-') + (seen.get(key) > 1 ? `-${seen.get(key)}` : ''));
}

async function paper(desk, name, file) {
	const { file: pdfFile, sheets, mm, text } = await desk.print(file);
	papers.push(`${name}: ${sheets} of ${mm.join('×')} mm`);
	if (text.length < 60) fault(name, `a paper that says only "${text}"`);
	for (let i = 1; i <= Math.min(sheets, 4); i++) {
		const one = execFileSync('pdftotext', ['-f', String(i), '-l', String(i), pdfFile, '-'], { encoding: 'utf8' }).trim();
		if (one.length < 10) fault(name, `sheet ${i} of ${sheets} is empty`);
	}
	execFileSync('pdftoppm', ['-r', '60', '-png', '-l', '2', pdfFile, pdfFile.slice(0, -4)], { stdio: 'ignore' });
	// As wide as the sheet without its margins: what is wider runs over.
	await desk.page.emulateMedia({ media: 'print' });
	await desk.page.setViewportSize({ width: Math.round(mm[0] / 25.4 * 96), height: 1000 });
	// The slanting word of the rehearsal lies under the text and takes no room on paper.
	const over = await desk.page.evaluate(() => {
		document.querySelectorAll('.trial').forEach((e) => e.remove());
		return document.documentElement.scrollWidth - document.documentElement.clientWidth;
	});
	if (over > 0) fault(name, `${over} px wider than its paper`);
	await desk.page.emulateMedia({ media: null });
}

try {
	for (const walk of walks) {
		const { program, login, client, from } = walk;
		const desk = process.env.EVERY_LOOK === 'no' ? null : await Desk.open(programs[program].origin, 'every');
		// The walk before may have taken longer than a session rests; who is still in is sent home from there.
		if (login && /type="password"/.test((await client.get('/dang-nhap')).html)) await client.login(login);
		await desk?.context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, url: client.origin })));
		const queue = [...from], asked = new Set(), perRow = new Map();
		let opened = 0;
		while (queue.length) {
			const where = queue.shift().replace(/#.*$/, '');
			if (where === '' || asked.has(where)) continue;
			asked.add(where);
			const row = routeOf(program, where), key = `${program} ${row?.name ?? where}`;
			// Enough of a kind.
			if ((perRow.get(key) ?? 0) >= (row?.name === 'dossier' ? 40 : 12)) continue;
			perRow.set(key, (perRow.get(key) ?? 0) + 1);
			const answer = await client.request('GET', where);
			if (answer.status === 303) {
				if (answer.location.startsWith('/')) queue.unshift(answer.location);
				if (row) seen.set(key, seen.get(key) ?? 0);
				continue;
			}
			opened++;
			if (answer.status !== 200) {
				// From a start of ours it is no link.
				if (!from.includes(where)) fault(`${login} ${where}`, `a link answers ${answer.status}`);
				continue;
			}
			seen.set(key, seen.get(key) ?? 0);
			if (!/html/.test(answer.headers['content-type'] ?? '')) continue;
			for (const [, link] of answer.html.matchAll(/\shref="([^"]+)"/g)) {
				const plain = link.replaceAll('&amp;', '&');
				if (plain.startsWith('/') && !plain.startsWith('/tinh/')) queue.push(plain);
				else if (plain.startsWith('?')) queue.push(where.split('?')[0] + plain);
			}
			const before = seen.get(key);
			if (before >= (LOOKS[row?.name] ?? 2) || (before >= 1 && walk.lookedAt?.has(key) && row?.name !== 'dossier')) continue;
			(walk.lookedAt ??= new Set()).add(key);
			seen.set(key, before + 1);
			if (process.env.EVERY_LOOK === 'no') continue;
			await look(desk, where, key, answer.html);
		}
		console.log(`       ${program} ${login ?? 'nobody'}: ${opened} addresses opened`);
		await desk?.close();
	}
	// Addresses that are no page to look at, or stand where no link leads.
	const elsewhere = new Map(Object.entries({
	}));
	for (const [program, { routes }] of Object.entries(programs))
		for (const row of routes)
			if (!seen.has(`${program} ${row.name}`) && !elsewhere.has(`${program} ${row.name}`))
				fault(`${program} ${row.name}`, `${row.pattern} was never opened`);
} finally {
	for (const { client } of walks) client.close();
	await stack.down();
}
for (const one of papers.sort()) console.log(`       ${one}`);
const fine = [report('every_page_kb', heaviest.kb, `KB, ${heaviest.where}, the heaviest first view of ${looked} pages`, null, null, ['<=', 30]),
	report('every_page_requests', busiest.requests, `requests, ${busiest.where}, of pages that are no paper`, null, null, ['<=', 4])];
save(path.join(root, 'build/bench/every.json'));
console.log(`${looked - Math.min(looked, new Set(faults.map((one) => one.split(': ')[0])).size)} passed, ${faults.length} failed, 0 skipped`);
process.exit(fine.every(Boolean) && faults.length === 0 ? 0 : 1);
