-- What waits for somebody's answer, and the lists by which papers change hands: projected from the
-- journal, emptied and made anew by a rebuild.

-- kind: question, proposal, request (a note that another note answers); turned (came back to who had
-- it); delivery (how the result leaves, when not over this counter).
CREATE TABLE pending (
	board text COLLATE "C" NOT NULL,
	id bytea NOT NULL,			-- the event
	subject bytea NOT NULL,
	kind text COLLATE "C" NOT NULL,
	word text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,			-- whom it is for
	actor text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	at bigint NOT NULL,
	done bigint NOT NULL,			-- 0 open, 1 answered with yes, 2 with no
	done_at bigint NOT NULL,
	done_author bigint NOT NULL,
	PRIMARY KEY (board, id)
);
CREATE INDEX pending_kind ON pending (board, kind, done, at, word);
CREATE INDEX pending_subject ON pending (board, subject, kind);

-- One row per dossier of a list. got: 0 on the way, 1 received, 2 noted as missing.
CREATE TABLE handover (
	board text COLLATE "C" NOT NULL,
	list text COLLATE "C" NOT NULL,
	id bytea NOT NULL,			-- the event handover.given
	subject bytea NOT NULL,
	what text COLLATE "C" NOT NULL,
	giver text COLLATE "C" NOT NULL,
	taker text COLLATE "C" NOT NULL,
	carrier text COLLATE "C" NOT NULL,
	tracking text COLLATE "C" NOT NULL,
	actor text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	at bigint NOT NULL,
	got bigint NOT NULL,
	got_by text COLLATE "C" NOT NULL,
	got_at bigint NOT NULL,
	got_author bigint NOT NULL,
	got_seq bigint NOT NULL,
	missing text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, list, id)
);
CREATE INDEX handover_event ON handover (board, id);
CREATE INDEX handover_subject ON handover (board, subject, at);
CREATE INDEX handover_open ON handover (board, list, got) WHERE got <> 1;

