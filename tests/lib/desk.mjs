// desk.mjs: one person at a screen in real Chromium. What she does is what a hand can do: follow a link,
// press a button, choose a label, type, scan; a link inside a folded list is unfolded first. Every press
// is counted. A page that comes back with faults fails with what it says.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { PASSWORD } from './client.mjs';
import { root } from './stack.mjs';

// One Chromium a file, from when it is first wanted to the end of the process; everybody at a screen
// has a context of her own in it. The shell is the same Chromium without a window, its tabs and bars,
// which nobody sees here and which cost a third of the time. A page's scripts run once: what V8 would
// compile better for their next run, and a process of its own to paint, are another seventh.
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
let browser;
const theBrowser = () => browser ??= chromium.launch({ executablePath: programs.find(existsSync), args: ['--no-sandbox', '--disable-gpu',
	'--num-raster-threads=1', '--disable-threaded-animation', '--disable-smooth-scrolling', '--in-process-gpu',
	'--js-flags=--no-opt --no-maglev --min-semi-space-size=64'] });

export class Desk {
	// folder: of the pictures under build/shots. options: of the context (javaScriptEnabled: false …).
	static async open(origin, folder, options = {}) {
		const self = new this();
		Object.assign(self, { origin, taps: 0, shots: path.join(root, 'build/shots', folder) });
		mkdirSync(self.shots, { recursive: true });
		self.context = await (await theBrowser()).newContext({ locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh',
			viewport: { width: 1280, height: 800 }, ...options });
		// The machine may be busy with other suites.
		self.context.setDefaultTimeout(60000);
		self.page = await self.context.newPage();
		return self;
	}
	static async login(origin, folder, login, options) {
		const self = await this.open(origin, folder, options);
		await self.logIn(login);
		return self;
	}
	// address: where the password is asked, which on a paired tablet is not the first page.
	async logIn(login, address = '/dang-nhap') {
		await this.go(address);
		await this.page.fill('#login', login);
		await this.page.fill('#password', PASSWORD);
		await this.press('main button[type=submit]');
		assert(!this.at().includes('dang-nhap'), `${login}: ${await this.says()}`);
	}

	at() {
		return new URL(this.page.url()).pathname;
	}
	async says() {
		return (await this.page.locator('main').innerText()).replace(/\s+/g, ' ').trim();
	}
	// An address of this origin, or of another in full.
	async go(address, status = 200) {
		const answer = await this.page.goto(new URL(address, this.origin).href);
		assert.equal(answer.status(), status, `${address}: ${await this.page.innerText('body')}`);
		return this;
	}
	// For eyes: where nobody looks (TRAM_SHOTS=no), none.
	async picture(name) {
		if (process.env.TRAM_SHOTS === 'no') return;
		this.cdp ??= await this.context.newCDPSession(this.page);
		// Of the whole page, and not pressed as small as a PNG can be: half the work.
		const { data } = await this.cdp.send('Page.captureScreenshot', { captureBeyondViewport: true, optimizeForSpeed: true });
		writeFileSync(path.join(this.shots, `${name}.png`), Buffer.from(data, 'base64'));
	}
	// The page as it comes out of the printer: { file, sheets, mm: [width, height], text }.
	async print(name, options = {}) {
		const file = path.join(this.shots, `${name}.pdf`);
		await this.page.pdf({ path: file, preferCSSPageSize: true, ...options });
		const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
		const info = run('pdfinfo', file);
		return { file, sheets: Number(/Pages:\s+(\d+)/.exec(info)[1]),
			mm: /Page size:\s+([\d.]+) x ([\d.]+)/.exec(info).slice(1).map((pt) => Math.round(pt / 72 * 25.4)),
			text: run('pdftotext', '-layout', file, '-').normalize('NFC').replace(/\s+/g, ' ') };
	}

	// The first of the selector that a hand can reach.
	async reach(selector) {
		const all = this.page.locator(selector);
		await all.first().waitFor({ state: 'attached' })
			.catch(() => assert.fail(`nothing "${selector}" on ${this.at()}`));
		if (!await all.locator('visible=true').count()) {
			await all.first().evaluate((e) => {
				for (let at = e.closest('details:not([open])'); at; at = e.closest('details:not([open])')) at.open = true;
			});
			this.taps++;
		}
		return all.locator('visible=true').first();
	}
	// A press that leads to another page; one that this page knows nothing more of.
	async press(selector = 'main .foot button.go') {
		const button = await this.reach(selector);
		this.taps++;
		await Promise.all([this.page.waitForNavigation(), button.click()]);
	}
	// As press, and the page after it must not be one with faults.
	async send(selector) {
		await this.press(selector);
		const faults = this.page.locator('.summary');
		if (await faults.count()) assert.fail(`${this.at()}: ${await faults.first().innerText()}`);
		const title = await this.page.title();
		assert(!/Lỗi|không mở được/.test(title), `${this.at()}: ${title}: ${await this.says()}`);
	}
	// One types when one sees the cursor: a field with autofocus gets it a moment after the page has come.
	// Asked from here, since a page without JavaScript cannot wait. Returns the id of what has the focus.
	async cursor() {
		for (let tries = 0; ; tries++) {
			const [waited, id] = await this.page.evaluate(() => [document.activeElement === document.body
				&& document.querySelector('[autofocus]') !== null, document.activeElement?.id]);
			if (!waited) return id;
			assert(tries < 300, `the focus of ${this.at()} does not come`);
			await sleep(100);
		}
	}
	async type(text) {
		await this.cursor();
		await this.page.keyboard.type(text);
	}
	// A scanner types into whatever has the focus and ends with Enter.
	async scan(text) {
		await this.cursor();
		await Promise.all([this.page.waitForNavigation(),
			this.page.keyboard.insertText(text).then(() => this.page.keyboard.press('Enter'))]);
	}
	// With the keyboard alone: to the element, seen to have the focus, and Enter on it.
	async tabTo(selector) {
		for (let i = 0; i < 200; i++) {
			const here = await this.page.evaluate((s) => {
				const e = document.activeElement, style = getComputedStyle(e);
				return e.matches(s) && { seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
			}, selector);
			if (here) return assert(here.seen, `the focus on "${selector}" cannot be seen`);
			await this.page.keyboard.press('Tab');
		}
		assert.fail(`the keyboard does not come to "${selector}" on ${this.at()}`);
	}
	async enter(selector) {
		await this.tabTo(selector);
		await Promise.all([this.page.waitForNavigation(), this.page.keyboard.press('Enter')]);
	}
	async tick(selector, on = true) {
		const box = this.page.locator(selector).first();
		if (await box.isChecked() === on) return;
		const label = box.locator('xpath=ancestor::label');
		if (await label.count()) {
			await this.unfold(label.first());
			await label.first().click();
		} else {
			await this.page.locator(`label[for="${await box.getAttribute('id')}"]`).first().click();
		}
		this.taps++;
		assert.equal(await box.isChecked(), on, selector);
	}
	async unfold(place) {
		await place.evaluate((e) => {
			for (let at = e.closest('details:not([open])'); at; at = e.closest('details:not([open])')) at.open = true;
		});
	}
	// Fills the form of the page: { name: text | value of a choice | true | file | files }.
	async fill(values) {
		for (const [name, value] of Object.entries(values)) {
			const all = this.page.locator(`main [name="${name}"]:not([type=hidden])`);
			assert(await all.count(), `no field "${name}" on ${this.at()}: ${(await this.says()).slice(0, 300)}`);
			const kind = await all.first().evaluate((e) => e.tagName === 'SELECT' ? 'select' : e.type);
			if (kind === 'radio') {
				await this.tick(`main [name="${name}"][value="${value}"]`);
			} else if (kind === 'checkbox') {
				await this.tick(`main [name="${name}"]`, value);
			} else if (kind === 'file') {
				await all.first().setInputFiles(value);
			} else {
				await this.unfold(all.first());
				if (kind === 'select') await all.first().selectOption(value);
				else await all.first().fill(value);
			}
		}
	}

	// The dossier as one finds it: its number into the search field.
	async dossier(code) {
		const field = this.page.locator('#q');
		if (!await field.count()) return this.go(`/ho-so/${encodeURIComponent(code)}`);
		await field.fill(code);
		await Promise.all([this.page.waitForNavigation(), field.press('Enter')]);
		assert.equal(this.at(), `/ho-so/${encodeURIComponent(code)}`, await this.says());
	}
	// An act on a dossier, by the link or button that its page offers; values fill the act's own page.
	async act(code, slug, values = {}, go = 'main .foot button.go') {
		await this.dossier(code);
		const url = `/ho-so/${encodeURIComponent(code)}/${slug}`;
		if (await this.page.locator(`main form[action="${url}"]`).count())
			return this.send(`main form[action="${url}"] button`);
		await this.press(`main a[href="${url}"], main a[href^="${url}?"]`);
		await this.fill(values);
		await this.send(go);
	}
	close() {
		return this.context.close();
	}
}
