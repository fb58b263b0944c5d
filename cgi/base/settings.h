/*
 * settings.h: the configuration of one board or one center, read from one file of "key = value"
 * lines, "#" comments. A wrong line is logged with file, line and key, and the program does not
 * start (RC_CONFIG). Paths may be relative: they are taken from the folder of the file.
 *
 * Every key is in one table in settings.c with its type, range, default and one line of meaning;
 * `tram settings` prints it. Knows nothing of dossiers: identities are opaque text here.
 */
#ifndef TRAM_BASE_SETTINGS_H
#define TRAM_BASE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rc.h"

enum settings_side { SIDE_BOARD, SIDE_CENTER };
enum settings_mode { MODE_LIVE, MODE_REHEARSAL };

struct settings {
	enum settings_side side;	/* side = board | center */
	enum settings_mode mode;	/* mode = live | rehearsal */

	/* Station identity (board). board_id is the name in the journal, [a-z0-9.-]{1,31}. */
	char *board_id;			/* b18685-1 */
	char *station_name;		/* what the header of every page says */
	char *commune_code;		/* 18685, in communes.tsv */
	char *commune_name;		/* filled by init from communes.tsv */
	char *agency_id;		/* H27.x identifier of the commune, configuration of the province */
	char *agency_name;		/* line 2 of the slip's head */
	char *parent_name;		/* line 1 of the slip's head */
	char *point_no;			/* reception point within the commune: 1, 2 … */
	char *point_name;
	char *point_address;
	char *point_phone;
	char *place_name;		/* "Cẩm Bình" before the date on papers */
	char *form_set;			/* tt03-2025 | tt01-2018 */
	char *outage_wording;		/* provisional-code sentence on the slip; default from text */
	char *public_url;		/* base of the citizen's address in the QR, no slash at the end */

	/* Folders; each defaults to a name inside data_dir. */
	char *data_dir;			/* folder of the file */
	char *db_dir;			/* tram.db and its lock */
	char *auth_dir;			/* auth.db */
	char *run_dir;			/* run.db; tmpfs on a board */
	char *public_dir;		/* public.db */
	char *blob_dir;
	char *spool_dir;
	char *out_dir;
	char *inbox_dir;
	char *health_dir;
	char *clock_dir;		/* clock, floor, boot (store/clock.h) */
	char *sock_dir;			/* wake fifo, sockets */
	char *web_key_dir;		/* slip.seed: pages only */
	char *link_key_dir;		/* client.key, client.crt, ca.crt, receipt.pub: forward only */
	char *center_key_dir;		/* receipt.key, ca.key: center machine interface only */
	char *catalogue_file;		/* empty: the one built in */
	char *keying_file;		/* empty: the one built in */
	char *calendar_file;		/* empty: the one built in */
	char *forms_file;		/* printed forms (dossier/forms.h); empty: those built in */
	char *confirm_file;		/* confirmed catalogue values (catalogue.h); empty: none */

	/* Database: empty = SQLite files; else a libpq connection string (center only). */
	char *pg;

	/* Web */
	char *hosts;			/* allowed Host values of this side's programs, blanks between */
	bool tls_pages;			/* cookies get Secure and __Host- */
	int64_t idle_lock_minutes;	/* 15 */
	int64_t session_hours;		/* 12 */
	int64_t password_min;		/* 14 (TCVN 14423); 8 with a second factor */
	int64_t password_min_factor;
	int64_t password_classes;	/* 4 of small, capital, digit, other */
	int64_t idle_account_days;	/* 45 (TCVN 14423); 0: never */
	int64_t reading_send_s;		/* access records go to the center this often */
	char *reading_roles;		/* roles that look at everybody's work by duty */
	int64_t recycle_requests;	/* worker exits after N requests, 0 = never; 20000 */
	int64_t upload_max_bytes;	/* 25 MiB */
	int64_t upload_min_rate;	/* bytes a second */
	int64_t upload_deadline_s;	/* total per request */
	int64_t reserve_bytes;		/* below this a new dossier is refused; 200 MiB */

	/* Photos of papers (board) */
	int64_t photo_side;		/* longest side in pixels: A4 at about 200 dpi */
	int64_t photo_kb;		/* KiB a page at most */
	int64_t photo_quality;		/* of the JPEG, first try */
	int64_t photo_quality_least;
	int64_t photo_megapixels;	/* of a photo that is still read */
	int64_t photo_dark;		/* mean brightness 0..255 below which one is told */
	int64_t photo_small_side;
	int64_t photo_sharp;		/* percent, see image/quality.c */

	/* Certification counter (board) */
	int64_t cert_late_minute;	/* 900: 15:00 */
	int64_t cert_many_pages;

	/* Results nobody has come for (board) */
	char *uncollected_days;		/* "3 10 30": the lists, by days since there is a result */

	/* Queue (board) */
	int64_t feedback_days;		/* 10 working days to answer a complaint or proposal */
	char *rating_indices;		/* names with '|' between; "": the words of the program */
	char *queues;			/* names with '|' between; "": one without a name */
	char *queue_counters;		/* "1:A|2:AB": a counter serves these; others serve all */
	int64_t queue_priority_run;	/* so many with priority in a row, then one without; 0: no end */
	char *lookup_url;		/* base of this board's own lookup pages; "": no link to them */
	/* Putting off a due time with an apology (board) */
	int64_t extend_notice_days;	/* 1: at least so long before it ends */
	bool extend_notice_working;	/* these are working days */
	int64_t extend_times;		/* 1 */

	/* Link (board) */
	char *center_url;		/* https://host:port */
	char *center_more;		/* further addresses of the same center, blanks between */
	char *center_name;		/* expected TLS host name, when it differs from the URL's host */
	char *link_proxy;		/* http://host:port, asked by CONNECT; "": none */
	int64_t link_budget_mb;		/* of a day on a metered line, 0: no limit; events go beyond it */
	char *link_quiet;		/* "07:00-17:00 …": no files then; "": never */
	int64_t poll_active_s;		/* 5 */
	int64_t poll_max_s;		/* 900 */
	int64_t retry_min_s;		/* 1 (tests shorten) */
	int64_t link_timeout_s;		/* per read or write, 20 */
	char *stick_dir;		/* where a USB stick is mounted; "": none, parts are downloaded */
	int64_t stick_part_mb;		/* 4000: FAT32 takes less than 4 GiB */

	/* Copies on a USB medium (board) */
	char *copy_dir;			/* where it is mounted; "": no copies */
	char *copy_recipients;		/* age1… of who may open them, blanks between */
	int64_t copy_keep;		/* bases */
	int64_t copy_max_mb;		/* of all layers; 0: as much as the medium has */
	int64_t copy_every_s;		/* between two layers */
	bool copy_same_disk;		/* a folder on the data's own disk will do: trials alone */
	char *support_recipient;	/* age1… of the center's support, for diagnoses; "": none */
	char *log_dir;			/* of the programs' logs; "": none here */

	/* Updates */
	char *release_key_file;		/* public half of the release key; "": none is taken */
	char *release_channel;		/* stable */
	char *update_hours;		/* "19:00-05:30 …": only then is a new version put to work */

	/* Letting go (board) */
	int64_t hold_days;		/* 30 */
	int64_t keep_free_mb;		/* 1024 */

	/* Center */
	char *center_id;		/* name in statuses */
	char *official_agency;		/* H27.x of officers' agency when a dossier names none */
	int64_t board_cert_days;
};

/* Reads and checks the file. Text members are owned by *out (settings_free). */
enum rc settings_load(const char *path, struct settings **out) MUST_CHECK;
void settings_free(struct settings *settings);
/* Every key with default and meaning, as a commented file: `tram settings` prints it. */
void settings_describe(struct buf *out);

#endif
