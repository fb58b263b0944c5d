-- run.db: sessions and login attempts; on tmpfs, nothing here need outlive a boot. Times are
-- CLOCK_BOOTTIME of the boot named in the row.

CREATE TABLE session (
	token_hash TEXT NOT NULL PRIMARY KEY,
	program TEXT NOT NULL,
	boot TEXT NOT NULL,
	account TEXT NOT NULL,
	login TEXT NOT NULL,
	name TEXT NOT NULL,
	title TEXT NOT NULL,
	employer TEXT NOT NULL,
	unit TEXT NOT NULL,
	roles INTEGER NOT NULL,
	must_change INTEGER NOT NULL,
	counter TEXT NOT NULL,
	csrf TEXT NOT NULL,
	locked INTEGER NOT NULL,
	started_ms INTEGER NOT NULL,
	seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

-- Failed logins per account (login: a few characters of the name's hash, account_login.c) and device
-- ("" for all devices never seen with this account).
CREATE TABLE attempt (
	login TEXT NOT NULL,
	device TEXT NOT NULL,
	boot TEXT NOT NULL,
	count INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,
	PRIMARY KEY (login, device)
) STRICT, WITHOUT ROWID;
