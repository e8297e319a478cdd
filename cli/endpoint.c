#include "endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"

static bool parse_port(const char *text, uint16_t *out) {
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

/* Splits into host and port; a host in brackets may have colons. */
static bool split(const char *text, struct endpoint *out) {
    const char *colon = strrchr(text, ':');
    const char *host = text;
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;

    if (!parse_port(colon != NULL ? colon + 1 : text, &out->port))
        return false;
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
    return true;
}

bool endpoint_lacks_interface(const char *verb, const char *text) {
    dgram_address address;

    if (dgram_address_parse(text, 0, &address) != UV_ENODEV)
        return false;
    usage_error(verb, "%s: no interface has that name; 'ip address' lists them",
                text);
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
        return usage_error(verb, "unix:PATH is for send, listen, echo and ping");
    if (family->v4 && family->v6)
        return usage_error(verb, "use either -4 or -6, not both");
    if (!split(text, out))
        return usage_error(verb,
                           "'%s' is not PORT, HOST:PORT or [IPV6]:PORT, with "
                           "PORT up to 65535",
                           text);
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
