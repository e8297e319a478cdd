#include "util/address.h"

#include <string.h>

#include "util/codes.h"
#include "util/netif.h"
#include "util/util.h"

/* inet_pton() does not parse scopes, and the parser of libuv ignores a scope
   that names no interface: the datagram would be sent through another
   interface. */
static int parse_v6(const char *text, struct sockaddr_in6 *out) {
    char plain[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%");

    if (length >= sizeof(plain))
        return UV_EINVAL;
    memcpy(plain, text, length);
    plain[length] = '\0';
    if (inet_pton(AF_INET6, plain, &out->sin6_addr) != 1)
        return UV_EINVAL;
    if (text[length] == '\0')
        return 0;
    out->sin6_scope_id = netif_parse_scope(text + length + 1);
    return out->sin6_scope_id == 0 ? UV_ENODEV : 0;
}

int dgram_address_parse(const char *text, uint16_t port, dgram_address *out) {
    dgram_address address = {0};
    int result;

    if (text == NULL)
        return UV_EINVAL;
    if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
        address.any.sa_family = AF_INET;
    } else {
        result = parse_v6(text, &address.v6);
        if (result < 0)
            return result;
        address.any.sa_family = AF_INET6;
    }
    address_set_port(&address, port);
    *out = address;
    return 0;
}

#define NAME_MAX_LENGTH sizeof(((struct sockaddr_un *)0)->sun_path)

int dgram_address_unix(const char *text, dgram_address *out) {
    size_t length = text == NULL ? 0 : strlen(text);

    if (length == 0)
        return UV_EINVAL;
    if (length >= NAME_MAX_LENGTH)
        return UV_ENAMETOOLONG;
    memset(out, 0, sizeof(*out));
    out->any.sa_family = AF_UNIX;
    out->un.length = (uint16_t)length;
    memcpy(out->un.name.sun_path, text, length);
    if (text[0] == '@')
        out->un.name.sun_path[0] = '\0';
    return 0;
}

int address_parse(dgram_type type, const char *text, uint16_t port,
                  dgram_address *out) {
    return type == DGRAM_UNIX ? dgram_address_unix(text, out)
                              : dgram_address_parse(text, port, out);
}

void address_received(dgram_address *address, socklen_t size) {
    const size_t before = offsetof(struct sockaddr_un, sun_path);
    dgram_unix_address *un = &address->un;

    if (size == 0)
        address->any.sa_family = AF_UNIX;
    if (!address_is_unix(address))
        return;
    un->length = (uint16_t)((size_t)size > before ? (size_t)size - before : 0);
    if (un->length > 0 && un->name.sun_path[0] != '\0')
        un->length = (uint16_t)strnlen(un->name.sun_path, un->length);
}

bool address_same_name(const dgram_unix_address *a,
                       const dgram_unix_address *b) {
    return a->length == b->length && memcmp(a->name.sun_path, b->name.sun_path,
                                            address_name_length(a)) == 0;
}

static bool shows_scope(const struct sockaddr_in6 *v6) {
    return v6->sin6_scope_id != 0 && (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) ||
                                      IN6_IS_ADDR_MC_LINKLOCAL(&v6->sin6_addr));
}

static int format_number(int family, const void *number, char *text,
                         size_t size) {
    socklen_t limit = size < DGRAM_ADDRESS_TEXT_MAX ? (socklen_t)size
                                                    : DGRAM_ADDRESS_TEXT_MAX;

    return inet_ntop(family, number, text, limit) != NULL ? 0 : UV_ENOSPC;
}

static int format_name(const dgram_unix_address *un, char *text, size_t size) {
    size_t length = address_name_length(un);

    if (length >= size)
        return UV_ENOSPC;
    for (size_t i = 0; i < length; i++) {
        char c = un->name.sun_path[i];

        text[i] = (char)(c == '\0' ? '@' : c);
    }
    text[length] = '\0';
    return 0;
}

int dgram_address_format(const dgram_address *address, char *text,
                         size_t size) {
    char scope[NETIF_NAME_MAX];
    size_t length;

    if (address_is_unix(address))
        return format_name(&address->un, text, size);
    if (address->any.sa_family == AF_INET)
        return format_number(AF_INET, &address->v4.sin_addr, text, size);
    if (address->any.sa_family != AF_INET6)
        return UV_EINVAL;
    if (format_number(AF_INET6, &address->v6.sin6_addr, text, size) < 0)
        return UV_ENOSPC;
    if (!shows_scope(&address->v6) ||
        !netif_format_scope(address->v6.sin6_scope_id, scope))
        return 0;
    length = strlen(text);
    if (length + 1 + strlen(scope) + 1 > size)
        return UV_ENOSPC;
    text[length] = '%';
    strcpy(text + length + 1, scope);
    return 0;
}

uint16_t dgram_address_port(const dgram_address *address) {
    if (address_is_unix(address))
        return 0;
    return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port
                                                    : address->v4.sin_port);
}

const char *dgram_address_family(const dgram_address *address) {
    if (address_is_unix(address))
        return "unix";
    return address->any.sa_family == AF_INET6 ? "IPv6" : "IPv4";
}

bool dgram_address_equal(const dgram_address *a, const dgram_address *b) {
    return address_same(a, b);
}

socklen_t address_length(const dgram_address *address) {
    if (address_is_unix(address))
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                           address_name_length(&address->un));
    return address->any.sa_family == AF_INET6 ? sizeof(address->v6)
                                              : sizeof(address->v4);
}

int address_family_of(dgram_type type) {
    switch (type) {
    case DGRAM_UNIX:
        return AF_UNIX;
    case DGRAM_UDP6:
        return AF_INET6;
    default:
        return AF_INET;
    }
}

void address_set_port(dgram_address *address, uint16_t port) {
    if (address->any.sa_family == AF_INET6)
        address->v6.sin6_port = htons(port);
    else if (address->any.sa_family == AF_INET)
        address->v4.sin_port = htons(port);
}

void address_any(dgram_type type, uint16_t port, dgram_address *out) {
    memset(out, 0, sizeof(*out));
    out->any.sa_family = (uint16_t)address_family_of(type);
    address_set_port(out, port);
}

void address_loopback(dgram_type type, uint16_t port, dgram_address *out) {
    address_any(type, port, out);
    if (type == DGRAM_UDP6)
        out->v6.sin6_addr = in6addr_loopback;
    else if (type == DGRAM_UDP4)
        out->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

bool address_is_any(const dgram_address *address) {
    if (address->any.sa_family == AF_INET)
        return address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
    if (address_is_unix(address))
        return address->un.length == 0;
    return IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr);
}

bool address_same_host(const dgram_address *a, const dgram_address *b) {
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    if (address_is_unix(a))
        return address_same_name(&a->un, &b->un);
    return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr,
                  sizeof(a->v6.sin6_addr)) == 0;
}

bool address_is_mapped(const dgram_address *address) {
    return address->any.sa_family == AF_INET6 &&
           IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr);
}

#define LOOPBACK_NET 127

bool address_is_loopback(const dgram_address *address) {
    const struct in6_addr *v6 = &address->v6.sin6_addr;

    if (address->any.sa_family == AF_INET)
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == LOOPBACK_NET;
    if (address_is_unix(address))
        return true;
    return IN6_IS_ADDR_LOOPBACK(v6) ||
           (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == LOOPBACK_NET);
}

uint32_t dgram_payload_size_max(int mtu, const dgram_address *to) {
    bool v4 = to->any.sa_family == AF_INET || address_is_mapped(to);
    int headers = v4 ? 20 + 8 : 40 + 8;
    int most = v4 ? 65535 - 20 - 8 : 65535 - 8;

    if (mtu <= headers)
        return 0;
    return (uint32_t)(mtu - headers < most ? mtu - headers : most);
}
