-- The clerk's own list of procedures, as the rest of her account.
ALTER TABLE session ADD COLUMN procedures TEXT NOT NULL DEFAULT '';
