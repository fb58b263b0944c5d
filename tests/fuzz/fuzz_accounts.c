/* fuzz_accounts.c: whatever is pasted as a list of people, each row is either fine and complete or says
 * what is wrong with it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin_account_form.c"
#include "admin/admin_accounts.c"
#include "admin/admin_import.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct admin_import_row rows[ADMIN_IMPORT_MAX];
	const char *list = pool_strndup(pool, (const char *)data, size);
	bool more = false;
	size_t i, count = admin_import_parse(pool, list, size % 2 == 0, rows, ADMIN_IMPORT_MAX, &more);

	for (i = 0; i < count; i++)
		if (rows[i].fault == NULL && (rows[i].name[0] == '\0' || rows[i].roles == 0 ||
				!admin_login_good(rows[i].login) || rows[i].employer == NULL))
			abort();
	if (more && count != ADMIN_IMPORT_MAX)
		abort();
	pool_free(pool);
	return 0;
}
