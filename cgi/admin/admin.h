/*
 * admin.h: the pages of the manager (accounts) and the technician (health) of a point.
 *
 * This program opens auth.db and run.db alone, never tram.db or a blob: what it shows of the
 * dossiers is what the forwarder wrote into health.json, and it works when tram.db is broken.
 */
#ifndef TRAM_ADMIN_ADMIN_H
#define TRAM_ADMIN_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/rc.h"
#include "web/doctor.h"
#include "web/web.h"

#define ADMIN_HANDLER(name) \
	enum rc admin_##name(struct web *web, struct request *request, struct response *response)

extern const struct route admin_routes[];
extern const size_t admin_route_count;

/* admin.c: frame and doors */
void admin_frame(struct web *web, struct request *request, struct view *view);
ADMIN_HANDLER(root);
ADMIN_HANDLER(login);
ADMIN_HANDLER(lock);
ADMIN_HANDLER(logout);
ADMIN_HANDLER(password);

/* admin_accounts.c: the manager's list; admin_account_form.c */
ADMIN_HANDLER(accounts);
ADMIN_HANDLER(accounts_add);
ADMIN_HANDLER(accounts_edit);
/* admin_otp.c: the second factor */
ADMIN_HANDLER(otp);
ADMIN_HANDLER(otp_end);
/* admin_import_page.c: many accounts at once */
ADMIN_HANDLER(import);
ADMIN_HANDLER(accounts_lock);
ADMIN_HANDLER(accounts_unlock);
ADMIN_HANDLER(accounts_reset);

/* admin_health.c: the technician's page */
ADMIN_HANDLER(health);
ADMIN_HANDLER(health_copy);
void admin_health_show(struct view *view, const struct doctor *doctor);
#define ADMIN_HEALTH_STALE_MS DOCTOR_STALE_MS
json_t *admin_health_read(struct web *web, struct pool *pool);
/* Whether the province hears us, why not, what to do: link, link_do, link_reason, round_trip … */
void admin_health_link(struct view *view, const json_t *health, int64_t now_ms);

/* admin_diagnose.c: what a helper far away needs to know, sealed to the center's support */
ADMIN_HANDLER(diagnose);
/* admin_link.c: the line to the province: where both sides stand, the day, a round trip on demand */
ADMIN_HANDLER(link);
ADMIN_HANDLER(link_try);
/* admin_stick.c: what would go over the line, by USB */
ADMIN_HANDLER(stick);
ADMIN_HANDLER(stick_write);
ADMIN_HANDLER(stick_read);
/* admin_enrol.c: becoming known at the province */
ADMIN_HANDLER(enrol);
/* admin_accept.c: the technician's last look before leaving, and the step to the live station */
ADMIN_HANDLER(accept);
ADMIN_HANDLER(accept_slip);
ADMIN_HANDLER(accept_sheet);
ADMIN_HANDLER(accept_live);
ADMIN_HANDLER(accept_begun);
/* admin_guide.c: sheets to print */
ADMIN_HANDLER(guide);
ADMIN_HANDLER(guide_technician);
ADMIN_HANDLER(guide_manager);
/* admin_metrics.c */
ADMIN_HANDLER(metrics);

#endif
