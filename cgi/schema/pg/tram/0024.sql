-- See sqlite/tram/0024.sql.
ALTER TABLE journal_erased ADD COLUMN kept text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE journal_erased ADD COLUMN by_author bigint NOT NULL DEFAULT 0;
ALTER TABLE journal_erased ADD COLUMN by_seq bigint NOT NULL DEFAULT 0;
CREATE FUNCTION journal_erased_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.by_seq <> 0 OR OLD.board <> NEW.board OR OLD.author <> NEW.author OR OLD.seq <> NEW.seq THEN
		RAISE EXCEPTION 'the journal is append-only';
	END IF;
	RETURN NEW;
END $$;
DROP TRIGGER journal_erased_no_change ON journal_erased;
CREATE TRIGGER journal_erased_no_change BEFORE UPDATE ON journal_erased
	FOR EACH ROW EXECUTE FUNCTION journal_erased_once();

CREATE TABLE blob_erased (
	board text COLLATE "C" NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	gone bigint NOT NULL,
	PRIMARY KEY (board, sha256)
);
CREATE INDEX blob_erased_left ON blob_erased (gone) WHERE gone = 0;

CREATE INDEX mark_names ON mark (board, ref)
	WHERE kind IN ('book.numbered', 'book.spoiled', 'intake.guided');
