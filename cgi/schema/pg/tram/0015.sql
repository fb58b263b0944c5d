-- Access records of the boards (PROTOCOL §15): who read whose data, as each board wrote it; no names.
-- Kept 12 months (NĐ 333/2026). Not projected: they stand beside the journal.
CREATE TABLE board_reading (
	board text COLLATE "C" NOT NULL,
	log text COLLATE "C" NOT NULL,
	no bigint NOT NULL,
	at bigint NOT NULL,
	account text COLLATE "C" NOT NULL,
	route text COLLATE "C" NOT NULL,
	subject text COLLATE "C" NOT NULL,
	place text COLLATE "C" NOT NULL,
	ground bigint NOT NULL,
	PRIMARY KEY (board, log, no)
);
CREATE INDEX board_reading_time ON board_reading (board, at, account, ground, subject);
