/*
 * project_set.c: columns of a dossier's row from what a body says: see project_set.h.
 */
#include <string.h>

#include "base/when.h"
#include "store/dossier.h"
#include "store/project_set.h"

void project_set_text(struct work *work, enum row_text column, const json_t *object,
		const char *name)
{
	if (object && json_object_get(object, name))
		work->row->text[column] = json_text(object, name);
}

void project_set_place(struct work *work, const json_t *object)
{
	const struct event *event = work->event;
	int64_t *number = work->row->number;
	int64_t author = event->author, seq = (int64_t)event->seq;

	if (!object || !*json_text(object, "place") || work_wall(work) < number[ROW_PLACE_MS])
		return;
	if (work_wall(work) == number[ROW_PLACE_MS] && (author < number[ROW_PLACE_AUTHOR]
			|| (author == number[ROW_PLACE_AUTHOR] && seq < number[ROW_PLACE_SEQ])))
		return;
	work->row->text[ROW_PLACE] = json_text(object, "place");
	number[ROW_PLACE_MS] = work_wall(work);
	number[ROW_PLACE_AUTHOR] = author;
	number[ROW_PLACE_SEQ] = seq;
}

void project_set_due(struct work *work)
{
	const json_t *due = work_part(work, "due");
	int64_t *number = work->row->number;

	if (!due)
		return;
	number[ROW_HAS_DUE] = json_flag(due, "has");
	number[ROW_DUE_AT] = number[ROW_HAS_DUE] ? json_int(due, "at", 0) : 0;
	number[ROW_DUE_CERTAIN] = number[ROW_HAS_DUE] && json_flag(due, "certain");
}

void project_set_applicant(struct work *work, const json_t *applicant)
{
	if (!applicant)
		return;
	work->row->text[ROW_APPLICANT] = json_text(applicant, "name");
	work->row->text[ROW_APPLICANT_NUMBER] = *json_text(applicant, "number")
			? json_text(applicant, "number") : json_text(applicant, "tax_code");
	work->row->text[ROW_PHONE] = json_text(applicant, "phone");
	work->words = true;
}

void project_set_submitter(struct work *work, const json_t *submitter)
{
	if (!submitter)
		return;
	work->row->text[ROW_SUBMITTER] = json_flag(submitter, "self") ? ""
			: json_text(submitter, "name");
	work->words = true;
}

void project_set_register(struct work *work, const json_t *object)
{
	const json_t *applicant = object ? json_object_get(object, "applicant") : NULL;
	const json_t *delivery = object ? json_object_get(object, "delivery") : NULL;

	if (applicant)
		work->row->text[ROW_ADDRESS] = *json_text(applicant, "residence")
				? json_text(applicant, "residence") : json_text(applicant, "address");
	if (delivery)
		work->row->text[ROW_DELIVERY] = json_text(delivery, "way");
	project_set_text(work, ROW_LOCALITY, object, "locality");
	if (object && json_object_get(object, "sets"))
		work->row->number[ROW_SETS] = json_int(object, "sets", 0);
}

void project_set_procedure(struct work *work)
{
	const json_t *procedure = work_part(work, "procedure");
	const char **text = work->row->text;

	if (!procedure)
		return;
	text[ROW_PROCEDURE] = json_text(procedure, "code");
	text[ROW_PROCEDURE_NAME] = json_text(procedure, "name");
	text[ROW_CASE] = json_text(procedure, "case");
	text[ROW_CATALOGUE] = json_text(procedure, "catalogue");
	text[ROW_UNIT] = json_text(procedure, "unit");
	text[ROW_AGENCY] = json_text(procedure, "agency");
	text[ROW_TARGET] = json_text(procedure, "target_system");
	work->row->number[ROW_LEVEL] = strcmp(json_text(procedure, "level"), "province") == 0;
}

int64_t project_set_fees_total(const json_t *fees)
{
	int64_t total = 0;
	const json_t *fee;
	size_t i;

	json_array_foreach(fees, i, fee) {
		int64_t amount = json_int(fee, "amount", 0);

		if (!*json_text(fee, "exempt") && amount > 0 && amount < INT64_C(1000000000000))
			total += amount;
	}
	return total;
}

static bool has_scan(const json_t *manifest, const char *component)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(manifest, "items"), i, item) {
		if (strcmp(json_text(item, "component"), component) == 0 &&
				json_array_size(json_object_get(item, "files")) > 0)
			return true;
	}
	return false;
}

/* Papers that were handed in and have no scan; counted anew where a body names both. */
static void count_scans(struct work *work, const json_t *manifest)
{
	const json_t *components = work_part(work, "components"), *component;
	int64_t missing = 0;
	size_t i;

	if (!components)
		return;
	json_array_foreach(components, i, component) {
		if (strcmp(json_text(component, "state"), "du") == 0 &&
				!has_scan(manifest, json_text(component, "id")))
			missing++;
	}
	work->row->number[ROW_SCANS_MISSING] = missing;
}

enum rc project_set_manifest(struct work *work)
{
	const json_t *manifest = work_part(work, "manifest");
	int64_t *number = work->row->number;

	if (!manifest)
		return RC_OK;
	count_scans(work, manifest);
	number[ROW_MANIFEST_VERSION] = json_int(manifest, "version", 0);
	number[ROW_MANIFEST_AT] = work_wall(work);
	return project_files_manifest(work->store, work->event, manifest, &number[ROW_FILES_TOTAL]);
}

enum rc project_set_slip(struct work *work)
{
	const json_t *slip = work_part(work, "slip");
	int64_t no = slip ? json_int(slip, "no", 0) : 0;

	/* Only a board has the seed that slips are made of. */
	if (!slip || work->event->author != AUTHOR_BOARD)
		return RC_OK;
	if (no > work->row->number[ROW_SLIP_NO])
		work->row->number[ROW_SLIP_NO] = no;
	return project_files_slip(work->store, work->event, slip);
}
