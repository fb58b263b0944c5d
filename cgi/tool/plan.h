/*
 * plan.h: the file that `tram supervise` reads: which processes, as whom, on which sockets.
 *
 *	run FOLDER		pid files <name>.<n>.pid and supervise.pid
 *	log FOLDER		<name>.log, standard error of the process
 *	socket-group GID	who may connect to the sockets (as root)
 *	process NAME		starts a process; the lines below belong to it
 *	user UID		as root: numeric user; its group is the same number
 *	groups GID …		as root: further groups
 *	workers N		how many, default 1
 *	socket PATH		a listening Unix socket on descriptor 0, mode 0660
 *	exec PROGRAM		the program …
 *	arg WORD		… and each of its arguments, blanks and all
 *	env NAME=VALUE		added to the environment
 */
#ifndef TRAM_TOOL_PLAN_H
#define TRAM_TOOL_PLAN_H

#include <stddef.h>
#include <sys/types.h>

#include "base/pool.h"
#include "base/rc.h"

#define PLAN_PROCESSES 32
#define PLAN_WORKERS 16
#define PLAN_WORDS 24

struct plan_process {
	const char *name;
	uid_t uid;
	gid_t groups[8];
	size_t group_count;
	size_t workers;
	const char *socket;		/* NULL: none */
	char *argv[PLAN_WORDS + 1];
	size_t argc;
	char *env[PLAN_WORDS + 1];
	size_t env_count;
};

struct plan {
	const char *run, *log;
	gid_t socket_group;
	struct plan_process processes[PLAN_PROCESSES];
	size_t count;
};

/* RC_CONFIG: logged with file and line. Strings live in the pool. */
enum rc plan_read(struct pool *pool, const char *path, struct plan *out) MUST_CHECK;

#endif
