-- See sqlite/tram/0023.sql.
ALTER TABLE link_state ADD COLUMN fenced text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_state ADD COLUMN fenced_at bigint NOT NULL DEFAULT 0;
