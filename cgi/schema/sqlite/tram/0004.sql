-- What waits for somebody's answer, and the lists by which papers change hands: projected from the
-- journal, emptied and made anew by a rebuild.

-- kind: question, proposal, request (a note that another note answers); turned (came back to who had
-- it); delivery (how the result leaves, when not over this counter).
CREATE TABLE pending (
	board TEXT NOT NULL,
	id BLOB NOT NULL,			-- the event
	subject BLOB NOT NULL,
	kind TEXT NOT NULL,
	word TEXT NOT NULL,
	account TEXT NOT NULL,			-- whom it is for
	actor TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	at INTEGER NOT NULL,
	done INTEGER NOT NULL,			-- 0 open, 1 answered with yes, 2 with no
	done_at INTEGER NOT NULL,
	done_author INTEGER NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_kind ON pending (board, kind, done, at, word);
CREATE INDEX pending_subject ON pending (board, subject, kind);

-- One row per dossier of a list. got: 0 on the way, 1 received, 2 noted as missing.
CREATE TABLE handover (
	board TEXT NOT NULL,
	list TEXT NOT NULL,
	id BLOB NOT NULL,			-- the event handover.given
	subject BLOB NOT NULL,
	what TEXT NOT NULL,
	giver TEXT NOT NULL,
	taker TEXT NOT NULL,
	carrier TEXT NOT NULL,
	tracking TEXT NOT NULL,
	actor TEXT NOT NULL,
	author INTEGER NOT NULL,
	at INTEGER NOT NULL,
	got INTEGER NOT NULL,
	got_by TEXT NOT NULL,
	got_at INTEGER NOT NULL,
	got_author INTEGER NOT NULL,
	got_seq INTEGER NOT NULL,
	missing TEXT NOT NULL,
	PRIMARY KEY (board, list, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX handover_event ON handover (board, id);
CREATE INDEX handover_subject ON handover (board, subject, at);
CREATE INDEX handover_open ON handover (board, list, got) WHERE got <> 1;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('pending', 'pending', '4000 2000 1'),
	('pending', 'pending_kind', '4000 2000 400 200 40 1'),
	('pending', 'pending_subject', '4000 2000 2 1'),
	('handover', 'handover', '20000 10000 10 1'),
	('handover', 'handover_event', '20000 10000 1'),
	('handover', 'handover_subject', '20000 10000 2 1'),
	('handover', 'handover_open', '200 100 10 10');
