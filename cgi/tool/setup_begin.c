/*
 * setup_begin.c: a board's first moments: what was written at flashing is taken off the boot partition, what
 * must be the box's own arises here. Everything may be cut and begun again: the folder counts as made when
 * its last file (code) is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/network.h"
#include "crypt/password.h"
#include "crypt/random.h"
#include "tool/setup.h"
#include "tool/tool.h"
#include "web/login.h"
#include "web/text_vi.h"

#define LABEL_FILE "tram-label.conf"
#define SETUP_FILE "tram-setup.conf"
#define ANSWER_FILE "tram-setup.txt"
#define FILE_MAX ((size_t)64 * 1024)

/* The pages' own tram.conf: no database, no identity; it serves whoever reached the box by its network. */
static const char conf[] = "side = board\nmode = live\nboard_id = setup\ncommune_code = 00000\n"
		"hosts = tram.lan " NETWORK_TABLETS ".1 127.0.0.1 localhost\n";

static enum rc put(const struct setup_place *place, const char *name, const char *text, size_t len)
{
	char path[512];
	enum rc rc = file_put(place->folder, name, text, len, 0600);

	(void)snprintf(path, sizeof(path), "%s/%s", place->folder, name);
	return rc == RC_OK ? setup_give(path) : rc;
}

static enum rc put_key(const struct setup_place *place, const char *name)
{
	char hex[66];
	enum rc rc;

	random_hex(32, hex);
	hex[64] = '\n';
	rc = put(place, name, hex, 65);
	memset(hex, 0, sizeof(hex));
	return rc;
}

/* Its bytes are overwritten before the name goes: a card reader finds none of the secrets. On flash the
 * medium may keep a copy; what is secret in it serves once. */
static enum rc erase(struct pool *pool, const char *dir, const char *name)
{
	const char *path = pool_printf(pool, "%s/%s", dir, name);
	char zeros[512] = { 0 };
	struct stat st;
	enum rc rc = RC_OK;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno == ENOENT ? RC_OK : RC_IO;
	if (fstat(fd, &st) != 0)
		rc = RC_IO;
	for (off_t at = 0; rc == RC_OK && at < st.st_size; at += (off_t)sizeof(zeros))
		rc = file_write_all(fd, zeros, sizeof(zeros));
	if (rc == RC_OK)
		file_sync_or_die(fd, "setup file");
	(void)close(fd);
	if (rc == RC_OK && unlink(path) != 0)
		rc = RC_IO;
	if (rc == RC_OK)
		file_sync_dir_or_die(dir);
	return rc;
}

/* ---- the label ---- */

static enum rc read_label(struct pool *pool, const struct setup_place *place, struct setup_label *label)
{
	struct setup_fault fault;
	char *text = NULL;
	size_t len = 0;
	enum rc rc = place->boot ? file_read(pool, pool_printf(pool, "%s/" LABEL_FILE, place->boot), FILE_MAX,
			&text, &len) : RC_NOT_FOUND;

	if (rc == RC_OK)
		rc = setup_label_parse(pool, text, len, label, &fault);
	if (rc == RC_INVALID)
		log_error("setup: " LABEL_FILE " line=%d key=%s why=%s: another label is made", fault.line,
				fault.key, fault.why);
	return rc;
}

/* Until the questions are answered: the network of the label, so that a phone can answer them. */
static enum rc begin_network(struct pool *pool, const struct setup_place *place,
		const struct setup_label *label)
{
	struct setup setup;

	setup_clear(&setup);
	setup.value[SETUP_COMMUNE] = "0";
	setup.value[SETUP_POINT_NO] = "0";
	setup.value[SETUP_AP_NAME] = label->label;
	setup.value[SETUP_AP_KEY] = label->ap_key;
	setup.value[SETUP_UPLINK_KIND] = "none";
	return access(pool_printf(pool, "%s/network/network.conf", place->data), F_OK) == 0 ? RC_OK :
			setup_put_network(pool, place->data, &setup, NULL);
}

static enum rc make_folder(struct pool *pool, const struct setup_place *place)
{
	struct setup_label label;
	char code[66], *text;
	enum rc rc = file_make_dir(place->folder, 0700);

	if (rc == RC_OK)
		rc = setup_give(place->folder);
	if (rc != RC_OK || access(pool_printf(pool, "%s/code", place->folder), F_OK) == 0)
		return rc;
	if (read_label(pool, place, &label) != RC_OK) {
		setup_label_new(pool, &label);
		/* Nobody has printed it: whoever stands before the box reads it here. */
		printf("%s", setup_label_text(pool, &label));
	}
	if (setup_code_hash(label.code, code) != RC_OK)
		return RC_BUG;
	code[64] = '\n';
	text = pool_printf(pool, "ap_name = %s\nap_key = %s\n", label.label, label.ap_key);
	rc = put(place, "setup.conf", conf, strlen(conf));
	if (rc == RC_OK)
		rc = put(place, "label", text, strlen(text));
	if (rc == RC_OK)
		rc = put_key(place, "door");
	if (rc == RC_OK)
		rc = begin_network(pool, place, &label);
	if (rc == RC_OK)
		rc = put(place, "code", code, 65);
	return rc;
}

/* ---- mass preparation ---- */

/* What is wrong, in words, beside the file. */
static enum rc answer(struct pool *pool, const struct setup_place *place, const struct setup_fault *fault)
{
	const char *key = pool_printf(pool, "setup.fault.%s", fault->why);
	const char *line = fault->line > 0 ? pool_printf(pool, "%d", fault->line) : "–";
	const char *text = pool_printf(pool, "%s\r\n", text_fill(pool, "setup.file_wrong", line, *fault->key ?
			fault->key : "–", text_get(text_known(key) ? key : "setup.fault.value"), NULL));

	log_warn("setup: " SETUP_FILE " line=%d key=%s why=%s", fault->line, fault->key, fault->why);
	return file_put(place->boot, ANSWER_FILE, text, strlen(text), 0644);
}

/* The whole of it, or nothing. */
static enum rc check_all(struct pool *pool, const struct settings *settings, struct setup *setup,
		struct setup_fault *fault)
{
	const char *password = setup->value[SETUP_PASSWORD];
	char *hash = NULL;
	int step;
	enum rc rc = RC_OK;

	/* A file brings a password, never the hash of one. */
	if (*setup->value[SETUP_HASH] != '\0') {
		*fault = (struct setup_fault){ .key = setup_name(SETUP_HASH), .why = "key" };
		return RC_INVALID;
	}
	for (step = 0; rc == RC_OK && step < SETUP_STEPS; step++)
		rc = setup_check(pool, setup, (enum setup_step)step, fault);
	if (rc == RC_OK && login_password_fault(settings, password, setup->value[SETUP_LOGIN], false)) {
		*fault = (struct setup_fault){ .key = setup_name(SETUP_PASSWORD), .why = "weak" };
		rc = RC_INVALID;
	}
	if (rc == RC_OK)
		rc = password_hash(pool, password, &hash);
	if (rc == RC_OK)
		setup->value[SETUP_HASH] = hash;
	return rc;
}

/* RC_NOT_FOUND: there is none. RC_INVALID: answered. */
static enum rc take_file(struct pool *pool, const struct setup_place *place)
{
	struct setup_fault fault = { .key = "", .why = "long" };
	struct settings *settings = NULL;
	struct setup setup;
	char *text = NULL;
	size_t len = 0;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/" SETUP_FILE, place->boot), FILE_MAX, &text, &len);

	if (rc == RC_NOT_FOUND)
		return rc;
	if (rc == RC_OK)
		rc = settings_load(pool_printf(pool, "%s/setup.conf", place->folder), &settings);
	/* Editors on Windows begin with a mark and end lines with CR LF. */
	if (rc == RC_OK && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	if (rc == RC_OK)
		rc = setup_parse(pool, text, len, &setup, &fault);
	if (rc == RC_OK)
		rc = check_all(pool, settings, &setup, &fault);
	if (rc == RC_INVALID || rc == RC_TOO_LARGE)
		rc = answer(pool, place, &fault) == RC_OK ? RC_INVALID : RC_IO;
	else if (rc == RC_OK)
		rc = setup_save(pool, place->folder, &setup);
	/* The pages show them where the station cannot be made. */
	if (rc == RC_OK)
		rc = setup_give(pool_printf(pool, "%s/answers", place->folder));
	if (text)
		memset(text, 0, len);
	settings_free(settings);
	return rc;
}

int setup_begin(struct pool *pool, const struct setup_place *place)
{
	enum rc rc = make_folder(pool, place), file = RC_NOT_FOUND;

	if (rc == RC_OK && place->boot)
		rc = erase(pool, place->boot, LABEL_FILE);
	if (rc == RC_OK && place->boot && access(pool_printf(pool, "%s/made", place->folder), F_OK) != 0)
		file = take_file(pool, place);
	/* Kept first, then erased: a cut between the two takes the same answers again. */
	if (file == RC_OK)
		rc = erase(pool, place->boot, SETUP_FILE);
	if (file == RC_OK && rc == RC_OK) {
		(void)unlink(pool_printf(pool, "%s/" ANSWER_FILE, place->boot));
		rc = file_put(place->folder, "wish-finish", "", 0, 0600);
	}
	if (rc == RC_OK && file != RC_OK && file != RC_NOT_FOUND && file != RC_INVALID)
		rc = file;
	if (rc != RC_OK)
		fprintf(stderr, "tram setup: %s (%s)\n", place->folder, rc_name(rc));
	return rc == RC_OK && file == RC_INVALID ? TOOL_FAULT : tool_exit_of(rc);
}
