/* The registry of tools and the life of results and previews. */
#include "tools/tool.h"

#include "base/map.h"
#include "base/mem.h"

/* More than any output_max: tool_run cuts what goes to a model, and keeps the
 * whole in a file. */
#define RESULT_BYTES_MAX (16 * MIB)
#define IMAGE_BYTES_MAX (16 * MIB)

struct tool_registry {
	struct map *by_name;
	const struct tool **tools;
	size_t n_tools;
};

void
tool_result_init(struct tool_result *r)
{
	*r = (struct tool_result){ .text = BUF_INIT(RESULT_BYTES_MAX),
		.diff = BUF_INIT(RESULT_BYTES_MAX) };
}

void
tool_result_release(struct tool_result *r)
{
	for (size_t i = 0; i < r->n_files; i++)
		free(r->files[i]);
	free(r->files);
	for (size_t i = 0; i < r->n_images; i++) {
		free(r->images[i].media_type);
		buf_release(&r->images[i].data);
	}
	free(r->images);
	buf_release(&r->text);
	buf_release(&r->diff);
	tool_result_init(r);
}

void
tool_result_add_file(struct tool_result *r, const char *path)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (strcmp(r->files[i], path) == 0)
			return;
	r->files = mem_resize(r->files, r->n_files + 1, sizeof(*r->files));
	r->files[r->n_files++] = mem_strdup(path);
}

struct buf *
tool_result_add_image(struct tool_result *r, const char *media_type)
{
	struct tool_image *image;

	r->images = mem_resize(r->images, r->n_images + 1, sizeof(*r->images));
	image = &r->images[r->n_images++];
	image->media_type = mem_strdup(media_type);
	image->data = BUF_INIT(IMAGE_BYTES_MAX);
	return &image->data;
}

void
tool_preview_init(struct tool_preview *p)
{
	*p = (struct tool_preview){ .subject = BUF_INIT(64 * KIB),
		.summary = BUF_INIT(4 * KIB), .diff = BUF_INIT(4 * MIB) };
}

void
tool_preview_release(struct tool_preview *p)
{
	shell_judgement_release(&p->judged);
	buf_release(&p->subject);
	buf_release(&p->summary);
	buf_release(&p->diff);
}

struct tool_registry *
tool_registry_create(void)
{
	struct tool_registry *r = mem_new(struct tool_registry);

	r->by_name = map_create(NULL);
	for (size_t i = 0; tool_table[i] != NULL; i++)
		tool_registry_add(r, tool_table[i], NULL);
	return r;
}

void
tool_registry_destroy(struct tool_registry *r)
{
	if (r == NULL)
		return;
	map_destroy(r->by_name);
	free(r->tools);
	free(r);
}

int
tool_registry_add(struct tool_registry *r, const struct tool *tool,
    struct error *err)
{
	struct str name = str_from(tool->name);

	if (map_has(r->by_name, name))
		return error_set(err, ERR_EXISTS,
		    "there is a tool \"%s\" already", tool->name);
	map_set(r->by_name, name, (void *)(uintptr_t)tool);
	r->tools = mem_resize(r->tools, r->n_tools + 1, sizeof(*r->tools));
	r->tools[r->n_tools++] = tool;
	return 0;
}

const struct tool *
tool_registry_find(const struct tool_registry *r, struct str name)
{
	return map_get(r->by_name, name);
}

size_t
tool_registry_count(const struct tool_registry *r)
{
	return r->n_tools;
}

const struct tool *
tool_registry_at(const struct tool_registry *r, size_t i)
{
	return i < r->n_tools ? r->tools[i] : NULL;
}
