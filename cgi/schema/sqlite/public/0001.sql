-- public.db: what a slip's holder may learn, nothing about a person. Rebuildable: it follows the
-- journal by cursor. attempt is written by lookup.

CREATE TABLE slip (
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	no INTEGER NOT NULL,
	code TEXT NOT NULL,
	official TEXT NOT NULL,
	hash TEXT NOT NULL,
	typed_hash TEXT NOT NULL,
	replaced INTEGER NOT NULL,
	state INTEGER NOT NULL,
	has_due INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	due_certain INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL,
	PRIMARY KEY (board, dossier, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX slip_code ON slip (code);
CREATE INDEX slip_official ON slip (official) WHERE official <> '';

CREATE TABLE point (
	board TEXT NOT NULL PRIMARY KEY,
	slip_key BLOB NOT NULL,
	name TEXT NOT NULL,
	address TEXT NOT NULL,
	phone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (board, author)
) STRICT, WITHOUT ROWID;

-- Failed answers of one hour; name: of a slip, or of a bucket of codes nobody has.
CREATE TABLE attempt (
	hour INTEGER NOT NULL,
	name TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (hour, name)
) STRICT, WITHOUT ROWID;
