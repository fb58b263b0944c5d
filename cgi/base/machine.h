/*
 * machine.h: what the kernel says of the machine: memory, temperature, supply, life of the medium. What it does
 * not say is unknown, never guessed.
 */
#ifndef TRAM_BASE_MACHINE_H
#define TRAM_BASE_MACHINE_H

#include <stdint.h>

#define MACHINE_UNKNOWN INT64_MIN

struct machine {		/* each MACHINE_UNKNOWN when the kernel does not tell */
	int64_t memory_kb, memory_free_kb;	/* free: what programs could get */
	int64_t temperature;		/* of the hottest zone, thousandths of a degree */
	int64_t undervoltage;		/* 1: the supply was too weak since this was read last */
	int64_t life;			/* eMMC: tenths of its life used, 1 … 10; 11: beyond (JEDEC 84-B51) */
	int64_t life_warning;		/* of its reserve blocks: 1 normal, 2 80 % used, 3 90 % */
	int64_t up_s;			/* since the kernel started */
};
/* root: put before /proc and /sys; "" on a machine, a folder in tests. */
void machine_read(const char *root, struct machine *out);

#endif
