/*
 * doctor_lines.c: the lines of doctor.h, one function each, with the limits between their states.
 */
#include "web/doctor.h"

#include <string.h>

#include "base/when.h"
#include "web/show.h"
#include "web/text_vi.h"

#define DAY_MS WHEN_DAY_MS
#define DOSSIERS_FEW 200		/* about a week of a busy point */
#define WRITES_LEAST 20			/* before percentiles mean anything */
#define WRITES_SLOW_US 500000		/* 95 of 100 commits: a clerk notices */
#define WRITES_BAD_US 2000000
#define MEMORY_LOW_PERCENT 12
#define MEMORY_BAD_PERCENT 5
#define WARM 70000
#define HOT 80000
#define CERT_SOON_DAYS 30
#define PATCHES_OLD_DAYS 60		/* TCVN 14423: patch monthly; a month of grace */
#define COPY_LATE_DAYS 1
#define COPY_BAD_DAYS 7
#define CHECK_LATE_DAYS 4
#define UNSENT_LONG_MS DAY_MS

struct says {
	struct pool *pool;
	const struct doctor *of;
	const json_t *health;		/* NULL as well when it is too old to tell of now */
	struct doctor_line *lines;
	size_t count;
};

/* advice: last part of the text "doctor.<key>.<advice>", "" for none. */
static void line(struct says *says, const char *key, enum doctor_state state, const char *value,
		const char *advice)
{
	struct doctor_line *at = &says->lines[says->count++];

	at->key = key;
	at->state = state;
	at->value = value;
	at->advice = *advice != '\0' ? text_get(pool_printf(says->pool, "doctor.%s.%s", key, advice)) : "";
	at->link = false;
}

static void unknown(struct says *says, const char *key)
{
	line(says, key, DOCTOR_UNKNOWN, text_get("doctor.unknown"), "");
}

static char *number(struct pool *pool, int64_t value)
{
	return pool_printf(pool, "%lld", (long long)value);
}

static char *milliseconds(struct pool *pool, int64_t us)
{
	return us < 10000 ? pool_printf(pool, "%lld,%lld", (long long)(us / 1000), (long long)(us % 1000 / 100)) :
			number(pool, us / 1000);
}

/* ---- the machine ---- */

static void say_program(struct says *says)
{
	int64_t at = json_int(says->of->health, "at", 0);

	if (at == 0)
		line(says, "program", DOCTOR_BAD, text_get("doctor.program_never"), "restart");
	else if (says->health == NULL)
		line(says, "program", DOCTOR_BAD, text_fill(says->pool, "doctor.program_since",
				show_time_screen(says->pool, at), NULL), "restart");
	else
		line(says, "program", DOCTOR_GOOD, text_get("doctor.program_runs"), "");
}

static void say_units(struct says *says)
{
	if (says->of->down != NULL && *says->of->down != '\0')
		line(says, "units", DOCTOR_BAD, says->of->down, "down");
}

static void say_disk(struct says *says)
{
	const struct doctor *of = says->of;
	const char *room = show_bytes(says->pool, of->free_bytes), *value = room;
	int64_t dossiers = json_int(says->health, "room_dossiers", -1);

	if (dossiers >= 0)
		value = text_fill(says->pool, "doctor.disk_room", number(says->pool, dossiers), room, NULL);
	if (of->read_only)
		line(says, "disk", DOCTOR_BAD, text_get("doctor.disk_read_only"), "read_only");
	else if (of->free_bytes < of->reserve_bytes)
		line(says, "disk", DOCTOR_BAD, value, "full");
	else if (of->free_bytes < 4 * of->reserve_bytes || (dossiers >= 0 && dossiers < DOSSIERS_FEW))
		line(says, "disk", DOCTOR_WATCH, value, "low");
	else
		line(says, "disk", DOCTOR_GOOD, value, "");
}

static void say_writes(struct says *says)
{
	const json_t *writes = json_object_get(says->of->health, "writes");
	int64_t slow = json_int(writes, "p95_us", -1), count = json_int(writes, "count", 0);
	const char *value;

	if (slow < 0 || count < WRITES_LEAST) {
		unknown(says, "writes");
		return;
	}
	value = text_fill(says->pool, "doctor.writes_are", milliseconds(says->pool, json_int(writes, "p50_us", 0)),
			milliseconds(says->pool, slow), milliseconds(says->pool, json_int(writes, "max_us", 0)),
			number(says->pool, count), NULL);
	if (slow >= WRITES_BAD_US)
		line(says, "writes", DOCTOR_BAD, value, "bad");
	else if (slow >= WRITES_SLOW_US)
		line(says, "writes", DOCTOR_WATCH, value, "slow");
	else
		line(says, "writes", DOCTOR_GOOD, value, "");
}

static void say_life(struct says *says)
{
	const struct machine *machine = &says->of->machine;
	const char *value;

	if (machine->life == MACHINE_UNKNOWN && machine->life_warning == MACHINE_UNKNOWN) {
		unknown(says, "life");
		return;
	}
	value = machine->life == MACHINE_UNKNOWN ? "" : machine->life > 10 ? text_get("doctor.life_over") :
			text_fill(says->pool, "doctor.life_used", number(says->pool, machine->life * 10), NULL);
	if (machine->life > 10 || machine->life_warning == 3)
		line(says, "life", DOCTOR_BAD, value, "over");
	else if (machine->life >= 9 || machine->life_warning == 2)
		line(says, "life", DOCTOR_WATCH, value, "soon");
	else
		line(says, "life", DOCTOR_GOOD, value, "");
}

static void say_database(struct says *says)
{
	if (says->health == NULL)
		unknown(says, "database");
	else if (json_flag(says->health, "database_failed"))
		line(says, "database", DOCTOR_BAD, text_get("health.database_bad"), "bad");
	else
		line(says, "database", DOCTOR_GOOD, text_get("health.database_ok"), "");
}

/* The nightly check. */
static void say_check(struct says *says)
{
	const json_t *check = says->of->check;
	int64_t at = json_int(check, "at", 0);
	const char *state = json_text(check, "state"), *value;

	if (at == 0) {
		line(says, "check", DOCTOR_WATCH, text_get("doctor.check_never"), "never");
		return;
	}
	value = show_time_screen(says->pool, at);
	if (strcmp(state, "faults") == 0)
		line(says, "check", DOCTOR_BAD, text_fill(says->pool, "doctor.check_faults", value,
				number(says->pool, json_int(check, "database_faults", 0) +
				json_int(check, "chain_faults", 0)),
				number(says->pool, json_int(check, "content_faults", 0)), NULL), "faults");
	else if (strcmp(state, "ok") != 0)
		line(says, "check", DOCTOR_WATCH, value, "failed");
	else if (says->of->now_ms - at > CHECK_LATE_DAYS * DAY_MS)
		line(says, "check", DOCTOR_WATCH, value, "late");
	else
		line(says, "check", DOCTOR_GOOD, text_fill(says->pool, "doctor.check_whole", value, NULL), "");
}

static const char *copy_advice(const char *reason)
{
	static const char *const known[] = { "no-medium", "no-recipient", "medium", "medium-full", "board-full",
		"database", "damaged", "keys", "contents" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i], reason) == 0)
			return known[i];
	return "medium";
}

static void say_copy(struct says *says)
{
	const json_t *copy = says->of->copy;
	int64_t good = json_int(copy, "good_at", 0), age = says->of->now_ms - good;
	bool failed = strcmp(json_text(copy, "state"), "failed") == 0;
	const char *advice = copy_advice(json_text(copy, "reason")), *value;

	if (!says->of->copies) {
		line(says, "copy", DOCTOR_WATCH, text_get("doctor.copy_none"), "none");
		return;
	}
	value = good == 0 ? text_get("doctor.copy_never") : text_fill(says->pool, "doctor.copy_at",
			show_time_screen(says->pool, good), number(says->pool, json_int(copy, "no", 0)),
			number(says->pool, json_int(copy, "bases", 0)), NULL);
	if (failed && strcmp(advice, "damaged") == 0)
		line(says, "copy", DOCTOR_BAD, value, advice);
	else if (good > 0 && age > COPY_BAD_DAYS * DAY_MS)
		line(says, "copy", DOCTOR_BAD, value, failed ? advice : "late");
	else if (failed || *json_text(copy, "reason") != '\0')
		line(says, "copy", DOCTOR_WATCH, value, advice);
	else if (good == 0 || age > COPY_LATE_DAYS * DAY_MS)
		line(says, "copy", DOCTOR_WATCH, value, "late");
	else
		line(says, "copy", DOCTOR_GOOD, value, "");
}

static void say_memory(struct says *says)
{
	const struct machine *machine = &says->of->machine;
	int64_t percent;
	const char *value;

	if (machine->memory_kb <= 0 || machine->memory_free_kb < 0) {
		unknown(says, "memory");
		return;
	}
	percent = machine->memory_free_kb * 100 / machine->memory_kb;
	value = text_fill(says->pool, "doctor.memory_free", show_bytes(says->pool, machine->memory_free_kb * 1024),
			show_bytes(says->pool, machine->memory_kb * 1024), NULL);
	if (percent < MEMORY_BAD_PERCENT)
		line(says, "memory", DOCTOR_BAD, value, "low");
	else if (percent < MEMORY_LOW_PERCENT)
		line(says, "memory", DOCTOR_WATCH, value, "low");
	else
		line(says, "memory", DOCTOR_GOOD, value, "");
}

static void say_temperature(struct says *says)
{
	int64_t heat = says->of->machine.temperature;
	const char *value;

	if (heat == MACHINE_UNKNOWN) {
		unknown(says, "temperature");
		return;
	}
	value = pool_printf(says->pool, "%lld °C", (long long)(heat / 1000));
	if (heat >= HOT)
		line(says, "temperature", DOCTOR_BAD, value, "hot");
	else if (heat >= WARM)
		line(says, "temperature", DOCTOR_WATCH, value, "warm");
	else
		line(says, "temperature", DOCTOR_GOOD, value, "");
}

static void say_supply(struct says *says)
{
	int64_t alarm = says->of->machine.undervoltage;

	if (alarm == MACHINE_UNKNOWN)
		unknown(says, "supply");
	else if (alarm != 0)
		line(says, "supply", DOCTOR_BAD, text_get("doctor.supply_weak"), "weak");
	else
		line(says, "supply", DOCTOR_GOOD, text_get("doctor.supply_ok"), "");
}

static void say_clock(struct says *says)
{
	int64_t bound = json_int(says->health, "clock_bound_ms", -1);
	const char *source = json_text(says->health, "clock"), *now = show_time_screen(says->pool, says->of->now_ms);
	enum when_source parsed;

	if (when_source_parse(source, &parsed) != RC_OK) {
		line(says, "clock", DOCTOR_UNKNOWN, now, "");
	} else if (when_source_is_doubtful(parsed)) {
		line(says, "clock", DOCTOR_WATCH, text_fill(says->pool, "doctor.clock_doubt", now, NULL), "doubt");
	} else if (bound >= 0) {
		line(says, "clock", DOCTOR_GOOD, text_fill(says->pool, "doctor.clock_known", now,
				number(says->pool, (bound + 999) / 1000), NULL), "");
	} else {
		line(says, "clock", DOCTOR_GOOD, now, "");
	}
}

/* Events that this program could not understand: shown, kept, and tried again after an update. */
static void say_parked(struct says *says)
{
	int64_t parked = json_int(says->health, "parked", -1);

	if (parked < 0)
		unknown(says, "parked");
	else
		line(says, "parked", parked > 0 ? DOCTOR_WATCH : DOCTOR_GOOD, number(says->pool, parked),
				parked > 0 ? "some" : "");
}

static void say_versions(struct says *says)
{
	const char *program = json_text(says->health, "program"), *catalogue = json_text(says->health, "catalogue");
	int64_t schema = json_int(says->health, "schema", 0);

	if (schema == 0)
		unknown(says, "versions");
	else
		line(says, "versions", DOCTOR_GOOD, text_fill(says->pool, "doctor.versions_are", program,
				number(says->pool, schema), *catalogue != '\0' ? catalogue :
				text_get("doctor.catalogue_own"), NULL), "");
}

/* How old the fixes are, and how the last update went. */
static void say_patches(struct says *says)
{
	int64_t made = json_int(says->of->release, "made_at", 0), days;
	/* The machine's own packages may be newer than ours. */
	int64_t patched = json_int(says->of->update, "patched_at", 0);
	bool back = strcmp(json_text(says->of->update, "step"), "back") == 0;
	const char *value;

	made = patched > made ? patched : made;
	days = (says->of->now_ms - made) / DAY_MS;
	if (made == 0 && !back) {
		unknown(says, "patches");
		return;
	}
	value = made == 0 ? "" : text_fill(says->pool, "doctor.patches_age", number(says->pool, days < 0 ? 0 : days),
			NULL);
	if (back)
		line(says, "patches", DOCTOR_WATCH, text_fill(says->pool, "doctor.patches_back",
				json_text(says->of->update, "to"), value, NULL), "back");
	else if (days > PATCHES_OLD_DAYS)
		line(says, "patches", DOCTOR_WATCH, value, "old");
	else
		line(says, "patches", DOCTOR_GOOD, value, "");
}

/* ---- the link: told, never ill health ---- */

static void say_trip(struct says *says)
{
	int64_t at = json_int(says->health, "last_round_trip_at", 0);
	bool up = strcmp(json_text(says->health, "link"), "ok") == 0;

	if (says->health == NULL || (at == 0 && up))
		unknown(says, "trip");
	else
		line(says, "trip", up ? DOCTOR_GOOD : DOCTOR_WATCH, at == 0 ? text_get("doctor.trip_never") :
				text_fill(says->pool, "doctor.trip_at", show_time_screen(says->pool, at),
				number(says->pool, json_int(says->health, "last_round_trip_ms", 0)), NULL),
				up ? "" : "down");
	says->lines[says->count - 1].link = true;
}

static void say_cert(struct says *says)
{
	int64_t until = json_int(says->health, "cert_until", 0);
	int64_t days = (until - says->of->now_ms) / DAY_MS;

	if (until == 0)
		unknown(says, "cert");
	else if (until <= says->of->now_ms)
		line(says, "cert", DOCTOR_WATCH, text_get("doctor.cert_over"), "over");
	else
		line(says, "cert", days <= CERT_SOON_DAYS ? DOCTOR_WATCH : DOCTOR_GOOD, text_fill(says->pool,
				"doctor.cert_days", number(says->pool, days), NULL),
				days <= CERT_SOON_DAYS ? "soon" : "");
	says->lines[says->count - 1].link = true;
}

static void say_unsent(struct says *says)
{
	int64_t head = json_int(says->health, "head_seq", -1), sent = json_int(says->health, "sent_seq", -1);
	int64_t oldest = json_int(says->health, "oldest_at", 0), files = json_int(says->health, "blobs_waiting", 0);
	bool long_ago = oldest > 0 && says->of->now_ms - oldest > UNSENT_LONG_MS;

	if (head < 0 || sent < 0)
		unknown(says, "unsent");
	else if (head <= sent && files == 0)
		line(says, "unsent", DOCTOR_GOOD, text_get("doctor.unsent_none"), "");
	else
		line(says, "unsent", long_ago ? DOCTOR_WATCH : DOCTOR_GOOD, text_fill(says->pool,
				"doctor.unsent_some", number(says->pool, head > sent ? head - sent : 0),
				number(says->pool, files), NULL), long_ago ? "long" : "");
	says->lines[says->count - 1].link = true;
}

size_t doctor_lines(struct pool *pool, const struct doctor *doctor, struct doctor_line *lines)
{
	static void (*const all[])(struct says *says) = { say_program, say_units, say_disk, say_writes, say_life,
		say_database, say_check, say_copy, say_memory, say_temperature, say_supply, say_clock,
		say_parked, say_versions, say_patches, say_trip, say_cert, say_unsent };
	struct says says = { .pool = pool, .of = doctor, .lines = lines };
	int64_t at = json_int(doctor->health, "at", 0);
	size_t i;

	if (at > 0 && doctor->now_ms - at <= DOCTOR_STALE_MS)
		says.health = doctor->health;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i](&says);
	return says.count;
}
