#include "args/suggest_endpoint.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "args/endpoint.h"

/* What people write between host and port. */
#define SEPARATORS ":/#, ;"

#define PORT_TEXT_MAX sizeof "65535"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* `start` is in lower case. */
static bool begins(const char *text, const char *start) {
    for (; *start != '\0'; text++, start++) {
        if (tolower((unsigned char)*text) != *start)
            return false;
    }
    return true;
}

/* An address without an interface of that name is one, too. */
static bool is_v6(const char *host) {
    dgram_address address;
    int result = dgram_address_parse(host, 0, &address);

    return strchr(host, ':') != NULL && (result == 0 || result == UV_ENODEV);
}

static void remove_start(char *text, size_t length) {
    memmove(text, text + length, strlen(text + length) + 1);
}

/* socat: "UDP:", "UDP4-LISTEN:". */
static bool begins_socat(const char *text) {
    const char *after = text + 3;

    if (!begins(text, "udp") || strchr(text, ':') == NULL)
        return false;
    after += *after == '4' || *after == '6';
    return *after == ':' || *after == '-';
}

/* Removes what URLs, socat and bash write before the host, and the rest of the
   URL or the options of socat after it. */
static void cut_scheme(char *text) {
    static const char device[] = "/dev/udp/";
    char *scheme = strstr(text, "://");

    if (scheme != NULL) {
        remove_start(text, (size_t)(scheme - text) + 3);
        text[strcspn(text, "/?")] = '\0';
    } else if (begins(text, device)) {
        remove_start(text, strlen(device));
    } else if (begins_socat(text)) {
        remove_start(text, strcspn(text, ":") + 1);
        text[strcspn(text, ",")] = '\0';
    }
}

/* Removes "/udp" after the port, and single characters without a meaning. */
static void cut_end(char *text) {
    size_t length = strlen(text);

    if (length > 4 && strcmp(text + length - 4, "/udp") == 0)
        length -= 4;
    while (length > 0 && strchr(SEPARATORS ".", text[length - 1]) != NULL &&
           (length == 1 || text[length - 2] != ':'))
        length--;
    text[length] = '\0';
}

/* tcpdump prints a dot between an address and a port. */
static bool is_separator(const char *text, const char *port) {
    char host[SUGGEST_ENDPOINT_MAX];
    dgram_address address;

    if (strchr(SEPARATORS, port[-1]) != NULL)
        return true;
    snprintf(host, sizeof host, "%.*s", (int)(port - text - 1), text);
    return port[-1] == '.' && dgram_address_parse(host, 0, &address) == 0;
}

/* Moves the port from the end of `text` to `out`. Returns false if there is
   none. */
static bool split_port(char *text, char out[PORT_TEXT_MAX]) {
    char *port = text + strlen(text), *end = NULL;

    while (port > text && is_digit(port[-1]))
        port--;
    if (!endpoint_is_port(port))
        return false;
    end = port > text && port[-1] == '+' ? port - 1 : port;
    if (end > text && !is_separator(text, end))
        return false;
    memcpy(out, port, strlen(port) + 1);
    *(end > text ? end - 1 : text) = '\0';
    return true;
}

/* "::1:5000" is also an address without a port, but hardly meant so. */
static bool ends_with_port(const char *text) {
    const char *colon = strrchr(text, ':');
    char host[SUGGEST_ENDPOINT_MAX];

    if (!is_v6(text))
        return true;
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    return endpoint_is_port(colon + 1) && is_v6(host);
}

static bool join(char *host, const char *port, char out[SUGGEST_ENDPOINT_MAX]) {
    size_t length = strlen(host);
    int size;

    if (length > 1 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        host++;
    }
    if (strcmp(host, "*") == 0)
        host++;
    if (host[0] == '\0' && endpoint_is_port(port))
        size = snprintf(out, SUGGEST_ENDPOINT_MAX, "%s", port);
    else if (is_v6(host))
        size = snprintf(out, SUGGEST_ENDPOINT_MAX, "[%s]:%s", host, port);
    else if (endpoint_is_host(host))
        size = snprintf(out, SUGGEST_ENDPOINT_MAX, "%s:%s", host, port);
    else
        return false;
    return size < SUGGEST_ENDPOINT_MAX;
}

/* A path, as it is or as socat has it. */
static bool path_endpoint(const char *text, char out[SUGGEST_ENDPOINT_MAX]) {
    if (begins(text, "unix-") && strchr(text, ':') != NULL)
        text = strchr(text, ':') + 1;
    else if (text[0] != '/' && !begins(text, "./") && !begins(text, "../"))
        return false;
    return snprintf(out, SUGGEST_ENDPOINT_MAX, "unix:%s", text) <
           SUGGEST_ENDPOINT_MAX;
}

bool suggest_endpoint(const char *text, const char *next,
                      char out[SUGGEST_ENDPOINT_MAX]) {
    char copy[SUGGEST_ENDPOINT_MAX], port[PORT_TEXT_MAX];
    bool found = endpoint_is_port(next);

    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return false;
    cut_scheme(copy);
    if (strcmp(copy, text) == 0 && path_endpoint(text, out))
        return true;
    cut_end(copy);
    if (!found && ends_with_port(copy) && split_port(copy, port)) {
        cut_end(copy);
        return join(copy, port, out);
    }
    return join(copy, found ? next : "PORT", out);
}

bool suggest_lacks_port(const char *endpoint) {
    const char *colon = strrchr(endpoint, ':');

    return colon != NULL && strcmp(colon, ":PORT") == 0;
}
