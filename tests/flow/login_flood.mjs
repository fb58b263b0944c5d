// login_flood.mjs: 10,000 hostile logins from devices that nobody knows, while a clerk works: her pages
// stay quick, her tablet is not locked out, and she can log in again in the middle of it.
// Not under sanitizers: of time.
import { strict as assert } from 'node:assert';
import http from 'node:http';
import { randomBytes } from 'node:crypto';
import { test, run, cleanup } from '../lib/check.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const ATTEMPTS = 10000;
const stack = new Stack({ name: 'login-flood', ports: [9312, 9316] });
cleanup((failed) => stack.down(failed));
let clerk, tablet;

function hostile(agent, login) {
	const body = `login=${login}&password=wrong&form_id=${randomBytes(16).toString('hex')}`;
	return new Promise((resolve, reject) => {
		const request = http.request(`http://127.0.0.1:${stack.boardPort}/dang-nhap`, { method: 'POST', agent,
			headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length } },
		(response) => response.resume().on('end', () => resolve(response.statusCode)));
		request.on('error', reject);
		request.end(body);
	});
}

const byPassword = async (client, login) => client.submit(await client.get('/dang-nhap?mat-khau=1'), 'dang-nhap',
	{ login, password: PASSWORD });

test.must('a clerk at her tablet, another at a paired one', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	tablet = stack.clerks();
	await tablet.login('quanly');
	await tablet.submit(await tablet.get('/quan-ly/may'), 'name="at"', { name: 'Máy quầy 2', at: '2' });
	await tablet.submit(await tablet.get('/quay'), 'thoat');
	await tablet.submit(await byPassword(tablet, 'canbo'), 'ma-pin', { pin: '271828', again: '271828' });
});
test('10,000 wrong logins: her pages stay quick, and her tablet may log in', async () => {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 48 });
	const answers = {};
	// How quick her pages are before, on this machine as busy as it is.
	const timed = async () => {
		const begun = process.hrtime.bigint();
		const page = await clerk.get('/quay');
		assert.equal(page.status, 200);
		return { page, ms: Number(process.hrtime.bigint() - begun) / 1e6 };
	};
	const p99 = (all) => all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)];
	const calm = [], times = [];
	while (calm.length < 100) calm.push((await timed()).ms);
	let left = ATTEMPTS, over = false;
	const flood = Promise.all(Array.from({ length: 48 }, async () => {
		while (left-- > 0) {
			const status = await hostile(agent, left % 3 ? `ten${left}` : 'canbo');
			answers[status] = (answers[status] ?? 0) + 1;
		}
	})).then(() => { over = true; });
	while (!over) {
		const { page, ms } = await timed();
		times.push(ms);
		if (times.length === 5) {
			await clerk.submit(page, 'thoat');
			await clerk.login('canbo');
		}
		// The paired tablet: by PIN, which waits for no password, and by password.
		if (times.length === 10) {
			const people = await tablet.submit(await tablet.get('/quay'), '/khoa');
			const who = /name="who" value="([^"]+)"/.exec(people.html)[1];
			const started = Date.now();
			assert.equal((await tablet.submit(people, '/khoa/mo', { who, pin: '271828' })).path, '/quay');
			assert(Date.now() - started < 5000, `PIN ${Date.now() - started} ms`);
			await tablet.submit(await tablet.get('/quay'), '/khoa');
			assert.equal((await byPassword(tablet, 'canbo')).status, 200);
		}
	}
	await flood;
	agent.destroy();
	assert.deepEqual(Object.keys(answers).filter((status) => !['422', '429', '503'].includes(status)), []);
	assert(answers[429] > 0, 'strangers wait');
	const before = p99(calm), now = p99(times);
	console.log(`   ${JSON.stringify(answers)}, ${times.length} pages, median ${times[times.length >> 1].toFixed(1)} ms, ` +
		`p99 ${now.toFixed(1)} ms, before ${before.toFixed(1)} ms`);
	assert(now < 300 + 10 * before, `p99 ${now} ms, before ${before} ms`);
	clerk.close();
});
await run();
