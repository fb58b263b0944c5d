// Goal: a card that takes no writes any more: nothing is said to be saved, what was acknowledged can still be read,
// the technician is told; repaired, work goes on.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, skip, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, startDraft } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

// As on a board: sessions and sockets lie in memory, everything else on the card.
const dirs = ['db', 'auth', 'public', 'blobs:blob', 'spool', 'out', 'inbox', 'health', 'clock']
	.map((name) => name.split(':')).map(([dir, key = dir]) => `${key}_dir = card/${dir}\n`).join('');
const stack = new Stack({ name: 'card-read-only', ports: [9253, 9263],
	board: `board_id = b18685-1\nretry_min_s = 1\npoll_max_s = 1\npoll_active_s = 1\n${dirs}` });
const card = path.join(stack.data, 'board/card');
let mounted = false, clerk, technician, code;
cleanup(async (failed) => {
	await stack.down(true);
	if (mounted) spawnSync('umount', ['-l', card]);
	if (!failed) rmSync(stack.data, { recursive: true, force: true });
});
const image = path.join(stack.data, 'card.img');
const insert = () => spawnSync('mount', ['-o', 'loop,errors=remount-ro', image, card], { encoding: 'utf8' });

test.must('a board whose data lie on a card of its own', async () => {
	if (process.getuid() !== 0) skip('only root can mount a file system');
	spawnSync('umount', ['-l', card]);
	rmSync(stack.data, { recursive: true, force: true });
	mkdirSync(card, { recursive: true });
	execFileSync('truncate', ['-s', '400m', image]);
	execFileSync('/sbin/mkfs.ext4', ['-q', '-b', '4096', image]);
	const done = insert();
	if (done.status !== 0) skip(`cannot mount a file as a disk: ${done.stderr.trim()}`);
	mounted = true;
	stack.script('prepare', stack.data, String(stack.boardPort), String(stack.centerPort));
	await stack.start('center');
	await stack.start('board');
	clerk = await stack.clerk('canbo');
	technician = stack.admin();
	await technician.login('kythuat');
	({ code } = await acceptDossier(clerk));
	await stack.drained();
});
test('the card takes no writes: nothing new is acknowledged, what was is still there', async () => {
	const disk = path.basename(execFileSync('findmnt', ['-no', 'SOURCE', card], { encoding: 'utf8' }).trim());
	// As when a block cannot be written: the kernel stops all writes to it.
	writeFileSync(`/sys/fs/ext4/${disk}/trigger_fs_error`, '1');
	await assert.rejects(startDraft(clerk), 'a dossier cannot be begun');
	const page = await dossier(clerk, code);
	assert([200, 503].includes(page.status), String(page.status));
	assert(page.status === 503 || page.text.includes(code));
	const said = await technician.get('/suc-khoe');
	assert.equal(said.status, 200);
	assert.match(said.text, /chỉ còn đọc được, không ghi được/);
	assert.match(said.text, /Máy có chỗ hỏng/);
	assert.match(said.text, /mang máy dự phòng và USB sao lưu tới/);
	const doctor = stack.tram('board', ['doctor']);
	assert.equal(doctor.status, 1);
	assert.match(doctor.stdout, /chỉ còn đọc được/);
});
test('repaired and put in again: work goes on, nothing was torn', async () => {
	clerk.close();
	technician.close();
	await stack.stop('board');
	execFileSync('umount', [card]);
	spawnSync('/sbin/fsck.ext4', ['-y', image]);
	assert.equal(insert().status, 0);
	await stack.start('board');
	const next = await until('a dossier is taken in again', 30, async () => {
		clerk = await stack.clerk('canbo');
		return acceptDossier(clerk);
	});
	for (const one of [code, next.code]) assert.equal((await dossier(clerk, one)).status, 200);
	await stack.drained();
	stack.verifyBoth();
	clerk.close();
});
await run();
