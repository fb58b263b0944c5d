/*
 * assets.c: static files get their content's hash into their name, so that browsers may keep them
 * for ever (UI.md 8). Only files directly in www/static are served.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed.h"

struct asset { const char *name, *address; };

static struct asset *assets;
static size_t asset_count;

static uint32_t content_hash(const char *bytes, size_t len)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return (uint32_t)(hash ^ (hash >> 32));
}

static bool wanted(const char *file)
{
	for (size_t i = 0; i < asset_count; i++) {
		if (strcmp(assets[i].address + strlen("/tinh/"), file) == 0)
			return true;
	}
	return false;
}

void assets_read(const char *root, const char *out_dir)
{
	char *dir = join(root, "/www/static"), *static_dir = join(out_dir, "/static/");
	struct names files = list_files(dir);

	for (size_t i = 0; i < files.count; i++) {
		const char *name = files.at[i], *dot = strrchr(name, '.');
		struct out address = { 0 };
		size_t len = 0;
		char *bytes = slurp(join(join(dir, "/"), name), &len);

		if (strchr(name, '/') != NULL || dot == NULL || bytes == NULL) {
			fault(join(join(dir, "/"), name), 0,
					"a static file is NAME.EXT directly in www/static");
			continue;
		}
		out_text(&address, "/tinh/");
		out_add(&address, name, (size_t)(dot - name));
		out_printf(&address, ".%08x%s", content_hash(bytes, len), dot);
		put(join(static_dir, address.data + strlen("/tinh/")), bytes, len);
		assets = grow(assets, (asset_count + 1) * sizeof *assets);
		assets[asset_count++] = (struct asset){ name, address.data };
	}
	files = list_files(static_dir);
	for (size_t i = 0; i < files.count; i++) {
		if (!wanted(files.at[i]))
			remove(join(static_dir, files.at[i]));
	}
}

const char *assets_find(const char *name)
{
	for (size_t i = 0; i < asset_count; i++) {
		if (strcmp(assets[i].name, name) == 0)
			return assets[i].address;
	}
	return NULL;
}

void assets_write(struct out *out)
{
	out_text(out, "const struct pages_pair pages_assets[] = {\n");
	for (size_t i = 0; i < asset_count; i++) {
		size_t name = words_add(assets[i].name, strlen(assets[i].name));

		out_printf(out, "\t{ %zu, %zu },\n", name,
				words_add(assets[i].address, strlen(assets[i].address)));
	}
	out_printf(out, "\t{ 0 }\n};\nconst size_t pages_asset_count = %zu;\n\n", asset_count);
}
