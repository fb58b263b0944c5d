-- What the link needs for certificates, clones, forks and contents that cannot be stored. Durable
-- beside the journal; a rebuild leaves them alone.

-- Center: who may enrol. token: SHA-256 of the secret, which stands nowhere. used_at 0: not yet;
-- key_id: of the key that came with it, so that a lost answer can be had again.
CREATE TABLE link_invite (
	board TEXT NOT NULL,
	token BLOB NOT NULL,
	name TEXT NOT NULL,
	point TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL,
	key_id TEXT NOT NULL,
	PRIMARY KEY (board, token)
) STRICT, WITHOUT ROWID;

-- Center: certificates made here, and requests for one. state 0: waits for an officer, 1: an officer
-- said yes, 2: given, not used yet, 3: in use or past. fingerprint: empty while there is none.
CREATE TABLE link_cert (
	board TEXT NOT NULL,
	key_id TEXT NOT NULL,
	state INTEGER NOT NULL,
	fingerprint BLOB NOT NULL,
	cert TEXT NOT NULL,
	not_after INTEGER NOT NULL,
	late_days INTEGER NOT NULL,
	asked_at INTEGER NOT NULL,
	officer TEXT NOT NULL,
	PRIMARY KEY (board, key_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_cert_fingerprint ON link_cert (fingerprint);

-- Center: every start of a board's forwarder that said hello. ended_at 0: the one that speaks now.
CREATE TABLE link_instance (
	board TEXT NOT NULL,
	instance TEXT NOT NULL,
	began_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL,
	PRIMARY KEY (board, instance)
) STRICT, WITHOUT ROWID;

-- A content that cannot be sent, fetched or stored, and why.
CREATE TABLE blob_parked (
	board TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	reason TEXT NOT NULL,
	at INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	PRIMARY KEY (board, sha256)
) STRICT, WITHOUT ROWID;

-- The branch of a log that does not go on: exact bytes, kept for ever but for an erased body.
CREATE TABLE journal_fork (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	hash BLOB NOT NULL,
	header BLOB NOT NULL,
	salt BLOB,
	body BLOB,
	at INTEGER NOT NULL,
	PRIMARY KEY (board, author, seq, hash)
) STRICT;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('link_invite', 'link_invite', '20 2 1'),
	('link_cert', 'link_cert', '40 4 1'),
	('link_cert', 'link_cert_fingerprint', '40 1'),
	('link_instance', 'link_instance', '4000 400 1'),
	('blob_parked', 'blob_parked', '4 2 1'),
	('journal_fork', 'sqlite_autoindex_journal_fork_1', '200 200 200 1 1');
