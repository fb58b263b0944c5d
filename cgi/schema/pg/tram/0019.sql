-- Blocks of numbers that a book gave to another point or took from it: what is missing in its running
-- number stands there (given = 1), what it may give comes from there (given = 0).
CREATE TABLE book_block (
	board text COLLATE "C" NOT NULL,
	book bytea NOT NULL,
	first bigint NOT NULL,
	last bigint NOT NULL,
	given bigint NOT NULL,
	point text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (board, book, first)
);
