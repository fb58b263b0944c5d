/*
 * hello.c: the smallest FastCGI answer there is: what lighttpd and the protocol cost by themselves.
 * The peer of page_vs_hello. Serves the listening socket on fd 0, which does not block: whoever loses
 * the race for a connection waits again, as web/fcgx.c does.
 */
#include <fcgiapp.h>
#include <poll.h>
#include <stdlib.h>

int main(void)
{
	struct pollfd wait = { .fd = 0, .events = POLLIN };
	FCGX_Request request;

	if (FCGX_Init() || FCGX_InitRequest(&request, 0, 0))
		return 1;
	for (;;) {
		if (FCGX_Accept_r(&request) < 0) {	/* nothing there, or gone already */
			(void)poll(&wait, 1, -1);
			continue;
		}
		FCGX_PutS("Content-Type: text/html; charset=utf-8\r\nContent-Length: 36\r\n\r\n"
				"<!doctype html><title>hello</title>\n", request.out);
		FCGX_Finish_r(&request);
	}
}
