// crash.mjs: cuts the power, in small: kills processes at random moments and makes chosen file-system
// calls fail or tear, while clerks take in dossiers and the line is slow, cut, silent or spoilt; after every cut what was acknowledged to a clerk
// must be on the board and at the center, once, whole. See scripts/crash.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Stack, build, root } from '../lib/stack.mjs';
import { accept, chooseProcedure, person, startDraft, tickPapers } from '../lib/clerk.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Line, aim } from '../lib/line.mjs';

const option = (name, otherwise) => {
	const at = process.argv.indexOf(`--${name}`);
	return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const cuts = option('cuts', 300), seed = option('seed', 1), port = option('port', 9850);
if (!(cuts > 0) || !Number.isInteger(seed)) {
	console.error('usage: scripts/crash [--cuts N] [--seed S]');
	process.exit(2);
}

// mulberry32: the same seed cuts at the same places in the same order.
let state = seed >>> 0;
function random() {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const stack = new Stack({ name: 'crash', ports: [port, port + 10],
	board: 'retry_min_s = 1\npoll_active_s = 1\npoll_max_s = 2' });
const line = new Line(port + 9, port + 11);
const faults = { board: path.join(root, 'build/test-data/faults-board'),
	center: path.join(root, 'build/test-data/faults-center') };
const preload = (side) => ({ LD_PRELOAD: path.join(build, 'preload/fault.so'), TRAM_FAULT_DIR: faults[side] });

// Every point with every action that makes sense at it, on both sides.
const points = [];
for (const side of ['board', 'center']) {
	for (const write of ['wal.write', 'spool.write'])
		for (const action of ['exit', 'torn', 'eio', 'enospc']) points.push({ side, point: write, action });
	for (const call of ['wal.sync', 'spool.sync', 'blob.rename', 'blob.dirsync'])
		for (const action of ['exit', 'eio']) points.push({ side, point: call, action });
	for (const action of ['exit', 'enospc']) points.push({ side, point: 'public.write', action });
}
for (let i = points.length - 1; i > 0; i--) {
	const j = below(i + 1);
	[points[i], points[j]] = [points[j], points[i]];
}
const hits = new Map();
const hit = (name, fired) => hits.set(name, (hits.get(name) ?? 0) + (fired ? 1 : 0));

// What clerks were told: number → { applicant, files: [sha256…] }.
const acknowledged = new Map();
const applicants = new Set();
let loading = true;

// One clerk who goes on through every error, as a person does: tries again, logs in again.
async function clerk(number) {
	const client = stack.clerks();
	let inside = false;
	while (loading) {
		try {
			if (!inside) await client.login('canbo');
			inside = true;
			await intake(client, number);
		} catch (error) {
			if (error.code === 'ERR_ASSERTION' && /dang-nhap/.test(error.message)) inside = false;
			await pause(50);
		}
	}
	client.close();
}

async function intake(client, number) {
	const who = person();
	// A PDF's bytes are kept as they are; a photo becomes another file, and must not be in its way.
	const content = pdf('Van ban', 8000 + below(40000));
	const photo = { filename: 'anh.jpg', type: 'image/jpeg', content: jpeg(8000 + below(40000)) };
	const draft = await startDraft(client, who);
	const papers = await chooseProcedure(client, draft, '2.000635');
	const paper = /name="file\.([^"]+)"/.exec(papers.html)[1];
	const files = [{ filename: 'giay.bin', type: 'application/pdf', content }, ...number % 2 ? [photo] : []];
	const check = await tickPapers(client, papers, files.map((file) => ({ name: `file.${paper}`, ...file })));
	applicants.add(who.number);
	let done, tries = 0;
	// The same form again after an error: the answer must be the first one's.
	while (!done) {
		try {
			done = await accept(client, check);
		} catch (error) {
			if (!loading || ++tries > 20) return;
			await pause(100);
		}
	}
	acknowledged.set(done.code, { applicant: who.number,
		files: [createHash('sha256').update(content).digest('hex')] });
}

function sql(side, query) {
	const out = execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 10000', '-separator', '\t',
		path.join(stack.data, side, 'db/tram.db'), query], { encoding: 'utf8' });
	return out.split('\n').filter(Boolean).map((line) => line.split('\t'));
}

const totals = { lost: 0, duplicated: 0, corrupt: 0 };
const told = new Set();
function fault(kind, what) {
	if (told.has(kind + what)) return;
	told.add(kind + what);
	totals[kind]++;
	console.log(`${kind.toUpperCase()} ${what}`);
}

const checked = new Set();
function compare() {
	for (const side of ['board', 'center']) {
		const codes = new Map();
		for (const [code] of sql(side, 'SELECT code FROM dossier')) codes.set(code, (codes.get(code) ?? 0) + 1);
		for (const [number, count] of sql(side, 'SELECT applicant_number, count(*) FROM dossier GROUP BY 1 HAVING count(*) > 1'))
			if (applicants.has(number)) fault('duplicated', `${side}: ${count} dossiers of one form`);
		const files = new Map();
		for (const [code, sha] of sql(side, 'SELECT d.code, f.sha256 FROM dossier d JOIN dossier_file f ' +
			'ON f.board = d.board AND f.dossier = d.id'))
			files.set(code, [...files.get(code) ?? [], sha]);
		const blobs = path.join(stack.data, side, 'blobs', ...side === 'center' ? [stack.boardId()] : []);
		for (const [code, was] of acknowledged) {
			if (codes.get(code) === undefined) fault('lost', `${side}: dossier ${code}`);
			else if (codes.get(code) !== 1) fault('duplicated', `${side}: dossier ${code}`);
			for (const sha of was.files) {
				if (!(files.get(code) ?? []).includes(sha)) fault('lost', `${side}: a file of ${code}`);
				if (checked.has(side + sha)) continue;
				checked.add(side + sha);
				const file = path.join(blobs, sha);
				if (!existsSync(file)) fault('lost', `${side}: content ${sha}`);
				else if (createHash('sha256').update(readFileSync(file)).digest('hex') !== sha)
					fault('corrupt', `${side}: content ${sha}`);
			}
		}
	}
	for (const side of ['board', 'center']) {
		const run = stack.tram(side, ['verify']);
		if (run.status !== 0) fault('corrupt', `${side}: tram verify: ${run.stdout.slice(-500)}${run.stderr.slice(-500)}`);
	}
	if (JSON.stringify(stack.digest('board')) !== JSON.stringify(stack.digest('center')))
		fault('corrupt', 'the projections of the two sides differ');
}

async function killSomething() {
	const side = random() < 0.7 ? 'board' : 'center';
	const names = Object.keys(stack.pids(side)).filter((name) => name !== 'supervise');
	if (random() < 0.3) {
		await stack.kill(side);
		hit(`kill.${side}.all`, true);
		await pause(below(300));
		await stack.start(side, preload(side));
		return `every process of the ${side}`;
	}
	const name = names[below(names.length)];
	const fired = stack.killOne(side, name);
	hit(`kill.${side}.${name.split('.')[0]}`, Boolean(fired));
	return `${side} ${name}`;
}

async function orderFault({ side, point, action }) {
	const name = `${point}.${action}.${below(5)}`;
	const file = path.join(faults[side], name);
	writeFileSync(file, '');
	chmodSync(file, 0o666);
	for (let waited = 0; existsSync(file) && waited < 30000; waited += 20) await pause(20);
	const fired = !existsSync(file);
	hit(`${side}.${point}.${action}`, fired);
	if (!fired) rmSync(file);
	for (const old of readdirSync(faults[side])) rmSync(path.join(faults[side], old), { force: true });
	return `${side} ${name}${fired ? '' : ' (not reached)'}`;
}

// What is wrong with the line meanwhile. A fault at the center waits for bytes: they get through then.
function spoilLine(getsThrough) {
	const wrong = ['well', 'slow', 'cut', 'silent', 'spoilt'][below(getsThrough ? 3 : 5)];
	if (wrong === 'slow') line.delay = 50 + below(250);
	if (wrong === 'cut') line.cutAfter = 20000 + below(100000);
	if (wrong === 'silent') line.silent = true;
	if (wrong === 'spoilt') line.spoilAt = line.up + below(20000);
	hit(`line.${wrong}`, true);
	return wrong;
}
function mendLine() {
	Object.assign(line, { delay: 0, cutAfter: Infinity, silent: false, spoilAt: Infinity });
	line.cut();	// what was slow or silent ends, too
}

async function cut(number) {
	loading = true;
	const wrong = spoilLine(number % 3 === 0);
	const clerks = [clerk(2 * number), clerk(2 * number + 1)];
	await pause(30 + below(400));
	// A third of the cuts are faults at chosen calls; over a long run each is ordered.
	const what = number % 3 === 0 ? await orderFault(points[number / 3 % points.length]) : await killSomething();
	await pause(30 + below(200));
	loading = false;
	await Promise.all(clerks);
	if (wrong !== 'well') mendLine();
	await stack.drained(60);
	compare();
	console.log(`cut ${number + 1}: ${what}, the line ${wrong}; acknowledged so far ${acknowledged.size}`);
}

for (const dir of Object.values(faults)) {
	rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });
	chmodSync(dir, 0o1777);
	chmodSync(dir, 0o777);
}
console.log(`seed ${seed}`);
await stack.up([]);
await line.listen();
aim(stack, port + 9);
for (const side of ['center', 'board']) await stack.start(side, preload(side));
let broken = false;
try {
	for (let i = 0; i < cuts; i++) await cut(i);
} catch (error) {
	broken = true;
	console.log(`stopped: ${error.stack}`);
}
await stack.down(broken || Object.values(totals).some(Boolean));
await line.close();
for (const [name, count] of [...hits].sort()) console.log(`hits ${name} ${count}`);
const missed = [...hits].filter(([name, count]) => !count && !name.startsWith('kill.')).map(([name]) => name);
if (missed.length) console.log(`never reached: ${missed.join(' ')}`);
console.log(`cuts=${cuts} acknowledged=${acknowledged.size} lost=${totals.lost} duplicated=${totals.duplicated} corrupt=${totals.corrupt}`);
process.exit(broken || missed.length || Object.values(totals).some(Boolean) || !acknowledged.size ? 1 : 0);
