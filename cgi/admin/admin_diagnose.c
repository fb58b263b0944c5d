/*
 * admin_diagnose.c: the diagnosis as a download, sealed to the center's support (web/diagnose.h).
 */
#include "admin/admin.h"

#include "web/diagnose.h"

enum rc admin_diagnose(struct web *web, struct request *request, struct response *response)
{
	enum rc rc = diagnose_make(request->pool, web->settings, request->now_ms, &response->body);

	if (rc == RC_OK)
		response_download(response, "application/octet-stream", diagnose_name(request->pool, web->settings,
				request->now_ms));
	return rc;
}
