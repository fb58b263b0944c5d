-- Money and shifts, projected from the events of dossiers and shifts; who takes the money (durable,
-- not in the journal).

ALTER TABLE book ADD COLUMN collector text COLLATE "C" NOT NULL DEFAULT '';

-- One row per fee.collected (0), fee.cancelled (1), fee.refunded (2).
CREATE TABLE money (
	board text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	dossier bytea NOT NULL,
	kind bigint NOT NULL,
	collected text COLLATE "C" NOT NULL,			-- the collection it speaks of; its own id where it is one
	at bigint NOT NULL,
	actor text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	method text COLLATE "C" NOT NULL,			-- how it came, or went back
	amount bigint NOT NULL,
	payer text COLLATE "C" NOT NULL,
	collector text COLLATE "C" NOT NULL,
	book text COLLATE "C" NOT NULL,			-- range of the receipt's number
	serial text COLLATE "C" NOT NULL,
	number text COLLATE "C" NOT NULL,
	reason text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, id)
);
CREATE INDEX money_dossier ON money (board, dossier, kind);
CREATE INDEX money_collected ON money (board, collected, kind);
CREATE INDEX money_time ON money (board, kind, at);
CREATE INDEX money_actor ON money (board, actor, seq);

CREATE TABLE shift (
	board text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	account text COLLATE "C" NOT NULL,
	counter text COLLATE "C" NOT NULL,
	opened_at bigint NOT NULL,
	opened_seq bigint NOT NULL,
	cash_before bigint NOT NULL,
	closed bigint NOT NULL,
	closed_at bigint NOT NULL,
	closed_seq bigint NOT NULL,
	cash bigint NOT NULL,			-- as counted
	expected bigint NOT NULL,			-- as the events said
	transfer bigint NOT NULL,
	receipts bigint NOT NULL,
	dossiers bigint NOT NULL,
	drafts bigint NOT NULL,
	originals bigint NOT NULL,
	successor text COLLATE "C" NOT NULL,
	note text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, id)
);
CREATE INDEX shift_account ON shift (board, account, closed, opened_seq);
CREATE INDEX shift_time ON shift (board, opened_at);

CREATE TABLE collector (
	board text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	tax_code text COLLATE "C" NOT NULL,
	address text COLLATE "C" NOT NULL,
	bank_bin text COLLATE "C" NOT NULL,			-- NAPAS number of the bank
	bank_name text COLLATE "C" NOT NULL,
	account_no text COLLATE "C" NOT NULL,
	account_name text COLLATE "C" NOT NULL,
	form text COLLATE "C" NOT NULL,			-- form and serial of its receipts, as last used
	serial text COLLATE "C" NOT NULL,
	used bigint NOT NULL,			-- 1: offered at the till
	updated_at bigint NOT NULL,
	PRIMARY KEY (board, id)
);

-- What is owed, and what must be given back: few among many.
CREATE INDEX dossier_owing ON dossier (board, received_at)
	WHERE fee_total > fee_paid AND state < 10;
CREATE INDEX dossier_overpaid ON dossier (board, received_at)
	WHERE fee_paid > 0 AND (state = 13 OR fee_paid > fee_total);
