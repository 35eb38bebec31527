/* One client of the proxy, from its request to the end of the connection. */
#ifndef FRIDAY_NET_PROXY_LINK_H
#define FRIDAY_NET_PROXY_LINK_H

#include "net/proxy.h"

/* Serves the client; `stop` becomes readable when all shall end. Blocks. */
void proxy_link_serve(const struct proxy_opts *opts, int client, int stop);

#endif
