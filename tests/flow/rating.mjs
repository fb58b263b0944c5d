// Goal: what a citizen says after the return: by the slip's address alone, nothing chosen beforehand,
// skipping is an answer, once per dossier; lookup writes it, the clerks' pages bring it into the journal
// exactly once, also after a kill in between; the manager sees a month of it.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, act, decideAtCommune, dossier } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'rating', ports: [9060, 9070], board: 'lookup_url = http://127.0.0.1:9061\nrating_indices = Đúng hẹn theo quyết định||Số lần đi lại\n' });
cleanup((failed) => stack.down(failed));
let clerk, specialist, signer, manager, citizen;
const say = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 500)}`;
const fresh = (login) => stack.clerk(login);
async function returned() {
	const { code } = await acceptDossier(clerk);
	await act(clerk, code, 'chuyen', {}).catch(() => null);
	await decideAtCommune({ clerk, specialist, signer }, code);
	return code;
}
// The tablet turned: where the clerk's page leads.
async function address(code) {
	const page = await clerk.get(`/ho-so/${encodeURIComponent(code)}`);
	assert.match(page.html, /href="[^"]*\/danh-gia"/, say(page));
	const answer = await clerk.request('GET', `/ho-so/${encodeURIComponent(code)}/danh-gia`);
	assert.equal(answer.status, 303);
	assert.match(answer.location, /^http:\/\/127\.0\.0\.1:9061\/danh-gia\/[^/]+\.[0-9a-f]{32}\?quay=1$/);
	return answer.location.replace('http://127.0.0.1:9061', '');
}
const sql = (db, query) => {
	const run = spawnSync('sqlite3', [path.join(stack.data, 'board', db), query], { encoding: 'utf8' });
	assert.equal(run.status, 0, run.stderr);
	return run.stdout.trim();
};
const month = () => manager.get('/quan-ly/danh-gia');

test.must('a board, four people, a citizen', async () => {
	await stack.up(['board']);
	[clerk, specialist, signer, manager] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky', 'quanly'].map(fresh));
	citizen = stack.lookup();
	assert.match((await month()).text, /Chưa có đánh giá nào/);
});
let first, url;
test.must('asked after the return, nothing chosen', async () => {
	first = await returned();
	url = await address(first);
	const page = await citizen.get(url);
	assert.equal(page.status, 200, say(page));
	assert(!/ checked/.test(page.html), 'nothing is chosen');
	assert.equal((page.html.match(/type="radio"/g) ?? []).length, 3 + 27);
	assert(!page.html.includes(first), 'no number in the page');
	for (const words of ['Đúng hẹn theo quyết định', 'Thời gian làm thủ tục so với dự kiến', 'Số lần đi lại', 'Thái độ của cán bộ'])
		assert(page.text.includes(words), `the names of the nine are the point's own where it has given any: ${words}`);
});
test('another site cannot rate from a citizen’s browser', async () => {
	for (const headers of [{ Origin: 'http://vidu.vn' }, { 'Sec-Fetch-Site': 'cross-site' }])
		assert.equal((await citizen.post(url, { level: 'very' }, headers)).status, 403, JSON.stringify(headers));
	assert.equal((await citizen.post(url, { level: 'very' }, { Host: 'vidu.vn' })).status, 421);
	assert.equal(sql('public/public.db', 'SELECT count(*) FROM rating'), '0');
});
test('nothing chosen is asked again; what was chosen stays', async () => {
	const page = await citizen.post(url, { q1: '2', q9: '0' });
	assert.equal(page.status, 422, say(page));
	assert(page.html.includes('id="level-loi"') && page.html.includes('class="summary"'));
	assert.match(page.html, /name="q1" value="2" checked/);
	for (const values of [{ level: 'best' }, { level: 'very', q1: '3' }, { level: 'very', q2: 'x' }])
		assert.equal((await citizen.post(url, values)).status, 422, JSON.stringify(values));
});
test.must('said once: twice at once, again later, it counts once', async () => {
	const answers = await Promise.all([1, 2, 3].map(() => citizen.post(url, { level: 'very', q1: '2', q9: '1' })));
	for (const answer of answers) assert.equal(answer.status, 303, say(answer));
	const page = await citizen.get(url);
	assert.match(page.text, /Cảm ơn/);
	assert.match(page.text, /đưa lại máy/);
	assert.equal((await citizen.post(url, { level: 'unsatisfied' })).status, 303);
	assert.equal(sql('public/public.db', 'SELECT count(*), min(level) FROM rating'), '1|very');
});
test('the clerks’ pages bring it into the journal, and the manager sees it', async () => {
	await stack.stop('board');
	await stack.start('board');	// the collecting is done at most once a minute by each worker
	manager = await fresh('quanly');
	await until('it is counted', 20, async () => /Rất hài lòng 1 100 %/.test((await month()).text));
	const page = await month();
	assert.match(page.text, /1 người trả lời, 0 người bỏ qua/);
	assert.match(page.text, /Đúng hẹn theo quyết định 1 2,00/);
	assert.match(page.text, /Thái độ của cán bộ 1 1,00/);
});
test('killed between journal and mark: not counted twice', async () => {
	await stack.stop('board');
	sql('public/public.db', 'UPDATE rating SET taken = 0');
	await stack.start('board');
	manager = await fresh('quanly');
	await until('taken', 20, () => manager.get('/quay').then(() => sql('public/public.db', 'SELECT taken FROM rating') === '1'));
	assert.equal(sql('db/tram.db', "SELECT count(*) FROM mark WHERE kind = 'rating.given'"), '1');
});
test('skipping is an answer', async () => {
	clerk = await fresh('canbo');
	[specialist, signer] = await Promise.all(['chuyenvien', 'nguoiky'].map(fresh));
	const code = await returned(), mine = await address(code);
	assert.equal((await citizen.post(mine, { skip: '1' })).status, 303);
	assert.match((await citizen.get(mine)).text, /Cảm ơn/);
});
test('before the return it is too early; a wrong secret is nobody’s', async () => {
	const { code } = await acceptDossier(clerk);
	assert.equal((await clerk.get(`/ho-so/${encodeURIComponent(code)}/danh-gia`)).status, 404);
	const wrong = url.replace(/\.[0-9a-f]{32}/, `.${'0'.repeat(32)}`);
	for (const where of [wrong, '/danh-gia/x', '/danh-gia/T1.x', `/danh-gia/${'x'.repeat(200)}`])
		assert.equal((await citizen.get(where)).status, 404, where);
	assert.equal((await citizen.post(wrong, { level: 'very' })).status, 404);
	for (let i = 0; i < 12; i++) await citizen.get(wrong);
	assert.equal((await citizen.get(wrong)).status, 429, 'attempts are limited');
	assert.equal((await citizen.get(url)).status, 200, 'whose slip it is goes on');
});
test('from the slip’s address one goes on without the secret in the page', async () => {
	const slip = url.replace('/danh-gia/', '/h/').replace('?quay=1', '');
	const page = await citizen.get(slip);
	assert.match(page.text, /Đánh giá phục vụ/);
	assert(!/[0-9a-f]{32}/.test(page.html.replace(/\.[0-9a-f]+\.(css|svg|js)/g, '')), 'no secret');
	const answer = await citizen.post(slip, {});
	assert.equal(answer.status, 303);
	assert.equal(answer.location, url.replace('?quay=1', ''));
});
test('only a manager sees the month; rebuilt it is the same', async () => {
	assert.equal((await clerk.get('/quan-ly/danh-gia')).status, 403);
	await stack.stop('board');
	const same = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(same.status, 0, same.stdout + same.stderr);
});
await run();
