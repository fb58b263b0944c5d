-- Files of old dossiers between the preview and the end of their import (store/takeover.h): durable
-- beside the journal, gone after 7 days.

CREATE TABLE import_file (
	board text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	rows bytea NOT NULL,
	created_at bigint NOT NULL,
	PRIMARY KEY (board, id)
);
