// Goal: the manager keeps the calendar: a day off, a swap, a make-up day, a year announced, each after
// a preview that names the open dossiers which would be due at another time, and changes none of them.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, dossier } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'calendar', ports: [9380, 9390] });
cleanup((failed) => stack.down(failed));
let clerk, manager;
const open = (year) => manager.get(`/quan-ly/lich?nam=${year}`);
const send = (page, values, options) => manager.submit(page, '/quan-ly/lich', values, options);
const save = (page) => send(page, {}, { button: 'save' });
const version = async () => /Lịch bản (\S+?)\. /.exec((await open(2026)).text)[1];
const blank = (page) => /name="from_(\d+)" type="text" inputmode="numeric" value=""/.exec(page.html)[1];
const dueOf = async (code) => /Hẹn trả (\d\d:\d\d, \S+ \S+ [\d/]+)/.exec((await dossier(clerk, code)).text)?.[1];
const row = (page, from, to, why, works = '0') => {
	const i = blank(page);
	return { [`from_${i}`]: from, [`to_${i}`]: to, [`why_${i}`]: why, [`works_${i}`]: works };
};

test.must('a board without its center', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	manager = stack.clerks();
	await clerk.login('canbo');
	await manager.login('quanly');
});
test('the calendar is the manager\'s alone; three years, one of them not announced', async () => {
	assert.equal((await clerk.request('GET', '/quan-ly/lich')).status, 403);
	const page = await open(2026);
	for (const year of ['2025', '2026', '2027 chưa công bố']) assert(page.text.includes(year), year);
	assert(page.html.includes('value="24/11/2026"') && page.html.includes('Ngày Văn hóa Việt Nam'));
	assert.match((await open(2027)).text, /Lịch năm 2027 chưa công bố/);
	assert.match((await manager.get('/viec')).text, /Lịch làm việc/);
});
test('a due time in a year that is not announced says so on screen and slip', async () => {
	// 1.014027: 10 working days; enough of them reach 2027 only late in the year, so the limit is raised.
	const sheet = await manager.get('/quan-ly/thu-tuc/9.999001');
	const form = { ...sheet, html: `<form${sheet.html.split('<form').findLast((part) => part.includes('name="base"'))}`, path: sheet.path };
	const limit = /<h2>Trường hợp: Thông thường<\/h2>[\s\S]*?<label for="(v\d+)">Thời hạn/.exec(sheet.html)[1];
	const shown = await manager.submit(form, 'name="base"', { [limit]: '200' });
	const again = { ...shown, html: `<form${shown.html.split('<form').findLast((part) => part.includes('name="base"'))}`, path: sheet.path };
	await manager.submit(again, 'name="base"', {}, { button: 'save' });
	const { code } = await acceptDossier(clerk, { procedure: '9.999001' });
	assert.match((await dossier(clerk, code)).text, /chưa công bố|chưa được công bố|có thể/i);
	assert.match((await clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`)).html, /<div class="due">[^]*<small>[^<]*lịch[^<]*<\/small>/i);
});
test('a new day off: the preview names the dossier that would be due later, and saving leaves it', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '1.004873' });	// 3 working days
	const before = await version(), due = await dueOf(code);
	assert(due, 'no due time shown');
	const day = /[\d/]+$/.exec(due)[0].split('/').map((part) => part.padStart(2, '0')).join('/'), year = day.slice(6);
	const page = await open(year);
	const shown = await send(page, row(page, day, '', 'Nghỉ đột xuất'));
	assert.equal(shown.status, 200, `${day} ${shown.text.slice(600, 1300)}`);
	assert.match(shown.text, /hồ sơ đang giải quyết sẽ có ngày hẹn khác/);
	assert(shown.html.includes(`/ho-so/${code}/ngay-hen`), 'the dossier is listed with the way to adjust it');
	assert.equal(await version(), before);
	const saved = await save(shown);
	assert.match(saved.redirected, /quan-ly\/lich/, saved.text.slice(0, 400));
	assert.notEqual(await version(), before);
	assert.equal(await dueOf(code), due, 'never silently');
	assert.match((await dossier(clerk, code)).text, new RegExp(`lịch bản ${before.replaceAll('.', '\\.')}`), 'explained by the calendar it was counted by');
	const next = (await acceptDossier(clerk, { procedure: '1.004873' })).code;
	assert.notEqual(await dueOf(next), due, 'the next one counts with it');
	assert.match((await manager.get('/quan-ly/lich/lich-su')).text, /Đang dùng .*Sửa lịch năm/);
});
test('a row taken away, a make-up Saturday, hours of work', async () => {
	let page = await open(2026);
	const at = [...page.html.matchAll(/name="why_(\d+)" type="text" value="Ngày Văn hóa Việt Nam"/g)][0][1];
	const shown = await send(page, { ...row(page, '05/12/2026', '', 'làm bù thử', '1'), [`from_${at}`]: '', block_to_1: '17:30' });
	assert.equal(shown.status, 200, shown.text.slice(0, 500));
	assert.match(shown.text, /Ngày Văn hóa Việt Nam \(24\/11\/2026\) \(không có\)/);
	assert.match(shown.text, /làm bù thử/);
	assert.match(shown.text, /07:00, 11:30, 13:30, 17:30/);
	await save(shown);
	page = await open(2026);
	assert(!page.html.includes('24/11/2026') && page.html.includes('value="17:30"'));
});
test('what is no day, no reason, of another year or given twice is refused, and all of it stays', async () => {
	const page = await open(2026), before = await version();
	for (const [from, to, why, word] of [['31/02/2026', '', 'x y', /24\/11\/2026/], ['02/12/2026', '01/12/2026', 'x y', /24\/11\/2026/],
		['02/12/2026', '', '', /Ghi lý do/], ['02/12/2027', '', 'x y', /năm khác/], ['02/09/2026', '', 'hai lần', /hai lần/],
		['01/03/2026', '01/06/2026', 'x y', /60 ngày/]]) {
		const answer = await send(page, row(page, from, to, why));
		assert.equal(answer.status, 422, `${from} ${to} ${why}`);
		assert.match(answer.text, word);
		assert(answer.html.includes(`value="${from}"`));
	}
	for (const values of [{ announced_to: '2020' }, { announced_from: 'x' }, { block_from_1: '11:00' }, { block_to_0: '25:00' }])
		assert.equal((await send(page, values)).status, 422, JSON.stringify(values));
	assert.equal(await version(), before);
});
test('a year is announced; two managers: the second is shown the first one\'s act', async () => {
	const page = await open(2027);
	const mine = await send(page, { announced_to: '2027' }), theirs = await send(page, { block_from_0: '07:15' });
	assert.match(mine.text, /Năm đã công bố 2025 - 2026 2025 - 2027/);
	await save(mine);
	assert(!(await open(2027)).text.includes('Lịch năm 2027 chưa công bố'));
	const late = await save(theirs);
	assert.equal(late.status, 409);
	assert.match(late.text, /Sửa lịch năm 2027/);
});
test('versions outlive a restart and a rebuild', async () => {
	const before = await version();
	await stack.stop('board');
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
	await stack.start('board');
	manager = stack.clerks();
	await manager.login('quanly');
	assert.equal(await version(), before);
});

await run();
