/*
 * backlog_fill.c: no test: puts N accepted dossiers without scans into a board's journal, as long ago
 * clerks would have, for tests/bench/link.mjs. backlog_fill SETTINGS_FILE FIRST COUNT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "crypt/random.h"
#include "store/store.h"
#include "store_fixture.h"

#define AT_ONCE 100

/* What makes dossiers differ: people, numbers, addresses, papers. All invented. */
static void dress(json_t *body)
{
	static const char *const family[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đỗ", "Võ", "Đặng" };
	static const char *const middle[] = { "Văn", "Thị", "Đức", "Minh", "Thanh", "Quốc", "Ngọc", "Hữu" };
	static const char *const given[] = { "Thử", "Mẫu", "Nghiệm", "Kiểm", "Tra", "Tập", "Dượt", "Ví" };
	json_t *applicant = json_object_get(body, "applicant"), *paper = json_new_object();
	json_t *papers = json_new_array();
	char text[120];

	(void)snprintf(text, sizeof(text), "%s %s %s", family[random_below(8)], middle[random_below(8)],
			given[random_below(8)]);
	json_put(applicant, "name", text);
	(void)snprintf(text, sizeof(text), "000%09u", random_below(1000000000));
	json_put(applicant, "number", text);
	(void)snprintf(text, sizeof(text), "0900%06u", random_below(1000000));
	json_put(applicant, "phone", text);
	(void)snprintf(text, sizeof(text), "Số %u, thôn %u, xã Cẩm Bình, tỉnh Hà Tĩnh", random_below(300),
			random_below(20));
	json_put(applicant, "address", text);
	(void)snprintf(text, sizeof(text), "Trích lục khai sinh của con sinh ngày %02u/%02u/20%02u",
			random_below(28) + 1, random_below(12) + 1, random_below(27));
	json_put(body, "content", text);
	json_put(paper, "id", "to-khai");
	json_put(paper, "name", "Tờ khai cấp bản sao trích lục hộ tịch");
	json_put(paper, "state", "du");
	json_put_int(paper, "originals", 1);
	json_add(papers, paper);
	json_put_value(body, "components", papers);
}

static void one(struct store *store, int64_t number)
{
	struct act act = { .board = store->board, .subject_kind = SUBJECT_DOSSIER,
		.kind = "dossier.accepted", .actor = "u-0123456789abcdef" };
	uint8_t id[EVENT_ID_SIZE];
	const char *reason = "";
	struct event event;
	char code[48];
	json_t *body;

	(void)snprintf(code, sizeof(code), "CT18685.9-%06lld-%04lld", (long long)(100000 + number / 9999),
			(long long)(number % 9999 + 1));
	random_bytes(id, sizeof(id));
	body = store_fixture_accepted(code, "Nguyễn Văn Thử", false);
	dress(body);
	act.subject = id;
	act.body = body;
	if (act_append(store, &act, &event, &reason) != RC_OK) {
		fprintf(stderr, "backlog_fill: %s\n", reason);
		_exit(1);
	}
	json_decref(body);
}

int main(int argc, char **argv)
{
	struct settings *settings;
	struct store *store;
	int64_t first, count, i;

	if (argc != 4 || num_parse(argv[2], 0, INT64_MAX / 2, &first) ||
			num_parse(argv[3], 1, 1000000, &count) ||
			settings_load(argv[1], &settings) ||
			store_open(settings, STORE_TRAM | STORE_PUBLIC, &store))
		return 1;
	store->publish_later = true;
	db_lose_durability_for_tests(store->tram);
	for (i = 0; i < count; i++) {
		if (i % AT_ONCE == 0 && store_begin(store, false))
			return 1;
		one(store, first + i);
		if ((i % AT_ONCE == AT_ONCE - 1 || i == count - 1) && store_commit(store))
			return 1;
	}
	store_close(store);
	settings_free(settings);
	return 0;
}
