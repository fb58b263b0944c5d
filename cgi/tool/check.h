/* check.h: `tram check`: is everything on this board's disk whole? */
#ifndef TRAM_TOOL_CHECK_H
#define TRAM_TOOL_CHECK_H

int check_main(int argc, char **argv);

#endif
