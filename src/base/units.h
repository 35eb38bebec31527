/* Byte units and the array-length macro, so that limits read as they are
 * meant: 64 * KIB. */
#ifndef FRIDAY_BASE_UNITS_H
#define FRIDAY_BASE_UNITS_H

#include <stddef.h>

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
