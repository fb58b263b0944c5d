// Goal: the register of dossiers as a book: a month in the order of receipt, its filters, its pages by key,
// on paper, as CSV and XLSX that Excel opens; what a citizen typed is never a formula. The book of chứng
// thực as files too.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, person } from '../lib/clerk.mjs';
import { build, Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'register', ports: [9080, 9090], board: 'cert_late_minute = 1440\n' });
cleanup((failed) => stack.down(failed));
let clerk, manager;
const codes = [];
const say = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 500)}`;
const fresh = (login) => stack.clerk(login);
const local = new Date(Date.now() + 7 * 3600000), month = local.toISOString().slice(0, 7);
const rows = (page) => [...page.html.matchAll(/<td class="r num"[^>]*>(\d+)<\/td>\s*<td><a class="num" href="([^"]+)"/g)]
	.map(([, no, url]) => `${no} ${decodeURIComponent(url.split('/')[2])}`);
// A file's rows, read back by our own reader.
function cells(answer) {
	const read = spawnSync(path.join(build, 'tram-sheet'), ['read'], { input: answer.bytes });
	assert.equal(read.status, 0, String(read.stderr));
	return String(read.stdout).replace(/\n$/, '').split('\n').map((line) => line.split('\t'));
}

test.must('a board with four dossiers: two of a kind, one withdrawn, one with a formula for a name', async () => {
	await stack.up(['board']);
	[clerk, manager] = [await fresh('canbo'), await fresh('quanly')];
	const names = ['Nguyễn Văn Thử', '=HYPERLINK("http://x","y")', '+84900', 'Lê Thị Mẫu'];
	for (const [i, name] of names.entries())
		codes.push((await acceptDossier(clerk, { procedure: i < 2 ? '2.000635' : '9.999001', who: person({ name }) })).code);
	await act(clerk, codes[3], 'rut', { reason: 'Người dân đổi ý', asked_by: 'Lê Thị Mẫu' });
});
test('the month in the order of receipt', async () => {
	const page = await clerk.get('/so/ho-so');
	assert.equal(page.status, 200, say(page));
	assert.deepEqual(rows(page), codes.map((code, i) => `${i + 1} ${code}`));
	assert.match(page.text, /Hồ sơ tháng \d+ năm \d+: 4/);
	assert.match(page.text, /Thôn Chạy Thử/);
	assert(!page.html.includes('HYPERLINK("http'), 'markup is escaped');
});
test('each filter leaves what it says', async () => {
	for (const [query, wanted] of [['trang-thai=rut-dung', [3]], ['trang-thai=dang-xu-ly', [0, 1, 2]],
		['trang-thai=da-tra', []], ['viec=2.000635', [0, 1]], ['cach=truc-tiep', [0, 1, 2, 3]], ['cach=buu-chinh', []],
		['nguon=tai-quay', [0, 1, 2, 3]], ['nguon=tiep-quan', []], ['trang-thai=dang-xu-ly&viec=9.999001', [2]],
		['thang=2020-01', []], [`ngay=${local.toISOString().slice(0, 10)}`, [0, 1, 2, 3]],
		['trang-thai=x&viec=y&can-bo=z&cach=w&thang=2026-13&sau=1-2', [0, 1, 2, 3]]]) {
		const page = await clerk.get(`/so/ho-so?${query}`);
		assert.equal(page.status, 200, `${query}: ${say(page)}`);
		assert.deepEqual(rows(page).map((row) => row.split(' ')[1]), wanted.map((i) => codes[i]), query);
	}
	const clerks = [...(await clerk.get('/so/ho-so')).html.matchAll(/<option value="(u-[^"]+)">([^<]+)</g)];
	const own = clerks.find(([, , name]) => name === 'Trần Thị Thử')[1];
	assert.equal(rows(await clerk.get(`/so/ho-so?can-bo=${own}`)).length, 4);
	const other = clerks.find(([, id]) => id !== own)[1];
	assert.equal(rows(await clerk.get(`/so/ho-so?can-bo=${other}`)).length, 0);
});
test('as CSV: marked as UTF-8, semicolons, no formula', async () => {
	const answer = await clerk.get(`/so/ho-so/tep/csv?thang=${month}`);
	assert.equal(answer.status, 200, say(answer));
	assert.match(answer.headers['content-disposition'], new RegExp(`attachment; filename="?so-ho-so-${month}\\.csv`));
	assert.match(answer.headers['content-type'], /^text\/csv; charset=utf-8/);
	assert.equal(answer.bytes.subarray(0, 3).toString('hex'), 'efbbbf');
	const lines = answer.bytes.toString('utf8').slice(1).trimEnd().split('\r\n');
	assert.equal(lines.length, 5);
	assert.match(lines[0], /^STT;Mã hồ sơ;Số trên giấy hẹn;Trích yếu/);
	assert(lines[2].includes(`"'=HYPERLINK(""http://x"",""y"")"`), lines[2]);
	assert(lines[3].includes(";'+84900;"), lines[3]);
});
test('as XLSX: the same cells, dates as dates', async () => {
	const answer = await clerk.get(`/so/ho-so/tep/xlsx?thang=${month}`);
	assert.equal(answer.status, 200, say(answer));
	assert.equal(answer.bytes.subarray(0, 2).toString(), 'PK');
	const table = cells(answer);
	assert.match(table[0][0], /^Sổ theo dõi hồ sơ, tháng/);
	assert.equal(table[1][1], 'Mã hồ sơ');
	for (const column of [1, 2]) assert.deepEqual(table.slice(2).map((row) => row[column]), codes);
	assert.equal(table[3][5], '=HYPERLINK("http://x","y")', 'text, as it was typed');
	assert.match(table[2][9], /^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
	assert.equal(table[5][18], 'Đã rút');
	const filtered = cells(await clerk.get(`/so/ho-so/tep/xlsx?thang=${month}&viec=2.000635`));
	assert.equal(filtered.length, 4);
	assert.equal((await clerk.get('/so/ho-so/tep/pdf')).status, 404);
});
test('on paper: all columns, everybody in his row', async () => {
	const page = await clerk.get(`/so/ho-so/in?thang=${month}`);
	assert.equal(page.status, 200, say(page));
	for (const code of codes) assert(page.html.includes(code));
	assert.match(page.text, /Ký nhận/);
	assert.match(page.text, /SỔ THEO DÕI HỒ SƠ .*Theo Mẫu số 07, Thông tư 03\/2025/);
});
test('a second page begins where the first ended', async () => {
	const db = path.join(stack.data, 'board/db/tram.db');
	await stack.stop('board');
	const copied = spawnSync('sqlite3', [db, `
		CREATE TEMP TABLE more AS SELECT * FROM dossier WHERE code = '${codes[2]}';
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
		INSERT INTO temp.more SELECT d.* FROM temp.more d, n;
		UPDATE more SET id = randomblob(16), code = 'X' || rowid, received_at = received_at + rowid / 3;
		INSERT INTO dossier SELECT * FROM more;`], { encoding: 'utf8' });
	assert.equal(copied.status, 0, copied.stderr);
	appendFileSync(path.join(stack.data, 'board/tram.conf'), 'form_set = tt01-2018\n');
	await stack.start('board');
	clerk = await fresh('canbo');
	assert.match((await clerk.get(`/so/ho-so/in?thang=${month}`)).text, /Theo Mẫu số 06, Thông tư 01\/2018/, 'the other form set');
	const seen = [];
	let page = await clerk.get(`/so/ho-so?thang=${month}`);
	for (let i = 0; i < 3; i++) {
		seen.push(...rows(page));
		const next = /href="(\/so\/ho-so\?[^"]*sau=[^"]*)"/.exec(page.html)?.[1];
		if (!next) break;
		page = await clerk.get(next.replaceAll('&amp;', '&'));
	}
	assert.equal(seen.length, 125);
	assert.deepEqual(seen.map((row) => Number(row.split(' ')[0])), seen.map((_, i) => i + 1));
	assert.equal(new Set(seen.map((row) => row.split(' ')[1])).size, 125, 'each once');
});
test('a month of 5,500 in under a second, the page from the index', async () => {
	const db = path.join(stack.data, 'board/db/tram.db');
	await stack.stop('board');
	const filled = spawnSync('sqlite3', [db, `
		CREATE TEMP TABLE more AS SELECT * FROM dossier WHERE code = '${codes[2]}';
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5400)
		INSERT INTO temp.more SELECT d.* FROM temp.more d, n;
		UPDATE more SET id = randomblob(16), code = 'Y' || rowid, received_at = received_at + rowid;
		INSERT INTO dossier SELECT * FROM more;`], { encoding: 'utf8' });
	assert.equal(filled.status, 0, filled.stderr);
	await stack.start('board');
	clerk = await fresh('canbo');
	for (const format of ['csv', 'xlsx']) {
		const before = performance.now();
		const answer = await clerk.get(`/so/ho-so/tep/${format}?thang=${month}`);
		const took = performance.now() - before;
		assert.equal(answer.status, 200);
		console.log(`  ${format}: 5,526 rows in ${took.toFixed(0)} ms, ${answer.bytes.length} bytes`);
		assert(took < 5000, `${format} ${took} ms`);
	}
	const before = performance.now();
	for (let i = 0; i < 20; i++) await clerk.get(`/so/ho-so?thang=${month}&trang-thai=rut-dung`);
	console.log(`  page with a filter that finds one in 5,526: ${((performance.now() - before) / 20).toFixed(1)} ms`);
});
test('a chứng thực book as files', async () => {
	const books = await manager.get('/so/chung-thuc').catch(() => null);
	manager = books?.status === 200 ? manager : await fresh('quanly');
	const page = await manager.submit(await manager.get('/so/chung-thuc'), '/so/chung-thuc', { kind: 'copy', medium: 'paper',
		volume: '1', last: '41' });
	const url = page.redirected;
	assert.match(url, /^\/so\/chung-thuc\/[0-9a-f]{32}$/, say(page));
	assert.match(page.html, /\/tep\/xlsx\?/);
	const table = cells(await manager.get(`${url}/tep/xlsx`));
	assert.match(table[0][0], /Sổ chứng thực|chứng thực/i);
	assert.equal(table.at(-1)[3], 'Cộng');
	assert.equal((await manager.get(`${url}/tep/csv`)).status, 200);
	assert.equal((await manager.get(`${url}/tep/doc`)).status, 404);
});
test('only the counter’s people read it', async () => {
	const other = await fresh('chuyenvien');
	for (const at of ['/so/ho-so', '/so/ho-so/in', '/so/ho-so/tep/csv']) assert.equal((await other.get(at)).status, 403, at);
});
await run();
