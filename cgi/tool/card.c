/*
 * card.c: the acceptance test of a medium, as far as software can see. Three questions:
 *
 *	speed	how long a small write with fsync takes, and whether it is faster than any flash memory can be
 *	room	is all the room there? It is written full with a pattern that names its place, and read back
 *		past the kernel's memory: a medium with less room than it says gives back other blocks
 *	cut	does an fsync mean what it says? Numbered blocks, each acknowledged on another medium; after the
 *		power was cut every acknowledged one must be there
 *
 * Only the last one finds a flush that lies; it needs a hand that pulls the plug.
 */
#define _GNU_SOURCE /* O_DIRECT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "crypt/random.h"
#include "tool/card.h"
#include "tool/tool.h"

#define FOLDER "tram-card-test"
#define BLOCK 4096u
#define PIECE (256u * BLOCK)
#define FILE_BLOCKS (INT64_C(1) << 18)	/* 1 GiB: FAT32 takes less than 4 */
#define LEFT_FREE INT64_C(16777216)
#define SPEED_WRITES 300
#define TOO_FAST_US 50			/* no flash writes and answers within this */
#define SLOW_US 500000

static const char usage[] =
		"usage: tram card-test FOLDER [--mb N] [--only speed|fill|read]\n"
		"       tram card-test FOLDER --cut-write LEDGER\n"
		"       tram card-test FOLDER --cut-check LEDGER\n\n"
		"FOLDER is on the card or stick to be tested. Alone: measures small writes, fills the free room\n"
		"(or N MiB of it) with a pattern, reads it back past the kernel's memory, and removes it; --only\n"
		"fill leaves it, so that it can be read in another machine with --only read.\n"
		"Does it lie about flush? --cut-write writes numbered blocks and notes each acknowledged one in\n"
		"LEDGER, which must lie on another medium, until the power is cut by hand; --cut-check then looks\n"
		"whether all of them are there. Do it three times before a card goes into the field.\n"
		"Exit status: 0 good; 1 the medium fails; 2 wrong usage; 75 it cannot be written at all.\n";

struct card {
	const char *folder, *dir;	/* dir: FOLDER inside it */
	struct pool *pool;
	uint64_t seed;
	uint8_t *piece, *want;
};

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Block `no` as it must be: its own number, then what only this seed and number give. */
static void fill_block(uint64_t seed, uint64_t no, uint8_t *out)
{
	uint64_t x = (seed ^ (no + 1) * UINT64_C(0x9e3779b97f4a7c15)) | 1;
	size_t i;

	for (i = 0; i < BLOCK; i += sizeof(x)) {
		x ^= x >> 12;
		x ^= x << 25;
		x ^= x >> 27;
		memcpy(out + i, &x, sizeof(x));
	}
	memcpy(out, &no, sizeof(no));
}

static uint8_t *aligned(size_t size)
{
	void *bytes = NULL;

	if (posix_memalign(&bytes, BLOCK, size) != 0)
		log_fatal("card: out of memory");
	memset(bytes, 0, size);
	return bytes;
}

static enum rc put_seed(struct card *card)
{
	char hex[17], line[18];

	random_hex(8, hex);
	card->seed = strtoull(hex, NULL, 16);
	(void)snprintf(line, sizeof(line), "%s\n", hex);
	return file_put(card->dir, "seed", line, 17, 0644);
}

static enum rc get_seed(struct card *card)
{
	char *text;
	size_t len;
	enum rc rc = file_read(card->pool, pool_printf(card->pool, "%s/seed", card->dir), 64, &text, &len);

	if (rc == RC_OK)
		card->seed = strtoull(text, NULL, 16);
	return rc;
}

/* Past the kernel's memory where the file system can; *direct says whether. */
static int open_past(const char *path, bool *direct)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);

	*direct = fd >= 0;
	if (fd < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return fd;
}

/* ---- speed ---- */

static int by_value(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

static enum rc test_speed(struct card *card, bool *good)
{
	const char *path = pool_printf(card->pool, "%s/speed", card->dir);
	int64_t took[SPEED_WRITES];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), i;
	enum rc rc = fd < 0 ? RC_IO : RC_OK;

	for (i = 0; rc == RC_OK && i < SPEED_WRITES; i++) {
		int64_t began = now_us();

		fill_block(card->seed, (uint64_t)i, card->piece);
		rc = file_write_all(fd, card->piece, BLOCK);
		if (rc == RC_OK && fsync(fd) != 0)
			rc = RC_IO;
		took[i] = now_us() - began;
	}
	if (fd >= 0)
		(void)close(fd);
	(void)unlink(path);
	if (rc != RC_OK)
		return rc;
	qsort(took, SPEED_WRITES, sizeof(took[0]), by_value);
	printf("speed: write+fsync p50=%" PRId64 "us p95=%" PRId64 "us p99=%" PRId64 "us max=%" PRId64 "us\n",
			took[SPEED_WRITES / 2], took[SPEED_WRITES * 95 / 100], took[SPEED_WRITES * 99 / 100],
			took[SPEED_WRITES - 1]);
	if (took[SPEED_WRITES / 2] < TOO_FAST_US)
		puts("speed: doubtful: fsync answers faster than flash memory can write; do the power cut test");
	if (took[SPEED_WRITES * 95 / 100] > SLOW_US) {
		puts("speed: too slow for a counter");
		*good = false;
	}
	return RC_OK;
}

/* ---- room ---- */

static char *room_name(struct card *card, int64_t file)
{
	return pool_printf(card->pool, "%s/%04" PRId64 ".bin", card->dir, file);
}

static enum rc fill_file(struct card *card, int64_t file, int64_t blocks)
{
	int fd = open(room_name(card, file), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int64_t done = 0;
	enum rc rc = fd < 0 ? RC_IO : RC_OK;

	while (rc == RC_OK && done < blocks) {
		int64_t n = blocks - done < PIECE / BLOCK ? blocks - done : PIECE / BLOCK, i;

		for (i = 0; i < n; i++)
			fill_block(card->seed, (uint64_t)(file * FILE_BLOCKS + done + i), card->piece + i * BLOCK);
		rc = file_write_all(fd, card->piece, (size_t)n * BLOCK);
		done += n;
	}
	if (rc == RC_OK && fsync(fd) != 0)
		rc = RC_IO;
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static enum rc test_fill(struct card *card, int64_t mb)
{
	unsigned long long free_bytes = file_free_bytes(card->folder);
	int64_t room = (int64_t)(free_bytes & INT64_MAX) - LEFT_FREE, blocks, began = now_us(), file = 0, left;
	enum rc rc = RC_OK;

	if (mb > 0 && mb * 1048576 < room)
		room = mb * 1048576;
	blocks = room > 0 ? room / BLOCK : 0;
	for (left = blocks; rc == RC_OK && left > 0; file++) {
		rc = fill_file(card, file, left < FILE_BLOCKS ? left : FILE_BLOCKS);
		left -= FILE_BLOCKS;
	}
	printf("fill: bytes=%" PRId64 " MB/s=%.1f%s\n", blocks * BLOCK, blocks == 0 ? 0.0 :
			(double)blocks * BLOCK / (double)(now_us() - began + 1),
			rc == RC_FULL ? " full before its room was used" : "");
	return rc == RC_FULL ? RC_PROTOCOL : rc;
}

/* *wrong: blocks that are not what was written there; *elsewhere: of these, another place's. */
static enum rc read_file(struct card *card, int64_t file, int64_t *blocks, int64_t *wrong, int64_t *elsewhere,
		bool *direct)
{
	int fd = open_past(room_name(card, file), direct);
	size_t got = PIECE;
	int64_t no = 0;
	enum rc rc = fd < 0 ? RC_NOT_FOUND : RC_OK;

	while (rc == RC_OK && got == PIECE) {
		size_t i;

		rc = file_read_all(fd, card->piece, PIECE, &got);
		if (rc != RC_OK) {	/* an unreadable block is a wrong one; what follows it was not read */
			(*wrong)++;
			rc = RC_OK;
			break;
		}
		for (i = 0; i < got / BLOCK; i++, no++) {
			uint64_t here = (uint64_t)(file * FILE_BLOCKS + no), said;

			fill_block(card->seed, here, card->want);
			if (memcmp(card->want, card->piece + i * BLOCK, BLOCK) == 0)
				continue;
			(*wrong)++;
			memcpy(&said, card->piece + i * BLOCK, sizeof(said));
			fill_block(card->seed, said, card->want);
			*elsewhere += memcmp(card->want, card->piece + i * BLOCK, BLOCK) == 0;
		}
		*wrong += got % BLOCK != 0;
	}
	*blocks += no;
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static enum rc test_read(struct card *card, bool *good)
{
	int64_t blocks = 0, wrong = 0, elsewhere = 0, file, began = now_us();
	bool direct = true;
	enum rc rc = RC_OK;

	for (file = 0; rc == RC_OK; file++)
		rc = read_file(card, file, &blocks, &wrong, &elsewhere, &direct);
	printf("read: blocks=%" PRId64 " wrong=%" PRId64 " elsewhere=%" PRId64 " MB/s=%.1f%s\n", blocks, wrong,
			elsewhere, blocks == 0 ? 0.0 : (double)blocks * BLOCK / (double)(now_us() - began + 1),
			direct ? "" : " through the kernel's memory: take the card out and read it again");
	if (elsewhere > 0)
		puts("read: the medium has less room than it says");
	else if (wrong > 0)
		puts("read: the medium does not keep what is written");
	*good = *good && wrong == 0 && blocks > 0;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void clear(struct card *card)
{
	int64_t file;

	for (file = 0; unlink(room_name(card, file)) == 0; file++)
		continue;
	(void)unlink(pool_printf(card->pool, "%s/seed", card->dir));
	(void)rmdir(card->dir);
}

/* ---- the power cut ---- */

static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
	(void)number;
	stopped = 1;
}

/* Each block: written, synced, then noted. The note is synced as well: it must not claim more than is true, and
 * what it lacks does no harm. */
static enum rc cut_write(struct card *card, const char *ledger)
{
	struct sigaction stop = { .sa_handler = on_stop };
	int note = open(ledger, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int fd = open(pool_printf(card->pool, "%s/cut.bin", card->dir), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			0600);
	struct stat here, there;
	uint64_t no = 0;
	char line[40];
	enum rc rc = note < 0 || fd < 0 || fstat(note, &there) || fstat(fd, &here) ? RC_IO : RC_OK;

	if (rc == RC_OK && here.st_dev == there.st_dev)
		puts("cut: LEDGER lies on the same medium: this proves nothing about a power cut");
	(void)sigaction(SIGINT, &stop, NULL);
	(void)sigaction(SIGTERM, &stop, NULL);
	(void)snprintf(line, sizeof(line), "seed %016" PRIx64 "\n", card->seed);
	if (rc == RC_OK)
		rc = file_write_all(note, line, strlen(line));
	puts("cut: writing; pull the plug whenever you like");
	(void)fflush(stdout);
	while (rc == RC_OK && !stopped) {
		fill_block(card->seed, no, card->piece);
		rc = file_write_all(fd, card->piece, BLOCK);
		if (rc == RC_OK && fsync(fd) != 0)
			rc = RC_IO;
		(void)snprintf(line, sizeof(line), "%" PRIu64 "\n", ++no);
		if (rc == RC_OK)
			rc = file_write_all(note, line, strlen(line));
		if (rc == RC_OK && fsync(note) != 0)
			rc = RC_IO;
	}
	printf("cut: acknowledged=%" PRIu64 "\n", no);
	if (note >= 0)
		(void)close(note);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The last whole line of the ledger, and the seed of its first. */
static enum rc read_ledger(struct card *card, const char *ledger, int64_t *acknowledged)
{
	char *text, *end, *line;
	size_t len;
	enum rc rc = file_read(card->pool, ledger, SIZE_MAX / 4, &text, &len);

	*acknowledged = 0;
	if (rc != RC_OK || strncmp(text, "seed ", 5) != 0)
		return rc == RC_OK ? RC_INVALID : rc;
	card->seed = strtoull(text + 5, NULL, 16);
	end = strrchr(text, '\n');
	if (!end)
		return RC_INVALID;
	*end = '\0';
	line = strrchr(text, '\n');
	return !line ? RC_OK : num_parse(line + 1, 1, INT64_MAX, acknowledged);
}

static enum rc cut_check(struct card *card, const char *ledger, bool *good)
{
	int64_t acknowledged = 0, missing = 0, first = -1, no;
	bool direct;
	int fd;
	enum rc rc = read_ledger(card, ledger, &acknowledged);

	if (rc != RC_OK) {
		fputs("tram card-test: that is no ledger of --cut-write\n", stderr);
		return RC_INVALID;
	}
	fd = open_past(pool_printf(card->pool, "%s/cut.bin", card->dir), &direct);
	for (no = 0; no < acknowledged; no++) {
		size_t got = 0;

		fill_block(card->seed, (uint64_t)no, card->want);
		if (fd >= 0 && file_read_all(fd, card->piece, BLOCK, &got) == RC_OK && got == BLOCK &&
				memcmp(card->piece, card->want, BLOCK) == 0)
			continue;
		if (missing++ == 0)
			first = no;
	}
	if (fd >= 0)
		(void)close(fd);
	printf("cut: acknowledged=%" PRId64 " missing=%" PRId64 "\n", acknowledged, missing);
	if (missing > 0)
		printf("cut: the medium lies about flush: block %" PRId64 " was acknowledged and is not there\n", first);
	*good = *good && missing == 0 && acknowledged > 0;
	return RC_OK;
}

/* ---- all of it ---- */

static enum rc test_all(struct card *card, const char *only, int64_t mb, bool *good)
{
	bool all = !only;
	enum rc rc = RC_OK;

	if (all || strcmp(only, "speed") == 0)
		rc = test_speed(card, good);
	if (rc == RC_OK && (all || strcmp(only, "fill") == 0))
		rc = test_fill(card, mb);
	if (rc == RC_OK && (all || strcmp(only, "read") == 0))
		rc = test_read(card, good);
	if (all || strcmp(only, "fill") != 0 || rc != RC_OK)
		clear(card);
	if (rc == RC_PROTOCOL) {
		*good = false;
		rc = RC_OK;
	}
	return rc;
}

static enum rc run(struct card *card, const char *only, const char *write, const char *check, int64_t mb,
		bool *good)
{
	bool reads = check || (only && strcmp(only, "read") == 0);
	enum rc rc = file_make_dir(card->dir, 0700);

	if (rc == RC_OK && !check)
		rc = reads ? get_seed(card) : put_seed(card);
	if (rc != RC_OK)
		return rc;
	if (write)
		return cut_write(card, write);
	return check ? cut_check(card, check, good) : test_all(card, only, mb, good);
}

int card_main(int argc, char **argv)
{
	const char *folder = NULL, *only = NULL, *size = NULL, *write = NULL, *check = NULL;
	const struct tool_option options[] = { { "only", &only, NULL }, { "mb", &size, NULL },
		{ "cut-write", &write, NULL }, { "cut-check", &check, NULL } };
	struct card card = { .pool = pool_new() };
	bool good = true;
	int64_t mb = 0;
	size_t words;
	int status = tool_options(argc, argv, usage, options, 4, &folder, 1, &words);
	enum rc rc;

	if (status >= 0)
		goto out;
	if (words != 1 || (size && num_parse(size, 1, INT64_C(1) << 30, &mb) != RC_OK) || (only &&
			strcmp(only, "speed") != 0 && strcmp(only, "fill") != 0 && strcmp(only, "read") != 0)) {
		fputs(usage, stderr);
		status = TOOL_USAGE;
		goto out;
	}
	card.folder = folder;
	card.dir = pool_printf(card.pool, "%s/" FOLDER, folder);
	card.piece = aligned(PIECE);
	card.want = aligned(BLOCK);
	rc = run(&card, only, write, check, mb, &good);
	if (rc != RC_OK && rc != RC_INVALID)
		fprintf(stderr, "tram card-test: %s: %s\n", folder, rc_name(rc));
	puts(rc != RC_OK ? "card: not tested" : good ? "card: good" : "card: bad");
	status = rc != RC_OK ? tool_exit_of(rc) : good ? TOOL_OK : TOOL_FAULT;
out:
	free(card.piece);
	free(card.want);
	pool_free(card.pool);
	return status;
}
