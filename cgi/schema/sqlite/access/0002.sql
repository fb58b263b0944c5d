-- How far the records have gone to the province: those up to no, under the name log. One row.
CREATE TABLE reading_sent (
	one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
	log TEXT NOT NULL,
	no INTEGER NOT NULL
) STRICT;
