-- The register's columns, the day's tickets and counters, ratings, and the sheets of closed days:
-- projected from the journal, emptied and made anew by a rebuild.

ALTER TABLE dossier ADD COLUMN clerk TEXT NOT NULL DEFAULT '';	-- who took it in
ALTER TABLE dossier ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN locality TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN sets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN forwarded_at INTEGER NOT NULL DEFAULT 0;

-- The register by month: its filters are answered from the index, its pages begin at a key.
CREATE INDEX dossier_register ON dossier (board, received_at, id, state, origin, channel, procedure,
	clerk);

-- state: 0 waits, 1 called, 2 absent, 3 done.
CREATE TABLE ticket (
	board TEXT NOT NULL,
	day INTEGER NOT NULL,			-- 20261124, local
	number TEXT NOT NULL,
	queue TEXT NOT NULL,
	priority TEXT NOT NULL,
	state INTEGER NOT NULL,
	counter TEXT NOT NULL,			-- that called it, or that it waits for alone
	issued_at INTEGER NOT NULL,
	called_at INTEGER NOT NULL,
	done_at INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	seq INTEGER NOT NULL,			-- of its newest event
	PRIMARY KEY (board, day, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_state ON ticket (board, day, state, counter);
CREATE INDEX ticket_seq ON ticket (board, seq);

-- Counters that pause; the newest word of a counter counts.
CREATE TABLE counter (
	board TEXT NOT NULL,
	name TEXT NOT NULL,
	shift BLOB NOT NULL,
	paused INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	at INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (board, name, shift)
) STRICT, WITHOUT ROWID;

CREATE TABLE rating (
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	level TEXT NOT NULL,
	answers TEXT NOT NULL,			-- a digit per index, "-" for none
	at INTEGER NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (board, dossier)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_at ON rating (board, at, level, answers);

CREATE TABLE day_close (
	board TEXT NOT NULL,
	number INTEGER NOT NULL,		-- of the sheet: 1, 2 …
	day INTEGER NOT NULL,
	seq INTEGER NOT NULL,			-- of the event
	head_seq INTEGER NOT NULL,		-- the journal's head that the sheet carries
	head_hash TEXT NOT NULL,
	actor TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (board, number)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('dossier', 'dossier_register', '20000 10000 2 1 1 1 1 1 1'),
	('ticket', 'ticket', '20000 10000 100 1'),
	('ticket', 'ticket_state', '20000 10000 100 30 5'),
	('ticket', 'ticket_seq', '20000 10000 1'),
	('rating', 'rating', '20000 10000 1'),
	('rating', 'rating_at', '20000 10000 1 1 1'),
	('day_close', 'day_close', '400 200 1');
