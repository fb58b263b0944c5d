/* version.h: what this program calls itself, to the center and on the technician's page. */
#ifndef TRAM_BASE_VERSION_H
#define TRAM_BASE_VERSION_H

#ifndef TRAM_VERSION	/* the package's, from the build */
#define TRAM_VERSION "0.5"
#endif

#endif
