/*
 * notify.h: what a program tells the service manager that started it, by the datagrams of
 * sd_notify(3): that it serves, that it still turns, that it stops. Its library is not needed for
 * that. Started by anything else every call does nothing.
 */
#ifndef TRAM_BASE_NOTIFY_H
#define TRAM_BASE_NOTIFY_H

#include <stdint.h>

/* It serves: sent once, after everything is open. */
void notify_ready(void);
/* It ends on request, and may take a moment to. */
void notify_stopping(void);
/* It turns: called in every loop that may last; sends only when a beat is due, a third of
 * WATCHDOG_USEC after the last. */
void notify_alive(void);
/* The longest one may wait before notify_alive must be called again: wait_ms, or less. A negative
 * wait_ms, and answer, is without end. */
int64_t notify_wait_ms(int64_t wait_ms);

#endif
