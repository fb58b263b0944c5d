/*
 * store.c: opening, and the frame of every write: begin, acts, commit, publish, wake.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "crypt/password.h"
#include "store/clock.h"
#include "store/erase.h"
#include "store/journal.h"
#include "store/slip.h"
#include "store/session.h"
#include "store/store.h"

#define STATION_MAX 65536u

static const char OTHER_BOARD[] = "SELECT board FROM journal_head WHERE board <> $1 LIMIT 1";

static enum rc open_asked(struct store *store, unsigned which)
{
	const struct { unsigned bit; enum db_kind kind; struct db **db; } parts[] = {
		{ STORE_TRAM, DB_TRAM, &store->tram },
		{ STORE_AUTH, DB_AUTH, &store->auth },
		{ STORE_RUN, DB_RUN, &store->run },
		{ STORE_PUBLIC, DB_PUBLIC, &store->pub },
		{ STORE_ACCESS, DB_ACCESS, &store->access },
	};
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == RC_OK; i++) {
		if (which & parts[i].bit)
			rc = db_open(store->settings, parts[i].kind, parts[i].db);
	}
	return rc;
}

/* Passwords are hashed by one process at a time: 19 MiB each. */
static enum rc share_password_lock(const struct settings *settings)
{
	char path[1024];

	if (snprintf(path, sizeof(path), "%s/argon2.lock", settings->run_dir) >= (int)sizeof(path))
		return RC_CONFIG;
	password_set_lock(path);
	return RC_OK;
}

/* The journal says which board's it is and in which mode: a data folder never changes either. */
static enum rc check_station(struct store *store)
{
	const char *mode = store->settings->mode == MODE_LIVE ? "live" : "rehearsal";
	struct stmt *other = db_stmt(store->tram, OTHER_BOARD);
	struct pool *pool = pool_new();
	struct journal_row *rows = NULL;
	json_t *body = NULL;
	size_t count = 0;
	bool row = false;
	enum rc rc = journal_read(store, pool, store->board, AUTHOR_BOARD, 0, 1, STATION_MAX, &rows,
			&count);

	if (rc == RC_OK && count == 0) {
		stmt_text(other, 1, store->board);
		rc = stmt_step(other, &row);
		if (rc == RC_OK && row) {
			log_error("settings key=board_id: the data folder is of board %s",
					stmt_col_text(other, 0));
			stmt_reset(other);
			rc = RC_CONFIG;
		}
	} else if (rc == RC_OK && strcmp(rows[0].event.kind, "station.opened") == 0 &&
			rows[0].event.body != NULL && json_parse(rows[0].event.body,
			rows[0].event.body_len, &body) == RC_OK &&
			strcmp(json_text(body, "mode"), mode) != 0) {
		log_error("settings key=mode: the data folder is of mode %s",
				json_text(body, "mode"));
		rc = RC_CONFIG;
	}
	json_decref(body);
	pool_free(pool);
	return rc;
}

enum rc store_open(const struct settings *settings, unsigned which, struct store **out)
{
	struct store *store = calloc(1, sizeof(*store));
	enum rc rc;

	*out = NULL;
	if (!store)
		log_fatal("store: out of memory");
	store->settings = settings;
	clock_follow(settings);
	store->board = settings->side == SIDE_BOARD ? settings->board_id : NULL;
	store->wake_fd = -1;
	rc = open_asked(store, which);
	if (rc == RC_OK && (which & STORE_TRAM) && store->board != NULL)
		rc = check_station(store);
	if (rc == RC_OK && (which & STORE_AUTH))
		rc = share_password_lock(settings);
	if (rc != RC_OK) {
		log_error("store: cannot be opened (%s)", rc_name(rc));
		store_close(store);
		return rc;
	}
	*out = store;
	return RC_OK;
}

void store_spare(struct store *store)
{
	if (!store)
		return;
	db_spare(store->tram);
	db_spare(store->auth);
	db_spare(store->run);
	db_spare(store->pub);
	db_spare(store->access);
	malloc_trim(0);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	db_close(store->tram);
	db_close(store->auth);
	db_close(store->run);
	db_close(store->pub);
	db_close(store->access);
	session_forget(store);
	if (store->wake_fd >= 0)
		(void)close(store->wake_fd);
	free(store);
}

enum rc store_room(const struct store *store)
{
	if (store->settings->reserve_bytes > 0 && file_free_bytes(store->settings->db_dir)
			< (unsigned long long)store->settings->reserve_bytes) {
		log_warn("store: disk space is under the reserve, no new work");
		return RC_FULL;
	}
	return RC_OK;
}

enum rc store_begin(struct store *store, bool new_work)
{
	if (new_work && store_room(store) != RC_OK)
		return RC_FULL;
	store->scrub = false;
	return db_write_begin(store->tram);
}

void store_wake(struct store *store)
{
	char path[1024];
	ssize_t n;

	if (store->wake_fd < 0) {
		if (snprintf(path, sizeof(path), "%s/wake", store->settings->sock_dir)
				>= (int)sizeof(path))
			return;
		/* For reading too, or a forwarder that went away would be a SIGPIPE. */
		store->wake_fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	}
	if (store->wake_fd < 0)
		return;
	n = write(store->wake_fd, "w", 1);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		(void)close(store->wake_fd);
		store->wake_fd = -1;
	}
}

void store_publish(struct store *store)
{
	if (!store->publish_due)
		return;
	store->publish_due = false;
	if (slip_publish(store) != RC_OK)
		log_warn("store: public.db is behind, it follows with the next commit");
}

static void committed(struct store *store)
{
	/* The words are gone from the database; this takes them out of its log too. A reader may
	 * stand in the way: the next commit tries again. */
	if (store->scrub_due && erase_sweep(store) != RC_OK)
		log_warn("store: files of erased contents are still here");
	if (store->scrub_due && db_scrub(store->tram) == RC_OK)
		store->scrub_due = false;
	else if (store->scrub_due)
		log_warn("store: erased words still stand in the log file");
	store->publish_due = store->pub != NULL;
	if (!store->publish_later)
		store_publish(store);
	store_wake(store);
}

enum rc store_commit(struct store *store)
{
	enum rc rc = store->together ? db_write_keep(store->tram) : db_write_commit(store->tram);

	if (rc != RC_OK)
		return rc;
	store->scrub_due = store->scrub_due || store->scrub;
	store->scrub = false;
	if (!db_kept(store->tram))
		committed(store);
	return RC_OK;
}

enum rc store_settle(struct store *store)
{
	enum rc rc;

	if (!db_kept(store->tram))
		return RC_OK;
	rc = db_settle(store->tram);
	if (rc == RC_OK)
		committed(store);
	return rc;
}

void store_abort(struct store *store)
{
	store->scrub = false;
	db_write_abort(store->tram);
}
