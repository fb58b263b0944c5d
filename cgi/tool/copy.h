/* copy.h: `tram copy`: the center's verified copy. */
#ifndef TRAM_TOOL_COPY_H
#define TRAM_TOOL_COPY_H

int copy_main(int argc, char **argv);

#endif
