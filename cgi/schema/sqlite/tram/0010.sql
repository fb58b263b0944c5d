-- Versioned documents that are data, not code: the catalogue of procedures and the calendar. Durable
-- beside the journal, which has the event that names each one's hash; a rebuild leaves them alone.
-- no: 1, 2 … as they came into force; 0: one that was brought and waits for a word.

CREATE TABLE document (
	board TEXT NOT NULL,
	kind TEXT NOT NULL,
	no INTEGER NOT NULL,
	version TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	content TEXT NOT NULL,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	summary TEXT NOT NULL,
	PRIMARY KEY (board, kind, no)
) STRICT;
CREATE INDEX document_version ON document (board, kind, version);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('document', 'sqlite_autoindex_document_1', '60 60 30 1'),
	('document', 'document_version', '60 60 30 1');
