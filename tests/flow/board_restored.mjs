// board_restored.mjs: a board put back from an old copy, and two machines with one identity: neither
// writes over what the center has; the reason is shown, the counter goes on, nothing is lost.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test, run, cleanup, until } from '../lib/check.mjs';
import { Stack } from '../lib/stack.mjs';
import { acceptDossier, dossier } from '../lib/clerk.mjs';

const stack = new Stack({ name: 'board-restored', ports: [9320, 9324] });
cleanup((failed) => stack.down(failed));
const db = path.join(stack.data, 'board/db');
const copy = path.join(stack.data, 'old-copy');
const health = () => JSON.parse(readFileSync(path.join(stack.data, 'board/health/health.json'), 'utf8'));
// With owner and mode.
const copyTo = (from, to) => assert.equal(spawnSync('cp', ['-a', from, to]).status, 0);
let clerk, early, late;

test.must('a copy, and dossiers that came after it', async () => {
	await stack.up();
	clerk = stack.clerks();
	await clerk.login('canbo');
	early = await acceptDossier(clerk);
	await stack.drained();
	await stack.stop('board');
	copyTo(db, copy);
	await stack.start('board');
	late = await acceptDossier(clerk);
	await stack.drained();
});
test('the old copy is put back: the center is not written over, and the reason is told', async () => {
	const before = stack.tram('center', ['verify']).stdout;
	await stack.stop('board');
	rmSync(db, { recursive: true });
	copyTo(copy, db);
	await stack.start('board');
	await until('told', 40, () => ['cloned', 'board-restored'].includes(health().reason) && health().link === 'down');
	await until('told what it is', 60, () => health().reason === 'board-restored');
	assert.equal(stack.tram('center', ['verify']).stdout, before);
});
test('the counter goes on, without the link', async () => {
	assert.equal((await dossier(clerk, early.code)).status, 200);
	const made = await acceptDossier(clerk);
	assert.equal((await dossier(clerk, made.code)).status, 200);
	assert.equal(stack.tram('board', ['verify']).status, 0);
});
test('grown past what the center has, it is a fork: still nothing is written over', async () => {
	const before = stack.tram('center', ['verify']).stdout;
	await acceptDossier(clerk);
	await acceptDossier(clerk);
	await until('told', 60, () => health().reason === 'fork' && health().link === 'down');
	assert.equal(stack.tram('center', ['verify']).stdout, before);
	clerk.close();
});
await run();
