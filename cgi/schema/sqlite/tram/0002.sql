-- Books of numbers (chứng thực, receipts) and what stands in them: projected from the events of a
-- book, emptied and made anew by a rebuild.

CREATE TABLE book (
	board TEXT NOT NULL,
	id BLOB NOT NULL,
	kind TEXT NOT NULL,
	medium TEXT NOT NULL,
	symbol TEXT NOT NULL,
	book_no TEXT NOT NULL,			-- the volume that is written in now
	year INTEGER NOT NULL,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,			-- last number given; -1 when not known
	range_end INTEGER NOT NULL,		-- 0: no end
	spoiled INTEGER NOT NULL,			-- how many numbers are marked so
	serial TEXT NOT NULL,
	form TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	closed INTEGER NOT NULL,
	closed_at INTEGER NOT NULL,
	total INTEGER NOT NULL,
	signer_name TEXT NOT NULL,
	signer_title TEXT NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_entry (
	board TEXT NOT NULL,
	book BLOB NOT NULL,
	number INTEGER NOT NULL,
	book_no TEXT NOT NULL,			-- the volume it stands in
	dossier BLOB NOT NULL,
	requester TEXT NOT NULL,
	requester_number TEXT NOT NULL,
	name TEXT NOT NULL,
	pages INTEGER NOT NULL,
	copies INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	signer_name TEXT NOT NULL,
	signer_title TEXT NOT NULL,
	signed_at INTEGER NOT NULL,
	spoiled INTEGER NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (board, book, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX book_entry_time ON book_entry (board, book, signed_at, number);
CREATE INDEX book_entry_dossier ON book_entry (board, dossier);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('book', 'book', '20 10 1'),
	('book_entry', 'book_entry', '20000 10000 2000 1'),
	('book_entry', 'book_entry_time', '20000 10000 2000 2 1'),
	('book_entry', 'book_entry_dossier', '20000 10000 2');
