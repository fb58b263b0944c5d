/* verify.h: proofs over the journal. */
#ifndef TRAM_TOOL_VERIFY_H
#define TRAM_TOOL_VERIFY_H

/* `tram verify`. Returns the exit status (tool.h). */
int verify_main(int argc, char **argv);
/* `tram rebuild`. Returns the exit status (tool.h). */
int verify_rebuild_main(int argc, char **argv);
/* `tram digest`. Returns the exit status (tool.h). */
int verify_digest_main(int argc, char **argv);

#endif
