-- Photos: what a content was made of. `made` names the page or the PDF that a manifest or draft names;
-- role original: the photo as it came (turn: quarters clockwise, warnings: bits of web/imaging.h), thumb:
-- its small picture, page: one page of a PDF, in order. None of these stands in a manifest; each stays
-- as long as what was made of it (promise 5).
CREATE TABLE blob_source (
	board TEXT NOT NULL,
	made TEXT NOT NULL,
	role TEXT NOT NULL,
	position INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	turn INTEGER NOT NULL,
	warnings INTEGER NOT NULL,
	PRIMARY KEY (board, made, role, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_source_of ON blob_source (board, sha256, role);

-- 1: scans that were begun for a dossier of the same id, after its acceptance.
ALTER TABLE draft ADD COLUMN scan INTEGER NOT NULL DEFAULT 0;

-- Papers that are there and have no scan yet.
ALTER TABLE dossier ADD COLUMN scans_missing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX dossier_unscanned ON dossier (board, due_at)
	WHERE scans_missing > 0 AND holder = 0 AND state < 8;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('blob_source', 'blob_source', '60000 30000 2 1 1'),
	('blob_source', 'blob_source_of', '60000 30000 1 1'),
	('dossier', 'dossier_unscanned', '400 200 1');
