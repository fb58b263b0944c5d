/* settings_print.h: the keys of tram.conf, and one value of a file. */
#ifndef TRAM_TOOL_SETTINGS_PRINT_H
#define TRAM_TOOL_SETTINGS_PRINT_H

/* `tram settings`. Returns the exit status (tool.h). */
int settings_print_main(int argc, char **argv);

#endif
