// Goal: receipts are plain RFC 7515. What our center signs, Debian's `jose` verifies with the published
// key and nothing of ours; what `jose` signs, our forwarder verifies and takes.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Board, acceptedBody, sha256 } from '../lib/board.mjs';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { FakeCenter, health, otherKey } from '../lib/fake_center.mjs';
import { jpeg } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'jose', ports: [9270, 9275],
	board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n' });
cleanup(async (failed) => {
	await fake?.close();
	await stack.down(failed);
});
let board, folder, publicJwk, fake;
const receipts = {};

function jose(args, input) {
	const run = spawnSync('jose', args, { input, encoding: 'utf8' });
	assert(!run.error, `jose: ${run.error?.message}`);
	return run;
}
function jwkFile(name, key) {
	const file = path.join(folder, name);
	writeFileSync(file, JSON.stringify({ ...key.export({ format: 'jwk' }), alg: 'ES256' }));
	return file;
}
const verify = (token, jwk = publicJwk) => jose(['jws', 'ver', '-i-', '-k', jwk, '-O-'], token);

test.must('a center signs a hello, a receipt, a feed head and a blob receipt', async () => {
	await stack.up(['center']);
	folder = path.join(stack.data, 'test-keys');
	mkdirSync(folder, { recursive: true });
	publicJwk = jwkFile('receipt.jwk', createPublicKey(readFileSync(
		path.join(stack.data, 'center/keys/center/receipt.pub'))));
	board = new Board(stack, 'b18685-9');
	receipts['tram-hello'] = JSON.parse((await board.hello()).html).receipt;
	const photo = jpeg(30000);
	const file = { sha256: sha256(photo).toString('hex'),
		size: photo.length, type: 'image/jpeg', name: 'anh.jpg' };
	board.log.add('dossier.accepted', { body: acceptedBody('CT18685.9-261124-0001', { files: [file] }) });
	receipts['tram-receipt'] = await board.ship();
	receipts['tram-blob'] = (await board.upload(photo)).headers['tram-receipt'];
	receipts['tram-feed'] = (await board.client.request('GET', '/v1/feed?after=0')).headers['tram-head'];
	board.close();
});
for (const typ of ['tram-hello', 'tram-receipt', 'tram-blob', 'tram-feed'])
	test(`jose verifies ${typ}`, () => {
		const good = verify(receipts[typ]);
		assert.equal(good.status, 0, good.stderr);
		assert.equal(JSON.parse(good.stdout).board, 'b18685-9');
		const header = JSON.parse(Buffer.from(receipts[typ].split('.')[0], 'base64url'));
		assert.deepEqual([header.alg, header.typ], ['ES256', typ]);
		const [head, payload, signature] = receipts[typ].split('.');
		const other = Buffer.from(payload, 'base64url').toString().replace('b18685-9', 'b18685-8');
		assert.notEqual(verify(`${head}.${Buffer.from(other).toString('base64url')}.${signature}`).status, 0);
		const stranger = jwkFile('stranger.jwk', createPublicKey(otherKey(stack)));
		assert.notEqual(verify(receipts[typ], stranger).status, 0);
	});

test('the forwarder takes what jose signs', async () => {
	await stack.stop('center');
	await stack.start('board');
	fake = new FakeCenter(stack);
	let signed = 0;
	fake.token = (typ, payload) => {
		const key = createPrivateKey(fake.keyPem);
		const ours = FakeCenter.prototype.token.call(fake, typ, payload);
		const { kid } = JSON.parse(Buffer.from(ours.split('.')[0], 'base64url'));
		const made = jose(['jws', 'sig', '-I-', '-k', jwkFile('private.jwk', key), '-c',
			'-s', JSON.stringify({ protected: { alg: 'ES256', typ, kid } })], JSON.stringify(payload));
		assert.equal(made.status, 0, made.stderr);
		signed++;
		return made.stdout.trim();
	};
	await fake.listen();
	const clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk, { files: true });
	await until('all is receipted', 30, () => fake.blobs.size === 2 && health(stack).blobs_waiting === 0 &&
		health(stack).link === 'ok' && health(stack).sent_seq === health(stack).head_seq);
	assert.equal(stack.status().unsent, 0);
	assert(signed > 6);
	clerk.close();
});

await run();
