-- Who works when and for whom; second factors; paired tablets and their PINs; and what the journal
-- must still hear of: the administration may not open tram.db, so it leaves a row here that the
-- pages turn into an event.

ALTER TABLE account ADD COLUMN starts_at INTEGER NOT NULL DEFAULT 0;	-- 0: at once
ALTER TABLE account ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;	-- last login, to the day
ALTER TABLE account ADD COLUMN substitute TEXT NOT NULL DEFAULT '';	-- account that stands in
ALTER TABLE account ADD COLUMN procedures TEXT NOT NULL DEFAULT '';	-- codes, a blank between; '': all
ALTER TABLE account ADD COLUMN otp_key TEXT NOT NULL DEFAULT '';	-- HOTP (RFC 4226), hex
ALTER TABLE account ADD COLUMN otp_counter INTEGER NOT NULL DEFAULT 0;	-- of the next code
ALTER TABLE account ADD COLUMN otp_on INTEGER NOT NULL DEFAULT 0;	-- the first code was typed
CREATE INDEX account_substitute ON account (substitute) WHERE substitute <> '';

-- id: subject of the event it becomes, so that it becomes one exactly once.
CREATE TABLE outbox (
	no INTEGER NOT NULL PRIMARY KEY,
	id BLOB NOT NULL,
	kind TEXT NOT NULL,
	actor TEXT NOT NULL,
	body TEXT NOT NULL
) STRICT;

-- Forms that gave a one-time password: a second tap shows the same one.
CREATE TABLE form_once (
	hash TEXT NOT NULL PRIMARY KEY,
	account TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tablets a manager paired: hash of the device's random cookie.
CREATE TABLE paired (
	hash TEXT NOT NULL PRIMARY KEY,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	counter TEXT NOT NULL,
	actor TEXT NOT NULL,
	at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX paired_id ON paired (id);

-- A PIN belongs to one person on one tablet; keyed hash (account_pin.c says why).
CREATE TABLE pin (
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	device TEXT NOT NULL REFERENCES paired (hash) ON DELETE CASCADE,
	hash TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (account, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX pin_device ON pin (device);
