/* A stream of the server through the parser of events and its decoder. */
#include "tests/fuzz/wire_stream.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_wire_stream(&wire_openai_chat, data, size);
	return 0;
}
