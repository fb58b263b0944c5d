/*
 * admin_import_file.c: see admin_import_file.h. The file never lies on a disk: the body is in memory,
 * and tram-sheet reads it from there.
 */
#define _GNU_SOURCE /* memfd_create */
#include "admin/admin_import_file.h"

#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "web/multipart.h"
#include "web/sheet.h"

#define ROWS_MAX 200
#define CELLS_MAX 12

struct part {
	bool ours;
	struct buf bytes;
};

static enum rc begin(void *arg, const char *name, const char *filename)
{
	struct part *part = arg;

	part->ours = filename != NULL && strcmp(name, "file") == 0 && part->bytes.len == 0;
	return RC_OK;
}

static enum rc data(void *arg, const char *bytes, size_t len)
{
	struct part *part = arg;

	if (part->ours)
		buf_add(&part->bytes, bytes, len);
	return RC_OK;
}

static enum rc end(void *arg)
{
	((struct part *)arg)->ours = false;
	return RC_OK;
}

static enum rc take_row(void *arg, size_t row, char **cells, size_t count)
{
	struct buf *lines = arg;

	if (row > ROWS_MAX)
		return RC_TOO_LARGE;
	for (size_t i = 0; i < count && i < CELLS_MAX; i++) {
		if (i > 0)
			buf_char(lines, '\t');
		/* A cell of several lines is one cell of the list. */
		for (const char *at = cells[i]; *at != '\0'; at++)
			buf_char(lines, strchr("\t\r\n", *at) != NULL ? ' ' : *at);
	}
	buf_char(lines, '\n');
	return RC_OK;
}

static enum rc read_sheet(struct pool *pool, const struct buf *bytes, char **lines, const char **fault)
{
	struct buf text = {0};
	int fd = memfd_create("list", MFD_CLOEXEC);
	enum rc rc = RC_IO;

	if (fd < 0 || write(fd, bytes->data, bytes->len) != (ssize_t)bytes->len ||
			lseek(fd, 0, SEEK_SET) != 0)
		log_error("account list: no memory for the file");
	else
		rc = sheet_import_fd(pool, fd, take_row, &text, fault);
	/* More rows than an import takes: what is read is enough to say so. */
	if (rc == RC_TOO_LARGE)
		rc = RC_OK;
	if (rc == RC_OK)
		*lines = pool_strndup(pool, text.data != NULL ? text.data : "", text.len);
	buf_free(&text);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

enum rc admin_import_file(struct request *request, char **lines, const char **fault)
{
	struct part part = {0};
	struct multipart *multipart;
	enum rc rc = RC_OK;

	*lines = NULL;
	*fault = "";
	if (strncasecmp(request->content_type, "multipart/form-data", 19) != 0)
		return RC_OK;
	rc = multipart_new(request->pool, request->content_type,
			&(struct multipart_events){begin, data, end, &part}, &multipart);
	if (rc == RC_OK)
		rc = multipart_feed(multipart, request->body, request->body_len);
	if (rc == RC_OK && part.bytes.len > 0)
		rc = read_sheet(request->pool, &part.bytes, lines, fault);
	buf_free(&part.bytes);
	return rc;
}
