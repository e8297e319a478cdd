#include "args/common.h"

#include "args/groups.h"
#include "args/headers.h"
#include "output/output.h"
#include "session/workers.h"

#define SEGMENTS_MAX 65535

struct common common = {.tos = TOS_NONE};

const struct common_option common_options[] = {
    {{"json", OPTION_FLAG, &common.json, NULL, "print JSON, one object a line",
      0, 0},
     COMMON_JSON},
    {{"bind", OPTION_TEXT, &common.bind, "[HOST:]PORT",
      "send from this address, or from unix:PATH", 0, 0},
     COMMON_BIND},
    {{"broadcast", OPTION_FLAG | OPTION_UDP, &common.broadcast, NULL,
      "allow a broadcast address", 0, 0},
     COMMON_BROADCAST},
    {{"ttl", OPTION_NUMBER | OPTION_UDP, &common.ttl, "N",
      "TTL or hop limit of the datagrams, 1 to 255", 1, 255},
     COMMON_HEADERS},
    {{"tos", OPTION_NUMBER | OPTION_UDP, &common.tos, "N",
      "type of service: four times the DSCP, and the ECN bits", 0, 255},
     COMMON_HEADERS},
    {{"dscp", OPTION_TEXT | OPTION_UDP, &common.dscp, "DSCP",
      "EF, AF11, CS1, ..., or a number from 0 to 63", 0, 0},
     COMMON_HEADERS},
    {{"ecn", OPTION_TEXT | OPTION_UDP, &common.ecn, "ECN",
      "not-ect, ect0, ect1, ce, or a number from 0 to 3", 0, 0},
     COMMON_HEADERS},
    {{"df", OPTION_FLAG | OPTION_UDP, &common.df, NULL,
      "do not fragment; fail above the path MTU", 0, 0},
     COMMON_HEADERS},
    {{"source", OPTION_TEXT | OPTION_UDP, &common.source, "ADDRESS",
      "send from this address of this host", 0, 0},
     COMMON_HEADERS},
    {{"interface", OPTION_TEXT | OPTION_UDP, &common.interface, "NAME",
      "send through this interface: its name, its index,\n"
      "or one of its IPv4 addresses",
      0, 0},
     COMMON_HEADERS},
    {{"join", OPTION_LIST | OPTION_UDP, &common.groups, "GROUP[@INTERFACE]",
      "join a multicast group; INTERFACE is the name, the\n"
      "index, or an IPv4 address of the interface",
      0, 0},
     COMMON_GROUPS},
    {{"source", OPTION_TEXT | OPTION_UDP, &common.source, "ADDRESS",
      "with --join: accept only this source", 0, 0},
     COMMON_GROUPS},
    {{"reuse-addr", OPTION_FLAG | OPTION_UDP, &common.reuse_address, NULL,
      "bind even if another socket is bound to the address", 0, 0},
     COMMON_GROUPS},
    {{"reuse-port", OPTION_FLAG | OPTION_UDP, &common.reuse_port, NULL,
      "share the port; the kernel distributes datagrams", 0, 0},
     COMMON_PORT},
    {{"ipv6-only", OPTION_FLAG | OPTION_UDP, &common.ipv6_only, NULL,
      "receive no IPv4 on an IPv6 socket", 0, 0},
     COMMON_PORT},
    {{"device", OPTION_TEXT | OPTION_UDP, &common.device, "NAME",
      "use this interface only (SO_BINDTODEVICE)", 0, 0},
     COMMON_DEVICE},
    {{"workers", OPTION_NUMBER | OPTION_UDP, &common.workers, "N",
      "run N processes that share the port", 1, WORKERS_MAX},
     COMMON_WORKERS},
    {{"no-offload", OPTION_FLAG, &common.no_offload, NULL,
      "do not let the kernel batch datagrams", 0, 0},
     COMMON_OFFLOAD},
    {{"segments", OPTION_NUMBER, &common.segments, "N",
      "let the kernel batch at most N datagrams", 1, SEGMENTS_MAX},
     COMMON_SEGMENTS},
    {{"4", OPTION_FLAG, &common.family.v4, NULL, "use IPv4 (the default)", 0,
      0},
     COMMON_FAMILY},
    {{"6", OPTION_FLAG, &common.family.v6, NULL, "use IPv6", 0, 0},
     COMMON_FAMILY},
};

const size_t common_option_count =
    sizeof common_options / sizeof *common_options;

void common_print(void) {
    for (size_t i = 0; i < common_option_count; i++)
        option_print(&common_options[i].option);
}

/* The address of --bind must be of the type of the endpoint. */
static int check_bind(const char *verb, const struct endpoint *endpoint) {
    const struct family family = {.v4 = endpoint->type == DGRAM_UDP4,
                                  .v6 = endpoint->type == DGRAM_UDP6};
    bool is_unix = endpoint->type == DGRAM_UNIX;
    int status;

    common.from.type = endpoint->type;
    if (common.bind == NULL)
        return 0;
    if (endpoint_is_unix(common.bind) != is_unix)
        return usage_error(verb,
                           "--bind: '%s' is not a %s like the destination",
                           common.bind, is_unix ? "unix:PATH" : "UDP address");
    status = is_unix ? endpoint_parse_any(verb, common.bind,
                                          &(struct family){0}, &common.from)
                     : endpoint_parse(verb, common.bind, &family, &common.from);
    if (status == 0 && common.source != NULL && common.from.host[0] != '\0')
        return usage_error(verb, "--bind has an address: leave out --source");
    return status;
}

int common_check(const struct usage *usage, const struct endpoint *endpoint) {
    const char *verb = usage->verb;
    int status = 0;

    /* To the kernel it would be any interface. */
    if (common.device != NULL && common.device[0] == '\0')
        return usage_error(verb, "--device needs the name of an interface");
    if (common.no_offload && common.segments > 0)
        return usage_error(
            verb, "--no-offload and --segments cannot be used together");
    if ((usage->common & COMMON_HEADERS) != 0)
        status = headers_check(verb, endpoint);
    if ((usage->common & COMMON_GROUPS) != 0)
        status = groups_check(verb);
    if (status == 0)
        status = check_bind(verb, endpoint);
    if (status == 0)
        status = workers_check(verb, endpoint);
    return status;
}

void common_begin(const struct usage *usage, const struct endpoint *endpoint,
                  struct session *session) {
    if ((usage->common & COMMON_HEADERS) != 0)
        session->source = common.source;
    session->device = common.device;
    session->from = common.from;
    session->given = (struct given){
        .v6 = endpoint->type == DGRAM_UDP6,
        .is_unix = endpoint->type == DGRAM_UNIX,
        .reuse_port = common.reuse_port,
        .ipv6_only = common.ipv6_only,
        .broadcast = common.broadcast,
        .bind = common.bind != NULL,
        .interface = common.interface != NULL,
        .device = common.device != NULL,
        .df = common.df,
        .source = session->source != NULL,
    };
}

void common_set(dgram_options *options, const struct endpoint *endpoint) {
    options->type = endpoint->type;
    options->reuse_address = common.reuse_address || common.groups.count > 0;
    options->reuse_port = common.reuse_port;
    options->ipv6_only = common.ipv6_only;
    options->offload =
        common.no_offload ? DGRAM_OFFLOAD_OFF : DGRAM_OFFLOAD_AUTO;
    options->segments_max = (uint32_t)common.segments;
}

bool common_listen(struct session *session, const char *head) {
    dgram_address address;

    if (!groups_join(session) || !session_is_listening(session, &address))
        return false;
    session_print_listening(head, &address);
    session_flush(session);
    return true;
}
