/* The outer scanner of the Kotlin grammar, as its package has it, with a
 * ceiling on the strings that are open in each other: at 1024 it ends the
 * process.
 *
 * Compiled into grammars/kotlin.so, not into friday. */
#define tree_sitter_kotlin_external_scanner_scan package_scan
#include "scanner.c"
#undef tree_sitter_kotlin_external_scanner_scan

enum { OPEN_MAX = 1000 };

bool
tree_sitter_kotlin_external_scanner_scan(void *payload, TSLexer *lexer,
    const bool *valid_symbols)
{
	const Stack *stack = payload;

	return stack->size <= OPEN_MAX &&
	    package_scan(payload, lexer, valid_symbols);
}
