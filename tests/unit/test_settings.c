/* test_settings.c: configuration files, right and wrong; each fault names file, line and key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/settings.h"

#define BOARD "side = board\nmode = rehearsal\nboard_id = b18685-1\ncommune_code = 18685\n"
#define TOO_LONG "side = board\nmode = live\ncommune_code = 18685\n" \
	"board_id = 12345678901234567890123456789012\n"
#define CENTER "side = center\nmode = live\n"

static char dir[] = "/tmp/tram-settings-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/tram.conf", dir);
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static enum rc load(const char *text, struct settings **out)
{
	assert_int_equal(file_put(dir, "tram.conf", text, strlen(text), 0600), RC_OK);
	return settings_load(path, out);
}

static void defaults(void **state)
{
	struct settings *s;
	char folder[96];

	(void)state;
	assert_int_equal(load(BOARD, &s), RC_OK);
	assert_int_equal(s->side, SIDE_BOARD);
	assert_int_equal(s->mode, MODE_REHEARSAL);
	assert_string_equal(s->board_id, "b18685-1");
	assert_string_equal(s->point_no, "1");
	assert_string_equal(s->form_set, "tt03-2025");
	assert_string_equal(s->data_dir, dir);
	snprintf(folder, sizeof(folder), "%s/keys/web", dir);
	assert_string_equal(s->web_key_dir, folder);
	assert_string_equal(s->catalogue_file, "");
	assert_string_equal(s->pg, "");
	assert_string_equal(s->center_id, "center");
	assert_int_equal(s->idle_lock_minutes, 15);
	assert_int_equal(s->upload_max_bytes, 25 * 1024 * 1024);
	assert_int_equal(s->poll_active_s, 5);
	assert_false(s->tls_pages);
	settings_free(s);
	assert_int_equal(load(CENTER, &s), RC_OK);
	assert_int_equal(s->side, SIDE_CENTER);
	assert_int_equal(s->mode, MODE_LIVE);
	assert_string_equal(s->official_agency, "H27");
	settings_free(s);
	settings_free(NULL);
}

static void values(void **state)
{
	struct settings *s;
	char file[96];

	(void)state;
	assert_int_equal(load("# comment\n\n\t" BOARD "station_name =  Điểm tiếp nhận số 1 = một  \r\n"
			"agency_id = H27.1.22\npublic_url = https://tra-cuu.example:8202\n"
			"db_dir = /srv/db\ncatalogue_file = new/catalogue.json\ntls_pages = yes\n"
			"reserve_bytes = 0\nparent_name = Xa\xcc\x83", &s), RC_OK);
	assert_string_equal(s->station_name, "Điểm tiếp nhận số 1 = một");
	assert_string_equal(s->agency_id, "H27.1.22");
	assert_string_equal(s->parent_name, "Xã");
	assert_string_equal(s->db_dir, "/srv/db");
	snprintf(file, sizeof(file), "%s/new/catalogue.json", dir);
	assert_string_equal(s->catalogue_file, file);
	assert_true(s->tls_pages);
	assert_int_equal(s->reserve_bytes, 0);
	settings_free(s);
}

static void faults(void **state)
{
	static const char *const bad[] = {
		"", "side = board\n", CENTER "side = center\n", "side = both\nmode = live\n",
		"side = board\nmode = live\nboard_id = b1\n", CENTER "mode = live\n",
		BOARD "no_such_key = 1\n", BOARD "station_name\n", BOARD "= x\n",
		BOARD "commune_code = 18685\n", BOARD "pg = host=x\n", CENTER "board_id = b1\n",
		BOARD "idle_lock_minutes = 0\n", BOARD "idle_lock_minutes = 61\n",
		BOARD "idle_lock_minutes = 15m\n", BOARD "idle_lock_minutes =\n",
		BOARD "reserve_bytes = -1\n", BOARD "tls_pages = true\n", BOARD "agency_id = 27\n",
		BOARD "agency_id = H27.\n", BOARD "agency_id = H27.1.1.1.1\n",
		BOARD "public_url = ftp://x\n", BOARD "public_url = https://x/\n",
		BOARD "public_url = https://x y\n", BOARD "form_set = tt99\n", BOARD "db_dir =\n",
		BOARD "point_no = a\n", BOARD "hosts =\n", BOARD "station_name = \xff\n",
		BOARD "station_name = a\x01\n", BOARD "station_name = a\342\200\256b\n",
		"side = board\nmode = live\nboard_id = B 1\ncommune_code = 18685\n",
		"side = board\nmode = live\nboard_id = b1\ncommune_code = 1868\n",
		TOO_LONG,
	};
	struct settings *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (load(bad[i], &s) != RC_CONFIG)
			fail_msg("taken: %s", bad[i]);
		assert_null(s);
	}
	assert_int_equal(settings_load("/no/such/tram.conf", &s), RC_CONFIG);
	assert_int_equal(settings_load(dir, &s), RC_CONFIG);
	assert_int_equal(file_put(dir, "tram.conf", BOARD "\0", sizeof(BOARD), 0600), RC_OK);
	assert_int_equal(settings_load(path, &s), RC_CONFIG);
}

/* What the program said on stderr about a wrong line. */
static void the_fault_is_named(void **state)
{
	char said[1024] = "";
	struct settings *s;
	int ends[2], kept = dup(STDERR_FILENO);
	size_t got;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	assert_int_equal(load(BOARD "\npoll_max_s = soon\n", &s), RC_CONFIG);
	dup2(kept, STDERR_FILENO);
	close(ends[1]);
	close(kept);
	assert_int_equal(file_read_all(ends[0], said, sizeof(said) - 1, &got), RC_OK);
	close(ends[0]);
	assert_non_null(strstr(said, path));
	assert_non_null(strstr(said, "line=6 key=poll_max_s"));
}

static void the_description_can_be_loaded(void **state)
{
	struct settings *s;
	struct buf text = { 0 };

	(void)state;
	settings_describe(&text);
	assert_non_null(strstr(text.data, "#idle_lock_minutes = 15\n"));
	buf_text(&text, BOARD);
	assert_int_equal(load(text.data, &s), RC_OK);
	settings_free(s);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(values),
		cmocka_unit_test(faults),
		cmocka_unit_test(the_fault_is_named),
		cmocka_unit_test(the_description_can_be_loaded),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
