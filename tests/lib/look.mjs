// look.mjs: pages in real Chromium, as pictures and as claims: screenshots at the three widths under
// build/shots/NAME, nothing wider than the screen, no axe violation, valid HTML.
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';
import { root } from './stack.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate({ extends: ['html-validate:recommended'],
	rules: { 'long-title': 'off', 'no-trailing-whitespace': 'off' } });
export const sizes = [[390, 844], [800, 1280], [1280, 800]];

export class Browser {
	// name: folder of the pictures. options: of the context (javaScriptEnabled: false …).
	static async open(name, options = {}) {
		const self = new Browser();
		self.shots = path.join(root, 'build/shots', name);
		mkdirSync(self.shots, { recursive: true });
		self.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
		// axe is a script of ours put into the page: only for this the page's policy stands aside.
		self.context = await self.browser.newContext({ locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh',
			bypassCSP: true, ...options });
		self.page = await self.context.newPage();
		self.page.on('response', async (response) => {
			if (response.request().isNavigationRequest() && /html/.test(response.headers()['content-type'] ?? ''))
				self.source = await response.text().catch(() => self.source);
		});
		return self;
	}

	// The page as it is now, under this name.
	async look(name) {
		const faults = [];
		await this.page.waitForLoadState('load');
		for (const [width, height] of sizes) {
			await this.page.setViewportSize({ width, height });
			await this.page.screenshot({ path: path.join(this.shots, `${name}-${width}.png`), fullPage: true });
			const over = await this.page.evaluate(() =>
				document.documentElement.scrollWidth - document.documentElement.clientWidth);
			if (over > 0) faults.push(`${over} px wider than ${width}`);
		}
		await this.page.evaluate(axe);
		const { violations } = await this.page.evaluate(() => globalThis.axe.run(document));
		for (const { id, nodes } of violations)
			faults.push(...nodes.map((node) => `axe ${id}: ${node.html} ${node.failureSummary}`));
		const report = await validator.validateString(this.source ?? '');
		for (const { messages } of report.results)
			faults.push(...messages.map((m) => `html line ${m.line} ${m.ruleId}: ${m.message}`));
		assert.equal(faults.join('\n'), '', `page "${name}"`);
	}

	close() {
		return this.browser.close();
	}
}
