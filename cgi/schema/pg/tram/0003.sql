-- How a dossier came here (enum dossier_origin of store/dossier.h), the number and office it had
-- before, and the system of somebody else that it has to be keyed into.

ALTER TABLE dossier ADD COLUMN origin bigint NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN old_code text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN old_agency text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN target_system text COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX dossier_origin ON dossier (board, origin, board_seq) WHERE origin > 0;
CREATE INDEX dossier_old_code ON dossier (board, old_code) WHERE old_code <> '';
-- Still to be keyed into another system; what is over needs no keying.
CREATE INDEX dossier_to_key ON dossier (board, target_system, received_at)
	WHERE target_system <> '' AND external = '' AND state < 9;
-- Results that wait, the longest waiting first.
CREATE INDEX dossier_waiting ON dossier (board, finished_at) WHERE state = 8;

