#include "args/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "args/interfaces.h"
#include "args/options.h"
#include "args/service.h"
#include "args/suggest_endpoint.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOST_CHARACTERS LETTERS "0123456789-_.%"

bool endpoint_parse_port(const char *text, uint16_t *out) {
    unsigned long port;
    char *end;

    if (text[0] < '0' || text[0] > '9' || strlen(text) > 5)
        return false;
    port = strtoul(text, &end, 10);
    if (*end != '\0' || port > 65535)
        return false;
    *out = (uint16_t)port;
    return true;
}

bool endpoint_is_port(const char *text) {
    uint16_t port;

    return text != NULL && endpoint_parse_port(text, &port);
}

/* Bytes of other alphabets are left to the lookup. */
bool endpoint_is_host(const char *text) {
    for (const char *byte = text; *byte != '\0'; byte++) {
        if ((*byte & 0x80) == 0 && strchr(HOST_CHARACTERS, *byte) == NULL)
            return false;
    }
    return text[0] != '\0';
}

bool endpoint_is_group(const char *text) {
    dgram_address address;

    if (dgram_address_parse(text, 0, &address) < 0)
        return false;
    return address.any.sa_family == AF_INET6
               ? IN6_IS_ADDR_MULTICAST(&address.v6.sin6_addr)
               : IN_MULTICAST(ntohl(address.v4.sin_addr.s_addr));
}

static bool is_service_name(const char *text) {
    return endpoint_is_host(text) && strchr(LETTERS, text[0]) != NULL;
}

static bool is_usable(const char *host) {
    dgram_address address;
    int result = dgram_address_parse(host, 0, &address);

    return host[0] == '\0' || result == 0 || result == UV_ENODEV ||
           endpoint_is_host(host);
}

/* Splits into host and port; a host in brackets may have colons. */
static bool split(const char *text, struct endpoint *out) {
    const char *colon = strrchr(text, ':');
    const char *host = text;
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;

    out->host[0] = '\0';
    if (colon == NULL)
        return endpoint_parse_port(text, &out->port);
    if (length > 0 && text[0] == '[') {
        if (text[length - 1] != ']')
            return false;
        host++;
        length -= 2;
    } else if (memchr(text, ':', length) != NULL) {
        return false;
    }
    if (length >= sizeof out->host)
        return false;
    memcpy(out->host, host, length);
    out->host[length] = '\0';
    return is_usable(out->host) &&
           (endpoint_parse_port(colon + 1, &out->port) ||
            (is_service_name(colon + 1) &&
             service_find(colon + 1, &out->port)));
}

/* Whether it is a number, of any length, that no port has. */
static bool exceeds_ports(const char *text) {
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' &&
           strtoul(text, NULL, 10) > 65535;
}

/* Prints what may be meant. */
static int report_wrong(const char *verb, const char *text) {
    const char *next = text == options_argument(0) ? options_argument(1) : NULL;
    const char *colon = strrchr(text, ':');
    const char *port = colon != NULL ? colon + 1 : text;
    char meant[SUGGEST_ENDPOINT_MAX];

    if (exceeds_ports(port))
        return usage_error(verb, "'%s': a port is at most 65535", text);
    if (suggest_endpoint(text, next, meant))
        return usage_error(verb,
                           suggest_lacks_port(meant)
                               ? "'%s' has no port: write '%s'"
                               : "'%s' is not HOST:PORT; did you mean '%s'?",
                           text, meant);
    if (colon != NULL && is_service_name(port))
        return usage_error(
            verb, "'%s' is neither a port nor the name of a UDP service", port);
    return usage_error(verb,
                       "'%s' is not PORT, HOST:PORT or [IPV6]:PORT, with PORT "
                       "up to 65535",
                       text);
}

int endpoint_check_peer(const char *verb, const struct endpoint *peer) {
    if (peer->port != 0 || peer->type == DGRAM_UNIX)
        return 0;
    return usage_error(verb, "cannot send to port 0: write the port at which "
                             "the host receives");
}

bool endpoint_lacks_interface(const char *verb, const char *text) {
    dgram_address address;

    if (dgram_address_parse(text, 0, &address) != UV_ENODEV)
        return false;
    usage_error(verb, "%s: no interface has that name; there are %s", text,
                interfaces_text());
    return true;
}

#define UNIX_PREFIX "unix:"

bool endpoint_is_unix(const char *text) {
    return strncmp(text, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0;
}

static int parse_unix(const char *verb, const char *path,
                      const struct family *family, struct endpoint *out) {
    const struct option *udp = options_udp();
    dgram_address address;
    int result = dgram_address_unix(path, &address);

    if (udp != NULL)
        return usage_error(verb, "%s%s cannot be used with unix:PATH",
                           option_dashes(udp), udp->name);
    if (family->v4 || family->v6)
        return usage_error(verb, "-4 and -6 cannot be used with unix:PATH");
    if (result == UV_ENAMETOOLONG)
        return usage_error(verb, "the path is longer than %u bytes: %s",
                           (unsigned)sizeof address.un.name.sun_path - 1, path);
    if (result < 0)
        return usage_error(verb, "'unix:' needs a path, or @NAME");
    *out = (struct endpoint){.type = DGRAM_UNIX};
    memcpy(out->host, path, strlen(path) + 1);
    return 0;
}

int endpoint_parse_any(const char *verb, const char *text,
                       const struct family *family, struct endpoint *out) {
    return endpoint_is_unix(text)
               ? parse_unix(verb, text + strlen(UNIX_PREFIX), family, out)
               : endpoint_parse(verb, text, family, out);
}

int endpoint_parse(const char *verb, const char *text,
                   const struct family *family, struct endpoint *out) {
    dgram_address numeric;
    bool is_numeric, is_v6;

    if (endpoint_is_unix(text))
        return usage_error(
            verb, "unix:PATH is for listen, send, echo, ping, flood and sink");
    if (family->v4 && family->v6)
        return usage_error(verb, "use either -4 or -6, not both");
    if (!split(text, out))
        return report_wrong(verb, text);
    if (endpoint_lacks_interface(verb, out->host))
        return EXIT_USAGE;
    is_numeric = dgram_address_parse(out->host, 0, &numeric) == 0;
    is_v6 = is_numeric && numeric.any.sa_family == AF_INET6;
    if ((family->v4 && is_v6) || (family->v6 && is_numeric && !is_v6))
        return usage_error(verb, "%s is not an IPv%d address", out->host,
                           family->v6 ? 6 : 4);
    out->type = is_v6 || family->v6 ? DGRAM_UDP6 : DGRAM_UDP4;
    return 0;
}
