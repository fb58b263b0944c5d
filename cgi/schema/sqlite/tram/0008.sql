-- Papers that are to be printed and of which nobody has said yet that they came out: projected from
-- the board's own events, emptied and made anew by a rebuild. A row goes with the word "printed".
CREATE TABLE paper_waiting (
	board TEXT NOT NULL,
	subject BLOB NOT NULL,			-- a dossier, or an intake.guided
	paper TEXT NOT NULL,			-- slip, or a word of paper.printed
	ref TEXT NOT NULL,			-- of a slip and a receipt: which one
	at INTEGER NOT NULL,
	PRIMARY KEY (board, subject, paper, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_waiting_at ON paper_waiting (board, at);

-- Last number of each series of papers ("12/HDHS") and year. Durable beside the journal, which can
-- only raise it: a number whose paper was erased must not come again.
CREATE TABLE paper_number (
	board TEXT NOT NULL,
	series TEXT NOT NULL,
	year INTEGER NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (board, series, year)
) STRICT, WITHOUT ROWID;

CREATE INDEX draft_ticket ON draft (board, ticket) WHERE ticket <> '';

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('paper_waiting', 'paper_waiting', '40 20 1 1 1'),
	('paper_waiting', 'paper_waiting_at', '40 20 1');
