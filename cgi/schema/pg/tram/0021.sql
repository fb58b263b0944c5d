-- Logs that came apart: a side was restored from an old copy and wrote on, or two machines had one
-- identity. Durable beside the journal; a rebuild leaves these tables alone.

-- A recorded branch. Its events stand in journal under a log of their own: 2, 4 … branches of the
-- board's log, 3, 5 … of the center's, the same number on both sides. position: seq of its
-- fork.recorded. arrivals: how many arrival numbers its events took; a row with the log's own number
-- counts those of events that were set aside.
CREATE TABLE journal_branch (
	board text COLLATE "C" NOT NULL,
	log bigint NOT NULL,
	position bigint NOT NULL,
	epoch bigint NOT NULL,
	first bigint NOT NULL,
	last bigint NOT NULL,
	kept bytea NOT NULL,
	branch bytea NOT NULL,
	arrivals bigint NOT NULL,
	at bigint NOT NULL,
	base bigint NOT NULL,
	PRIMARY KEY (board, log)
);

-- Projected: dossiers of which something was parked or is of a branch (store/project_order.c).
CREATE TABLE dossier_ordered (
	board text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	PRIMARY KEY (board, id)
);

-- An event leaves a log only when it stands in journal_fork, byte for byte, in the same write.
CREATE FUNCTION journal_leaves_for_fork() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT 1 FROM journal_fork f WHERE f.board = OLD.board AND f.author = OLD.author % 2
			AND f.seq = OLD.seq AND f.hash = OLD.hash AND f.header = OLD.header) THEN
		RAISE EXCEPTION 'the journal is append-only';
	END IF;
	RETURN OLD;
END $$;
DROP TRIGGER journal_no_change ON journal;
CREATE TRIGGER journal_no_change BEFORE UPDATE ON journal
	FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
	FOR EACH ROW EXECUTE FUNCTION journal_leaves_for_fork();
CREATE OR REPLACE FUNCTION journal_body_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT 1 FROM journal_erased e WHERE e.board = OLD.board
			AND e.author = OLD.author AND e.seq = OLD.seq)
		AND NOT EXISTS (SELECT 1 FROM journal_fork f WHERE f.board = OLD.board
			AND f.author = OLD.author % 2 AND f.seq = OLD.seq AND f.salt = OLD.salt
			AND f.body = OLD.body) THEN
		RAISE EXCEPTION 'a body goes only by an erase';
	END IF;
	RETURN OLD;
END $$;
CREATE FUNCTION journal_erased_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT 1 FROM journal_fork f WHERE f.board = OLD.board AND f.author = OLD.author % 2
			AND f.seq = OLD.seq AND f.body IS NULL) THEN
		RAISE EXCEPTION 'the journal is append-only';
	END IF;
	RETURN OLD;
END $$;
DROP TRIGGER journal_erased_no_change ON journal_erased;
CREATE TRIGGER journal_erased_no_change BEFORE UPDATE ON journal_erased
	FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_erased_no_delete BEFORE DELETE ON journal_erased
	FOR EACH ROW EXECUTE FUNCTION journal_erased_leaves();
CREATE OR REPLACE FUNCTION journal_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (NEW.seq < OLD.seq OR NEW.epoch < OLD.epoch) AND NOT EXISTS (SELECT 1 FROM journal_fork f
			WHERE f.board = OLD.board AND f.author = OLD.author AND f.seq = OLD.seq
			AND f.hash = OLD.hash) THEN
		RAISE EXCEPTION 'a head never goes back';
	END IF;
	RETURN NEW;
END $$;

-- Center: counters that a start of a board's forwarder said (counter_said: its first); fences; the epoch from which a board that
-- was let in again writes. counter_first > counter_last: none that nobody had said before.
ALTER TABLE link_instance ADD COLUMN counter_said bigint NOT NULL DEFAULT 0;
ALTER TABLE link_instance ADD COLUMN counter_first bigint NOT NULL DEFAULT 0;
ALTER TABLE link_instance ADD COLUMN counter_last bigint NOT NULL DEFAULT 0;
ALTER TABLE link_board ADD COLUMN fence_reason text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN fence_at bigint NOT NULL DEFAULT 0;
ALTER TABLE link_board ADD COLUMN fence_by text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN min_epoch bigint NOT NULL DEFAULT 0;

-- Board: the center's last signed word about the head of its own log, as proof for a center that was
-- restored. stale: a content's receipt by an epoch of the center that is over: it is offered again.
ALTER TABLE link_state ADD COLUMN feed_token text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE blob_receipt ADD COLUMN stale bigint NOT NULL DEFAULT 0;
CREATE INDEX blob_receipt_stale ON blob_receipt (board) WHERE stale = 1;
