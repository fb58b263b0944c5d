// link_page.mjs: the page of the line to the province: where both sides stand, what waits, the day, a
// signed round trip on demand; /metrics on both sides for this machine alone.
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { health } from '../lib/fake_center.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'link-page', ports: [9412, 9416],
	board: 'retry_min_s = 1\npoll_max_s = 2\npoll_active_s = 1\nlink_timeout_s = 3\nlink_budget_mb = 500\n' });
cleanup((failed) => stack.down(failed));
let technician, clerk;
const page = (query = '') => technician.get(`/duong-truyen${query}`);
const metric = async (client, name, label = '') => {
	const answer = await client.get('/metrics');
	assert.equal(answer.status, 200);
	assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
	const line = answer.html.split('\n').find((l) => l.startsWith(`${name}${label} `));
	assert(line, `no ${name}${label} in\n${answer.html}`);
	return Number(line.split(' ').pop());
};

test.must('a board, a center, a technician', async () => {
	await stack.up();
	technician = stack.admin();
	await technician.login('kythuat');
	clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk, { files: true });
	await stack.drained();
});
test('both sides stand equal, by a signed answer with its duration', async () => {
	await page();
	const asked = await technician.submit(await page(), '/duong-truyen');
	assert.match(asked.redirected ?? asked.path, /\/duong-truyen\?thu=\d+/);
	const at = Number(/thu=(\d+)/.exec(asked.redirected ?? asked.path)[1]);
	const answer = await until('the answer is there', 10, async () => {
		const now = await page(`?thu=${at}`);
		return now.text.includes('chữ ký đúng') && now;
	});
	const file = health(stack);
	assert(file.last_round_trip_at >= at, 'the trip was made after the button');
	assert.match(answer.text, new RegExp(`trong ${file.last_round_trip_ms} ms`));
	assert.equal(file.center_has_seq, file.head_seq);
	assert.equal((answer.text.match(/Bằng nhau/g) ?? []).length, 2);
	assert(answer.text.includes(String(file.head_seq)));
	assert.match(answer.text, /Không tệp nào chờ/);
	assert.match(answer.html, /<svg[^>]*viewBox/);
	for (const word of ['Nguyễn', '000090000001', '0239']) assert(!answer.html.includes(word), word);
});
test('who has no such duty does not see it, and the button needs its token', async () => {
	const stranger = stack.admin();
	assert.equal((await stranger.get('/duong-truyen')).path, '/dang-nhap');
	assert.equal((await technician.post('/duong-truyen', {})).status, 403);
	stranger.close();
});
test('the center away: what waits since when, and the button says that there was no answer', async () => {
	await stack.stop('center');
	await acceptDossier(clerk, { files: true });
	await until('down', 20, () => health(stack).link === 'down' && health(stack).oldest_at > 0);
	const asked = await technician.submit(await page(), '/duong-truyen');
	const at = /thu=(\d+)/.exec(asked.redirected ?? asked.path)[1];
	const answer = await until('the page says so', 15, async () => {
		const now = await page(`?thu=${at}`);
		return now.text.includes('Chưa hỏi được') && now;
	});
	assert.match(answer.text, /Chưa tới được máy chủ tỉnh/);
	assert.match(answer.text, /\d+ việc chưa có biên nhận/);
	assert.match(answer.text, /cũ nhất từ \d\d:\d\d/);
	assert(!('refresh' in answer.headers));
	assert(await metric(technician, 'tram_journal_head') > await metric(technician, 'tram_journal_receipted'));
	assert.equal(await metric(technician, 'tram_link_up'), 0);
	await stack.start('center');
	await stack.drained();
});
test('the day: bytes of both ways and the time without a link', async () => {
	const answer = await page();
	assert.match(answer.text, /Mất đường truyền tất cả \d+ giây/);
	const [slots] = [health(stack).slots];
	const up = slots.reduce((sum, slot) => sum + slot[1], 0), down = slots.reduce((sum, slot) => sum + slot[2], 0);
	assert(up > 3000 && down > 3000, `${up} up, ${down} down`);
	assert(slots.some((slot) => slot[4] >= 1000), 'the loss is in the slots');
	assert.match(answer.text, /mức mỗi ngày 500,0 MB/);
});
test('the day is kept when the forwarder is killed', async () => {
	const before = health(stack).day_bytes;
	stack.killOne('board', 'forward.0');
	await until('it is back', 20, () => health(stack).day_bytes >= before && health(stack).link === 'ok');
});
test('/metrics of both sides; nobody but this machine, no proxy for another', async () => {
	await until('all well', 10, async () => await metric(technician, 'tram_link_up') === 1);
	assert.equal(await metric(technician, 'tram_journal_head'), health(stack).head_seq);
	assert.equal(await metric(technician, 'tram_journal_receipted'), health(stack).sent_seq);
	assert.equal(await metric(technician, 'tram_forward_up'), 1);
	const officers = stack.officers();
	const label = `{board="${stack.boardId()}"}`;
	assert.equal(await metric(officers, 'tram_board_journal_head', label), health(stack).head_seq);
	assert.equal(await metric(officers, 'tram_board_shut', label), 0);
	assert(await metric(officers, 'tram_board_seen_timestamp_seconds', label) > Date.now() / 1000 - 600);
	for (const client of [technician, officers])
		assert.equal((await client.get('/metrics', { headers: { 'X-Forwarded-For': '10.0.0.9' } })).status, 404);
	officers.close();
});
test('a broken or odd health file leaves a page', async () => {
	const file = path.join(stack.data, 'board/health/health.json');
	stack.killOne('board', 'forward.0', 'SIGSTOP');
	const good = JSON.parse(readFileSync(file, 'utf8'));
	for (const [content, word] of [['{"at":', 'chưa chạy lần nào'], ['[]', 'chưa chạy lần nào'],
		[JSON.stringify({ ...good, at: 1 }), 'Chương trình gửi không chạy'],
		[JSON.stringify({ ...good, at: Date.now(), parked: 2 }), '2 việc đã lưu nhưng cần người xem'],
		[JSON.stringify({ ...good, slots: [[1], 'x', [9e15, -1, 1e300, 1, 1, 1], null] }), '24 giờ qua']]) {
		writeFileSync(file, content);
		const answer = await page();
		assert.equal(answer.status, 200);
		assert(answer.text.includes(word), `${word}: ${content.slice(0, 40)}`);
	}
	stack.killOne('board', 'forward.0', 'SIGKILL');
	technician.close();
	clerk.close();
});

await run();
