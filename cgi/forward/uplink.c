/*
 * uplink.c: see uplink.h.
 */
#include <asm/types.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "forward/uplink.h"

#define UPLINK_GROUPS (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | \
	RTMGRP_IPV6_ROUTE)
#define UPLINK_BYTES 16384
#define UPLINK_TABLE_MAX ((size_t)32 * 1024)

int uplink_open(void)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_groups = UPLINK_GROUPS };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	log_warn("forward: no word from the kernel about lines: pauses run to their end");
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool is_up(unsigned type, const unsigned char *body, size_t len)
{
	struct ifinfomsg link;
	struct ifaddrmsg address;

	switch (type) {
	case RTM_NEWLINK:
		if (len < sizeof(link))
			return false;
		memcpy(&link, body, sizeof(link));
		return !(link.ifi_flags & IFF_LOOPBACK) && link.ifi_flags & IFF_RUNNING;
	case RTM_NEWADDR:
		if (len < sizeof(address))
			return false;
		memcpy(&address, body, sizeof(address));
		return address.ifa_scope != RT_SCOPE_HOST;
	case RTM_NEWROUTE:
		return len >= sizeof(struct rtmsg);
	default:
		return false;
	}
}

bool uplink_says_up(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	bool up = false;

	while (len >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr head;
		size_t step;

		memcpy(&head, at, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > len)
			break;
		up = up || is_up(head.nlmsg_type, at + sizeof(head), head.nlmsg_len - sizeof(head));
		step = NLMSG_ALIGN((size_t)head.nlmsg_len);
		if (step > len)
			break;
		at += step;
		len -= step;
	}
	return up;
}

bool uplink_came_up(int fd)
{
	char bytes[UPLINK_BYTES];
	bool up = false;
	ssize_t n;

	if (fd < 0)
		return false;
	/* ENOBUFS: some were lost, so anything may have come. */
	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		up = uplink_says_up(bytes, (size_t)n) || up;
	return up;
}

/* A line of a table of /proc/net that begins so (after the name of its card, where it comes first) and is not
 * of lo, where the kernel keeps a route that leads nowhere. */
static bool uplink_table_has(const char *path, const char *mark, bool at_start)
{
	struct pool *pool = pool_new();
	char *line = pool_alloc(pool, UPLINK_TABLE_MAX + 1);
	size_t len = 0;
	bool has = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	/* Such a file says that it has no bytes. */
	if (fd >= 0 && file_read_all(fd, line, UPLINK_TABLE_MAX, &len) == RC_OK) {
		line[len] = '\0';
		while (*line && !has) {
			size_t end = strcspn(line, "\n");
			char *more = line + end + (line[end] == '\n');

			line[end] = '\0';
			has = at_start ? strncmp(line, mark, strlen(mark)) == 0 && !strstr(line, " lo") :
					strstr(line, mark) != NULL;
			line = more;
		}
	}
	if (fd >= 0)
		close(fd);
	pool_free(pool);
	return has;
}

bool uplink_has_way(void)
{
	return uplink_table_has("/proc/net/route", "\t00000000\t", false) ||
			uplink_table_has("/proc/net/ipv6_route", "00000000000000000000000000000000 00 ", true);
}
