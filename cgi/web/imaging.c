/*
 * imaging.c: starts one tram-image for one task, hands it its descriptors, reads its answer: see
 * imaging.h. posix_spawn: the worker's memory is not copied, not even its tables.
 */
#define _GNU_SOURCE	/* posix_spawn_file_actions_addclosefrom_np */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "web/beside.h"
#include "web/imaging.h"
#include "web/tus_spool.h"

#define WORDS_MAX 16
#define FDS_MAX 210
#define CODE_MAX 4096

struct task {
	const struct settings *settings;
	struct pool *pool;
	const char *words[WORDS_MAX];	/* of the command line; NULL after the last */
	size_t word_count;
	int fds[FDS_MAX];		/* ours for its 0, 1, 3, 4, 5 …; -1: nothing */
	size_t fd_count;
	char answer[200];
};

static void task_word(struct task *task, const char *word)
{
	if (task->word_count < WORDS_MAX - 1)
		task->words[task->word_count++] = word;
}

static void task_number(struct task *task, int64_t number)
{
	task_word(task, pool_printf(task->pool, "%lld", (long long)number));
}

static void task_end(struct task *task)
{
	for (size_t i = 0; i < task->fd_count; i++)
		if (task->fds[i] >= 0)
			(void)close(task->fds[i]);
	task->fd_count = 0;
}

/* Its descriptor n: 0, 1, then 3 on. */
static int target_of(size_t i)
{
	return i < 2 ? (int)i : (int)i + 1;
}

/*
 * Copies above all targets first, so that none is overwritten before it is used. What the task has
 * nothing for, and all beyond, is closed before the program begins: FCGX_Accept_r's socket is not
 * closed on exec.
 */
static int place_fds(posix_spawn_file_actions_t *files, struct task *task)
{
	int failed = posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0);

	for (size_t i = 0; i < task->fd_count && !failed; i++) {
		int high = task->fds[i] < 0 ? -1 : fcntl(task->fds[i], F_DUPFD_CLOEXEC, FDS_MAX + 10);

		if (task->fds[i] < 0) {
			failed = posix_spawn_file_actions_addclose(files, target_of(i));
			continue;
		}
		if (high < 0)
			return errno;
		(void)close(task->fds[i]);
		task->fds[i] = high;
		failed = posix_spawn_file_actions_adddup2(files, high, target_of(i));
	}
	return failed || posix_spawn_file_actions_addclosefrom_np(files, target_of(task->fd_count));
}

static enum rc spawn(struct task *task, pid_t *pid)
{
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, ours;
	char path[512];
	int failed;

	if (!beside_path("tram-image", path, sizeof(path))) {
		log_error("imaging: tram-image is not there");
		return RC_IO;
	}
	sigemptyset(&none);
	sigemptyset(&ours);
	sigaddset(&ours, SIGPIPE);
	sigaddset(&ours, SIGTERM);
	if (posix_spawn_file_actions_init(&files) != 0)
		return RC_IO;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return RC_IO;
	}
	failed = posix_spawnattr_setsigmask(&attributes, &none) ||
			posix_spawnattr_setsigdefault(&attributes, &ours) ||
			posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
				POSIX_SPAWN_SETSIGDEF) ||
			place_fds(&files, task) ||
			posix_spawn(pid, path, &files, &attributes, (char *const *)(uintptr_t)task->words,
				environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	if (failed)
		log_error("imaging: tram-image cannot be started errno=%d", errno);
	return failed ? RC_IO : RC_OK;
}

/* "no <reason>" as a sentence's key. */
static const char *reason_key(struct pool *pool, const char *answer)
{
	static const char *const known[] = { "type", "damaged", "pixels", "encrypted", "empty", "no-code" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(answer, known[i]) == 0)
			return pool_printf(pool, "imaging.%s", known[i]);
	return "imaging.damaged";
}

/* Runs the task: fds are set but for its 3. RC_OK: answer holds what comes after "ok ". */
static enum rc run(struct task *task, const char **why)
{
	int ends[2] = { -1, -1 }, how = 0;
	size_t len = 0;
	pid_t pid = -1;
	enum rc rc;

	*why = NULL;
	if (pipe(ends) != 0)
		return RC_IO;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	task->fds[2] = ends[1];
	rc = spawn(task, &pid);
	(void)close(task->fds[2]);
	task->fds[2] = -1;
	if (rc == RC_OK)
		rc = file_read_all(ends[0], task->answer, sizeof(task->answer) - 1, &len);
	(void)close(ends[0]);
	/* It cannot stay: its time is limited, and all it waits for are files. */
	while (pid > 0 && waitpid(pid, &how, 0) < 0 && errno == EINTR)
		;
	task->answer[len] = '\0';
	task->answer[strcspn(task->answer, "\n")] = '\0';
	if (rc != RC_OK)
		return rc;
	if (WIFEXITED(how) && WEXITSTATUS(how) == 0 && strncmp(task->answer, "ok ", 3) == 0)
		return RC_OK;
	if (WIFEXITED(how) && (WEXITSTATUS(how) != 0 || strncmp(task->answer, "no ", 3) != 0)) {
		log_error("imaging task=%s status=%d", task->words[1], WEXITSTATUS(how));
		return RC_IO;
	}
	/* Killed over what it read: by its limits, by its filter, or by a fault in a library. */
	if (WIFSIGNALED(how))
		log_warn("imaging task=%s signal=%d", task->words[1], WTERMSIG(how));
	*why = WIFSIGNALED(how) ? "imaging.damaged" : reason_key(task->pool, task->answer + 3);
	return RC_INVALID;
}

static void begin(struct task *task, const struct settings *settings, struct pool *pool,
		const char *verb)
{
	memset(task, 0, sizeof(*task));
	task->settings = settings;
	task->pool = pool;
	task->fd_count = 3;
	task->fds[0] = task->fds[1] = task->fds[2] = -1;
	task_word(task, "tram-image");
	task_word(task, verb);
}

static enum rc open_input(const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *fd >= 0 ? RC_OK : RC_IO;
}

static enum rc new_output(struct task *task, char **path, int *fd)
{
	return tus_spool_create(task->pool, task->settings->spool_dir, "part-", path, fd);
}

static void drop(char **path)
{
	if (*path != NULL)
		(void)unlink(*path);
	*path = NULL;
}

enum rc imaging_fit(const struct settings *settings, struct pool *pool, const char *path, int turns,
		struct imaging_photo *out, const char **why)
{
	struct task task;
	int64_t warnings = 0;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	*why = NULL;
	begin(&task, settings, pool, "fit");
	task_number(&task, settings->photo_side);
	task_number(&task, settings->photo_kb);
	task_number(&task, settings->photo_quality);
	task_number(&task, settings->photo_quality_least);
	task_number(&task, turns & 3);
	task_number(&task, settings->photo_megapixels);
	task_number(&task, settings->photo_dark);
	task_number(&task, settings->photo_small_side);
	task_number(&task, settings->photo_sharp);
	task_number(&task, 240);
	task.fd_count = 4;
	task.fds[3] = -1;
	rc = open_input(path, &task.fds[0]);
	if (rc == RC_OK)
		rc = new_output(&task, &out->page, &task.fds[1]);
	if (rc == RC_OK)
		rc = new_output(&task, &out->thumb, &task.fds[3]);
	if (rc == RC_OK)
		rc = run(&task, why);
	if (rc == RC_OK) {		/* "ok WIDTH HEIGHT WARNINGS QUALITY" */
		const char *at = task.answer + 3;

		at += strcspn(at, " ");
		at += strspn(at, " ");
		at += strcspn(at, " ");
		at += strspn(at, " ");
		(void)!num_parse(pool_strndup(pool, at, strcspn(at, " ")), 0, 255, &warnings);
		out->warnings = (unsigned)warnings;
	} else {
		drop(&out->page);
		drop(&out->thumb);
	}
	task_end(&task);
	return rc;
}

enum rc imaging_bind(const struct settings *settings, struct pool *pool, const char *const *paths,
		size_t count, char **pdf, const char **why)
{
	struct task task;
	enum rc rc;

	*pdf = NULL;
	*why = "imaging.pixels";
	if (count == 0 || count > FDS_MAX - 10)
		return RC_INVALID;
	begin(&task, settings, pool, "bind");
	task_number(&task, (int64_t)count);
	rc = new_output(&task, pdf, &task.fds[1]);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = open_input(paths[i], &task.fds[task.fd_count++]);
	if (rc == RC_OK)
		rc = run(&task, why);
	if (rc != RC_OK)
		drop(pdf);
	task_end(&task);
	return rc;
}

enum rc imaging_pdf(const struct settings *settings, struct pool *pool, const char *path,
		const char **why)
{
	struct task task;
	enum rc rc;

	*why = NULL;
	begin(&task, settings, pool, "pdf");
	rc = open_input(path, &task.fds[0]);
	if (rc == RC_OK)
		rc = run(&task, why);
	task_end(&task);
	return rc;
}

enum rc imaging_code(const struct settings *settings, struct pool *pool, const char *path, char **text,
		size_t *len, const char **why)
{
	struct task task;
	char *code = NULL;
	enum rc rc;

	*text = NULL;
	*len = 0;
	*why = NULL;
	begin(&task, settings, pool, "qr");
	task_number(&task, settings->photo_megapixels);
	rc = open_input(path, &task.fds[0]);
	if (rc == RC_OK)
		rc = new_output(&task, &code, &task.fds[1]);
	if (rc == RC_OK)
		rc = run(&task, why);
	if (rc == RC_OK)
		rc = file_read(pool, code, CODE_MAX, text, len);
	drop(&code);			/* what a card says is not kept */
	task_end(&task);
	return rc;
}
