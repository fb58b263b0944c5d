// board_restored.mjs: a board put back from an old copy fetches its own events back and opens a new
// epoch; one that wrote on meanwhile writes over nothing, the reason is shown, the counter goes on.
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
test('the old copy is put back: the board fetches its own events and goes on in a new epoch', async () => {
	await stack.stop('board');
	rmSync(db, { recursive: true });
	copyTo(copy, db);
	await stack.start('board');
	await until('fetched', 90, () => /own events are back/.test(stack.log('board', 'forward')));
	clerk = stack.clerks();
	await clerk.login('canbo');
	await stack.drained(60);
	for (const made of [early, late]) assert.equal((await dossier(clerk, made.code)).status, 200, made.code);
	const made = await acceptDossier(clerk);
	await stack.drained(60);
	const [log] = stack.verifyBoth();
	assert.match(log[0], / board 2 /, 'a new epoch');
	assert.notEqual(made.code, late.code);
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
	const same = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(same.status, 0, same.stdout + same.stderr);
});
test('put back again, and written on while the link is down', async () => {
	const before = stack.tram('center', ['verify']).stdout;
	await stack.stop('center');
	await stack.stop('board');
	rmSync(db, { recursive: true });
	copyTo(copy, db);
	await stack.start('board');
	clerk = stack.clerks();
	await clerk.login('canbo');
	const made = await acceptDossier(clerk);
	assert.equal((await dossier(clerk, made.code)).status, 200);
	assert.equal(stack.tram('board', ['verify']).status, 0);
	await stack.start('center');
	await until('told', 90, () => health().link === 'down' && ['fork', 'hash'].includes(health().reason));
	assert.equal(stack.tram('center', ['verify']).stdout, before);
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
