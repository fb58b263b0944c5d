/*
 * log.h: one line per event on stderr, "time severity program[pid] what key=value …".
 *
 * Ids and codes only: never a person's name, number or address, a secret, a path with a query,
 * or what a user typed. Log once, where the fault is seen.
 */
#ifndef TRAM_BASE_LOG_H
#define TRAM_BASE_LOG_H

/* Name shown in each line; text must outlive the program. */
void log_init(const char *program);
/* From now on info lines may wait in memory until log_flush, a line of another severity, or 4 KB: a
 * worker with people waiting writes them together. Who forks, or goes to sleep, flushes before. */
void log_gather(void);
void log_flush(void);
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The environment failed (disk, memory): exit status 75; the supervisor restarts. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A bug: abort. */
_Noreturn void log_bug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
