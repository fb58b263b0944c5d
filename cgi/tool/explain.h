/* explain.h: `tram explain due|card|fee|code`: the rules asked, for support and for checks. */
#ifndef TRAM_TOOL_EXPLAIN_H
#define TRAM_TOOL_EXPLAIN_H

/* One JSON object on stdout; exit status 0, or 2 with {"error": sentence} on bad input. */
int explain_main(int argc, char **argv);

#endif
