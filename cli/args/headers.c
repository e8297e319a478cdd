#include "args/headers.h"

#include <stdlib.h>
#include <string.h>

#include "args/common.h"
#include "args/interfaces.h"
#include "args/tos.h"

static dgram_send_info info; /* with --interface */

static int check_tos(const char *verb) {
    int dscp = common.dscp != NULL ? dscp_parse(common.dscp) : 0;
    int ecn = common.ecn != NULL ? ecn_parse(common.ecn) : 0;

    if (common.dscp == NULL && common.ecn == NULL)
        return 0;
    if (common.tos != TOS_NONE)
        return usage_error(verb, "--tos has the DSCP and the ECN: use either "
                                 "--tos, or --dscp and --ecn");
    if (dscp < 0)
        return usage_error(verb,
                           "--dscp: '%s' is neither a number from 0 to 63 nor "
                           "one of EF, AF11 to AF43, CS0 to CS7, LE, VA",
                           common.dscp);
    if (ecn < 0)
        return usage_error(verb,
                           "--ecn: '%s' is not one of not-ect, ect0, ect1, ce, "
                           "or a number from 0 to 3",
                           common.ecn);
    common.tos = DGRAM_TOS((unsigned)dscp, (unsigned)ecn);
    return 0;
}

static int check_source(const char *verb, const char *source, dgram_type type) {
    bool v6 = type == DGRAM_UDP6;
    dgram_address address;

    if (source == NULL)
        return 0;
    if (endpoint_lacks_interface(verb, source))
        return EXIT_USAGE;
    if (dgram_address_parse(source, 0, &address) < 0 ||
        (address.any.sa_family == AF_INET6) != v6)
        return usage_error(verb, "--source: '%s' is not an IPv%d address",
                           source, v6 ? 6 : 4);
    return 0;
}

/* Returns the index, or 0 if no interface is up that has the name or the
   address. */
static unsigned interface_index(const char *text) {
    unsigned index = interfaces_index(text);
    dgram_address address;

    if (index == 0 && text[strspn(text, "0123456789")] == '\0')
        index = (unsigned)strtoul(text, NULL, 10);
    if (index == 0 && dgram_address_parse(text, 0, &address) == 0 &&
        address.any.sa_family == AF_INET6)
        index = address.v6.sin6_scope_id;
    return index > 0 ? index : interfaces_find(text);
}

int headers_check(const char *verb, const struct endpoint *to) {
    int status = check_tos(verb);

    if (status == 0)
        status = check_source(verb, common.source, to->type);
    if (status != 0 || common.interface == NULL)
        return status;
    if (endpoint_lacks_interface(verb, common.interface))
        return EXIT_USAGE;
    info.interface_index = interface_index(common.interface);
    if (info.interface_index > 0)
        info.set = DGRAM_INFO_INTERFACE;
    return 0;
}

int headers_set(dgram_socket *socket) {
    int result = 0;

    if (common.ttl > 0)
        result = dgram_set_ttl(socket, (int)common.ttl);
    if (result == 0 && common.ttl > 0)
        result = dgram_set_multicast_ttl(socket, (int)common.ttl);
    if (result == 0 && common.tos != TOS_NONE)
        result = dgram_set_tos(socket, (int)common.tos);
    if (result == 0 && common.df)
        result = dgram_set_dont_fragment(socket, DGRAM_PMTU_DO);
    if (result == 0 && common.interface != NULL)
        result = dgram_set_multicast_interface(socket, common.interface);
    if (result == 0 && common.broadcast)
        result = dgram_set_broadcast(socket, true);
    return result;
}

const dgram_send_info *headers_info(void) {
    return info.set != 0 ? &info : NULL;
}

int headers_send(dgram_socket *socket, const void *payload, size_t length,
                 const dgram_address *to, dgram_send_cb cb, void *data) {
    const dgram_outgoing message = {.payload = payload,
                                    .length = length,
                                    .to = to,
                                    .data = data,
                                    .info = headers_info()};
    int result;

    if (message.info == NULL)
        return dgram_send(socket, payload, length, to, cb, data);
    result = dgram_send_batch(socket, &message, 1, NULL, cb);
    return result < 0 ? result : 0;
}
