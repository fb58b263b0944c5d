-- What stays of an erased body (body.erased, kept): counts, numbers and dates; and which event erased it
-- (author and seq; 0: not known, its event came without a body).
ALTER TABLE journal_erased ADD COLUMN kept TEXT NOT NULL DEFAULT '';
ALTER TABLE journal_erased ADD COLUMN by_author INTEGER NOT NULL DEFAULT 0;
ALTER TABLE journal_erased ADD COLUMN by_seq INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER journal_erased_no_update;
CREATE TRIGGER journal_erased_no_update BEFORE UPDATE ON journal_erased
WHEN OLD.by_seq <> 0 OR OLD.board <> NEW.board OR OLD.author <> NEW.author OR OLD.seq <> NEW.seq
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Contents that only an erased dossier named. Durable, beside blob: gone 0: its file is still to go. A
-- content that comes again has its row in blob again.
CREATE TABLE blob_erased (
	board TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	gone INTEGER NOT NULL,
	PRIMARY KEY (board, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_erased_left ON blob_erased (gone) WHERE gone = 0;

-- What names a dossier from another subject: a line of a book, a paper before its acceptance.
CREATE INDEX mark_names ON mark (board, ref)
	WHERE kind IN ('book.numbered', 'book.spoiled', 'intake.guided');

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('journal_erased', 'journal_erased', '200 200 100 1'),
	('blob_erased', 'blob_erased', '100 100 1'),
	('mark', 'mark_names', '40000 20000 2');
