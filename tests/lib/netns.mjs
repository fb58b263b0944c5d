// netns.mjs: machines made of network namespaces, joined by cables (veth), for tests of who reaches
// whom. Needs root. Everything goes with the processes that hold the namespaces.
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';

const held = [];
process.on('exit', () => held.forEach((child) => child.kill('SIGKILL')));

export class Machine {
	constructor(name) {
		this.name = name;
		this.holder = spawn('unshare', ['-n', 'sleep', 'infinity'], { stdio: 'ignore' });
		held.push(this.holder);
		// unshare has become sleep once its namespace is another than ours.
		const own = spawnSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' }).stdout;
		for (;;) {
			const there = spawnSync('readlink', [`/proc/${this.holder.pid}/ns/net`], { encoding: 'utf8' }).stdout;
			if (there && there !== own) break;
		}
		this.ip('link', 'set', 'lo', 'up');
	}

	in(command, args) {
		return ['nsenter', [`--net=/proc/${this.holder.pid}/ns/net`, command, ...args]];
	}
	// { status, stdout, stderr }
	run(command, args, options = {}) {
		return spawnSync(...this.in(command, args), { encoding: 'utf8', timeout: 60000, ...options });
	}
	must(command, ...args) {
		const run = this.run(command, args);
		assert.equal(run.status, 0, `${this.name}: ${command} ${args.join(' ')}: ${run.stderr}`);
		return run.stdout;
	}
	ip(...args) {
		return this.must('ip', ...args);
	}
	start(command, args, options = {}) {
		const child = spawn(...this.in(command, args), { stdio: ['ignore', 'ignore', 'pipe'], ...options });
		child.said = '';
		child.stderr?.on('data', (chunk) => (child.said += chunk));
		held.push(child);
		return child;
	}
	// Runs the body of an async function there, in another process; what it returns is JSON.
	async js(body, argument = null) {
		const child = this.start(process.execPath, ['-e',
			`(async (arg) => {${body}})(JSON.parse(process.argv[1])).then((v) => { console.log(JSON.stringify(v ?? null)); process.exit(0); })`,
			JSON.stringify(argument)], { stdio: ['ignore', 'pipe', 'pipe'] });
		let out = '';
		child.stdout.on('data', (chunk) => (out += chunk));
		const code = await new Promise((done) => child.on('close', done));
		assert.equal(code, 0, `${this.name}: ${child.said}`);
		return JSON.parse(out);
	}
	startJs(body, argument = null) {
		return this.start(process.execPath, ['-e', `(async (arg) => {${body}})(JSON.parse(process.argv[1]))`, JSON.stringify(argument)]);
	}
	// A cable from our card to another machine's; address "10.0.0.2/24" and way out are optional.
	cable(card, other, otherCard, { address, via, mac } = {}) {
		this.ip('link', 'add', card, 'type', 'veth', 'peer', 'name', otherCard, 'netns', String(other.holder.pid));
		if (mac) this.ip('link', 'set', card, 'address', mac);
		if (address) this.ip('address', 'add', address, 'dev', card);
		this.ip('link', 'set', card, 'up');
		other.ip('link', 'set', otherCard, 'up');
		if (via) this.ip('route', 'add', 'default', 'via', via);
	}

	// Ports of an address that answer: { tcp: [...], udp: [...] }.
	scan(address, ports) {
		return this.js(`
			const net = require('node:net'), dgram = require('node:dgram');
			const tcp = (port) => new Promise((done) => {
				const socket = net.connect({ host: arg.address, port }, () => { done(port); socket.destroy(); });
				socket.on('error', () => done(0));
				setTimeout(() => { done(0); socket.destroy(); }, 4000);
			});
			const udp = (port) => new Promise((done) => {
				const socket = dgram.createSocket('udp4');
				socket.on('message', () => done(port));
				socket.on('error', () => done(0));
				// A question for names, so that a server of names answers too.
				socket.send(Buffer.from('000101000001000000000000047472616d036c616e0000010001', 'hex'), port, arg.address, () => {});
				setTimeout(() => done(0), 4000);
			});
			const open = async (one) => (await Promise.all(arg.ports.map(one))).filter(Boolean);
			const [t, u] = await Promise.all([open(tcp), open(udp)]);
			return { tcp: t, udp: u };`, { address, ports });
	}
	// Answers on these ports, TCP and UDP, of every address: what a careless program would open.
	listen(ports) {
		return this.startJs(`
			const net = require('node:net'), dgram = require('node:dgram');
			for (const port of arg) {
				net.createServer((socket) => { socket.on('error', () => {}); socket.end('x'); }).listen(port, '0.0.0.0');
				const socket = dgram.createSocket('udp4');
				socket.on('message', (m, from) => socket.send('x', from.port, from.address));
				socket.bind(port, '0.0.0.0');
			}`, ports);
	}
	// HTTP by curl: { status, location, type, body, fault }.
	get(url, { address, ca, headers = [], method = 'GET', body } = {}) {
		const { protocol, hostname, port } = new URL(url);
		const args = ['-sS', '-m', '10', '-X', method, '-o', '-', '-w', '\n%{http_code} %{redirect_url} %{content_type}',
			...(ca ? ['--cacert', ca] : []), ...headers.flatMap((h) => ['-H', h]), ...(body === undefined ? [] : ['-d', body]),
			...(address ? ['--resolve', `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}:${address}`] : []), url];
		const run = this.run('curl', args);
		const end = run.stdout.lastIndexOf('\n');
		const [status, location, ...type] = run.stdout.slice(end + 1).split(' ');
		return { status: Number(status), location, type: type.join(' '), body: run.stdout.slice(0, end), fault: run.status };
	}
	// What the server of names says: addresses, or its word of refusal.
	resolve(name, server) {
		return this.js(`
			const r = new (require('node:dns').promises.Resolver)({ timeout: 2000, tries: 1 });
			r.setServers([arg.server]);
			return r.resolve4(arg.name).catch((fault) => fault.code);`, { name, server });
	}
	// The offer of a DHCP server: { address, options: { 3: "hex", … } }, or null.
	dhcp(card) {
		const own = JSON.parse(this.ip('-j', 'link', 'show', card))[0].address;
		return this.js(`
			const socket = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true });
			const ask = Buffer.alloc(240 + 15);
			ask.set([1, 1, 6, 0, 1, 2, 3, 4]);
			ask[10] = 0x80;
			ask.set(arg.mac.split(':').map((x) => parseInt(x, 16)), 28);
			ask.set([0x63, 0x82, 0x53, 0x63, 53, 1, 1, 55, 6, 1, 3, 6, 114, 119, 51, 255], 236);
			return new Promise((done) => {
				socket.on('message', (m) => {
					if (m.length < 240) return;
					const options = {};
					for (let i = 240; i < m.length && m[i] !== 255; i += 2 + m[i + 1])
						options[m[i]] = m.subarray(i + 2, i + 2 + m[i + 1]).toString('hex');
					done({ address: [...m.subarray(16, 20)].join('.'), options });
				});
				socket.bind(68, '0.0.0.0', () => {
					socket.setBroadcast(true);
					socket.send(ask, 67, '255.255.255.255', (fault) => fault && done(String(fault)));
				});
				setTimeout(() => done(null), 4000);
			});`, { mac: own });
	}
}
