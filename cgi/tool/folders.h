/*
 * folders.h: the folders of one side's data, each with its owner, group and mode, in one table
 * ("Who may touch what"). As root each program has a user of its own: by name where the packages made
 * them, else by number. Started by anyone else everything belongs to that user and only the modes are set.
 */
#ifndef TRAM_TOOL_FOLDERS_H
#define TRAM_TOOL_FOLDERS_H

#include <stdbool.h>

#include "base/rc.h"
#include "base/settings.h"

/* Are several users in play: started as root, and the data (when it is there) not root's? */
bool folders_apart(const struct settings *settings);
/* Makes every folder and the wake fifo (board); apart: gives them to their users. RC_IO, RC_FULL;
 * logged. */
enum rc folders_make(const struct settings *settings, bool apart) MUST_CHECK;
/* Gives the files that the migrations and keys made the owner and mode of their folder. */
enum rc folders_settle(const struct settings *settings, bool apart) MUST_CHECK;
/* The same for contents that were put back. */
enum rc folders_settle_contents(const struct settings *settings, bool apart) MUST_CHECK;

#endif
