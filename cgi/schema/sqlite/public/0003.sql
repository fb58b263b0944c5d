-- The center's receipt that covers a dossier's acceptance, for who holds its slip: on the board's page and
-- on the province's stands the same code. seq 0: none yet.
ALTER TABLE slip ADD COLUMN receipt_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE slip ADD COLUMN receipt_code TEXT NOT NULL DEFAULT '';
ALTER TABLE slip ADD COLUMN receipt_at INTEGER NOT NULL DEFAULT 0;
