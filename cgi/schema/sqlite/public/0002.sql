-- The day's tickets and the counters that pause, for the screen and the telephone; and ratings on their
-- way into the journal. Nothing about a person.

CREATE TABLE ticket (
	board TEXT NOT NULL,
	day INTEGER NOT NULL,
	number TEXT NOT NULL,
	queue TEXT NOT NULL,
	priority TEXT NOT NULL,
	state INTEGER NOT NULL,
	counter TEXT NOT NULL,
	issued_at INTEGER NOT NULL,
	called_at INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	PRIMARY KEY (board, day, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_state ON ticket (board, day, state, counter);

CREATE TABLE counter (
	board TEXT NOT NULL,
	name TEXT NOT NULL,
	shift BLOB NOT NULL,
	paused INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	at INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (board, name, shift)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_cursor (
	board TEXT NOT NULL PRIMARY KEY,
	seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Written by lookup. taken: it stands in the journal.
CREATE TABLE rating (
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	level TEXT NOT NULL,
	answers TEXT NOT NULL,
	device TEXT NOT NULL,
	at INTEGER NOT NULL,
	taken INTEGER NOT NULL,
	PRIMARY KEY (board, dossier)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_new ON rating (board, at) WHERE taken = 0;
