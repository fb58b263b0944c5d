-- Logs that came apart: a side was restored from an old copy and wrote on, or two machines had one
-- identity. Durable beside the journal; a rebuild leaves these tables alone.

-- A recorded branch. Its events stand in journal under a log of their own: 2, 4 … branches of the
-- board's log, 3, 5 … of the center's, the same number on both sides. position: seq of its
-- fork.recorded. arrivals: how many arrival numbers its events took; a row with the log's own number
-- counts those of events that were set aside.
CREATE TABLE journal_branch (
	board TEXT NOT NULL,
	log INTEGER NOT NULL,
	position INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	kept BLOB NOT NULL,			-- hash of the event at first in the log that goes on
	branch BLOB NOT NULL,			-- hash of the branch's last event
	arrivals INTEGER NOT NULL,
	at INTEGER NOT NULL,
	base INTEGER NOT NULL,			-- arrival number before its first event's
	PRIMARY KEY (board, log)
) STRICT, WITHOUT ROWID;

-- Projected: dossiers of which something was parked or is of a branch (store/project_order.c).
CREATE TABLE dossier_ordered (
	board TEXT NOT NULL,
	id BLOB NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;

-- An event leaves a log only when it stands in journal_fork, byte for byte, in the same write.
DROP TRIGGER journal_no_delete;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
WHEN NOT EXISTS (SELECT 1 FROM journal_fork f WHERE f.board = OLD.board AND f.author = OLD.author % 2
		AND f.seq = OLD.seq AND f.hash = OLD.hash AND f.header = OLD.header)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
DROP TRIGGER journal_body_erase_only;
CREATE TRIGGER journal_body_erase_only BEFORE DELETE ON journal_body
WHEN NOT EXISTS (SELECT 1 FROM journal_erased e WHERE e.board = OLD.board
		AND e.author = OLD.author AND e.seq = OLD.seq)
	AND NOT EXISTS (SELECT 1 FROM journal_fork f WHERE f.board = OLD.board AND f.author = OLD.author % 2
		AND f.seq = OLD.seq AND f.salt = OLD.salt AND f.body = OLD.body)
BEGIN SELECT RAISE(ABORT, 'a body goes only by an erase'); END;
DROP TRIGGER journal_erased_no_delete;
CREATE TRIGGER journal_erased_no_delete BEFORE DELETE ON journal_erased
WHEN NOT EXISTS (SELECT 1 FROM journal_fork f WHERE f.board = OLD.board AND f.author = OLD.author % 2
		AND f.seq = OLD.seq AND f.body IS NULL)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
DROP TRIGGER journal_head_forward;
CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head
WHEN (NEW.seq < OLD.seq OR NEW.epoch < OLD.epoch) AND NOT EXISTS (SELECT 1 FROM journal_fork f
		WHERE f.board = OLD.board AND f.author = OLD.author AND f.seq = OLD.seq AND f.hash = OLD.hash)
BEGIN SELECT RAISE(ABORT, 'a head never goes back'); END;

-- Center: counters that a start of a board's forwarder said (counter_said: its first); fences; the epoch from which a board that
-- was let in again writes. counter_first > counter_last: none that nobody had said before.
ALTER TABLE link_instance ADD COLUMN counter_said INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_instance ADD COLUMN counter_first INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_instance ADD COLUMN counter_last INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_board ADD COLUMN fence_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN fence_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_board ADD COLUMN fence_by TEXT NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN min_epoch INTEGER NOT NULL DEFAULT 0;

-- Board: the center's last signed word about the head of its own log, as proof for a center that was
-- restored. stale: a content's receipt by an epoch of the center that is over: it is offered again.
ALTER TABLE link_state ADD COLUMN feed_token TEXT NOT NULL DEFAULT '';
ALTER TABLE blob_receipt ADD COLUMN stale INTEGER NOT NULL DEFAULT 0;
CREATE INDEX blob_receipt_stale ON blob_receipt (board) WHERE stale = 1;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('journal_branch', 'journal_branch', '4 2 1'),
	('dossier_ordered', 'dossier_ordered', '20 10 1');
