// twin.mjs: one board's folder on a second machine.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

// The folder as it is, of a stopped board: only where it lies and its ports differ.
export function cloneBoard(from, to) {
	const source = path.join(from.data, 'board'), target = path.join(to.data, 'board');
	rmSync(to.data, { recursive: true, force: true });
	mkdirSync(to.data, { recursive: true });
	assert.equal(spawnSync('cp', ['-a', source, target]).status, 0);
	const change = [`s|${source}|${target}|g`, ...[0, 1, 2].map((n) => `s|\\b${from.boardPort + n}\\b|${to.boardPort + n}|g`)].join(';');
	execFileSync('sed', ['-i', change, ...['plan', 'tram.conf', 'lighttpd/common.conf', 'lighttpd/board.conf'].map((name) => path.join(target, name))]);
	execFileSync('chmod', ['644', path.join(target, 'tram.conf')]);
	rmSync(path.join(target, 'pid'), { recursive: true });
	mkdirSync(path.join(target, 'pid'));
}
