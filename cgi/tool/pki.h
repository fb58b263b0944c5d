/*
 * pki.h: `tram pki`: a private CA, server and device certificates, receipt and slip keys, for
 * trials. A province with a CA of its own needs none of it but `pki receipt-key` and `pki slip`.
 */
#ifndef TRAM_TOOL_PKI_H
#define TRAM_TOOL_PKI_H

/* argv[0] is "pki". Returns the exit code: 0 done, 1 could not be done, 2 wrong use. */
int pki_main(int argc, char **argv);

#endif
