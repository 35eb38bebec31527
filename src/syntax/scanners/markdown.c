/* The outer scanner of the Markdown grammar, as its package has it, with a
 * ceiling on the depth of its blocks: it copies all of them into the buffer
 * that tree-sitter gives it, and a line of 300 ">" writes behind that.
 *
 * Compiled into grammars/markdown.so, not into friday. */
#define tree_sitter_markdown_external_scanner_scan package_scan
#define tree_sitter_markdown_external_scanner_serialize package_serialize
#include "scanner.c"
#undef tree_sitter_markdown_external_scanner_scan
#undef tree_sitter_markdown_external_scanner_serialize

/* 4 bytes each, behind 5, in 1024. A call opens a few at most. */
enum { OPEN_MAX = 200, KEPT_MAX = 250 };

bool
tree_sitter_markdown_external_scanner_scan(void *payload, TSLexer *lexer,
    const bool *valid_symbols)
{
	const Scanner *scanner = payload;

	return scanner->open_blocks.size <= OPEN_MAX &&
	    package_scan(payload, lexer, valid_symbols);
}

/* Nothing kept is a state too: outside of all blocks. */
unsigned
tree_sitter_markdown_external_scanner_serialize(void *payload, char *buffer)
{
	const Scanner *scanner = payload;

	return scanner->open_blocks.size > KEPT_MAX ? 0 :
	    package_serialize(payload, buffer);
}
