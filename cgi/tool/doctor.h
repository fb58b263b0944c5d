/* doctor.h: `tram doctor` and `tram diagnose`: what the technician's page says, in a terminal. */
#ifndef TRAM_TOOL_DOCTOR_H
#define TRAM_TOOL_DOCTOR_H

int doctor_main(int argc, char **argv);
int doctor_diagnose_main(int argc, char **argv);

#endif
