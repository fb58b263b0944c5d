-- Several people lock and unlock one paired tablet: whose session it is, and wrong PINs in a row.
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN pin_faults INTEGER NOT NULL DEFAULT 0;
CREATE INDEX session_device ON session (device) WHERE device <> '';

-- The right password was given, the code of the second factor is still asked for.
CREATE TABLE otp_wait (
	hash TEXT NOT NULL PRIMARY KEY,
	program TEXT NOT NULL,
	boot TEXT NOT NULL,
	account TEXT NOT NULL,
	next TEXT NOT NULL,
	faults INTEGER NOT NULL,
	until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
