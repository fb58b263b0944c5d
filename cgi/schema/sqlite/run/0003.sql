-- A reason was given to look at a dossier outside one's own work: it holds for the shift.
CREATE TABLE reading_grant (
	account TEXT NOT NULL,
	subject TEXT NOT NULL,
	boot TEXT NOT NULL,
	until_ms INTEGER NOT NULL,
	PRIMARY KEY (account, subject)
) STRICT, WITHOUT ROWID;
