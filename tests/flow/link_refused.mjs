// link_refused.mjs: the real center refuses the real forwarder's certificate: unknown, another board's,
// expired, not yet valid, revoked. The board says which, keeps its cursor, and goes on when it may.
import { strict as assert } from 'node:assert';
import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { Board, makeCertificate } from '../lib/board.mjs';
import { health } from '../lib/fake_center.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'link-refused', ports: [9222, 9226],
	board: 'retry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n' });
cleanup((failed) => stack.down(failed));
const link = (name) => path.join(stack.data, 'board/keys/link', name);
let own, since = 0;

// Puts another certificate and key in the place of the board's own and starts the forwarder with it.
async function use(dir) {
	const { uid, gid } = statSync(link('client.key'));
	for (const name of ['client.crt', 'client.key']) {
		copyFileSync(path.join(dir, name), link(name));
		chownSync(link(name), uid, gid);
		chmodSync(link(name), 0o600);
	}
	since = stack.log('board', 'forward').length;
	stack.killOne('board', 'forward.0');
}

async function refused(reason) {
	const line = new RegExp(`started [\\s\\S]* hello failed reason=${reason} `);
	await until(`a log line with ${reason}`, 15, () => line.test(stack.log('board', 'forward').slice(since)));
	const seen = await until(`reason ${reason}`, 5, () => health(stack).reason === reason && health(stack));
	assert.equal(seen.link, 'down');
	assert(stack.status().unsent > 0, 'it was sent');
}

test.must('a board and its center; then the forwarder is given another certificate', async () => {
	await stack.up();
	await stack.drained();
	own = makeCertificate(stack, 'b18685-1').dir;	// a folder; its own files are kept there
	for (const name of ['client.crt', 'client.key']) copyFileSync(link(name), path.join(own, name));
	await use(makeCertificate(stack, 'b18685-1').dir);
	const clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk);
	clerk.close();
	await refused('certificate-unknown');
});
test('another board\'s certificate', async () => {
	const other = new Board(stack, 'b18685-5');
	await use(other.keys.dir);
	await refused('identity');
	other.close();
});
test('an expired certificate', async () => {
	await use(makeCertificate(stack, 'b18685-1', { args: ['--not-before', '2026-01-01 08:00', '--days', '30'] }).dir);
	await refused('certificate-failed');
});
test('a certificate that is not valid yet', async () => {
	await use(makeCertificate(stack, 'b18685-1', { args: ['--not-before', '2036-01-01 08:00'] }).dir);
	await refused('certificate-failed');
});
test('its own certificate again: all arrives', async () => {
	await use(own);
	await stack.drained();
	await until('the link is up', 5, () => health(stack).link === 'ok');
});
test('revoked', async () => {
	const revoked = stack.tram('center', ['board', 'revoke', stack.boardId()]);
	assert.equal(revoked.status, 0, revoked.stderr);
	const clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk);
	clerk.close();
	await until('the reason is shown', 15, () => health(stack).reason === 'certificate-revoked');
	assert(stack.status().unsent > 0);
});

await run();
