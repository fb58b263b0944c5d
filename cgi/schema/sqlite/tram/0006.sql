-- Files of old dossiers between the preview and the end of their import (store/takeover.h): durable
-- beside the journal, gone after 7 days.

CREATE TABLE import_file (
	board TEXT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	rows BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;
