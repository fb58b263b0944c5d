// doctor.mjs: the technician's page in Chromium at three widths: all well, and with something of everything wrong.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, run, cleanup, until } from '../lib/check.mjs';
import { Browser } from '../lib/look.mjs';
import { Stack, build } from '../lib/stack.mjs';

const stack = new Stack({ name: 'doctor-browser', ports: [9200, 9203], board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n' });
cleanup((failed) => stack.down(failed));
const usb = path.join(stack.data, 'usb');
const file = (name) => path.join(stack.data, 'board/health', name);
let browser;

test.must('a board with copies', async () => {
	const key = path.join(path.dirname(stack.data), 'doctor-browser.key');
	execFileSync('rm', ['-f', key]);
	const made = spawnSync(path.join(build, 'tram'), ['backup', 'key', '--out', key], { encoding: 'utf8' }).stdout.trim();
	execFileSync('rm', ['-f', key]);
	stack.env.EXTRA_BOARD += `support_recipient = ${made}\ncopy_recipients = ${made}\ncopy_same_disk = yes\ncopy_dir = ${usb}\n`;
	await stack.up();
	mkdirSync(usb);
	execFileSync('chmod', ['777', usb]);
	assert.equal(stack.tram('board', ['backup']).status, 0);
	assert.equal(stack.tram('board', ['check']).status, 0);
	browser = await Browser.login(stack.admin().origin, 'doctor', 'kythuat');
});
test('all well', async () => {
	await until('the forwarder has told of itself', 20, async () => {
		await browser.page.goto(`${stack.admin().origin}/suc-khoe`);
		return (await browser.page.textContent('main')).includes('Thông suốt');
	});
	await browser.look('doctor');
	await browser.fingers('doctor');
});
test('much is wrong', async () => {
	stack.killOne('board', 'forward.0', 'SIGSTOP');
	const health = JSON.parse(readFileSync(file('health.json'), 'utf8'));
	writeFileSync(file('health.json'), JSON.stringify({ ...health, at: Date.now(), link: 'down', reason: 'connect', clock: 'floor',
		failing_for_ms: 7e6, head_seq: health.head_seq + 40, blobs_waiting: 12, oldest_at: Date.now() - 2e8, parked: 2, room_dossiers: 120,
		cert_until: Date.now() + 9e8, writes: { count: 400, p50_us: 90000, p95_us: 2600000, p99_us: 3e6, max_us: 3.1e6 } }));
	writeFileSync(file('check.json'), JSON.stringify({ at: Date.now() - 3e7, state: 'faults', database_faults: 0, chain_faults: 0, content_faults: 2 }));
	writeFileSync(file('copy.json'), JSON.stringify({ at: Date.now(), state: 'failed', reason: 'no-medium', good_at: Date.now() - 9e7, no: 41, bases: 7 }));
	await browser.page.goto(`${stack.admin().origin}/suc-khoe`);
	const said = await browser.page.textContent('main');
	assert.match(said, /Máy có chỗ hỏng/);
	assert.match(said, /Không thấy USB sao lưu/);
	await browser.look('doctor-ill');
	stack.killOne('board', 'forward.0', 'SIGKILL');
	await browser.close();
});
await run();
