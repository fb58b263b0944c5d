/*
 * settings.c: see settings.h. One table; each row says where its value goes and what may stand
 * there, so that a key cannot be read without being checked and described.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/settings.h"
#include "base/text.h"

#define SETTINGS_FILE_MAX (256u * 1024u)
#define MIB (INT64_C(1024) * 1024)
#define HUGE_NUMBER (INT64_C(1) << 50)

enum type {
	TYPE_SIDE,
	TYPE_MODE,
	TYPE_TEXT,	/* min..max characters */
	TYPE_ID,	/* [a-z0-9.-]{min,max} */
	TYPE_DIGITS,	/* min..max digits */
	TYPE_AGENCY,	/* H27, H27.1, H27.1.2 or empty */
	TYPE_FORMS,	/* tt03-2025 | tt01-2018 */
	TYPE_URL,	/* http(s)://…, no slash at the end, or empty */
	TYPE_FOLDER,	/* made absolute from the file's folder */
	TYPE_FILE,	/* the same, or empty */
	TYPE_FLAG,	/* yes | no */
	TYPE_NUMBER	/* min..max */
};

#define ON_BOARD 1u
#define ON_CENTER 2u
#define ON_BOTH (ON_BOARD | ON_CENTER)
#define MUST_ON_BOARD 4u
#define MUST_ON_CENTER 8u

struct key {
	const char *name;
	enum type type;
	unsigned where;
	size_t offset;
	int64_t min, max;
	const char *otherwise;
	const char *meaning;
};

#define AT(member) offsetof(struct settings, member)

static const struct key keys[] = {
	{ "side", TYPE_SIDE, ON_BOTH | MUST_ON_BOARD | MUST_ON_CENTER, AT(side), 0, 0, "",
			"board or center" },
	{ "mode", TYPE_MODE, ON_BOTH | MUST_ON_BOARD | MUST_ON_CENTER, AT(mode), 0, 0, "",
			"live or rehearsal; each has its own data folder" },
	{ "board_id", TYPE_ID, ON_BOARD | MUST_ON_BOARD, AT(board_id), 1, 31, "",
			"name of this board in the journal; never changes" },
	{ "station_name", TYPE_TEXT, ON_BOTH, AT(station_name), 0, 200, "",
			"what the header of every page says" },
	{ "commune_code", TYPE_DIGITS, ON_BOARD | MUST_ON_BOARD, AT(commune_code), 5, 5, "",
			"code of the commune in communes.tsv" },
	{ "commune_name", TYPE_TEXT, ON_BOARD, AT(commune_name), 0, 100, "",
			"name of the commune" },
	{ "agency_id", TYPE_AGENCY, ON_BOARD, AT(agency_id), 0, 20, "",
			"identifier H27.x of the commune, given by the province" },
	{ "agency_name", TYPE_TEXT, ON_BOARD, AT(agency_name), 0, 200, "",
			"second line of the slip's head: the receiving unit" },
	{ "parent_name", TYPE_TEXT, ON_BOARD, AT(parent_name), 0, 200, "",
			"first line of the slip's head: the unit above" },
	{ "point_no", TYPE_DIGITS, ON_BOARD, AT(point_no), 1, 3, "1",
			"number of the reception point within the commune" },
	{ "point_name", TYPE_TEXT, ON_BOARD, AT(point_name), 0, 200, "",
			"name of the reception point" },
	{ "point_address", TYPE_TEXT, ON_BOARD, AT(point_address), 0, 300, "",
			"address printed on slips" },
	{ "point_phone", TYPE_TEXT, ON_BOARD, AT(point_phone), 0, 50, "",
			"telephone printed on slips" },
	{ "place_name", TYPE_TEXT, ON_BOARD, AT(place_name), 0, 100, "",
			"place before the date on papers" },
	{ "form_set", TYPE_FORMS, ON_BOARD, AT(form_set), 0, 0, "tt03-2025",
			"numbering of printed forms: tt03-2025 or tt01-2018" },
	{ "outage_wording", TYPE_TEXT, ON_BOARD, AT(outage_wording), 0, 500, "",
			"sentence beside a provisional number; empty: the safe default" },
	{ "public_url", TYPE_URL, ON_BOTH, AT(public_url), 0, 200, "",
			"base of the citizen's status address in the slip's QR" },

	{ "db_dir", TYPE_FOLDER, ON_BOTH, AT(db_dir), 0, 0, "db", "tram.db and its lock" },
	{ "auth_dir", TYPE_FOLDER, ON_BOTH, AT(auth_dir), 0, 0, "auth", "accounts" },
	{ "run_dir", TYPE_FOLDER, ON_BOTH, AT(run_dir), 0, 0, "run",
			"sessions and clock state; tmpfs on a board" },
	{ "public_dir", TYPE_FOLDER, ON_BOTH, AT(public_dir), 0, 0, "public",
			"what the public may look up" },
	{ "blob_dir", TYPE_FOLDER, ON_BOTH, AT(blob_dir), 0, 0, "blobs", "file contents" },
	{ "spool_dir", TYPE_FOLDER, ON_BOTH, AT(spool_dir), 0, 0, "spool",
			"uploads on their way; on the file system of blob_dir" },
	{ "out_dir", TYPE_FOLDER, ON_BOTH, AT(out_dir), 0, 0, "out",
			"links for downloads; on the file system of blob_dir" },
	{ "inbox_dir", TYPE_FOLDER, ON_BOTH, AT(inbox_dir), 0, 0, "inbox",
			"signed versions that wait to be applied" },
	{ "health_dir", TYPE_FOLDER, ON_BOTH, AT(health_dir), 0, 0, "health", "health file" },
	{ "sock_dir", TYPE_FOLDER, ON_BOTH, AT(sock_dir), 0, 0, "sock", "sockets and wake fifo" },
	{ "clock_dir", TYPE_FOLDER, ON_BOARD, AT(clock_dir), 0, 0, "clock",
			"boot counter, floor and state of the clock" },
	{ "web_key_dir", TYPE_FOLDER, ON_BOARD, AT(web_key_dir), 0, 0, "keys/web",
			"slip.seed and slip.key: pages only" },
	{ "link_key_dir", TYPE_FOLDER, ON_BOARD, AT(link_key_dir), 0, 0, "keys/link",
			"client key and certificate, CA, receipt key: forward only" },
	{ "center_key_dir", TYPE_FOLDER, ON_CENTER, AT(center_key_dir), 0, 0, "keys/center",
			"receipt.key: machine interface only" },
	{ "catalogue_file", TYPE_FILE, ON_BOTH, AT(catalogue_file), 0, 0, "",
			"procedures; empty: those built in" },
	{ "keying_file", TYPE_FILE, ON_BOARD, AT(keying_file), 0, 0, "",
			"orders of other systems' forms as JSON; empty: those built in" },
	{ "calendar_file", TYPE_FILE, ON_BOTH, AT(calendar_file), 0, 0, "",
			"working days; empty: those built in" },
	{ "forms_file", TYPE_FILE, ON_BOARD, AT(forms_file), 0, 0, "",
			"printed forms and reasons; empty: those built in" },
	{ "confirm_file", TYPE_FILE, ON_BOTH, AT(confirm_file), 0, 0, "",
			"catalogue values that a manager confirmed; empty: none" },

	{ "pg", TYPE_TEXT, ON_CENTER, AT(pg), 0, 500, "",
			"connection string of PostgreSQL; empty: SQLite" },

	{ "hosts", TYPE_TEXT, ON_BOTH, AT(hosts), 1, 1000, "127.0.0.1 localhost",
			"host names the pages answer to, blanks between" },
	{ "tls_pages", TYPE_FLAG, ON_BOTH, AT(tls_pages), 0, 0, "no",
			"pages are served over TLS: cookies get Secure" },
	{ "idle_lock_minutes", TYPE_NUMBER, ON_BOTH, AT(idle_lock_minutes), 1, 60, "15",
			"a session locks after so many idle minutes" },
	{ "session_hours", TYPE_NUMBER, ON_BOTH, AT(session_hours), 1, 24, "12",
			"a session ends after so many hours" },
	{ "password_min", TYPE_NUMBER, ON_BOTH, AT(password_min), 8, 64, "14",
			"characters of a password (TCVN 14423: 14; ASVS 5 without classes: 15)" },
	{ "password_min_factor", TYPE_NUMBER, ON_BOTH, AT(password_min_factor), 8, 64, "8",
			"characters of a password where a second factor is asked for" },
	{ "password_classes", TYPE_NUMBER, ON_BOTH, AT(password_classes), 1, 4, "4",
			"classes a password has: small letters, capitals, digits, others" },
	{ "idle_account_days", TYPE_NUMBER, ON_BOTH, AT(idle_account_days), 0, 3650, "45",
			"an account not used for so many days opens no more until a manager unlocks it; "
			"0: never" },
	{ "reading_roles", TYPE_TEXT, ON_BOARD, AT(reading_roles), 0, 200,
			"manager,returner,approver,signer",
			"roles that open every dossier without a reason; commas between" },
	{ "reading_send_s", TYPE_NUMBER, ON_BOARD, AT(reading_send_s), 1, 86400, "300",
			"seconds between two parcels of access records to the center" },
	{ "recycle_requests", TYPE_NUMBER, ON_BOTH, AT(recycle_requests), 0, 1000000000, "20000",
			"a worker starts afresh after so many requests; 0: never" },
	{ "upload_max_bytes", TYPE_NUMBER, ON_BOTH, AT(upload_max_bytes), 1024, 1024 * MIB,
			"26214400", "largest file" },
	{ "upload_min_rate", TYPE_NUMBER, ON_BOTH, AT(upload_min_rate), 0, HUGE_NUMBER, "1024",
			"bytes a second below which an upload is cut" },
	{ "upload_deadline_s", TYPE_NUMBER, ON_BOTH, AT(upload_deadline_s), 1, 86400, "600",
			"seconds one upload request may take" },
	{ "reserve_bytes", TYPE_NUMBER, ON_BOTH, AT(reserve_bytes), 0, HUGE_NUMBER, "209715200",
			"free disk below which a new dossier is refused" },

	{ "photo_side", TYPE_NUMBER, ON_BOARD, AT(photo_side), 600, 6000, "2340",
			"longest side of a photographed page in pixels; 2340: A4 at 200 dpi" },
	{ "photo_kb", TYPE_NUMBER, ON_BOARD, AT(photo_kb), 50, 4000, "400",
			"KiB a photographed page may have" },
	{ "photo_quality", TYPE_NUMBER, ON_BOARD, AT(photo_quality), 30, 95, "82",
			"JPEG quality of a page, lowered until it is small enough" },
	{ "photo_quality_least", TYPE_NUMBER, ON_BOARD, AT(photo_quality_least), 10, 95, "34",
			"JPEG quality that is not gone below" },
	{ "photo_megapixels", TYPE_NUMBER, ON_BOARD, AT(photo_megapixels), 1, 200, "64",
			"largest photo that is read, in megapixels" },
	{ "photo_dark", TYPE_NUMBER, ON_BOARD, AT(photo_dark), 0, 255, "60",
			"mean brightness, 0 to 255, below which a photo is called too dark" },
	{ "photo_small_side", TYPE_NUMBER, ON_BOARD, AT(photo_small_side), 0, 6000, "1000",
			"longest side in pixels below which a photo is called too small" },
	{ "photo_sharp", TYPE_NUMBER, ON_BOARD, AT(photo_sharp), 0, 1000, "12",
			"sharpness below which a photo is called blurred; a sharp one has 40 to 400" },

	{ "cert_late_minute", TYPE_NUMBER, ON_BOARD, AT(cert_late_minute), 0, 1440, "900",
			"minute of the day after which a certification is returned later by default" },
	{ "cert_many_pages", TYPE_NUMBER, ON_BOARD, AT(cert_many_pages), 1, 100000, "60",
			"pages to certify above which the counter proposes to return them later" },
	{ "queues", TYPE_TEXT, ON_BOARD, AT(queues), 0, 500, "",
			"names of the queues people take a number for, | between; empty: one without a name" },
	{ "queue_counters", TYPE_TEXT, ON_BOARD, AT(queue_counters), 0, 200, "",
			"counters that serve some queues only, as 1:A|2:AB; all others serve all" },
	{ "queue_priority_run", TYPE_NUMBER, ON_BOARD, AT(queue_priority_run), 0, 100, "2",
			"so many with priority are called in a row, then one without; 0: no end" },
	{ "feedback_days", TYPE_NUMBER, ON_BOARD, AT(feedback_days), 1, 90, "10",
			"working days within which a complaint or proposal is answered, as the form proposes" },
	{ "rating_indices", TYPE_TEXT, ON_BOARD, AT(rating_indices), 0, 1200, "",
			"names of the nine indices a citizen may rate, | between; an empty one keeps its own words" },
	{ "lookup_url", TYPE_URL, ON_BOARD, AT(lookup_url), 0, 200, "",
			"base of this board's own status pages, for the screen, the phone and the rating" },
	{ "uncollected_days", TYPE_TEXT, ON_BOARD, AT(uncollected_days), 1, 40, "3 10 30",
			"days after which a result nobody came for stands in a list, ascending" },

	{ "extend_notice_days", TYPE_NUMBER, ON_BOARD, AT(extend_notice_days), 0, 30, "1",
			"days before a due time ends until which it may be put off" },
	{ "extend_notice_working", TYPE_FLAG, ON_BOARD, AT(extend_notice_working), 0, 0, "no",
			"extend_notice_days are working days" },
	{ "extend_times", TYPE_NUMBER, ON_BOARD, AT(extend_times), 0, 10, "1",
			"how often a due time may be put off with an apology" },

	{ "center_url", TYPE_URL, ON_BOARD, AT(center_url), 0, 200, "",
			"machine port of the center, https://host:port" },
	{ "center_more", TYPE_TEXT, ON_BOARD, AT(center_more), 0, 1000, "",
			"further addresses of the same center, tried in turn, blanks between" },
	{ "center_name", TYPE_TEXT, ON_BOARD, AT(center_name), 0, 200, "",
			"host name in the center's certificate, when not the URL's" },
	{ "link_proxy", TYPE_URL, ON_BOARD, AT(link_proxy), 0, 200, "",
			"HTTP proxy that is asked to CONNECT, http://host:port; empty: none" },
	{ "link_budget_mb", TYPE_NUMBER, ON_BOARD, AT(link_budget_mb), 0, 1000000, "0",
			"megabytes a day on a metered line; events go beyond it, files wait; 0: no limit" },
	{ "link_quiet", TYPE_TEXT, ON_BOARD, AT(link_quiet), 0, 200, "",
			"times of day when files wait, as 07:00-11:30 13:30-17:00; events still go" },
	{ "poll_active_s", TYPE_NUMBER, ON_BOARD, AT(poll_active_s), 1, 3600, "5",
			"seconds between two looks while clerks work" },
	{ "poll_max_s", TYPE_NUMBER, ON_BOARD, AT(poll_max_s), 1, 86400, "900",
			"longest pause between two looks" },
	{ "retry_min_s", TYPE_NUMBER, ON_BOARD, AT(retry_min_s), 1, 3600, "1",
			"shortest pause after a failure" },
	{ "link_timeout_s", TYPE_NUMBER, ON_BOARD, AT(link_timeout_s), 1, 600, "20",
			"seconds one read or write may take" },
	{ "stick_dir", TYPE_FILE, ON_BOTH, AT(stick_dir), 0, 0, "",
			"folder where a USB stick is mounted; empty: none" },
	{ "stick_part_mb", TYPE_NUMBER, ON_BOTH, AT(stick_part_mb), 1, 4095, "4000",
			"MiB a part on a stick may have; FAT32 takes less than 4096" },
	{ "copy_dir", TYPE_FILE, ON_BOARD, AT(copy_dir), 0, 0, "",
			"folder where the medium for copies is mounted; empty: no copies" },
	{ "copy_recipients", TYPE_TEXT, ON_BOARD, AT(copy_recipients), 0, 600, "",
			"age recipients (age1…) that can open the copies, blanks between: the center's recovery "
			"key, the manager's" },
	{ "copy_keep", TYPE_NUMBER, ON_BOARD, AT(copy_keep), 1, 100, "7",
			"whole copies of the databases that are kept; contents are kept once" },
	{ "copy_max_mb", TYPE_NUMBER, ON_BOARD, AT(copy_max_mb), 0, HUGE_NUMBER, "0",
			"MiB those copies may have together; 0: no limit but the medium's" },
	{ "copy_every_s", TYPE_NUMBER, ON_BOARD, AT(copy_every_s), 1, 86400, "300",
			"seconds between two copies of what is new" },
	{ "copy_same_disk", TYPE_FLAG, ON_BOARD, AT(copy_same_disk), 0, 0, "no",
			"copy_dir may lie on the data's own disk; for trials alone" },
	{ "support_recipient", TYPE_TEXT, ON_BOARD, AT(support_recipient), 0, 100, "",
			"age recipient (age1…) of the center's support: diagnoses are sealed to it" },
	{ "log_dir", TYPE_FILE, ON_BOARD, AT(log_dir), 0, 0, "log",
			"folder of the programs' logs, whose last lines go into a diagnosis; empty: none" },
	{ "release_key_file", TYPE_FILE, ON_BOTH, AT(release_key_file), 0, 0, "",
			"public half of the release key; empty: no update is taken" },
	{ "release_channel", TYPE_ID, ON_BOTH, AT(release_channel), 1, 31, "stable",
			"which releases are taken" },
	{ "update_hours", TYPE_TEXT, ON_BOTH, AT(update_hours), 0, 100, "19:00-05:30",
			"when a new version may be put to work, HH:MM-HH:MM, blanks between" },
	{ "hold_days", TYPE_NUMBER, ON_BOARD, AT(hold_days), 0, 3650, "30",
			"days a scan stays on the board after the center has it, by the center's time" },
	{ "keep_free_mb", TYPE_NUMBER, ON_BOARD, AT(keep_free_mb), 0, HUGE_NUMBER, "1024",
			"MiB of free disk below which scans that the center holds twice go, oldest first" },

	{ "center_id", TYPE_ID, ON_CENTER, AT(center_id), 1, 31, "center",
			"name of this center" },
	{ "official_agency", TYPE_AGENCY, ON_CENTER, AT(official_agency), 0, 20, "H27",
			"agency of an official code when the dossier names none" },
	{ "board_cert_days", TYPE_NUMBER, ON_CENTER, AT(board_cert_days), 1, 3650, "730",
			"days a board's certificate is good for" },
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static bool is_text_type(enum type type)
{
	return type != TYPE_SIDE && type != TYPE_MODE && type != TYPE_FLAG && type != TYPE_NUMBER;
}

static void *member_at(struct settings *settings, const struct key *key)
{
	return (char *)settings + key->offset;
}

static void set_text(struct settings *settings, const struct key *key, const char *text)
{
	char **at = member_at(settings, key);
	char *copy = strdup(text);

	if (!copy)
		log_fatal("settings: out of memory");
	free(*at);
	*at = copy;
}

static bool all_of(const char *text, const char *allowed)
{
	return text[strspn(text, allowed)] == '\0';
}

static bool is_agency(const char *text)
{
	size_t parts = 0;

	if (!*text)
		return true;
	if (*text < 'A' || *text > 'Z')
		return false;
	for (text++;; text++) {
		size_t digits = strspn(text, "0123456789");

		if (digits < 1 || digits > 3 || ++parts > 4)
			return false;
		text += digits;
		if (*text != '.')
			return *text == '\0';
	}
}

static bool is_url(const char *text)
{
	size_t len = strlen(text);

	if (len == 0)
		return true;
	if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0)
		return false;
	return text[len - 1] != '/' && !strpbrk(text, " \"'<>\\?#");
}

static bool text_fits(const struct key *key, const char *text)
{
	int64_t chars = (int64_t)text_chars(text);
	bool length_fits = chars >= key->min && chars <= key->max;

	switch (key->type) {
	case TYPE_TEXT:
		return length_fits;
	case TYPE_ID:
		return length_fits && all_of(text, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	case TYPE_DIGITS:
		return length_fits && all_of(text, "0123456789");
	case TYPE_AGENCY:
		return length_fits && is_agency(text);
	case TYPE_FORMS:
		return strcmp(text, "tt03-2025") == 0 || strcmp(text, "tt01-2018") == 0;
	case TYPE_URL:
		return length_fits && is_url(text);
	case TYPE_FOLDER:
		return *text != '\0';
	default:
		return true;
	}
}

/* Checks one value and stores it. dir: the file's folder. */
static enum rc set_value(struct settings *settings, struct pool *pool, const char *dir,
		const struct key *key, const char *text)
{
	if (is_text_type(key->type)) {
		if (!text_fits(key, text))
			return RC_INVALID;
		if ((key->type == TYPE_FOLDER || key->type == TYPE_FILE) && *text && *text != '/')
			text = pool_printf(pool, "%s/%s", dir, text);
		set_text(settings, key, text);
		return RC_OK;
	}
	if (key->type == TYPE_NUMBER)
		return num_parse(text, key->min, key->max, member_at(settings, key));
	if (key->type == TYPE_SIDE) {
		settings->side = strcmp(text, "center") == 0 ? SIDE_CENTER : SIDE_BOARD;
		return strcmp(text, "board") == 0 || strcmp(text, "center") == 0 ? RC_OK : RC_INVALID;
	}
	if (key->type == TYPE_MODE) {
		settings->mode = strcmp(text, "live") == 0 ? MODE_LIVE : MODE_REHEARSAL;
		return strcmp(text, "live") == 0 || strcmp(text, "rehearsal") == 0 ? RC_OK : RC_INVALID;
	}
	*(bool *)member_at(settings, key) = strcmp(text, "yes") == 0;
	return strcmp(text, "yes") == 0 || strcmp(text, "no") == 0 ? RC_OK : RC_INVALID;
}

static size_t key_find(const char *name)
{
	size_t i;

	for (i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].name, name) == 0)
			break;
	}
	return i;
}

/* One line, cut at its "="; line_no 0 and seen NULL for a default. */
static enum rc read_line(struct settings *settings, struct pool *pool, const char *path,
		const char *dir, int line_no, const char *line, size_t len, int seen[KEY_COUNT])
{
	char *text, *value, *name;
	size_t i;

	if (text_clean(pool, line, len, TEXT_ONE_LINE, &text) != RC_OK) {
		log_error("settings file=%s line=%d: not clean UTF-8 text", path, line_no);
		return RC_CONFIG;
	}
	if (*text == '\0' || *text == '#')
		return RC_OK;
	value = strchr(text, '=');
	if (!value) {
		log_error("settings file=%s line=%d: no \"=\"", path, line_no);
		return RC_CONFIG;
	}
	name = pool_strndup(pool, text, (size_t)(value - text));
	name[strcspn(name, " ")] = '\0';
	value++;
	value += *value == ' ';
	i = key_find(name);
	if (i == KEY_COUNT) {
		log_error("settings file=%s line=%d key=%s: no such key", path, line_no, name);
		return RC_CONFIG;
	}
	if (seen[i]) {
		log_error("settings file=%s line=%d key=%s: stands already in line %d", path, line_no,
				name, seen[i]);
		return RC_CONFIG;
	}
	seen[i] = line_no;
	if (set_value(settings, pool, dir, &keys[i], value) == RC_OK)
		return RC_OK;
	if (keys[i].type == TYPE_NUMBER)
		log_error("settings file=%s line=%d key=%s: not a number from %lld to %lld", path,
				line_no, name, (long long)keys[i].min, (long long)keys[i].max);
	else
		log_error("settings file=%s line=%d key=%s: wrong value; %s", path, line_no, name,
				keys[i].meaning);
	return RC_CONFIG;
}

static enum rc check_needed(const struct settings *settings, const char *path,
		const int seen[KEY_COUNT])
{
	unsigned here = settings->side == SIDE_CENTER ? ON_CENTER : ON_BOARD;
	size_t i;

	for (i = 0; i < KEY_COUNT; i++) {
		if (!seen[i] && (keys[i].where & here << 2)) {
			log_error("settings file=%s key=%s: missing; %s", path, keys[i].name,
					keys[i].meaning);
			return RC_CONFIG;
		}
		if (seen[i] && !(keys[i].where & here)) {
			log_error("settings file=%s line=%d key=%s: not on this side", path, seen[i],
					keys[i].name);
			return RC_CONFIG;
		}
	}
	return RC_OK;
}

/* The folder a file lies in, as it was written: "." when the path has none. */
static char *folder_of(struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return pool_strdup(pool, ".");
	return slash == path ? pool_strdup(pool, "/") : pool_strndup(pool, path, (size_t)(slash - path));
}

static enum rc parse(struct settings *settings, struct pool *pool, const char *path,
		const char *text)
{
	int seen[KEY_COUNT] = { 0 };
	char *dir = folder_of(pool, path);
	enum rc rc = RC_OK;
	int line_no = 0;
	size_t i;

	settings->data_dir = strdup(dir);
	if (!settings->data_dir)
		log_fatal("settings: out of memory");
	for (i = 0; i < KEY_COUNT; i++) {
		if (is_text_type(keys[i].type))
			set_text(settings, &keys[i], "");
		if (*keys[i].otherwise
				&& set_value(settings, pool, dir, &keys[i], keys[i].otherwise) != RC_OK)
			log_bug("settings key=%s: its default does not fit", keys[i].name);
	}
	while (rc == RC_OK && *text) {
		size_t len = strcspn(text, "\n");

		rc = read_line(settings, pool, path, dir, ++line_no, text, len, seen);
		text += len + (text[len] == '\n');
	}
	return rc == RC_OK ? check_needed(settings, path, seen) : rc;
}

enum rc settings_load(const char *path, struct settings **out)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	struct pool *pool = pool_new();
	char *text;
	size_t len;
	enum rc rc;

	*out = NULL;
	if (!settings)
		log_fatal("settings: out of memory");
	rc = file_read(pool, path, SETTINGS_FILE_MAX, &text, &len);
	if (rc != RC_OK) {
		log_error("settings file=%s: cannot be read (%s)", path, rc_name(rc));
		rc = RC_CONFIG;
	} else if (strlen(text) != len) {
		log_error("settings file=%s: holds a NUL byte", path);
		rc = RC_CONFIG;
	} else {
		rc = parse(settings, pool, path, text);
	}
	pool_free(pool);
	if (rc != RC_OK) {
		settings_free(settings);
		return rc;
	}
	*out = settings;
	return RC_OK;
}

void settings_free(struct settings *settings)
{
	size_t i;

	if (!settings)
		return;
	for (i = 0; i < KEY_COUNT; i++) {
		if (is_text_type(keys[i].type))
			free(*(char **)member_at(settings, &keys[i]));
	}
	free(settings->data_dir);
	free(settings);
}

void settings_describe(struct buf *out)
{
	size_t i;

	for (i = 0; i < KEY_COUNT; i++) {
		const struct key *key = &keys[i];
		const char *side = (key->where & ON_BOTH) == ON_BOTH ? "board, center"
				: key->where & ON_BOARD ? "board" : "center";

		buf_printf(out, "# %s (%s%s)\n#%s = %s\n", key->meaning, side,
				key->where > ON_BOTH ? "; needed" : "", key->name, key->otherwise);
	}
}
