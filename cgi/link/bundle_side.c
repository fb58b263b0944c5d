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
#include "link/wire_take.h"
#include "store/fork.h"

#define BRANCHES_MAX 1000
#define LINES_MAX (16u * 1024 * 1024)

const char *bundle_outcome_name(enum bundle_outcome outcome)
{
	static const char *const names[] = { "taken", "again", "waits", "refused" };

	return names[outcome];
}

/* Branches that the events record go before them. */
static enum rc add_branches(struct store *store, struct bundle_writer *writer, const char *board,
		enum event_author author, uint64_t after, uint64_t upto)
{
	struct pool *pool = pool_new(), *part = pool_new();
	struct fork_row *forks = NULL;
	size_t count = 0;
	enum rc rc = fork_list(store, pool, board, BRANCHES_MAX, &forks, &count);

	for (; rc == RC_OK && count > 0; count--) {
		const struct fork_row *fork = &forks[count - 1];
		uint64_t at = 0;
		size_t rows_count = 1;

		if (fork->author != author || fork->position <= after || fork->position > upto)
			continue;
		while (rc == RC_OK && rows_count > 0) {
			struct buf lines = { 0 }, packed = { 0 };
			struct journal_row *rows;
			size_t i;

			pool_reset(part);
			rc = journal_read(store, part, board, fork->log, at, WIRE_BATCH_EVENTS,
					WIRE_BATCH_BYTES, &rows, &rows_count);
			for (i = 0; rc == RC_OK && i < rows_count; i++)
				wire_line(&rows[i], &lines);
			if (rc == RC_OK && rows_count > 0) {
				at = rows[rows_count - 1].event.seq;
				rc = wire_gzip(lines.data, lines.len, &packed);
			}
			if (rc == RC_OK && rows_count > 0)
				rc = bundle_writer_add(writer, pool_printf(part,
						"branches/%04u-%010llu.ndjson.gz", fork->log,
						(unsigned long long)at), packed.data, packed.len);
			buf_free(&lines);
			buf_free(&packed);
		}
	}
	pool_free(part);
	pool_free(pool);
	return rc;
}

enum rc bundle_side_stage(struct store *store, const char *board, const char *packed, size_t len,
		const char **why)
{
	struct buf lines = { 0 };
	size_t staged, line;
	enum rc rc = wire_gunzip(packed, len, LINES_MAX, &lines);

	*why = "line";
	if (rc == RC_OK)
		rc = wire_take_branch(store, board, lines.data, lines.len, &staged, why, &line);
	buf_free(&lines);
	return rc == RC_INVALID || rc == RC_TOO_LARGE ? RC_PROTOCOL : rc;
}

enum rc bundle_side_events(struct store *store, struct bundle_writer *writer, const char *board,
		enum event_author author, uint64_t after, uint64_t upto)
{
	struct pool *pool = pool_new();
	struct buf lines = { 0 }, packed = { 0 };
	enum rc rc = add_branches(store, writer, board, author, after, upto);

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
