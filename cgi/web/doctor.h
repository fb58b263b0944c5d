/*
 * doctor.h: is this machine well, line by line, each with what to do: the technician's page and `tram doctor`
 * say the same out of this one list. It reads the files of health/ and the kernel, never a database, so it
 * stands when that does not. What nobody measured is said to be unknown. Nothing about a person.
 *
 * A dead link is not ill health: the lines about the link are told apart and do not spoil the verdict.
 */
#ifndef TRAM_WEB_DOCTOR_H
#define TRAM_WEB_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/machine.h"
#include "base/pool.h"
#include "base/settings.h"

enum doctor_state { DOCTOR_GOOD, DOCTOR_UNKNOWN, DOCTOR_WATCH, DOCTOR_BAD };

#define DOCTOR_LINES_MAX 24
/* The forwarder writes at least once a minute; this much older and it does not run. */
#define DOCTOR_STALE_MS INT64_C(120000)

struct doctor_line {
	const char *key;		/* "disk", "writes" …; name: text "doctor.<key>" */
	enum doctor_state state;
	const char *value;		/* for people; "" */
	const char *advice;		/* what to do; "" */
	bool link;			/* about the link */
};

/* What is known: files of health/, NULL when there is none. */
struct doctor {
	const json_t *health, *copy, *check;
	const json_t *update, *release;	/* update.json; release.json beside the programs that run */
	struct machine machine;
	int64_t free_bytes, reserve_bytes;
	bool read_only;			/* the data's file system takes no writes */
	bool copies;			/* copy_dir is set */
	const char *down;		/* units that the service manager gave up, commas between; "" */
	int64_t now_ms;
};
/* Reads all of it; the three files belong to the caller (doctor_free). root: as machine_read. */
void doctor_read(struct pool *pool, const struct settings *settings, const char *root, int64_t now_ms,
		struct doctor *out);
void doctor_free(struct doctor *doctor);

/* Fills lines, DOCTOR_LINES_MAX at least; returns how many. Pure. */
size_t doctor_lines(struct pool *pool, const struct doctor *doctor, struct doctor_line *lines);
/* What has to be done comes first; otherwise as they were. */
void doctor_urgent_first(struct doctor_line *lines, size_t count);
/* The worst state of the lines that are not about the link. */
enum doctor_state doctor_verdict(const struct doctor_line *lines, size_t count);
/* "ok", "plain", "wait", "bad": as the style sheet's tags. */
const char *doctor_tag(enum doctor_state state);
/* Text of a state, of a line's name. */
const char *doctor_word(enum doctor_state state);
const char *doctor_name(struct pool *pool, const struct doctor_line *line);

#endif
