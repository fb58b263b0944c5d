/*
 * metrics.h: numbers for a watching program on the same machine, in the Prometheus text format 0.0.4.
 * Nothing about a person; nobody but loopback is answered.
 */
#ifndef TRAM_WEB_METRICS_H
#define TRAM_WEB_METRICS_H

#include "web/web.h"

/* RC_NOT_FOUND unless the asker is this machine itself, and no proxy speaks for another. Sets the
 * answer's type. */
enum rc metrics_begin(const struct request *request, struct response *response) MUST_CHECK;
/* HELP and TYPE of a metric, once, before its values. type: "gauge" or "counter". */
void metrics_name(struct response *response, const char *name, const char *type, const char *help);
/* A value; label and its value, or NULL. */
void metrics_value(struct response *response, const char *name, const char *label, const char *of,
		int64_t value);
/* Milliseconds as seconds, which is what the format counts in. */
void metrics_seconds(struct response *response, const char *name, const char *label, const char *of,
		int64_t ms);

#endif
