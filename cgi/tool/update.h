/*
 * update.h: `tram update`: from a signed release to the version that runs, one step a call, so that a
 * power cut after any of them leaves one of two whole versions (update_step.h says how).
 */
#ifndef TRAM_TOOL_UPDATE_H
#define TRAM_TOOL_UPDATE_H

int update_main(int argc, char **argv);

#endif
