-- The order in which files go to the province (store/linkstate_queue.c), and how fast the line was of
-- late, for the pages' estimate.

ALTER TABLE link_state ADD COLUMN goodput bigint NOT NULL DEFAULT 0;	-- bytes of files a second

CREATE INDEX dossier_to_send ON dossier (board,
	(CASE has_due WHEN 1 THEN due_at ELSE 9223372036854775807 END))
	WHERE complete_version < manifest_version;
