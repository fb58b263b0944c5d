-- Versioned documents that are data, not code: the catalogue of procedures and the calendar. Durable
-- beside the journal, which has the event that names each one's hash; a rebuild leaves them alone.
-- no: 1, 2 … as they came into force; 0: one that was brought and waits for a word.

CREATE TABLE document (
	board text COLLATE "C" NOT NULL,
	kind text COLLATE "C" NOT NULL,
	no bigint NOT NULL,
	version text COLLATE "C" NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	content text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	actor text COLLATE "C" NOT NULL,
	summary text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, kind, no)
);
CREATE INDEX document_version ON document (board, kind, version);
