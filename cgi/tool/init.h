/* init.h: making and migrating the data folder of one side. */
#ifndef TRAM_TOOL_INIT_H
#define TRAM_TOOL_INIT_H

/* `tram init board|center`. Returns the exit status (tool.h). */
int init_main(int argc, char **argv);
/* `tram migrate`. Returns the exit status (tool.h). */
int init_migrate_main(int argc, char **argv);

#endif
