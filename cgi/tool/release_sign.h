/*
 * release_sign.h: `tram release`: signs the manifest of a release. Away from boards and centers: where the
 * release key is.
 */
#ifndef TRAM_TOOL_RELEASE_SIGN_H
#define TRAM_TOOL_RELEASE_SIGN_H

int release_sign_main(int argc, char **argv);

#endif
