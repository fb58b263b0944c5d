/*
 * fault.c: an LD_PRELOAD library that makes one chosen file-system call fail, tear or end the
 * process, on the programs as they are shipped.
 *
 * The folder named by TRAM_FAULT_DIR holds the orders, each a file <point>.<action>.<skip> or, for
 * one program only, <point>.<action>.<skip>.<program>. The first process that reaches the point
 * after <skip> passes claims the order by renaming it to fired.<name>.<pid>, so an order fires once,
 * whoever gets there, and the harness sees that it did.
 *
 * point: what is touched and how: wal.write wal.sync blob.write blob.sync blob.rename blob.dirsync
 * spool.write spool.sync public.write
 * action: exit (as a power cut would), eio, enospc, torn (half the bytes, then exit).
 *
 * TRAM_SYNC_DELAY_MS delays every fsync and fdatasync: an SD card on a fast disk.
 */
#define _GNU_SOURCE /* RTLD_NEXT, program_invocation_short_name */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef ssize_t write_fn(int, const void *, size_t);
typedef ssize_t pwrite_fn(int, const void *, size_t, off_t);
typedef int sync_fn(int);
typedef int rename_fn(const char *, const char *);

/* dlsym returns an object pointer; POSIX lets it hold a function. */
#define REAL(type, name)                                                                           \
	static type *real;                                                                         \
	if (!real) {                                                                               \
		void *symbol = dlsym(RTLD_NEXT, name);                                              \
		memcpy(&real, &symbol, sizeof real);                                                \
	}

enum action { NONE, EXIT, EIO_, ENOSPC_, TORN };

static const char *thing_of(const char *path)
{
	size_t len = strlen(path);

	if (strstr(path, "/spool/"))
		return "spool";
	if (strstr(path, "/blobs/") || (len > 6 && !strcmp(path + len - 6, "/blobs")))
		return "blob";
	if (strstr(path, "/public/"))
		return "public";
	if (len > 4 && !strcmp(path + len - 4, "-wal") && strstr(path, "/db/"))
		return "wal";
	if (len > 7 && !strcmp(path + len - 7, "tram.db"))
		return "db";
	return NULL;
}

static enum action parse_order(const char *name, const char *point, int *skip)
{
	static const char *const words[] = {"", "exit", "eio", "enospc", "torn"};
	size_t len = strlen(point);
	char *end;

	if (strncmp(name, point, len) || name[len] != '.')
		return NONE;
	name += len + 1;
	for (int i = EXIT; i <= TORN; i++) {
		size_t word = strlen(words[i]);

		if (strncmp(name, words[i], word) || name[word] != '.')
			continue;
		*skip = (int)strtol(name + word + 1, &end, 10);
		if (*end == '.' && strcmp(end + 1, program_invocation_short_name))
			return NONE;
		return (enum action)i;
	}
	return NONE;
}

/* How often each order was passed by this process; few orders live at a time. */
static int passed(const char *name)
{
	static struct {
		char name[96];
		int count;
	} seen[16];
	static unsigned next;

	for (unsigned i = 0; i < 16; i++)
		if (!strcmp(seen[i].name, name))
			return seen[i].count++;
	snprintf(seen[next % 16].name, sizeof seen[0].name, "%.90s", name);
	seen[next++ % 16].count = 1;
	return 0;
}

static enum action due(const char *thing, const char *verb)
{
	const char *dir = getenv("TRAM_FAULT_DIR");
	char point[64], from[512], to[600];
	enum action found = NONE;
	struct dirent *entry;
	DIR *listing;
	int saved = errno;

	if (!dir || !thing)
		return NONE;
	snprintf(point, sizeof point, "%s.%s", thing, verb);
	listing = opendir(dir);
	if (!listing) {
		errno = saved;
		return NONE;
	}
	while (found == NONE && (entry = readdir(listing))) {
		int skip = 0;
		enum action action = parse_order(entry->d_name, point, &skip);

		if (action == NONE || passed(entry->d_name) < skip)
			continue;
		snprintf(from, sizeof from, "%s/%s", dir, entry->d_name);
		snprintf(to, sizeof to, "%s/fired.%s.%ld", dir, entry->d_name, (long)getpid());
		REAL(rename_fn, "rename")
		if (real(from, to) == 0)
			found = action;
	}
	closedir(listing);
	errno = saved;
	return found;
}

static const char *thing_of_fd(int fd, char *path, size_t size)
{
	char link[64];
	ssize_t len;
	int saved = errno;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	len = readlink(link, path, size - 1);
	errno = saved;
	if (len < 0)
		return NULL;
	path[len] = '\0';
	return thing_of(path);
}

/* True: the call has failed (errno set). Ends the process on EXIT. */
static bool strike(enum action action)
{
	if (action == EXIT)
		_exit(137);
	if (action == EIO_)
		errno = EIO;
	if (action == ENOSPC_)
		errno = ENOSPC;
	return action != NONE;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	char path[512];
	enum action action = due(thing_of_fd(fd, path, sizeof path), "write");

	REAL(write_fn, "write")
	if (action == TORN) {
		ssize_t half = real(fd, bytes, len / 2);

		(void)half;
		_exit(137);
	}
	return strike(action) ? -1 : real(fd, bytes, len);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
	char path[512];
	enum action action = due(thing_of_fd(fd, path, sizeof path), "write");

	REAL(pwrite_fn, "pwrite64")
	if (action == TORN) {
		ssize_t half = real(fd, bytes, len / 2, at);

		(void)half;
		_exit(137);
	}
	return strike(action) ? -1 : real(fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	return pwrite64(fd, bytes, len, at);
}

static void delay(void)
{
	const char *text = getenv("TRAM_SYNC_DELAY_MS");
	long ms = text ? strtol(text, NULL, 10) : 0;
	struct timespec wait = {ms / 1000, (ms % 1000) * 1000000L};

	if (ms > 0)
		nanosleep(&wait, NULL);
}

static bool sync_struck(int fd)
{
	char path[512];
	const char *thing = thing_of_fd(fd, path, sizeof path);
	struct stat st;
	bool folder = thing && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	enum action action = due(thing, folder ? "dirsync" : "sync");

	delay();
	return strike(action == TORN ? EXIT : action);
}

int fsync(int fd)
{
	REAL(sync_fn, "fsync")
	return sync_struck(fd) ? -1 : real(fd);
}

int fdatasync(int fd)
{
	REAL(sync_fn, "fdatasync")
	return sync_struck(fd) ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
	enum action action = due(thing_of(to), "rename");

	REAL(rename_fn, "rename")
	return strike(action == TORN ? EXIT : action) ? -1 : real(from, to);
}
