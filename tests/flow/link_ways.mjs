// link_ways.mjs: the ways to the center: several addresses, a name that is not found, a captive portal, a
// proxy, a line that comes up (rtnetlink), quiet hours and a day's budget, and the order of what goes.
// Runs in a network namespace of its own where it may.
// Not under sanitizers: of time and addresses; the same code answers in link_faults.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { sha256 } from '../lib/board.mjs';
import { cleanup, run, skip, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { FakeCenter, forgetHealth, health, serverPem } from '../lib/fake_center.mjs';
import { makeAuthority } from '../lib/board.mjs';
import { pdf } from '../lib/files.mjs';
import { aim, aloneInNamespace, goAlone } from '../lib/line.mjs';
import { Stack } from '../lib/stack.mjs';

goAlone();
const stack = new Stack({ name: 'link-ways', ports: [9492, 9495],
	board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\nlink_timeout_s = 2\n' });
const GOOD = 9498, OTHER = 9499, DEAD = 9496;
cleanup(async (failed) => {
	await center?.close();
	await stack.down(failed);
});
let center, clerk, counter = 0;
const file = (size) => ({ name: 'file.to-khai', filename: `cach-${counter}.pdf`, type: 'application/pdf',
	content: pdf(`way ${counter++}`, size) });
const sha = (f) => sha256(f.content).toString('hex');
const well = (probe = () => true) => until('the link is up', 20, () => {
	const h = health(stack);
	return h.link === 'ok' && h.sent_seq === h.head_seq && probe(h) && h;
});
// Other settings: only the forwarder starts anew.
async function set(values, port = GOOD) {
	aim(stack, port, { center_more: '', link_proxy: '', link_quiet: '', link_budget_mb: '0', retry_min_s: '1',
		poll_max_s: '1', ...values });
	forgetHealth(stack);
	stack.killOne('board', 'forward.0');
}
const listen = (server, port) => new Promise((done, failed) => {
	server.on('error', failed);
	server.listen(port, '127.0.0.1', done);
});
const shut = (server) => new Promise((done) => {
	server.closeAllConnections?.();
	server.close(done);
});

test.must('a board and a center', async () => {
	await stack.up(['board']);
	center = new FakeCenter(stack);
	await center.listen(undefined, {}, GOOD);
	clerk = stack.clerks();
	await clerk.login('canbo');
	await set({});
	await well();
});
test('several addresses: a dead one and a name that is not found cost nothing', async () => {
	for (const first of [`https://127.0.0.1:${DEAD}`, 'https://no-such-name.invalid:9498']) {
		await set({ center_url: first, center_more: `https://127.0.0.1:${DEAD + 1000} https://127.0.0.1:${GOOD}` });
		await acceptDossier(clerk);
		await well((h) => h.head_seq === center.head.seq);
		assert.equal(health(stack).address, `https://127.0.0.1:${GOOD}`);
	}
	await set({ center_url: 'https://no-such-name.invalid:9498' });
	await until('the reason is told', 20, () => health(stack).reason === 'dns');
});
test('a captive portal: HTTP where TLS should be, and TLS by somebody else', async () => {
	const portal = (request, response) => response.end('<html>Xin mời đăng nhập</html>');
	const plain = http.createServer(portal);
	await listen(plain, OTHER);
	await set({}, OTHER);
	await until('no TLS', 20, () => health(stack).reason === 'tls');
	await shut(plain);
	const pem = serverPem(stack, { ca: makeAuthority(stack, 'portal') });
	const foreign = https.createServer({ key: pem, cert: pem }, portal);
	foreign.on('tlsClientError', () => {});
	await listen(foreign, OTHER);
	await until('not ours', 20, () => health(stack).reason === 'wrong-ca');
	await shut(foreign);
	assert(!center.seen.length || health(stack).sent_seq === center.head.seq);
});
test('an HTTP proxy: everything goes through it; its no and its cuts are survived', async () => {
	let asked = [], refuse = true, cut = 0;
	const proxy = http.createServer();
	proxy.on('connect', (request, near) => {
		asked.push(request.url);
		near.on('error', () => {});
		if (refuse) return near.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
		const far = net.connect(GOOD, '127.0.0.1', () => {
			near.write('HTTP/1.1 200 Connection established\r\n\r\n');
			far.pipe(near).pipe(far);
		});
		far.on('error', () => near.destroy());
		near.on('close', () => far.destroy());
		if (cut) setTimeout(() => near.destroy(), cut);
	});
	await listen(proxy, OTHER);
	await set({ center_url: 'https://center.invalid:443', link_proxy: `http://127.0.0.1:${OTHER}` });
	await until('the proxy says no', 20, () => health(stack).reason === 'proxy');
	assert.equal(asked[0], 'center.invalid:443', 'the name goes to the proxy, unresolved');
	refuse = false;
	await well();
	cut = 700;
	asked = [];
	center.lies['PATCH /v1/blobs/:id'] = async () => {
		await new Promise((done) => setTimeout(done, 100));
		return false;
	};
	const files = [file(900000), file(900000)];
	await acceptDossier(clerk, { files });
	await until('they are there', 40, () => files.every((f) => center.blobs.has(sha(f))));
	delete center.lies['PATCH /v1/blobs/:id'];
	cut = 0;
	assert(asked.length > 3, 'it was cut and asked again');
	await set({});
	await shut(proxy);
	await well();
});
test('a line that comes up is used at once, whatever pause was under way', async () => {
	if (!aloneInNamespace()) skip('needs a network namespace of its own: unshare -n');
	await set({ retry_min_s: '60', poll_max_s: '120' }, DEAD);
	await until('down, for a minute', 20, () => health(stack).reason === 'connect');
	const told = stack.log('board', 'forward').split('hello failed').length;
	await new Promise((done) => setTimeout(done, 1500));
	assert.equal(stack.log('board', 'forward').split('hello failed').length, told, 'it waits');
	execFileSync('ip', ['link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1']);
	execFileSync('ip', ['addr', 'add', '10.77.0.1/24', 'dev', 'v0']);
	execFileSync('ip', ['link', 'set', 'v1', 'up']);
	execFileSync('ip', ['link', 'set', 'v0', 'up']);
	await until('it tries', 3, () => stack.log('board', 'forward').split('hello failed').length > told);
	execFileSync('ip', ['link', 'del', 'v0']);
});
test('quiet hours and a spent budget: events go, files wait, and it is told', async () => {
	for (const [values, why] of [[{ link_quiet: '00:00-24:00' }, 'quiet'], [{ link_budget_mb: '1' }, 'budget']]) {
		await set(values);
		await well();
		if (why === 'budget') {
			const big = file(1500000);
			await acceptDossier(clerk, { files: [big] });
			await until('the budget is spent', 30, () => health(stack).files_wait === why);
			assert(health(stack).day_bytes < 2200000, 'it stops soon after');
		}
		const paper = file(3000);
		await acceptDossier(clerk, { files: [paper] });
		await well((h) => h.head_seq === center.head.seq && h.files_wait === why);
		await new Promise((done) => setTimeout(done, 1200));
		assert(!center.blobs.has(sha(paper)), why);
		await set({});
		await until('they go when they may', 20, () => center.blobs.has(sha(paper)));
	}
	await well((h) => h.blobs_waiting === 0);
});
test('by due time, but the newest intake is not starved by an old backlog', async () => {
	await set({}, DEAD);
	const old = [], order = [];
	for (let i = 0; i < 22; i++) {
		const files = [file(60000), file(4000), file(30000), file(2000)];
		await acceptDossier(clerk, { files });
		old.push(...files);
	}
	const fresh = file(5000);
	await acceptDossier(clerk, { files: [fresh] });
	center.lies['POST /v1/blobs'] = ({ request }) => {
		order.push(Buffer.from(/sha256 (\S+)/.exec(request.headers['upload-metadata'])[1], 'base64').toString());
		return false;
	};
	await set({});
	await until('all are there', 60, () => [...old, fresh].every((f) => center.blobs.has(sha(f))));
	delete center.lies['POST /v1/blobs'];
	const at = order.indexOf(sha(fresh));
	assert(at < 12, `the newest was number ${at + 1} of ${order.length}`);
	assert.equal(new Set(order).size, order.length, 'nothing was begun twice');
	// Small before big where the due time is the same: of one dossier's four files.
	const four = old.slice(0, 4).map((f) => [f.content.length, order.indexOf(sha(f))]).sort((a, b) => a[0] - b[0]);
	assert.deepEqual(four.map(([, place]) => place), four.map(([, place]) => place).sort((a, b) => a - b));
	clerk.close();
});

await run();
