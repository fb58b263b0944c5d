// Goal: the day is closed on one sheet: what happened since the sheet before, what is left, and the
// journal's head, carried to the next sheet. A second person at the same time is told; a journal that
// was tampered with is seen on the page; a sheet reprinted says the same.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act, decideAtCommune } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'day', ports: [9376, 9384] });
cleanup((failed) => stack.down(failed));
let clerk, manager, specialist, signer;
const say = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 600)}`;
const fresh = (login) => stack.clerk(login);
const count = (page, words) => new RegExp(`<d[td]>${words}</dt><dd class="num">([^<]*)<`).exec(page.html)?.[1]
	?? new RegExp(`<td>${words}</td><td class="m">([^<]*)<`).exec(page.html)?.[1];
const hashes = (page) => [...page.html.matchAll(/((?:[0-9a-f]{8} ){7}[0-9a-f]{8})/g)].map(([h]) => h);
const close = async (who) => who.submit(await who.get('/chot-ngay'), '/chot-ngay');

test.must('a board and a day: two dossiers, one returned, one withdrawn, a number taken', async () => {
	await stack.up(['board']);
	[clerk, manager, specialist, signer] = await Promise.all(['canbo', 'quanly', 'chuyenvien', 'nguoiky'].map(fresh));
	const done = (await acceptDossier(clerk)).code;
	await act(clerk, done, 'chuyen', {}).catch(() => null);
	await decideAtCommune({ clerk, specialist, signer }, done);
	const gone = (await acceptDossier(clerk)).code;
	await act(clerk, gone, 'rut', { reason: 'Người dân đổi ý', asked_by: 'Nguyễn Văn Thử' });
	await clerk.submit(await clerk.get('/hang-doi/lay-so'), '/hang-doi/lay-so', {}, { button: 'queue' });
});
let first;
test.must('the page counts what happened, by kind', async () => {
	const page = await clerk.get('/chot-ngay');
	assert.equal(page.status, 200, say(page));
	for (const [words, wanted] of [['Hồ sơ tiếp nhận', '2'], ['Có kết quả', '1'], ['trong đó trễ hẹn', '0'],
		['Trả kết quả', '1'], ['Rút, dừng', '1'], ['Hủy \\(nhập nhầm\\)', '0'], ['Số thứ tự đã phát', '1']])
		assert.equal(count(page, words), wanted, words);
	assert.match(page.text, /Đây là tờ đầu tiên/);
	assert.equal(hashes(page).length, 1);
	first = page;
});
test.must('closed: the sheet says the same, with the journal’s head of that moment', async () => {
	const sheet = await clerk.submit(first, '/chot-ngay');
	assert.equal(sheet.redirected, '/chot-ngay/1', say(sheet));
	assert.equal(count(sheet, 'Hồ sơ tiếp nhận'), '2');
	assert.deepEqual(hashes(sheet), hashes(first));
	assert.match(sheet.text, /Người chốt/);
	const db = path.join(stack.data, 'board/db/tram.db');
	const head = /<b>(\d+)<\/b>/.exec(sheet.html)[1];
	const stored = spawnSync('sqlite3', [db, `SELECT lower(hex(hash)) FROM journal WHERE author = 0 AND seq = ${head}`],
		{ encoding: 'utf8' }).stdout.trim();
	assert.equal(hashes(sheet)[0].replaceAll(' ', ''), stored);
});
test('the same form again goes to the same sheet; an older page is told', async () => {
	const again = await clerk.submit(first, '/chot-ngay');
	assert.equal(again.redirected, '/chot-ngay/1');
	const page = await manager.get('/chot-ngay');
	const fields = manager.form(page, '/chot-ngay').fields;
	const csrf = fields.filter(([name]) => name === 'csrf');
	const late = await manager.post('/chot-ngay', [...csrf, ['form_id', '2'.repeat(32)], ['number', '1']]);
	assert.equal(late.status, 409, say(late));
	assert.match(late.text, /Người khác vừa chốt/);
	for (const number of ['', 'x', '0', '-1'])
		assert.equal((await manager.post('/chot-ngay', [...csrf, ['form_id', '3'.repeat(32)], ['number', number]])).status, 422);
});
test('two people at once: one sheet', async () => {
	const pages = await Promise.all([clerk.get('/chot-ngay'), manager.get('/chot-ngay')]);
	const answers = await Promise.all([clerk, manager].map((who, i) => who.post('/chot-ngay', who.form(pages[i], '/chot-ngay').fields)));
	assert.deepEqual(answers.map((a) => a.status).sort(), [303, 409]);
	assert.equal((await clerk.get('/chot-ngay/3')).status, 404);
});
test('the next sheet begins where the last one ended and carries its head', async () => {
	await acceptDossier(clerk);
	const page = await clerk.get('/chot-ngay');
	assert.equal(count(page, 'Hồ sơ tiếp nhận'), '1', say(page));
	assert.match(page.text, /Sổ vẫn khớp với tờ số 2/);
	const [, before] = hashes(page);
	assert.equal(hashes(await clerk.get('/chot-ngay/2'))[0], before);
	const sheet = await close(clerk);
	assert.equal(sheet.redirected, '/chot-ngay/3');
	assert.equal(hashes(sheet)[1], before);
});
test('rebuilt it is the same; a journal cut or altered is seen', async () => {
	await stack.stop('board');
	const same = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(same.status, 0, same.stdout + same.stderr);
	const altered = spawnSync('sqlite3', [path.join(stack.data, 'board/db/tram.db'), `DROP TRIGGER journal_no_update;
		UPDATE journal SET hash = zeroblob(32) WHERE author = 0 AND seq = (SELECT max(head_seq) FROM day_close);`], { encoding: 'utf8' });
	assert.equal(altered.status, 0, altered.stderr);
	await stack.start('board');
	const page = await (await fresh('quanly')).get('/chot-ngay');
	assert.match(page.text, /Sổ không khớp với tờ số 3/, say(page));
});
test('only those who close: a specialist may not', async () => {
	const other = await fresh('chuyenvien');
	assert.equal((await other.get('/chot-ngay')).status, 403);
	assert.equal((await other.get('/chot-ngay/1')).status, 403);
});
await run();
