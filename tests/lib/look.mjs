// look.mjs: pages in real Chromium, as pictures and as claims: screenshots at the three widths under
// build/shots/NAME, nothing wider than the screen, no axe violation, valid HTML.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import { Client } from './client.mjs';
import { Desk } from './desk.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate({ extends: ['html-validate:recommended'],
	rules: { 'long-title': 'off', 'no-trailing-whitespace': 'off' } });
export const sizes = [[390, 844], [800, 1280], [1280, 800]];

export class Browser extends Desk {
	static async open(origin, folder, options) {
		const self = await super.open(origin, folder, options);
		self.page.on('response', async (response) => {
			if (response.request().isNavigationRequest() && /html/.test(response.headers()['content-type'] ?? ''))
				self.source = await response.text().catch(() => self.source);
		});
		return self;
	}

	// Logged in without the page for it, on the first page of her own.
	static async login(origin, folder, login, options) {
		const self = await this.open(origin, folder, options);
		const client = new Client(origin);
		await client.login(login);
		await self.context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, url: origin })));
		client.close();
		return self.go('/');
	}

	// The page as it is now, under this name. One that would come anew of itself meanwhile comes afterwards.
	async look(name) {
		let next = null;
		const hold = (route) => {
			if (!route.request().isNavigationRequest()) return route.fallback();
			next = route.request().url();
			return route.abort('aborted');
		};
		await this.page.waitForLoadState('load');
		await this.page.route('**/*', hold);
		try {
			await this.stays(name);
		} finally {
			await this.page.unroute('**/*', hold);
		}
		if (next) await this.page.goto(next);
	}
	async stays(name) {
		const faults = [];
		for (const [width, height] of sizes) {
			await this.page.setViewportSize({ width, height });
			// On a busy machine the press before may still have led on.
			if (!await this.page.evaluate(() => 'axe' in globalThis)) await this.page.evaluate(axe);
			await this.picture(`${name}-${width}`);
			// Only what is wrong is told, and no style sheet is fetched again for it.
			const [over, wrong] = await this.page.evaluate(async () => {
				const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'], preload: false });
				return [document.documentElement.scrollWidth - document.documentElement.clientWidth,
					violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))];
			});
			if (over > 0) faults.push(`${over} px wider than ${width}`);
			faults.push(...wrong.map((fault) => `axe at ${width}: ${fault}`));
		}
		const report = await validator.validateString(this.source ?? '');
		for (const { messages } of report.results)
			faults.push(...messages.map((m) => `html line ${m.line} ${m.ruleId}: ${m.message}`));
		assert.equal(faults.join('\n'), '', `page "${name}"`);
	}

	// No control smaller than a finger (links inside a sentence are text).
	async fingers(name) {
		const small = await this.page.evaluate(() => [...document.querySelectorAll(
			'button, .btn, .tabs a, .menu a, .choices label, .act, .chip, summary, .picked, select, '
			+ 'main input:not([type=hidden]):not([type=radio]):not([type=checkbox])')]
			.map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
			.filter(([, r]) => r.width > 1 && r.height < 44).map(([html, r]) => `${html} ${r.height}`));
		assert.deepEqual(small, [], name);
	}
}

// The people of a test, each at a screen of her own, logged in when first wanted.
export class People {
	constructor(origin, folder) {
		Object.assign(this, { origin, folder, all: new Map() });
	}
	// name: who else has the same account. options: of the context.
	async as(login, { name = login, ...options } = {}) {
		if (!this.all.has(name)) this.all.set(name, await Browser.login(this.origin, this.folder, login, options));
		return this.all.get(name);
	}
	// She, at this address.
	async open(login, address) {
		return (await this.as(login)).go(address);
	}
	// All go home; who comes again logs in anew.
	async leave() {
		for (const one of this.all.values()) await one.close();
		this.all.clear();
	}
}
