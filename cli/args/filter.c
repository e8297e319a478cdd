#include "args/filter.h"

#include <stdlib.h>
#include <string.h>

#include "args/endpoint.h"

#define IPV4_BITS 32
#define IPV6_BITS 128
#define MAPPED_BITS 96 /* of ::ffff:0:0, before an IPv4 address */

/* The parts of a text; the ones that are missing are empty. */
struct parts {
    char address[DGRAM_HOST_TEXT_MAX];
    const char *prefix, *port;
    size_t prefix_length;
};

static bool parse_number(const char *text, size_t length, unsigned max,
                         unsigned *out) {
    unsigned value = 0;

    if (length == 0 || length > 5)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *out = value;
    return value <= max;
}

/* Splits what follows an address: [/PREFIX][:PORT]. */
static bool split_rest(const char *rest, struct parts *out) {
    out->prefix = out->port = NULL;
    out->prefix_length = 0;
    if (*rest == '/') {
        out->prefix = ++rest;
        out->prefix_length = strcspn(rest, ":");
        rest += out->prefix_length;
    }
    if (*rest == ':')
        out->port = ++rest;
    else if (*rest != '\0')
        return false;
    return true;
}

/* Without brackets an IPv6 address has no port: it would be a part of it. */
static size_t address_length(const char *text) {
    const char *colon = strchr(text, ':');
    bool is_v6 = colon != NULL && strchr(colon + 1, ':') != NULL;

    return strcspn(text, is_v6 ? "/" : "/:");
}

static bool split(const char *text, struct parts *out) {
    bool has_brackets = text[0] == '[';
    const char *start = has_brackets ? text + 1 : text;
    size_t length = has_brackets ? strcspn(start, "]") : address_length(start);
    const char *rest = start + length;

    if (length >= sizeof out->address || (has_brackets && *rest != ']'))
        return false;
    memcpy(out->address, start, length);
    out->address[length] = '\0';
    return split_rest(has_brackets ? rest + 1 : rest, out);
}

static bool is_v6(const dgram_address *address) {
    return address->any.sa_family == AF_INET6;
}

/* Returns the IPv4 address of an IPv4-mapped one, and any other as it is. */
static dgram_address unmap(const dgram_address *address) {
    dgram_address v4 = {.v4 = {.sin_family = AF_INET}};

    if (!is_v6(address) || !IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr))
        return *address;
    memcpy(&v4.v4.sin_addr, address->v6.sin6_addr.s6_addr + MAPPED_BITS / 8,
           sizeof v4.v4.sin_addr);
    v4.v4.sin_port = address->v6.sin6_port;
    return v4;
}

static unsigned bits_of(const dgram_address *address) {
    return is_v6(address) ? IPV6_BITS : IPV4_BITS;
}

static int set_prefix(const char *verb, const char *text,
                      const struct parts *parts, struct filter_rule *out) {
    const unsigned bits = bits_of(&out->address);
    const dgram_address v4 = unmap(&out->address);

    out->prefix = bits;
    if (parts->prefix != NULL &&
        !parse_number(parts->prefix, parts->prefix_length, bits, &out->prefix))
        return usage_error(verb,
                           "--from: '%s': an IPv%d prefix is a number "
                           "from 0 to %u",
                           text, is_v6(&out->address) ? 6 : 4, bits);
    if (is_v6(&out->address) && !is_v6(&v4) && out->prefix >= MAPPED_BITS) {
        out->address = v4;
        out->prefix -= MAPPED_BITS;
    }
    return 0;
}

static int refuse(const char *verb, const char *text) {
    return usage_error(verb,
                       "--from: '%s' is not ADDRESS[/PREFIX][:PORT] with a "
                       "numeric address,\n[IPV6][/PREFIX]:PORT, :PORT or "
                       "unix:PATH",
                       text);
}

static int parse_ip(const char *verb, const char *text,
                    struct filter_rule *out) {
    struct parts parts;

    if (!split(text, &parts) ||
        (parts.port != NULL && !endpoint_parse_port(parts.port, &out->port)))
        return refuse(verb, text);
    out->has_port = parts.port != NULL;
    if (text[0] == ':' && parts.address[0] == '\0')
        return 0; /* any address */
    if (endpoint_lacks_interface(verb, parts.address))
        return EXIT_USAGE;
    if (dgram_address_parse(parts.address, 0, &out->address) < 0)
        return refuse(verb, text);
    return set_prefix(verb, text, &parts, out);
}

/* Only a link-local sender has a scope. */
static bool has_scope_of_none(const dgram_address *address) {
    return is_v6(address) && address->v6.sin6_scope_id != 0 &&
           !IN6_IS_ADDR_LINKLOCAL(&address->v6.sin6_addr);
}

static int check_family(const char *verb, const char *text,
                        const struct filter_rule *rule,
                        const struct filter_socket *socket) {
    bool can_be_v4 = socket->type == DGRAM_UDP4 || !socket->ipv6_only;

    if (rule->address.any.sa_family == AF_INET && !can_be_v4)
        return usage_error(verb,
                           "--from: '%s' is IPv4, which --ipv6-only "
                           "refuses",
                           text);
    if (is_v6(&rule->address) && socket->type == DGRAM_UDP4)
        return usage_error(verb,
                           "--from: '%s' is IPv6, and the socket is for "
                           "IPv4: use -6",
                           text);
    if (has_scope_of_none(&rule->address))
        return usage_error(verb,
                           "--from: '%s': only a link-local address has "
                           "an interface; use --device",
                           text);
    return 0;
}

static int parse_unix(const char *verb, const char *text,
                      struct filter_rule *out) {
    const struct family any = {false, false};
    struct endpoint endpoint;
    int status = endpoint_parse_any(verb, text, &any, &endpoint);

    if (status == 0)
        dgram_address_unix(endpoint.host, &out->address); /* it was checked */
    return status;
}

static int parse(const char *verb, const char *text,
                 const struct filter_socket *socket, struct filter_rule *out) {
    bool is_unix = endpoint_is_unix(text);
    int status;

    if (is_unix != (socket->type == DGRAM_UNIX))
        return usage_error(verb, "--from: '%s' cannot send to %s", text,
                           is_unix ? "a UDP socket" : "a Unix socket");
    *out = (struct filter_rule){.has_port = false};
    if (is_unix)
        return parse_unix(verb, text, out);
    status = parse_ip(verb, text, out);
    return status == 0 ? check_family(verb, text, out, socket) : status;
}

int filter_parse(const char *verb, const struct option_list *texts,
                 const struct filter_socket *socket, struct filter *out) {
    int status = 0;

    out->count = 0;
    for (int i = 0; i < texts->count && status == 0; i++)
        status =
            parse(verb, texts->texts[i], socket, &out->rules[out->count++]);
    return status;
}

/* ---- Senders ----------------------------------------------------------- */

static const unsigned char *bytes_of(const dgram_address *address) {
    return is_v6(address) ? address->v6.sin6_addr.s6_addr
                          : (const unsigned char *)&address->v4.sin_addr;
}

static bool has_prefix(const unsigned char *bytes, const unsigned char *wanted,
                       unsigned bits) {
    const unsigned rest = bits % 8;

    return memcmp(bytes, wanted, bits / 8) == 0 &&
           (rest == 0 ||
            (bytes[bits / 8] ^ wanted[bits / 8]) >> (8 - rest) == 0);
}

static bool has_scope(const dgram_address *sender, const dgram_address *rule) {
    return !is_v6(rule) || rule->v6.sin6_scope_id == 0 ||
           rule->v6.sin6_scope_id == sender->v6.sin6_scope_id;
}

static bool matches(const struct filter_rule *rule,
                    const dgram_address *sender) {
    if (rule->has_port && rule->port != dgram_address_port(sender))
        return false;
    if (rule->address.any.sa_family == AF_UNSPEC)
        return true;
    if (rule->address.any.sa_family != sender->any.sa_family)
        return false;
    if (sender->any.sa_family == AF_UNIX)
        return dgram_address_equal(&rule->address, sender);
    return has_scope(sender, &rule->address) &&
           has_prefix(bytes_of(sender), bytes_of(&rule->address), rule->prefix);
}

bool filter_accepts(const struct filter *filter, const dgram_address *sender) {
    const dgram_address unmapped = unmap(sender);

    for (int i = 0; i < filter->count; i++) {
        if (matches(&filter->rules[i], &unmapped))
            return true;
    }
    return filter->count == 0;
}
