/*
 * init.c: `tram init` makes one side's data folder from nothing: tram.conf, folders with their
 * owners, the slip's keys, the databases, and on a board the first event of its journal. `tram
 * migrate` brings existing databases to this program's version.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"
#include "link/bundle_keys.h"
#include "store/db.h"
#include "store/parked.h"
#include "store/setup.h"
#include "store/slip.h"
#include "store/swap.h"
#include "tool/folders.h"
#include "tool/init.h"
#include "tool/tool.h"

static const char init_usage[] =
		"usage: tram init board|center --data FOLDER [--mode live|rehearsal] [--KEY VALUE]…\n"
		"                 [--with FILE] [--again KEYFILE] [--one-user]\n\n"
		"Makes FOLDER with tram.conf, folders, keys and empty databases. --KEY is any key that\n"
		"`tram settings` lists (hyphens or underscores). A board needs --board-id and\n"
		"--commune-code; the commune's name comes from the built-in list. --with FILE adds the\n"
		"lines of FILE to tram.conf. --again: a new machine for a board that is lost and has no copy:\n"
		"its journal comes from the center, and no page takes anything in before it has come. KEYFILE\n"
		"holds what `tram board slip-key` printed there, so that printed slips stay good. As root every program gets a user of its own by number;\n"
		"with --one-user, or started by anyone else, all belongs to who runs this.\n"
		"Exit status: 0 made; 2 wrong option or value, or FOLDER has a tram.conf already; 75 disk\n"
		"or database failed.\n";

static const char migrate_usage[] =
		"usage: tram migrate --data FOLDER\n\n"
		"Creates missing folders and databases, runs the migrations they lack, each in one\n"
		"transaction, and publishes the point's name and telephone of tram.conf to the lookup.\n"
		"Exit status: 0 done; 75 a database failed; 78 a database is newer than this program.\n";

struct conf {
	struct buf text;
	const char *data;
	const char *commune_code;
	const char *again;		/* file with the slip's key of the board before; NULL: a new board */
	bool has_commune_name, has_mode, one_user;
};

static bool is_line(const char *value)
{
	return !strpbrk(value, "\r\n");
}

static int add_lines(struct pool *pool, struct conf *conf, const char *path)
{
	char *text;
	size_t len;

	if (file_read(pool, path, 65536, &text, &len) != RC_OK) {
		fprintf(stderr, "tram init: %s: cannot be read\n", path);
		return TOOL_USAGE;
	}
	conf->has_mode |= strstr(text, "\nmode ") != NULL;
	conf->has_commune_name |= strstr(text, "\ncommune_name ") != NULL;
	buf_add(&conf->text, text, len);
	return TOOL_OK;
}

/* --board-id X, --board-id=X and --board_id X alike become "board_id = X". */
static int read_options(struct pool *pool, int argc, char **argv, struct conf *conf)
{
	int i;

	for (i = 2; i < argc; i++) {
		char *name, *p;
		const char *value;

		if (strncmp(argv[i], "--", 2) != 0) {
			fprintf(stderr, "tram init: what is %s? (tram init --help)\n", argv[i]);
			return TOOL_USAGE;
		}
		if (strcmp(argv[i], "--one-user") == 0) {
			conf->one_user = true;
			continue;
		}
		name = pool_strdup(pool, argv[i] + 2);
		p = strchr(name, '=');
		if (p)
			*p = '\0';
		value = p ? p + 1 : i + 1 < argc ? argv[++i] : NULL;
		for (p = name; *p; p++)
			*p = *p == '-' ? '_' : *p;
		if (!value || !is_line(value)) {
			fprintf(stderr, "tram init: --%s needs a value of one line\n", name);
			return TOOL_USAGE;
		}
		if (strcmp(name, "data") == 0) {
			conf->data = value;
			continue;
		}
		if (strcmp(name, "again") == 0) {
			conf->again = value;
			continue;
		}
		if (strcmp(name, "with") == 0) {
			int status = add_lines(pool, conf, value);

			if (status != TOOL_OK)
				return status;
			continue;
		}
		conf->has_mode |= strcmp(name, "mode") == 0;
		conf->has_commune_name |= strcmp(name, "commune_name") == 0;
		if (strcmp(name, "commune_code") == 0)
			conf->commune_code = value;
		buf_printf(&conf->text, "%s = %s\n", name, value);
	}
	return -1;
}

static int write_conf(struct pool *pool, const char *side, struct conf *conf, const char *path)
{
	struct settings *settings = NULL;
	const char *name;
	struct stat st;
	enum rc rc;

	if (stat(path, &st) == 0) {
		fprintf(stderr, "tram init: %s stands already\n", path);
		return TOOL_USAGE;
	}
	if (conf->commune_code && !conf->has_commune_name) {
		name = setup_commune(pool, conf->commune_code);
		if (!name) {
			fprintf(stderr, "tram init: no commune has the code %s\n", conf->commune_code);
			return TOOL_USAGE;
		}
		buf_printf(&conf->text, "commune_name = %s\n", name);
	}
	if (!conf->has_mode)
		buf_text(&conf->text, "mode = rehearsal\n");
	buf_printf(&conf->text, "side = %s\n", side);
	rc = file_make_dir(conf->data, 0755);
	if (rc == RC_OK)
		rc = file_put(conf->data, "tram.conf", conf->text.data, conf->text.len, 0644);
	if (rc != RC_OK) {
		log_error("init path=%s: cannot be written (%s)", path, rc_name(rc));
		return TOOL_ENVIRONMENT;
	}
	/* umask does not decide who may read the settings: every program must. */
	if (chmod(path, 0644) || settings_load(path, &settings) != RC_OK) {
		(void)unlink(path);
		return TOOL_USAGE;
	}
	settings_free(settings);
	return TOOL_OK;
}

/* A key of 32 bytes as 64 hex digits and LF, once. */
static enum rc make_key(struct pool *pool, const char *dir, const char *name)
{
	const char *path = pool_printf(pool, "%s/%s", dir, name);
	struct stat st;
	char hex[66];
	enum rc rc;

	if (stat(path, &st) == 0)
		return RC_OK;
	random_hex(32, hex);
	hex[64] = '\n';
	rc = file_put(dir, name, hex, 65, 0600);
	memset(hex, 0, sizeof(hex));
	if (rc != RC_OK)
		log_error("init path=%s: cannot be written (%s)", path, rc_name(rc));
	return rc;
}

/* The slip's key is the center's too: the forwarder, which may not read the pages' keys, hands it over
 * when the board enrols. */
static enum rc share_slip_key(struct pool *pool, const struct settings *settings)
{
	const char *copy = pool_printf(pool, "%s/slip.key", settings->link_key_dir);
	struct stat st;
	char *key;
	size_t len;
	enum rc rc;

	if (settings->side != SIDE_BOARD || stat(copy, &st) == 0)
		return RC_OK;
	rc = file_read(pool, pool_printf(pool, "%s/slip.key", settings->web_key_dir), 256, &key, &len);
	if (rc == RC_OK)
		rc = file_put(settings->link_key_dir, "slip.key", key, len, 0600);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc migrate_all(const struct settings *settings)
{
	static const enum db_kind kinds[] = { DB_TRAM, DB_AUTH, DB_RUN, DB_PUBLIC, DB_ACCESS };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum rc rc = db_migrate(settings, kinds[i]);

		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

/* The first event of the journal: which board, in which mode. Written as the pages' user, so that
 * the files SQLite makes beside the database are theirs. */
static enum rc open_station(const struct settings *settings)
{
	static const uint8_t station[EVENT_ID_SIZE];
	json_t *body = json_new_object();
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = "station.opened", .actor = "system", .body = body };
	struct store *store = NULL;
	struct event event;
	const char *reason = "";
	enum rc rc = tool_open(settings, STORE_TRAM | STORE_PUBLIC, &store);

	json_put(body, "board", settings->board_id);
	json_put(body, "commune", settings->commune_code);
	json_put(body, "point", settings->point_no);
	json_put(body, "mode", settings->mode == MODE_LIVE ? "live" : "rehearsal");
	if (rc == RC_OK)
		rc = slip_point_publish(store);
	if (rc == RC_OK)
		rc = store_begin(store, false);
	if (rc == RC_OK) {
		rc = act_append(store, &act, &event, &reason);
		if (rc == RC_OK)
			rc = store_commit(store);
		else
			store_abort(store);
	}
	if (rc != RC_OK)
		log_error("init: the first event could not be written (%s %s)", rc_name(rc), reason);
	store_close(store);
	json_decref(body);
	return rc;
}

/* The day on which numbers are passed over that the machine before may have given. */
static enum rc take_place(const struct settings *settings)
{
	struct store *store = NULL;
	enum rc rc = tool_open(settings, STORE_TRAM | STORE_PUBLIC, &store);

	if (rc == RC_OK)
		rc = slip_point_publish(store);
	if (rc == RC_OK)
		rc = swap_mark(store, when_now_ms());
	store_close(store);
	return rc;
}

/* In a child: it becomes the pages' user, and this process may have to clear up after it. */
static enum rc apart_run(const struct settings *settings, enum rc (*does)(const struct settings *))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit((int)does(settings));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return RC_IO;
	return (enum rc)WEXITSTATUS(status);
}

enum rc init_databases(struct pool *pool, const struct settings *settings, bool apart)
{
	bool board = settings->side == SIDE_BOARD;
	enum rc rc = RC_OK;

	if (board)
		rc = make_key(pool, settings->web_key_dir, "slip.seed");
	if (rc == RC_OK && board)
		rc = make_key(pool, settings->web_key_dir, "slip.key");
	if (rc == RC_OK && board)
		rc = make_key(pool, settings->web_key_dir, "copy.key");
	/* Whom sticks to this side are sealed to. */
	if (rc == RC_OK)
		rc = bundle_keys_make(pool, board ? settings->link_key_dir : settings->center_key_dir);
	if (rc == RC_OK)
		rc = share_slip_key(pool, settings);
	if (rc == RC_OK)
		rc = migrate_all(settings);
	return rc == RC_OK ? folders_settle(settings, apart) : rc;
}

/* The slip's key of the board before, as `tram board slip-key` prints it. */
static enum rc take_slip_key(struct pool *pool, const struct settings *settings, const char *path)
{
	uint8_t key[32];
	char *text;
	size_t len;
	enum rc rc = file_read(pool, path, 256, &text, &len);

	if (rc == RC_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		rc = hex_decode(text, key, sizeof(key));
	}
	if (rc != RC_OK) {
		fprintf(stderr, "tram init: %s: not 64 hex digits\n", path);
		return RC_INVALID;
	}
	memset(key, 0, sizeof(key));
	return file_put(settings->web_key_dir, "slip.key", pool_printf(pool, "%s\n", text), 65, 0600);
}

/* again: see struct conf. A journal that comes from the center begins with the event of its own opening. */
static enum rc make_data(struct pool *pool, const struct settings *settings, const char *again, bool apart)
{
	enum rc rc = folders_make(settings, apart);

	if (rc == RC_OK && again)
		rc = take_slip_key(pool, settings, again);
	if (rc == RC_OK)
		rc = init_databases(pool, settings, apart);
	if (rc != RC_OK || settings->side != SIDE_BOARD)
		return rc;
	return apart_run(settings, again ? take_place : open_station);
}

int init_main(int argc, char **argv)
{
	struct pool *pool = pool_new();
	struct settings *settings = NULL;
	struct conf conf = { 0 };
	const char *side = argc > 1 ? argv[1] : "";
	const char *path;
	int status;
	enum rc rc;

	if (strcmp(side, "--help") == 0 || strcmp(side, "-h") == 0) {
		fputs(init_usage, stdout);
		status = TOOL_OK;
		goto out;
	}
	status = TOOL_USAGE;
	if (strcmp(side, "board") != 0 && strcmp(side, "center") != 0) {
		fputs(init_usage, stderr);
		goto out;
	}
	status = read_options(pool, argc, argv, &conf);
	if (status >= 0)
		goto out;
	status = TOOL_USAGE;
	if (!conf.data) {
		fputs("tram init: --data FOLDER is missing\n", stderr);
		goto out;
	}
	path = pool_printf(pool, "%s/tram.conf", conf.data);
	status = write_conf(pool, side, &conf, path);
	if (status != TOOL_OK)
		goto out;
	rc = settings_load(path, &settings);
	if (rc == RC_OK)
		rc = make_data(pool, settings, conf.again, !conf.one_user && folders_apart(settings));
	if (rc != RC_OK)
		(void)unlink(path);	/* so that init can be tried again */
	status = tool_exit_of(rc);
out:
	settings_free(settings);
	buf_free(&conf.text);
	pool_free(pool);
	return status;
}

int init_migrate_main(int argc, char **argv)
{
	const char *data = NULL, *file = NULL;
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &file, NULL } };
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct pool *pool = pool_new();
	size_t words, tried = 0, left = 0;
	int status = tool_options(argc, argv, migrate_usage, options, 2, NULL, 0, &words);
	enum rc rc;

	if (status >= 0) {
		pool_free(pool);
		return status;
	}
	rc = tool_settings(data, file, &settings);
	if (rc == RC_OK)
		rc = folders_make(settings, folders_apart(settings));
	if (rc == RC_OK && settings->side == SIDE_BOARD)
		rc = make_key(pool, settings->web_key_dir, "copy.key");
	if (rc == RC_OK)
		rc = share_slip_key(pool, settings);
	if (rc == RC_OK)
		rc = migrate_all(settings);
	if (rc == RC_OK)
		rc = folders_settle(settings, folders_apart(settings));
	if (rc == RC_OK)
		rc = tool_open(settings, STORE_TRAM | STORE_PUBLIC, &store);
	if (rc == RC_OK)
		rc = slip_point_publish(store);
	if (rc == RC_OK)	/* what the program before could not use, this one may */
		rc = parked_retry_all(store, &tried, &left);
	if (rc == RC_OK && tried > 0)
		printf("parked: %zu tried again, %zu left\n", tried, left);
	store_close(store);
	settings_free(settings);
	pool_free(pool);
	return tool_exit_of(rc);
}
