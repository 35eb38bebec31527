/* The outer scanner of the Bash grammar, as its package has it, with a right
 * count of what it keeps: it takes a here document for four bytes shorter than
 * it writes it, and keeps their number in one byte.
 *
 * Compiled into grammars/bash.so, not into friday. */
#define tree_sitter_bash_external_scanner_serialize package_serialize
#include "scanner.c"
#undef tree_sitter_bash_external_scanner_serialize

enum { DOCUMENTS_MAX = 120 };

/* Nothing kept is a state too: outside of all documents. */
unsigned
tree_sitter_bash_external_scanner_serialize(void *payload, char *buffer)
{
	const Scanner *scanner = payload;
	size_t bytes = 4;

	if (scanner->heredocs.size > DOCUMENTS_MAX)
		return 0;
	for (uint32_t i = 0; i < scanner->heredocs.size; i++)
		bytes += 7 +
		    (size_t)scanner->heredocs.contents[i].delimiter.size;
	return bytes > TREE_SITTER_SERIALIZATION_BUFFER_SIZE ? 0 :
	    package_serialize(payload, buffer);
}
