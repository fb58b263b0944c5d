-- Names of the people in board_reading, as their board last reported them, at the center alone.
CREATE TABLE board_reader (
	board TEXT NOT NULL,
	account TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (board, account)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('board_reader', 'board_reader', '700 10 1');
