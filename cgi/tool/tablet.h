/* tablet.h: `tram tablet-tls`: the certificates of a board's pages, and what tablets install. */
#ifndef TRAM_TOOL_TABLET_H
#define TRAM_TOOL_TABLET_H

int tablet_main(int argc, char **argv);

#endif
