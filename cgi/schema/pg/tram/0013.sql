-- The stick and letting go. Contents are counted as they come to the center (no, per board): what a
-- verified copy holds is said by one number, whatever the clocks do.

ALTER TABLE blob_receipt ADD COLUMN center_epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE blob_receipt ADD COLUMN no bigint NOT NULL DEFAULT 0;
-- Board: 0 the content may be here, 1 its file is to go, 2 it is gone and stands at the center.
ALTER TABLE blob_receipt ADD COLUMN gone bigint NOT NULL DEFAULT 0;
CREATE INDEX blob_receipt_no ON blob_receipt (board, no) WHERE gone < 2;

-- The newest copy of each name that the center announced: projected from copy.verified.
CREATE TABLE center_copy (
	board text COLLATE "C" NOT NULL,
	epoch bigint NOT NULL,
	copy text COLLATE "C" NOT NULL,
	seq bigint NOT NULL,			-- of the event, in the center's log
	contents bigint NOT NULL,		-- contents 1 … of this board are in it
	taken_at bigint NOT NULL,
	verified_at bigint NOT NULL,
	PRIMARY KEY (board, epoch, copy)
);

-- Center: what a board said on its last stick, for the return: JSON.
ALTER TABLE link_board ADD COLUMN stick text COLLATE "C" NOT NULL DEFAULT '';
