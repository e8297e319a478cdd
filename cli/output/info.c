#include "output/info.h"

#include <string.h>

#include "args/tos.h"
#include "measure/clock.h"
#include "output/print.h"

static bool has(const dgram_receive_info *info, uint32_t flag) {
    return (info->valid & flag) != 0;
}

/* The name of the interface, or its number if it no longer exists. */
static void interface_text(const dgram_receive_info *info,
                           char text[UV_IF_NAMESIZE]) {
    size_t size = UV_IF_NAMESIZE;

    if (uv_if_indextoname(info->interface_index, text, &size) < 0)
        snprintf(text, UV_IF_NAMESIZE, "%u", (unsigned)info->interface_index);
}

static void print_time(FILE *out, uint64_t ns) {
    fprintf(out, "%llu.%09llu", (unsigned long long)(ns / NS_PER_S),
            (unsigned long long)(ns % NS_PER_S));
}

void info_print(FILE *out, const dgram_receive_info *info) {
    char local[DGRAM_ADDRESS_TEXT_MAX], interface[UV_IF_NAMESIZE];
    char dscp[DSCP_TEXT_MAX];

    if (info == NULL)
        return;
    address_text(&info->local, local);
    interface_text(info, interface);
    if (has(info, DGRAM_INFO_LOCAL))
        fprintf(out, " to %s", local);
    if (has(info, DGRAM_INFO_INTERFACE)) {
        fputs(" by ", out);
        print_escaped(out, (const unsigned char *)interface, strlen(interface));
    }
    if (has(info, DGRAM_INFO_TOS))
        fprintf(out, ", tos %s %s", dscp_text(DGRAM_TOS_DSCP(info->tos), dscp),
                ecn_text(DGRAM_TOS_ECN(info->tos)));
    if (has(info, DGRAM_INFO_TTL))
        fprintf(out, ", ttl %u", (unsigned)info->ttl);
    if (has(info, DGRAM_INFO_CREDENTIALS))
        fprintf(out, ", pid %d, uid %u, gid %u", (int)info->pid,
                (unsigned)info->uid, (unsigned)info->gid);
    if (has(info, DGRAM_INFO_TIMESTAMP)) {
        fputs(", time ", out);
        print_time(out, info->timestamp_ns);
    }
}

void info_print_json(FILE *out, const dgram_receive_info *info) {
    char local[DGRAM_ADDRESS_TEXT_MAX], interface[UV_IF_NAMESIZE];
    char dscp[DSCP_TEXT_MAX];

    if (info == NULL)
        return;
    address_text(&info->local, local);
    interface_text(info, interface);
    if (has(info, DGRAM_INFO_LOCAL))
        print_json_member(out, "local", local);
    if (has(info, DGRAM_INFO_INTERFACE))
        print_json_member(out, "interface", interface);
    if (has(info, DGRAM_INFO_TOS))
        fprintf(out, ",\"tos\":%u,\"dscp\":\"%s\",\"ecn\":\"%s\"",
                (unsigned)info->tos, dscp_text(DGRAM_TOS_DSCP(info->tos), dscp),
                ecn_text(DGRAM_TOS_ECN(info->tos)));
    if (has(info, DGRAM_INFO_TTL))
        fprintf(out, ",\"ttl\":%u", (unsigned)info->ttl);
    if (has(info, DGRAM_INFO_CREDENTIALS))
        fprintf(out, ",\"pid\":%d,\"uid\":%u,\"gid\":%u", (int)info->pid,
                (unsigned)info->uid, (unsigned)info->gid);
    if (has(info, DGRAM_INFO_TIMESTAMP)) {
        fputs(",\"timestamp\":", out);
        print_time(out, info->timestamp_ns);
    }
}
