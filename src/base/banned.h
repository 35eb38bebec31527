/* Functions that invite overflow, hidden state or unchecked input do not
 * compile. Included before every source file by the build (-include). The
 * system headers come first, so that their own declarations still parse. */
#ifndef FRIDAY_BASE_BANNED_H
#define FRIDAY_BASE_BANNED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FRIDAY_BANNED(f) use_of_banned_function_##f
#undef strcpy
#define strcpy(...) FRIDAY_BANNED(strcpy)
#undef strcat
#define strcat(...) FRIDAY_BANNED(strcat)
#undef strncpy
#define strncpy(...) FRIDAY_BANNED(strncpy)
#undef strncat
#define strncat(...) FRIDAY_BANNED(strncat)
#undef sprintf
#define sprintf(...) FRIDAY_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) FRIDAY_BANNED(vsprintf)
#undef strtok
#define strtok(...) FRIDAY_BANNED(strtok)
#undef atoi
#define atoi(...) FRIDAY_BANNED(atoi)
#undef atol
#define atol(...) FRIDAY_BANNED(atol)
#undef atof
#define atof(...) FRIDAY_BANNED(atof)
#undef gmtime
#define gmtime(...) FRIDAY_BANNED(gmtime)
#undef localtime
#define localtime(...) FRIDAY_BANNED(localtime)
#undef ctime
#define ctime(...) FRIDAY_BANNED(ctime)
#undef asctime
#define asctime(...) FRIDAY_BANNED(asctime)
#undef alloca
#define alloca(...) FRIDAY_BANNED(alloca)

#endif
