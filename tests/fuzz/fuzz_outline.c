/* Parsing, outlines and references of any text in any language: the first byte
 * chooses the language. Without grammars there is nothing to do. */
#include <stdint.h>

#include "syntax/references.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct syntax_errors errors;
	const struct language *language;
	struct syntax_tree *tree = NULL;
	struct references r;
	struct outline o;
	struct str text;

	if (size == 0)
		return 0;
	language = language_at(data[0] % language_count());
	text = str_make((const char *)data + 1, size - 1);
	if (syntax_parse(language, text, NULL, &tree, NULL) == 0 &&
	    outline_read(language, tree, NULL, &o, NULL) == 0) {
		if (references_read(language, tree, &o, NULL, &r, NULL) == 0)
			references_release(&r);
		outline_release(&o);
	}
	syntax_tree_destroy(tree);
	syntax_new_errors(language, str_sub(text, 0, text.len / 2), text, NULL,
	    &errors, NULL);
	return 0;
}
