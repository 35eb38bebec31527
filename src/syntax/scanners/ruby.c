/* The outer scanner of the Ruby grammar, as its package has it, with a ceiling
 * on the names of here documents: it keeps their length in one byte, and ends
 * the process when that was not enough.
 *
 * Compiled into grammars/ruby.so, not into friday. */
#define tree_sitter_ruby_external_scanner_serialize package_serialize
#include "scanner.c"
#undef tree_sitter_ruby_external_scanner_serialize

enum { WORD_MAX = 120, DOCUMENTS_MAX = 120 };

/* Nothing kept is a state too: outside of all literals. */
unsigned
tree_sitter_ruby_external_scanner_serialize(void *payload, char *buffer)
{
	const Scanner *scanner = payload;
	size_t bytes = 2 + 5 * (size_t)scanner->literal_stack.size;

	if (scanner->literal_stack.size > DOCUMENTS_MAX ||
	    scanner->open_heredocs.size > DOCUMENTS_MAX)
		return 0;
	for (uint32_t i = 0; i < scanner->open_heredocs.size; i++) {
		if (scanner->open_heredocs.contents[i].word.size > WORD_MAX)
			return 0;
		bytes += 4 + scanner->open_heredocs.contents[i].word.size;
	}
	return bytes > TREE_SITTER_SERIALIZATION_BUFFER_SIZE ? 0 :
	    package_serialize(payload, buffer);
}
