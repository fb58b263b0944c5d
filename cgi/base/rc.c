/*
 * rc.c: names of results, for logs.
 */
#include "base/rc.h"

const char *rc_name(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return "ok";
	case RC_INVALID:
		return "invalid";
	case RC_NOT_FOUND:
		return "not_found";
	case RC_DENIED:
		return "denied";
	case RC_CONFLICT:
		return "conflict";
	case RC_EXISTS:
		return "exists";
	case RC_TOO_LARGE:
		return "too_large";
	case RC_BUSY:
		return "busy";
	case RC_FULL:
		return "full";
	case RC_IO:
		return "io";
	case RC_DB:
		return "db";
	case RC_VERSION:
		return "version";
	case RC_GONE:
		return "gone";
	case RC_TIMEOUT:
		return "timeout";
	case RC_TLS:
		return "tls";
	case RC_PROTOCOL:
		return "protocol";
	case RC_CONFIG:
		return "config";
	case RC_BUG:
		return "bug";
	}
	return "unknown";
}
