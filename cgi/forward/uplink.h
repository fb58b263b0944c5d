/*
 * uplink.h: the kernel's word that a line came up (rtnetlink): an address, a route or a carrier that
 * was not there before. Then the center is tried at once, whatever pause was under way.
 */
#ifndef TRAM_FORWARD_UPLINK_H
#define TRAM_FORWARD_UPLINK_H

#include <stdbool.h>
#include <stddef.h>

/* A socket that can be read when something about the lines changes; -1: pauses go on as they are. */
int uplink_open(void);
/* Takes what waits there; true: a line came up. */
bool uplink_came_up(int fd);
/* The messages of one datagram: does any say so? Loopback does not count. */
bool uplink_says_up(const void *bytes, size_t len);

/* Is there a way out of this machine: a default route, IPv4 or IPv6? */
bool uplink_has_way(void);

#endif
