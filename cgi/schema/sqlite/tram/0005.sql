-- Money and shifts, projected from the events of dossiers and shifts; who takes the money (durable,
-- not in the journal).

ALTER TABLE book ADD COLUMN collector TEXT NOT NULL DEFAULT '';

-- One row per fee.collected (0), fee.cancelled (1), fee.refunded (2).
CREATE TABLE money (
	board TEXT NOT NULL,
	id BLOB NOT NULL,
	dossier BLOB NOT NULL,
	kind INTEGER NOT NULL,
	collected TEXT NOT NULL,			-- the collection it speaks of; its own id where it is one
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	method TEXT NOT NULL,			-- how it came, or went back
	amount INTEGER NOT NULL,
	payer TEXT NOT NULL,
	collector TEXT NOT NULL,
	book TEXT NOT NULL,			-- range of the receipt's number
	serial TEXT NOT NULL,
	number TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX money_dossier ON money (board, dossier, kind);
CREATE INDEX money_collected ON money (board, collected, kind);
CREATE INDEX money_time ON money (board, kind, at);
CREATE INDEX money_actor ON money (board, actor, seq);

CREATE TABLE shift (
	board TEXT NOT NULL,
	id BLOB NOT NULL,
	account TEXT NOT NULL,
	counter TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	opened_seq INTEGER NOT NULL,
	cash_before INTEGER NOT NULL,
	closed INTEGER NOT NULL,
	closed_at INTEGER NOT NULL,
	closed_seq INTEGER NOT NULL,
	cash INTEGER NOT NULL,			-- as counted
	expected INTEGER NOT NULL,			-- as the events said
	transfer INTEGER NOT NULL,
	receipts INTEGER NOT NULL,
	dossiers INTEGER NOT NULL,
	drafts INTEGER NOT NULL,
	originals INTEGER NOT NULL,
	successor TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX shift_account ON shift (board, account, closed, opened_seq);
CREATE INDEX shift_time ON shift (board, opened_at);

CREATE TABLE collector (
	board TEXT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	tax_code TEXT NOT NULL,
	address TEXT NOT NULL,
	bank_bin TEXT NOT NULL,			-- NAPAS number of the bank
	bank_name TEXT NOT NULL,
	account_no TEXT NOT NULL,
	account_name TEXT NOT NULL,
	form TEXT NOT NULL,			-- form and serial of its receipts, as last used
	serial TEXT NOT NULL,
	used INTEGER NOT NULL,			-- 1: offered at the till
	updated_at INTEGER NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;

-- What is owed, and what must be given back: few among many.
CREATE INDEX dossier_owing ON dossier (board, received_at)
	WHERE fee_total > fee_paid AND state < 10;
CREATE INDEX dossier_overpaid ON dossier (board, received_at)
	WHERE fee_paid > 0 AND (state = 13 OR fee_paid > fee_total);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('money', 'money', '20000 10000 1'),
	('money', 'money_dossier', '20000 10000 1 1'),
	('money', 'money_collected', '20000 10000 2 1'),
	('money', 'money_time', '20000 10000 6000 1'),
	('money', 'money_actor', '20000 10000 2000 1'),
	('shift', 'shift', '2000 1000 1'),
	('shift', 'shift_account', '2000 1000 200 100 1'),
	('shift', 'shift_time', '2000 1000 1'),
	('collector', 'collector', '3 2 1'),
	('dossier', 'dossier_owing', '200 100 1'),
	('dossier', 'dossier_overpaid', '20 10 1');
