/*
 * test_doctor.c: the lines of the technician's page: each state at its limit, what was not measured, and that a
 * dead link is no ill health; the histogram of writes; what the kernel's files say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/latency.h"
#include "base/when.h"
#include "web/doctor.h"
#include "web/text_vi.h"

#define NOW INT64_C(1795500000000)
#define GIB (INT64_C(1024) * 1024 * 1024)
#define MIB (INT64_C(1024) * 1024)
#define UNKNOWN MACHINE_UNKNOWN

static const char WELL[] = "{\"at\":1795499995000,\"link\":\"ok\",\"head_seq\":9,\"sent_seq\":9,\"parked\":0,"
	"\"clock\":\"signed\",\"clock_bound_ms\":40,\"cert_until\":1840000000000,\"room_dossiers\":9000,"
	"\"last_round_trip_at\":1795499990000,\"last_round_trip_ms\":42,\"schema\":17,\"program\":\"1\","
	"\"writes\":{\"count\":500,\"p50_us\":4000,\"p95_us\":12000,\"p99_us\":30000,\"max_us\":90000}}";
static const char CHECKED[] = "{\"at\":1795480000000,\"state\":\"ok\"}";
static const char COPIED[] = "{\"at\":1795490000000,\"good_at\":1795490000000,\"state\":\"ok\",\"no\":7,\"bases\":3}";

static struct pool *pool;

static struct doctor doctor_of(const char *health, const char *copy, const char *check)
{
	struct doctor out = { .free_bytes = 8 * GIB, .reserve_bytes = 200 * MIB, .copies = true, .now_ms = NOW,
		.machine = { 400000, 200000, 45000, 0, 3, 1, 1000 } };
	json_t *parsed;

	if (health) {
		assert_int_equal(json_parse(health, strlen(health), &parsed), RC_OK);
		out.health = parsed;
	}
	if (copy) {
		assert_int_equal(json_parse(copy, strlen(copy), &parsed), RC_OK);
		out.copy = parsed;
	}
	if (check) {
		assert_int_equal(json_parse(check, strlen(check), &parsed), RC_OK);
		out.check = parsed;
	}
	return out;
}

/* The state of one line; every line has a name, and words for every state that needs any. */
static enum doctor_state state_of(struct doctor *doctor, const char *key, enum doctor_state *verdict)
{
	struct doctor_line lines[DOCTOR_LINES_MAX];
	size_t count = doctor_lines(pool, doctor, lines), i;
	enum doctor_state found = (enum doctor_state)-1;

	*verdict = doctor_verdict(lines, count);
	for (i = 0; i < count; i++) {
		assert_null(strstr(doctor_name(pool, &lines[i]), "[?]"));
		assert_null(strstr(lines[i].advice, "[?]"));
		assert_null(strstr(lines[i].value, "[?]"));
		if (lines[i].state == DOCTOR_WATCH || lines[i].state == DOCTOR_BAD)
			assert_true(*lines[i].advice);
		if (strcmp(lines[i].key, key) == 0)
			found = lines[i].state;
	}
	doctor_free(doctor);
	return found;
}

static void all_well(void **state)
{
	struct doctor doctor = doctor_of(WELL, COPIED, CHECKED);
	struct doctor_line lines[DOCTOR_LINES_MAX];
	size_t count = doctor_lines(pool, &doctor, lines), i;

	(void)state;
	assert_int_equal(count, 17);
	for (i = 0; i < count; i++) {
		if (strcmp(lines[i].key, "patches") == 0)
			continue;	/* asked below: these programs are of no package */
		if (lines[i].state != DOCTOR_GOOD)
			fail_msg("%s is not good", lines[i].key);
	}
	assert_int_equal(doctor_verdict(lines, count), DOCTOR_GOOD);
	doctor_free(&doctor);
}

/* Nothing is there but the program: nothing is made up. */
static void nothing_known(void **state)
{
	struct doctor doctor = { .free_bytes = 8 * GIB, .now_ms = NOW,
		.machine = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN } };
	struct doctor_line lines[DOCTOR_LINES_MAX];
	static const char *const unknown[] = { "writes", "life", "database", "memory", "temperature", "supply",
		"parked", "versions", "patches", "trip", "cert", "unsent" };
	size_t count = doctor_lines(pool, &doctor, lines), i, j;

	(void)state;
	for (j = 0; j < sizeof(unknown) / sizeof(unknown[0]); j++) {
		for (i = 0; i < count && strcmp(lines[i].key, unknown[j]) != 0; i++)
			continue;
		assert_true(i < count);
		assert_int_equal(lines[i].state, DOCTOR_UNKNOWN);
		assert_string_equal(lines[i].value, text_get("doctor.unknown"));
	}
	assert_int_equal(doctor_verdict(lines, count), DOCTOR_BAD);	/* nobody writes the health file */
}

static void a_dead_link_is_not_ill_health(void **state)
{
	struct doctor doctor = doctor_of("{\"at\":1795499995000,\"link\":\"down\",\"reason\":\"connect\",\"head_seq\":90,"
			"\"sent_seq\":9,\"oldest_at\":1790000000000,\"blobs_waiting\":40,\"parked\":0,\"clock\":\"ntp\","
			"\"cert_until\":1795000000000,\"last_round_trip_at\":1790000000000,\"room_dossiers\":9000,"
			"\"writes\":{\"count\":500,\"p50_us\":4000,\"p95_us\":12000,\"max_us\":90000},\"schema\":17}",
			COPIED, CHECKED);
	enum doctor_state verdict;

	(void)state;
	assert_int_equal(state_of(&doctor, "trip", &verdict), DOCTOR_WATCH);
	assert_int_equal(verdict, DOCTOR_GOOD);
}

static void a_unit_is_down(void **state)
{
	struct doctor doctor = doctor_of(WELL, COPIED, CHECKED);
	enum doctor_state verdict;

	(void)state;
	doctor.down = "tram-lookup.service";
	assert_int_equal(state_of(&doctor, "units", &verdict), DOCTOR_BAD);
	assert_int_equal(verdict, DOCTOR_BAD);
}

static void old_patches(void **state)
{
	static const struct { const char *release, *update; enum doctor_state state; } cases[] = {
		{ NULL, NULL, DOCTOR_UNKNOWN }, { "{\"made_at\":1795000000000}", NULL, DOCTOR_GOOD },
		{ "{\"made_at\":1790000000000}", "{\"step\":\"done\"}", DOCTOR_WATCH },
		{ "{\"made_at\":1795000000000}", "{\"step\":\"back\",\"to\":\"0.6\"}", DOCTOR_WATCH },
		{ NULL, "{\"step\":\"back\",\"to\":\"0.6\"}", DOCTOR_WATCH },
	};
	enum doctor_state verdict;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct doctor doctor = doctor_of(WELL, COPIED, CHECKED);
		json_t *parsed = NULL;

		if (cases[i].release)
			assert_int_equal(json_parse(cases[i].release, strlen(cases[i].release), &parsed), RC_OK);
		doctor.release = parsed;
		parsed = NULL;
		if (cases[i].update)
			assert_int_equal(json_parse(cases[i].update, strlen(cases[i].update), &parsed), RC_OK);
		doctor.update = parsed;
		assert_int_equal(state_of(&doctor, "patches", &verdict), cases[i].state);
	}
}

static void machine_limits(void **state)
{
	static const struct { const char *key; struct machine machine; enum doctor_state state; } cases[] = {
		{ "temperature", { 1000, 500, 69999, 0, 3, 1, 1 }, DOCTOR_GOOD },
		{ "temperature", { 1000, 500, 70000, 0, 3, 1, 1 }, DOCTOR_WATCH },
		{ "temperature", { 1000, 500, 80000, 0, 3, 1, 1 }, DOCTOR_BAD },
		{ "memory", { 1000, 120, 40000, 0, 3, 1, 1 }, DOCTOR_GOOD },
		{ "memory", { 1000, 119, 40000, 0, 3, 1, 1 }, DOCTOR_WATCH },
		{ "memory", { 1000, 49, 40000, 0, 3, 1, 1 }, DOCTOR_BAD },
		{ "supply", { 1000, 500, 40000, 1, 3, 1, 1 }, DOCTOR_BAD },
		{ "life", { 1000, 500, 40000, 0, 8, 1, 1 }, DOCTOR_GOOD },
		{ "life", { 1000, 500, 40000, 0, 9, 1, 1 }, DOCTOR_WATCH },
		{ "life", { 1000, 500, 40000, 0, 11, 1, 1 }, DOCTOR_BAD },
		{ "life", { 1000, 500, 40000, 0, 2, 2, 1 }, DOCTOR_WATCH },
		{ "life", { 1000, 500, 40000, 0, 2, 3, 1 }, DOCTOR_BAD },
		{ "life", { 1000, 500, 40000, 0, UNKNOWN, UNKNOWN, 1 }, DOCTOR_UNKNOWN },
	};
	enum doctor_state verdict;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct doctor doctor = doctor_of(WELL, COPIED, CHECKED);

		doctor.machine = cases[i].machine;
		if (state_of(&doctor, cases[i].key, &verdict) != cases[i].state)
			fail_msg("%s, case %zu", cases[i].key, i);
	}
}

static void disk_limits(void **state)
{
	static const struct { int64_t free_bytes; bool read_only; enum doctor_state state; } cases[] = {
		{ 800 * MIB, false, DOCTOR_GOOD }, { 799 * MIB, false, DOCTOR_WATCH },
		{ 199 * MIB, false, DOCTOR_BAD }, { 8 * GIB, true, DOCTOR_BAD },
	};
	enum doctor_state verdict;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct doctor doctor = doctor_of(WELL, COPIED, CHECKED);

		doctor.free_bytes = cases[i].free_bytes;
		doctor.read_only = cases[i].read_only;
		assert_int_equal(state_of(&doctor, "disk", &verdict), cases[i].state);
	}
}

static void writes_limits(void **state)
{
	static const struct { int count, p95; enum doctor_state state; } cases[] = {
		{ 19, 1000, DOCTOR_UNKNOWN }, { 20, 499999, DOCTOR_GOOD }, { 20, 500000, DOCTOR_WATCH },
		{ 500, 3000000, DOCTOR_BAD },
	};
	enum doctor_state verdict;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct doctor doctor = doctor_of(pool_printf(pool, "{\"at\":1795499995000,\"writes\":{\"count\":%d,"
				"\"p50_us\":900,\"p95_us\":%d,\"max_us\":3000000}}", cases[i].count, cases[i].p95), NULL, NULL);

		assert_int_equal(state_of(&doctor, "writes", &verdict), cases[i].state);
	}
}

static void copies_and_checks(void **state)
{
	static const struct { const char *copy, *check; bool copies; enum doctor_state copied, checked; } cases[] = {
		{ NULL, NULL, false, DOCTOR_WATCH, DOCTOR_WATCH },
		{ NULL, NULL, true, DOCTOR_WATCH, DOCTOR_WATCH },
		{ COPIED, CHECKED, true, DOCTOR_GOOD, DOCTOR_GOOD },
		{ "{\"state\":\"failed\",\"reason\":\"no-medium\",\"good_at\":1795490000000}",
			"{\"at\":1795480000000,\"state\":\"failed\"}", true, DOCTOR_WATCH, DOCTOR_WATCH },
		{ "{\"state\":\"failed\",\"reason\":\"damaged\",\"good_at\":1795490000000}",
			"{\"at\":1795480000000,\"state\":\"faults\",\"content_faults\":2}", true, DOCTOR_BAD, DOCTOR_BAD },
		{ "{\"state\":\"failed\",\"reason\":\"never-heard-of\",\"good_at\":1794000000000}",
			"{\"at\":1794000000000,\"state\":\"ok\"}", true, DOCTOR_BAD, DOCTOR_WATCH },
		{ "{\"state\":\"ok\",\"good_at\":1795400000000}", CHECKED, true, DOCTOR_WATCH, DOCTOR_GOOD },
		{ "{\"state\":\"ok\",\"good_at\":1795490000000,\"faults\":1,\"reason\":\"contents\"}", CHECKED, true,
			DOCTOR_WATCH, DOCTOR_GOOD },
	};
	enum doctor_state verdict;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct doctor doctor = doctor_of(WELL, cases[i].copy, cases[i].check);

		doctor.copies = cases[i].copies;
		if (state_of(&doctor, "copy", &verdict) != cases[i].copied)
			fail_msg("copy, case %zu", i);
		doctor = doctor_of(WELL, cases[i].copy, cases[i].check);
		if (state_of(&doctor, "check", &verdict) != cases[i].checked)
			fail_msg("check, case %zu", i);
	}
}

/* Every reason `tram backup` gives has its words. */
static void reasons_have_words(void **state)
{
	static const char *const reasons[] = { "no-medium", "no-recipient", "medium", "medium-full", "board-full",
		"database", "damaged", "keys", "contents" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		assert_true(text_known(pool_printf(pool, "doctor.copy.%s", reasons[i])));
}

/* ---- what it stands on ---- */

static void histogram(void **state)
{
	char path[] = "/tmp/tram-writes-XXXXXX";
	int fd = mkstemp(path), i;
	struct latency latency;

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	(void)unlink(path);
	assert_int_equal(latency_read(path, NOW, 2, &latency), RC_NOT_FOUND);
	latency_note(100, NOW);		/* no file: nobody is hurt */
	latency_open(path);
	for (i = 0; i < 90; i++)
		latency_note(900, NOW);
	for (i = 0; i < 9; i++)
		latency_note(60000, NOW);
	latency_note(3000000, NOW);
	assert_int_equal(latency_read(path, NOW, 2, &latency), RC_OK);
	assert_int_equal(latency.count, 100);
	assert_in_range(latency.p50_us, 900, 1300);
	assert_in_range(latency.p95_us, 60000, 90000);
	assert_int_equal(latency.max_us, 3000000);
	/* Tomorrow it still counts, in three days it does not, after eight its slot is another day's. */
	assert_int_equal(latency_read(path, NOW + WHEN_DAY_MS, 2, &latency), RC_OK);
	assert_int_equal(latency.count, 100);
	assert_int_equal(latency_read(path, NOW + 3 * WHEN_DAY_MS, 2, &latency), RC_OK);
	assert_int_equal(latency.count, 0);
	latency_note(500, NOW + 8 * WHEN_DAY_MS);
	assert_int_equal(latency_read(path, NOW + 8 * WHEN_DAY_MS, 8, &latency), RC_OK);
	assert_int_equal(latency.count, 1);
	(void)unlink(path);
}

static void put(const char *dir, const char *name, const char *text)
{
	char *path = pool_printf(pool, "%s/%s", dir, name), *slash = strrchr(path, '/');

	*slash = '\0';
	assert_int_equal(file_make_dir(path, 0700), RC_OK);
	assert_int_equal(file_put(path, slash + 1, text, strlen(text), 0600), RC_OK);
}

static void kernel_files(void **state)
{
	char dir[] = "/tmp/tram-machine-XXXXXX", command[64];
	struct machine machine;

	(void)state;
	assert_non_null(mkdtemp(dir));
	machine_read(dir, &machine);
	assert_true(machine.temperature == UNKNOWN && machine.memory_kb == UNKNOWN && machine.life == UNKNOWN &&
			machine.undervoltage == UNKNOWN && machine.life_warning == UNKNOWN);
	put(dir, "proc/meminfo", "MemTotal:         948304 kB\nMemFree:  1 kB\nMemAvailable:   512000 kB\n");
	put(dir, "proc/uptime", "12345.67 1.0\n");
	put(dir, "sys/class/thermal/thermal_zone0/temp", "48312\n");
	put(dir, "sys/class/thermal/thermal_zone1/temp", "51000\n");
	put(dir, "sys/class/thermal/thermal_zone2/temp", "999999\n");
	put(dir, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
	put(dir, "sys/block/mmcblk0/device/life_time", "0x02 0x05\n");
	put(dir, "sys/block/mmcblk0/device/pre_eol_info", "0x01\n");
	machine_read(dir, &machine);
	assert_int_equal(machine.memory_kb, 948304);
	assert_int_equal(machine.memory_free_kb, 512000);
	assert_int_equal(machine.up_s, 12345);
	assert_int_equal(machine.temperature, 51000);
	assert_int_equal(machine.undervoltage, 1);
	assert_int_equal(machine.life, 5);
	assert_int_equal(machine.life_warning, 1);
	put(dir, "sys/block/mmcblk0/device/life_time", "garbage\n");
	put(dir, "sys/block/mmcblk0/device/pre_eol_info", "0x00\n");
	machine_read(dir, &machine);
	assert_true(machine.life == UNKNOWN && machine.life_warning == UNKNOWN);
	(void)snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
	(void)state;
	pool = pool_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_well), cmocka_unit_test(nothing_known),
		cmocka_unit_test(a_dead_link_is_not_ill_health), cmocka_unit_test(a_unit_is_down), cmocka_unit_test(old_patches), cmocka_unit_test(machine_limits),
		cmocka_unit_test(disk_limits), cmocka_unit_test(writes_limits), cmocka_unit_test(copies_and_checks),
		cmocka_unit_test(reasons_have_words), cmocka_unit_test(histogram), cmocka_unit_test(kernel_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
