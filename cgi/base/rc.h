/*
 * rc.h: the one result type of every function that can fail.
 *
 * rc becomes an HTTP status once, in web/route.c, and a queue action once, in forward/.
 */
#ifndef TRAM_BASE_RC_H
#define TRAM_BASE_RC_H

enum rc {
	RC_OK = 0,
	RC_INVALID,	/* the input is wrong: tell its sender what (4xx) */
	RC_NOT_FOUND,	/* no such thing, or none the asker may know of */
	RC_DENIED,	/* known asker, not allowed */
	RC_CONFLICT,	/* a rule or another person's act stands against it */
	RC_EXISTS,	/* done already: the stored answer is the answer */
	RC_TOO_LARGE,	/* over a configured limit */
	RC_BUSY,	/* a lock was not had before its deadline: try again */
	RC_FULL,	/* no room on the disk */
	RC_IO,		/* a file or socket failed */
	RC_DB,		/* the database failed */
	RC_VERSION,	/* schema or format version that this program does not serve */
	RC_GONE,	/* the peer went away */
	RC_TIMEOUT,	/* a deadline passed */
	RC_TLS,		/* the handshake or a certificate failed */
	RC_PROTOCOL,	/* the peer spoke garbage or something forged */
	RC_CONFIG,	/* configuration error, already logged with file, line, key */
	RC_BUG		/* cannot happen */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* A short constant name for logs, "ok", "invalid" …; never NULL. */
const char *rc_name(enum rc rc);

#endif
