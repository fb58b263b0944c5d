-- Boards as officers see them: what a board says it runs; who revoked it, when and why; the label on the
-- box that enrolled, which no second box may bear. At the center alone.
ALTER TABLE link_board ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN revoked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_board ADD COLUMN revoked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN revoked_why TEXT NOT NULL DEFAULT '';
CREATE INDEX link_board_label ON link_board (label) WHERE label <> '';
