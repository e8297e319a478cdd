#include "groups.h"

#include <stdio.h>
#include <string.h>

#include "common.h"

struct group {
    char address[DGRAM_HOST_TEXT_MAX];
    char interface[DGRAM_HOST_TEXT_MAX]; /* "": the kernel's choice */
};

/* Splits GROUP or GROUP@INTERFACE; an IPv6 interface may be just its name. */
static bool split_group(const char *text, struct group *out) {
    const char *at = strchr(text, '@');
    size_t length = at != NULL ? (size_t)(at - text) : strlen(text);
    dgram_address address;

    if (strlen(text) >= sizeof out->address - 3) /* "::%" */
        return false;
    memcpy(out->address, text, length);
    out->address[length] = '\0';
    out->interface[0] = '\0';
    if (at != NULL)
        snprintf(out->interface, sizeof out->interface, "%s%s",
                 dgram_address_parse(at + 1, 0, &address) == UV_EINVAL ? "::%"
                                                                       : "",
                 at + 1);
    return true;
}

int groups_check(const char *verb) {
    if (common.source != NULL && common.groups.count == 0)
        return usage_error(verb, "--source needs --join GROUP");
    if (common.workers > 0 && common.reuse_port && common.groups.count > 0)
        return usage_error(verb, "with --reuse-port each worker would get "
                                 "every datagram of the group");
    for (int i = 0; i < common.groups.count; i++) {
        struct group group;
        dgram_address address;

        if (!split_group(common.groups.texts[i], &group))
            return usage_error(verb, "--join: '%s' is too long",
                               common.groups.texts[i]);
        if (endpoint_lacks_interface(verb, group.address))
            return EXIT_USAGE;
        if (dgram_address_parse(group.address, 0, &address) == 0 &&
            address.any.sa_family == AF_INET6 &&
            endpoint_lacks_interface(verb, group.interface))
            return EXIT_USAGE;
    }
    return 0;
}

static int join(const struct session *session, const char *text) {
    struct group group = {0};
    const char *interface;

    split_group(text, &group); /* it was checked */
    interface = group.interface[0] != '\0' ? group.interface : NULL;
    if (common.source != NULL)
        return dgram_add_source_specific_membership(
            session->socket, common.source, group.address, interface);
    return dgram_add_membership(session->socket, group.address, interface);
}

/* On a shared socket, another worker may have joined. */
static bool has_joined(const struct session *session) {
    return session->part == SESSION_SHARER &&
           dgram_last_error(session->socket)->code == UV_EADDRINUSE;
}

bool groups_join(struct session *session) {
    for (int i = 0; i < common.groups.count; i++) {
        if (join(session, common.groups.texts[i]) < 0 && !has_joined(session)) {
            session_log(session, "cannot join %s", common.groups.texts[i]);
            session_fail(session, dgram_last_error(session->socket));
            return false;
        }
    }
    return true;
}
