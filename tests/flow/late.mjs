// Goal: what was taken in on numbered paper while the box was dead is entered afterwards with its true
// time, its reason and a second person: each number once, none that was never printed, the due time
// counted from when the citizen stood there.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, chooseProcedure, dossier, fault, person, tickPapers } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'late', ports: [9160, 9170] });
cleanup((failed) => stack.down(failed));
let clerk, manager, specialist;
const fresh = (login) => stack.clerk(login);
// Local time of the point, minutes: three working hours ago or the like does not matter here.
const local = (ms) => new Date(ms + 7 * 3600000).toISOString().slice(0, 16);
const DAY = 86400000;
const second = { second_login: 'chuyenvien', second_password: PASSWORD };
const values = (paper_no, at) => ({ paper_no, true_at: local(at), reason: 'Mất điện cả buổi sáng', ...second });
async function enter(paper_no, at) {
	const step1 = await clerk.submit(await clerk.get('/nhap-bu'), '/nhap-bu"', values(paper_no, at));
	assert.match(step1.redirected ?? '', /^\/ho-so\/moi\/[0-9a-f]{32}\/nguoi$/, step1.text.slice(0, 500));
	const page = await clerk.submit(step1, '/nguoi', { type: 'person', doc_type: 'cccd', who: 'self', channel: 'counter', ...person() });
	const papers = await chooseProcedure(clerk, { page }, '2.000635');
	return { step1, check: await tickPapers(clerk, papers) };
}

test.must('a board without its center', async () => {
	await stack.up(['board']);
	clerk = await fresh('canbo');
	manager = await fresh('quanly');
	specialist = await fresh('chuyenvien');
});

test('the manager prints a block beforehand; blocks never overlap', async () => {
	assert(fault(await clerk.submit(await clerk.get('/nhap-bu'), '/nhap-bu"', values('1', Date.now() - DAY)), 'paper_no'), 'no block yet');
	const page = await manager.get('/nhap-bu');
	for (const count of ['0', '201', 'x', ''])
		assert.equal((await manager.submit(page, '/nhap-bu/in', { count })).status, 422, count);
	const form = [...manager.form(page, '/nhap-bu/in').fields.filter(([n]) => n !== 'count'), ['count', '3']];
	const answers = await Promise.all([1, 2].map(() => manager.post('/nhap-bu/in', form)));
	assert.equal(answers[0].status, 303);
	assert.equal(answers[0].location, answers[1].location);
	const paper = await manager.get(answers[0].location);
	for (const no of ['NB1-0000001', 'NB1-0000003']) assert.equal(paper.html.split(`<b class="code">${no}</b>`).length - 1, 2, no);
	assert(!paper.html.includes('NB1-0000004'));
	const next = await manager.submit(await manager.get('/nhap-bu'), '/nhap-bu/in', { count: '2' });
	assert.match(next.text, /NB1-0000004/);
	assert.match((await clerk.get('/nhap-bu')).text, /NB1-0000004 – NB1-0000005.*NB1-0000001 – NB1-0000003/s);
	assert.equal((await clerk.post('/nhap-bu/in', form)).status, 403);
	assert.equal((await clerk.get(`/nhap-bu/in/${'0'.repeat(32)}`)).status, 404);
	assert(!(await manager.get('/so/chung-thuc')).text.includes('NB1'), 'no book of certifications');
});

test('a paper is entered with its true time: due time from then, second person, said on page and slip', async () => {
	const at = Math.floor((Date.now() - 7 * DAY) / 60000) * 60000;
	const { step1, check } = await enter('2', at);
	assert.match(step1.text, /Nhập bù phiếu NB1-0000002/);
	const { code } = await accept(clerk, check);
	const page = await dossier(clerk, code);
	assert.match(page.text, /Nhập bù NB1-0000002/);
	assert.match(page.text, /Nhập bù hồ sơ đã nhận trên giấy : NB1-0000002 – Mất điện cả buổi sáng/);
	assert.match(page.text, /Quá hạn/, 'due from the true time, a week ago');
	const [, hour, day] = /Nhận lúc (\d\d:\d\d), [^ ]+ [^ ]+ (\d{1,2}\/\d{1,2}\/\d{4})/.exec(page.text);
	assert.equal(`${day.split('/').reverse().map((n) => n.padStart(2, '0')).join('-')}T${hour}`, local(at));
	assert.match((await clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`)).text, /nhận trên giấy, phiếu số NB1-0000002/);
	assert((await clerk.submit(await clerk.get('/quay'), '/tim', { q: 'NB1-0000002' })).text.includes(code.split('-').slice(1).join('-')));
});

test('used, never printed, in the future, too old, alone: refused at its field, nothing begun', async () => {
	const at = Date.now() - DAY;
	const page = await clerk.get('/nhap-bu');
	for (const [wrong, field] of [[{ paper_no: '2' }, 'paper_no'], [{ paper_no: 'NB1-0000002' }, 'paper_no'], [{ paper_no: '99' }, 'paper_no'],
		[{ paper_no: 'NB9-1' }, 'paper_no'], [{ paper_no: 'abc' }, 'paper_no'], [{ paper_no: '' }, 'paper_no'],
		[{ true_at: local(Date.now() + 3600000) }, 'true_at'], [{ true_at: '2020-01-01T08:00' }, 'true_at'], [{ true_at: 'hôm qua' }, 'true_at'],
		[{ reason: ' ' }, 'reason'], [{ second_login: '' }, 'second_login'], [{ second_login: 'canbo' }, 'second_login'],
		[{ second_password: 'Sai-Mat-Khau-1!' }, 'second_login']]) {
		const again = await clerk.submit(page, '/nhap-bu"', { ...values('1', at), ...wrong });
		assert.equal(again.status, 422, JSON.stringify(wrong));
		assert(fault(again, field), JSON.stringify(wrong));
		assert(!again.html.includes(PASSWORD));
	}
	assert.equal((await manager.post('/nhap-bu', [])).status, 403, 'only who takes in');
	assert.equal((await specialist.get('/nhap-bu')).status, 403);
});

test('two clerks enter the same paper: the second is told, and its draft stays', async () => {
	const at = Date.now() - DAY;
	const one = await enter('3', at), two = await enter('NB1-3', at);
	await accept(clerk, one.check);
	const refused = await clerk.submit(two.check, '/kiem-tra', {});
	assert.equal(refused.status, 422, refused.text.slice(0, 300));
	assert.match(refused.text, /Số phiếu này đã nhập rồi/);
});

test('rebuilt from the journal, everything is as it was', async () => {
	const before = stack.digest('board');
	await stack.stop('board');
	const rebuilt = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(rebuilt.status, 0, rebuilt.stderr + rebuilt.stdout);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
