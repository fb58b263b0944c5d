// pki.mjs: `tram pki` as a person types it; what it makes is judged by openssl.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { build, root } from '../lib/stack.mjs';

const dir = path.join(root, 'build/test-data/pki');
rmSync(dir, { recursive: true, force: true });
mkdirSync(dir, { recursive: true });
cleanup(() => rmSync(dir, { recursive: true, force: true }));
const at = (...names) => path.join(dir, ...names);
const pki = (...args) => spawnSync(path.join(build, 'tram'), ['pki', ...args], { encoding: 'utf8' });
const mode = (file) => (statSync(file).mode & 0o777).toString(8);
function made(...args) {
	const run = pki(...args);
	assert.equal(run.status, 0, run.stderr);
}
function openssl(...args) {
	const run = spawnSync('openssl', args, { encoding: 'utf8' });
	assert.equal(run.status, 0, run.stderr);
	return run.stdout;
}

test.must('a CA, a server and a device that openssl takes', () => {
	made('ca', '--out', at('ca'), '--name', 'Trial CA');
	made('server', '--ca', at('ca'), '--out', at('tls/server.pem'), '--names', 'localhost 127.0.0.1 ::1');
	made('device', '--ca', at('ca'), '--out', at('board'), '--name', 'b18685-1');
	openssl('verify', '-x509_strict', '-CAfile', at('ca/ca.crt'), '-purpose', 'sslserver', at('tls/server.pem'));
	openssl('verify', '-x509_strict', '-CAfile', at('ca/ca.crt'), '-purpose', 'sslclient', at('board/client.crt'));
	openssl('verify', '-CAfile', at('ca/ca.crt'), '-verify_hostname', 'localhost', at('tls/server.pem'));
	openssl('verify', '-CAfile', at('ca/ca.crt'), '-verify_ip', '::1', at('tls/server.pem'));
	assert.equal(readFileSync(at('ca/ca.crt'), 'utf8'), readFileSync(at('board/ca.crt'), 'utf8'));
	assert.match(openssl('x509', '-in', at('board/client.crt'), '-noout', '-subject'), /CN = b18685-1/);
});
test('each serves its own purpose alone', () => {
	for (const [purpose, file] of [['sslclient', 'tls/server.pem'], ['sslserver', 'board/client.crt'],
		['crlsign', 'board/client.crt']])
		assert.notEqual(spawnSync('openssl', ['verify', '-CAfile', at('ca/ca.crt'), '-purpose', purpose,
			at(file)]).status, 0, `${file} as ${purpose}`);
});
test('private keys are readable by their owner alone', () => {
	made('receipt-key', '--out', at('receipt'));
	made('slip', '--out', at('slip'));
	for (const file of ['ca/ca.key', 'tls/server.pem', 'board/client.key', 'receipt/receipt.key', 'slip/slip.seed',
		'slip/slip.key'])
		assert.equal(mode(at(file)), '600', file);
	assert.match(readFileSync(at('slip/slip.seed'), 'utf8'), /^[0-9a-f]{64}\n?$/);
	assert.notEqual(readFileSync(at('slip/slip.seed'), 'utf8'), readFileSync(at('slip/slip.key'), 'utf8'));
	const pair = createPrivateKey(readFileSync(at('receipt/receipt.key')));
	assert.equal(createPublicKey(pair).export({ type: 'spki', format: 'pem' }),
		readFileSync(at('receipt/receipt.pub'), 'utf8'));
});
test('a key that exists is never overwritten', () => {
	for (const [file, ...args] of [['ca/ca.key', 'ca', '--out', at('ca'), '--name', 'Other'],
		['tls/server.pem', 'server', '--ca', at('ca'), '--out', at('tls/server.pem'), '--names', 'x'],
		['board/client.key', 'device', '--ca', at('ca'), '--out', at('board'), '--name', 'b2'],
		['receipt/receipt.key', 'receipt-key', '--out', at('receipt')],
		['slip/slip.seed', 'slip', '--out', at('slip')]]) {
		const before = readFileSync(at(file), 'utf8'), run = pki(...args);
		assert.equal(run.status, 1, args.join(' '));
		assert.match(run.stderr, /exists already/);
		assert.equal(readFileSync(at(file), 'utf8'), before);
	}
});
test('days and not-before', () => {
	made('device', '--ca', at('ca'), '--out', at('late'), '--name', 'b3', '--not-before', '2036-01-01 08:00',
		'--days', '30');
	assert.equal(openssl('x509', '-in', at('late/client.crt'), '-noout', '-startdate', '-enddate'),
		'notBefore=Jan  1 01:00:00 2036 GMT\nnotAfter=Jan 31 01:00:00 2036 GMT\n');
	made('device', '--ca', at('ca'), '--out', at('far'), '--name', 'b3', '--not-before', '2060-01-01 08:00');
	assert.match(openssl('x509', '-in', at('far/client.crt'), '-noout', '-startdate'), /2060/);
});
test('fingerprint is SHA-256 of the certificate', () => {
	const der = Buffer.from(readFileSync(at('board/client.crt'), 'utf8').replace(/-----.*-----/g, ''), 'base64');
	const run = pki('fingerprint', at('board/client.crt'));
	assert.equal(run.status, 0);
	assert.equal(run.stdout, `${createHash('sha256').update(der).digest('hex')}\n`);
	writeFileSync(at('junk'), 'junk');
	assert.equal(pki('fingerprint', at('junk')).status, 1);
	assert.equal(pki('fingerprint', at('nothing')).status, 1);
});
test('wrong use is told and exits 2; help exits 0', () => {
	for (const args of [[], ['nonsense'], ['ca'], ['ca', '--out'], ['ca', '--out', at('x'), '--name'],
		['ca', '--out', at('x'), '--wrong', 'y'], ['device', '--out', at('x'), '--name', 'b'],
		['server', '--ca', at('ca'), '--out', at('x.pem'), '--names', ''], ['fingerprint'],
		['ca', '--out', at('x'), '--name', 'b', '--days', '0'],
		['ca', '--out', at('x'), '--name', 'b', '--days', '1e3'],
		['ca', '--out', at('x'), '--name', 'b', '--not-before', 'tomorrow']]) {
		const run = pki(...args);
		assert.equal(run.status, 2, args.join(' '));
		assert.match(run.stderr, /tram pki: /);
	}
	assert.equal(pki('--help').status, 0);
	assert.match(pki('ca', '--help').stdout, /Exit codes/);
	assert.equal(pki('device', '--ca', at('nowhere'), '--out', at('y'), '--name', 'b').status, 1);
	assert.equal(pki('device', '--ca', at('ca'), '--out', at('y'), '--name', 'a,b').status, 1);
});

await run();
