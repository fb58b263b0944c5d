/*
 * bundle_side.c: what both sides do alike with a stick; see bundle_side.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "crypt/random.h"
#include "link/bundle_side.h"
#include "link/wire.h"

const char *bundle_outcome_name(enum bundle_outcome outcome)
{
	static const char *const names[] = { "taken", "again", "waits", "refused" };

	return names[outcome];
}

enum rc bundle_side_events(struct store *store, struct bundle_writer *writer, const char *board,
		enum event_author author, uint64_t after, uint64_t upto)
{
	struct pool *pool = pool_new();
	struct buf lines = { 0 }, packed = { 0 };
	enum rc rc = RC_OK;

	while (rc == RC_OK && after < upto) {
		struct journal_row *rows;
		size_t count = 0, i;

		pool_reset(pool);
		buf_reset(&lines);
		buf_reset(&packed);
		rc = journal_read(store, pool, board, author, after, WIRE_BATCH_EVENTS, WIRE_BATCH_BYTES,
				&rows, &count);
		while (count > 0 && rows[count - 1].event.seq > upto)
			count--;
		if (rc || count == 0)
			break;
		for (i = 0; i < count; i++)
			wire_line(&rows[i], &lines);
		rc = wire_gzip(lines.data, lines.len, &packed);
		if (rc == RC_OK)
			rc = bundle_writer_add(writer, pool_printf(pool, "journal/%010llu-%010llu.ndjson.gz",
					(unsigned long long)rows[0].event.seq,
					(unsigned long long)rows[count - 1].event.seq),
					packed.data, packed.len);
		if (rc == RC_OK)
			bundle_writer_events(writer, count, rows[count - 1].event.epoch,
					rows[count - 1].event.seq, rows[count - 1].event.hash);
		after = rows[count - 1].event.seq;
	}
	buf_free(&lines);
	buf_free(&packed);
	pool_free(pool);
	return rc;
}

enum rc bundle_side_spool(struct store *store, struct pool *pool, struct bundle_reader *reader,
		char **path, const char **why)
{
	char name[33], piece[16384];
	size_t got = 1;
	enum rc rc = RC_OK;
	int fd;

	random_hex(16, name);
	*path = pool_printf(pool, "%s/stick-%s", store->settings->spool_dir, name);
	fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (fd < 0)
		return errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
	while (rc == RC_OK && got > 0) {
		rc = bundle_reader_take(reader, piece, sizeof(piece), &got, why);
		if (rc == RC_OK)
			rc = file_write_all(fd, piece, got);
	}
	(void)close(fd);
	if (rc)
		(void)unlink(*path);
	return rc;
}
