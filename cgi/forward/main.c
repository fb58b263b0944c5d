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
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"
#include "forward/forward.h"
#include "forward/pace.h"
#include "forward/uplink.h"
#include "store/slip.h"

#define EXIT_ENVIRONMENT 75
#define EXIT_CONFIGURATION 78
#define KEY_FILE_MAX 65536u
#define HELLO_EVERY_MS (15 * WHEN_MINUTE_MS)
#define BREATH_MS 250	/* a line that comes up says so several times */

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

/* A file of this name in inbox/ asks for a signed round trip now: the link page's button. */
#define ASK_FILE "round-trip"

/* Somebody puts a file into the inbox. -1: seen when the next round begins. */
static int main_open_ask(const struct settings *settings)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd >= 0 && inotify_add_watch(fd, settings->inbox_dir, IN_CREATE | IN_MOVED_TO) >= 0)
		return fd;
	log_warn("forward: the inbox is not watched: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* One descriptor that can be read when any of the three can. */
static void main_open_stir(struct forward *forward)
{
	const int fds[] = { forward->wake_fd, forward->uplink_fd, forward->ask_fd };
	size_t i;

	forward->stir_fd = epoll_create1(EPOLL_CLOEXEC);
	if (forward->stir_fd < 0)
		log_fatal("forward: epoll: %s", strerror(errno));
	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		struct epoll_event event = { .events = EPOLLIN };

		if (fds[i] >= 0 && epoll_ctl(forward->stir_fd, EPOLL_CTL_ADD, fds[i], &event))
			log_fatal("forward: epoll: %s", strerror(errno));
	}
}

static void main_drain(int fd)
{
	char bytes[4096];

	while (fd >= 0 && read(fd, bytes, sizeof(bytes)) > 0)
		continue;
}

/* Takes what stirred us: new events (read next), a line that came up, a person who asks. */
static void main_take_stir(struct forward *forward)
{
	const char *ask = pool_printf(forward->pool, "%s/" ASK_FILE, forward->settings->inbox_dir);

	main_drain(forward->wake_fd);
	main_drain(forward->ask_fd);
	if (uplink_came_up(forward->uplink_fd) && forward->down) {
		log_info("a line came up");
		forward->go_now = true;
	}
	if (unlink(ask) == 0) {
		log_info("a round trip was asked for");
		forward->go_now = true;
		forward->greeted = false;
	}
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

/* center_url and those of center_more. */
static enum rc main_read_addresses(struct forward *forward)
{
	const char *at = forward->settings->center_more;

	forward->addresses[forward->address_count++] = strdup(forward->settings->center_url);
	for (at += strspn(at, " "); *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (forward->address_count == FORWARD_ADDRESSES)
			return RC_CONFIG;
		forward->addresses[forward->address_count++] = strndup(at, len);
		at += len;
	}
	return RC_OK;
}

static enum rc main_set_proxy(struct forward *forward)
{
	const char *url = forward->settings->link_proxy, *host, *colon;
	char *name;

	if (!*url)
		return RC_OK;
	if (strncmp(url, "http://", 7))
		return RC_CONFIG;
	host = url + 7;
	colon = strrchr(host, ':');
	if (!colon || colon == host || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")])
		return RC_CONFIG;
	name = *host == '[' && colon[-1] == ']' ? strndup(host + 1, (size_t)(colon - host - 2)) :
			strndup(host, (size_t)(colon - host));
	if (!name)
		log_fatal("forward: out of memory");
	tls_client_set_proxy(forward->tls, name, colon + 1);
	free(name);
	return RC_OK;
}

static enum rc main_open_link(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	int64_t timeout_ms = settings->link_timeout_s * 1000;
	enum rc rc = main_read_addresses(forward);
	bool quiet;
	size_t i;

	if (pace_quiet(settings->link_quiet, 0, &quiet)) {
		log_error("forward: tram.conf: link_quiet is HH:MM-HH:MM, blanks between");
		return RC_CONFIG;
	}
	if (main_set_proxy(forward)) {
		log_error("forward: tram.conf: link_proxy is http://host:port");
		return RC_CONFIG;
	}
	tls_client_set_stop(forward->tls, forward->stop_fd);
	if (rc == RC_OK)
		rc = http_new(forward->tls, settings->center_url, settings->center_name, timeout_ms,
				&forward->http);
	if (rc == RC_OK)
		rc = tusc_new(forward->tls, settings->center_url, settings->center_name, "/v1/blobs",
				timeout_ms, &forward->tusc);
	/* Each is tried for its form now, the first one last. */
	for (i = forward->address_count; rc == RC_OK && i-- > 0;)
		rc = http_aim(forward->http, forward->addresses[i], settings->center_name);
	if (rc)
		log_error("forward: tram.conf: center_url and center_more are https://host:port, "
				"nothing after it");
	return rc;
}

static enum rc main_open(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	enum rc rc;

	if (settings->side != SIDE_BOARD || !settings->center_url[0]) {
		log_error("forward: tram.conf: a board with center_url is needed");
		return RC_CONFIG;
	}
	rc = main_load_keys(forward);
	if (rc == RC_OK)
		rc = main_open_link(forward);
	if (rc)
		return rc;
	rc = store_open(settings, STORE_TRAM | STORE_PUBLIC, &forward->store);
	if (rc)
		return rc;
	/* An erase's words, should its process have been killed before they left the log file. */
	if (db_scrub(forward->store->tram))
		log_info("forward: the database's log file is emptied later");
	forward->wake_fd = main_open_wake(settings, forward->pool);
	forward->uplink_fd = uplink_open();
	forward->ask_fd = main_open_ask(settings);
	main_open_stir(forward);
	health_take_up(forward);
	return RC_OK;
}

static void main_close(struct forward *forward)
{
	const int fds[] = { forward->wake_fd, forward->uplink_fd, forward->ask_fd, forward->stir_fd };
	size_t i;

	tusc_free(forward->tusc);
	http_free(forward->http);
	tls_client_free(forward->tls);
	jws_key_free(forward->receipt_key);
	store_close(forward->store);
	pool_free(forward->pool);
	backlog_close(&forward->backlog);
	free(forward->aside);
	for (i = 0; i < forward->address_count; i++)
		free(forward->addresses[i]);
	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
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
	main_take_stir(forward);	/* before reading: what is written later wakes again */
	rc = exchange_journal(forward);
	if (rc == RC_OK && (forward->look_now || when_boottime_ms() >= main_look_at(forward)))
		rc = main_look_at_feed(forward);
	if (rc)
		return rc;
	forward_gauge(forward);
	forward->tried = 0;
	if (forward->down)
		log_info("link is up again after_ms=%lld",
				(long long)(when_boottime_ms() - forward->failing_since));
	forward->health_urgent = forward->health_urgent || forward->down || !forward->last_ok_at;
	forward->down = false;
	forward->reason[0] = '\0';
	forward->last_ok_at = when_now_ms();
	health_put(forward);
	return forward->look_now || forward->journal_more ? RC_OK :
			blobs_send(forward, main_look_at(forward));
}

/* The next address. False: all have been tried since the last good answer, or there is one alone. */
static bool main_turn_address(struct forward *forward)
{
	bool more = ++forward->tried < forward->address_count;
	const char *name = forward->settings->center_name;

	if (!more)
		forward->tried = 0;
	if (forward->address_count < 2)
		return false;
	forward->address = (forward->address + 1) % forward->address_count;
	if (http_aim(forward->http, forward->addresses[forward->address], name) ||
			tusc_aim(forward->tusc, forward->addresses[forward->address], name))
		log_bug("an address that was good at the start is not");
	log_info("center address=%zu", forward->address);
	return more;
}

/* Waits until until_ms, or shorter: a line came up or somebody asks (at once, but for a breath), a new
 * event (after least_ms). */
static void main_wait(struct forward *forward, int64_t began, int64_t least_ms, int64_t until_ms)
{
	struct tusc_report unused;
	enum rc rc = RC_OK;
	bool stirred = false;

	forward->go_now = false;
	for (;;) {
		/* Nothing is in flight: this only waits. */
		rc = tusc_pump(forward->tusc, forward->stir_fd, forward->stop_fd,
				stirred ? began + least_ms : until_ms, &unused);
		if (rc != RC_BUSY)
			return;
		main_take_stir(forward);
		stirred = true;
		if (forward->go_now && least_ms > BREATH_MS)
			least_ms = BREATH_MS;
		pool_reset(forward->pool);
	}
}

/* The pause after a failure: the whole center counts as down, nothing is tried item by item. */
static void main_pause(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	int64_t now = when_boottime_ms(), least = settings->retry_min_s * 1000;
	int64_t pause = pace_retry_ms(now - forward->failing_since, least,
			settings->poll_max_s * 1000, random_below(1024));
	bool turn = forward->unreachable && main_turn_address(forward);

	forward->greeted = false;
	forward->fetched_all = false;
	backlog_forget(&forward->backlog);
	http_drop(forward->http);
	tusc_drop(forward->tusc);
	if (turn)
		return;
	main_take_stir(forward);	/* our own commits write there too */
	forward->retry_at = now + pause;
	health_put(forward);
	main_wait(forward, now, least, now + pause);
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
	struct forward forward = { .wake_fd = -1, .uplink_fd = -1, .ask_fd = -1, .stir_fd = -1,
		.round_trip_ms = -1, .files_wait = "" };
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
	backlog_open(&forward.backlog);
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
