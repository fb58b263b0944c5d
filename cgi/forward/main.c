/*
 * main.c: tram-forward. One loop: hello, journal, feed, results down, contents up, wait. After a
 * failure of any step the center counts as down, and the next try begins with hello.
 *
 * SIGTERM ends it at the next wait (every wait watches the pipe); SIGKILL is as good: what counts
 * is in the database by then, or is sent again.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"
#include "forward/forward.h"
#include "forward/pace.h"
#include "store/slip.h"

#define EXIT_ENVIRONMENT 75
#define EXIT_CONFIGURATION 78
#define KEY_FILE_MAX 65536u
#define HELLO_EVERY_MS (15 * WHEN_MINUTE_MS)

static int main_stop_pipe[2] = { -1, -1 };

static void main_on_signal(int number)
{
	int kept = errno;

	(void)number;
	if (write(main_stop_pipe[1], "x", 1) < 0) {
		/* The pipe is full: it says stop already. */
	}
	errno = kept;
}

static void main_set_signals(void)
{
	struct sigaction stop = { .sa_handler = main_on_signal }, ignore = { .sa_handler = SIG_IGN };

	if (pipe(main_stop_pipe) || fcntl(main_stop_pipe[1], F_SETFL, O_NONBLOCK) ||
			fcntl(main_stop_pipe[0], F_SETFD, FD_CLOEXEC) ||
			fcntl(main_stop_pipe[1], F_SETFD, FD_CLOEXEC) ||
			sigaction(SIGTERM, &stop, NULL) || sigaction(SIGINT, &stop, NULL) ||
			sigaction(SIGPIPE, &ignore, NULL))
		log_fatal("forward: signals: %s", strerror(errno));
}

/* Both ends open, so that a writer going away is no end of file. -1: none; polling goes on. */
static int main_open_wake(const struct settings *settings, struct pool *pool)
{
	const char *path = pool_printf(pool, "%s/wake", settings->sock_dir);
	int fd;

	if (mkfifo(path, 0660) && errno != EEXIST)
		log_warn("forward: no wake fifo: %s", strerror(errno));
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		log_warn("forward: wake fifo cannot be opened: %s", strerror(errno));
	return fd;
}

static void main_drain_wake(const struct forward *forward)
{
	char bytes[256];

	while (forward->wake_fd >= 0 && read(forward->wake_fd, bytes, sizeof(bytes)) > 0)
		continue;
}

/* ---- start ---- */

static enum rc main_load_keys(struct forward *forward)
{
	const char *dir = forward->settings->link_key_dir;
	char *pem;
	size_t len;
	enum rc rc;

	rc = file_read(forward->pool, pool_printf(forward->pool, "%s/receipt.pub", dir), KEY_FILE_MAX,
			&pem, &len);
	if (rc == RC_OK)
		rc = jws_key_parse(pem, &forward->receipt_key);
	if (rc) {
		log_error("forward: %s/receipt.pub: no public key", dir);
		return RC_CONFIG;
	}
	return tls_client_new(pool_printf(forward->pool, "%s/ca.crt", dir),
			pool_printf(forward->pool, "%s/client.crt", dir),
			pool_printf(forward->pool, "%s/client.key", dir), &forward->tls);
}

static enum rc main_open(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	int64_t timeout_ms = settings->link_timeout_s * 1000;
	enum rc rc;

	if (settings->side != SIDE_BOARD || !settings->center_url[0]) {
		log_error("forward: tram.conf: a board with center_url is needed");
		return RC_CONFIG;
	}
	rc = main_load_keys(forward);
	if (rc)
		return rc;
	tls_client_set_stop(forward->tls, forward->stop_fd);
	rc = http_new(forward->tls, settings->center_url, settings->center_name, timeout_ms,
			&forward->http);
	if (rc == RC_OK)
		rc = tusc_new(forward->tls, settings->center_url, settings->center_name, "/v1/blobs",
				timeout_ms, &forward->tusc);
	if (rc) {
		log_error("forward: tram.conf: center_url is https://host:port, nothing after it");
		return RC_CONFIG;
	}
	rc = store_open(settings, STORE_TRAM | STORE_PUBLIC, &forward->store);
	if (rc)
		return rc;
	/* An erase's words, should its process have been killed before they left the log file. */
	if (db_scrub(forward->store->tram))
		log_info("forward: the database's log file is emptied later");
	forward->wake_fd = main_open_wake(settings, forward->pool);
	return RC_OK;
}

static void main_close(struct forward *forward)
{
	tusc_free(forward->tusc);
	http_free(forward->http);
	tls_client_free(forward->tls);
	jws_key_free(forward->receipt_key);
	store_close(forward->store);
	pool_free(forward->pool);
	pool_free(forward->waiting_pool);
	free(forward->aside);
	if (forward->wake_fd >= 0)
		close(forward->wake_fd);
}

/* ---- the loop ---- */

/* How long no clerk's page was used: pages touch the wake fifo, by writing after a commit and, once
 * a minute, by setting its time. */
static int64_t main_unused_for(const struct forward *forward)
{
	struct stat info;
	int64_t age;

	if (forward->wake_fd < 0 || fstat(forward->wake_fd, &info))
		return INT64_MAX / 2;
	age = when_now_ms() - (int64_t)info.st_mtim.tv_sec * 1000;
	return age < 0 ? 0 : age;
}

/* When to look at the feed next; asked anew after every waking, for a page may have been used. */
static int64_t main_look_at(const struct forward *forward)
{
	return forward->looked_at + pace_poll_ms(main_unused_for(forward),
			forward->settings->poll_active_s * 1000, forward->settings->poll_max_s * 1000);
}

static enum rc main_look_at_feed(struct forward *forward)
{
	enum rc rc = exchange_feed(forward);

	if (rc)
		return rc;
	/* Public status follows the journal by its own cursor; a failure there is not the link's. */
	if (slip_publish(forward->store))
		log_warn("forward: public status is behind");
	forward->look_now = false;
	forward->looked_at = when_boottime_ms();
	return blobs_fetch(forward);
}

static enum rc main_round(struct forward *forward)
{
	enum rc rc = RC_OK;

	if (!forward->greeted || when_boottime_ms() >= forward->greet_at) {
		rc = exchange_hello(forward);
		if (rc)
			return rc;
		forward->greeted = true;
		forward->greet_at = when_boottime_ms() + HELLO_EVERY_MS;
		forward->look_now = true;
	}
	main_drain_wake(forward);	/* before reading: what is written later wakes again */
	rc = exchange_journal(forward);
	if (rc == RC_OK && (forward->look_now || when_boottime_ms() >= main_look_at(forward)))
		rc = main_look_at_feed(forward);
	if (rc)
		return rc;
	if (forward->down)
		log_info("link is up again after_ms=%lld",
				(long long)(when_boottime_ms() - forward->failing_since));
	forward->health_urgent = forward->health_urgent || forward->down || !forward->last_ok_at;
	forward->down = false;
	forward->reason[0] = '\0';
	forward->last_ok_at = when_now_ms();
	health_put(forward);
	return forward->look_now ? RC_OK : blobs_send(forward, main_look_at(forward));
}

/* The pause after a failure; a new event may shorten it to retry_min. */
static void main_pause(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	int64_t now = when_boottime_ms(), least = settings->retry_min_s * 1000;
	int64_t pause = pace_retry_ms(now - forward->failing_since, least,
			settings->poll_max_s * 1000, random_below(1024));
	struct tusc_report unused;

	forward->greeted = false;
	main_drain_wake(forward);	/* our own commits write there too */
	http_drop(forward->http);
	blobs_forget_queue(forward);
	tusc_drop(forward->tusc);
	health_put(forward);
	/* Nothing is in flight: this only waits. */
	if (tusc_pump(forward->tusc, -1, forward->stop_fd, now + least, &unused) == RC_GONE)
		return;
	(void)!tusc_pump(forward->tusc, forward->wake_fd, forward->stop_fd, now + pause, &unused);
}

static int main_exit_of(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return 0;
	case RC_CONFIG:
	case RC_VERSION:
	case RC_NOT_FOUND:
		return EXIT_CONFIGURATION;
	default:
		return EXIT_ENVIRONMENT;
	}
}

int main(int argc, char **argv)
{
	struct forward forward = { .wake_fd = -1, .round_trip_ms = -1 };
	struct settings *settings = NULL;
	enum rc rc;

	log_init("tram-forward");
	if (argc != 3 || strcmp(argv[1], "-c")) {
		fputs("usage: tram-forward -c SETTINGS_FILE\n", stderr);
		return EXIT_CONFIGURATION;
	}
	umask(0007);
	/* getaddrinfo has no deadline of its own. */
	(void)setenv("RES_OPTIONS", "timeout:3 attempts:2", 0);
	main_set_signals();
	forward.stop_fd = main_stop_pipe[0];
	rc = settings_load(argv[2], &settings);
	if (rc)
		return EXIT_CONFIGURATION;
	forward.settings = settings;
	forward.pool = pool_new();
	forward.waiting_pool = pool_new();
	rc = main_open(&forward);
	if (rc == RC_OK)
		log_info("started board=%s", forward.store->board);
	while (rc == RC_OK && !forward_stopped(&forward)) {
		if (main_round(&forward) && !forward_stopped(&forward))
			main_pause(&forward);
	}
	main_close(&forward);
	settings_free(settings);
	return main_exit_of(rc);
}
