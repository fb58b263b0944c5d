/*
 * sandbox.h: shuts the process in: after it, only the descriptors that are open can be used, memory
 * and time are bounded, and any other wish to the kernel ends the process.
 */
#ifndef TRAM_IMAGE_SANDBOX_H
#define TRAM_IMAGE_SANDBOX_H

#include <stdbool.h>

/* fds: how many, from 0, stay open; all others are closed. False: the kernel cannot do it; then
 * nothing may be read. */
bool sandbox_enter(int fds);

#endif
