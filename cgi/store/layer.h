/*
 * layer.h: what a copy on a USB medium is made of. A folder "tram-sao-luu-<board>" on the medium holds
 *
 *	000012/			a layer: manifest.json, contents.txt, and its sealed parts
 *	contents/ab/NAME.age	each content once, sealed, under a name that says nothing about it
 *
 * A base holds the databases whole; a layer upon it the events since the one before. What a copy can give
 * back is the newest base and every layer upon it, in order. manifest.json is written last and closes with
 * its own digest: a layer without a whole one does not exist. It tells counts, positions and digests; nothing
 * about a person, and no key.
 */
#ifndef TRAM_STORE_LAYER_H
#define TRAM_STORE_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/journal.h"
#include "store/sealed.h"

#define LAYER_FOLDER "tram-sao-luu-"
#define LAYER_MANIFEST "manifest.json"
#define LAYER_CONTENTS "contents.txt"
#define LAYER_PARTS_MAX 16
#define LAYER_NAME_MAX 24
#define LAYERS_MAX 20000

struct layer_part {
	char name[LAYER_NAME_MAX];
	struct sealed sealed;
};
struct layer {
	const char *id;			/* 32 hex: of this copy on this medium, the same in all its layers */
	const char *board, *mode, *program;
	uint64_t no, base;		/* base == no: a base */
	int64_t taken_at, verified_at;
	struct journal_head own_from, own;	/* events after from … own are in it; a base: from 0 */
	struct journal_head center_from, center;
	int64_t contents;		/* lines of contents.txt: a base: all there are; else those that are new */
	int64_t contents_bytes;
	uint8_t contents_sha256[32];	/* of contents.txt */
	struct layer_part parts[LAYER_PARTS_MAX];
	size_t part_count;
};

/* The manifest's text, with the digest at its end. */
char *layer_print(struct pool *pool, const struct layer *layer);
/* RC_PROTOCOL: cut short, altered, or not of this form. */
enum rc layer_parse(struct pool *pool, const char *text, size_t len, struct layer *out) MUST_CHECK;

/* One line of contents.txt: "NAME BYTES SHA256\n", of the sealed file. */
struct layer_content {
	uint8_t name[16];
	struct sealed sealed;
};
#define LAYER_LINE_MAX 120
size_t layer_line_print(const struct layer_content *content, char out[LAYER_LINE_MAX]);
/* RC_PROTOCOL. len without LF. */
enum rc layer_line_parse(const char *line, size_t len, struct layer_content *out) MUST_CHECK;
/* All lines of a layer, checked against its manifest. RC_PROTOCOL, RC_NOT_FOUND, RC_IO. */
enum rc layer_contents(struct pool *pool, const char *dir, const struct layer *layer,
		struct layer_content **out, size_t *count) MUST_CHECK;
/* "ab/abcdNAME.age" below contents/. */
#define LAYER_CONTENT_NAME 44
void layer_content_name(const uint8_t name[16], char out[LAYER_CONTENT_NAME]);

/* Every layer that has a whole manifest of this board, ascending; torn: folders without one. board NULL: any.
 * RC_NOT_FOUND: there is no such folder. */
struct layer_list {
	struct layer *layers;
	size_t count;
	uint64_t *torn;
	size_t torn_count;
	uint64_t newest;		/* highest number of any folder, torn or not; 0 */
};
enum rc layer_list_read(struct pool *pool, const char *dir, const char *board,
		struct layer_list *out) MUST_CHECK;
/* The folder of a board's copy on a medium; board NULL: the only one there. NULL: none, or several. */
char *layer_folder(struct pool *pool, const char *medium, const char *board);
char *layer_dir(struct pool *pool, const char *dir, uint64_t no);

/* The chain that ends at the newest layer, or at `no` (0: the newest): indices of a base and every layer
 * upon it without a gap. RC_NOT_FOUND. */
struct layer_chain { size_t *at; size_t count; };
enum rc layer_chain_find(struct pool *pool, const struct layer_list *list, uint64_t no,
		struct layer_chain *out) MUST_CHECK;

/* What is to be done now, by what is there. */
enum layer_step { LAYER_NOTHING, LAYER_NEXT, LAYER_BASE };
struct layer_now {
	int64_t at_ms;
	int hour;			/* local */
	struct journal_head own, center;
	bool forced;			/* a base, whatever is there */
};
/* The same without regard to age: LAYER_BASE alone when an older copy, or another journal, was put back here. */
enum layer_step layer_step_upon(const struct layer_list *list, const struct layer_chain *chain,
		const struct layer_now *now) MUST_CHECK;
/* A base: none yet; the newest is older than 20 hours and it is night (21 to 5), or older than 2 days; or
 * the chain is broken, or has more than 500 layers. Else a layer when there is something new. */
enum layer_step layer_step_of(const struct layer_list *list, const struct layer_now *now);

/* The oldest base that stays: at most `keep` of them, and their layers together within max_bytes (0: no such
 * limit); sizes: bytes of each layer's own files. The newest base always stays. What has a lower number goes.
 * 0: there is no base, nothing goes. */
uint64_t layer_oldest(const struct layer_list *list, size_t keep, int64_t max_bytes, const int64_t *sizes);

#endif
