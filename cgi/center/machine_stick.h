/*
 * machine_stick.h: the sticks that the officers' pages take and give (tram-machine --sticks). The pages hold
 * no key: they leave what came in inbox_dir, and read in health_dir how it went.
 *
 *	inbox_dir/stick-<32 hex>.json	name, at, by, bytes: written first …
 *	inbox_dir/stick-<32 hex>.age	… the part as it came; both go when it was judged
 *	inbox_dir/return-<board>	somebody wants what goes back to this board; the account that asks
 *	spool_dir/ve-<board>/		the parts of a return, until the next one
 *	health_dir/sticks.json		"parts": the newest first, with outcome and why; "returns": by board
 *	health_dir/ca.crt		the CA, for invitations
 */
#ifndef TRAM_CENTER_MACHINE_STICK_H
#define TRAM_CENTER_MACHINE_STICK_H

#include "base/settings.h"

/* Until SIGTERM. The exit status. */
int machine_stick_main(const struct settings *settings);

#endif
