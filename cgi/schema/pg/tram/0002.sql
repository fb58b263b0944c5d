-- Books of numbers (chứng thực, receipts) and what stands in them: projected from the events of a
-- book, emptied and made anew by a rebuild.

CREATE TABLE book (
	board text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	kind text COLLATE "C" NOT NULL,
	medium text COLLATE "C" NOT NULL,
	symbol text COLLATE "C" NOT NULL,
	book_no text COLLATE "C" NOT NULL,			-- the volume that is written in now
	year bigint NOT NULL,
	first bigint NOT NULL,
	last bigint NOT NULL,			-- last number given; -1 when not known
	range_end bigint NOT NULL,		-- 0: no end
	spoiled bigint NOT NULL,			-- how many numbers are marked so
	serial text COLLATE "C" NOT NULL,
	form text COLLATE "C" NOT NULL,
	opened_at bigint NOT NULL,
	closed bigint NOT NULL,
	closed_at bigint NOT NULL,
	total bigint NOT NULL,
	signer_name text COLLATE "C" NOT NULL,
	signer_title text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, id)
);

CREATE TABLE book_entry (
	board text COLLATE "C" NOT NULL,
	book bytea NOT NULL,
	number bigint NOT NULL,
	book_no text COLLATE "C" NOT NULL,			-- the volume it stands in
	dossier bytea NOT NULL,
	requester text COLLATE "C" NOT NULL,
	requester_number text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	pages bigint NOT NULL,
	copies bigint NOT NULL,
	amount bigint NOT NULL,
	signer_name text COLLATE "C" NOT NULL,
	signer_title text COLLATE "C" NOT NULL,
	signed_at bigint NOT NULL,
	spoiled bigint NOT NULL,
	reason text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, book, number)
);
CREATE INDEX book_entry_time ON book_entry (board, book, signed_at, number);
CREATE INDEX book_entry_dossier ON book_entry (board, dossier);
