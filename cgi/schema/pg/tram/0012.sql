-- Originals in keeping: what was kept (count > 0) and given back (count < 0), a row per paper and
-- event. source 0: of the dossier's list of papers, replaced whole with it; 1: of a note.
CREATE TABLE original_move (
	board text COLLATE "C" NOT NULL,
	dossier bytea NOT NULL,
	event bytea NOT NULL,
	no bigint NOT NULL,
	source bigint NOT NULL,
	name text COLLATE "C" NOT NULL,
	count bigint NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (board, dossier, event, no)
);

-- Their sum, where something is still here: few rows, which sheets and lists read whole.
CREATE TABLE original_kept (
	board text COLLATE "C" NOT NULL,
	dossier bytea NOT NULL,
	name text COLLATE "C" NOT NULL,
	count bigint NOT NULL,
	since bigint NOT NULL,
	PRIMARY KEY (board, dossier, name)
);
CREATE INDEX original_kept_since ON original_kept (board, since);
