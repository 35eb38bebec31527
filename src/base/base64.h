/* Base 64 (RFC 4648, with padding), for images and saved attachments. */
#ifndef FRIDAY_BASE_BASE64_H
#define FRIDAY_BASE_BASE64_H

#include "base/buf.h"

int base64_encode(struct str bytes, struct buf *out);
/* Errors: ERR_INVALID. */
int base64_decode(struct str text, struct buf *out, struct error *err);

#endif
