/*
 * setup_run.c: what the pages of first boot wish, done by root: the network file, a try of the line to the
 * center, the station's folder with its first account; later the live station in place of the rehearsal.
 * Each may be cut by the power anywhere: its wish goes last, and what was half made is made anew. A live
 * station is never touched: only what stands in a rehearsal, or was never finished, goes.
 */
#define _DEFAULT_SOURCE /* DT_DIR */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/network.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/account.h"
#include "tool/init.h"
#include "tool/setup.h"
#include "tool/tool.h"

#define FILE_MAX ((size_t)64 * 1024)
#define APPLY_MS 60000
#define MADE_IN "dang-dung"	/* in the data folder, until it is whole */
#define PRACTICE (ROLE_INTAKE | ROLE_CASHIER | ROLE_SCANNER | ROLE_SPECIALIST | ROLE_SIGNER | ROLE_CLERK_SEAL \
	| ROLE_APPROVER | ROLE_RETURNER | ROLE_GUIDE | ROLE_MANAGER | ROLE_TECHNICIAN)
#define USER "tram-admin"
#define UID_ADMIN 64103	/* where no package made that user */

enum rc setup_say(struct pool *pool, const char *folder, const char *what, const char *state,
		const char *reason)
{
	json_t *said = json_new_object();
	const char *path = pool_printf(pool, "%s/said.json", folder);
	char *text;
	enum rc rc;

	json_put(said, "do", what);
	json_put(said, "state", state);
	json_put(said, "reason", reason);
	json_put_int(said, "at", when_now_ms());
	text = json_to_text(pool, said);
	json_decref(said);
	rc = file_put(folder, "said.json", text, strlen(text), 0600);
	return rc == RC_OK ? setup_give(path) : rc;
}

enum rc setup_give(const char *path)
{
	const struct passwd *user = getpwnam(USER);

	if (geteuid() != 0)
		return RC_OK;
	return chown(path, user ? user->pw_uid : UID_ADMIN, user ? user->pw_gid : UID_ADMIN) == 0 ? RC_OK : RC_IO;
}

static bool is_there(struct pool *pool, const char *dir, const char *name)
{
	return access(pool_printf(pool, "%s/%s", dir, name), F_OK) == 0;
}

static enum rc drop(struct pool *pool, const char *dir, const char *name)
{
	if (unlink(pool_printf(pool, "%s/%s", dir, name)) != 0 && errno != ENOENT)
		return RC_IO;
	file_sync_dir_or_die(dir);
	return RC_OK;
}

/* ---- the line ---- */

/* The root unit's word on the file that lies there now; "" while it has none. */
static void read_applied(struct pool *pool, const struct setup_place *place, const char *wanted,
		char out[32])
{
	char *text = NULL, *word;
	size_t len = 0;

	out[0] = '\0';
	if (file_read(pool, pool_printf(pool, "%s/network/applied", place->data), 256, &text, &len) != RC_OK ||
			strncmp(text, wanted, 64) != 0 || text[64] != '\n')
		return;
	word = text + 65;
	word[strcspn(word, "\r\n")] = '\0';
	(void)snprintf(out, 32, "%.31s", word);
}

enum rc setup_put_network(struct pool *pool, const char *data, const struct setup *setup, char hex[65])
{
	const char *dir = pool_printf(pool, "%s/network", data);
	char *text = setup_network(pool, setup);
	struct network_fault fault;
	struct network network;
	uint8_t digest[HASH_SIZE];
	enum rc rc = file_make_dir(data, 0755);

	/* Every program comes through, whatever umask says. */
	if (rc == RC_OK && chmod(data, 0755) != 0)
		rc = RC_IO;
	if (rc == RC_OK)
		rc = file_make_dir(dir, 0700);
	if (rc == RC_OK && network_read(pool, text, &network, &fault) != RC_OK) {
		log_error("setup: network.conf key=%s: %s", fault.key, fault.why);
		rc = RC_INVALID;
	}
	if (rc != RC_OK)
		return rc;
	hash_sha256(text, strlen(text), digest);
	if (hex)
		hex_encode(digest, sizeof(digest), hex);
	return file_put(dir, "network.conf", text, strlen(text), 0600);
}

/* Until the line stands, by the network's own folder: the counter's network stays as the label says, for
 * the phone is on it. */
static enum rc try_line(struct pool *pool, const struct setup_place *place, const struct setup *answers,
		const char **why)
{
	struct setup setup = *answers, label;
	struct setup_fault fault;
	int64_t until = when_boottime_ms() + APPLY_MS;
	char hex[65], word[32] = "", *text = NULL;
	size_t len = 0;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/label", place->folder), FILE_MAX, &text, &len);

	if (rc == RC_OK)
		rc = setup_parse(pool, text, len, &label, &fault);
	if (rc == RC_OK) {
		setup.value[SETUP_AP_NAME] = label.value[SETUP_AP_NAME];
		setup.value[SETUP_AP_KEY] = label.value[SETUP_AP_KEY];
		rc = setup_put_network(pool, place->data, &setup, hex);
	}
	while (rc == RC_OK && word[0] == '\0') {
		read_applied(pool, place, hex, word);
		if (word[0] == '\0' && when_boottime_ms() >= until)
			(void)snprintf(word, sizeof(word), "applied");
		else if (word[0] == '\0')
			(void)poll(NULL, 0, 200);
	}
	*why = pool_strdup(pool, word);
	return rc == RC_OK && strcmp(word, "ok") != 0 ? RC_GONE : rc;
}

static enum rc do_network(struct pool *pool, const struct setup_place *place, const struct setup *setup)
{
	const char *why = "";
	enum rc rc = setup_say(pool, place->folder, "network", "running", "");

	if (rc == RC_OK)
		rc = try_line(pool, place, setup, &why);
	if (rc == RC_OK && strcmp(setup->value[SETUP_UPLINK_KIND], "none") != 0)
		rc = setup_reach(pool, place, setup, &why);
	if (rc == RC_OK)
		rc = setup_say(pool, place->folder, "network", "done", "");
	else if (rc == RC_GONE || rc == RC_INVALID)
		rc = setup_say(pool, place->folder, "network", "failed", why);
	return rc == RC_OK ? drop(pool, place->folder, "wish-network") : rc;
}

/* ---- the station ---- */

static enum rc remove_tree(struct pool *pool, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	enum rc rc = RC_OK;

	if (!dir)
		return errno == ENOENT ? RC_OK : RC_IO;
	while (rc == RC_OK && (entry = readdir(dir))) {
		const char *inside = pool_printf(pool, "%s/%s", path, entry->d_name);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (entry->d_type == DT_DIR)
			rc = remove_tree(pool, inside);
		if (rc == RC_OK && remove(inside) != 0 && errno != ENOENT)
			rc = RC_IO;
	}
	(void)closedir(dir);
	return rc;
}

/* Does such a station stand already? Its tram.conf came last, so all of it does. */
static bool stands(struct pool *pool, const struct setup_place *place, enum settings_mode mode)
{
	struct settings *settings = NULL;
	bool is = is_there(pool, place->data, "tram.conf") && settings_load(pool_printf(pool, "%s/tram.conf",
			place->data), &settings) == RC_OK && settings->mode == mode;

	settings_free(settings);
	return is;
}

/* A rehearsal, or what was never finished, makes room: programs begin with tram.conf, which comes last. RC_CONFLICT:
 * a live station stands there. */
static enum rc clear(struct pool *pool, const struct setup_place *place)
{
	static const char *const folders[] = { MADE_IN, "db", "auth", "run", "public", "blobs", "spool", "out",
		"inbox", "health", "clock", "keys/web", "keys/link" };
	size_t i;
	enum rc rc;

	if (is_there(pool, place->data, "tram.conf") && !stands(pool, place, MODE_REHEARSAL))
		return RC_CONFLICT;
	rc = drop(pool, place->folder, "made");
	if (rc == RC_OK)
		rc = drop(pool, place->data, "tram.conf");
	for (i = 0; rc == RC_OK && i < sizeof(folders) / sizeof(folders[0]); i++)
		rc = remove_tree(pool, pool_printf(pool, "%s/%s", place->data, folders[i]));
	return rc;
}

/* In a child: the account's files become their user's. */
static enum rc add_account(struct pool *pool, const char *data, const struct setup *setup, bool rehearsal)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct account made;
	pid_t pid = fork();
	int status = 0;
	enum rc rc;

	if (pid > 0)
		return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? (enum rc)WEXITSTATUS(status) :
				RC_IO;
	if (pid < 0)
		return RC_IO;
	rc = tool_settings(data, NULL, &settings);
	if (rc == RC_OK)
		rc = tool_open(settings, STORE_AUTH | STORE_RUN, &store);
	if (rc == RC_OK)
		rc = account_add_encoded(store, pool, setup->value[SETUP_LOGIN], setup->value[SETUP_NAME], "",
				rehearsal ? PRACTICE : ROLE_MANAGER | ROLE_TECHNICIAN,
				setup->value[SETUP_HASH], &made);
	store_close(store);
	_exit((int)rc);
}

/* A file of the forwarder's, as the folder's owner has it. */
static enum rc put_owned(struct pool *pool, const char *dir, const char *name, const char *text, mode_t mode)
{
	const char *path = pool_printf(pool, "%s/%s", dir, name);
	struct stat st;
	enum rc rc = file_put(dir, name, text, strlen(text), mode);

	if (rc == RC_OK && geteuid() == 0 && (stat(dir, &st) != 0 || chown(path, st.st_uid, st.st_gid) != 0))
		rc = RC_IO;
	return rc;
}

/* What the box bears, as the center is told it; and the invitation, which the forwarder takes from its
 * inbox when it starts. */
static enum rc put_identity(struct pool *pool, const struct setup_place *place, const char *made,
		const struct setup *setup, bool rehearsal)
{
	struct settings *settings = NULL;
	char *code = NULL;
	size_t len = 0;
	enum rc rc = tool_settings(made, NULL, &settings);

	if (rc == RC_OK)
		rc = file_read(pool, pool_printf(pool, "%s/code", place->folder), 128, &code, &len);
	if (rc == RC_OK)
		rc = put_owned(pool, settings->link_key_dir, "label", code, 0600);
	if (rc == RC_OK && !rehearsal && *setup->value[SETUP_INVITE] != '\0')
		rc = put_owned(pool, settings->inbox_dir, "enrol", setup->value[SETUP_INVITE], 0660);
	settings_free(settings);
	return rc;
}

/* Everything inside from goes into to, folders that stand there already included; tram.conf last, for with
 * it the programs begin. */
static enum rc move_in(struct pool *pool, const char *from, const char *to)
{
	DIR *dir = opendir(from);
	struct dirent *entry;
	enum rc rc = dir ? RC_OK : RC_IO;

	while (rc == RC_OK && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		const char *source = pool_printf(pool, "%s/%s", from, name);
		const char *target = pool_printf(pool, "%s/%s", to, name);

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "tram.conf") == 0)
			continue;
		if (entry->d_type == DT_DIR && access(target, F_OK) == 0)
			rc = move_in(pool, source, target);
		else if (rename(source, target) != 0)
			rc = RC_IO;
	}
	if (dir)
		(void)closedir(dir);
	if (rc == RC_OK)
		file_sync_dir_or_die(to);
	return rc;
}

static enum rc put_lines(struct pool *pool, const struct setup_place *place, const struct setup *setup,
		bool rehearsal)
{
	const char *conf = setup_conf(pool, setup, rehearsal);
	char *more = pool_strdup(pool, "");
	size_t len = 0;
	enum rc rc = place->with ? file_read(pool, place->with, FILE_MAX, &more, &len) : RC_OK;

	conf = pool_printf(pool, "%s%s", conf, more);
	return rc == RC_OK ? file_put(place->folder, "lines", conf, strlen(conf), 0600) : rc;
}

static enum rc make_station(struct pool *pool, const struct setup_place *place, const struct setup *setup,
		bool rehearsal)
{
	const char *lines = pool_printf(pool, "%s/lines", place->folder);
	char *made = pool_printf(pool, "%s/" MADE_IN, place->data);
	char *argv[] = { (char *)(size_t)"init", (char *)(size_t)"board", (char *)(size_t)"--data", made,
		(char *)(size_t)"--with", pool_strdup(pool, lines),
		place->one_user ? (char *)(size_t)"--one-user" : NULL, NULL };
	enum rc rc;

	/* The power went between its last file and our word that it stands. */
	if (stands(pool, place, rehearsal ? MODE_REHEARSAL : MODE_LIVE))
		return RC_OK;
	rc = clear(pool, place);
	if (rc == RC_OK)
		rc = put_lines(pool, place, setup, rehearsal);
	if (rc == RC_OK && init_main(place->one_user ? 7 : 6, argv) != TOOL_OK)
		rc = RC_IO;
	if (rc == RC_OK)
		rc = add_account(pool, made, setup, rehearsal);
	if (rc == RC_OK)
		rc = put_identity(pool, place, made, setup, rehearsal);
	if (rc == RC_OK)
		rc = move_in(pool, made, place->data);
	if (rc == RC_OK)
		rc = setup_put_network(pool, place->data, setup, NULL);
	if (rc == RC_OK && rename(pool_printf(pool, "%s/tram.conf", made), pool_printf(pool, "%s/tram.conf",
			place->data)) != 0)
		rc = RC_IO;
	if (rc == RC_OK)
		file_sync_dir_or_die(place->data);
	(void)unlink(lines);
	if (rc == RC_OK)
		rc = remove_tree(pool, made);
	return rc == RC_OK && rmdir(made) != 0 ? RC_IO : rc;
}

/* The live station stands: nothing of first boot is needed any more. */
static enum rc finish_live(struct pool *pool, const struct setup_place *place)
{
	static const char *const files[] = { "answers", "door", "tries", "label", "code", "setup.conf" };
	enum rc rc = file_put(place->folder, "done", "", 0, 0644);

	for (size_t i = 0; rc == RC_OK && i < sizeof(files) / sizeof(files[0]); i++)
		rc = drop(pool, place->folder, files[i]);
	return rc;
}

static const char *reason_of(enum rc rc)
{
	return rc == RC_FULL ? "full" : rc == RC_CONFLICT ? "live" : rc == RC_INVALID ? "answers" : "disk";
}

static enum rc do_station(struct pool *pool, const struct setup_place *place, const struct setup *setup,
		bool rehearsal)
{
	enum rc made = setup_say(pool, place->folder, "finish", "running", ""), rc;

	if (made == RC_OK && setup_next(pool, setup) < SETUP_STEPS)
		made = RC_INVALID;
	if (made == RC_OK)
		made = make_station(pool, place, setup, rehearsal);
	if (made == RC_OK)
		made = file_put(place->folder, "made", "", 0, 0644);
	if (made == RC_OK && !rehearsal)
		made = finish_live(pool, place);
	rc = setup_say(pool, place->folder, "finish", made == RC_OK ? "done" : "failed", made == RC_OK ? "" :
			reason_of(made));
	if (made != RC_OK)
		log_error("setup: the station is not made (%s)", rc_name(made));
	return made == RC_OK ? rc : made;
}

/* ---- all that is wished ---- */

static bool wants_live(struct pool *pool, const struct setup_place *place)
{
	return is_there(pool, pool_printf(pool, "%s/inbox", place->data), "setup-live") ||
			is_there(pool, place->folder, "wish-live");
}

int setup_run(struct pool *pool, const struct setup_place *place)
{
	struct setup setup;
	bool live, rehearsal;
	enum rc rc;

	if (is_there(pool, place->folder, "done"))
		return TOOL_OK;
	rc = setup_load(pool, place->folder, &setup);
	if (rc != RC_OK) {
		fprintf(stderr, "tram setup: no answers in %s (%s)\n", place->folder, rc_name(rc));
		return rc == RC_NOT_FOUND ? TOOL_OK : TOOL_CONFIG;
	}
	if (is_there(pool, place->folder, "wish-network"))
		rc = do_network(pool, place, &setup);
	/* The wish moves out of the folder that goes. */
	live = wants_live(pool, place);
	if (rc == RC_OK && live)
		rc = file_put(place->folder, "wish-live", "", 0, 0600);
	if (rc == RC_OK && (live || is_there(pool, place->folder, "wish-finish"))) {
		rehearsal = !live && strcmp(setup.value[SETUP_REHEARSE], "no") != 0;
		rc = do_station(pool, place, &setup, rehearsal);
		if (rc == RC_OK)
			rc = drop(pool, place->folder, "wish-live");
		if (rc == RC_OK || rc == RC_CONFLICT || rc == RC_INVALID)
			(void)drop(pool, place->folder, "wish-finish");
	}
	if (rc != RC_OK)
		fprintf(stderr, "tram setup: %s\n", rc_name(rc));
	return rc == RC_CONFLICT || rc == RC_INVALID ? TOOL_FAULT : tool_exit_of(rc);
}
