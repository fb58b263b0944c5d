// Goal: what is photographed becomes pages a province can read: upright, small, without the camera's
// words; the pages of a paper are one PDF in the manifest; what cannot be read is told in words and never
// harms anybody; scans may follow acceptance, and a wrong one gives its place to another.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, acceptDossier, chooseProcedure, dossier, person, startDraft, tickPapers, url } from '../lib/clerk.mjs';
import { exif, jpeg, jpegSize, pdf, pdfBomb, png } from '../lib/files.mjs';
import { Stack, sanitized } from '../lib/stack.mjs';

const stack = new Stack({ name: 'photos', ports: [9462, 9465] });
cleanup((failed) => stack.down(failed));
let clerk, manager, specialist;

const shots = (page) => [...page.html.matchAll(/<li class="shot[ "][\s\S]*?<\/li>/g)].map((m) => m[0]);
const no = (shot) => /name="remove" value="(\d+)"/.exec(shot)[1];
const open = async (client, address) => {
	const answer = await client.request('GET', address);
	assert.equal(answer.status, 200, `${address}: ${answer.status}`);
	assert.match(answer.headers['content-security-policy'], /sandbox/);
	assert.equal(answer.headers['x-content-type-options'], 'nosniff');
	return answer;
};
const fileOf = (shot) => /href="([^"]+\/tep\/\d+)"/.exec(shot)[1];
const thumbOf = (shot) => /<img src="([^"]+)"/.exec(shot)?.[1];
const photo = (paper, content, filename = 'anh.jpg') => ({ name: `file.${paper}`, filename, type: 'image/jpeg', content });
const pages = (bytes) => {
	const file = path.join(stack.data, 'page-count.pdf');
	writeFileSync(file, bytes);
	return Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [file], { encoding: 'utf8' }))[1]);
};
const sql = (query) => execFileSync('sqlite3', ['-readonly', path.join(stack.data, 'board/db/tram.db'), query], { encoding: 'utf8' }).trim();
const blobs = () => readdirSync(path.join(stack.data, 'board/blobs'));
const spool = () => readdirSync(path.join(stack.data, 'board/spool')).filter((name) => !name.endsWith('.json'));

async function papersPage(procedure = '2.000635') {
	const draft = await startDraft(clerk);
	const page = await chooseProcedure(clerk, draft, procedure);
	return { id: draft.id, page, papers: [...page.html.matchAll(/name="file\.([^"]+)"/g)].map((m) => m[1]) };
}
const add = (page, files) => clerk.submit(page, '/tai-len/', { add_name: '' }, { button: 'stay', files });
const back = (id) => clerk.get(`/ho-so/moi/${id}/giay-to`);
const links = (page) => [...new Set([...page.html.matchAll(/href="(\/ho-so\/[^"]+\/tep\/[0-9a-f]{64})"/g)].map((m) => m[1]))];

test.must('a board and three people', async () => {
	await stack.up(['board']);
	[clerk, manager, specialist] = await Promise.all(['canbo', 'quanly', 'chuyenvien'].map(async (login) => {
		const client = stack.clerks();
		await client.login(login);
		return client;
	}));
});

// ---- pages of photos ----
test('a photo is upright, small, without the camera\'s words; the original stands outside the manifest', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	const original = jpeg(900000, { across: 400, down: 300, shades: 3, before: exif(6, 'MAYANHBIMAT') });
	await add(page, [photo(paper, original)]);
	const [shot] = shots(await back(id));
	const { bytes, headers } = await open(clerk, fileOf(shot));
	assert.equal(headers['content-type'], 'image/jpeg');
	assert.deepEqual(jpegSize(bytes), [1755, 2340], 'lying pixels that the camera calls upright');
	assert(bytes.length <= 400 * 1024, `${bytes.length} bytes`);
	assert(!bytes.includes('MAYANHBIMAT') && !bytes.includes('Exif'));
	const small = await open(clerk, thumbOf(shot));
	assert.deepEqual(jpegSize(small.bytes), [180, 240]);
	assert.equal(sql(`SELECT count(*) FROM blob_source s JOIN draft_file f ON f.sha256 = s.made WHERE f.draft = '${id}' AND role = 'original'`), '1');
	assert(!shot.includes('Ảnh nhỏ'), shot);
	// Noise that no quality makes small enough becomes a smaller picture.
	await add(await back(id), [photo(paper, jpeg(2000, { across: 400, down: 300 }))]);
	const noise = await open(clerk, fileOf(shots(await back(id))[1]));
	assert(noise.bytes.length <= 400 * 1024, `${noise.bytes.length} bytes`);
	assert.deepEqual(spool(), []);
});
test('a PNG becomes a page too; too small, too dark is said, and nothing is forbidden', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	await add(page, [{ ...photo(paper, png(300, 200), 'a.png'), type: 'image/png' }]);
	const [shot] = shots(await back(id));
	assert.match(shot, /Ảnh nhỏ/);
	assert.match(shot, /Bỏ, chụp lại/);
	assert.deepEqual(jpegSize((await open(clerk, fileOf(shot))).bytes), [300, 200]);
	const next = await tickPapers(clerk, await back(id));
	assert.match(next.path, /kiem-tra/);
});
test('what is no photo, cut off, too many pixels, a bomb: each is told, the rest of the form stays', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	const whole = jpeg(3000), bomb = Buffer.from(whole);
	bomb.writeUInt16BE(65500, bomb.lastIndexOf(Buffer.from([0xff, 0xc0])) + 5);
	bomb.writeUInt16BE(65500, bomb.lastIndexOf(Buffer.from([0xff, 0xc0])) + 7);
	const cases = [[whole.subarray(0, whole.length - 120), /hỏng hoặc bị cắt/], [bomb, /quá lớn/],
		[png(8, 8, [30000, 30000]), /quá lớn/], [png(64, 64).subarray(0, 2000), /hỏng hoặc bị cắt/],
		[Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)]), /hỏng hoặc bị cắt/]];
	for (const [content, says] of cases) {
		const answer = await clerk.submit(await back(id), '/tai-len/', { add_name: '', sets: '4' }, { button: 'stay', files: [photo(paper, content)] });
		assert.equal(answer.status, 422, `${says}`);
		assert.match(answer.text, says);
		assert.match(answer.html, /value="4"/);
	}
	assert.equal(shots(await back(id)).length, 0);
	assert(page);
});
test('50 megapixels are read all the same', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	await add(page, [photo(paper, jpeg(2000, { across: 1000, down: 790, shades: 3 }))]);
	const [shot] = shots(await back(id));
	assert.deepEqual(jpegSize((await open(clerk, fileOf(shot))).bytes), [2340, 1849]);
});
test('a PDF stays as it is; with a password or without a page it is told', async () => {
	const { id, papers: [paper] } = await papersPage();
	const good = pdf();
	const file = (content) => [{ name: `file.${paper}`, filename: 'a.pdf', type: 'application/pdf', content }];
	for (const [content, says] of [[Buffer.from(good.toString('latin1').replace('trailer\n<< ', 'trailer\n<< /Encrypt 5 0 R '), 'latin1'), /mật khẩu/],
		[Buffer.from(good.toString('latin1').replace('/Type /Page /', '/Type /Bag /'), 'latin1'), /không có trang nào/]]) {
		const answer = await clerk.submit(await back(id), '/tai-len/', { add_name: '' }, { button: 'stay', files: file(content) });
		assert.equal(answer.status, 422);
		assert.match(answer.text, says);
	}
	await add(await back(id), file(good));
	const [shot] = shots(await back(id));
	assert((await open(clerk, fileOf(shot))).bytes.equals(good));
	assert.equal(thumbOf(shot), undefined);
});

test('a PDF that unpacks to half a gigabyte harms nobody: it stays as it is, or is told to have no page', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	const file = (content) => [{ name: `file.${paper}`, filename: 'a.pdf', type: 'application/pdf', content }];
	const bomb = pdfBomb(512e6), pageless = pdfBomb(512e6, false), started = Date.now();
	assert(bomb.length < 1e6);
	const told = await clerk.submit(await back(id), '/tai-len/', { add_name: '' }, { button: 'stay', files: file(pageless) });
	assert.equal(told.status, 422);
	assert.match(told.text, /không có trang nào/);
	await add(page, file(bomb));
	const [shot] = shots(await back(id));
	assert((await open(clerk, fileOf(shot))).bytes.equals(bomb));
	// Half a minute; what sanitizers make of that is theirs.
	assert(Date.now() - started < (sanitized ? 120000 : 30000), `${Date.now() - started} ms`);
});
test('a picture that unpacks to two gigabytes is refused by its head; one within the limits but packed to nothing is read', async () => {
	const { id, papers: [paper] } = await papersPage();
	const huge = await clerk.submit(await back(id), '/tai-len/', { add_name: '' }, { button: 'stay', files: [photo(paper, png(4, 4, [46000, 46000]), 'a.png')] });
	assert.equal(huge.status, 422);
	assert.match(huge.text, /quá lớn/);
	const blank = jpeg(2000, { across: 900, down: 700, shades: 1 });
	await add(await back(id), [photo(paper, blank)]);
	assert.equal(shots(await back(id)).length, 1);
	assert.equal(spool().length, 0, 'nothing is left half done');
});

// ---- order, turning, removing ----
test('up, down, turned, removed: by buttons alone; a page a draft does not have is not served', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	const sizes = [[20, 10], [30, 10], [40, 10]];
	await add(page, sizes.map(([across, down]) => photo(paper, jpeg(2000, { across, down }))));
	const widths = async () => Promise.all(shots(await back(id)).map(async (s) => jpegSize((await open(clerk, fileOf(s))).bytes)[0] / 8));
	assert.deepEqual(await widths(), [20, 30, 40]);
	const press = async (name, i) => {
		const shown = await back(id);
		const pressed = await clerk.submit(shown, '/tai-len/', { add_name: '', [name]: no(shots(shown)[i]) }, { files: [] });
		assert.match(pressed.redirected ?? '', /giay-to#/, pressed.text.slice(0, 300));
	};
	await press('up', 2);
	assert.deepEqual(await widths(), [20, 40, 30]);
	await press('down', 0);
	assert.deepEqual(await widths(), [40, 20, 30]);
	await press('up', 0);
	assert.deepEqual(await widths(), [40, 20, 30], 'the first cannot go up');
	await press('turn', 0);
	assert.deepEqual(await widths(), [10, 20, 30]);
	await press('turn', 0);
	assert.deepEqual(await widths(), [40, 20, 30], 'from the original again, not a copy of a copy');
	await press('remove', 1);
	assert.deepEqual(await widths(), [40, 30]);
	const other = await papersPage();
	assert.equal((await clerk.get(thumbOf(shots(await back(id))[0]).replace(id, other.id))).status, 404);
	assert.equal((await specialist.request('GET', thumbOf(shots(await back(id))[0]))).status, 403);
});
test('as many pages as photos, until somebody says otherwise; then the page says that they differ', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	const typed = async () => new RegExp(`id="pages-${paper}"[^>]* value="(\\d+)"`).exec((await back(id)).html)[1];
	await add(page, [photo(paper, jpeg()), photo(paper, jpeg())]);
	assert.equal(await typed(), '2');
	await add(await back(id), [photo(paper, jpeg())]);
	assert.equal(await typed(), '3');
	await clerk.submit(await back(id), '/tai-len/', { add_name: '', [`pages.${paper}`]: '5' }, { button: 'stay', files: [] });
	assert.match((await back(id)).text, /Ghi 5 trang nhưng có 3 ảnh/);
});

// ---- into the manifest ----
test('the photos of a paper are one PDF in the manifest, in order; a PDF handed in stands beside it', async () => {
	const before = blobs().length;
	const { code } = await acceptDossier(clerk, { files: true });
	const files = links(await dossier(clerk, code));
	assert.equal(files.length, 2);
	const [bound, handed] = await Promise.all(files.map((link) => open(clerk, link)));
	assert.equal(pages(bound.bytes), 2);
	assert.equal(pages(handed.bytes), 1);
	assert.equal(sql(`SELECT count(*) FROM dossier_file f JOIN dossier d ON d.id = f.dossier WHERE d.code = '${code}' AND f.type = 'image/jpeg'`), '0');
	assert(blobs().length >= before + 8, 'originals, pages and small pictures are kept');
});
test('changed after page 3 and not bound again: the photos stand in the manifest as they are', async () => {
	const { id, page, papers: [paper] } = await papersPage();
	const check = await tickPapers(clerk, page, [photo(paper, jpeg())]);
	const shown = await back(id);
	await clerk.submit(shown, '/tai-len/', { add_name: '', turn: no(shots(shown)[0]) }, { files: [] });
	const { code } = await accept(clerk, check);
	const [file] = links(await dossier(clerk, code));
	assert.equal((await open(clerk, file)).headers['content-type'], 'image/jpeg');
});
test('how large a photo may be is configuration', async () => {
	const small = new Stack({ name: 'photos-small', ports: [9468, 9471], board: 'photo_megapixels = 1' });
	cleanup((failed) => small.down(failed));
	await small.up(['board']);
	const client = small.clerks();
	await client.login('canbo');
	const draft = await startDraft(client);
	const page = await chooseProcedure(client, draft, '2.000635');
	const paper = /name="file\.([^"]+)"/.exec(page.html)[1];
	const answer = await client.submit(page, '/tai-len/', { add_name: '' }, { button: 'stay', files: [photo(paper, jpeg(3000, { across: 150, down: 120 }))] });
	assert.equal(answer.status, 422, 'the limit is configuration');
	assert.match(answer.text, /quá lớn/);
	client.close();
	await small.stop('board');
});

// ---- scans after acceptance ----
test('not scanned yet: on the list, on the page, before handing over; then scanned in one event', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '1.001612', who: person() }).catch(() => acceptDossier(clerk, {}));
	const shown = await dossier(clerk, code);
	const missing = Number(/Còn (\d+) giấy chưa quét/.exec(shown.text)?.[1]);
	assert(missing > 0, shown.text.slice(0, 500));
	assert((await clerk.get('/quay?viec=chua-quet')).html.includes(code));
	let page = await clerk.get(url(code, 'quet'));
	assert.equal(page.status, 200);
	const papers = [...page.html.matchAll(/name="file\.([^"]+)"/g)].map((m) => m[1]);
	const nothing = await clerk.submit(page, '/tai-len/quet', {}, { button: 'done', files: [] });
	assert.equal(nothing.status, 422);
	assert.match(nothing.text, /Chưa có ảnh/);
	page = await clerk.submit(page, '/tai-len/quet', {}, { button: 'stay', files: [photo(papers[0], jpeg()), photo(papers[0], jpeg())] });
	assert.equal(shots(page).length, 2, page.text.slice(0, 400));
	assert.equal(links(await dossier(clerk, code)).length, 0, 'not in the dossier before it is said');
	assert(!(await clerk.get('/quay?viec=nhap')).html.includes(page.path), 'no draft of the list');
	const form = clerk.form(page, '/tai-len/quet');
	page = await clerk.submit(page, '/tai-len/quet', {}, { button: 'done', files: [] });
	assert.equal(page.redirected, url(code), page.text.slice(0, 300));
	assert.equal(links(page).length, 1);
	assert.equal(pages((await open(clerk, links(page)[0])).bytes), 2);
	assert.equal(missing > 1 ? Number(/Còn (\d+) giấy chưa quét/.exec(page.text)[1]) : 0, missing - 1);
	assert.match(page.text, /Thêm hoặc bớt tệp/);
	const again = await clerk.post(url(code, 'quet'), [...form.fields, ['done', '1']]);
	assert.equal(again.status, 303, again.text.slice(0, 300));
	assert.equal(links(await dossier(clerk, code)).length, 1, 'twice is once');
	// One more page joins the same PDF.
	page = await clerk.submit(await clerk.get(url(code, 'quet')), '/tai-len/quet', {}, { button: 'done', files: [photo(papers[0], jpeg())] });
	assert.equal(links(page).length, 1);
	assert.equal(pages((await open(clerk, links(page)[0])).bytes), 3);
	for (const paper of papers.slice(1))
		page = await clerk.submit(await clerk.get(url(code, 'quet')), '/tai-len/quet', {}, { button: 'done', files: [photo(paper, jpeg())] });
	assert(!/giấy chưa quét/.test(page.text));
	assert(!(await clerk.get('/quay?viec=chua-quet')).html.includes(code), 'off the list');
	assert.equal((await specialist.request('GET', url(code, 'quet'))).status, 403);
});
test('somebody was first: what was photographed waits, nothing is overwritten', async () => {
	const { code } = await acceptDossier(clerk, {});
	let page = await clerk.get(url(code, 'quet'));
	const paper = /name="file\.([^"]+)"/.exec(page.html)[1];
	const theirs = await clerk.get(url(code, 'quet'));
	await clerk.submit(theirs, '/tai-len/quet', {}, { button: 'done', files: [photo(paper, jpeg())] });
	page = await clerk.submit(page, '/tai-len/quet', {}, { button: 'done', files: [photo(paper, jpeg())] });
	assert.equal(page.status, 409, page.text.slice(0, 300));
	page = await clerk.get(url(code, 'quet'));
	assert.equal(shots(page).length, 1);
	page = await clerk.submit(page, '/tai-len/quet', {}, { button: 'done', files: [] });
	assert.equal(pages((await open(clerk, links(page)[0])).bytes), 2);
});

// ---- a wrong scan ----
test('a wrong scan gives its place to another; the old one is kept and marked; moved to the right paper', async () => {
	const { code } = await acceptDossier(clerk, { files: true });
	const [first] = links(await dossier(clerk, code));
	const old = await open(clerk, first);
	let page = await clerk.get(url(code, 'thay-tep'));
	assert.equal(page.status, 200);
	const sha = first.split('/').at(-1);
	let answer = await clerk.submit(page, '/tai-len/thay-tep', { file: sha, what: 'new', reason: '' }, { files: [{ ...photo('x', jpeg()), name: 'new' }] });
	assert.equal(answer.status, 422);
	assert.match(answer.text, /Đã nhận tệp mới/, 'the file need not be chosen again');
	answer = await clerk.submit(answer, '/tai-len/thay-tep', { reason: 'Quét nhầm giấy' }, { files: [] });
	assert.equal(answer.redirected, url(code), answer.text.slice(0, 400));
	assert.match(answer.text, /Đã thay/);
	assert.match(answer.text, /Quét nhầm giấy/);
	assert((await open(clerk, first)).bytes.equals(old.bytes), 'the old one is there still');
	const [fresh] = links(await dossier(clerk, code)).filter((link) => link !== first);
	assert.equal(pages((await open(clerk, fresh)).bytes), 1);
	page = await clerk.get(url(code, 'thay-tep'));
	const papers = [...page.html.matchAll(/<option value="([^"]+)"/g)].map((m) => m[1]);
	for (const [values, field] of [[{ what: 'new' }, 'new'], [{ what: 'move', to: '' }, 'to'], [{ what: 'move', to: 'khong-co' }, 'to'], [{ what: 'move', to: papers[0] }, 'to']]) {
		answer = await clerk.submit(page, '/tai-len/thay-tep', { file: fresh.split('/').at(-1), reason: 'Để nhầm', ...values }, { files: [] });
		assert.equal(answer.status, 422, JSON.stringify(values));
		assert(answer.html.includes(`href="#${field}"`), JSON.stringify(values));
	}
	if (papers.length > 1) {
		answer = await clerk.submit(page, '/tai-len/thay-tep', { file: fresh.split('/').at(-1), what: 'move', to: papers[1], reason: 'Để nhầm' }, { files: [] });
		assert.equal(answer.redirected, url(code), answer.text.slice(0, 300));
		assert.match(answer.text, /Đã chuyển sang giấy khác/);
	}
	answer = await clerk.submit(await clerk.get(url(code, 'thay-tep')), '/tai-len/thay-tep', { file: sha, what: 'new', reason: 'Để nhầm' }, { files: [{ ...photo('x', jpeg()), name: 'new' }] });
	assert.equal(answer.status, 409, 'a file that is no longer there');
	assert.equal((await specialist.request('GET', url(code, 'thay-tep'))).status, 403);
	assert.equal((await manager.get(url(code, 'thay-tep'))).status, 200);
});

// ---- the code on a card, photographed ----
const PAYLOAD = '000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình, Hà Tĩnh|01072022';
const code = (text) => {
	const file = path.join(stack.data, 'card.png');
	execFileSync('qrencode', ['-s', '6', '-o', file, text]);
	return execFileSync('cat', [file]);
};
test('a photographed card fills the page; the photo is stored nowhere', async () => {
	const draft = await startDraft(clerk);
	const before = blobs().length;
	const page = await clerk.get(`/ho-so/moi/${draft.id}/nguoi`);
	const next = await clerk.submit(page, '/nguoi', { email: 'thu@example.vn' }, { action: `/tai-len/the/${draft.id}`,
		files: [{ name: 'card_photo', filename: 'the.png', type: 'image/png', content: code(PAYLOAD) }] });
	assert.match(next.redirected ?? '', /thu-tuc/, next.text.slice(0, 400));
	const filled = await clerk.get(`/ho-so/moi/${draft.id}/nguoi`);
	for (const value of ['000090000001', 'Nguyễn Văn Thử', 'Xóm 1, Cẩm Bình, Hà Tĩnh', 'thu@example.vn'])
		assert(filled.html.includes(`value="${value}"`), value);
	assert.equal(blobs().length, before);
	assert.deepEqual(spool(), []);
});
test('no code, a cut one, another one, no photo, Telex keys: each has its answer', async () => {
	const draft = await startDraft(clerk);
	const send = async (content) => clerk.submit(await clerk.get(`/ho-so/moi/${draft.id}/nguoi`), '/nguoi', {}, { action: `/tai-len/the/${draft.id}`,
		files: content ? [{ name: 'card_photo', filename: 'the.png', type: 'image/png', content }] : [] });
	for (const [content, says] of [[jpeg(), /Chưa thấy mã QR/], [code('https://example.vn'), /không phải mã QR của thẻ/],
		[code(PAYLOAD.slice(0, 40)), /đọc dở/], [null, /Chưa chọn ảnh/], [Buffer.from('no photo'), /không phải ảnh/]]) {
		const answer = await send(content);
		assert.equal(answer.status, 422, `${says}: ${answer.status}`);
		assert.match(answer.text, says);
	}
	await send(code('000190000002||Traanf Thij Maaux|05031990|Nuwx|Xoms 1, Caamr Bifnh, Haf Tixnh|01072022'));
	const filled = await clerk.get(`/ho-so/moi/${draft.id}/nguoi`);
	for (const value of ['Trần Thị Mẫu', 'Xóm 1, Cẩm Bình, Hà Tĩnh'])
		assert(filled.html.includes(`value="${value}"`), value);
	assert.match(filled.text, /kiểu Telex/);
});

test('tables come out of the journal the same', async () => {
	const rebuilt = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(rebuilt.status, 0, rebuilt.stdout + rebuilt.stderr);
	const verify = stack.tram('board', ['verify']);
	assert.equal(verify.status, 0, verify.stdout + verify.stderr);
	assert(existsSync(path.join(stack.data, 'board/blobs')));
	for (const client of [clerk, manager, specialist]) client.close();
});

await run();
