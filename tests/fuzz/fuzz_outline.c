/* Parsing and outlines of any text in any language: the first byte chooses the
 * language. Without grammars there is nothing to do. */
#include <stdint.h>

#include "syntax/outline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct syntax_errors errors;
	const struct language *language;
	struct outline o;
	struct str text;

	if (size == 0)
		return 0;
	language = language_at(data[0] % language_count());
	text = str_make((const char *)data + 1, size - 1);
	if (outline_make(language, text, NULL, &o, NULL) == 0)
		outline_release(&o);
	syntax_new_errors(language, str_sub(text, 0, text.len / 2), text, NULL,
	    &errors, NULL);
	return 0;
}
