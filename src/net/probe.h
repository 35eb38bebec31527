/* Does anything listen on this machine? Asked before a client is set up for a
 * server that is usually not there. */
#ifndef FRIDAY_NET_PROBE_H
#define FRIDAY_NET_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cancel.h"

struct probe {
	unsigned port;
	bool v6;     /* ::1 instead of 127.0.0.1 */
	bool listens; /* the answer */
};

enum { PROBES_MAX = 16 };

/* Tries to connect to all ports at once, at most timeout_ms in all; n is at
 * most PROBES_MAX. Connections are closed at once. */
void probe_loopback(struct probe *probes, size_t n, int timeout_ms,
    struct cancel *cancel);

#endif
