/* A stream of the server: the parser of events, then the openai-chat decoder. */
#include "tests/fuzz/wire_stream.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_wire_stream(&wire_openai_chat, data, size);
	return 0;
}
