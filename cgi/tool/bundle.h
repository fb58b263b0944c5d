/* bundle.h: `tram bundle` and `tram import`: the stick by hand. */
#ifndef TRAM_TOOL_BUNDLE_H
#define TRAM_TOOL_BUNDLE_H

int bundle_main(int argc, char **argv);
int bundle_import_main(int argc, char **argv);

#endif
