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

#include "base/log.h"
#include "base/notify.h"
#include "base/when.h"
#include "crypt/random.h"
#include "forward/forward.h"
#include "forward/pace.h"
#include "store/clock.h"
#include "store/erase.h"
#include "forward/uplink.h"
#include "store/slip.h"

#define EXIT_ENVIRONMENT 75
#define EXIT_CONFIGURATION 78
#define HELLO_EVERY_MS (15 * WHEN_MINUTE_MS)
#define HELLO_IDLE_MS (240 * WHEN_MINUTE_MS)	/* while nobody works: 1.5 kB each */
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
		blobs_try_again(forward);
	}
	stick_look(forward);
}

/* ---- start ---- */

static enum rc main_open(struct forward *forward)
{
	const struct settings *settings = forward->settings;
	enum rc rc;

	if (settings->side != SIDE_BOARD || !settings->center_url[0]) {
		log_error("forward: tram.conf: a board with center_url is needed");
		return RC_CONFIG;
	}
	rc = clock_begin(settings);
	if (rc == RC_OK)
		rc = line_read(forward);
	if (rc)
		return rc;
	rc = store_open(settings, STORE_TRAM | STORE_PUBLIC | STORE_ACCESS, &forward->store);
	if (rc)
		return rc;
	/* An erase's words, should its process have been killed before they left the log file. */
	if (db_scrub(forward->store->tram))
		log_info("forward: the database's log file is emptied later");
	if (erase_sweep(forward->store))
		log_info("forward: files of erased contents go later");
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

	join_close(forward);
	store_close(forward->store);
	pool_free(forward->pool);
	backlog_close(&forward->backlog);
	free(forward->aside);
	address_free(forward->addresses, forward->address_count);
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
	age = when_kernel_ms() - (int64_t)info.st_mtim.tv_sec * 1000;
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
	forward->look_now = forward->feed_more;
	forward->looked_at = when_boottime_ms();
	return forward->feed_more ? RC_OK : blobs_fetch(forward);
}

static enum rc main_round(struct forward *forward)
{
	enum rc rc = RC_OK;
	int64_t until;

	if (!forward->greeted || when_boottime_ms() >= forward->greet_at) {
		rc = exchange_hello(forward);
		if (rc)
			return rc;
		forward->greeted = true;
		join_renew(forward);
		if (forward->reopen)
			return RC_OK;
		forward->greet_at = when_boottime_ms() + (main_unused_for(forward) > HELLO_EVERY_MS ?
				HELLO_IDLE_MS : HELLO_EVERY_MS);
		forward->look_now = true;
	}
	main_take_stir(forward);	/* before reading: what is written later wakes again */
	rc = exchange_journal(forward);
	if (rc == RC_OK && (forward->look_now || when_boottime_ms() >= main_look_at(forward)))
		rc = main_look_at_feed(forward);
	if (rc == RC_OK && !forward->journal_more)
		rc = readings_send(forward);
	if (rc == RC_OK && !forward->journal_more)
		rc = release_look(forward);
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
	if (forward->look_now || forward->journal_more)
		return RC_OK;
	until = main_look_at(forward);
	return blobs_send(forward, until < forward->readings_at ? until : forward->readings_at);
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
	if (strncmp(forward->reason, "certificate-", 12) == 0) {
		join_renew(forward);
		if (forward->reopen)
			return;
		forward->reopen = true;	/* `tram enroll` may have brought another */
	}
	main_take_stir(forward);	/* our own commits write there too */
	forward->retry_at = now + pause;
	health_put(forward);
	store_spare(forward->store);
	main_wait(forward, now, least, now + pause);
}

/* Nothing can be sent before somebody lets this board enrol: said, and waited for. */
static enum rc main_wait_for_identity(struct forward *forward)
{
	if (!forward->down && forward_fail(forward, "link", "not-enrolled", RC_NOT_FOUND) == RC_GONE)
		return RC_OK;
	main_take_stir(forward);
	health_put(forward);
	join_wait(forward, health_next(forward, when_boottime_ms() + WHEN_MINUTE_MS));
	return RC_OK;
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

static void main_tell_started(const struct forward *forward)
{
	log_info("started board=%s", forward->store->board);
	notify_ready();
}

int main(int argc, char **argv)
{
	struct forward forward = { .wake_fd = -1, .uplink_fd = -1, .ask_fd = -1, .stir_fd = -1,
		.round_trip_ms = -1, .stick_pid = -1, .stick_fd = -1, .files_wait = "" };
	struct settings *settings = NULL;
	int status;
	enum rc rc;

	log_init("tram-forward");
	if ((argc != 3 && (argc != 5 || strcmp(argv[3], "--stick"))) || strcmp(argv[1], "-c")) {
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
	if (argc == 5) {	/* started by stick.c */
		status = stick_main(settings, argv[4]);
		settings_free(settings);
		return status;
	}
	forward.settings = settings;
	forward.settings_path = argv[2];
	forward.pool = pool_new();
	random_bytes(forward.instance, sizeof(forward.instance));
	backlog_open(&forward.backlog);
	rc = main_open(&forward);
	if (rc == RC_OK)
		main_tell_started(&forward);
	while (rc == RC_OK && !forward_stopped(&forward)) {
		notify_alive();
		room_keep(&forward);
		stick_look(&forward);
		join_look(&forward);
		rc = join_open(&forward);
		if (rc == RC_NOT_FOUND)
			rc = main_wait_for_identity(&forward);
		else if (rc == RC_OK && main_round(&forward) && !forward_stopped(&forward))
			main_pause(&forward);
	}
	notify_stopping();
	main_close(&forward);
	settings_free(settings);
	return main_exit_of(rc);
}
