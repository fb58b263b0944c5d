-- Access records of the boards, at the center alone (PROTOCOL §15): who read whose data, as each board
-- wrote it; no names. Kept 12 months (NĐ 333/2026). Not projected: they stand beside the journal.
CREATE TABLE board_reading (
	board TEXT NOT NULL,
	log TEXT NOT NULL,
	no INTEGER NOT NULL,
	at INTEGER NOT NULL,
	account TEXT NOT NULL,
	route TEXT NOT NULL,
	subject TEXT NOT NULL,
	place TEXT NOT NULL,
	ground INTEGER NOT NULL,
	PRIMARY KEY (board, log, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX board_reading_time ON board_reading (board, at, account, ground, subject);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('board_reading', 'board_reading', '400000 200000 200000 1'),
	('board_reading', 'board_reading_time', '400000 200000 2 1 1 1');
