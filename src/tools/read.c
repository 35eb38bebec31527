/* read: part of a file, with line numbers. What cannot be shown as text is
 * said in a sentence; what is shown changed (bytes that are not UTF-8, UTF-16,
 * CRLF, cut lines) is said too, because edits work on the bytes. */
#include "base/image.h"
#include "base/json.h"
#include "base/utf8.h"
#include "safety/scrubber.h"
#include "tools/text_lines.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/workspace.h"

enum {
	LINES_DEFAULT = 2000,
	LINE_SHOWN = 2000, /* bytes of a line */
	SNIFFED = 8192,	   /* bytes looked at for NULs */
};
#define TEXT_MAX (60 * KIB)
#define IMAGE_MAX (5 * MIB)

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\"},"
    "\"offset\":{\"type\":\"integer\",\"minimum\":1,\"description\":"
    "\"First line, from 1\"},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"description\":"
    "\"Lines; 2000\"}},"
    "\"required\":[\"path\"],\"additionalProperties\":false}";

static void
add_base64(struct str bytes, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i;
		uint32_t group = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
		char text[4];

		if (n > 1)
			group |= (uint32_t)(unsigned char)bytes.ptr[i + 1]
			    << 8;
		if (n > 2)
			group |= (unsigned char)bytes.ptr[i + 2];
		for (int j = 0; j < 4; j++)
			text[j] = digits[group >> (18 - 6 * j) & 63];
		if (n < 3)
			text[3] = '=';
		if (n < 2)
			text[2] = '=';
		buf_add(out, text, 4);
	}
}

/* UTF-16 with a byte order mark becomes UTF-8. False: it is not that. */
static bool
decode_utf16(struct str bytes, struct buf *out)
{
	bool big = str_starts(bytes, STR("\xfe\xff"));
	const unsigned char *p = (const unsigned char *)bytes.ptr;
	uint32_t high = 0;

	if (!big && !str_starts(bytes, STR("\xff\xfe")))
		return false;
	for (size_t i = 2; i + 1 < bytes.len; i += 2) {
		uint32_t unit = big ? (uint32_t)p[i] << 8 | p[i + 1] :
				      (uint32_t)p[i + 1] << 8 | p[i];
		char text[4];

		if (unit >= 0xd800 && unit < 0xdc00) {
			high = unit;
			continue;
		}
		if (high != 0 && unit >= 0xdc00 && unit < 0xe000)
			unit = 0x10000 + ((high - 0xd800) << 10) +
			    (unit - 0xdc00);
		high = 0;
		buf_add(out, text, utf8_encode(unit, text));
	}
	return true;
}

struct listing {
	struct str text;
	size_t first, limit; /* lines, from 1 */
	size_t shown, total;
	bool cut_lines, stopped, is_utf16;
};

static void
add_line(struct listing *l, size_t number, struct str line, struct buf *out)
{
	size_t len = line.len;

	if (len > LINE_SHOWN) {
		len = utf8_cut(line.ptr, line.len, LINE_SHOWN);
		l->cut_lines = true;
	}
	buf_printf(out, "%6zu\t", number);
	utf8_repair(str_sub(line, 0, len), out);
	if (len < line.len)
		buf_printf(out, " … (%zu bytes more)", line.len - len);
	buf_add_char(out, '\n');
}

static void
list_lines(struct listing *l, struct buf *out)
{
	CLEANUP_LINES struct text_lines lines;

	text_lines_init(&lines, l->text);
	l->total = lines.n;
	for (size_t i = l->first - 1; i < lines.n && l->shown < l->limit;
	    i++) {
		struct str line = text_lines_at(&lines, i);

		if (out->len > TEXT_MAX) {
			l->stopped = true;
			break;
		}
		if (i == 0 && str_starts(line, STR("\xef\xbb\xbf")))
			line = str_sub(line, 3, SIZE_MAX);
		add_line(l, i + 1, line, out);
		l->shown++;
	}
}

/* What the numbers and characters above do not show. */
static void
add_remarks(const struct listing *l, struct str bytes, struct buf *out)
{
	size_t crlf = str_find(bytes, STR("\r\n"), 0);
	size_t lf = str_find_char(bytes, '\n', 0);
	size_t last = l->first + l->shown - 1;

	if (last < l->total)
		buf_printf(out, "[lines %zu-%zu of %zu; go on with offset "
		    "%zu]\n", l->first, last, l->total, last + 1);
	if (l->cut_lines)
		buf_printf(out, "[lines over %d bytes are cut here; use grep "
		    "to look into them]\n", LINE_SHOWN);
	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		buf_add_cstr(out, "[begins with a byte order mark]\n");
	if (crlf != SIZE_MAX)
		buf_printf(out, "[%s line endings]\n",
		    lf < crlf ? "mixed LF and CRLF" : "CRLF");
	if (l->total > 0 && l->text.ptr[l->text.len - 1] != '\n' &&
	    last == l->total)
		buf_add_cstr(out, "[no newline at the end]\n");
	if (l->is_utf16)
		buf_add_cstr(out, "[UTF-16, shown as UTF-8; edit cannot "
		    "change it]\n");
	else if (!utf8_valid(bytes))
		buf_add_cstr(out, "[not valid UTF-8: other bytes are shown "
		    "as U+FFFD; edit keeps them]\n");
}

/* Secrets are looked for in the whole file, not in the part that is shown: a
 * part of a private key is hard to tell from other text. */
static int
hide_secrets(const struct tool_call *call, const char *path,
    struct listing *l, struct buf *clean, struct error *err)
{
	struct scrubber *s = workspace_scrubber(call->env->workspace);
	size_t count = 0;

	if (s == NULL)
		return 0;
	if (scrubber_clean(s, path, l->text, clean, &count) != 0)
		return buf_check(clean, err);
	if (count > 0)
		l->text = buf_str(clean);
	return 0;
}

static int
read_text(const struct tool_call *call, struct str bytes,
    const struct workspace_node *node, struct tool_result *result,
    struct error *err)
{
	CLEANUP_BUF struct buf decoded = BUF_INIT(2 * WORKSPACE_FILE_MAX);
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * WORKSPACE_FILE_MAX);
	struct listing l = { .text = bytes };
	int rc;

	l.first = (size_t)json_get_int(call->args, "offset", 1);
	l.limit = (size_t)json_get_int(call->args, "limit", LINES_DEFAULT);
	if (decode_utf16(bytes, &decoded))
		l.text = buf_str(&decoded);
	else if (memchr(bytes.ptr, '\0',
	    bytes.len < SNIFFED ? bytes.len : SNIFFED) != NULL)
		return error_set(err, ERR_TOOL_BINARY,
		    "%s is a binary file of %zu bytes: it cannot be shown as "
		    "text", node->display, bytes.len);
	l.is_utf16 = decoded.len > 0;
	rc = hide_secrets(call, node->path, &l, &clean, err);
	if (rc != 0)
		return rc;
	list_lines(&l, &result->text);
	if (l.total > 0 && l.first > l.total)
		return error_set(err, ERR_INVALID,
		    "%s has %zu lines; offset %zu is past the end",
		    node->display, l.total, l.first);
	add_remarks(&l, bytes, &result->text);
	return 0;
}

static int
read_image(const char *type, struct str bytes, const char *display,
    struct tool_result *result, struct error *err)
{
	struct image_size size;

	if (bytes.len > IMAGE_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "%s is an image of %zu bytes; %zu can be shown", display,
		    bytes.len, IMAGE_MAX);
	add_base64(bytes, tool_result_add_image(result, type));
	buf_printf(&result->text, "%s: an image (%s, ", display, type);
	if (image_size(bytes, &size))
		buf_printf(&result->text, "%lldx%lld pixels, ",
		    (long long)size.width, (long long)size.height);
	buf_printf(&result->text, "%zu bytes).\n", bytes.len);
	return 0;
}

static int
read_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct workspace *w = call->env->workspace;
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	CLEANUP_BUF struct buf content = BUF_INIT(WORKSPACE_FILE_MAX);
	struct str path = json_get_str(call->args, "path"), bytes;
	const char *type;
	int rc;

	rc = workspace_read(w, path, &content, &node, err);
	if (rc == -ERR_TOO_LARGE)
		return error_set(err, ERR_TOO_LARGE,
		    "%s has %lld bytes, too many to be read: use grep, or the "
		    "shell (sed -n 1,100p)", node.display,
		    (long long)node.st.st_size);
	if (rc == -ERR_INVALID && node.exists && S_ISDIR(node.st.st_mode))
		return error_set(err, ERR_INVALID,
		    "%s is a folder: use list", node.display);
	if (rc != 0)
		return rc;
	bytes = buf_str(&content);
	if (bytes.len == 0)
		buf_printf(&result->text, "%s is empty.\n", node.display);
	else if ((type = image_type(bytes)) != NULL)
		rc = read_image(type, bytes, node.display, result, err);
	else
		rc = read_text(call, bytes, &node, result, err);
	if (rc == 0 && node.root != SIZE_MAX)
		workspace_stamp(w, &node, bytes);
	return rc;
}

static int
read_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	int rc;

	rc = workspace_locate(call->env->workspace,
	    json_get_str(call->args, "path"), WORKSPACE_READ, &node, err);
	if (rc != 0)
		return rc;
	buf_add_cstr(&ret->subject, node.display);
	buf_printf(&ret->summary, "read %s", node.display);
	return 0;
}

const struct tool tool_read = {
	.name = "read",
	.summary = "Read part of a file",
	.description = "Reads a file with line numbers (number, tab, line), "
	    "at most 2000 lines from `offset`; images are shown. Not for "
	    "folders (list) or for finding text in many files (grep).",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 64 * KIB,
	.timeout_ms = 10 * 1000,
	.preview = read_preview,
	.run = read_run,
};
