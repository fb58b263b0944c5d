/* network.h: `tram network`: the system's network files from a board's network settings. */
#ifndef TRAM_TOOL_NETWORK_H
#define TRAM_TOOL_NETWORK_H

int network_main(int argc, char **argv);

#endif
