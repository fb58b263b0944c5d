/* init.h: making and migrating the data folder of one side. */
#ifndef TRAM_TOOL_INIT_H
#define TRAM_TOOL_INIT_H

#include <stdbool.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"

/* `tram init board|center`. Returns the exit status (tool.h). */
int init_main(int argc, char **argv);
/* `tram migrate`. Returns the exit status (tool.h). */
int init_migrate_main(int argc, char **argv);

/* In folders that are there: keys and databases that are missing, migrations that they lack, owners. */
enum rc init_databases(struct pool *pool, const struct settings *settings, bool apart) MUST_CHECK;

#endif
