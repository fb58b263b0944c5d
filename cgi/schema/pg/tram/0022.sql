-- Center: when a person last looked: the name is kept as long as the looks are (NĐ 333/2026: 12 months).
ALTER TABLE board_reader ADD COLUMN at bigint NOT NULL DEFAULT 0;
UPDATE board_reader SET at = (SELECT coalesce(max(r.at), 0) FROM board_reading r
	WHERE r.board = board_reader.board AND r.account = board_reader.account);
