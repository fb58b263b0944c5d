/*
 * rawsql.c: durable one-row transactions, nothing else: what the disk and SQLite cost by themselves.
 * The peer of accept_vs_sqlite. rawsql FOLDER COUNT prints transactions a second.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void must(int rc, sqlite3 *db)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return;
	fprintf(stderr, "rawsql: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *insert = NULL;
	char path[512], row[400];
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	double start;

	if (count < 1) {
		fprintf(stderr, "usage: rawsql FOLDER COUNT\n");
		return 2;
	}
	snprintf(path, sizeof path, "%s/raw.db", argv[1]);
	must(sqlite3_open(path, &db), db);
	must(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			"CREATE TABLE IF NOT EXISTS row(id INTEGER PRIMARY KEY, body TEXT)", NULL, NULL, NULL), db);
	must(sqlite3_prepare_v2(db, "INSERT INTO row(body) VALUES (?1)", -1, &insert, NULL), db);
	snprintf(row, sizeof row, "%0399d", 7);
	start = now();
	for (long i = 0; i < count; i++) {
		must(sqlite3_bind_text(insert, 1, row, -1, SQLITE_STATIC), db);
		must(sqlite3_step(insert), db);
		must(sqlite3_reset(insert), db);
	}
	printf("%.1f\n", (double)count / (now() - start));
	sqlite3_finalize(insert);
	sqlite3_close(db);
	return 0;
}
