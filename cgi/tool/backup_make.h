/*
 * backup_make.h: one layer of the copy on a USB medium (store/layer.h): a base with the databases whole, or
 * what happened since. Nothing that is whole there is touched before the new layer was read back.
 */
#ifndef TRAM_TOOL_BACKUP_MAKE_H
#define TRAM_TOOL_BACKUP_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "store/layer.h"
#include "store/store.h"

struct backup {
	/* given */
	const struct settings *settings;
	const char *conf_path;		/* tram.conf, which goes along */
	struct pool *pool;
	const char *dir;		/* LAYER_FOLDER<board> on the medium */
	struct sealed_to to;
	bool base;			/* a base, whatever is there */
	/* found and made */
	enum layer_step step;
	struct layer layer;		/* what was written; no 0: nothing */
	uint64_t fresh, faults;		/* contents sealed now; contents here that are missing or damaged */
	int64_t fresh_bytes;
	const char *reason;		/* why not: "medium", "medium-full", "board-full", "database",
					 * "damaged", "keys" */
	char detail[160];		/* of "damaged": what, without a word about a person */

	/* backup_make.c's and backup_contents.c's own */
	struct store *store, *there;
	const char *work;
	uint8_t name_key[32];
	struct layer_list list;
	struct layer_chain chain;
	struct layer_content *known;	/* sorted by name */
	size_t known_count;
};

/* RC_OK, also when there was nothing to do. Any other with reason. */
enum rc backup_make(struct backup *backup) MUST_CHECK;

/* backup_contents.c: seals what the medium lacks; lines of contents.txt for the layer into *lines. */
enum rc backup_contents_known(struct backup *backup) MUST_CHECK;
enum rc backup_contents_seal(struct backup *backup, int64_t since_ms, struct buf *lines) MUST_CHECK;
/* Contents on the medium that no layer names any more go. */
enum rc backup_contents_prune(struct backup *backup) MUST_CHECK;
void backup_content_name(const uint8_t key[32], const uint8_t sha256[32], uint8_t out[16]);

/* RC with its reason, once: the first one counts. */
enum rc backup_fail(struct backup *backup, enum rc rc, const char *reason) MUST_CHECK;

/* Files that tram.conf names and the copy carries: part name, member of settings. */
struct backup_file { const char *part; size_t member; };
extern const struct backup_file backup_files[];
extern const size_t backup_file_count;
#define BACKUP_KEYS 3	/* slip.seed, slip.key, copy.key as seed.age, key.age, name.age */
extern const char *const backup_keys[BACKUP_KEYS][2];	/* file in web_key_dir, part */

#endif
