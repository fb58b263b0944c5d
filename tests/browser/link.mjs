// link.mjs: the pages about the line to the province in real Chromium: the technician's, a dossier's, the
// citizen's, with the line well and with the line dead.
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { health } from '../lib/fake_center.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'link-browser', ports: [9036, 9045],
	board: 'retry_min_s = 1\npoll_max_s = 2\npoll_active_s = 1\nlink_timeout_s = 3\nlink_budget_mb = 500\nlink_quiet = 02:00-02:01\n' });
cleanup((failed) => stack.down(failed));
const admin = 'http://127.0.0.1:9038', clerks = 'http://127.0.0.1:9036', lookup = 'http://127.0.0.1:9037';
let browser, page, first, second;
const press = (selector = 'main button[type=submit]') => browser.press(selector);
const login = (origin, name) => browser.logIn(name, `${origin}/dang-nhap`);

// A day with its ups and downs, as the forwarder would have written it.
function day() {
	const file = path.join(stack.data, 'board/health/health.json');
	const now = Math.floor(Date.now() / 900000), told = JSON.parse(readFileSync(file, 'utf8'));
	told.slots = Array.from({ length: 96 }, (_, i) => {
		const work = i > 40 && i < 84, wave = Math.abs(Math.sin(i / 5));
		return [now - 95 + i, work ? Math.round(9e6 * wave) : 4000, work ? Math.round(2e6 * wave) : 3000,
			i > 56 && i < 60 ? 300000 : 900000, i > 56 && i < 60 ? 600000 : 0, 80 + i];
	});
	writeFileSync(file, JSON.stringify(told));
}

test.must('a board and a center, two dossiers, a browser', async () => {
	await stack.up();
	const clerk = stack.clerks();
	await clerk.login('canbo');
	first = await acceptDossier(clerk, { files: true });
	await stack.drained();
	browser = await Browser.open(admin, 'link');
	page = browser.page;
});
test('the line is well, and after the button', async () => {
	await login(admin, 'kythuat');
	await page.goto(`${admin}/duong-truyen`);
	await press();
	await until('the answer', 10, async () => (await page.goto(page.url()), (await page.textContent('main')).includes('chữ ký đúng')));
	stack.killOne('board', 'forward.0', 'SIGSTOP');
	day();
	await page.goto(page.url());
	await page.click('summary');
	await browser.look('well');
	stack.killOne('board', 'forward.0', 'SIGKILL');
});
test('the line is dead', async () => {
	await stack.stop('center');
	const clerk = stack.clerks();
	await clerk.login('canbo');
	second = await acceptDossier(clerk, { files: true });
	clerk.close();
	await until('down', 20, () => health(stack).link === 'down' && health(stack).oldest_at > 0);
	await page.goto(`${admin}/duong-truyen`);
	await browser.look('dead');
});
test('a dossier: what is where', async () => {
	await login(clerks, 'canbo');
	for (const [what, { code }] of [['sent', first], ['waiting', second]]) {
		await page.goto(`${clerks}/ho-so/${code}`);
		await browser.look(`dossier-${what}`);
		await page.click('text=Xem từng việc');
		await browser.look(`proof-${what}`);
	}
});
test('the citizen\'s page names the receipt', async () => {
	for (const [what, { code }] of [['sent', first], ['waiting', second]]) {
		await page.goto(`${clerks}/ho-so/${code}/giay-hen`);
		const typed = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/.exec(await page.innerText('body'))[0];
		await page.goto(lookup);
		await page.fill('#so', code);
		await page.fill('#ma', typed);
		await press();
		assert.equal((await page.textContent('main')).includes('Mã biên nhận'), what === 'sent');
		await browser.look(`slip-${what}`);
	}
	await browser.close();
});

await run();
