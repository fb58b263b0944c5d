/*
 * test_password.c: argon2id with the parameters we promise, wrong passwords, the shared lock.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/when.h"
#include "crypt/password.h"

static void right_and_wrong(void **state)
{
	struct pool *pool = pool_new();
	char *encoded, *other;
	bool matches;

	(void)state;
	assert_int_equal(password_hash(pool, "Mật khẩu thử 1!", &encoded), RC_OK);
	assert_ptr_equal(strstr(encoded, "$argon2id$v=19$m=19456,t=2,p=1$"), encoded);
	assert_int_equal(password_check(encoded, "Mật khẩu thử 1!", PASSWORD_WAIT_MS, &matches), RC_OK);
	assert_true(matches);
	assert_int_equal(password_check(encoded, "Mật khẩu thử 1", PASSWORD_WAIT_MS, &matches), RC_OK);
	assert_false(matches);
	assert_int_equal(password_check(encoded, "", PASSWORD_WAIT_MS, &matches), RC_OK);
	assert_false(matches);
	assert_int_equal(password_hash(pool, "Mật khẩu thử 1!", &other), RC_OK);
	assert_string_not_equal(encoded, other);
	pool_free(pool);
}

static void unknown_name_never_matches(void **state)
{
	bool matches = true;

	(void)state;
	assert_int_equal(password_check(NULL, "anything", PASSWORD_WAIT_MS, &matches), RC_OK);
	assert_false(matches);
}

static void damaged_hash_is_no_match(void **state)
{
	bool matches = true;

	(void)state;
	assert_int_equal(password_check("$argon2id$v=19$m=19456,t=2,p=1$", "x", PASSWORD_WAIT_MS, &matches), RC_DB);
	assert_false(matches);
}

/* Another process that holds the lock makes a login wait, not fail. */
static void lock_serialises_processes(void **state)
{
	char path[] = "/tmp/tram-password-XXXXXX", byte;
	int fd = mkstemp(path), ready[2], status;
	int64_t began;
	bool matches;
	pid_t child;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		const struct timespec hold = { .tv_nsec = 400 * 1000 * 1000 };

		if (fcntl(fd, F_SETLK, &lock) || write(ready[1], "x", 1) != 1)
			_exit(1);
		nanosleep(&hold, NULL);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	password_set_lock(path);
	assert_int_equal(password_check(NULL, "x", 0, &matches), RC_BUSY);
	began = when_boottime_ms();
	assert_int_equal(password_check(NULL, "x", PASSWORD_WAIT_MS, &matches), RC_OK);
	assert_true(when_boottime_ms() - began >= 300);
	password_set_lock("");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_and_wrong),
		cmocka_unit_test(unknown_name_never_matches),
		cmocka_unit_test(damaged_hash_is_no_match),
		cmocka_unit_test(lock_serialises_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
