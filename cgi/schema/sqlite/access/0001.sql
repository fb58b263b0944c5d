-- access.db: who read whose data, what, from where, when. Names stand nowhere here: account ids, codes
-- of dossiers, route names. Kept 12 months (NĐ 333/2026).

CREATE TABLE reading (
	no INTEGER NOT NULL PRIMARY KEY,
	at INTEGER NOT NULL,
	account TEXT NOT NULL,
	route TEXT NOT NULL,
	subject TEXT NOT NULL,		-- code of a dossier, id of a draft …; "" for a search or a list
	place TEXT NOT NULL,		-- id of the paired tablet, or the network address
	ground INTEGER NOT NULL		-- enum reading_ground
) STRICT;
CREATE INDEX reading_time ON reading (at, account, ground, subject);
