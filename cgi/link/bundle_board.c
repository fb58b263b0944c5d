/*
 * bundle_board.c: the board's half of the stick: everything that the center has not receipted goes
 * out; receipts, the center's events and result files come back.
 */
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "link/bundle_side.h"
#include "link/wire.h"
#include "link/wire_take.h"
#include "store/blob.h"
#include "store/linkstate.h"
#include "store/stick.h"

#define CONTENTS_MAX 1000000u
#define RECEIPTS_MAX (4u * 1024 * 1024)
#define LINES_MAX (16u * 1024 * 1024)

/* ---- out ---- */

static enum rc add_contents(struct store *store, struct bundle_writer *writer,
		const struct link_blob *blobs, size_t count)
{
	struct pool *pool = pool_new();
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < count && rc == RC_OK; i++) {
		uint8_t hash[32];
		char *path;

		pool_reset(pool);
		rc = hex_decode(blobs[i].sha256, hash, sizeof(hash));
		if (rc == RC_OK)
			rc = blob_check(store, pool, NULL, hash, &path);
		/* A damaged content stays behind; it holds nothing else up. */
		if (rc == RC_PROTOCOL || rc == RC_NOT_FOUND) {
			log_warn("stick: content left out sha256=%s", blobs[i].sha256);
			rc = RC_OK;
			continue;
		}
		if (rc == RC_OK)
			rc = bundle_writer_file(writer, blobs[i].sha256, path, blobs[i].size);
	}
	pool_free(pool);
	return rc;
}

static enum rc say_wanted(struct store *store, struct pool *pool, struct bundle_head *head)
{
	struct link_blob *blobs;
	size_t i;
	enum rc rc = linkstate_blobs_to_fetch(store, pool, BUNDLE_WANTED_MAX, &blobs,
			&head->wanted_count);

	head->wanted = pool_alloc(pool, (head->wanted_count + 1) * sizeof(*head->wanted));
	for (i = 0; rc == RC_OK && i < head->wanted_count; i++)
		head->wanted[i] = blobs[i].sha256;
	return rc;
}

/* Where this bundle begins: after what is receipted. */
static enum rc begin(struct store *store, struct pool *pool, struct bundle_head *head,
		struct journal_head *own)
{
	struct journal_row *rows;
	struct link_cursor cursor;
	size_t count = 0;
	enum rc rc = linkstate_get(store, &cursor);

	if (rc == RC_OK)
		rc = journal_head_get(store, store->board, AUTHOR_BOARD, own);
	if (rc == RC_OK && cursor.sent_seq > 0)
		rc = journal_read(store, pool, store->board, AUTHOR_BOARD, cursor.sent_seq - 1, 1, 1,
				&rows, &count);
	if (rc)
		return rc;
	head->up = true;
	head->board = store->board;
	head->after = cursor.sent_seq;
	head->epoch = own->epoch;
	head->have_seq = cursor.feed_seq;
	if (count == 1) {
		head->epoch = rows[0].event.epoch;
		memcpy(head->hash, rows[0].event.hash, sizeof(head->hash));
	}
	return say_wanted(store, pool, head);
}

enum rc bundle_board_make(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *dir, struct bundle_made *made)
{
	struct bundle_seal seal = { .dir = dir, .key = keys->sign, .cert_pem = keys->cert_pem,
		.part_bytes = store->settings->stick_part_mb * INT64_C(1048576) };
	struct bundle_writer *writer = NULL;
	struct bundle_head head = { 0 };
	struct journal_head own;
	struct link_blob *blobs;
	size_t count = 0;
	enum rc rc = begin(store, pool, &head, &own);

	if (rc == RC_OK)
		rc = stick_contents(store, pool, own.seq, CONTENTS_MAX, &blobs, &count);
	if (rc)
		return rc;
	/* Results that are missing are reason enough to ask for them. */
	if (head.after == own.seq && count == 0 && head.wanted_count == 0)
		return RC_NOT_FOUND;
	memcpy(seal.to, keys->center, sizeof(seal.to));
	head.reply_to = age_recipient_text(pool, keys->own.point);
	bundle_writer_new(pool, &seal, &head, &writer);
	rc = bundle_side_events(store, writer, store->board, AUTHOR_BOARD, head.after, own.seq);
	if (rc == RC_OK)
		rc = add_contents(store, writer, blobs, count);
	if (rc == RC_OK)
		rc = bundle_writer_end(writer, made);
	bundle_writer_free(writer);
	if (rc == RC_OK)
		log_info("stick written id=%s parts=%zu events=%llu files=%llu", made->id,
				made->part_count, (unsigned long long)made->events,
				(unsigned long long)made->files);
	return rc;
}

/* ---- back ---- */

struct side {
	const struct store *store;
	struct bundle_keys *keys;
};

/* The announcements in a part, followed as those that come over the line; nothing new is no fault. */
static enum rc follow_keys(const struct side *side, const char *announced)
{
	json_t *lines = json_new_array();
	enum rc rc = RC_OK;

	while (*announced) {
		size_t len = strcspn(announced, "\n");

		if (len > 0)
			json_add(lines, json_stringn(announced, len));
		announced += len + (announced[len] == '\n');
	}
	if (json_array_size(lines) > 0)
		rc = identity_keys_take(side->store->settings, &side->keys->receipts, lines);
	json_decref(lines);
	return rc == RC_PROTOCOL ? RC_OK : rc;
}

/* The center's statements on the stick are signed with its receipt keys, as on the line. */
static enum rc center_key(void *arg, struct pool *pool, const char *cert_pem, const char *board,
		const char *announced, struct bundle_signer *signer, const char **why)
{
	const struct side *side = arg;
	enum rc rc;

	(void)pool;
	(void)cert_pem;
	if (strcmp(board, side->store->board)) {
		*why = "board";
		return RC_DENIED;
	}
	rc = follow_keys(side, announced);
	signer->keys = (const struct jws_key *const *)side->keys->receipts.keys;
	signer->count = side->keys->receipts.count;
	return rc;
}

static enum rc take_journal_receipt(struct store *store, struct pool *pool,
		const struct bundle_keys *keys, const char *token, struct bundle_taken *taken)
{
	const struct jws_key *const *known = (const struct jws_key *const *)keys->receipts.keys;
	struct wire_receipt receipt;
	char *payload;
	size_t len;
	enum rc rc;

	if (jws_verify(pool, known, keys->receipts.count, "tram-receipt", token, &payload, &len) ||
			wire_receipt_parse(pool, payload, len, &receipt) ||
			strcmp(receipt.board, store->board))
		return RC_PROTOCOL;
	rc = linkstate_receipt(store, receipt.epoch, receipt.seq, receipt.hash, token);
	taken->receipts += rc == RC_OK;
	return rc == RC_EXISTS ? RC_OK : rc;
}

static enum rc take_blob_receipt(struct store *store, struct pool *pool,
		const struct bundle_keys *keys, const char *token, struct bundle_taken *taken)
{
	const struct jws_key *const *known = (const struct jws_key *const *)keys->receipts.keys;
	struct link_blob_receipt kept = { 0 };
	struct wire_blob receipt;
	struct blob blob;
	uint8_t hash[32];
	char *payload, *had;
	size_t len;
	enum rc rc;

	if (jws_verify(pool, known, keys->receipts.count, "tram-blob", token, &payload, &len) ||
			wire_blob_parse(pool, payload, len, &receipt) ||
			strcmp(receipt.board, store->board) ||
			hex_decode(receipt.sha256, hash, sizeof(hash)))
		return RC_PROTOCOL;
	if (linkstate_blob_issued_get(store, pool, store->board, receipt.sha256, &had) == RC_OK)
		return RC_OK;
	rc = blob_find(store, NULL, hash, &blob);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && blob.size != receipt.size))
		return rc == RC_OK ? RC_PROTOCOL : RC_OK;
	kept.sha256 = receipt.sha256;
	kept.jws = token;
	kept.at = receipt.at_ms;
	kept.center_epoch = receipt.center_epoch;
	kept.no = receipt.no;
	if (rc == RC_OK)
		rc = linkstate_blob_receipt(store, &kept);
	taken->receipts += rc == RC_OK;
	return rc;
}

static enum rc take_receipts(struct store *store, const struct bundle_keys *keys, char *text,
		bool journal, struct bundle_taken *taken)
{
	struct pool *pool = pool_new();
	char *line = text;
	enum rc rc = RC_OK;

	while (rc == RC_OK && *line) {
		size_t len = strcspn(line, "\n");
		bool more = line[len] == '\n';

		line[len] = '\0';
		rc = journal ? take_journal_receipt(store, pool, keys, line, taken) :
				take_blob_receipt(store, pool, keys, line, taken);
		line += len + more;
		pool_reset(pool);
	}
	pool_free(pool);
	return rc;
}

static enum rc take_feed(struct store *store, const char *packed, size_t len,
		const char **why)
{
	struct buf lines = { 0 };
	size_t line;
	enum rc rc = wire_gunzip(packed, len, LINES_MAX, &lines);

	if (rc == RC_OK)
		rc = wire_take_feed(store, lines.data, lines.len, NULL, why, &line);
	else
		*why = "line";
	buf_free(&lines);
	return rc == RC_INVALID || rc == RC_TOO_LARGE ? RC_PROTOCOL : rc;
}

static enum rc take_result(struct store *store, struct pool *pool, struct bundle_reader *reader,
		const struct tar_entry *entry, struct bundle_taken *taken)
{
	const char *hex = bundle_content_of(entry->name);
	struct blob kept;
	uint8_t hash[32];
	int64_t size = 0;
	char *path;
	enum rc rc = hex_decode(hex, hash, sizeof(hash));

	if (rc == RC_OK)
		rc = blob_find(store, NULL, hash, &kept);
	if (rc == RC_OK) {
		taken->files_again++;
		return RC_OK;
	}
	if (rc == RC_NOT_FOUND)
		rc = stick_result_wanted(store, hex, &size);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && size != entry->size)) {
		taken->files_unnamed++;
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = bundle_side_spool(store, pool, reader, &path, &taken->why);
	if (rc == RC_OK)
		rc = blob_adopt(store, NULL, path, hash, size, false, &kept);
	taken->files += rc == RC_OK;
	return rc;
}

static enum rc take_entry(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		struct bundle_reader *reader, const struct tar_entry *entry, struct bundle_taken *taken)
{
	char *text = NULL;
	enum rc rc;

	if (bundle_content_of(entry->name))
		return take_result(store, pool, reader, entry, taken);
	if ((strncmp(entry->name, "journal/", 8) && strncmp(entry->name, "receipts/", 9) &&
			strncmp(entry->name, "branches/", 9)) || strcmp(entry->name, BUNDLE_KEYS) == 0)
		return RC_OK;
	rc = bundle_reader_text(reader, pool, entry, RECEIPTS_MAX, &text, &taken->why);
	if (rc)
		return rc;
	if (entry->name[0] == 'b')
		return bundle_side_stage(store, store->board, text, (size_t)entry->size, &taken->why);
	if (entry->name[0] == 'j')
		return take_feed(store, text, (size_t)entry->size, &taken->why);
	rc = take_receipts(store, keys, text, strncmp(entry->name, "receipts/journal", 16) == 0, taken);
	if (rc == RC_PROTOCOL)
		taken->why = "receipt";
	return rc;
}

static enum rc take_all(struct store *store, const struct bundle_keys *keys, int fd,
		struct bundle_taken *taken)
{
	struct bundle_reader *reader = NULL;
	struct pool *pool = pool_new();
	struct journal_head before, after;
	struct tar_entry entry;
	enum rc rc = journal_head_get(store, store->board, AUTHOR_CENTER, &before);

	if (rc == RC_OK)
		rc = bundle_reader_new(fd, &keys->own, store->settings->upload_max_bytes, &reader,
				&taken->why);
	while (rc == RC_OK) {
		pool_reset(pool);
		rc = bundle_reader_next(reader, &entry, &taken->why);
		if (rc == RC_OK)
			rc = take_entry(store, pool, keys, reader, &entry, taken);
	}
	rc = rc == RC_NOT_FOUND ? RC_OK : rc;
	if (journal_head_get(store, store->board, AUTHOR_CENTER, &after) == RC_OK)
		taken->events = after.seq - before.seq;
	/* The center's signature over its log's head, as the line gives one. */
	if (rc == RC_OK && after.seq > 0 && after.seq == taken->head.seq &&
			memcmp(after.hash, taken->head.hash, sizeof(after.hash)) == 0)
		rc = linkstate_feed_token(store, taken->head.jws);
	bundle_reader_free(reader);
	pool_free(pool);
	return rc;
}

enum rc bundle_board_take(struct store *store, struct pool *pool, struct bundle_keys *keys,
		const char *path, struct bundle_taken *taken)
{
	struct side side = { .store = store, .keys = keys };
	int fd = -1;
	enum rc rc;

	memset(taken, 0, sizeof(*taken));
	taken->why = "";
	rc = bundle_copy(path, store->settings->spool_dir, &fd);
	if (rc == RC_OK)
		rc = bundle_check(pool, fd, &keys->own, store->settings->upload_max_bytes, false, center_key,
				&side, &taken->head, &taken->why);
	if (rc == RC_OK)
		rc = take_all(store, keys, fd, taken);
	if (fd >= 0)
		(void)close(fd);
	if (rc == RC_PROTOCOL || rc == RC_DENIED) {
		taken->outcome = BUNDLE_REFUSED;
		log_warn("stick refused why=%s", taken->why);
		return RC_OK;
	}
	taken->outcome = taken->events || taken->files || taken->receipts ? BUNDLE_TAKEN : BUNDLE_AGAIN;
	return rc;
}
