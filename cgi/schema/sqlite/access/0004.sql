-- When a person last looked, to the day: the name is kept as long as the looks are (NĐ 333/2026: 12 months).
ALTER TABLE reader ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
UPDATE reader SET at = (SELECT coalesce(max(r.at), 0) FROM reading r WHERE r.account = reader.account);
