/*
 * fill.c: many dossiers for the bench. fill SETTINGS_FILE COUNT MODEL: copies the dossier of code MODEL,
 * which went from acceptance to the citizen's hand, COUNT times under other names, numbers and days of
 * the last year, by the acts themselves: of a hundred, ten go the whole way, the rest end after acceptance
 * by being stopped; of the newest thousand six in ten are open, of the others one in five thousand. Prints the code of the last one that went the whole way and of
 * the last open one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/when.h"
#include "crypt/random.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/search_index.h"
#include "store/store.h"

#define BATCH 500
#define STEPS 12
#define A_DAY 600
#define NEW 1000u

struct step { char kind[48], actor[48]; json_t *body; };

static struct step steps[STEPS];
static size_t step_count;
static struct step stopped = { .kind = "dossier.stopped" };

static void must(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "fill: %s\n", what);
	exit(1);
}

static void read_model(struct store *store, struct pool *pool, const char *code)
{
	struct journal_row *rows = NULL;
	struct dossier_row model;
	size_t count = 0;

	must(dossier_find(store, pool, NULL, code, &model) == RC_OK, "no such model");
	must(journal_subject(store, pool, store->board, model.id, &rows, &count) == RC_OK, "journal");
	for (size_t i = 0; i < count && step_count < STEPS; i++) {
		struct step *step = &steps[step_count];
		const struct event *event = &rows[i].event;

		/* Money has number ranges and shifts of its own. */
		if (event->author != AUTHOR_BOARD || event->subject_kind != SUBJECT_DOSSIER ||
				strncmp(event->kind, "fee.", 4) == 0 || strncmp(event->kind, "paper.", 6) == 0)
			continue;
		memcpy(step->kind, event->kind, sizeof(step->kind));
		memcpy(step->actor, event->actor, sizeof(step->actor));
		must(json_parse(event->body, event->body_len, &step->body) == RC_OK, "body");
		step_count++;
	}
	must(step_count > 3 && strcmp(steps[0].kind, "dossier.accepted") == 0, "the model did not go the way");
	memcpy(stopped.actor, steps[0].actor, sizeof(stopped.actor));
	stopped.body = json_new_object();
	json_put(stopped.body, "reason", "Người dân đề nghị dừng");
}

/* Of a hundred families of names a few have thousands, as it is. */
static const char *name_of(struct pool *pool, unsigned i)
{
	static const char *const family[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng" };
	static const char *const middle[] = { "Văn", "Thị", "Đình", "Xuân", "Hữu", "Ngọc", "Quang" };
	static const char *const given[] = { "Thử", "Mẫu", "Giả", "Nháp", "Vídụ", "Tậpdượt", "Chạythử",
		"Diễntập", "Bảnnháp", "Thửnghiệm", "Môphỏng" };

	return pool_printf(pool, "%s %s %s", family[i * 7 % 8], middle[i / 3 % 7], given[i / 5 % 11]);
}

static json_t *accepted_of(struct pool *pool, unsigned i, const char *code, int64_t at_ms)
{
	json_t *body = json_deep_copy(steps[0].body), *applicant = json_object_get(body, "applicant");
	json_t *due = json_object_get(body, "due"), *slip = json_object_get(body, "slip");
	char hash[65];

	json_put(applicant, "name", name_of(pool, i));
	json_put(applicant, "number", pool_printf(pool, "000%09u", i));
	json_put(applicant, "phone", pool_printf(pool, "0900%06u", i % 1000000));
	json_put(body, "code", code);
	json_put_int(body, "received_at", at_ms);
	json_put_int(due, "at", at_ms + 5 * WHEN_DAY_MS);
	random_hex(32, hash);
	json_put(slip, "hash", hash);
	random_hex(32, hash);
	json_put(slip, "typed_hash", hash);
	return body;
}

static void append(struct store *store, const uint8_t *id, const struct step *step, const json_t *body)
{
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = id, .kind = step->kind,
		.actor = step->actor, .body = body };
	struct event event;
	const char *reason = "";
	enum rc rc = act_append(store, &act, &event, &reason);

	if (rc != RC_OK)
		fprintf(stderr, "fill: %s: %s %s\n", step->kind, rc_name(rc), reason != NULL ? reason : "");
	must(rc == RC_OK, "act");
}

int main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct pool *model = pool_new();
	unsigned count = argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	char whole[40] = "", open[40] = "", prefix[32] = "";
	int64_t today = when_now_ms();

	must(count > 0, "usage: fill SETTINGS_FILE COUNT MODEL");
	must(settings_load(argv[1], &settings) == RC_OK, "settings");
	must(store_open(settings, STORE_TRAM | STORE_PUBLIC, &store) == RC_OK, "store");
	db_lose_durability_for_tests(store->tram);
	read_model(store, model, argv[3]);
	(void)snprintf(prefix, sizeof(prefix), "%.*s", (int)strcspn(argv[3], "-"), argv[3]);
	for (unsigned i = 0; i < count;) {
		struct pool *pool = pool_new();

		must(store_begin(store, false) == RC_OK, "begin");
		for (unsigned k = 0; k < BATCH && i < count; k++, i++) {
			int64_t at_ms = today - (int64_t)(count - i) / A_DAY * WHEN_DAY_MS - WHEN_DAY_MS;
			bool is_open = count - i <= NEW ? i % 10 < 6 : i % 5000 == 99;
			struct when_local local;
			uint8_t id[16];
			char code[40];
			json_t *body;

			when_to_local(at_ms, &local);
			(void)snprintf(code, sizeof(code), "%s-%02d%02d%02d-%04u", prefix, local.year % 100,
					local.month, local.day, 1 + (count - i) % A_DAY);
			body = accepted_of(pool, i, code, at_ms);
			random_bytes(id, sizeof(id));
			append(store, id, &steps[0], body);
			json_decref(body);
			if (is_open) {
				memcpy(open, code, sizeof(open));
			} else if (i % 100 < 10 || count - i <= NEW) {
				for (size_t s = 1; s < step_count; s++)
					append(store, id, &steps[s], steps[s].body);
				memcpy(whole, code, sizeof(whole));
			} else {
				append(store, id, &stopped, stopped.body);
			}
		}
		must(store_commit(store) == RC_OK, "commit");
		pool_free(pool);
	}
	must(search_follow(store, true) == RC_OK, "index of words");
	printf("%s %s\n", whole, open);
	store_close(store);
	settings_free(settings);
	pool_free(model);
	return 0;
}
