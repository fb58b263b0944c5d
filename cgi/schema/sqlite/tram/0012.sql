-- Originals in keeping: what was kept (count > 0) and given back (count < 0), a row per paper and
-- event. source 0: of the dossier's list of papers, replaced whole with it; 1: of a note.
CREATE TABLE original_move (
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	event BLOB NOT NULL,
	no INTEGER NOT NULL,
	source INTEGER NOT NULL,
	name TEXT NOT NULL,
	count INTEGER NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (board, dossier, event, no)
) STRICT, WITHOUT ROWID;

-- Their sum, where something is still here: few rows, which sheets and lists read whole.
CREATE TABLE original_kept (
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	name TEXT NOT NULL,
	count INTEGER NOT NULL,
	since INTEGER NOT NULL,
	PRIMARY KEY (board, dossier, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX original_kept_since ON original_kept (board, since);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('original_move', 'original_move', '4000 2000 2 1 1'),
	('original_kept', 'original_kept', '200 100 2 1'),
	('original_kept', 'original_kept_since', '200 100 1');
