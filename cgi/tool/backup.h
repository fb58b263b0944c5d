/* backup.h: `tram backup`: copies of a board on a USB medium. */
#ifndef TRAM_TOOL_BACKUP_H
#define TRAM_TOOL_BACKUP_H

int backup_main(int argc, char **argv);

#endif
