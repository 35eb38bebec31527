/* What curl's results mean; see curl_fault.h. */
#include "net/curl_fault.h"

/* The words get the host's name and port. */
static const struct failure {
	CURLcode curl;
	enum error_code code;
	const char *words;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_NET_RESOLVE,
	    "the host name %s cannot be resolved" },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERR_NET_PROXY,
	    "the proxy for %s cannot be resolved" },
	{ CURLE_PROXY, ERR_NET_PROXY, "the proxy refuses to reach %s" },
	{ CURLE_COULDNT_CONNECT, ERR_NET_CONNECT, "no connection to %s" },
	{ CURLE_INTERFACE_FAILED, ERR_NET_CONNECT, "no connection to %s" },
	{ CURLE_OPERATION_TIMEDOUT, ERR_NET_TIMEOUT,
	    "%s did not accept a connection in time" },
	{ CURLE_SSL_CONNECT_ERROR, ERR_NET_TLS,
	    "no secure connection to %s could be made" },
	{ CURLE_PEER_FAILED_VERIFICATION, ERR_NET_TLS,
	    "the certificate of %s is not trusted" },
	{ CURLE_SSL_CACERT_BADFILE, ERR_NET_TLS,
	    "the file with trusted certificates cannot be read (for %s)" },
	{ CURLE_SSL_CERTPROBLEM, ERR_NET_TLS,
	    "there is a problem with a certificate for %s" },
	{ CURLE_SSL_CIPHER, ERR_NET_TLS, "%s offers no known cipher" },
	{ CURLE_SSL_ISSUER_ERROR, ERR_NET_TLS,
	    "the certificate of %s has an unknown issuer" },
	{ CURLE_SSL_INVALIDCERTSTATUS, ERR_NET_TLS,
	    "the certificate of %s is not valid" },
	{ CURLE_GOT_NOTHING, ERR_NET_DROPPED,
	    "%s closed the connection without an answer" },
	{ CURLE_SEND_ERROR, ERR_NET_DROPPED,
	    "the connection to %s was lost while sending" },
	{ CURLE_RECV_ERROR, ERR_NET_DROPPED,
	    "the connection to %s was lost" },
	{ CURLE_PARTIAL_FILE, ERR_NET_DROPPED,
	    "%s closed the connection in the middle of its answer" },
	{ CURLE_HTTP2, ERR_NET_DROPPED, "%s broke off the connection" },
	{ CURLE_HTTP2_STREAM, ERR_NET_DROPPED, "%s broke off its answer" },
	{ CURLE_OUT_OF_MEMORY, ERR_NO_MEMORY,
	    "no memory for the answer of %s" },
	{ CURLE_BAD_CONTENT_ENCODING, ERR_PROTOCOL,
	    "the answer of %s is compressed in a way that makes no sense" },
	{ CURLE_WEIRD_SERVER_REPLY, ERR_PROTOCOL,
	    "what %s answers is not HTTP" },
	{ CURLE_UNSUPPORTED_PROTOCOL, ERR_PROTOCOL,
	    "what %s answers is not HTTP" },
};

int
curl_fault(CURLcode code, const struct url *url, const char *details,
    struct error *err)
{
	enum error_code ours = ERR_PROTOCOL;
	const char *format = "the request to %s failed";
	char host[200], words[400];
	int rc;

	snprintf(host, sizeof(host), "%.150s:%u", url->host, url->port);
	for (size_t i = 0; i < ARRAY_LEN(failures); i++)
		if (failures[i].curl == code) {
			ours = failures[i].code;
			format = failures[i].words;
		}
	snprintf(words, sizeof(words), format, host);
	rc = error_set(err, ours, "%s", words);
	error_detail(err, "%s", details);
	return rc;
}
