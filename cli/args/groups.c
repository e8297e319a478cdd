#include "args/groups.h"

#include <stdio.h>
#include <string.h>

#include "args/common.h"

struct group {
    char address[DGRAM_HOST_TEXT_MAX];
    char interface[DGRAM_HOST_TEXT_MAX]; /* "": the kernel's choice */
};

static bool is_v6(const char *group) {
    dgram_address address;

    return dgram_address_parse(group, 0, &address) == 0 &&
           address.any.sa_family == AF_INET6;
}

/* Splits GROUP or GROUP@INTERFACE. For IPv6 the interface becomes a scope. */
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
                 is_v6(out->address) &&
                         dgram_address_parse(at + 1, 0, &address) == UV_EINVAL
                     ? "::%"
                     : "",
                 at + 1);
    return true;
}

/* "239.1.2.3%eth0" has the form of IPv6. */
static bool has_wrong_scope(const char *verb, const char *group) {
    int length = (int)strcspn(group, "%");
    char address[DGRAM_HOST_TEXT_MAX];
    dgram_address parsed;

    snprintf(address, sizeof address, "%.*s", length, group);
    if (group[length] == '\0' || dgram_address_parse(address, 0, &parsed) < 0 ||
        parsed.any.sa_family != AF_INET)
        return false;
    usage_error(verb, "--join: '%s' is not a group; did you mean '%s@%s'?",
                group, address, group + length + 1);
    return true;
}

/* As with an empty variable of a shell. */
static bool lacks_part(const char *verb, const char *text) {
    const char *at = strchr(text, '@');

    if (text[0] != '\0' && at != text && (at == NULL || at[1] != '\0'))
        return false;
    usage_error(verb, "--join: '%s' has no %s", text,
                at == NULL || at == text ? "group" : "interface after the '@'");
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

        if (lacks_part(verb, common.groups.texts[i]))
            return EXIT_USAGE;
        if (!split_group(common.groups.texts[i], &group))
            return usage_error(verb, "--join: '%s' is too long",
                               common.groups.texts[i]);
        if (endpoint_lacks_interface(verb, group.address))
            return EXIT_USAGE;
        if (has_wrong_scope(verb, group.address))
            return EXIT_USAGE;
        if (is_v6(group.address) &&
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
