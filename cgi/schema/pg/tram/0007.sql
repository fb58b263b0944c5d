-- The register's columns, the day's tickets and counters, ratings, and the sheets of closed days:
-- projected from the journal, emptied and made anew by a rebuild.

ALTER TABLE dossier ADD COLUMN clerk text COLLATE "C" NOT NULL DEFAULT '';	-- who took it in
ALTER TABLE dossier ADD COLUMN address text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN locality text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN delivery text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN sets bigint NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN forwarded_at bigint NOT NULL DEFAULT 0;

-- The register by month: its filters are answered from the index, its pages begin at a key.
CREATE INDEX dossier_register ON dossier (board, received_at, id, state, origin, channel, procedure,
	clerk);

-- state: 0 waits, 1 called, 2 absent, 3 done.
CREATE TABLE ticket (
	board text COLLATE "C" NOT NULL,
	day bigint NOT NULL,			-- 20261124, local
	number text COLLATE "C" NOT NULL,
	queue text COLLATE "C" NOT NULL,
	priority text COLLATE "C" NOT NULL,
	state bigint NOT NULL,
	counter text COLLATE "C" NOT NULL,			-- that called it, or that it waits for alone
	issued_at bigint NOT NULL,
	called_at bigint NOT NULL,
	done_at bigint NOT NULL,
	calls bigint NOT NULL,
	seq bigint NOT NULL,			-- of its newest event
	PRIMARY KEY (board, day, number)
);
CREATE INDEX ticket_state ON ticket (board, day, state, counter);
CREATE INDEX ticket_seq ON ticket (board, seq);

-- Counters that pause; the newest word of a counter counts.
CREATE TABLE counter (
	board text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	shift bytea NOT NULL,
	paused bigint NOT NULL,
	until_at bigint NOT NULL,
	at bigint NOT NULL,
	seq bigint NOT NULL,
	PRIMARY KEY (board, name, shift)
);

CREATE TABLE rating (
	board text COLLATE "C" NOT NULL,
	dossier bytea NOT NULL,
	level text COLLATE "C" NOT NULL,
	answers text COLLATE "C" NOT NULL,			-- a digit per index, "-" for none
	at bigint NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	PRIMARY KEY (board, dossier)
);
CREATE INDEX rating_at ON rating (board, at, level, answers);

CREATE TABLE day_close (
	board text COLLATE "C" NOT NULL,
	number bigint NOT NULL,		-- of the sheet: 1, 2 …
	day bigint NOT NULL,
	seq bigint NOT NULL,			-- of the event
	head_seq bigint NOT NULL,		-- the journal's head that the sheet carries
	head_hash text COLLATE "C" NOT NULL,
	actor text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (board, number)
);
