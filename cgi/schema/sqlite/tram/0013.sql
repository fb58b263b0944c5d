-- The stick and letting go. Contents are counted as they come to the center (no, per board): what a
-- verified copy holds is said by one number, whatever the clocks do.

ALTER TABLE blob_receipt ADD COLUMN center_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE blob_receipt ADD COLUMN no INTEGER NOT NULL DEFAULT 0;
-- Board: 0 the content may be here, 1 its file is to go, 2 it is gone and stands at the center.
ALTER TABLE blob_receipt ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX blob_receipt_no ON blob_receipt (board, no) WHERE gone < 2;

-- The newest copy of each name that the center announced: projected from copy.verified.
CREATE TABLE center_copy (
	board TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	copy TEXT NOT NULL,
	seq INTEGER NOT NULL,			-- of the event, in the center's log
	contents INTEGER NOT NULL,		-- contents 1 … of this board are in it
	taken_at INTEGER NOT NULL,
	verified_at INTEGER NOT NULL,
	PRIMARY KEY (board, epoch, copy)
) STRICT, WITHOUT ROWID;

-- Center: what a board said on its last stick, for the return: JSON.
ALTER TABLE link_board ADD COLUMN stick TEXT NOT NULL DEFAULT '';

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('blob_receipt', 'blob_receipt_no', '60000 30000 1');
