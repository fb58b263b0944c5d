/*
 * verify.c: `tram verify`, `tram rebuild`, `tram digest`: is the journal whole, and are the tables
 * what it says?
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypt/hash.h"
#include "crypt/jws.h"
#include "link/identity.h"
#include "link/wire.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "tool/tool.h"
#include "tool/verify.h"

static const char verify_usage[] =
		"usage: tram verify --data FOLDER [--no-files]\n\n"
		"Walks both logs of every board: chains, headers, bodies, heads, receipts and, where the\n"
		"center's public key can be read, their signatures; and that every file is there and whole.\n"
		"Prints each fault and one line per log:\n"
		"  log BOARD AUTHOR EPOCH SEQ head HASH\n"
		"Exit status: 0 whole; 1 faults; 75 the database failed; 78 wrong configuration.\n";

static const char rebuild_usage[] =
		"usage: tram rebuild --data FOLDER [--compare]\n\n"
		"Empties every table that pages read and fills it again by replaying the journal. With\n"
		"--compare nothing is changed: the rebuilt tables are compared with the live ones.\n"
		"Stop the programs first.\n"
		"Exit status: 0 done, or equal; 1 a table differs or the journal has a fault; 75 the\n"
		"database failed; 78 wrong configuration.\n";

static const char digest_usage[] =
		"usage: tram digest --data FOLDER [--board BOARD]\n\n"
		"Prints one JSON object, table → digest. The same line from a board and from its center\n"
		"(--board) means that both sides show the same dossiers.\n"
		"Exit status: 0 done; 75 the database failed; 78 wrong configuration.\n";

static void report(void *arg, const char *board, enum event_author author, uint64_t seq,
		const char *what)
{
	(void)arg;
	printf("fault %s %s %" PRIu64 ": %s\n", board ? board : "-", event_author_name(author), seq,
			what);
}

static enum rc print_log(struct store *store, const char *board, enum event_author author)
{
	struct journal_head head;
	enum rc rc = journal_head_get(store, board, author, &head);
	size_t i;

	if (rc != RC_OK)
		return rc;
	printf("log %s %s %" PRIu64 " %" PRIu64 " head ", board, event_author_name(author), head.epoch,
			head.seq);
	for (i = 0; i < sizeof(head.hash); i++)
		printf("%02x", head.hash[i]);
	putchar('\n');
	return RC_OK;
}

static enum rc print_logs(struct store *store, struct pool *pool)
{
	struct link_board *rows;
	size_t count, i;
	enum rc rc;

	if (store->board) {
		rc = print_log(store, store->board, AUTHOR_BOARD);
		return rc == RC_OK ? print_log(store, store->board, AUTHOR_CENTER) : rc;
	}
	rc = linkstate_board_list(store, pool, &rows, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		rc = print_log(store, rows[i].board, AUTHOR_BOARD);
		if (rc == RC_OK)
			rc = print_log(store, rows[i].board, AUTHOR_CENTER);
	}
	return rc;
}

struct request {
	const char *data, *conf, *board;
	bool no_files, compare;
	struct identity_keys keys;	/* count 0: they cannot be read */
};

#define RECEIPTS_AT_ONCE 500

/* The keys are public, but their folder may be closed to the owner of the data: so this comes before
 * the process becomes that user. */
static void read_receipt_keys(const struct settings *settings, struct request *request)
{
	enum rc rc = settings->side == SIDE_BOARD ? identity_keys_load(settings, &request->keys) :
			identity_keys_own(settings, &request->keys);

	if (rc != RC_OK)
		identity_keys_free(&request->keys);
}

/* Is this the center's signed word for that position? */
static bool receipt_fits(struct pool *pool, const struct identity_keys *keys, const char *board,
		const struct link_receipt *receipt)
{
	struct wire_receipt said;
	char *payload;
	size_t len;

	return jws_verify(pool, (const struct jws_key *const *)keys->keys, keys->count, "tram-receipt",
			receipt->jws, &payload, &len) == RC_OK
			&& wire_receipt_parse(pool, payload, len, &said) == RC_OK
			&& strcmp(said.board, board) == 0 && said.epoch == receipt->epoch
			&& said.seq == receipt->seq
			&& hash_equal(said.hash, receipt->hash, sizeof(said.hash));
}

static enum rc check_receipts(struct store *store, const char *board,
		const struct identity_keys *keys, struct journal_totals *totals)
{
	uint64_t after = 0;
	size_t count = RECEIPTS_AT_ONCE, i;
	enum rc rc = RC_OK;

	while (rc == RC_OK && count == RECEIPTS_AT_ONCE) {
		struct pool *pool = pool_new();
		struct link_receipt *rows;

		rc = linkstate_receipts(store, pool, board, after, RECEIPTS_AT_ONCE, &rows, &count);
		for (i = 0; rc == RC_OK && i < count; i++) {
			after = rows[i].seq;
			if (receipt_fits(pool, keys, board, &rows[i]))
				continue;
			report(NULL, board, AUTHOR_BOARD, rows[i].seq,
					"the receipt of this position is not the center's");
			totals->faults++;
		}
		pool_free(pool);
	}
	return rc;
}

/* Signatures of all receipts; said when they could not be checked. */
static enum rc check_signatures(struct store *store, struct pool *pool,
		const struct request *request, struct journal_totals *totals)
{
	struct link_board *rows;
	size_t count, i;
	enum rc rc;

	if (request->keys.count == 0) {
		puts("receipts: signatures not checked, receipt.pub cannot be read");
		return RC_OK;
	}
	if (store->board)
		return check_receipts(store, store->board, &request->keys, totals);
	rc = linkstate_board_list(store, pool, &rows, &count);
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = check_receipts(store, rows[i].board, &request->keys, totals);
	return rc;
}

static enum rc run_verify(struct store *store, struct pool *pool, const struct request *request)
{
	struct journal_totals totals = { 0 };
	enum rc rc = print_logs(store, pool), signatures;

	if (rc != RC_OK)
		return rc;
	rc = journal_verify(store, !request->no_files, report, NULL, &totals);
	if (rc != RC_OK && rc != RC_PROTOCOL)
		return rc;
	signatures = check_signatures(store, pool, request, &totals);
	if (signatures != RC_OK)
		return signatures;
	printf("events=%" PRIu64 " bodies=%" PRIu64 " erased=%" PRIu64 " parked=%" PRIu64
			" blobs=%" PRIu64 " faults=%" PRIu64 "\n", totals.events, totals.bodies,
			totals.erased, totals.parked, totals.blobs, totals.faults);
	return totals.faults > 0 ? RC_PROTOCOL : RC_OK;
}

static enum rc run_rebuild(struct store *store, struct pool *pool, const struct request *request)
{
	enum rc rc = journal_rebuild(store, request->compare, report, NULL);

	(void)pool;
	if (rc == RC_OK)
		puts(request->compare ? "equal" : "rebuilt");
	return rc;
}

static enum rc run_digest(struct store *store, struct pool *pool, const struct request *request)
{
	char *json;
	enum rc rc = journal_digest(store, pool, request->board, &json);

	if (rc == RC_OK)
		puts(json);
	return rc;
}

static int run(int argc, char **argv, const char *usage, unsigned which,
		const struct tool_option *options, size_t option_count, struct request *request,
		enum rc (*command)(struct store *, struct pool *, const struct request *))
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct pool *pool = pool_new();
	size_t words;
	int status = tool_options(argc, argv, usage, options, option_count, NULL, 0, &words);
	enum rc rc;

	if (status < 0) {
		rc = tool_settings(request->data, request->conf, &settings);
		if (rc == RC_OK && command == run_verify)
			read_receipt_keys(settings, request);
		if (rc == RC_OK)
			rc = tool_open(settings, which, &store);
		if (rc == RC_OK)
			rc = command(store, pool, request);
		status = tool_exit_of(rc);
	}
	store_close(store);
	identity_keys_free(&request->keys);
	settings_free(settings);
	pool_free(pool);
	return status;
}

int verify_main(int argc, char **argv)
{
	struct request request = { 0 };
	const struct tool_option options[] = { { "data", &request.data, NULL },
		{ "conf", &request.conf, NULL }, { "no-files", NULL, &request.no_files } };

	return run(argc, argv, verify_usage, STORE_TRAM, options, 3, &request, run_verify);
}

int verify_rebuild_main(int argc, char **argv)
{
	struct request request = { 0 };
	const struct tool_option options[] = { { "data", &request.data, NULL },
		{ "conf", &request.conf, NULL }, { "compare", NULL, &request.compare } };

	return run(argc, argv, rebuild_usage, STORE_TRAM | STORE_PUBLIC, options, 3, &request,
			run_rebuild);
}

int verify_digest_main(int argc, char **argv)
{
	struct request request = { 0 };
	const struct tool_option options[] = { { "data", &request.data, NULL },
		{ "conf", &request.conf, NULL }, { "board", &request.board, NULL } };

	return run(argc, argv, digest_usage, STORE_TRAM, options, 3, &request, run_digest);
}
