/* document.h: `tram catalogue` and `tram calendar`: a file that came by stick, checked and brought in. */
#ifndef TRAM_TOOL_DOCUMENT_H
#define TRAM_TOOL_DOCUMENT_H

int document_catalogue_main(int argc, char **argv);
int document_calendar_main(int argc, char **argv);

#endif
