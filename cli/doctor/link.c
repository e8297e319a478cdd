/* What the facts about an interface mean. */
#include "doctor/facts.h"

#include <inttypes.h>
#include <string.h>

#include "doctor/checks.h"

#define MTU_IPV6 1280 /* the least that IPv6 needs */

/* The longest payload of a packet over IPv4. */
static unsigned payload_of(const struct link_facts *facts) {
    dgram_address any = {.any = {.sa_family = AF_INET}};

    return dgram_payload_size_max((int)facts->mtu, &any);
}

static void add_link(struct check *check, const struct link_facts *facts) {
    check_add(check, ", MTU %u (payload %u)", facts->mtu, payload_of(facts));
    if (facts->speed > 0)
        check_add(check, ", %u Mbit/s", facts->speed);
    if (facts->receive_queues > 0)
        check_add(check, ", %u/%u queues in/out", facts->receive_queues,
                  facts->send_queues);
    if (facts->qdisc[0] != '\0')
        check_add(check, ", qdisc %s", facts->qdisc);
    if (facts->driver[0] != '\0')
        check_add(check, ", driver %s", facts->driver);
}

static void add_link_members(struct check *check, const char *name,
                             const struct link_facts *facts) {
    check_text(check, "interface", name);
    check_flag(check, "up", facts->is_up);
    check_flag(check, "carrier", facts->has_carrier);
    check_number(check, "mtu", facts->mtu);
    check_number(check, "payload", payload_of(facts));
    if (facts->speed > 0)
        check_number(check, "speed_mbps", facts->speed);
    if (facts->receive_queues > 0) {
        check_number(check, "receive_queues", facts->receive_queues);
        check_number(check, "send_queues", facts->send_queues);
    }
    if (facts->gso_segments > 0)
        check_number(check, "gso_segments", facts->gso_segments);
    if (facts->qdisc[0] != '\0')
        check_text(check, "qdisc", facts->qdisc);
    if (facts->driver[0] != '\0')
        check_text(check, "driver", facts->driver);
}

void judge_link(struct check *check, const char *name,
                const struct link_facts *facts) {
    add_link_members(check, name, facts);
    if (!facts->is_up) {
        check_set(check, CHECK_WARNING, "%s is down", name);
        check_advise(check, "as root: ip link set %s up", name);
    } else if (!facts->has_carrier) {
        check_set(check, CHECK_WARNING, "%s is up without a carrier", name);
        check_advise(check, "is the cable, or the other end, connected?");
    } else {
        check_set(check, CHECK_OK, "%s is up", name);
    }
    add_link(check, facts);
    if (check->state != CHECK_OK || facts->mtu >= MTU_IPV6)
        return;
    check->state = CHECK_NOTE;
    check_advise(check, "IPv6 needs an MTU of %u: ip link set %s mtu %u",
                 MTU_IPV6, name, MTU_IPV6);
}

/* Where packets are lost, the worst first. */
static const struct link_loss {
    size_t offset;
    enum check_state state;
    const char *fact, *advice; /* the advice may name the interface */
} link_losses[] = {
    {offsetof(struct link_counters, missed), CHECK_WARNING,
     "packets found the receive ring full",
     "as root: a larger ring, ethtool -G NAME rx N (ethtool -g NAME shows the "
     "largest), or more queues"},
    {offsetof(struct link_counters, receive_errors), CHECK_WARNING,
     "packets were received with errors",
     "ethtool -S NAME shows which: often a cable, an optic or a duplex "
     "mismatch"},
    {offsetof(struct link_counters, send_errors), CHECK_WARNING,
     "packets could not be sent", "ethtool -S NAME shows why"},
    {offsetof(struct link_counters, send_dropped), CHECK_NOTE,
     "packets were dropped on the way out",
     "tc -s qdisc show dev NAME shows where; send more slowly"},
    {offsetof(struct link_counters, receive_dropped), CHECK_NOTE,
     "packets were dropped on the way in",
     "this includes packets of protocols without a receiver; see ethtool -S "
     "NAME"},
};

/* Writes the name of the interface where the text says NAME. */
static void advise_link(struct check *check, const char *text,
                        const char *name) {
    const char *found;

    check->advice[0] = '\0';
    for (; (found = strstr(text, "NAME")) != NULL; text = found + 4) {
        size_t length = strlen(check->advice);

        snprintf(check->advice + length, sizeof check->advice - length,
                 "%.*s%s", (int)(found - text), text, name);
    }
    snprintf(check->advice + strlen(check->advice),
             sizeof check->advice - strlen(check->advice), "%s", text);
}

void judge_link_drops(struct check *check, const char *name,
                      const struct link_counters *counters) {
    check_number(check, "received", counters->received);
    check_number(check, "sent", counters->sent);
    check_number(check, "receive_errors", counters->receive_errors);
    check_number(check, "send_errors", counters->send_errors);
    check_number(check, "receive_dropped", counters->receive_dropped);
    check_number(check, "send_dropped", counters->send_dropped);
    check_number(check, "missed", counters->missed);
    for (size_t i = 0; i < sizeof link_losses / sizeof *link_losses; i++) {
        const struct link_loss *loss = &link_losses[i];
        uint64_t count =
            *(const uint64_t *)(const void *)((const char *)counters +
                                              loss->offset);

        if (count == 0)
            continue;
        check_set(check, loss->state, "%" PRIu64 " %s", count, loss->fact);
        advise_link(check, loss->advice, name);
        return;
    }
    check_set(check, CHECK_OK,
              "%" PRIu64 " packets received, %" PRIu64 " sent, none lost",
              counters->received, counters->sent);
}

void features_note(struct link_features *features, const char *name, bool on) {
    if (strcmp(name, "tx-udp-segmentation") == 0)
        features->udp_segmentation = on;
    else if (strcmp(name, "tx-generic-segmentation") == 0)
        features->gso = on;
    else if (strcmp(name, "rx-gro") == 0)
        features->gro = on;
    else if (strcmp(name, "tx-checksum-ipv4") == 0 ||
             strcmp(name, "tx-checksum-ip-generic") == 0)
        features->checksums |= on;
}

void judge_features(struct check *check, const char *name,
                    const struct link_features *features) {
    check_flag(check, "udp_segmentation", features->udp_segmentation);
    check_flag(check, "gso", features->gso);
    check_flag(check, "gro", features->gro);
    check_flag(check, "checksums", features->checksums);
    check_set(check, CHECK_OK, "%s splits GSO messages; GRO is %s",
              features->udp_segmentation ? "the device" : "the kernel",
              features->gro ? "on" : "off");
    if (!features->checksums) {
        check->state = CHECK_NOTE;
        check_add(check, "; the device computes no checksums");
        check_advise(check,
                     "older kernels refuse GSO messages for it (EIO); as root, "
                     "if the device can: ethtool -K %s tx on",
                     name);
    } else if (!features->gro) {
        check->state = CHECK_NOTE;
        check_advise(check, "to receive faster, as root: ethtool -K %s gro on",
                     name);
    }
}

void judge_return_path(struct check *check, const char *name, uint64_t mode) {
    check_number(check, "rp_filter", mode);
    check_set(check, mode == 1 ? CHECK_NOTE : CHECK_OK, "%s",
              mode == 1
                  ? "datagrams are dropped if the route back is by another "
                    "interface (rp_filter=1)"
                  : "datagrams are received whatever the route back");
    if (mode == 1)
        check_advise(check,
                     "on hosts with several interfaces, as root: sysctl -w "
                     "net/ipv4/conf/%s/rp_filter=2",
                     name);
}

/* The addresses of an interface. */
struct addresses {
    unsigned v4, v6;
    unsigned unnamed; /* for which the line has no room */
};

#define MORE_MAX 32 /* bytes of what is printed for these */

static void add_address(struct check *check, const uv_interface_address_t *one,
                        struct addresses *all) {
    char text[DGRAM_ADDRESS_TEXT_MAX];
    bool is_v4 = one->address.address4.sin_family == AF_INET;
    dgram_address address;

    if (is_v4)
        address.v4 = one->address.address4;
    else
        address.v6 = one->address.address6;
    if (dgram_address_format(&address, text, sizeof text) < 0)
        return;
    *(is_v4 ? &all->v4 : &all->v6) += 1;
    if (strlen(check->fact) + strlen(text) + MORE_MAX < sizeof check->fact)
        check_add(check, "%s%s", check->fact[0] != '\0' ? ", " : "", text);
    else
        all->unnamed++;
}

/* An IPv4 address may have a label instead of the name: "eth0:web". */
static bool is_of(const char *name, const char *interface) {
    size_t length = strlen(interface);

    return strncmp(name, interface, length) == 0 &&
           (name[length] == '\0' || name[length] == ':');
}

/* libuv lists the addresses of interfaces that are up. */
void check_addresses(struct doctor *doctor, struct check *check) {
    uv_interface_address_t *list;
    struct addresses all = {0};
    int count, code = uv_interface_addresses(&list, &count);

    if (code < 0) {
        check_refused(check, CHECK_NOTE, "the addresses are unknown", code);
        return;
    }
    check->state = CHECK_OK;
    for (int i = 0; i < count; i++) {
        if (is_of(list[i].name, doctor->interface))
            add_address(check, &list[i], &all);
    }
    uv_free_interface_addresses(list, count);
    check_number(check, "ipv4", all.v4);
    check_number(check, "ipv6", all.v6);
    if (all.unnamed > 0)
        check_add(check, " and %u more", all.unnamed);
    if (all.v4 + all.v6 > 0)
        return;
    check_set(check, CHECK_WARNING, "none, or the interface is down");
    check_advise(check, "give it an address, or use another interface");
}
