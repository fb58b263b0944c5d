// catalogue.mjs: the manager's catalogue and calendar and what they make the counter ask, looked at in
// three widths with axe and html-validate: as they open, with faults, as a preview.
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, startDraft } from '../lib/clerk.mjs';
import { People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'catalogue-browser', ports: [9420, 9015] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9420';
const people = new People(origin, 'catalogue');
let clerk;


test.must('a board without its center', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk, { procedure: '1.004873' });
});
for (const [path, name] of [['/quan-ly/thu-tuc', 'list'], ['/quan-ly/thu-tuc?loc=cho&tim=ho%20tro', 'filtered'],
	['/quan-ly/thu-tuc/moi', 'new'], ['/quan-ly/thu-tuc/1.000894', 'sheet'], ['/quan-ly/thu-tuc/1.001612/bat', 'on'],
	['/quan-ly/thu-tuc/lich-su', 'history'], ['/quan-ly/lich', 'calendar'], ['/quan-ly/lich?nam=2027', 'calendar-2027']])
	test(`${path} as it opens`, async () => (await people.open('quanly', path)).look(name));
test('faults and a preview of a procedure', async () => {
	const browser = await people.open('quanly', '/quan-ly/thu-tuc/9.999001');
	await browser.page.fill('#v0', '');
	await browser.press();
	await browser.look('sheet-faults');
	await browser.page.fill('#v0', 'Thủ tục thử nghiệm đã đổi tên');
	await browser.press();
	await browser.look('sheet-preview');
	await browser.press('button[name=save]');
	await browser.page.goto(`${origin}/quan-ly/thu-tuc/lich-su`);
	await browser.look('history-after');
});
for (const [kind, values] of [['truong-hop', {}], ['giay-to', { name: 'Giấy xác nhận' }], ['khoan-thu', { name: 'Lệ phí', amount: '25000', source: 'QĐ thử' }],
	['buoc', {}], ['cau-hoi', {}], ['nguoi', {}]])
	test(`a procedure's ${kind}: as it opens, with faults or as a preview`, async () => {
		const browser = await people.open('quanly', `/quan-ly/thu-tuc/1.004873/phan/${kind}`);
		await browser.look(`part-${kind}`);
		for (const [name, value] of Object.entries(values)) await browser.page.fill(`#${name}`, value);
		await browser.press('.foot button');
		await browser.look(`part-${kind}-after`);
	});
test('faults of switching on, and of the calendar; its preview', async () => {
	let browser = await people.open('quanly', '/quan-ly/thu-tuc/1.001612/bat');
	await browser.press();
	await browser.look('on-faults');
	browser = await people.open('quanly', '/quan-ly/lich?nam=2026');
	await browser.page.fill('#from_12', '99/12/2026');
	await browser.press();
	await browser.look('calendar-faults');
	await browser.page.fill('#from_12', '02/12/2026');
	await browser.page.fill('#why_12', 'Nghỉ thử');
	await browser.press();
	await browser.look('calendar-preview');
});
test('switching off and adding are shown before; a catalogue by file: empty, refused, what it would change', async () => {
	let browser = await people.open('quanly', '/quan-ly/thu-tuc/9.999001');
	await browser.press('button[name=off]');
	await browser.look('off-preview');
	browser = await people.open('quanly', '/quan-ly/thu-tuc/moi');
	for (const [field, value] of Object.entries({ code: '5.000009', name: 'Thủ tục riêng của xã', field: 'Văn hóa', limit: '2', paper: 'Đơn đề nghị', source: 'QĐ thử 02/2026' }))
		await browser.page.fill(`#${field}`, value);
	await browser.press();
	await browser.look('new-preview');
	browser = await people.open('quanly', '/quan-ly/thu-tuc/tep');
	await browser.look('bring');
	const now = JSON.parse(stack.tram('board', ['catalogue', 'export']).stdout);
	const send = async (document) => {
		await browser.page.setInputFiles('#file', { name: 'danh-muc.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(document)) });
		await browser.press('form[enctype] button.go');
	};
	await send({ ...now, version: '2027.1', procedures: now.procedures.map((p, i) => (i === 3 ? { ...p, level: 'ward' } : p)) });
	await browser.look('bring-fault');
	await send({ ...now, version: '2027.1', procedures: now.procedures.map((p, i) => (i === 3 ? { ...p, enabled: false } : i === 4 ? { ...p, name: `${p.name} (sửa)` } : p)) });
	await browser.look('bring-preview');
});
test('step 2 with questions and people, empty and with faults', async () => {
	const draft = await startDraft(clerk);
	const browser = await people.open('canbo', `/ho-so/moi/${draft.id}/thu-tuc`);
	await Promise.all([browser.page.waitForNavigation(), browser.page.evaluate(() => {
		const button = document.querySelector('button[value="1.000894"]');
		button.closest('details')?.setAttribute('open', '');
		button.click();
	})]);
	await browser.look('step2-questions');
	await browser.press();
	await browser.look('step2-faults');
});
await run();
