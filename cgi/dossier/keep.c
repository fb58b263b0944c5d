/*
 * keep.c: see keep.h. The kinds' own marks (kind_field.personal) say what goes; besides them goes what may
 * name a person by what it leads to: scans and their names, papers by free names, places, postal numbers.
 */
#include <string.h>

#include "dossier/keep.h"

static const char *const leads[] = {
	"manifest", "components", "component", "to_component", "items", "old", "new", "tracking",
	"transaction", "outside_place", "place", "locality", "payer_tax_code",
};

static bool goes(const struct kind_field *field)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		if (strcmp(field->name, leads[i]) == 0)
			return true;
	return false;
}

/* personal: these are members of a personal object. */
static void keep_members(const struct kind_field *fields, const json_t *from, bool personal, json_t *to)
{
	for (; fields != NULL && fields->name != NULL; fields++) {
		json_t *value = json_object_get(from, fields->name);
		bool own = personal || fields->personal;

		if (value == NULL || goes(fields))
			continue;
		if (fields->type == 'o' && fields->inner != NULL) {
			json_t *part = json_new_object();

			keep_members(fields->inner, value, own, part);
			if (json_object_size(part) > 0)
				json_put_value(to, fields->name, part);
			else
				json_decref(part);
		} else if (fields->type == 'i' || fields->type == 'b') {
			json_put_value(to, fields->name, json_incref(value));
		} else if (fields->type == 'a' && fields->inner != NULL && !own) {
			json_t *list = json_new_array();
			const json_t *one;
			size_t i;

			json_array_foreach(value, i, one) {
				json_t *part = json_new_object();

				keep_members(fields->inner, one, false, part);
				json_add(list, part);
			}
			json_put_value(to, fields->name, list);
		} else if (!own && fields->type != 'o' && fields->type != 'a') {
			json_put_value(to, fields->name, json_incref(value));
		}
	}
}

json_t *keep_body(const struct kind *kind, const json_t *body)
{
	json_t *kept = json_new_object();

	keep_members(kind->fields, body, false, kept);
	keep_members(kind_common_fields, body, false, kept);
	return kept;
}
