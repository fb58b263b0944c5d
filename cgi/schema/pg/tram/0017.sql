-- Counts, and what is on its way, are read without the dossiers themselves.
DROP INDEX dossier_unscanned;
CREATE INDEX dossier_unscanned ON dossier (board, due_at, scans_missing, holder, state, has_due, code, id)
	WHERE scans_missing > 0 AND holder = 0 AND state < 8;
DROP INDEX dossier_to_send;
CREATE INDEX dossier_to_send ON dossier (board,
	(CASE has_due WHEN 1 THEN due_at ELSE 9223372036854775807 END), complete_version, manifest_version, id)
	WHERE complete_version < manifest_version;
DROP INDEX dossier_incomplete;
CREATE INDEX dossier_incomplete ON dossier (board, manifest_at, complete_version, manifest_version, id)
	WHERE complete_version < manifest_version;
