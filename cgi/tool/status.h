/* status.h: positions of the journal and of the link. */
#ifndef TRAM_TOOL_STATUS_H
#define TRAM_TOOL_STATUS_H

/* `tram status`. Returns the exit status (tool.h). */
int status_main(int argc, char **argv);

#endif
