// bench.mjs: what scripts/bench measures on a stack of its own; see scripts/bench.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { strict as assert } from 'node:assert';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Stack, build, root } from '../lib/stack.mjs';
import { until } from '../lib/check.mjs';
import { acceptDossier, chooseProcedure, startDraft, tickPapers } from '../lib/clerk.mjs';
import { multipart } from '../lib/client.mjs';
import { jpeg } from '../lib/files.mjs';
import { countSyncs, median, percentile, pssMb, report, save, wrk } from './measure.mjs';

const PORT = 9870, HELLO_PORT = 9890;
const scratch = path.join(root, 'build/bench');
const cookieOf = (client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
let fine = true;
const tell = (...args) => { fine = report(...args) && fine; };

// One HTTP request as bytes, for replay.
function raw(port, method, target, cookie, fields) {
	const body = fields.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&');
	const text = `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\n` +
		`Cookie: ${cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
		`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
	return `${Buffer.byteLength(text)}\n${text}`;
}

function replay(port, connections, requests, word = '/xong') {
	const out = execFileSync(path.join(build, 'peer/replay'), [port, connections, '303', word],
		{ input: requests.join(''), encoding: 'utf8', maxBuffer: 1 << 26 });
	const numbers = Object.fromEntries(out.trim().split(' ').map((pair) => pair.split('=')));
	assert.equal(numbers.bad, '0', `answers that were not an acceptance: ${out}`);
	return { rate: numbers.good / numbers.seconds, p50: Number(numbers.p50_ms), p99: Number(numbers.p99_ms) };
}

// Drafts ready to be accepted; the requests that accept them.
async function preparedAccepts(stack, client, count) {
	const requests = [];
	for (let i = 0; i < count; i++) {
		const draft = await startDraft(client);
		const papers = await chooseProcedure(client, draft, '2.000635');
		const check = await tickPapers(client, papers);
		const form = client.form(check, '/kiem-tra');
		// Paid later: one event. Taking the money at once is a second event of its own.
		const fields = [...form.fields.filter(([name]) => name !== 'fee_state'), ['fee_state', 'later']];
		requests.push(raw(stack.boardPort, 'POST', form.action || check.redirected, cookieOf(client), fields));
	}
	return requests;
}

// A second lighttpd with the board's configuration, in front of hello instead of the pages.
async function hello(stack) {
	const dir = path.join(scratch, 'hello');
	const board = path.join(stack.data, 'board');
	const plan = readFileSync(path.join(board, 'plan'), 'utf8');
	const lighttpd = /exec (\S*lighttpd)/.exec(plan)[1];
	const user = /process intake\n {2}user (\d+)/.exec(plan)?.[1];
	const www = /process lighttpd\n {2}user (\d+)/.exec(plan)?.[1];
	mkdirSync(path.join(dir, 'log'), { recursive: true });
	mkdirSync(path.join(dir, 'pid'), { recursive: true });
	chmodSync(path.join(dir, 'log'), 0o777);
	for (const name of ['common.conf', 'board.conf']) {
		let text = readFileSync(path.join(board, 'lighttpd', name), 'utf8');
		text = text.replaceAll(`${board}/lighttpd`, dir).replaceAll(`${board}/sock/intake.sock`, `${dir}/hello.sock`)
			.replaceAll(`${board}/log`, `${dir}/log`);
		for (let i = 0; i < 3; i++) text = text.replaceAll(`${stack.boardPort + i}`, `${HELLO_PORT + i}`);
		writeFileSync(path.join(dir, name), text);
	}
	writeFileSync(path.join(dir, 'plan'), `run ${dir}/pid\nlog ${dir}/log\n${www ? `socket-group ${www}\n` : ''}` +
		`process hello\n${user ? `  user ${user}\n` : ''}  workers 2\n  socket ${dir}/hello.sock\n  exec ${build}/peer/hello\n` +
		`process lighttpd\n${www ? `  user ${www}\n  groups 64206\n` : ''}  workers 1\n  exec ${lighttpd}\n  arg -D\n  arg -f\n  arg ${dir}/board.conf\n`);
	const log = openSync(path.join(dir, 'log/supervise.log'), 'a');
	const child = spawn(path.join(build, 'tram'), ['supervise', path.join(dir, 'plan')], { stdio: ['ignore', log, log] });
	closeSync(log);
	await until('hello answers', 10, async () => (await fetch(`http://127.0.0.1:${HELLO_PORT}/`)).status === 200);
	return child;
}

async function pageVsHello(stack, client, rounds = 3) {
	const { id } = await startDraft(client);
	const child = await hello(stack);
	const headers = { Cookie: cookieOf(client), 'Accept-Encoding': 'identity' };
	const page = () => wrk({ url: `http://127.0.0.1:${stack.boardPort}`, status: 200, word: '2.000635', connections: 16,
		seconds: 4, dir: scratch, requests: [{ method: 'GET', path: `/ho-so/moi/${id}/thu-tuc`, headers }] });
	const peer = () => wrk({ url: `http://127.0.0.1:${HELLO_PORT}`, status: 200, word: 'hello', connections: 16,
		seconds: 4, dir: scratch, requests: [{ method: 'GET', path: '/', headers: { 'Accept-Encoding': 'identity' } }] });
	const pages = [], hellos = [];

	for (let i = 0; i < rounds; i++) {
		const [a, b] = [page(), peer()];
		assert.equal(a.bad + b.bad, 0, 'answers without the expected word');
		pages.push(a.rate);
		hellos.push(b.rate);
	}
	child.kill('SIGTERM');
	tell('page_vs_hello', median(pages), 'pages/s', 'FastCGI hello', median(hellos), ['>=', 0.7]);
}

async function acceptVsSqlite(stack, client, rounds = 3, each = 400) {
	const rates = [], raws = [];
	const dir = path.join(scratch, 'raw');

	for (let i = 0; i < rounds; i++) {
		const requests = await preparedAccepts(stack, client, each);
		rmSync(dir, { recursive: true, force: true });
		mkdirSync(dir, { recursive: true });
		raws.push(Number(execFileSync(path.join(build, 'peer/rawsql'), [dir, '3000'], { encoding: 'utf8' })));
		rates.push(replay(stack.boardPort, 8, requests).rate);
	}
	tell('accept_vs_sqlite', median(rates), 'accepts/s', 'raw one-row WAL+FULL transactions', median(raws), ['>=', 0.4]);
}

const intakePids = (stack) => Object.entries(stack.pids('board')).filter(([name]) => name.startsWith('intake'))
	.map(([, pid]) => pid);

async function syncs(stack, client) {
	// A checkpoint of the WAL, every few hundred accepts, syncs on its own account: the least of
	// six batches has none in it, their mean bears its share.
	const each = 8, counts = [];
	for (let i = 0; i < 6; i++) {
		const requests = await preparedAccepts(stack, client, each);
		counts.push(await countSyncs(intakePids(stack), scratch, async () => replay(stack.boardPort, 1, requests)));
	}
	const gets = await countSyncs(intakePids(stack), scratch, async () => {
		for (const page of ['/quay', '/quay', '/tra-ket-qua', '/quay'])
			assert.equal((await client.get(page)).status, 200);
	});

	tell('accept_fsyncs', Math.min(...counts) / each, 'per accept', null, null, ['<=', 1]);
	tell('accept_fsyncs_with_checkpoints', counts.reduce((a, b) => a + b) / each / counts.length, 'per accept');
	tell('get_fsyncs', gets, 'in 4 pages', null, null, ['<=', 0]);
}

async function slowCard(stack) {
	await stack.stop('board');
	await stack.start('board', { LD_PRELOAD: path.join(build, 'preload/fault.so'), TRAM_SYNC_DELAY_MS: '20' });
	const client = stack.clerks();
	await client.login('canbo');
	const requests = await preparedAccepts(stack, client, 200);
	const result = replay(stack.boardPort, 8, requests);

	client.close();
	tell('accept_slow_card_p99_ms', result.p99, 'ms, 8 clients, fsync 20 ms');
	tell('accept_slow_card_rate', result.rate, 'accepts/s, 8 clients, fsync 20 ms');
	await stack.stop('board');
	await stack.start('board');
}

// Multipart upload of bytes at a given rate; resolves with the status.
function slowUpload(stack, client, draft, form, rate, bytes) {
	const file = path.join(scratch, `upload-${draft}.bin`);
	const paper = /name="(file\.[^"]+)"/.exec(form.html)[1];
	const { body, type } = multipart(form.fields, [{ name: paper, filename: 'a.jpg', type: 'image/jpeg', content: bytes }]);

	writeFileSync(file, body);
	return new Promise((resolve) => {
		const curl = spawn('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--limit-rate', `${rate}`, '-H', `Content-Type: ${type}`,
			'-H', `Origin: ${client.origin}`, '-H', 'Expect:', '-b', cookieOf(client), '--data-binary', `@${file}`, client.origin + form.action]);
		let out = '';
		curl.stdout.on('data', (chunk) => { out += chunk; });
		curl.on('close', () => { rmSync(file, { force: true }); resolve(out); });
	});
}

// Eight tablets: pages at a clerk's pace while each uploads at 300 kB/s. Also the peak of memory.
async function tablets(stack) {
	const clients = [];
	let running = true, peak = 0, top = '';
	const latencies = [];
	const sampler = (async () => {
		while (running) {
			const { supervise, ...pids } = stack.pids('board');
			const mb = pssMb(Object.values(pids));
			if (mb > peak) top = Object.entries(pids).map(([name, pid]) => `${name} ${pssMb([pid]).toFixed(1)}`).join(', ');
			peak = Math.max(peak, mb);
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	})();

	for (let i = 0; i < 8; i++) {
		const client = stack.clerks();
		await client.login('canbo');
		clients.push(client);
	}
	/* A login's argon2 (19 MiB for a moment) is reported beside the bound, not under it. */
	const withLogins = peak;
	peak = 0;
	const work = clients.map(async (client) => {
		const draft = await startDraft(client);
		const papers = await chooseProcedure(client, draft, '2.000635');
		const form = client.form(papers, `/tai-len`);
		let busy = true;
		const upload = slowUpload(stack, client, draft.id, form, 300000, jpeg(6000000)).then((status) => {
			busy = false;
			return status;
		});
		while (busy) {
			for (const page of ['/quay', `/ho-so/moi/${draft.id}/thu-tuc`]) {
				const start = performance.now();
				const answer = await client.get(page);
				latencies.push(performance.now() - start);
				assert.equal(answer.status, 200);
			}
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		return upload;
	});
	const statuses = await Promise.all(work);
	running = false;
	await sampler;
	assert.deepEqual(statuses, Array(8).fill('303'), 'every upload was stored');
	tell('page_under_upload_p99_ms', percentile(latencies, 99), `ms, ${latencies.length} pages during 8 uploads`, null, null, ['<=', 300]);
	tell('board_pss_mb', peak, 'MB, all board processes, 8 tablets', null, null, ['<=', 16]);
	tell('board_pss_login_mb', withLogins, 'MB, the same while eight people log in (argon2)');
	console.log(`       at the peak: ${top}`);
	for (const client of clients) client.close();
}

// The forwarder would write hellos of its own between two measurements. Not while it holds the
// writers' lock.
async function pauseForwarder(stack) {
	await until('the forwarder holds no lock', 20, async () => {
		stack.killOne('board', 'forward.0', 'SIGSTOP');
		if (spawnSync('flock', ['-n', path.join(stack.data, 'board/db/tram.db.lock'), 'true']).status === 0)
			return true;
		stack.killOne('board', 'forward.0', 'SIGCONT');
		return false;
	});
}

mkdirSync(scratch, { recursive: true });
chmodSync(scratch, 0o755);
const stack = new Stack({ name: 'bench', ports: [PORT, PORT + 10] });
await stack.up(['board']);
try {
	await tablets(stack);
	await pauseForwarder(stack);
	const client = stack.clerks();
	await client.login('canbo');
	await acceptDossier(client);
	await pageVsHello(stack, client);
	await acceptVsSqlite(stack, client);
	await syncs(stack, client);
	stack.killOne('board', 'forward.0', 'SIGCONT');
	client.close();
	await slowCard(stack);
} finally {
	await stack.down();
}
save(path.join(scratch, 'pages.json'));
process.exitCode = fine ? 0 : 1;
