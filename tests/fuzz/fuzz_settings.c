/* fuzz_settings.c: a configuration file of any bytes is refused or read, and freed. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[] = "/tmp/tram-fuzz-settings-XXXXXX";
	static int file = -1;
	struct settings *settings;

	if (file < 0) {
		/* Every refusal is logged: thousands a second help nobody. */
		int quiet = open("/dev/null", O_WRONLY);

		file = mkstemp(path);
		if (file < 0 || quiet < 0)
			abort();
		dup2(quiet, STDERR_FILENO);
	}
	if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	if (settings_load(path, &settings) == RC_OK) {
		if (!settings->board_id || !settings->db_dir || !*settings->db_dir || !settings->hosts)
			abort();
	} else if (settings) {
		abort();
	}
	settings_free(settings);
	return 0;
}
