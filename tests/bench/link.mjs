// link.mjs: what the line carries, by the forwarder and by curl that resumes the same files over the same
// bad line; how a backlog of events drains; what a dossier and a day without work cost in bytes. Run by
// scripts/bench in a network namespace of its own, whose loopback is the line.
//
//	LINK_PARTS=goodput,drain,bytes,idle	scripts/bench link	all of them unless told
//	LINK_LINES=2mbit_30,1mbit_0_cut5	goodput: these lines of LINES below
//	LINK_DRAIN=1000,10000			drain: so many dossiers, the first is what the others are held against
//
// By hand: unshare -n sh -c 'ip link set lo mtu 1500 up && node tests/bench/link.mjs [PART]…'
//
// The peer's server is the best a resuming client can wish for: it keeps every byte that came before a cut.
import { strict as assert } from 'node:assert';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { Stack, build, root } from '../lib/stack.mjs';
import { until } from '../lib/check.mjs';
import { accept, chooseProcedure, startDraft, tickPapers } from '../lib/clerk.mjs';
import { health, serverPem } from '../lib/fake_center.mjs';
import { pdf } from '../lib/files.mjs';
import { Line, aim, shape } from '../lib/line.mjs';
import { pssMb, report, save } from './measure.mjs';

const scratch = path.join(root, 'build/bench');
const FILES = 8, BOARD_PORT = 9872, CENTER_PORT = 9882, LINE = 9888, PEER = 9889, PEER_LINE = 9890;
// Every byte passes the loopback twice, before and behind the relay that cuts: it gets twice the rate.
const twice = (rate) => rate.replace(/^\d+/, (n) => String(2 * Number(n)));
// name of the line → rate, loss in percent, a cut every so many seconds, bytes of a file
const LINES = {
	'64kbit_0': { rate: '64kbit', size: 30000 },
	'1mbit_0': { rate: '1mbit', size: 400000 },
	'20mbit_0': { rate: '20mbit', size: 6000000 },
	'100mbit_0': { rate: '100mbit', size: 12000000 },
	'2mbit_5': { rate: '2mbit', loss: 5, size: 250000 },
	'2mbit_30': { rate: '2mbit', loss: 30, size: 8000 },
	'64kbit_0_cut5': { rate: '64kbit', cut: 5, size: 15000 },
	'1mbit_0_cut5': { rate: '1mbit', cut: 5, size: 400000 },
	'5mbit_0_cut15': { rate: '5mbit', cut: 15, size: 3000000 },
};
const sql = (stack, text) => execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 5000',
	path.join(stack.data, 'board/db/tram.db'), text], { encoding: 'utf8' }).trim();
const loopback = () => Number(/lo:\s*(\d+)/.exec(readFileSync('/proc/net/dev', 'utf8'))[1]);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const frozen = async (stack, work) => {
	const pid = stack.pids('board')['forward.0'];
	process.kill(pid, 'SIGSTOP');
	await work();
	return pid;
};
let fine = true, dossiers = 0;
const judge = (...args) => (fine = report(...args) && fine);

async function stackBehind(name, line, board = '') {
	const stack = new Stack({ name, ports: [BOARD_PORT, CENTER_PORT], board: 'retry_min_s = 1\npoll_max_s = 2\n' +
		`poll_active_s = 2\n${board}` });
	await stack.up(['center']);
	if (line) aim(stack, LINE);
	await stack.start('board');
	await until('the link is up', 30, () => health(stack).link === 'ok');
	return stack;
}

// ---- files over bad lines ----

async function intake(stack, files) {
	const client = stack.clerks();
	await client.login('canbo');
	const draft = await startDraft(client);
	let page = await chooseProcedure(client, draft, '2.000635');
	const paper = /name="(file\.[^"]+)"/.exec(page.html)[1];
	for (const [i, content] of files.entries())
		page = await client.submit(page, '/tai-len', {}, { files: [{ name: paper, filename: `${i}.pdf`,
			type: 'application/pdf', content }], button: paper.slice('file.'.length) });
	await accept(client, await tickPapers(client, page));
	client.close();
}

async function byForwarder(stack, line, spec) {
	const files = Array.from({ length: FILES }, (_, i) => pdf(`bench ${Math.random()} ${i}`, spec.size));
	const before = Number(sql(stack, 'SELECT count(*) FROM blob_receipt'));
	const pid = await frozen(stack, () => intake(stack, files));
	const undo = shape({ rate: twice(spec.rate), loss: spec.loss, ports: [CENTER_PORT + 1, LINE] });
	const timer = spec.cut && setInterval(() => line.cut(), spec.cut * 1000);
	const start = performance.now();
	process.kill(pid, 'SIGCONT');
	try {
		await until('every file has a receipt', 600, async () => {
			await pause(100);
			return Number(sql(stack, 'SELECT count(*) FROM blob_receipt')) >= before + FILES;
		});
		return (performance.now() - start) / 1000;
	} finally {
		clearInterval(timer);
		undo();
		await stack.drained(60);
	}
}

// A server that keeps what came: GET tells how much, PATCH goes on there.
function keepingServer(stack) {
	const kept = new Map();
	const pem = serverPem(stack);
	const server = https.createServer({ key: pem, cert: pem, requestCert: true, rejectUnauthorized: true,
		ca: readFileSync(path.join(stack.data, 'pki/ca.crt')) }, (request, response) => {
		const had = kept.get(request.url) ?? 0;
		if (request.method === 'GET') return response.end(String(had));
		if (Number(request.headers['upload-offset']) !== had) return response.writeHead(409).end();
		request.on('data', (part) => kept.set(request.url, kept.get(request.url) + part.length));
		request.on('error', () => {});
		request.on('end', () => response.writeHead(204).end());
		kept.set(request.url, had);
	});
	server.on('tlsClientError', () => {});
	return new Promise((done) => server.listen(PEER, '127.0.0.1', () => done({ server, kept })));
}

async function byCurl(stack, spec) {
	const { server } = await keepingServer(stack);
	const line = new Line(PEER_LINE, PEER);
	const keys = path.join(stack.data, 'board/keys/link');
	await line.listen();
	const names = Array.from({ length: FILES }, (_, i) => {
		const file = path.join(scratch, `peer-${i}.pdf`);
		writeFileSync(file, pdf(`peer ${i}`, spec.size));
		return file;
	});
	// As a careful script would: ask where to go on, send the rest, at once again after a cut.
	const script = `
		c="curl -s -f --connect-timeout 20 -Y 1 -y 20 --cacert ${keys}/ca.crt --cert ${keys}/client.crt --key ${keys}/client.key"
		for f in "$@"; do u=https://localhost:${PEER_LINE}/$(basename "$f"); size=$(stat -c %s "$f")
			while :; do
				at=$($c "$u") || { sleep 0.2; continue; }
				[ "$at" = "$size" ] && break
				tail -c +$((at + 1)) "$f" >"$f.rest"
				$c -X PATCH -H Expect: -H "Upload-Offset: $at" --data-binary @"$f.rest" "$u" && break
				sleep 0.2
			done
		done`;
	const undo = shape({ rate: twice(spec.rate), loss: spec.loss, ports: [PEER, PEER_LINE] });
	const timer = spec.cut && setInterval(() => line.cut(), spec.cut * 1000);
	const start = performance.now();
	const child = spawn('bash', ['-c', script, 'curl', ...names], { stdio: 'inherit' });
	const status = await new Promise((done) => child.on('exit', done));
	const seconds = (performance.now() - start) / 1000;
	clearInterval(timer);
	undo();
	await line.close();
	server.closeAllConnections();
	server.close();
	assert.equal(status, 0);
	return seconds;
}

async function goodput() {
	const line = new Line(LINE, CENTER_PORT + 1);
	await line.listen();
	const stack = await stackBehind('bench-link', line);
	const wanted = process.env.LINK_LINES?.split(',') ?? Object.keys(LINES);
	try {
		for (const name of wanted) {
			const spec = LINES[name], bytes = FILES * spec.size;
			const ours = bytes / await byForwarder(stack, line, spec), curl = bytes / await byCurl(stack, spec);
			judge(`goodput_${name}`, ours / 1000, 'kB/s', 'curl', curl / 1000, ['>=', spec.cut || spec.loss ? 1 : 0.95]);
		}
	} finally {
		await stack.down();
		await line.close();
	}
}

// ---- events ----

function fill(stack, count) {
	const file = path.join(stack.data, 'board/tram.conf');
	const apart = /^APART=yes$/m.test(readFileSync(path.join(stack.data, 'env'), 'utf8'));
	const words = [path.join(build, 'tests/backlog_fill'), file, String(dossiers), String(count)];
	const run = apart ? spawnSync('setpriv', ['--reuid', '64101', '--regid', '64101', '--groups', '64201,64202,64203,64206',
		...words], { encoding: 'utf8' }) : spawnSync(words[0], words.slice(1), { encoding: 'utf8' });
	assert.equal(run.status, 0, run.stderr);
	dossiers += count;
}

// Drains `count` dossiers; events a second, most memory of the forwarder, bytes on the line.
async function drainOf(stack, count) {
	const pid = await frozen(stack, () => fill(stack, count));
	const from = Number(sql(stack, 'SELECT sum(seq) FROM journal_head')) - count, before = loopback();
	let most = 0;
	const start = performance.now();
	process.kill(pid, 'SIGCONT');
	await until('all is receipted', 3600, async () => {
		await pause(100);
		most = Math.max(most, pssMb([pid]));
		return sql(stack, 'SELECT h.seq = s.sent_seq FROM journal_head h, link_state s WHERE h.author = 0') === '1';
	});
	await until('the province\'s answers are here', 3600, async () => {
		await pause(100);
		return sql(stack, 'SELECT count(*) FROM dossier WHERE complete_version < manifest_version') === '0';
	});
	// Both ways: a long backlog is sent and answered in turn.
	const seconds = (performance.now() - start) / 1000;
	const events = Number(sql(stack, 'SELECT sum(seq) FROM journal_head')) - from;
	return { rate: events / seconds, memory: most, bytes: loopback() - before };
}

async function drain() {
	const stack = await stackBehind('bench-drain');
	try {
		const [first, ...rest] = (process.env.LINK_DRAIN ?? '1000,10000,50000').split(',').map(Number);
		await drainOf(stack, Math.min(first, 200));	// warm
		const few = await drainOf(stack, first);
		let many = few;
		judge(`drain_events_${first}`, few.rate, 'events/s');
		for (const count of rest) {
			many = await drainOf(stack, count);
			judge(`drain_events_${count}`, many.rate, 'events/s', `${first} dossiers`, few.rate, ['>=', 0.9]);
		}
		judge('drain_memory', many.memory, 'MB', `${first} dossiers`, few.memory, ['<=', 1.2]);
	} finally {
		await stack.down();
	}
}

// Packets with their headers, as the loopback counts them; nothing else speaks there.
async function bytes() {
	const stack = await stackBehind('bench-bytes');
	try {
		await drainOf(stack, 200);
		const { bytes: all } = await drainOf(stack, 1000);
		judge('bytes_per_dossier', all / 1000, 'bytes', null, null, ['<=', 1536]);
	} finally {
		await stack.down();
	}
}

// A day of looks at the feed each quarter of an hour, a hello every four hours: one of each is measured, over a
// connection that the center has closed meanwhile, and counted up.
async function idle() {
	const stack = await stackBehind('bench-idle', null, 'link_timeout_s = 5\n');
	const longAgo = () => {
		const then = Date.now() / 1000 - 86400;
		utimesSync(path.join(stack.data, 'board/sock/wake'), then, then);
	};
	const looks = 8;
	try {
		await stack.drained();
		longAgo();
		// lighttpd closes an idle connection after 15 s: each look is to come after that.
		aim(stack, CENTER_PORT + 1, { poll_max_s: '18', poll_active_s: '18' });
		stack.killOne('board', 'forward.0');
		await pause(3000);
		const before = loopback();
		await pause(looks * 18000);
		const look = (loopback() - before) / looks;
		const start = loopback(), trip = health(stack).last_round_trip_at;
		await pause(16500);	// the connection is closed by then
		writeFileSync(path.join(stack.data, 'board/inbox/round-trip'), '');
		await until('a hello was answered', 60, () => health(stack).last_round_trip_at !== trip);
		await pause(500);	// the look after it
		const greeting = loopback() - start;
		console.log(`# a look ${Math.round(look)} bytes, one with hello ${greeting}`);
		judge('idle_bytes_per_day', 90 * look + 6 * greeting, 'bytes', null, null, ['<=', 300 * 1024]);
	} finally {
		await stack.down();
	}
}

mkdirSync(scratch, { recursive: true });
const parts = { goodput, drain, bytes, idle };
const asked = process.argv.length > 2 ? process.argv.slice(2) : process.env.LINK_PARTS?.split(',') ?? Object.keys(parts);
assert(asked.every((part) => parts[part]), `no such part: ${asked}`);
for (const part of asked) await parts[part]();
save(path.join(scratch, 'link.json'));
process.exitCode = fine ? 0 : 1;
