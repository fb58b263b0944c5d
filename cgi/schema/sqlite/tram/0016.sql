-- The words dossiers are found by, and what the index holds of each (store/search_index.h): it follows
-- the journal to search_cursor. Local: neither compared nor rebuilt with the projections.
CREATE TABLE dossier_word (
	board TEXT NOT NULL,
	word TEXT NOT NULL,
	at INTEGER NOT NULL,			-- of the dossier's receipt, ms
	id BLOB NOT NULL,
	PRIMARY KEY (board, word, at, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE dossier_worded (
	board TEXT NOT NULL,
	id BLOB NOT NULL,
	at INTEGER NOT NULL,
	words TEXT NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_cursor (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (board, author)
) STRICT, WITHOUT ROWID;
DROP INDEX dossier_words;
-- Lists are sorted without reading the dossiers.
DROP INDEX dossier_state;
CREATE INDEX dossier_state ON dossier (board, state, due_at, holder, level, has_due, code, id);
DELETE FROM sqlite_stat1 WHERE idx IN ('dossier_words', 'dossier_state');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('dossier_word', 'dossier_word', '200000 100000 20 1 1'),
	('dossier_worded', 'dossier_worded', '20000 10000 1'),
	('dossier', 'dossier_state', '20000 10000 800 2 2 2 2 1 1'),
	('search_cursor', 'search_cursor', '2 2 1');
