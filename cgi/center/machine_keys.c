/*
 * machine_keys.c: what a board pins: the CA (known by its hash from the invitation, so that anybody
 * may have it), and the announcements of receipt keys, each signed by the key before it.
 */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "center/machine.h"

#define FILE_MAX ((size_t)256 * 1024)

enum rc machine_keys_read(struct web *web, struct pool *pool, const char *name, char **text)
{
	size_t len = 0;

	return file_read(pool, pool_printf(pool, "%s/%s", web->settings->center_key_dir, name),
			FILE_MAX, text, &len);
}

enum rc machine_keys_ca(struct web *web, struct request *request, struct response *response)
{
	char *pem = NULL;
	enum rc rc;

	rc = machine_keys_read(web, request->pool, "ca.crt", &pem);
	if (rc == RC_NOT_FOUND) {
		response_problem(response, 503, "no-ca", "This center gives no certificates", NULL);
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	response->content_type = "application/x-pem-file";
	buf_text(&response->body, pem);
	return RC_OK;
}

/* receipt.chain: one announcement a line, oldest first. */
static json_t *read_chain(struct web *web, struct pool *pool)
{
	json_t *list = json_new_array();
	char *text = NULL;

	if (machine_keys_read(web, pool, "receipt.chain", &text) != RC_OK)
		return list;
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (len > 0)
			json_add(list, json_stringn(text, len));
		text += len + (text[len] == '\n');
	}
	return list;
}

int64_t machine_keys_count(struct web *web, struct pool *pool)
{
	json_t *list = read_chain(web, pool);
	int64_t count = (int64_t)json_array_size(list);

	json_decref(list);
	return count;
}

enum rc machine_keys(struct web *web, struct request *request, struct response *response)
{
	json_t *reply = json_new_object();

	json_put_value(reply, "announcements", read_chain(web, request->pool));
	response_json(response, reply);
	json_decref(reply);
	return RC_OK;
}
