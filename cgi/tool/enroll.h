/* enroll.h: a board becomes known to its center. */
#ifndef TRAM_TOOL_ENROLL_H
#define TRAM_TOOL_ENROLL_H

/* `tram enroll`. Returns the exit status (tool.h). */
int enroll_main(int argc, char **argv);

#endif
