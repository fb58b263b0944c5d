// disk_full.mjs: a disk of 24 MB that fills up under a board and its center. New dossiers are refused
// early, what was begun goes on, a full disk is a sentence; with room again all goes on by itself.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { test, run, skip, cleanup, until } from '../lib/check.mjs';
import { Stack, root } from '../lib/stack.mjs';
import { acceptDossier, startDraft, chooseProcedure, tickPapers, dossier, act } from '../lib/clerk.mjs';

const disk = path.join(root, 'build/test-data/disk-full');
const ballast = path.join(disk, 'ballast');
const stack = new Stack({ name: 'disk-full/data', ports: [9644, 9654],
	board: 'reserve_bytes = 6000000', center: 'reserve_bytes = 0' });
let mounted = false;
cleanup(async (failed) => {
	await stack.down(failed);
	if (mounted) spawnSync('umount', [disk]);
	rmSync(disk, { recursive: true, force: true });
});

const free = () => {
	const info = statfsSync(disk);
	return info.bavail * info.bsize;
};
// Fills the disk until `left` bytes are free.
function fill(left) {
	const file = openSync(ballast, 'a');
	try {
		while (free() > left) writeSync(file, Buffer.alloc(Math.min(65536, free() - left) || 1));
	} catch (error) {
		assert.equal(error.code, 'ENOSPC');
	} finally {
		closeSync(file);
	}
}
const saysFull = (answer) => {
	assert([500, 503, 507].includes(answer.status), `${answer.status} ${answer.text.slice(0, 300)}`);
	assert.match(answer.text, /đầy|chỗ trống|dung lượng/i, answer.text.slice(0, 300));
};
let clerk, first, second;
const draft = {};

test.must('a board and a center on a small disk', async () => {
	mkdirSync(disk, { recursive: true });
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status !== 0)
		skip('needs root to mount a small disk');
	mounted = true;
	await stack.up();
	clerk = stack.clerks();
	await clerk.login('canbo');
	first = await acceptDossier(clerk, { files: true });
	second = await acceptDossier(clerk, { procedure: '9.999001', files: true });
	await stack.drained();
});
test('a draft comes as far as its last page', async () => {
	draft.begun = await startDraft(clerk);
	draft.check = await tickPapers(clerk, await chooseProcedure(clerk, draft.begun, '2.000635'), true);
});
test('under the reserve: a new dossier is refused early, with its draft kept', async () => {
	fill(5000000);
	saysFull(await clerk.submit(draft.check, '/kiem-tra', {}, { follow: false }));
	const again = await clerk.get(`/ho-so/moi/${draft.begun.id}/kiem-tra`);
	assert.equal(again.status, 200);
});
test('under the reserve: what was begun goes on', async () => {
	await act(clerk, second.code, 'chuyen-tinh', { unit: 'Sở Tư pháp' });
});
test('a full disk: pages are shown, an act is refused in a sentence, nothing ends', async () => {
	fill(0);
	const before = stack.pids('board');
	assert.equal((await dossier(clerk, first.code)).status, 200);
	assert.equal((await clerk.get('/quay')).status, 200);
	// A few small acts may still find room in pages that are there already.
	let answer;
	for (let i = 0; i < 60; i++) {
		const page = await clerk.get(`/ho-so/${encodeURIComponent(first.code)}/ghi-chu`);
		assert.equal(page.status, 200, page.text.slice(0, 200));
		answer = await clerk.submit(page, 'ghi-chu', { text: `Ghi chú ${i} ${'x'.repeat(1800)}` },
			{ follow: false });
		if (answer.status !== 303) break;
	}
	saysFull(answer);
	// Over 64 kB lighttpd itself finds no room for the body.
	for (const size of [30000, 900000])
		saysFull(await clerk.submit(await clerk.get(`/ho-so/moi/${draft.begun.id}/giay-to`), '/tai-len/',
			{ add_name: '' }, { button: 'all', follow: false, files: [{ name: 'file.to-khai', filename: 'a.pdf',
				type: 'application/pdf', content: Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(size)]) }] }));
	assert.deepEqual(stack.pids('board'), before, 'no process ended');
});
test('what was accepted stays', () => {
	const run = stack.tram('board', ['verify']);
	assert.equal(run.status, 0, run.stdout + run.stderr);
});
test('with room again it recovers by itself', async () => {
	rmSync(ballast);
	const page = await clerk.get(`/ho-so/moi/${draft.begun.id}/kiem-tra`);
	const done = await clerk.submit(page, '/kiem-tra');
	assert.match(done.redirected ?? '', /\/xong$/, done.text.slice(0, 300));
	await until('the province has it', 60, async () =>
		/H27\./.test((await dossier(clerk, second.code)).text));
	await stack.drained(60);
	await until('both sides agree', 20, () => stack.verifyBoth());
	clerk.close();
});
await run();
