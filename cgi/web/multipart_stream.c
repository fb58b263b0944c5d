/*
 * multipart_stream.c: a posted multipart form with files, straight into the spool. A file is handed
 * on only when the whole of its part has come and is on the disk.
 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "web/multipart.h"
#include "web/tus_spool.h"

#define CHUNK_BYTES 32768u
#define FIELD_MAX 65536u

struct stream {
	struct pool *pool;
	const char *dir;
	const struct multipart_sink *sink;
	int64_t max_bytes, size;
	const char *name;
	char *filename, *path;
	int fd;
	bool too_large;			/* some file was: read on for the fields after it */
	struct buf value;
};

static void drop_file(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
	/* Gone already where the sink adopted it. */
	if (stream->path != NULL)
		(void)unlink(stream->path);
	stream->path = NULL;
}

static enum rc begin(void *arg, const char *name, const char *filename)
{
	struct stream *stream = arg;

	if (!text_is_utf8(name, strlen(name)))
		return RC_INVALID;
	stream->name = name;
	stream->size = 0;
	stream->filename = NULL;
	buf_reset(&stream->value);
	if (filename == NULL)
		return RC_OK;
	stream->filename = multipart_clean_name(stream->pool, filename);
	return tus_spool_create(stream->pool, stream->dir, "part-", &stream->path, &stream->fd);
}

static enum rc data(void *arg, const char *bytes, size_t len)
{
	struct stream *stream = arg;

	stream->size += (int64_t)len;
	if (stream->filename != NULL && stream->size > stream->max_bytes) {
		stream->too_large = true;
		drop_file(stream);
		return RC_OK;
	}
	if (stream->filename != NULL)
		return file_write_all(stream->fd, bytes, len);
	if (stream->size > (int64_t)FIELD_MAX)
		return RC_TOO_LARGE;
	buf_add(&stream->value, bytes, len);
	return RC_OK;
}

/* As it was sent: who fills the page again must be able to show what is wrong with it. */
static enum rc end_field(struct stream *stream)
{
	char *value = pool_strndup(stream->pool,
			stream->value.data != NULL ? stream->value.data : "", stream->value.len);

	for (size_t i = 0; i < stream->value.len; i++) {
		if (value[i] == '\0')
			value[i] = '\1';
	}
	return stream->sink->field(stream->sink->arg, stream->name, value);
}

static enum rc end(void *arg)
{
	struct stream *stream = arg;
	enum rc rc = RC_OK;

	if (stream->filename == NULL)
		return end_field(stream);
	/* A file field that nobody filled comes without name and bytes. */
	if (stream->fd >= 0 && (stream->size > 0 || stream->filename[0] != '\0')) {
		file_sync_or_die(stream->fd, "upload");
		close(stream->fd);
		stream->fd = -1;
		rc = stream->sink->file(stream->sink->arg, stream->name, stream->filename,
				stream->path, stream->size);
	}
	drop_file(stream);
	return rc;
}

enum rc multipart_stream(struct web *web, struct request *request,
		const struct multipart_sink *sink)
{
	struct stream stream = {.pool = request->pool,
			.dir = web->settings->spool_dir,
			.sink = sink,
			.max_bytes = sink->max_file_bytes > 0 ? sink->max_file_bytes
							      : web->settings->upload_max_bytes,
			.fd = -1};
	struct multipart *multipart;
	char *bytes = pool_alloc(request->pool, CHUNK_BYTES);
	size_t len = 1;
	enum rc rc;

	rc = multipart_new(request->pool, request->content_type, &(struct multipart_events){ begin,
			data, end, &stream }, &multipart);
	while (rc == RC_OK && len > 0) {
		rc = request->read(request->read_arg, bytes, CHUNK_BYTES, &len);
		if (rc == RC_OK)
			rc = multipart_feed(multipart, bytes, len);
	}
	if (rc == RC_OK)
		rc = multipart_finish(multipart);
	if (rc == RC_OK && stream.too_large)
		rc = RC_TOO_LARGE;
	drop_file(&stream);
	buf_free(&stream.value);
	if (rc == RC_GONE)
		log_info("multipart body cut route=%s", request->route->name);
	return rc;
}
