-- Board: the province shut this machine out, by its last signed hello: 'cloned' or 'officer'; '': it did not.
ALTER TABLE link_state ADD COLUMN fenced TEXT NOT NULL DEFAULT '';
ALTER TABLE link_state ADD COLUMN fenced_at INTEGER NOT NULL DEFAULT 0;
