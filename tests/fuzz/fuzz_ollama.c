/* A server's stream, line by line, through the ollama decoder. */
#include "tests/fuzz/wire_stream.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_wire_stream(&wire_ollama, data, size);
	return 0;
}
