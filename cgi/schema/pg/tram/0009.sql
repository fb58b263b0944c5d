-- Photos: what a content was made of. `made` names the page or the PDF that a manifest or draft names;
-- role original: the photo as it came (turn: quarters clockwise, warnings: bits of web/imaging.h), thumb:
-- its small picture, page: one page of a PDF, in order. None of these stands in a manifest; each stays
-- as long as what was made of it (promise 5).
CREATE TABLE blob_source (
	board text COLLATE "C" NOT NULL,
	made text COLLATE "C" NOT NULL,
	role text COLLATE "C" NOT NULL,
	position bigint NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	turn bigint NOT NULL,
	warnings bigint NOT NULL,
	PRIMARY KEY (board, made, role, position)
);
CREATE INDEX blob_source_of ON blob_source (board, sha256, role);

-- 1: scans that were begun for a dossier of the same id, after its acceptance.
ALTER TABLE draft ADD COLUMN scan bigint NOT NULL DEFAULT 0;

-- Papers that are there and have no scan yet.
ALTER TABLE dossier ADD COLUMN scans_missing bigint NOT NULL DEFAULT 0;
CREATE INDEX dossier_unscanned ON dossier (board, due_at)
	WHERE scans_missing > 0 AND holder = 0 AND state < 8;
