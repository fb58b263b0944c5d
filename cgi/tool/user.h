/* user.h: accounts. */
#ifndef TRAM_TOOL_USER_H
#define TRAM_TOOL_USER_H

/* `tram user add|lock|unlock|passwd|list`. Returns the exit status (tool.h). */
int user_main(int argc, char **argv);

#endif
