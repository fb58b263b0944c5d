-- Names of the people who looked, as they stood at their last look: the province's supervisor reads a name,
-- not a number. The sender has no right to the accounts (PROTOCOL §15).
CREATE TABLE reader (
	account TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL
) STRICT;
