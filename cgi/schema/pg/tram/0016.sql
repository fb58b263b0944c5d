-- The words dossiers are found by, and what the index holds of each (store/search_index.h): it follows
-- the journal to search_cursor. Local: neither compared nor rebuilt with the projections.
CREATE TABLE dossier_word (
	board text COLLATE "C" NOT NULL,
	word text COLLATE "C" NOT NULL,
	at bigint NOT NULL,			-- of the dossier's receipt, ms
	id bytea NOT NULL,
	PRIMARY KEY (board, word, at, id)
);
CREATE TABLE dossier_worded (
	board text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	at bigint NOT NULL,
	words text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, id)
);
CREATE TABLE search_cursor (
	board text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	PRIMARY KEY (board, author)
);
DROP INDEX dossier_words;
-- Lists are sorted without reading the dossiers.
DROP INDEX dossier_state;
CREATE INDEX dossier_state ON dossier (board, state, due_at, holder, level, has_due, code, id);
