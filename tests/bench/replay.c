/*
 * replay.c: sends prepared HTTP requests over a few kept connections, each request once, as fast as
 * the answers come, and checks every answer. A load tool that cycles cannot be used for forms that
 * may be sent only once.
 *
 * replay PORT CONNECTIONS STATUS WORD <requests: each is "LENGTH\n" and that many bytes, on stdin.
 * STATUS and WORD are what each answer's head must hold ("303", "/xong"). Prints
 * "good=N bad=N seconds=S p50_ms=X p99_ms=Y". Exit status 1 if nothing was good.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define ANSWER_MAX (1 << 20)

struct request {
	char *bytes;
	size_t len;
};

struct connection {
	int fd;
	double sent_at;
	char *answer;
	size_t got;
	int busy;
};

static struct request *requests;
static size_t request_count, request_next;
static double *latencies;
static size_t good, bad;
static const char *status_wanted, *word_wanted;
static struct sockaddr_in server;

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void read_requests(void)
{
	size_t room = 0;
	unsigned long len;
	char line[32];

	while (fgets(line, sizeof line, stdin)) {
		len = strtoul(line, NULL, 10);
		if (request_count == room) {
			room = room ? 2 * room : 256;
			requests = realloc(requests, room * sizeof *requests);
			if (!requests)
				die("memory");
		}
		requests[request_count].bytes = malloc(len + 1);
		requests[request_count].len = len;
		if (!requests[request_count].bytes
				|| fread(requests[request_count].bytes, 1, len, stdin) != len)
			die("a request is cut off");
		request_count++;
	}
	latencies = calloc(request_count + 1, sizeof *latencies);
	if (!latencies || !request_count)
		die("no requests");
}

static void open_connection(struct connection *connection)
{
	connection->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&server, sizeof server))
		die("connect");
}

static void send_next(struct connection *connection)
{
	struct request *request;
	size_t sent = 0;

	connection->busy = request_next < request_count;
	if (!connection->busy)
		return;
	request = &requests[request_next++];
	connection->got = 0;
	connection->sent_at = now();
	while (sent < request->len) {
		ssize_t wrote = write(connection->fd, request->bytes + sent, request->len - sent);

		if (wrote <= 0)
			die("write");
		sent += (size_t)wrote;
	}
}

/* Bytes of the whole answer once its head is there; 0: not yet. */
static size_t answer_size(const struct connection *connection, char **end_of_head)
{
	char *head_end = strstr(connection->answer, "\r\n\r\n");
	char *line;

	if (!head_end)
		return 0;
	*end_of_head = head_end + 4;
	for (line = strstr(connection->answer, "\r\n"); line && line < head_end; line = strstr(line, "\r\n")) {
		line += 2;
		if (!strncasecmp(line, "Content-Length:", 15))
			return (size_t)(head_end + 4 - connection->answer) + strtoul(line + 15, NULL, 10);
	}
	return (size_t)(head_end + 4 - connection->answer);
}

static void judge(struct connection *connection, char *end_of_head)
{
	char kept = *end_of_head;
	int right;

	*end_of_head = '\0';
	right = !strncmp(connection->answer + 9, status_wanted, 3) && strstr(connection->answer, word_wanted);
	if (!right && bad < 3)
		fprintf(stderr, "replay: unexpected answer: %.200s\n", connection->answer);
	*end_of_head = kept;
	latencies[good + bad] = now() - connection->sent_at;
	good += right ? 1 : 0;
	bad += right ? 0 : 1;
}

static void on_bytes(struct connection *connection)
{
	ssize_t got = read(connection->fd, connection->answer + connection->got,
			ANSWER_MAX - connection->got - 1);
	char *end_of_head = NULL;
	size_t size;

	if (got <= 0) {
		/* Closed between two requests or in the middle of one: that one is lost. */
		bad += connection->busy ? 1 : 0;
		close(connection->fd);
		open_connection(connection);
		send_next(connection);
		return;
	}
	connection->got += (size_t)got;
	connection->answer[connection->got] = '\0';
	size = answer_size(connection, &end_of_head);
	if (!size || connection->got < size)
		return;
	judge(connection, end_of_head);
	send_next(connection);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static struct connection connections[CONNECTIONS_MAX];
	struct pollfd waits[CONNECTIONS_MAX];
	int count = argc == 5 ? (int)strtol(argv[2], NULL, 10) : 0;
	double start;

	if (count < 1 || count > CONNECTIONS_MAX) {
		fprintf(stderr, "usage: replay PORT CONNECTIONS STATUS WORD <requests\n");
		return 2;
	}
	status_wanted = argv[3];
	word_wanted = argv[4];
	server.sin_family = AF_INET;
	server.sin_port = htons((unsigned short)strtol(argv[1], NULL, 10));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	read_requests();
	for (int i = 0; i < count; i++) {
		connections[i].answer = malloc(ANSWER_MAX);
		if (!connections[i].answer)
			die("memory");
		open_connection(&connections[i]);
	}
	start = now();
	for (int i = 0; i < count; i++)
		send_next(&connections[i]);
	for (;;) {
		int busy = 0;

		for (int i = 0; i < count; i++) {
			waits[i].fd = connections[i].busy ? connections[i].fd : -1;
			waits[i].events = POLLIN;
			busy += connections[i].busy;
		}
		if (!busy)
			break;
		if (poll(waits, (nfds_t)count, 30000) <= 0)
			die("no answer in 30 s");
		for (int i = 0; i < count; i++)
			if (waits[i].fd >= 0 && waits[i].revents)
				on_bytes(&connections[i]);
	}
	qsort(latencies, good + bad, sizeof *latencies, by_size);
	printf("good=%zu bad=%zu seconds=%.4f p50_ms=%.2f p99_ms=%.2f\n", good, bad, now() - start,
			1000 * latencies[(good + bad) / 2], 1000 * latencies[(good + bad) * 99 / 100]);
	return good ? 0 : 1;
}
