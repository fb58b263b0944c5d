// stack.mjs: a board and a center of a test's own: real lighttpd, real TLS, real processes, on ports
// and data of its own. Made by scripts/stack, the way scripts/run does.
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './check.mjs';
import { Client } from './client.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const build = path.resolve(root, process.env.BUILD ?? 'build');
// Such programs bear no preloaded library.
export const sanitized = path.basename(build) === 'asan';
const started = new Set();
process.on('exit', () => {
	for (const stack of started)
		for (const side of ['board', 'center']) stack.killNow(side);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

// Alive, and one of ours: a pid file may be older than the process that has its number now.
function alive(pid) {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(root)
			&& !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}

function taken(port) {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => {
			socket.destroy();
			resolve(true);
		});
		socket.on('error', () => resolve(false));
	});
}

export class Stack {
	// name: of the folder under build/test-data (made afresh). ports: [board, center], three each, of
	// this test alone: files run side by side.
	// board, center: lines for tram.conf. env: for scripts and processes.
	// of: a stack that is up, whose center serves this board too.
	constructor({ name, ports, board = '', center = '', env = {}, of = null }) {
		this.data = path.join(root, 'build/test-data', name);
		[this.boardPort, this.centerPort] = of ? [ports[0], of.centerPort] : ports;
		this.alone = of === null;
		this.extra = { board, center };
		// Another board, or another mode, has keys and certificates of its own: that one is made, not copied.
		const own = of || /^(mode|side|\w+_id|commune_\w+|point_\w+|station_\w+) =/m.test(`${board}\n${center}`);
		this.env = { ...process.env, BUILD: build, EXTRA_BOARD: board, EXTRA_CENTER: center,
			...(of && { CENTER_OF: of.data }),
			...(!own && { MADE: path.join(root, 'build/test-data', `made-${path.basename(build)}`) }), ...env };
		this.children = {};
	}

	// Makes everything and starts both sides (or those given).
	async up(sides = this.alone ? ['center', 'board'] : ['board']) {
		// Somebody else may run the same test just now: its ports and data are the same.
		for (const first of this.alone ? [this.boardPort, this.centerPort] : [this.boardPort]) {
			for (const port of [first, first + 1, first + 2])
				await until(`port ${port} is free`, 300, async () => !await taken(port));
		}
		rmSync(this.data, { recursive: true, force: true });
		mkdirSync(path.dirname(this.data), { recursive: true });
		this.script('prepare', this.data, String(this.boardPort), String(this.centerPort));
		for (const side of sides) await this.start(side);
		return this;
	}

	script(...args) {
		const run = spawnSync(path.join(root, 'scripts/stack'), args, { env: this.env, encoding: 'utf8' });
		assert.equal(run.status, 0, `scripts/stack ${args[0]}: ${run.stderr}${run.stdout}`);
	}

	async start(side, env = {}) {
		const first = side === 'board' ? this.boardPort : this.centerPort;
		for (const port of [first, first + 1, first + 2])
			assert(!await taken(port), `port ${port} is in use by another program`);
		const log = openSync(path.join(this.data, side, 'log/supervise.log'), 'a');
		const child = spawn(path.join(build, 'tram'), ['supervise', path.join(this.data, side, 'plan')],
			{ stdio: ['ignore', log, log], detached: true, env: { ...this.env, ...env } });
		closeSync(log);
		child.unref();
		this.children[side] = child;
		started.add(this);
		const port = side === 'board' ? this.boardPort : this.centerPort;
		await until(`${side} answers on ${port} (logs in ${this.data}/${side}/log)`, 20, async () => {
			const client = new Client(`http://127.0.0.1:${port}`);
			const answer = await client.request('GET', '/dang-nhap', { timeout: 3000 });
			client.close();
			return answer.status === 200;
		});
	}

	// Pids of the side's processes now: { "intake.0": 123, … }.
	pids(side) {
		const dir = path.join(this.data, side, 'pid');
		const found = {};
		if (!existsSync(dir)) return found;
		for (const name of readdirSync(dir).filter((n) => n.endsWith('.pid')))
			found[name.slice(0, -4)] = Number(readFileSync(path.join(dir, name), 'utf8'));
		return found;
	}

	// SIGTERM: as an orderly shutdown.
	async stop(side) {
		const child = this.children[side];
		if (!child) return;
		delete this.children[side];
		process.kill(child.pid, 'SIGTERM');
		await until(`${side} stops`, 20, () => !alive(child.pid));
	}

	killNow(side) {
		if (!this.children[side]) return [];
		delete this.children[side];
		const pids = this.pids(side);
		const { supervise, ...others } = pids;
		const all = [supervise, ...Object.values(others)].filter((pid) => pid && alive(pid));
		for (const pid of all) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch {
				// It went by itself meanwhile.
			}
		}
		return all;
	}

	// SIGKILL of every process of the side, the supervisor first, as a power cut.
	async kill(side) {
		const all = this.killNow(side);
		await until(`${side} is dead`, 10, () => !all.some(alive));
	}

	// SIGKILL of one process ("intake.0"); the supervisor starts it again.
	killOne(side, name, signal = 'SIGKILL') {
		const pid = this.pids(side)[name];
		if (pid && alive(pid)) process.kill(pid, signal);
		return pid;
	}

	clerks() {
		return new Client(`http://127.0.0.1:${this.boardPort}`);
	}
	// Somebody of the board, logged in.
	async clerk(login) {
		const client = this.clerks();
		await client.login(login);
		return client;
	}
	lookup() {
		return new Client(`http://127.0.0.1:${this.boardPort + 1}`);
	}
	admin() {
		return new Client(`http://127.0.0.1:${this.boardPort + 2}`);
	}
	officers() {
		return new Client(`http://127.0.0.1:${this.centerPort}`);
	}
	centerLookup() {
		return new Client(`http://127.0.0.1:${this.centerPort + 2}`);
	}
	// The machine port, with the board's certificate (or another's: cert, key).
	machine(tls = {}) {
		const keys = path.join(this.data, 'board/keys/link');
		return new Client(`https://127.0.0.1:${this.centerPort + 1}`, {
			ca: readFileSync(path.join(keys, 'ca.crt')), cert: readFileSync(path.join(keys, 'client.crt')),
			key: readFileSync(path.join(keys, 'client.key')), servername: 'localhost', ...tls });
	}

	// Runs `tram`; --data of the side is added. { status, stdout, stderr }.
	tram(side, args, input) {
		return spawnSync(path.join(build, 'tram'), [...args, '--data', path.join(this.data, side)],
			{ encoding: 'utf8', input, env: this.env });
	}
	status(side = 'board') {
		const run = this.tram(side, ['status', '--json']);
		assert.equal(run.status, 0, run.stderr);
		return JSON.parse(run.stdout);
	}
	digest(side) {
		const run = this.tram(side, ['digest', ...(side === 'center' ? ['--board', this.boardId()] : [])]);
		assert.equal(run.status, 0, run.stderr);
		return JSON.parse(run.stdout);
	}
	boardId() {
		return /^board_id = (.*)$/m.exec(readFileSync(path.join(this.data, 'board/tram.conf'), 'utf8'))[1];
	}
	// Nothing waits any more: events, files, results.
	drained(seconds = 30) {
		return until('everything is sent and fetched', seconds, () => {
			const s = this.status();
			return s.unsent === 0 && s.files_to_send === 0 && s.files_to_fetch === 0 && this.fed(s) && s;
		});
	}
	// What the center has written for the board, also of itself after the last file, is there.
	fed(status) {
		if (!existsSync(path.join(this.data, 'center/tram.conf'))) return true;
		const known = this.status('center').boards.find(({ board }) => board === this.boardId());
		return !known || known.center_log.seq === status.center_log.seq;
	}
	// tram verify on both sides, and equal logs: [board's lines, center's lines].
	verifyBoth() {
		const logs = ['board', 'center'].map((side) => {
			const run = this.tram(side, ['verify']);
			assert.equal(run.status, 0, `tram verify ${side}: ${run.stdout}${run.stderr}`);
			return run.stdout.split('\n').filter((line) => line.startsWith('log '));
		});
		assert.deepEqual(logs[0], logs[1]);
		return logs;
	}
	log(side, name) {
		const file = path.join(this.data, side, 'log', `${name}.log`);
		return existsSync(file) ? readFileSync(file, 'utf8') : '';
	}

	// Stops both sides; the data go unless keep.
	async down(keep = false) {
		for (const side of ['board', 'center']) await this.stop(side);
		started.delete(this);
		if (!keep) rmSync(this.data, { recursive: true, force: true });
	}
}
