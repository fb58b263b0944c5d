// requests.mjs: what the point asks the province, on both sides: looked at in three widths with axe
// and html-validate.
import { strict as assert } from 'node:assert';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, handOver } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'requests-browser', ports: [9520, 9525], board: 'reading_send_s = 1' });
cleanup((failed) => stack.down(failed));
const origins = { canbo: 'http://127.0.0.1:9520', tinh: 'http://127.0.0.1:9525', giamsat: 'http://127.0.0.1:9525' };
const people = Object.fromEntries(Object.entries(origins).map(([login, origin]) => [login, new People(origin, 'requests')]));
let clerk, officer, code, board;

const open = (login, path) => people[login].open(login, path);
const at = (slug) => `/ho-so/${encodeURIComponent(code)}/${slug}`;
const there = (slug) => `/ho-so/${board}/${encodeURIComponent(code)}${slug}`;
const ask = async (values) => clerk.submit(await clerk.get(at('yeu-cau')), '/yeu-cau"', values);

test.must('a dossier at the province, one request refused, one open', async () => {
	await stack.up();
	[clerk, officer] = [stack.clerks(), stack.officers()];
	await clerk.login('canbo');
	await officer.login('tinh');
	board = stack.boardId();
	({ code } = await acceptDossier(clerk, { procedure: '9.999001' }));
	await handOver(clerk, code);
	await until('taken', 30, async () => (await officer.get(there(''))).html.includes('nhan-xu-ly'));
	await officer.submit(await officer.get(there('')), 'nhan-xu-ly');
	await until('the point knows', 30, async () => (await dossier(clerk, code)).text.includes('Đang xử lý (ở Tỉnh)'));
	await ask({ act: 'withdraw', reason: 'Bà Mẫu xin rút hồ sơ để nộp lại' });
	const open = async () => /href="([^"]+\/de-nghi\/[0-9a-f]{32})"/.exec((await officer.get(there(''))).html)?.[1];
	await until('asked', 30, open);
	await officer.submit(await officer.get(await open()), '/de-nghi/', { decision: 'refuse', reason: 'Kết quả đã trình ký, chiều mai trả' });
	await until('answered', 30, async () => (await clerk.get(at('yeu-cau'))).text.includes('chiều mai trả'));
	const page = await clerk.get(at('yeu-cau/sua'));
	await clerk.submit(page, '/yeu-cau/sua', { name: 'Trần Thị Mẫu Lại', reason: 'Gõ sai tên', second_login: 'quanly', second_password: PASSWORD });
	await until('asked again', 30, open);
});
test('the point: form, faults, change, lists', async () => {
	let browser = await open('canbo', at('yeu-cau'));
	await browser.look('form');
	await browser.page.click('input[value="due_change"]');
	await browser.page.fill('#reason', 'Chờ xác minh nguồn gốc đất');
	await browser.press('main button.go');
	assert.equal(await browser.page.inputValue('#reason'), 'Chờ xác minh nguồn gốc đất');
	await browser.look('fault');
	browser = await open('canbo', at('yeu-cau/sua'));
	await browser.look('amend');
	browser = await open('canbo', '/cau-hoi');
	await browser.look('lists');
	browser = await open('canbo', `/ho-so/${encodeURIComponent(code)}`);
	await browser.look('dossier');
});
test('the province: list, dossier, answer', async () => {
	let browser = await open('tinh', '/de-nghi');
	await browser.look('center-list');
	browser = await open('tinh', there(''));
	await browser.look('center-dossier');
	await browser.press('a[href*="/de-nghi/"]');
	await browser.look('center-answer');
});
test('who supervises: looks at the point', async () => {
	const browser = await open('giamsat', `/truy-cap?diem=${board}`);
	await browser.look('center-readings');
});
await run();
