// line.mjs: bad lines for tests. Line: a TCP relay before the center that delays, cuts, falls silent,
// spoils bytes and counts what went through. shape(): rate and loss on the loopback of a network
// namespace of one's own (tbf, nftables; netem is not to be had everywhere).
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export class Line {
	// delay: ms each way; cutEvery: ms, or cutAfter: bytes towards the center, of all connections together.
	constructor(port, far, { delay = 0, cutEvery = 0, cutAfter = Infinity } = {}) {
		Object.assign(this, { port, far, delay, cutEvery, cutAfter, up: 0, down: 0, cuts: 0, since: 0,
			connections: 0, silent: false, spoilAt: Infinity, pairs: new Set() });
	}

	listen() {
		this.server = net.createServer({ noDelay: true }, (near) => this.#join(near));
		if (this.cutEvery) this.timer = setInterval(() => this.cut(), this.cutEvery);
		return new Promise((done, failed) => {
			this.server.on('error', failed);
			this.server.listen(this.port, '127.0.0.1', done);
		});
	}

	#join(near) {
		const far = net.connect({ port: this.far, host: '127.0.0.1', noDelay: true });
		const pair = { near, far };
		this.pairs.add(pair);
		this.connections++;
		const end = () => {
			this.pairs.delete(pair);
			near.destroy();
			far.destroy();
		};
		this.#carry(near, far, true);
		this.#carry(far, near, false);
		for (const socket of [near, far]) {
			socket.on('error', end);
			socket.on('close', () => (this.silent ? undefined : this.delay ? setTimeout(end, this.delay) : end()));
		}
	}

	#carry(from, to, up) {
		let waiting = 0;
		from.on('data', (part) => {
			if (this.silent) return;	// half-open: taken, and never handed on
			this[up ? 'up' : 'down'] += part.length;
			if (up) this.since += part.length;
			if (up && this.up >= this.spoilAt) {
				part[part.length >> 1] ^= 0x55;
				this.spoilAt = Infinity;
				this.spoiled = true;
			}
			if (up && this.since >= this.cutAfter) return void this.cut();
			const hand = () => {
				waiting -= part.length;
				if (from.isPaused()) from.resume();
				if (!to.destroyed && !to.write(part)) {
					from.pause();
					to.once('drain', () => from.resume());
				}
			};
			waiting += part.length;
			if (!this.delay) return hand();
			if (waiting > 4 << 20) from.pause();
			setTimeout(hand, this.delay);
		});
		from.on('end', () => (this.silent ? undefined : setTimeout(() => to.end(), this.delay)));
	}

	// Every connection ends at once, with whatever is on the way.
	cut() {
		this.since = 0;
		if (this.pairs.size) this.cuts++;
		for (const { near, far } of this.pairs) {
			near.resetAndDestroy();
			far.resetAndDestroy();
		}
		this.pairs.clear();
	}

	close() {
		clearInterval(this.timer);
		this.silent = false;
		this.cut();
		return new Promise((done) => (this.server ? this.server.close(done) : done()));
	}
}

// Points a stopped board at another port of this machine.
export function aim(stack, port, more = {}) {
	const file = path.join(stack.data, 'board/tram.conf');
	let text = readFileSync(file, 'utf8');
	for (const [key, value] of Object.entries({ center_url: `https://127.0.0.1:${port}`, ...more }))
		text = new RegExp(`^${key} = .*$`, 'm').test(text) ? text.replace(new RegExp(`^${key} = .*$`, 'm'), `${key} = ${value}`)
			: `${text}${key} = ${value}\n`;
	writeFileSync(file, text);
}

// Are we alone in a network namespace, so that its loopback may be spoiled?
export function aloneInNamespace() {
	const links = readFileSync('/proc/net/dev', 'utf8').split('\n').slice(2).map((l) => l.split(':')[0].trim()).filter(Boolean);
	return process.getuid() === 0 && links.every((name) => name === 'lo' || name.startsWith('v'));
}

// Goes on in a network namespace of its own, where it may and is not yet: first of all in a file of tests. A
// test that needs one asks aloneInNamespace().
export function goAlone() {
	if (process.getuid() !== 0 || process.env.TRAM_ALONE || spawnSync('unshare', ['-n', 'true']).status !== 0) return;
	const run = spawnSync('unshare', ['-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath,
		...process.argv.slice(1)], { stdio: 'inherit', env: { ...process.env, TRAM_ALONE: 'yes' } });
	process.exit(run.status ?? 1);
}

// rate: as tc writes it ("64kbit"); loss: percent of the packets of these ports. undo() makes it whole.
export function shape({ rate, loss = 0, ports = [] }) {
	assert(aloneInNamespace(), 'only in a namespace of one\'s own');
	const tc = (...words) => execFileSync('tc', words);
	if (rate) {
		execFileSync('ip', ['link', 'set', 'lo', 'mtu', '1500']);
		tc('qdisc', 'replace', 'dev', 'lo', 'root', 'tbf', 'rate', rate, 'burst', '16kb', 'latency', '400ms');
	}
	if (loss) {
		const set = `{ ${ports.join(', ')} }`;
		execFileSync('nft', ['-f', '-'], { input: `table inet bad {
			chain in { type filter hook input priority 0;
				tcp dport ${set} numgen random mod 1000 < ${loss * 10} drop
				tcp sport ${set} numgen random mod 1000 < ${loss * 10} drop
			}
		}\n` });
	}
	return () => {
		if (rate) tc('qdisc', 'del', 'dev', 'lo', 'root');
		if (loss) execFileSync('nft', ['delete', 'table', 'inet', 'bad']);
	};
}
