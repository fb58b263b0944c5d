-- Boards as officers see them: what a board says it runs; who revoked it, when and why; the label on the
-- box that enrolled, which no second box may bear. At the center alone.
ALTER TABLE link_board ADD COLUMN version text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN label text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN revoked_at bigint NOT NULL DEFAULT 0;
ALTER TABLE link_board ADD COLUMN revoked_by text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_board ADD COLUMN revoked_why text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX link_board_label ON link_board (label) WHERE label <> '';
