/*
 * diagnose.h: what a helper far away needs to know of a machine, in one file sealed to the center's support: the
 * health files and their history, the doctor's lines, counters and versions, the last lines of the programs'
 * logs. A tar inside age: `age -d` and `tar` open it. Nothing about a person goes in: neither a database nor a
 * file of a dossier is read, and of a log only lines of our own form.
 */
#ifndef TRAM_WEB_DIAGNOSE_H
#define TRAM_WEB_DIAGNOSE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"

/* Appended to *out. RC_NOT_FOUND: no support_recipient; RC_CONFIG: it is none; RC_IO. */
enum rc diagnose_make(struct pool *pool, const struct settings *settings, int64_t now_ms,
		struct buf *out) MUST_CHECK;
/* "tram-chan-doan-b18685-1-261127-1505.age". */
char *diagnose_name(struct pool *pool, const struct settings *settings, int64_t now_ms);

#endif
