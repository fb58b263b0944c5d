-- Blocks of numbers that a book gave to another point or took from it: what is missing in its running
-- number stands there (given = 1), what it may give comes from there (given = 0).
CREATE TABLE book_block (
	board TEXT NOT NULL,
	book BLOB NOT NULL,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	given INTEGER NOT NULL,
	point TEXT NOT NULL,			-- the other one
	at INTEGER NOT NULL,
	PRIMARY KEY (board, book, first)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('book_block', 'book_block', '20 10 4 1');
