/*
 * bundle_center.c: the center's half of the stick: boards' events and contents in, by the same doors as
 * on the line; receipts, events and results back.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "crypt/cert.h"
#include "crypt/cert_public.h"
#include "link/bundle_side.h"
#include "link/issue.h"
#include "link/wire.h"
#include "link/wire_take.h"
#include "store/blob.h"
#include "store/linkstate.h"
#include "store/stick.h"

#define BATCH_MAX (4u * 1024 * 1024)
#define LINES_MAX (16u * 1024 * 1024)
#define RECEIPTS_AT_ONCE 1000
#define RESULTS_MAX 100000u
#define HELD_AT_ONCE 200
#define CHAIN_MAX (256u * 1024)

/* ---- in ---- */

/* As on the machine port: the certificate must be a registered board's that was not revoked or fenced. Its
 * dates are not looked at: what is signed here happened when it was good, and comes late. */
static enum rc board_key(void *arg, struct pool *pool, const char *cert_pem, const char *board,
		const char *announced, struct bundle_signer *signer, const char **why)
{
	struct store *store = arg;
	struct link_board row;
	struct cert_info info;
	char *public;
	enum rc rc;

	(void)announced;
	*why = "certificate";
	if (cert_read(pool, cert_pem, &info) || cert_public_key(pool, cert_pem, &public))
		return RC_DENIED;
	rc = linkstate_board_by_cert(store, pool, info.fingerprint, &row);
	if (rc)
		return rc == RC_NOT_FOUND ? RC_DENIED : rc;
	if (row.revoked || row.fenced) {
		*why = row.revoked ? "revoked" : "fenced";
		return RC_DENIED;
	}
	if (strcmp(row.board, board)) {
		*why = "board";
		return RC_DENIED;
	}
	if (jws_key_parse(public, &signer->owned))
		return RC_DENIED;
	signer->keys = (const struct jws_key *const *)&signer->owned;
	signer->count = 1;
	return RC_OK;
}

static enum rc take_events(struct store *store, struct pool *pool, struct bundle_reader *reader,
		const struct tar_entry *entry, struct bundle_taken *taken)
{
	struct buf lines = { 0 };
	struct journal_head head;
	char *packed;
	size_t line;
	enum rc rc = bundle_reader_text(reader, pool, entry, BATCH_MAX, &packed, &taken->why);

	if (rc == RC_OK && wire_gunzip(packed, (size_t)entry->size, LINES_MAX, &lines)) {
		taken->why = "line";
		rc = RC_PROTOCOL;
	}
	if (rc == RC_OK)
		rc = wire_take_journal(store, taken->head.board, lines.data, lines.len, &head,
				&taken->why, &line);
	buf_free(&lines);
	return rc == RC_INVALID ? RC_PROTOCOL : rc;
}

static enum rc take_branch(struct store *store, struct pool *pool, struct bundle_reader *reader,
		const struct tar_entry *entry, struct bundle_taken *taken)
{
	char *packed;
	enum rc rc = bundle_reader_text(reader, pool, entry, BATCH_MAX, &packed, &taken->why);

	return rc == RC_OK ? bundle_side_stage(store, taken->head.board, packed, (size_t)entry->size,
			&taken->why) : rc;
}

/* A content that no dossier of this board names is passed over: it may not be kept. */
static enum rc take_content(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		struct bundle_reader *reader, const struct tar_entry *entry, struct bundle_taken *taken,
		uint64_t *least_no)
{
	const char *hex = bundle_content_of(entry->name), *board = taken->head.board;
	struct blob kept;
	uint8_t hash[32];
	int64_t size = 0;
	uint64_t no = 0;
	char *path, *token;
	enum rc rc = linkstate_blob_wanted(store, board, hex, &size);

	if (rc == RC_NOT_FOUND || (rc == RC_OK && size != entry->size)) {
		taken->files_unnamed++;
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = hex_decode(hex, hash, sizeof(hash));
	if (rc == RC_OK)
		rc = blob_find(store, board, hash, &kept);
	if (rc == RC_OK) {
		taken->files_again++;
	} else if (rc == RC_NOT_FOUND) {
		rc = bundle_side_spool(store, pool, reader, &path, &taken->why);
		if (rc == RC_OK)
			rc = blob_adopt(store, board, path, hash, size, false, &kept);
		taken->files += rc == RC_OK;
	}
	if (rc == RC_OK)
		rc = issue_blob(store, pool, keys->sign, board, hex, size, &token);
	if (rc == RC_OK)
		rc = stick_receipt_no(store, board, hex, &no);
	if (rc == RC_OK && no && (*least_no == 0 || no < *least_no))
		*least_no = no;
	return rc;
}

/* What the return needs to know. An older stick that comes late says nothing new. */
static enum rc remember(struct store *store, struct pool *pool, const struct bundle_head *head,
		uint64_t least_no)
{
	json_t *before = NULL, *said, *wanted;
	char *text = NULL;
	uint64_t from = least_no;
	size_t i;
	enum rc rc = stick_said_get(store, pool, head->board, &text);

	if (rc)
		return rc;
	if (*text && json_parse(text, strlen(text), &before) == RC_OK) {
		uint64_t had = (uint64_t)json_int(before, "from_no", 0);

		if (json_int(before, "made_at", 0) > head->made_at) {
			json_decref(before);
			return RC_OK;
		}
		if (strcmp(json_text(before, "id"), head->id) == 0 && had && (!from || had < from))
			from = had;
	}
	json_decref(before);
	said = json_new_object();
	json_put(said, "id", head->id);
	json_put_int(said, "made_at", head->made_at);
	json_put(said, "reply_to", head->reply_to);
	json_put_int(said, "have_seq", (int64_t)head->have_seq);
	json_put_int(said, "from_no", (int64_t)from);
	wanted = json_new_array();
	for (i = 0; i < head->wanted_count; i++)
		json_add(wanted, json_string(head->wanted[i]));
	json_put_value(said, "wanted", wanted);
	text = json_to_text(pool, said);
	json_decref(said);
	return stick_said_put(store, head->board, text);
}

static enum rc take_all(struct store *store, const struct bundle_keys *keys, int fd,
		struct bundle_taken *taken, uint64_t *least_no)
{
	struct bundle_reader *reader = NULL;
	struct pool *pool = pool_new();
	struct tar_entry entry;
	enum rc rc = bundle_reader_new(fd, &keys->own, store->settings->upload_max_bytes, &reader,
			&taken->why);

	while (rc == RC_OK) {
		pool_reset(pool);
		rc = bundle_reader_next(reader, &entry, &taken->why);
		if (rc)
			break;
		if (bundle_content_of(entry.name))
			rc = take_content(store, pool, keys, reader, &entry, taken, least_no);
		else if (strncmp(entry.name, "journal/", 8) == 0)
			rc = take_events(store, pool, reader, &entry, taken);
		else if (strncmp(entry.name, "branches/", 9) == 0)
			rc = take_branch(store, pool, reader, &entry, taken);
	}
	bundle_reader_free(reader);
	pool_free(pool);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* A receipt for the head, as the line would have given. */
static enum rc confirm(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *board, const struct journal_head *head)
{
	char *token;

	return head->seq ? issue_receipt(store, pool, keys->sign, board, head, &token) : RC_OK;
}

/* An open part whose signature holds. */
static enum rc take_open(struct store *store, struct pool *pool, const struct bundle_keys *keys, int fd,
		struct bundle_taken *taken)
{
	struct journal_head before, after;
	uint64_t least_no = 0;
	enum rc rc = bundle_check(pool, fd, &keys->own, store->settings->upload_max_bytes, true, board_key,
			store, &taken->head, &taken->why);

	if (rc == RC_OK)
		rc = journal_head_get(store, taken->head.board, AUTHOR_BOARD, &before);
	if (rc)
		return rc;
	if (before.seq < taken->head.after) {
		taken->outcome = BUNDLE_WAITS;
		return RC_OK;
	}
	rc = take_all(store, keys, fd, taken, &least_no);
	if (rc == RC_OK)
		rc = journal_head_get(store, taken->head.board, AUTHOR_BOARD, &after);
	if (rc == RC_OK)
		rc = confirm(store, pool, keys, taken->head.board, &after);
	if (rc == RC_OK)
		rc = remember(store, pool, &taken->head, least_no);
	if (rc)
		return rc;
	taken->events = after.seq - before.seq;
	taken->outcome = taken->events || taken->files ? BUNDLE_TAKEN : BUNDLE_AGAIN;
	return RC_OK;
}

static enum rc take_file(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *path, struct bundle_taken *taken)
{
	int fd = -1;
	enum rc rc;

	memset(taken, 0, sizeof(*taken));
	taken->why = "";
	rc = bundle_copy(path, store->settings->spool_dir, &fd);
	if (rc == RC_OK)
		rc = take_open(store, pool, keys, fd, taken);
	if (fd >= 0)
		(void)close(fd);
	if (rc == RC_PROTOCOL || rc == RC_DENIED) {
		taken->outcome = BUNDLE_REFUSED;
		log_warn("stick refused board=%s why=%s", taken->head.board ? taken->head.board : "-",
				taken->why);
		rc = RC_OK;
	}
	return rc;
}

/* ---- what waits for parts before it: kept as it came, sealed ---- */

static char *held_path(struct store *store, struct pool *pool, const struct bundle_head *head)
{
	return pool_printf(pool, "%s/held-%s-%s-%06llu" BUNDLE_SUFFIX, store->settings->inbox_dir,
			head->board, head->id, (unsigned long long)head->part);
}

static enum rc hold(struct store *store, struct pool *pool, const char *path,
		const struct bundle_head *head)
{
	const char *target = held_path(store, pool, head);
	const char *under_way = pool_printf(pool, "%s.part", target);
	char *piece = pool_alloc(pool, 65536);
	size_t got = 1;
	enum rc rc = RC_OK;
	int from, to;

	if (strcmp(path, target) == 0)
		return RC_OK;
	from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	to = open(under_way, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (from < 0 || to < 0)
		rc = RC_IO;
	while (rc == RC_OK && got > 0) {
		rc = file_read_all(from, piece, 65536, &got);
		if (rc == RC_OK)
			rc = file_write_all(to, piece, got);
	}
	if (rc == RC_OK)
		file_sync_or_die(to, "held part");
	if (from >= 0)
		(void)close(from);
	if (to >= 0)
		(void)close(to);
	if (rc == RC_OK && rename(under_way, target))
		rc = RC_IO;
	if (rc == RC_OK)
		file_sync_dir_or_die(store->settings->inbox_dir);
	else
		(void)unlink(under_way);
	return rc;
}

static size_t held_list(struct store *store, struct pool *pool, const char *board, char **paths)
{
	const char *prefix = pool_printf(pool, "held-%s-", board);
	size_t len = strlen(prefix), count = 0, end = strlen(BUNDLE_SUFFIX);
	DIR *dir = opendir(store->settings->inbox_dir);
	struct dirent *entry;

	while (dir && count < HELD_AT_ONCE && (entry = readdir(dir))) {
		size_t name_len = strlen(entry->d_name);

		if (strncmp(entry->d_name, prefix, len) == 0 && name_len > end &&
				strcmp(entry->d_name + name_len - end, BUNDLE_SUFFIX) == 0)
			paths[count++] = pool_printf(pool, "%s/%s", store->settings->inbox_dir,
					entry->d_name);
	}
	if (dir)
		(void)closedir(dir);
	return count;
}

/* Again and again while one of them brings something: each may be what another waits for. */
static enum rc take_held(struct store *store, const struct bundle_keys *keys, const char *board,
		struct bundle_taken *sum)
{
	struct pool *pool = pool_new();
	char **paths = pool_alloc(pool, HELD_AT_ONCE * sizeof(*paths));
	bool moved = true;
	enum rc rc = RC_OK;

	while (rc == RC_OK && moved) {
		size_t count = held_list(store, pool, board, paths), i;

		moved = false;
		for (i = 0; rc == RC_OK && i < count; i++) {
			struct bundle_taken one;

			rc = take_file(store, pool, keys, paths[i], &one);
			if (rc || one.outcome == BUNDLE_WAITS)
				continue;
			(void)unlink(paths[i]);
			moved = true;
			sum->events += one.events;
			sum->files += one.files;
			sum->files_again += one.files_again;
			sum->files_unnamed += one.files_unnamed;
		}
	}
	pool_free(pool);
	return rc;
}

enum rc bundle_center_take(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *path, struct bundle_taken *taken)
{
	enum rc rc = take_file(store, pool, keys, path, taken);

	if (rc == RC_OK && taken->outcome == BUNDLE_WAITS)
		rc = hold(store, pool, path, &taken->head);
	else if (rc == RC_OK && taken->outcome != BUNDLE_REFUSED)
		rc = take_held(store, keys, taken->head.board, taken);
	if (rc == RC_OK && taken->outcome != BUNDLE_REFUSED)
		log_info("stick board=%s id=%s part=%llu: %s events=%llu files=%llu", taken->head.board,
				taken->head.id, (unsigned long long)taken->head.part,
				bundle_outcome_name(taken->outcome), (unsigned long long)taken->events,
				(unsigned long long)taken->files);
	return rc;
}

/* ---- back ---- */

static enum rc add_receipts(struct store *store, struct pool *pool, struct bundle_writer *writer,
		const char *board, uint64_t from)
{
	struct journal_head head;
	struct buf lines = { 0 };
	unsigned file = 1;
	char *token;
	enum rc rc = journal_head_get(store, board, AUTHOR_BOARD, &head);

	if (rc == RC_OK && head.seq) {
		rc = linkstate_issued_get(store, pool, board, head.epoch, head.seq, &token);
		if (rc == RC_OK)
			rc = bundle_writer_add(writer, "receipts/journal-0001.jws", token, strlen(token));
		rc = rc == RC_NOT_FOUND ? RC_OK : rc;
	}
	while (rc == RC_OK && from) {
		struct stick_receipt *rows;
		size_t count, i;

		rc = stick_receipts(store, pool, board, from, RECEIPTS_AT_ONCE, &rows, &count);
		if (rc || count == 0)
			break;
		buf_reset(&lines);
		for (i = 0; i < count; i++)
			buf_printf(&lines, "%s\n", rows[i].jws);
		from = rows[count - 1].no + 1;
		rc = bundle_writer_add(writer, pool_printf(pool, "receipts/contents-%04u.jws", file++),
				lines.data, lines.len);
	}
	buf_free(&lines);
	return rc;
}

/* So that a board that was away while the receipt key changed can follow (PROTOCOL §11): before all that
 * the new key signed. */
static enum rc add_keys(struct store *store, struct pool *pool, struct bundle_writer *writer)
{
	char *text;
	size_t len;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/receipt.chain", store->settings->center_key_dir),
			CHAIN_MAX, &text, &len);

	if (rc == RC_NOT_FOUND || (rc == RC_OK && len == 0))
		return RC_OK;
	return rc == RC_OK ? bundle_writer_add(writer, BUNDLE_KEYS, text, len) : RC_CONFIG;
}

static enum rc add_result(struct store *store, struct pool *pool, struct bundle_writer *writer,
		const char *board, const char *sha256)
{
	struct blob blob;
	uint8_t hash[32];
	char *path;
	enum rc rc = hex_decode(sha256, hash, sizeof(hash));

	if (rc == RC_OK)
		rc = blob_check(store, pool, board, hash, &path);
	if (rc == RC_OK)
		rc = blob_find(store, board, hash, &blob);
	if (rc == RC_OK)
		return bundle_writer_file(writer, sha256, path, blob.size);
	return rc == RC_NOT_FOUND || rc == RC_PROTOCOL || rc == RC_INVALID ? RC_OK : rc;
}

/* Those of the new events, then those the board said it lacks, none twice. */
static enum rc add_results(struct store *store, struct pool *pool, struct bundle_writer *writer,
		const char *board, uint64_t after, const json_t *wanted)
{
	struct link_blob *rows;
	size_t count, i, k;
	int64_t size;
	enum rc rc = stick_results(store, pool, board, after, RESULTS_MAX, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++)
		rc = add_result(store, pool, writer, board, rows[i].sha256);
	for (k = 0; rc == RC_OK && k < json_array_size(wanted); k++) {
		const char *hex = json_string_value(json_array_get(wanted, k));

		for (i = 0; hex && i < count && strcmp(rows[i].sha256, hex); i++)
			;
		if (!hex || i < count)
			continue;
		rc = linkstate_blob_wanted(store, board, hex, &size);
		rc = rc == RC_OK ? add_result(store, pool, writer, board, hex) :
				rc == RC_NOT_FOUND ? RC_OK : rc;
	}
	return rc;
}

enum rc bundle_center_make(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *board, const char *dir, struct bundle_made *made)
{
	struct bundle_seal seal = { .dir = dir, .key = keys->sign,
		.part_bytes = store->settings->stick_part_mb * INT64_C(1048576) };
	struct bundle_writer *writer = NULL;
	struct bundle_head head = { .board = board };
	struct journal_head center;
	json_t *said = NULL;
	char *text = NULL;
	enum rc rc = stick_said_get(store, pool, board, &text);

	if (rc == RC_OK && (!*text || json_parse(text, strlen(text), &said) ||
			age_recipient_parse(json_text(said, "reply_to"), seal.to)))
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = journal_head_get(store, board, AUTHOR_CENTER, &center);
	if (rc)
		goto out;
	head.after = (uint64_t)json_int(said, "have_seq", 0);
	head.epoch = center.epoch;
	bundle_writer_new(pool, &seal, &head, &writer);
	rc = add_keys(store, pool, writer);
	if (rc == RC_OK)
		rc = add_receipts(store, pool, writer, board, (uint64_t)json_int(said, "from_no", 0));
	if (rc == RC_OK)
		rc = bundle_side_events(store, writer, board, AUTHOR_CENTER, head.after, center.seq);
	if (rc == RC_OK)
		rc = add_results(store, pool, writer, board, head.after, json_object_get(said, "wanted"));
	if (rc == RC_OK)
		rc = bundle_writer_end(writer, made);
	bundle_writer_free(writer);
out:
	json_decref(said);
	return rc;
}
