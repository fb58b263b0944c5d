// firstview.mjs: what a tablet's first view of a page costs on the wire, in real Chromium with an
// empty cache: HTML, CSS and JavaScript as transferred, and the number of requests.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Stack, root } from '../lib/stack.mjs';
import { startDraft } from '../lib/clerk.mjs';
import { report, save } from './measure.mjs';

const scratch = path.join(root, 'build/bench');
mkdirSync(scratch, { recursive: true });
const stack = new Stack({ name: 'bench-view', ports: [9870, 9880] });
await stack.up(['board']);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu',
	'--disable-background-networking', '--no-first-run'] });

async function view(url, cookies) {
	const context = await browser.newContext();
	await context.addCookies(cookies);
	const page = await context.newPage();
	const session = await context.newCDPSession(page);
	let bytes = 0, requests = 0;
	await session.send('Network.enable');
	session.on('Network.requestWillBeSent', () => { requests++; });
	session.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
	const answer = await page.goto(url, { waitUntil: 'networkidle' });
	if (answer.status() !== 200) throw new Error(`${url}: ${answer.status()}`);
	await context.close();
	return { kb: bytes / 1024, requests };
}

let worst = { kb: 0, requests: 0 };
try {
	const client = stack.clerks();
	await client.login('canbo');
	const { id } = await startDraft(client);
	const origin = client.origin;
	const cookies = [...client.cookies].map(([name, value]) => ({ name, value, url: origin }));
	for (const target of ['/dang-nhap', '/quay', `/ho-so/moi/${id}/nguoi`, `/ho-so/moi/${id}/thu-tuc`]) {
		const seen = await view(origin + target, target === '/dang-nhap' ? [] : cookies);
		console.log(`       ${target.replace(id, ':draft')}: ${seen.kb.toFixed(1)} KB in ${seen.requests} requests`);
		worst = { kb: Math.max(worst.kb, seen.kb), requests: Math.max(worst.requests, seen.requests) };
	}
	client.close();
} finally {
	await browser.close();
	await stack.down();
}
const fine = [report('first_view_kb', worst.kb, 'KB, the heaviest first view', null, null, ['<=', 30]),
	report('first_view_requests', worst.requests, 'requests', null, null, ['<=', 4])];
save(path.join(scratch, 'view.json'));
process.exitCode = fine.every(Boolean) ? 0 : 1;
