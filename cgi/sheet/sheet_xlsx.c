/*
 * sheet_xlsx.c: the first visible sheet of an XLSX: the parts in the zip, each parsed as it unpacks.
 * The cells themselves: sheet_cells.c. Every part is bounded by what is left of SHEET_UNPACKED_BYTES.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "sheet/sheet_xlsx.h"

#define PARTS 4000		/* files in a zip */

void xlsx_stop(struct xlsx *xlsx, enum sheet_exit status)
{
	if (xlsx->status == SHEET_EXIT_OK)
		xlsx->status = status;
	(void)XML_StopParser(xlsx->parser, XML_FALSE);
}

const char *xlsx_local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *local)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2)
		if (strcmp(xlsx_local(attributes[i]), local) == 0)
			return attributes[i + 1];
	return NULL;
}

/* A document type may define entities that grow: no spreadsheet has one. */
static void on_doctype(void *arg, const char *name, const char *system, const char *public_id, int subset)
{
	(void)name;
	(void)system;
	(void)public_id;
	(void)subset;
	xlsx_stop(arg, SHEET_EXIT_BAD);
}

static enum sheet_exit parse(struct xlsx *xlsx, const char *part, XML_StartElementHandler start,
		XML_EndElementHandler end, XML_CharacterDataHandler text)
{
	char block[16384];
	zip_int64_t got;
	zip_file_t *file = zip_fopen(xlsx->zip, part, 0);

	xlsx->status = SHEET_EXIT_OK;
	if (file == NULL)
		return SHEET_EXIT_BAD;
	xlsx->parser = XML_ParserCreate(NULL);
	if (xlsx->parser == NULL)
		abort();
	XML_SetUserData(xlsx->parser, xlsx);
	XML_SetElementHandler(xlsx->parser, start, end);
	XML_SetCharacterDataHandler(xlsx->parser, text);
	XML_SetStartDoctypeDeclHandler(xlsx->parser, on_doctype);
	do {
		got = zip_fread(file, block, sizeof(block));
		if (got < 0) {
			xlsx->status = SHEET_EXIT_BAD;
			break;
		}
		if ((size_t)got > xlsx->left) {
			xlsx->status = SHEET_EXIT_SIZE;
			break;
		}
		xlsx->left -= (size_t)got;
		if (XML_Parse(xlsx->parser, block, (int)got, got == 0) != XML_STATUS_OK &&
				xlsx->status == SHEET_EXIT_OK)
			xlsx->status = SHEET_EXIT_BAD;
	} while (got > 0 && xlsx->status == SHEET_EXIT_OK);
	XML_ParserFree(xlsx->parser);
	xlsx->parser = NULL;
	(void)zip_fclose(file);
	return xlsx->status;
}

static void on_relation(void *arg, const char *name, const char **attributes)
{
	struct xlsx *xlsx = arg;
	const char *target = xlsx_attribute(attributes, "Target");
	const char *id = xlsx_attribute(attributes, "Id");
	const char *type = xlsx_attribute(attributes, "Type");

	if (strcmp(xlsx_local(name), "Relationship") != 0 || target == NULL || id == NULL || type == NULL)
		return;
	type = strrchr(type, '/') != NULL ? strrchr(type, '/') + 1 : type;
	if (strcmp(type, xlsx->wanted_type) != 0 ||
			(xlsx->wanted_id[0] != '\0' && strcmp(id, xlsx->wanted_id) != 0) ||
			xlsx->target[0] != '\0' || strlen(target) >= sizeof(xlsx->target) - sizeof(xlsx->folder))
		return;
	if (*target == '/')
		(void)snprintf(xlsx->target, sizeof(xlsx->target), "%s", target + 1);
	else
		(void)snprintf(xlsx->target, sizeof(xlsx->target), "%s%s", xlsx->folder, target);
}

/* The part that a relation of this type (and id, unless "") points to; false: none. */
static bool find_target(struct xlsx *xlsx, const char *relations, const char *type, const char *id,
		char *out, size_t size)
{
	xlsx->wanted_type = type;
	(void)snprintf(xlsx->wanted_id, sizeof(xlsx->wanted_id), "%s", id);
	xlsx->target[0] = '\0';
	if (parse(xlsx, relations, on_relation, NULL, NULL) != SHEET_EXIT_OK || xlsx->target[0] == '\0')
		return false;
	(void)snprintf(out, size, "%.*s", (int)size - 1, xlsx->target);
	return true;
}

static void on_workbook(void *arg, const char *name, const char **attributes)
{
	struct xlsx *xlsx = arg;
	const char *value;

	name = xlsx_local(name);
	if (strcmp(name, "workbookPr") == 0) {
		value = xlsx_attribute(attributes, "date1904");
		xlsx->from_1904 = value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
	}
	if (strcmp(name, "sheet") != 0 || xlsx->sheet_id[0] != '\0')
		return;
	value = xlsx_attribute(attributes, "state");
	if (value != NULL && strcmp(value, "visible") != 0)
		return;
	/* "r:id", whatever the prefix: "sheetId" is another thing. */
	value = xlsx_attribute(attributes, "id");
	if (value != NULL && strlen(value) < sizeof(xlsx->sheet_id))
		(void)snprintf(xlsx->sheet_id, sizeof(xlsx->sheet_id), "%s", value);
}

/* "xl/workbook.xml" → folder "xl/", relations "xl/_rels/workbook.xml.rels". */
static void split_part(struct xlsx *xlsx, const char *part, char *relations, size_t size)
{
	const char *slash = strrchr(part, '/');
	size_t folder = slash != NULL ? (size_t)(slash - part) + 1 : 0;

	if (folder >= sizeof(xlsx->folder))
		folder = 0;
	(void)snprintf(xlsx->folder, sizeof(xlsx->folder), "%.*s", (int)folder, part);
	(void)snprintf(relations, size, "%s_rels/%s.rels", xlsx->folder, part + folder);
}

static enum sheet_exit read_parts(struct xlsx *xlsx)
{
	char workbook[256], relations[400], part[256];
	enum sheet_exit status;

	if (!find_target(xlsx, "_rels/.rels", "officeDocument", "", workbook, sizeof(workbook)))
		return xlsx->status != SHEET_EXIT_OK ? xlsx->status : SHEET_EXIT_BAD;
	split_part(xlsx, workbook, relations, sizeof(relations));
	status = parse(xlsx, workbook, on_workbook, NULL, NULL);
	if (status != SHEET_EXIT_OK || xlsx->sheet_id[0] == '\0')
		return status != SHEET_EXIT_OK ? status : SHEET_EXIT_BAD;
	if (find_target(xlsx, relations, "styles", "", part, sizeof(part)))
		status = parse(xlsx, part, cells_on_style, NULL, NULL);
	if (status == SHEET_EXIT_OK && find_target(xlsx, relations, "sharedStrings", "", part, sizeof(part)))
		status = parse(xlsx, part, cells_on_string, cells_on_string_end, cells_on_text);
	if (status != SHEET_EXIT_OK)
		return status;
	if (!find_target(xlsx, relations, "worksheet", xlsx->sheet_id, part, sizeof(part)))
		return SHEET_EXIT_BAD;
	return parse(xlsx, part, cells_on_start, cells_on_end, cells_on_text);
}

static enum sheet_exit check_zip(zip_t *zip)
{
	zip_int64_t count = zip_get_num_entries(zip, 0);
	zip_stat_t info;

	if (count < 1 || count > PARTS)
		return SHEET_EXIT_BAD;
	for (zip_uint64_t i = 0; i < (zip_uint64_t)count; i++) {
		if (zip_stat_index(zip, i, 0, &info) != 0)
			return SHEET_EXIT_BAD;
		if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE)
			return SHEET_EXIT_LOCKED;
	}
	return SHEET_EXIT_OK;
}

enum sheet_exit sheet_xlsx_read(const char *bytes, size_t len, struct sheet_out *out)
{
	struct xlsx *xlsx = calloc(1, sizeof(*xlsx));
	enum sheet_exit status = SHEET_EXIT_BAD;
	zip_source_t *source;
	zip_error_t error;

	if (xlsx == NULL)
		abort();
	xlsx->out = out;
	xlsx->left = SHEET_UNPACKED_BYTES;
	zip_error_init(&error);
	source = zip_source_buffer_create(bytes, len, 0, &error);
	if (source == NULL)
		goto out;
	xlsx->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
	if (xlsx->zip == NULL) {
		zip_source_free(source);
		goto out;
	}
	status = check_zip(xlsx->zip);
	if (status == SHEET_EXIT_OK)
		status = read_parts(xlsx);
	zip_discard(xlsx->zip);
out:
	zip_error_fini(&error);
	buf_free(&xlsx->text);
	buf_free(&xlsx->strings);
	free(xlsx->string_at);
	free(xlsx->custom);
	free(xlsx->styles);
	free(xlsx);
	return status;
}

enum sheet_exit sheet_read(const char *bytes, size_t len, struct sheet_out *out)
{
	static const char compound[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

	if (len >= 8 && memcmp(bytes, compound, 8) == 0)	/* .xls, or an XLSX under a password */
		return SHEET_EXIT_LOCKED;
	if (len >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0)
		return sheet_xlsx_read(bytes, len, out);
	return sheet_csv_read(bytes, len, out);
}
