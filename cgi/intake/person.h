/*
 * person.h: everything one person has at this point, opened by a card or from a dossier. Numbers and
 * names never stand in an address: /nguoi/<code> means the applicant of that dossier.
 */
#ifndef TRAM_INTAKE_PERSON_H
#define TRAM_INTAKE_PERSON_H

#include "dossier/card.h"
#include "intake/intake.h"

/* payload: the card as scanned; it goes along in a hidden field of "new dossier for this person". */
enum rc person_show_card(struct web *web, struct request *request, struct response *response,
		const struct card *card, const char *payload) MUST_CHECK;

#endif
