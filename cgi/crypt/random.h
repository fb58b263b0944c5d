/* random.h: bytes from the kernel's generator. */
#ifndef TRAM_CRYPT_RANDOM_H
#define TRAM_CRYPT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Waits at boot until the generator is seeded; never fails (else log_fatal). */
void random_bytes(void *out, size_t len);
/* 2*len hex chars and NUL. */
void random_hex(size_t len, char *out);
/* 0..limit-1 without bias, limit > 0. */
uint32_t random_below(uint32_t limit);

#endif
