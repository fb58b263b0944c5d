-- The tables of tram.db on PostgreSQL: the journal, what is projected from it, and what is durable beside it (store/README.md).
-- The board stands first in every key, so that the center's tables can be sharded by it. Columns are
-- those of sqlite/tram (a test compares them); text collates "C", as SQLite's does.

---- The journal. Two logs per board: author 0 the board, 1 the center. ----

CREATE TABLE journal (
	board text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	arrival bigint NOT NULL,		-- 1, 2 … in the order both logs came together here
	id bytea NOT NULL,
	subject bytea NOT NULL,
	hash bytea NOT NULL,
	header bytea NOT NULL,			-- exact bytes (dossier/event.h)
	PRIMARY KEY (board, author, seq)
);
CREATE INDEX journal_subject ON journal (board, subject, arrival);

-- The only part of the journal that may be deleted, and only by an erase.
CREATE TABLE journal_body (
	board text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	salt bytea NOT NULL,
	body bytea NOT NULL,			-- exact bytes
	PRIMARY KEY (board, author, seq)
);

-- Events whose body and salt are gone or must go, whenever they come.
CREATE TABLE journal_erased (
	board text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	PRIMARY KEY (board, author, seq)
);

CREATE TABLE journal_head (
	board text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	epoch bigint NOT NULL,
	seq bigint NOT NULL,
	hash bytea NOT NULL,
	PRIMARY KEY (board, author)
);

CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE FUNCTION journal_body_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT 1 FROM journal_erased e WHERE e.board = OLD.board
			AND e.author = OLD.author AND e.seq = OLD.seq) THEN
		RAISE EXCEPTION 'a body goes only by an erase';
	END IF;
	RETURN OLD;
END $$;
CREATE FUNCTION journal_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.seq < OLD.seq OR NEW.epoch < OLD.epoch THEN
		RAISE EXCEPTION 'a head never goes back';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
	FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
	EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_body_no_update BEFORE UPDATE ON journal_body
	FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_body_erase_only BEFORE DELETE ON journal_body
	FOR EACH ROW EXECUTE FUNCTION journal_body_erase_only();
CREATE TRIGGER journal_body_no_truncate BEFORE TRUNCATE ON journal_body
	EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_erased_no_change BEFORE UPDATE OR DELETE ON journal_erased
	FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head
	FOR EACH ROW EXECUTE FUNCTION journal_head_forward();
CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head
	FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();

---- Projected from the journal: emptied and made anew by a rebuild. ----

CREATE TABLE dossier (
	board text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	code text COLLATE "C" NOT NULL,
	official text COLLATE "C" NOT NULL,
	external text COLLATE "C" NOT NULL,
	procedure text COLLATE "C" NOT NULL,
	procedure_name text COLLATE "C" NOT NULL,
	case_id text COLLATE "C" NOT NULL,
	catalogue text COLLATE "C" NOT NULL,
	level bigint NOT NULL,
	unit text COLLATE "C" NOT NULL,
	agency text COLLATE "C" NOT NULL,
	applicant text COLLATE "C" NOT NULL,
	applicant_number text COLLATE "C" NOT NULL,
	phone text COLLATE "C" NOT NULL,
	submitter text COLLATE "C" NOT NULL,
	content text COLLATE "C" NOT NULL,
	channel text COLLATE "C" NOT NULL,
	state bigint NOT NULL,
	holder bigint NOT NULL,
	resume_state bigint NOT NULL,
	extensions bigint NOT NULL,
	returns bigint NOT NULL,
	has_result bigint NOT NULL,
	taken_by_next bigint NOT NULL,
	desk text COLLATE "C" NOT NULL,			-- who works on it besides the signer
	assignee text COLLATE "C" NOT NULL,			-- who is to act now
	received_at bigint NOT NULL,
	has_due bigint NOT NULL,
	due_at bigint NOT NULL,
	due_certain bigint NOT NULL,
	finished_at bigint NOT NULL,
	returned_at bigint NOT NULL,
	place text COLLATE "C" NOT NULL,
	place_ms bigint NOT NULL,		-- of the event that said so: the latest by time wins
	place_author bigint NOT NULL,
	place_seq bigint NOT NULL,
	fee_total bigint NOT NULL,
	fee_paid bigint NOT NULL,
	manifest_version bigint NOT NULL,
	manifest_at bigint NOT NULL,
	files_total bigint NOT NULL,
	complete_version bigint NOT NULL,
	complete_at bigint NOT NULL,
	slip_no bigint NOT NULL,
	updated_ms bigint NOT NULL,
	board_seq bigint NOT NULL,		-- the board's newest event about it
	folded text COLLATE "C" NOT NULL,			-- the words it is searched by
	PRIMARY KEY (board, id)
);
CREATE INDEX dossier_code ON dossier (code);
CREATE INDEX dossier_official ON dossier (official) WHERE official <> '';
CREATE INDEX dossier_state ON dossier (board, state, due_at, holder, level);
-- Search reads this index from the newest back and compares words: 20,000 dossiers take a few
-- milliseconds, and accepting writes one page. A row per word cost a page each; FTS5 besides knows no
-- number's last digits, no second engine, and needs an optimize after every erase.
CREATE INDEX dossier_words ON dossier (board, received_at, folded);
CREATE INDEX dossier_assignee ON dossier (board, assignee, state) WHERE assignee <> '';
CREATE INDEX dossier_incomplete ON dossier (board, manifest_at, complete_version, manifest_version)
	WHERE complete_version < manifest_version;
CREATE INDEX dossier_held ON dossier (holder, state, due_at) WHERE holder = 1;

CREATE TABLE dossier_file (
	board text COLLATE "C" NOT NULL,
	dossier bytea NOT NULL,
	result bigint NOT NULL,		-- 1: belongs to a result, component is its number
	component text COLLATE "C" NOT NULL,
	position bigint NOT NULL,
	part bigint NOT NULL,			-- order of the component in the manifest
	sha256 text COLLATE "C" NOT NULL,
	size bigint NOT NULL,
	type text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	PRIMARY KEY (board, dossier, result, component, position)
);
CREATE INDEX dossier_file_content ON dossier_file (board, sha256);
CREATE INDEX dossier_file_result ON dossier_file (board, author) WHERE result = 1;

-- Contents that an earlier manifest named: a replaced scan is kept.
CREATE TABLE file_before (
	board text COLLATE "C" NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	dossier bytea NOT NULL,
	PRIMARY KEY (board, sha256, dossier)
);

CREATE TABLE dossier_result (
	board text COLLATE "C" NOT NULL,
	dossier bytea NOT NULL,
	no bigint NOT NULL,
	kind text COLLATE "C" NOT NULL,
	number text COLLATE "C" NOT NULL,
	summary text COLLATE "C" NOT NULL,
	issuer text COLLATE "C" NOT NULL,
	signer text COLLATE "C" NOT NULL,
	signed_on text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, dossier, no)
);

CREATE TABLE dossier_slip (
	board text COLLATE "C" NOT NULL,
	dossier bytea NOT NULL,
	no bigint NOT NULL,
	hash text COLLATE "C" NOT NULL,
	typed_hash text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, dossier, no)
);

-- Notes, and the events of books, shifts and the station: one row each, nothing personal.
CREATE TABLE mark (
	board text COLLATE "C" NOT NULL,
	subject bytea NOT NULL,
	id bytea NOT NULL,
	kind text COLLATE "C" NOT NULL,
	wall_ms bigint NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	amount bigint NOT NULL,
	flag bigint NOT NULL,
	ref text COLLATE "C" NOT NULL,
	word text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, subject, id)
);

-- Last provisional number of a board's day; a void burns its number.
CREATE TABLE series (
	board text COLLATE "C" NOT NULL,
	day text COLLATE "C" NOT NULL,
	last bigint NOT NULL,
	PRIMARY KEY (board, day)
);

-- Last official number of an agency's day, over all boards: the center's own.
CREATE TABLE official_series (
	agency text COLLATE "C" NOT NULL,
	day text COLLATE "C" NOT NULL,
	last bigint NOT NULL,
	PRIMARY KEY (agency, day)
);

-- Stored, but not projected: an unknown kind, or against a rule.
CREATE TABLE parked (
	board text COLLATE "C" NOT NULL,
	author bigint NOT NULL,
	seq bigint NOT NULL,
	reason text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, author, seq)
);

---- Durable beside the journal. ----

CREATE TABLE draft (
	board text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	owner text COLLATE "C" NOT NULL,
	owner_name text COLLATE "C" NOT NULL,
	data text COLLATE "C" NOT NULL,
	ticket text COLLATE "C" NOT NULL,
	created_at bigint NOT NULL,
	updated_at bigint NOT NULL,
	PRIMARY KEY (board, id)
);

CREATE TABLE draft_file (
	board text COLLATE "C" NOT NULL,
	draft text COLLATE "C" NOT NULL,
	no bigint NOT NULL,
	component text COLLATE "C" NOT NULL,
	position bigint NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	size bigint NOT NULL,
	type text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, draft, no)
);
CREATE INDEX draft_file_content ON draft_file (board, sha256);

CREATE TABLE form (
	board text COLLATE "C" NOT NULL,
	id text COLLATE "C" NOT NULL,
	location text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (board, id)
);

CREATE TABLE blob (
	board text COLLATE "C" NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	size bigint NOT NULL,
	type text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (board, sha256)
);

-- Board: the center has this content, and said so.
CREATE TABLE blob_receipt (
	board text COLLATE "C" NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	jws text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (board, sha256)
);

CREATE TABLE blob_upload (
	board text COLLATE "C" NOT NULL,
	sha256 text COLLATE "C" NOT NULL,
	url text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, sha256)
);

-- Receipts by the center: on a board those it got, at the center those it gave.
CREATE TABLE receipt (
	board text COLLATE "C" NOT NULL,
	epoch bigint NOT NULL,
	seq bigint NOT NULL,
	hash bytea NOT NULL,
	jws text COLLATE "C" NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (board, epoch, seq)
);

CREATE TABLE link_state (
	board text COLLATE "C" NOT NULL PRIMARY KEY,
	sent_seq bigint NOT NULL,
	hello_counter bigint NOT NULL,
	receipt_at bigint NOT NULL,
	center_epoch bigint NOT NULL
);

-- Center: the boards that may speak.
CREATE TABLE link_board (
	board text COLLATE "C" NOT NULL PRIMARY KEY,
	name text COLLATE "C" NOT NULL,
	point text COLLATE "C" NOT NULL,
	fingerprint bytea NOT NULL,
	slip_key bytea NOT NULL,
	revoked bigint NOT NULL,
	fenced bigint NOT NULL,
	hello_counter bigint NOT NULL,
	seen_at bigint NOT NULL
);
CREATE UNIQUE INDEX link_board_fingerprint ON link_board (fingerprint);

