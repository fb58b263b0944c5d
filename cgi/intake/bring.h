/*
 * bring.h: a catalogue or a calendar that came as a file: what its pages and the upload pool share.
 */
#ifndef TRAM_INTAKE_BRING_H
#define TRAM_INTAKE_BRING_H

#define BRING_CATALOGUE "/tai-len/thu-tuc"
#define BRING_CALENDAR "/tai-len/lich"

#endif
