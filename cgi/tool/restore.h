/* restore.h: `tram restore`: a board's data from a copy on a USB medium. */
#ifndef TRAM_TOOL_RESTORE_H
#define TRAM_TOOL_RESTORE_H

int restore_main(int argc, char **argv);

#endif
