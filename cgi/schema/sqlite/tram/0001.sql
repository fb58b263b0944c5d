-- tram.db: the journal, what is projected from it, and what is durable beside it (store/README.md).
-- The board stands first in every key, so that the center's tables can be sharded by it.
-- WITHOUT ROWID where rows are short. Long rows (bodies, dossiers, drafts) are ordinary tables: new
-- ones fill the last page instead of splitting one in the middle and spilling over, and an index names
-- them by a small number. An accept writes half as many pages so.

---- The journal. Two logs per board: author 0 the board, 1 the center. ----

CREATE TABLE journal (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	arrival INTEGER NOT NULL,		-- 1, 2 … in the order both logs came together here
	id BLOB NOT NULL,
	subject BLOB NOT NULL,
	hash BLOB NOT NULL,
	header BLOB NOT NULL,			-- exact bytes (dossier/event.h)
	PRIMARY KEY (board, author, seq)
) STRICT;
CREATE INDEX journal_subject ON journal (board, subject, arrival);

-- The only part of the journal that may be deleted, and only by an erase.
CREATE TABLE journal_body (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	salt BLOB NOT NULL,
	body BLOB NOT NULL,			-- exact bytes
	PRIMARY KEY (board, author, seq)
) STRICT;

-- Events whose body and salt are gone or must go, whenever they come.
CREATE TABLE journal_erased (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (board, author, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_head (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (board, author)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_body_no_update BEFORE UPDATE ON journal_body
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_body_erase_only BEFORE DELETE ON journal_body
WHEN NOT EXISTS (SELECT 1 FROM journal_erased e WHERE e.board = OLD.board
		AND e.author = OLD.author AND e.seq = OLD.seq)
BEGIN SELECT RAISE(ABORT, 'a body goes only by an erase'); END;
CREATE TRIGGER journal_erased_no_update BEFORE UPDATE ON journal_erased
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_erased_no_delete BEFORE DELETE ON journal_erased
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head
WHEN NEW.seq < OLD.seq OR NEW.epoch < OLD.epoch
BEGIN SELECT RAISE(ABORT, 'a head never goes back'); END;
CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head
BEGIN SELECT RAISE(ABORT, 'a head never goes back'); END;

---- Projected from the journal: emptied and made anew by a rebuild. ----

CREATE TABLE dossier (
	board TEXT NOT NULL,
	id BLOB NOT NULL,
	code TEXT NOT NULL,
	official TEXT NOT NULL,
	external TEXT NOT NULL,
	procedure TEXT NOT NULL,
	procedure_name TEXT NOT NULL,
	case_id TEXT NOT NULL,
	catalogue TEXT NOT NULL,
	level INTEGER NOT NULL,
	unit TEXT NOT NULL,
	agency TEXT NOT NULL,
	applicant TEXT NOT NULL,
	applicant_number TEXT NOT NULL,
	phone TEXT NOT NULL,
	submitter TEXT NOT NULL,
	content TEXT NOT NULL,
	channel TEXT NOT NULL,
	state INTEGER NOT NULL,
	holder INTEGER NOT NULL,
	resume_state INTEGER NOT NULL,
	extensions INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	has_result INTEGER NOT NULL,
	taken_by_next INTEGER NOT NULL,
	desk TEXT NOT NULL,			-- who works on it besides the signer
	assignee TEXT NOT NULL,			-- who is to act now
	received_at INTEGER NOT NULL,
	has_due INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	due_certain INTEGER NOT NULL,
	finished_at INTEGER NOT NULL,
	returned_at INTEGER NOT NULL,
	place TEXT NOT NULL,
	place_ms INTEGER NOT NULL,		-- of the event that said so: the latest by time wins
	place_author INTEGER NOT NULL,
	place_seq INTEGER NOT NULL,
	fee_total INTEGER NOT NULL,
	fee_paid INTEGER NOT NULL,
	manifest_version INTEGER NOT NULL,
	manifest_at INTEGER NOT NULL,
	files_total INTEGER NOT NULL,
	complete_version INTEGER NOT NULL,
	complete_at INTEGER NOT NULL,
	slip_no INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL,
	board_seq INTEGER NOT NULL,		-- the board's newest event about it
	folded TEXT NOT NULL,			-- the words it is searched by
	PRIMARY KEY (board, id)
) STRICT;
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
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	result INTEGER NOT NULL,		-- 1: belongs to a result, component is its number
	component TEXT NOT NULL,
	position INTEGER NOT NULL,
	part INTEGER NOT NULL,			-- order of the component in the manifest
	sha256 TEXT NOT NULL,
	size INTEGER NOT NULL,
	type TEXT NOT NULL,
	name TEXT NOT NULL,
	author INTEGER NOT NULL,
	PRIMARY KEY (board, dossier, result, component, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_file_content ON dossier_file (board, sha256);
CREATE INDEX dossier_file_result ON dossier_file (board, author) WHERE result = 1;

-- Contents that an earlier manifest named: a replaced scan is kept.
CREATE TABLE file_before (
	board TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	dossier BLOB NOT NULL,
	PRIMARY KEY (board, sha256, dossier)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier_result (
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	no INTEGER NOT NULL,
	kind TEXT NOT NULL,
	number TEXT NOT NULL,
	summary TEXT NOT NULL,
	issuer TEXT NOT NULL,
	signer TEXT NOT NULL,
	signed_on TEXT NOT NULL,
	PRIMARY KEY (board, dossier, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier_slip (
	board TEXT NOT NULL,
	dossier BLOB NOT NULL,
	no INTEGER NOT NULL,
	hash TEXT NOT NULL,
	typed_hash TEXT NOT NULL,
	PRIMARY KEY (board, dossier, no)
) STRICT, WITHOUT ROWID;

-- Notes, and the events of books, shifts and the station: one row each, nothing personal.
CREATE TABLE mark (
	board TEXT NOT NULL,
	subject BLOB NOT NULL,
	id BLOB NOT NULL,
	kind TEXT NOT NULL,
	wall_ms INTEGER NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	flag INTEGER NOT NULL,
	ref TEXT NOT NULL,
	word TEXT NOT NULL,
	PRIMARY KEY (board, subject, id)
) STRICT, WITHOUT ROWID;

-- Last provisional number of a board's day; a void burns its number.
CREATE TABLE series (
	board TEXT NOT NULL,
	day TEXT NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (board, day)
) STRICT, WITHOUT ROWID;

-- Last official number of an agency's day, over all boards: the center's own.
CREATE TABLE official_series (
	agency TEXT NOT NULL,
	day TEXT NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (agency, day)
) STRICT, WITHOUT ROWID;

-- Stored, but not projected: an unknown kind, or against a rule.
CREATE TABLE parked (
	board TEXT NOT NULL,
	author INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (board, author, seq)
) STRICT, WITHOUT ROWID;

---- Durable beside the journal. ----

CREATE TABLE draft (
	board TEXT NOT NULL,
	id TEXT NOT NULL,
	owner TEXT NOT NULL,
	owner_name TEXT NOT NULL,
	data TEXT NOT NULL,
	ticket TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	PRIMARY KEY (board, id)
) STRICT;

CREATE TABLE draft_file (
	board TEXT NOT NULL,
	draft TEXT NOT NULL,
	no INTEGER NOT NULL,
	component TEXT NOT NULL,
	position INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	size INTEGER NOT NULL,
	type TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (board, draft, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_file_content ON draft_file (board, sha256);

CREATE TABLE form (
	board TEXT NOT NULL,
	id TEXT NOT NULL,
	location TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (
	board TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size INTEGER NOT NULL,
	type TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (board, sha256)
) STRICT, WITHOUT ROWID;

-- Board: the center has this content, and said so.
CREATE TABLE blob_receipt (
	board TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	jws TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (board, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_upload (
	board TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	url TEXT NOT NULL,
	PRIMARY KEY (board, sha256)
) STRICT, WITHOUT ROWID;

-- Receipts by the center: on a board those it got, at the center those it gave.
CREATE TABLE receipt (
	board TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	hash BLOB NOT NULL,
	jws TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (board, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE link_state (
	board TEXT NOT NULL PRIMARY KEY,
	sent_seq INTEGER NOT NULL,
	hello_counter INTEGER NOT NULL,
	receipt_at INTEGER NOT NULL,
	center_epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Center: the boards that may speak.
CREATE TABLE link_board (
	board TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	point TEXT NOT NULL,
	fingerprint BLOB NOT NULL,
	slip_key BLOB NOT NULL,
	revoked INTEGER NOT NULL,
	fenced INTEGER NOT NULL,
	hello_counter INTEGER NOT NULL,
	seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX link_board_fingerprint ON link_board (fingerprint);

---- What the planner may expect. A new database has no statistics, and without them a count of the
---- open dossiers would read all there ever were. Orders of magnitude are enough.
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('dossier', 'sqlite_autoindex_dossier_1', '20000 10000 1'),
	('dossier', 'dossier_code', '20000 1'),
	('dossier', 'dossier_official', '8000 1'),
	('dossier', 'dossier_state', '20000 10000 800 2 2 2'),
	('dossier', 'dossier_assignee', '400 400 40 10'),
	('dossier', 'dossier_incomplete', '40 20 1 1 1'),
	('dossier', 'dossier_held', '200 200 40 2'),
	('dossier_file', 'dossier_file', '60000 30000 3 2 1 1'),
	('dossier_file', 'dossier_file_content', '60000 30000 1'),
	('dossier_file', 'dossier_file_result', '8000 4000 4000'),
	('dossier', 'dossier_words', '20000 10000 2 1'),
	('journal', 'sqlite_autoindex_journal_1', '200000 100000 50000 1'),
	('journal', 'journal_subject', '200000 100000 10 1'),
	('blob', 'blob', '60000 30000 1'),
	('blob_receipt', 'blob_receipt', '60000 30000 1'),
	('mark', 'mark', '60000 30000 3 1');
