/* board.h: the center's register of boards. */
#ifndef TRAM_TOOL_BOARD_H
#define TRAM_TOOL_BOARD_H

/* `tram board add|revoke|list`. Returns the exit status (tool.h). */
int board_main(int argc, char **argv);

#endif
