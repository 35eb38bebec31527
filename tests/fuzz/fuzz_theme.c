/* Theme files: read or refused with a line, and what is read can be shown with
 * any number of colours. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/theme.h"

static void
check_color(struct theme_color color, int colors)
{
	struct theme_color got = theme_reduce(color, colors);

	if ((got.kind == COLOR_INDEX && got.value >= 256) ||
	    (got.kind == COLOR_INDEX && colors < 256 &&
		got.value >= (uint32_t)colors) ||
	    (got.kind == COLOR_RGB && (colors <= 256 || got.value > 0xffffff)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int colors[] = { 2, 8, 16, 256, 1 << 24 };
	struct error err = ERROR_INIT;
	struct theme theme;
	int rc;

	memset(&theme, 0x5a, sizeof(theme));
	rc = theme_parse(str_make((const char *)data, size), &theme, &err);
	if (rc != 0) {
		if (err.message[0] == '\0' ||
		    (rc != -ERR_CONFIG_SYNTAX && rc != -ERR_CONFIG_INVALID))
			abort();
		return 0;
	}
	if (memchr(theme.name, '\0', sizeof(theme.name)) == NULL ||
	    memchr(theme.summary, '\0', sizeof(theme.summary)) == NULL)
		abort();
	for (size_t i = 0; i < ROLE_COUNT; i++)
		for (size_t k = 0; k < sizeof(colors) / sizeof(*colors); k++)
			check_color(theme.roles[i].color, colors[k]);
	return 0;
}
