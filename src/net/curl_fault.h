/* What curl's results mean, in our codes and in plain words. For net's own
 * files only. */
#ifndef FRIDAY_NET_CURL_FAULT_H
#define FRIDAY_NET_CURL_FAULT_H

#include <curl/curl.h>

#include "base/error.h"
#include "net/url.h"

/* Always returns an error: what `code` means for a request to `url`; curl's own
 * words become the details. */
int curl_fault(CURLcode code, const struct url *url, const char *details,
    struct error *err);

#endif
