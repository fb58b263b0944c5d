-- Papers that are to be printed and of which nobody has said yet that they came out: projected from
-- the board's own events, emptied and made anew by a rebuild. A row goes with the word "printed".
CREATE TABLE paper_waiting (
	board text COLLATE "C" NOT NULL,
	subject bytea NOT NULL,			-- a dossier, or an intake.guided
	paper text COLLATE "C" NOT NULL,	-- slip, or a word of paper.printed
	ref text COLLATE "C" NOT NULL,		-- of a slip and a receipt: which one
	at bigint NOT NULL,
	PRIMARY KEY (board, subject, paper, ref)
);
CREATE INDEX paper_waiting_at ON paper_waiting (board, at);

-- Last number of each series of papers ("12/HDHS") and year. Durable beside the journal, which can
-- only raise it: a number whose paper was erased must not come again.
CREATE TABLE paper_number (
	board text COLLATE "C" NOT NULL,
	series text COLLATE "C" NOT NULL,
	year bigint NOT NULL,
	last bigint NOT NULL,
	PRIMARY KEY (board, series, year)
);

CREATE INDEX draft_ticket ON draft (board, ticket) WHERE ticket <> '';
