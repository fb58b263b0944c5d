-- auth.db: people who log in. Closed to lookup and forward.

CREATE TABLE account (
	id TEXT NOT NULL PRIMARY KEY,
	login TEXT NOT NULL,
	name TEXT NOT NULL,
	title TEXT NOT NULL,
	employer TEXT NOT NULL,
	unit TEXT NOT NULL,
	roles INTEGER NOT NULL,
	hash TEXT NOT NULL,
	locked INTEGER NOT NULL,
	must_change INTEGER NOT NULL,
	ends_at INTEGER NOT NULL,
	counter TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_login ON account (login);

-- Devices on which this person logged in: hash of the device's random cookie.
CREATE TABLE device (
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	hash TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
