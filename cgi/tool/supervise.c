/*
 * supervise.c: starts, restarts and stops the processes of one plan (plan.h), on machines without
 * a service manager: development and tests. It knows nothing of what they do.
 *
 * A process that ends is started again, at once or with back-off when it did not live long; one
 * that says "configuration error" (78) is left down, since starting again cannot help. SIGTERM or
 * SIGINT: every process gets SIGTERM, finishes its request, and the supervisor ends after them.
 */
#define _GNU_SOURCE /* setgroups, prctl, SOCK_CLOEXEC */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "tool/plan.h"
#include "tool/supervise.h"
#include "tool/tool.h"

static const char usage[] =
		"usage: tram supervise FILE\n\n"
		"Runs the processes of FILE until SIGTERM or SIGINT. Lines of FILE: run, log,\n"
		"socket-group; then for each process: process NAME, user, groups, workers, socket, exec,\n"
		"arg, env (cgi/tool/plan.h says what each means).\n"
		"Exit status: 0 stopped on request; 75 a socket or process could not be made; 78 FILE is\n"
		"wrong.\n";

#define BACK_OFF_MIN_MS 100
#define BACK_OFF_MAX_MS 5000
#define LIVED_LONG_MS 5000
#define STOP_MS 10000

struct worker {
	const struct plan_process *process;
	size_t number;
	int listen_fd;		/* shared by the workers of a process; -1: none */
	pid_t pid;		/* 0: not running */
	int64_t started_at, start_at;	/* boot time, ms; start_at -1: stays down */
	int64_t back_off_ms;
};

struct supervisor {
	const struct plan *plan;
	struct worker workers[PLAN_PROCESSES * PLAN_WORKERS];
	size_t count;
	bool stopping;
	sigset_t waited, inherited;
};

static enum rc make_socket(const char *path, gid_t group, int *out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*out = fd;
	if (strlen(path) >= sizeof(address.sun_path)) {
		log_error("supervise socket=%s: a socket's path has at most %zu bytes", path,
				sizeof(address.sun_path) - 1);
		return RC_CONFIG;
	}
	memcpy(address.sun_path, path, strlen(path));
	(void)unlink(path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address))
			|| (geteuid() == 0 && group != 0 && chown(path, 0, group)) || chmod(path, 0660)
			|| listen(fd, 1024)) {
		log_error("supervise socket=%s: %s", path, strerror(errno));
		return RC_IO;
	}
	return RC_OK;
}

static void write_pid(struct pool *pool, const char *run, const char *name, pid_t pid)
{
	char *text = pool_printf(pool, "%ld\n", (long)pid);

	if (file_put(run, name, text, strlen(text), 0644) != RC_OK)
		log_warn("supervise pid file=%s: cannot be written", name);
}

static char *pid_name(struct pool *pool, const struct worker *worker)
{
	return pool_printf(pool, "%s.%zu.pid", worker->process->name, worker->number);
}

/* In the child, after fork: becomes the program or exits 75. */
static _Noreturn void become(const struct supervisor *supervisor, const struct worker *worker)
{
	const struct plan_process *process = worker->process;
	/* 1, not 0: the kernel takes that for "none" also where cores go to a pipe. */
	const struct rlimit no_core = { 1, 1 };
	struct pool *pool = pool_new();
	const char *log = pool_printf(pool, "%s/%s.log", supervisor->plan->log, process->name);
	int in = worker->listen_fd >= 0 ? worker->listen_fd : open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	size_t i;

	if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(75);
	umask(0007);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (geteuid() == 0 && process->uid != 0
			&& (setgroups(process->group_count, process->groups)
			|| setgid((gid_t)process->uid) || setuid(process->uid)))
		log_fatal("supervise process=%s: cannot become user %u", process->name, process->uid);
	/* After the change of user, which clears it: nobody outlives the supervisor. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (i = 0; i < process->env_count; i++)
		(void)putenv(process->env[i]);
	(void)sigprocmask(SIG_SETMASK, &supervisor->inherited, NULL);
	execv(process->argv[0], process->argv);
	log_fatal("supervise exec=%s: %s", process->argv[0], strerror(errno));
}

static void start(const struct supervisor *supervisor, struct worker *worker)
{
	struct pool *pool = pool_new();
	pid_t pid = fork();

	if (pid == 0)
		become(supervisor, worker);
	worker->started_at = when_boottime_ms();
	if (pid < 0) {
		log_error("supervise process=%s: fork: %s", worker->process->name, strerror(errno));
		worker->start_at = worker->started_at + BACK_OFF_MAX_MS;
	} else {
		worker->pid = pid;
		write_pid(pool, supervisor->plan->run, pid_name(pool, worker), pid);
	}
	pool_free(pool);
}

static void ended(struct worker *worker, int status, bool stopping)
{
	int64_t now = when_boottime_ms();
	bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	const char *name = worker->process->name;

	worker->pid = 0;
	if (stopping)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == TOOL_CONFIG) {
		log_error("supervise process=%s.%zu: configuration error, stays down", name,
				worker->number);
		worker->start_at = -1;
		return;
	}
	if (now - worker->started_at >= LIVED_LONG_MS)
		worker->back_off_ms = 0;
	if (!clean)
		log_warn("supervise process=%s.%zu %s=%d: starts again in %lld ms", name, worker->number,
				WIFSIGNALED(status) ? "signal" : "status",
				WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
				(long long)worker->back_off_ms);
	worker->start_at = now + worker->back_off_ms;
	worker->back_off_ms = worker->back_off_ms == 0 ? BACK_OFF_MIN_MS : worker->back_off_ms * 2;
	if (worker->back_off_ms > BACK_OFF_MAX_MS)
		worker->back_off_ms = BACK_OFF_MAX_MS;
}
static void forget_pid(const struct supervisor *supervisor, const struct worker *worker)
{
	struct pool *pool = pool_new();

	(void)unlink(pool_printf(pool, "%s/%s", supervisor->plan->run, pid_name(pool, worker)));
	pool_free(pool);
}

static void reap(struct supervisor *supervisor)
{
	pid_t pid;
	int status;
	size_t i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < supervisor->count; i++) {
			struct worker *worker = &supervisor->workers[i];

			if (worker->pid != pid)
				continue;
			ended(worker, status, supervisor->stopping);
			if (worker->start_at < 0)
				forget_pid(supervisor, worker);
		}
	}
}

/* Starts what is due; milliseconds until the next one is, at most a minute. */
static int64_t start_due(struct supervisor *supervisor)
{
	int64_t next = WHEN_MINUTE_MS;
	size_t i;

	for (i = 0; i < supervisor->count; i++) {
		struct worker *worker = &supervisor->workers[i];
		int64_t wait;

		if (worker->pid != 0 || worker->start_at < 0)
			continue;
		wait = worker->start_at - when_boottime_ms();
		if (wait <= 0)
			start(supervisor, worker);
		else if (wait < next)
			next = wait;
	}
	return next;
}

/* The next signal within wait_ms, or 0. */
static int next_signal(const struct supervisor *supervisor, int64_t wait_ms)
{
	struct timespec wait = { wait_ms / 1000, (long)(wait_ms % 1000 * 1000000) };
	int signal = sigtimedwait(&supervisor->waited, NULL, &wait);

	return signal > 0 ? signal : 0;
}

static size_t signal_all(const struct supervisor *supervisor, int signal)
{
	size_t running = 0;
	size_t i;

	for (i = 0; i < supervisor->count; i++) {
		if (supervisor->workers[i].pid == 0)
			continue;
		running++;
		if (signal != 0)
			(void)kill(supervisor->workers[i].pid, signal);
	}
	return running;
}

static void stop(struct supervisor *supervisor)
{
	int64_t deadline = when_boottime_ms() + STOP_MS;
	struct pool *pool = pool_new();
	size_t i;

	supervisor->stopping = true;
	(void)signal_all(supervisor, SIGTERM);
	while (signal_all(supervisor, 0) > 0 && when_boottime_ms() < deadline) {
		(void)next_signal(supervisor, 100);
		reap(supervisor);
	}
	if (signal_all(supervisor, SIGKILL) > 0)
		log_warn("supervise: not every process ended on SIGTERM");
	while (waitpid(-1, NULL, 0) > 0)
		;
	for (i = 0; i < supervisor->count; i++) {
		struct worker *worker = &supervisor->workers[i];

		forget_pid(supervisor, worker);
		if (worker->process->socket)
			(void)unlink(worker->process->socket);
	}
	(void)unlink(pool_printf(pool, "%s/supervise.pid", supervisor->plan->run));
	pool_free(pool);
}

static enum rc make_workers(struct supervisor *supervisor)
{
	const struct plan *plan = supervisor->plan;
	size_t i, n;

	for (i = 0; i < plan->count; i++) {
		int fd = -1;
		enum rc rc = RC_OK;

		if (plan->processes[i].socket)
			rc = make_socket(plan->processes[i].socket, plan->socket_group, &fd);
		if (rc != RC_OK)
			return rc;
		for (n = 0; n < plan->processes[i].workers; n++)
			supervisor->workers[supervisor->count++] = (struct worker){
				.process = &plan->processes[i], .number = n, .listen_fd = fd };
	}
	return RC_OK;
}

static enum rc run(struct pool *pool, struct supervisor *supervisor)
{
	const struct plan *plan = supervisor->plan;
	enum rc rc;
	int signal;

	rc = file_make_dir(plan->run, 0755);
	if (rc == RC_OK)
		rc = file_make_dir(plan->log, 0755);
	if (rc == RC_OK)
		rc = make_workers(supervisor);
	if (rc != RC_OK)
		return rc;
	sigemptyset(&supervisor->waited);
	sigaddset(&supervisor->waited, SIGCHLD);
	sigaddset(&supervisor->waited, SIGTERM);
	sigaddset(&supervisor->waited, SIGINT);
	sigaddset(&supervisor->waited, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &supervisor->waited, &supervisor->inherited);
	write_pid(pool, plan->run, "supervise.pid", getpid());
	do {
		signal = next_signal(supervisor, start_due(supervisor));
		reap(supervisor);
	} while (signal == 0 || signal == SIGCHLD);
	stop(supervisor);
	return RC_OK;
}

int supervise_main(int argc, char **argv)
{
	struct supervisor *supervisor = NULL;
	struct plan *plan = NULL;
	struct pool *pool = pool_new();
	const char *file = NULL;
	size_t words;
	int status = tool_options(argc, argv, usage, NULL, 0, &file, 1, &words);
	enum rc rc;

	if (status >= 0)
		goto out;
	status = TOOL_USAGE;
	if (words != 1) {
		fputs(usage, stderr);
		goto out;
	}
	plan = pool_alloc(pool, sizeof(*plan));
	supervisor = pool_alloc(pool, sizeof(*supervisor));
	supervisor->plan = plan;
	rc = plan_read(pool, file, plan);
	if (rc == RC_OK)
		rc = run(pool, supervisor);
	status = tool_exit_of(rc);
out:
	pool_free(pool);
	return status;
}
