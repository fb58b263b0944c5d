// ledger.mjs: what the journal of a board says, read with sqlite3 and added up the slow, simple way, to
// hold the pages and tables against.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

// stack: whose board. A method each: rows of a query, events in order, the money of them.
export class Ledger {
	constructor(stack) {
		this.file = path.join(stack.data, 'board/db/tram.db');
	}
	rows(sql) {
		const out = spawnSync('sqlite3', ['-readonly', '-json', this.file, sql], { encoding: 'utf8', maxBuffer: 1 << 28 });
		assert.equal(out.status, 0, out.stderr);
		return JSON.parse(out.stdout || '[]');
	}
	// The few lines of the header that matter, and the body.
	events() {
		return this.rows(`SELECT CAST(j.header AS TEXT) AS header, CAST(b.body AS TEXT) AS body FROM journal j
			JOIN journal_body b ON b.board = j.board AND b.author = j.author AND b.seq = j.seq ORDER BY j.seq`)
			.map(({ header, body }) => {
				const line = (name) => new RegExp(`^${name} (.*)$`, 'm').exec(header)[1].split(' ');
				return { id: line('id')[0], subject: line('subject')[1], kind: line('kind')[0], actor: line('actor')[0],
					body: JSON.parse(body) };
			});
	}
	// What stands, what went back, which numbers: with nothing but additions.
	money() {
		const collections = new Map(), sums = { cash: 0, transfer: 0, back: 0 };
		const numbers = [], cancelled = [];
		for (const { kind, id, subject, body } of this.events()) {
			if (kind === 'fee.collected') {
				collections.set(id, { dossier: subject, left: body.total });
				sums[body.method] += body.total;
				if (body.receipt) numbers.push(Number(body.receipt.number));
			} else if (kind === 'fee.cancelled') {
				sums.back += collections.get(body.collected).left;
				collections.get(body.collected).left = 0;
			} else if (kind === 'fee.refunded') {
				sums.back += body.amount;
				collections.get(body.collected).left -= body.amount;
			} else if (kind === 'receipt.cancelled') {
				cancelled.push(Number(body.receipt.number));
			}
		}
		const paid = new Map();
		for (const { dossier: id, left } of collections.values()) {
			assert(left >= 0, 'never more went back than came');
			paid.set(id, (paid.get(id) ?? 0) + left);
		}
		return { paid, sums, numbers, cancelled };
	}
}
