/*
 * block.h: blocks of certification numbers, as the points of one commune tell them, compared: each number has
 * one holder, who gave it must have given it to somebody, and who has it must have got it. Pure.
 */
#ifndef TRAM_DOSSIER_BLOCK_H
#define TRAM_DOSSIER_BLOCK_H

#include <stddef.h>
#include <stdint.h>

/* As book_block says (store/book.h). */
enum block_way { BLOCK_TAKEN = 0, BLOCK_GIVEN = 1, BLOCK_UNUSED = 2, BLOCK_RETURNED = 3 };

struct block {
	const char *board;
	const char *book;		/* kind, medium and year in one word: only equal ones are compared */
	int64_t first, last;
	int way;			/* enum block_way */
	const char *point;		/* whom it names, as typed */
	int64_t at;
};

enum block_fault {
	BLOCK_BOTH,			/* of and other both took it */
	BLOCK_NOT_TAKEN,		/* of gave it, nobody took it */
	BLOCK_NOT_GIVEN,		/* of took it, nobody gave it */
	BLOCK_NOT_BACK			/* other gave it back, of has not written it in */
};
struct block_finding {
	enum block_fault fault;
	const struct block *of, *other;	/* other NULL: nobody */
	int64_t first, last;
};
/* At most max findings. What waits for the other point is one only when it was written before before_ms: that
 * point may have no line. A commune: the board id up to its last "-". */
size_t block_compare(const struct block *rows, size_t count, int64_t before_ms, struct block_finding *out,
		size_t max);

#endif
