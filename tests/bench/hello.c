/*
 * hello.c: the smallest FastCGI answer there is: what lighttpd and the protocol cost by themselves.
 * The peer of page_vs_hello. Serves the listening socket on fd 0.
 */
#include <fcgiapp.h>
#include <stdlib.h>

int main(void)
{
	FCGX_Request request;

	if (FCGX_Init() || FCGX_InitRequest(&request, 0, 0))
		return 1;
	while (FCGX_Accept_r(&request) >= 0) {
		FCGX_PutS("Content-Type: text/html; charset=utf-8\r\nContent-Length: 36\r\n\r\n"
				"<!doctype html><title>hello</title>\n", request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}
