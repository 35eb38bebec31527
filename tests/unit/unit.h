/* What every unit test includes: cmocka and its prerequisites. */
#ifndef FRIDAY_TESTS_UNIT_H
#define FRIDAY_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

/* Fails with the error's own words. */
#define assert_ok(call)                                                       \
	do {                                                                  \
		int rc_ = (call);                                             \
		if (rc_ != 0)                                                 \
			fail_msg("%s: %s: %s", #call,                         \
			    error_name((enum error_code)-rc_), err.message);  \
	} while (0)
#define assert_error(call, wanted)                                            \
	do {                                                                  \
		int rc_ = (call);                                             \
		if (rc_ != -(int)(wanted))                                    \
			fail_msg("%s: got %s, wanted %s", #call,              \
			    rc_ == 0 ? "success" :                            \
				       error_name((enum error_code)-rc_),     \
			    error_name(wanted));                              \
	} while (0)

#endif
