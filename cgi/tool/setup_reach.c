/*
 * setup_reach.c: whether the center answers over the line that first boot was told of. Where a unit without
 * root's rights does it (board/systemd/board/tram-setup-reach.service), what it found comes back in a file:
 * the wishes themselves are done by root without any network.
 */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "link/identity.h"
#include "tool/setup.h"
#include "tool/tool.h"

#define REACH_S 15
#define FOUND "reached"		/* one word, "" for yes */
#define WORD_MAX 48u

extern char **environ;

static void set(char **member, const char *text)
{
	free(*member);
	*member = strdup(text);
	if (!*member)
		log_fatal("setup: out of memory");
}

static enum rc reach(struct pool *pool, const char *folder, const struct setup *setup, const char **why)
{
	struct settings *settings = NULL;
	enum rc rc = settings_load(pool_printf(pool, "%s/setup.conf", folder), &settings);

	if (rc != RC_OK)
		return rc;
	set(&settings->center_url, setup->value[SETUP_CENTER]);
	set(&settings->center_more, setup->value[SETUP_CENTER_MORE]);
	set(&settings->center_name, setup->value[SETUP_CENTER_NAME]);
	set(&settings->link_proxy, setup->value[SETUP_PROXY]);
	settings->link_timeout_s = REACH_S;
	rc = identity_reach(settings, setup->value[SETUP_INVITE], why);
	*why = pool_strdup(pool, *why);
	settings_free(settings);
	return rc == RC_OK ? RC_OK : RC_GONE;
}

/* By the service manager, which waits until it is done. */
static bool start_unit(const char *unit)
{
	const char *const words[] = { "systemctl", "start", unit, NULL };
	pid_t pid = -1;
	int status = 0;

	if (posix_spawnp(&pid, words[0], NULL, NULL, (char *const *)(size_t)words, environ))
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum rc setup_reach(struct pool *pool, const struct setup_place *place, const struct setup *setup,
		const char **why)
{
	const char *found = pool_printf(pool, "%s/" FOUND, place->folder);
	char *word = NULL;
	size_t len = 0;
	enum rc rc = RC_OK;

	if (!place->reach)
		return reach(pool, place->folder, setup, why);
	*why = "connect";
	if (unlink(found) != 0 && errno != ENOENT)
		return RC_IO;
	if (!start_unit(place->reach) || file_read(pool, found, WORD_MAX, &word, &len) != RC_OK) {
		log_error("setup unit=%s: it found nothing", place->reach);
		return RC_GONE;
	}
	(void)unlink(found);
	word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-")] = '\0';
	*why = word;
	if (*word != '\0')
		rc = RC_GONE;
	return rc;
}

int setup_reach_alone(struct pool *pool, const struct setup_place *place)
{
	struct setup setup;
	const char *why = "";
	enum rc rc = setup_load(pool, place->folder, &setup);

	if (rc != RC_OK)
		return TOOL_CONFIG;
	rc = reach(pool, place->folder, &setup, &why);
	if (rc != RC_OK && rc != RC_GONE)
		return tool_exit_of(rc);
	return tool_exit_of(file_put(place->folder, FOUND, why, strlen(why), 0600));
}
