// Goal: a day's queue as people see it: numbers without a name, priority that lets the others through,
// two counters at once, absent and called again, moved, a pause; the screen and the phone say the same;
// all of it is there after SIGKILL and after a rebuild. The number goes into the dossier begun for it.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'queue', ports: [9040, 9050],
	board: 'queues = Tiếp nhận hồ sơ|Chứng thực\nqueue_counters = 2:B\nlookup_url = http://127.0.0.1:9041\n' });
cleanup((failed) => stack.down(failed));
let one, two, guide, citizen;
const say = (page) => `${page.status} ${page.path}: ${page.text.slice(0, 700)}`;
const csrf = (page) => /name="csrf" value="([^"]+)"/.exec(page.html)[1];
async function at(login, counter) {
	const client = stack.clerks();
	await client.login(login);
	if (counter) {
		const chosen = await client.post('/chon-quay', { csrf: csrf(await client.get('/chon-quay')), counter: String(counter) });
		assert.equal(chosen.status, 303, say(chosen));
	}
	return client;
}
// Presses a button: { do: 'next' … }; the answer as it comes, or the page it leads to.
async function press(client, values, from = '/hang-doi') {
	const answer = await client.post(from, { csrf: csrf(await client.get(from)), form_id: randomBytes(16).toString('hex'), ...values });
	return answer.status === 303 ? { ...await client.get(answer.location), redirected: answer.location } : answer;
}
async function take(queue, priority = 'none', client = guide) {
	const page = await press(client, { queue: String(queue), priority }, '/hang-doi/lay-so');
	assert.match(page.redirected ?? '', /^\/hang-doi\/so\//, say(page));
	return page.redirected.split('/').pop();
}
const now = (page) => /class="serving">[\s\S]*?<strong class="number">([^<]+)</.exec(page.html)?.[1];
const next = async (client) => now(await press(client, { do: 'next' }));
const screen = async () => (await citizen.get('/man-hinh'));
const first = (page) => /class="first">[\s\S]*?<strong>([^<]+)<\/strong>[\s\S]*?class="to">([^<]+)</.exec(page.html)?.slice(1).join(' ');

test.must('a board, two counters, somebody who hands out numbers', async () => {
	await stack.up(['board']);
	one = await at('canbo', 1);
	const page = await press(await at('quanly'), { do: 'next' });
	assert.equal(page.status, 422, 'without a counter nobody calls');
	assert.match(page.text, /Chọn quầy trước/);
	two = await at('quanly', 2);
	guide = await at('canbo', 9);
	citizen = stack.lookup();
});
test('nobody waits: said, nothing written', async () => {
	const page = await press(one, { do: 'next' });
	assert.equal(page.status, 409, say(page));
	assert.match(page.text, /Không còn ai chờ/);
	assert.match((await screen()).text, /Chưa gọi số nào/);
});
test.must('numbers run by queue and begin with its letter', async () => {
	assert.equal(await take(0), 'A001');
	assert.equal(await take(0), 'A002');
	assert.equal(await take(1), 'B001');
	assert.equal(await take(0, 'elderly'), 'A003');
	assert.equal(await take(0, 'pregnant'), 'A004');
	assert.equal(await take(0, 'merit'), 'A005');
	const page = await guide.get('/hang-doi/so/A003');
	assert.match(page.text, /Số của ông\/bà A003/);
	assert.match(page.text, /Người cao tuổi/);
	assert.match((await guide.get('/hang-doi/so/A003/in')).html, /<svg/, 'a QR to follow it');
	assert.equal((await guide.get('/hang-doi/so/A999')).status, 404);
	assert.match((await one.get('/quay')).text, /còn 6 người chờ/);
});
test('a double tap takes one number', async () => {
	const page = await guide.get('/hang-doi/lay-so');
	const fields = guide.form(page, '/hang-doi/lay-so').fields.filter(([n]) => n === 'csrf' || n === 'form_id');
	const answers = await Promise.all([1, 2, 3].map(() => guide.post('/hang-doi/lay-so', [...fields, ['queue', '1'], ['priority', 'none']])));
	assert.deepEqual([...new Set(answers.map((a) => a.location))], ['/hang-doi/so/B002']);
});
test('bad input changes nothing', async () => {
	for (const values of [{ queue: '7' }, { queue: 'x' }, {}, { queue: '0', priority: 'rich' }])
		assert.equal((await press(guide, values, '/hang-doi/lay-so')).status, 422, JSON.stringify(values));
	for (const values of [{}, { do: 'fly' }, { do: 'moved', number: 'A001', target: '1' }, { do: 'moved', number: 'A001', target: 'x' }])
		assert.equal((await press(one, values)).status, 422, JSON.stringify(values));
	assert.equal((await press(one, { do: 'done', number: 'A001' })).status, 409);
	const nobody = await press(one, { do: 'again', number: 'Z009' });
	assert.equal(nobody.status, 409);
	assert.match(nobody.text, /Không có số này/);
	assert.match((await one.get('/quay')).text, /còn 7 người chờ/);
});
test.must('two with priority, then one without; the counter for one queue takes only it', async () => {
	assert.equal(await next(two), 'B001');
	assert.equal(await next(one), 'A003');
	assert.equal(await next(one), 'A004');
	assert.equal(await next(one), 'A001', 'a third with priority waits for one without');
	assert.equal(await next(one), 'A005');
	assert.equal(first(await screen()), 'A005 Quầy 1');
	assert.equal((await screen()).headers.refresh, '5', 'it moves on without JavaScript');
	assert.match((await screen()).text, /B001/);
});
test('the phone tells the place in the line', async () => {
	assert.equal(await take(1), 'B003');
	const mine = await citizen.get('/theo-doi?so=b003');
	assert.match(mine.text, /Còn 1 người trước/, say(mine));
	assert.match((await citizen.get('/theo-doi?so=A005')).text, /Mời đến quầy 1/);
	assert.match((await citizen.get('/theo-doi?so=A003')).text, /Đã xong/);
	assert.match((await citizen.get('/theo-doi?so=C123')).text, /Hôm nay không có số C123/);
	assert.match((await citizen.get('/theo-doi?so=%3Cb%3E')).html, /&lt;B&gt;/);
});
test('absent, called again by another counter; the first one is shown it', async () => {
	assert.equal((await press(one, { do: 'absent', number: 'A005' })).status, 200);
	assert.match((await citizen.get('/theo-doi?so=A005')).text, /chưa thấy đến/);
	assert.equal((await press(two, { do: 'called', number: 'A005' })).status, 200);
	const late = await press(one, { do: 'called', number: 'A005' });
	assert.equal(late.status, 409);
	assert.match(late.text, /A005 đã được quầy 2 gọi lúc/);
	const wrong = await press(one, { do: 'done', number: 'A005' });
	assert.equal(wrong.status, 409, 'it is the other counter’s now');
});
test('called again rings again', async () => {
	const latest = (page) => /data-latest="([^"]+)"/.exec(page.html)[1];
	const before = latest(await screen());
	await press(two, { do: 'again', number: 'A005' });
	const after = latest(await screen());
	assert(before !== after && after.startsWith('A005-'), `${before} ${after}`);
});
test('moved to a counter it waits for that one alone', async () => {
	assert.equal((await press(two, { do: 'moved', number: 'A005', target: '1' })).status, 200);
	assert.match((await two.get('/hang-doi')).text, /A005 chờ quầy 1/);
	assert.equal(await next(two), 'B002');
	assert.equal(await next(one), 'A005', 'before everybody else');
});
test('two counters press at once: two different people', async () => {
	const more = [await take(1), await take(1), await take(1)];
	const numbers = await Promise.all([next(one), next(two)]);
	assert(numbers[0] && numbers[1] && numbers[0] !== numbers[1], `${numbers} ${more}`);
});
test('a paused counter says so and when it goes on; numbers stay good', async () => {
	const page = await press(one, { do: 'pause', minutes: '30' });
	assert.match(page.text, /Tạm nghỉ, mở lại lúc \d\d:\d\d/);
	assert.match((await screen()).text, /Quầy 1 tạm nghỉ, mở lại lúc \d\d:\d\d/);
	assert.match((await one.get('/quay')).text, /còn \d+ người chờ/);
	assert(!/Tạm nghỉ,/.test((await press(one, { do: 'resume' })).text));
	assert(!/tạm nghỉ/.test((await screen()).text));
});
test('the number goes into the dossier begun for it', async () => {
	const number = now(await one.get('/hang-doi'));
	const home = await one.get('/quay');
	assert.match(home.text, new RegExp(`Đang gọi số ${number}`));
	await acceptDossier(one);
	const drafts = await one.submit(await one.get('/quay'), '/ho-so/moi');
	assert.equal(drafts.status, 200);
	assert.match((await one.get('/quay?viec=nhap')).html, new RegExp(number), 'a draft shows its number');
});
// The manager's page: what it posts back when nothing is changed, with values.
async function set(client, values, from) {
	const page = from ?? await client.get('/quan-ly/quay');
	return client.submit(page, '/quan-ly/quay', values);
}
test('the manager sets queues and counters; what is wrong stays with what was typed', async () => {
	let page = await two.get('/quan-ly/quay');
	assert.match(page.html, /name="queue2"[^>]*value="Chứng thực"/, 'tram.conf holds until somebody sets them');
	assert.match(page.html, /name="no1"[^>]*value="2"[\s\S]*name="serves1"[^>]*value="B"/);
	for (const [values, field, words] of [
		[{ queue2: 'Tiếp nhận hồ sơ' }, 'queue2', /trùng tên/], [{ queue3: 'a|b' }, 'queue3', /dấu \|/],
		[{ queue3: 'x'.repeat(61) }, 'queue3', /60 ký tự/], [{ no2: '1', name2: 'Đất đai', serves2: 'AD' }, 'serves2', /hàng đang có/],
		[{ no2: '0', name2: 'Đất đai' }, 'no2', /1 đến 99/], [{ name2: 'Đất đai' }, 'no2', /1 đến 99/], [{ no2: '2' }, 'no2', /dòng khác/],
		[{ run: '101' }, 'run', /./], [{ run: '' }, 'run', /./], [{ queue1: 'Chứng thực', queue2: 'Tiếp nhận hồ sơ' }, 'queue1', /còn \d+ người đang chờ/]]) {
		page = await set(two, values);
		assert.equal(page.status, 422, JSON.stringify(values));
		assert(page.html.includes(`href="#${field}"`) && page.html.includes(`id="${field}-loi"`), `${JSON.stringify(values)}: ${field}`);
		assert.match(page.text, words);
		for (const [name, value] of Object.entries(values))
			assert(page.html.includes(`name="${name}" type="text"`) && (value === '' || page.html.includes(`value="${value}"`)), `${name} typed is kept`);
	}
	const before = stack.status().head_seq, empty = await two.get('/quan-ly/quay');
	const values = { queue2: 'Chứng thực, sao y', queue3: 'Đất đai', no2: '1', name2: 'Hộ tịch', serves2: 'c, a', name1: 'Chứng thực', run: '1' };
	const twice = await Promise.all([1, 2].map(() => set(two, values, empty)));
	for (const one of twice) assert.match(one.text, /sửa lần cuối lúc/, say(one));
	if (before !== undefined) assert.equal(stack.status().head_seq, before + 1, 'one event for two taps');
	assert.match(twice[0].html, /name="serves2"[^>]*value="AC"/);
	assert.match((await two.get('/chon-quay')).text, /Quầy 2 ?Chứng thực Quầy 1 ?Hộ tịch/);
	const late = await set(two, { queue1: 'Mọi việc', form_id: 'b'.repeat(32) }, empty);
	assert.equal(late.status, 409, 'somebody was first');
	assert.match(late.text, /Người khác vừa sửa trang này/);
	assert.match(late.html, /name="queue1"[^>]*value="Tiếp nhận hồ sơ"/);
	assert.equal(await take(2), 'C001', 'the new queue gives numbers at once');
	assert.equal((await one.get('/quan-ly/quay')).status, 403);
});
test('killed and started, rebuilt and compared: nothing is lost', async () => {
	const before = [now(await one.get('/hang-doi')), (await screen()).html.match(/<b>[A-Z]\d+<\/b>/g)?.join()];
	await stack.kill('board');
	await stack.start('board');
	one = await at('canbo', 1);
	assert.deepEqual([now(await one.get('/hang-doi')), (await screen()).html.match(/<b>[A-Z]\d+<\/b>/g)?.join()], before);
	await stack.stop('board');
	const same = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(same.status, 0, same.stdout + same.stderr);
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	await stack.start('board');
	one = await at('canbo', 1);
	assert.equal(now(await one.get('/hang-doi')), before[0]);
	assert.match((await (await at('quanly')).get('/quan-ly/quay')).html, /name="queue3"[^>]*value="Đất đai"/);
});
test('only the counter’s people: a specialist gets no number, nobody without a session', async () => {
	const other = await at('chuyenvien');
	assert.equal((await other.get('/hang-doi')).status, 403);
	assert.equal((await other.get('/hang-doi/lay-so')).status, 403);
	const nobody = stack.clerks();
	assert.match((await nobody.get('/hang-doi')).html, /name="password"/);
});
await run();
