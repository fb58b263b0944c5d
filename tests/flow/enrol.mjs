// enrol.mjs: how a board becomes and stays known: an invitation that serves once, a key made on the
// board, renewal in time and after expiry, an officer's word when it is very late, revocation, and a
// change of the center's receipt key.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { makeAuthority, makeCertificate } from '../lib/board.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { build, Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'enrol', ports: [9010, 9020],
	board: 'retry_min_s = 1\npoll_max_s = 2\n' });
cleanup((failed) => stack.down(failed));
const keys = path.join(stack.data, 'board/keys/link');
const at = (name) => path.join(keys, name);
const centerDb = path.join(stack.data, 'center/db/tram.db');
const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', centerDb, text], { encoding: 'utf8' }).trim();
const health = () => JSON.parse(readFileSync(path.join(stack.data, 'board/health/health.json'), 'utf8'));
const fingerprint = (file = at('client.crt')) => new X509Certificate(readFileSync(file)).fingerprint256;
const enroll = (token) => stack.tram('board', ['enroll'], `${token}\n`);
function invite(board = 'b18685-1') {
	const made = stack.tram('center', ['board', 'invite', board]);
	assert.equal(made.status, 0, made.stderr);
	return made.stdout.trim();
}
function forgetKeys() {
	for (const name of readdirSync(keys)) if (name !== 'slip.key') rmSync(at(name));
}
// A certificate of the trial's CA with those dates, put on the board and registered.
function useCertificate(args) {
	const made = makeCertificate(stack, 'b18685-1', { args });
	for (const name of ['client.key', 'client.crt']) {
		const { uid, gid } = statSync(at(name));
		copyFileSync(path.join(made.dir, name), at(name));
		if (process.getuid() === 0) execFileSync('chown', [`${uid}:${gid}`, at(name)]);
	}
	rmSync(at('client.key.next'), { force: true });
	const added = stack.tram('center', ['board', 'add', 'b18685-1', '--cert', made.certFile, '--slip-key',
		path.join(stack.data, 'board/keys/web/slip.key')]);
	assert.equal(added.status, 0, added.stderr);
}
const ago = (days) => {
	const t = new Date(Date.now() + 7 * 3600e3 - days * 86400e3);
	return t.toISOString().slice(0, 16).replace('T', ' ');
};
let token, old, clerk;

test.must('a center, and a board that nobody knows', async () => {
	await stack.up(['center']);
	forgetKeys();
	sql("DELETE FROM link_board");
	await stack.start('board');
	await until('said', 20, () => health().reason === 'not-enrolled');
	assert.equal(health().link, 'down');
	clerk = stack.clerks();
	await clerk.login('canbo');
	assert((await acceptDossier(clerk)).code, 'the counter works without the link');
});
test('an invitation names the board and carries the hash of the CA; its secret stands nowhere', () => {
	token = invite();
	assert.match(token, /^b18685-1\/([0-9A-Z]{5}-){10}[0-9A-Z]{5}$/);
	const kept = sql('SELECT hex(token) FROM link_invite');
	assert.match(kept, /^[0-9A-F]{64}$/);
	assert.equal(sql('SELECT round((expires_at - made_at) / 3600000.0) FROM link_invite'), '72.0');
	// 34 bytes; the second 16 are the front of SHA-256 of the CA.
	const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
	let bits = '';
	for (const c of token.split('/')[1].replaceAll('-', '')) bits += digits.indexOf(c).toString(2).padStart(5, '0');
	const bytes = Buffer.from(bits.slice(0, 272).match(/.{8}/g).map((b) => parseInt(b, 2)));
	const ca = new X509Certificate(readFileSync(path.join(stack.data, 'pki/ca.crt')));
	assert.equal(bytes.subarray(16, 32).toString('hex'),
		createHash('sha256').update(ca.raw).digest('hex').slice(0, 32));
	assert.equal(createHash('sha256').update(bytes.subarray(0, 16)).digest('hex').toUpperCase(), kept);
	assert.match(sql('SELECT key_id FROM link_invite') + '.', /^\.$/);
});
test('a slip of the finger, another board\'s invitation, nothing at all: told at once, nobody is asked', () => {
	const wrong = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
	for (const text of [wrong, token.replace('b18685-1', 'b18685-2'), '', 'b18685-1/', invite('b18685-2')]) {
		const run = enroll(text);
		assert.equal(run.status, 2, `${text}: ${run.stderr}`);
	}
	assert.equal(existsSync(at('client.crt')), false);
});
test('another center than the invitation\'s gets neither token nor key', () => {
	const other = makeAuthority(stack, 'other');
	const real = readFileSync(path.join(stack.data, 'center/keys/center/ca.crt'));
	execFileSync('cp', [path.join(other, 'ca.crt'), path.join(stack.data, 'center/keys/center/ca.crt')]);
	const run = enroll(token);
	execFileSync('cp', [path.join(stack.data, 'pki/ca.crt'), path.join(stack.data, 'center/keys/center/ca.crt')]);
	assert.equal(run.status, 1, run.stderr);
	assert.match(run.stderr, /other-center/);
	assert.equal(sql('SELECT used_at FROM link_invite WHERE board = \'b18685-1\''), '0');
	assert(real.length > 0);
});
test('it enrols: key of the board, certificate of the center, and everything is sent', async () => {
	// Small letters, blanks and O for 0, as people type.
	const [board, code] = token.split('/');
	const run = enroll(`${board}/${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')}`);
	assert.equal(run.status, 0, run.stderr);
	assert.equal(statSync(at('client.key')).mode & 0o777, 0o600);
	assert.equal(existsSync(at('client.key.next')), false);
	execFileSync('openssl', ['verify', '-CAfile', at('ca.crt'), '-purpose', 'sslclient', at('client.crt')]);
	await stack.drained(90);
	assert.equal(sql('SELECT lower(hex(slip_key)) FROM link_board WHERE board = \'b18685-1\''),
		readFileSync(path.join(stack.data, 'board/keys/web/slip.key'), 'utf8').trim());
});
test('the key is readable by the forwarder alone', () => {
	if (process.getuid() !== 0) return;
	for (const [uid, groups] of [[64101, '64201,64202,64203,64206'], [64103, '64202,64205,64208'], [64106, '64206']])
		assert.notEqual(spawnSync('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, `--groups=${groups}`, '--',
			'cat', at('client.key')]).status, 0, String(uid));
});
test('the invitation is used up: another key is refused with it', () => {
	const before = fingerprint();
	const run = enroll(token);
	assert.equal(run.status, 1, run.stderr);
	assert.match(run.stderr, /token/);
	assert.equal(fingerprint(), before);
	rmSync(at('client.key.next'));
});
test('after 72 hours it serves nobody', () => {
	const late = invite();
	sql('UPDATE link_invite SET expires_at = made_at + 1 WHERE used_at = 0');
	const run = enroll(late);
	assert.equal(run.status, 1);
	assert.match(run.stderr, /token/);
	rmSync(at('client.key.next'));
});
test('a newer invitation takes back the older one', () => {
	const first = invite();
	invite();
	assert.equal(enroll(first).status, 1);
	rmSync(at('client.key.next'));
});
test('hostile requests: not a request, a key that is not the signer\'s, another name', async () => {
	const machine = stack.machine({ cert: undefined, key: undefined });
	const ask = (body) => machine.request('POST', '/v1/enrol', { headers: { 'Content-Type': 'application/json' }, body });
	assert.equal((await ask('{}')).status, 422);
	assert.equal((await ask('x')).status, 422);
	const made = makeCertificate(stack, 'b18685-9');
	const csr = execFileSync('openssl', ['req', '-new', '-key', path.join(made.dir, 'client.key'), '-subj', '/CN=b18685-9'],
		{ encoding: 'utf8' });
	const body = { board: 'b18685-1', token: '00'.repeat(16), csr, slip_key: '00'.repeat(32) };
	assert.equal((await ask(JSON.stringify(body))).status, 422, 'a name that is not the board\'s');
	assert.equal((await ask(JSON.stringify({ ...body, board: 'b18685-9' }))).status, 403, 'no such invitation');
	const der = Buffer.from(csr.replace(/-----.*-----/g, ''), 'base64');
	der[der.length - 5] ^= 1;
	const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
	assert.equal((await ask(JSON.stringify({ ...body, board: 'b18685-9', csr: forged }))).status, 422, 'not signed by its key');
	const renew = (text) => machine.request('POST', '/v1/renew', { headers: { 'Content-Type': 'application/jose' }, body: text });
	for (const text of ['', 'x', 'a.b.c', `e30.${Buffer.from(JSON.stringify({ board: 'b18685-1',
		certificate: readFileSync(at('client.crt'), 'utf8'), csr })).toString('base64url')}.AAAA`])
		assert([403, 422].includes((await renew(text)).status), text);
	machine.close();
});
test('near its end the certificate is renewed; the old one serves until the new one is used', async () => {
	await stack.stop('board');
	useCertificate(['--not-before', ago(29), '--days', '30']);
	old = fingerprint();
	const oldMachine = stack.machine();
	await stack.start('board');
	await until('a new certificate', 30, () => fingerprint() !== old);
	clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk);
	await stack.drained(30);
	assert.equal(sql('SELECT state FROM link_cert ORDER BY asked_at DESC LIMIT 1'), '3');
	const answer = await oldMachine.request('GET', '/v1/feed?after=0');
	assert.equal(answer.status, 403);
	assert.match(answer.html, /certificate-unknown/);
	oldMachine.close();
	assert(health().cert_until > Date.now() + 700 * 86400e3);
});
test('an expired one may do one thing: ask for another', async () => {
	await stack.stop('board');
	useCertificate(['--not-before', ago(40), '--days', '30']);
	old = fingerprint();
	const machine = stack.machine();
	for (const [method, url] of [['GET', '/v1/feed?after=0'], ['POST', '/v1/hello'], ['GET', '/v1/keys']])
		assert.match((await machine.request(method, url, { body: method === 'POST' ? '{}' : undefined })).html,
			/certificate-failed/, url);
	machine.close();
	await stack.start('board');
	await until('a new certificate', 30, () => fingerprint() !== old);
	await acceptDossier(clerk);
	await stack.drained(30);
});
test('expired for over 180 days an officer must say yes', async () => {
	await stack.stop('board');
	useCertificate(['--not-before', ago(300), '--days', '60']);
	old = fingerprint();
	await stack.start('board');
	await until('told', 30, () => health().renew_reason === 'officer');
	assert.equal(fingerprint(), old);
	assert.equal(sql('SELECT count(*) FROM link_cert WHERE state = 0'), '1');
	assert.equal(stack.tram('center', ['board', 'confirm', 'b18685-1']).status, 0);
	await until('a new certificate', 60, () => fingerprint() !== old);
	await acceptDossier(clerk);
	await stack.drained(60);
	assert.equal(stack.tram('center', ['board', 'confirm', 'b18685-1']).status, 2, 'nothing waits any more');
});
test('revoked: at once, also on a connection that stands, also for a renewal', async () => {
	const machine = stack.machine();
	assert.equal((await machine.request('GET', '/v1/feed?after=0')).status, 200);
	assert.equal(stack.tram('center', ['board', 'revoke', 'b18685-1']).status, 0);
	assert.match((await machine.request('GET', '/v1/feed?after=0')).html, /certificate-revoked/);
	machine.close();
	await stack.stop('board');
	sql('UPDATE link_board SET revoked = 0');
	useCertificate(['--not-before', ago(40), '--days', '30']);
	assert.equal(stack.tram('center', ['board', 'revoke', 'b18685-1']).status, 0);
	old = fingerprint();
	await stack.start('board');
	await until('told', 30, () => health().renew_reason === 'certificate-revoked');
	assert.equal(fingerprint(), old);
});
test('a revoked board comes back with a new invitation, and with all it has', async () => {
	await acceptDossier(clerk);
	const run = enroll(invite());
	assert.equal(run.status, 0, run.stderr);
	await stack.drained(60);
	stack.verifyBoth();
});
test('the receipt key changes: announced by the old one, then used; receipts of both are good', async () => {
	const dir = path.join(stack.data, 'center/keys/center');
	const pki = (...args) => spawnSync(path.join(build, 'tram'), ['pki', ...args, '--out', dir], { encoding: 'utf8' });
	const before = createHash('sha256').update(readFileSync(path.join(dir, 'receipt.pub'))).digest('hex');
	let run = pki('receipt-roll');
	assert.equal(run.status, 0, run.stderr);
	assert.equal(pki('receipt-switch').status, 1, 'not before its time');
	await stack.stop('board');
	await stack.start('board');
	await until('the board has the announcement', 30, () => existsSync(at('receipt.chain')));
	await stack.stop('center');
	run = pki('receipt-switch', '--days', '0');
	assert.equal(run.status, 0, run.stderr);
	assert.notEqual(createHash('sha256').update(readFileSync(path.join(dir, 'receipt.pub'))).digest('hex'), before);
	assert(readdirSync(dir).some((name) => /^receipt-[0-9a-f]{16}\.pub$/.test(name)), 'the old public key is kept');
	await stack.start('center');
	await acceptDossier(clerk);
	await stack.drained(60);
	const pinned = readFileSync(at('receipt.pub'));
	assert.equal(createHash('sha256').update(pinned).digest('hex'), before, 'the pinned key stays');
});
test('a board that slept through the whole change follows the chain', async () => {
	const dir = path.join(stack.data, 'center/keys/center');
	const pki = (...args) => spawnSync(path.join(build, 'tram'), ['pki', ...args, '--out', dir], { encoding: 'utf8' });
	await stack.stop('board');
	await stack.stop('center');
	for (let i = 0; i < 2; i++) {
		assert.equal(pki('receipt-roll').status, 0);
		assert.equal(pki('receipt-switch', '--days', '0').status, 0);
	}
	rmSync(at('receipt.chain'));
	await stack.start('center');
	await stack.start('board');
	clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk);
	await stack.drained(60);
	assert.equal(readFileSync(at('receipt.chain'), 'utf8').trim().split('\n').length, 3);
	stack.verifyBoth();	// receipts of all four keys
	clerk.close();
});
await run();
