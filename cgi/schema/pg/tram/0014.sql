-- What the link needs for certificates, clones, forks and contents that cannot be stored. Durable
-- beside the journal; a rebuild leaves them alone.

-- Center: who may enrol. token: SHA-256 of the secret, which stands nowhere. used_at 0: not yet;
-- key_id: of the key that came with it, so that a lost answer can be had again.
CREATE TABLE link_invite (
	board text COLLATE "C" NOT NULL,
	token bytea NOT NULL,
	name text COLLATE "C" NOT NULL,
	point text COLLATE "C" NOT NULL,
	made_by text COLLATE "C" NOT NULL,
	made_at bigint NOT NULL,
	expires_at bigint NOT NULL,
	used_at bigint NOT NULL,
	key_id text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, token)
);

-- Center: certificates made here, and requests for one. state 0: waits for an officer, 1: an officer
-- said yes, 2: given, not used yet, 3: in use or past. fingerprint: empty while there is none.
CREATE TABLE link_cert (
	board text COLLATE "C" NOT NULL,
	key_id text COLLATE "C" NOT NULL,
	state bigint NOT NULL,
	fingerprint bytea NOT NULL,
	cert text COLLATE "C" NOT NULL,
	not_after bigint NOT NULL,
	late_days bigint NOT NULL,
	asked_at bigint NOT NULL,
	officer text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, key_id)
);
CREATE INDEX link_cert_fingerprint ON link_cert (fingerprint);

-- Center: every start of a board's forwarder that said hello. ended_at 0: the one that speaks now.
CREATE TABLE link_instance (
	board text COLLATE "C" NOT NULL,
	instance text COLLATE "C" NOT NULL,
	began_at bigint NOT NULL,
	ended_at bigint NOT NULL,
	PRIMARY KEY (board, instance)
);

-- A content that cannot be sent, fetched or stored, and why.
CREATE TABLE blob_parked (
	board text COLLATE "C" NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	reason text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	tries bigint NOT NULL,
	PRIMARY KEY (board, sha256)
);

-- The branch of a log that does not go on: exact bytes, kept for ever but for an erased body.
CREATE TABLE journal_fork (
	board text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	hash bytea NOT NULL,
	header bytea NOT NULL,
	salt bytea,
	body bytea,
	at bigint NOT NULL,
	PRIMARY KEY (board, author, seq, hash)
);
