/* supervise.h: runs the processes that one file lists, for development and tests. */
#ifndef TRAM_TOOL_SUPERVISE_H
#define TRAM_TOOL_SUPERVISE_H

/* `tram supervise FILE`. Returns the exit status (tool.h). */
int supervise_main(int argc, char **argv);

#endif
