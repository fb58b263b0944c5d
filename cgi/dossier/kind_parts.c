/*
 * kind_parts.c: objects that stand inside many bodies: person, procedure, due time, manifest …
 */
#include "dossier/kind_fields.h"

const struct kind_field kind_part_procedure[] = {
	REQ("code", 's'), REQ("name", 's'), OPT("catalogue", 's'), OPT("case", 's'),
	OPT("case_name", 's'), OPT_OF("level", "commune|province"), OPT("unit", 's'),
	OPT("agency", 's'), OPT("limit", 's'), OPT("target_system", 's'), OPT("field", 's'), END
};

const struct kind_field kind_part_applicant[] = {
	REQ_OF("type", "person|household|organisation"),
	OPT_OF("doc_type", "cccd|passport|birth_certificate|cmnd|none|business"), OPT("number", 's'),
	REQ("name", 's'), OPT("birth", 's'), OPT_OF("sex", "nam|nu"), OPT("address", 's'),
	OPT("residence", 's'), OPT("phone", 's'), OPT("email", 's'), OPT("tax_code", 's'),
	OPT("representative", 's'), OPT("position", 's'), OPT("old_number", 's'),
	OPT("issued", 's'), OPT("no_phone", 'b'), END
};

const struct kind_field kind_part_submitter[] = {
	OPT("self", 'b'), OPT("name", 's'), OPT("number", 's'), OPT("phone", 's'),
	OPT("relation", 's'), OPT("authorisation", 's'), OPT("doc_type", 's'), OPT("birth", 's'),
	OPT("sex", 's'), OPT("address", 's'), OPT("email", 's'), OPT("authorised_on", 's'),
	OPT("authorised_at", 's'), END
};

const struct kind_field kind_part_person[] = {
	REQ("role", 's'), REQ("name", 's'), OPT("number", 's'), OPT("birth", 's'), OPT("sex", 's'),
	OPT("address", 's'), OPT("phone", 's'), END
};

const struct kind_field kind_part_due[] = {
	REQ("has", 'b'), OPT("at", 'i'), OPT("certain", 'b'), OPT("calendar", 's'), END
};

const struct kind_field kind_part_component[] = {
	REQ("id", 's'), REQ("name", 's'), OPT_OF("state", "du|thieu|da_xem|tra_cuu"),
	OPT("originals", 'i'), OPT("certified", 'i'), OPT("copies", 'i'), OPT("pages", 'i'),
	OPT("kept", 'b'), OPT("added", 'b'), OPT("paper", 'i'), OPT("electronic", 'b'),
	OPT("replaced_by", 's'), OPT("returned", 'b'), OPT("note", 's'), END
};

static const struct kind_field file_fields[] = {
	REQ("sha256", 'h'), REQ("size", 'i'), REQ("type", 's'), OPT("name", 's'), END
};

static const struct kind_field manifest_item[] = {
	REQ("component", 's'), REQ_IN("files", 'a', file_fields), END
};

/* items may be empty: every scan was taken back. */
const struct kind_field kind_part_manifest[] = {
	REQ("version", 'i'), OPT_IN("items", 'a', manifest_item), END
};

const struct kind_field kind_part_fee[] = {
	REQ("id", 's'), REQ("name", 's'), REQ("amount", 'i'), OPT("quantity", 'i'), OPT("pages", 'i'),
	OPT("exempt", 's'), END
};

const struct kind_field kind_part_delivery[] = {
	REQ_OF("way", "counter|point|post|electronic"), OPT("point", 's'), OPT("name", 's'),
	OPT("phone", 's'), OPT("address", 's'), OPT("email", 's'), END
};

const struct kind_field kind_part_slip[] = {
	REQ("no", 'i'), REQ("hash", 'h'), REQ("typed_hash", 'h'), END
};

const struct kind_field kind_part_result[] = {
	REQ("kind", 's'), OPT("number", 's'), OPT("summary", 's'), OPT("issuer", 's'),
	OPT("signer", 's'), OPT("signer_title", 's'), OPT("signed_on", 's'), OPT("issued_on", 's'),
	OPT_IN("files", 'a', file_fields), END
};

const struct kind_field kind_part_receiver[] = {
	OPT("self", 'b'), OPT("name", 's'), OPT("number", 's'), OPT("phone", 's'),
	OPT("relation", 's'), OPT("authorisation", 's'), END
};

const struct kind_field kind_part_supplement[] = {
	OPT("component", 's'), REQ("name", 's'), OPT("content", 's'), OPT("originals", 'i'),
	OPT("certified", 'i'), OPT("copies", 'i'), END
};

const struct kind_field kind_part_original[] = {
	OPT("component", 's'), REQ("name", 's'), OPT("count", 'i'), END
};

const struct kind_field kind_part_receipt[] = {
	OPT("form", 's'), OPT("serial", 's'), REQ("number", 's'), OPT("book", 'e'), END
};

/* Who takes the money: a legal person of its own (in Hà Tĩnh's template: the province's post). */
const struct kind_field kind_part_collector[] = {
	OPT("id", 's'), REQ("name", 's'), OPT("tax_code", 's'), OPT("address", 's'), END
};

const struct kind_field kind_part_counter[] = {
	REQ("no", 'i'), OPT("name", 's'), OPT("serves", 's'), END
};

const struct kind_field kind_part_linked[] = {
	REQ("dossier", 'e'), OPT("code", 's'), OPT("procedure", 's'), OPT("unit", 's'), END
};

/* What an amendment may set: members of dossier.accepted, each replaced whole. */
const struct kind_field kind_part_amendable[] = {
	OPT_IN("applicant", 'o', kind_part_applicant), OPT_IN("submitter", 'o', kind_part_submitter),
	OPT_IN("persons", 'a', kind_part_person), OPT("content", 's'),
	OPT_IN("delivery", 'o', kind_part_delivery),
	OPT_OF("notify", "call|zalo|sms|email|none"), OPT("place", 's'), OPT("sets", 'i'),
	OPT("locality", 's'), OPT_OF("channel", "counter|post|outside"), OPT("postmarked_at", 'i'),
	OPT("tracking", 's'), END
};

const struct kind_field kind_common_fields[] = {
	OPT("batch", 'e'), OPT_P("note", 's'), END
};
