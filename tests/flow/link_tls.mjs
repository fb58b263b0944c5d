// link_tls.mjs: servers that are not our center. The forwarder refuses each, says which fault it was
// in its health file and in one log line, and sends nothing.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import net from 'node:net';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { makeAuthority } from '../lib/board.mjs';
import { FakeCenter, forgetHealth, health, serverPem } from '../lib/fake_center.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'link-tls', ports: [9230, 9240],
	board: 'retry_min_s = 1\npoll_max_s = 1\nlink_timeout_s = 2\n' });
cleanup((failed) => stack.down(failed));
const port = stack.centerPort + 1;

// The time is known, as after a signed answer: only then are dates judged before anything is said.
function knowTime() {
	const boot = /^\d+/.exec(readFileSync(path.join(stack.data, 'board/clock/boot'), 'utf8'))[0];
	writeFileSync(path.join(stack.data, 'board/clock/clock'),
		`signed 500 ${Math.floor(uptime() * 1000) - 1000} ${boot} ${Date.now() - 1000}\n`);
}

// Waits for the forwarder to meet what listens now and to give this reason; nothing was sent.
async function refused(reason) {
	const lines = () => stack.log('board', 'forward').split('\n')
		.filter((line) => line.includes(`reason=${reason} `)).length;
	const before = lines();
	forgetHealth(stack);
	const seen = await until(`reason ${reason}`, 15, () => {
		const h = health(stack);
		return h.reason === reason && h;
	});
	assert.equal(seen.link, 'down');
	assert.equal(seen.sent_seq, 0);
	assert(seen.head_seq > 0, 'nothing to send: the test is worth nothing');
	await until('a log line that says which', 5, () => lines() > before);
}

async function server(reason, certificate) {
	const center = new FakeCenter(stack);
	await center.listen(serverPem(stack, certificate));
	try {
		await refused(reason);
		assert.deepEqual(center.seen, [], 'a request was sent to a stranger');
	} finally {
		await center.close();
	}
}

test.must('a board without its center', async () => {
	await stack.up(['board']);
	await refused('connect');
	knowTime();
});
test('a server of another authority', () =>
	server('wrong-ca', { ca: makeAuthority(stack, 'stranger') }));
test('another authority of the same name, expired as well: still the wrong authority', () =>
	server('wrong-ca', { ca: makeAuthority(stack, 'Tram trial CA'),
		args: ['--not-before', '2026-01-01 08:00', '--days', '30'] }));
test('an expired certificate', () =>
	server('expired', { args: ['--not-before', '2026-01-01 08:00', '--days', '30'] }));
test('a certificate that is not valid yet', () =>
	server('not-yet-valid', { args: ['--not-before', '2036-01-01 08:00'] }));
test('a certificate for another host name', () => server('host-name', { names: 'other.example' }));

for (const version of ['-tls1_2', '-tls1_3']) {
	test(`a server that refuses our certificate (${version})`, async () => {
		const pem = path.join(stack.data, 'test-keys', 'refusing.pem');
		writeFileSync(pem, serverPem(stack));
		const ca = path.join(makeAuthority(stack, `refusing${version}`), 'ca.crt');
		const child = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', pem,
			'-key', pem, '-Verify', '3', '-verify_return_error', '-CAfile', ca, version, '-quiet'],
		{ stdio: 'ignore' });
		try {
			/* Mbed TLS 2.28 has no TLS 1.3: such a server is refused by protocol there. */
			forgetHealth(stack);
			const reason = await until('a reason', 15, () => {
				const { reason } = health(stack);
				return ['refused-ours', 'tls'].includes(reason) && reason;
			});
			assert(reason === 'refused-ours' || version === '-tls1_3', reason);
			await refused(reason);
		} finally {
			child.kill('SIGKILL');
			await once(child, 'exit');
		}
	});
}

async function plainServer(reason, onSocket) {
	const sockets = new Set();
	const plain = net.createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		onSocket(socket);
	});
	plain.listen(port, '127.0.0.1');
	await once(plain, 'listening');
	try {
		await refused(reason);
	} finally {
		for (const socket of sockets) socket.destroy();
		plain.close();
		await once(plain, 'close');
	}
}
test('a captive portal that speaks plain HTTP', () => plainServer('tls', (socket) =>
	socket.end('HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n')));
test('a server that never says a word', () => plainServer('timeout', () => {}));
test('a server that hangs up in the handshake', () => plainServer('gone', (socket) =>
	socket.once('data', () => socket.destroy())));

test('the right center is heard after all that', async () => {
	const center = new FakeCenter(stack);
	await center.listen();
	const good = await until('the link is up', 15, () => health(stack).link === 'ok' && health(stack));
	assert.equal(good.sent_seq, good.head_seq);
	assert.equal(center.head.seq, good.head_seq);
	await center.close();
});
test('SIGTERM while a server is silent ends it at once', async () => {
	const plain = net.createServer((socket) => socket.on('error', () => {}));
	plain.listen(port, '127.0.0.1');
	await once(plain, 'listening');
	await once(plain, 'connection');
	const pid = stack.killOne('board', 'forward.0', 'SIGTERM');
	const asked = Date.now();
	await until('another process', 10, () => {
		const now = stack.pids('board')['forward.0'];
		return now && now !== pid;
	});
	assert(Date.now() - asked < 1900, 'it waited for its time limit');
	plain.close();
});

await run();
