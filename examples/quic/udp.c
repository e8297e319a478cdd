#include "udp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFERS 32u   /* messages that one system call receives */
#define MESSAGES 256u /* datagrams of them, at once */
#define BUFFER_BYTES (4 * 1024 * 1024)

static ngtcp2_socklen length_of(const dgram_address *address) {
    return address->any.sa_family == AF_INET6 ? sizeof(address->v6)
                                              : sizeof(address->v4);
}

static ngtcp2_addr addr_of(const dgram_address *address) {
    return (ngtcp2_addr){
        .addr = (ngtcp2_sockaddr *)(uintptr_t)&address->any,
        .addrlen = length_of(address),
    };
}

static void from_addr(const ngtcp2_addr *addr, dgram_address *address) {
    memset(address, 0, sizeof(*address));
    memcpy(address, addr->addr, addr->addrlen);
}

static void set_port(dgram_address *address, uint16_t port) {
    if (address->any.sa_family == AF_INET6)
        address->v6.sin6_port = htons(port);
    else
        address->v4.sin_port = htons(port);
}

/* QUIC finds the MTU of the path by itself, from the packets that are
   acknowledged. So no packet may be fragmented, and the kernel's own idea of
   the path, which a forged ICMP error can change, must not matter. */
static void never_fragment(int fd, int family) {
    int v4 = IP_PMTUDISC_PROBE, v6 = IPV6_PMTUDISC_PROBE;

    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof(v4));
    if (family == AF_INET6) /* whose peers may be IPv4 ones, too */
        setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6, sizeof(v6));
}

/* The kernel limits these to net.core.rmem_max and wmem_max. */
static void enlarge_buffers(int fd) {
    int bytes = BUFFER_BYTES;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

static int open_socket(struct udp *udp, const dgram_address *address) {
    dgram_datapath_options options = {
        .size = sizeof(options),
        .address = address,
        .receive_info = DGRAM_INFO_LOCAL | DGRAM_INFO_TOS,
        .path_errors = true,
    };
    int code = dgram_datapath_create(&options, &udp->datapath);

    if (code < 0)
        return code;
    never_fragment(udp_fd(udp), address->any.sa_family);
    enlarge_buffers(udp_fd(udp));
    udp->buffers = (dgram_buffers){
        .memory = malloc((size_t)BUFFERS * DGRAM_BUFFER_SIZE),
        .size = DGRAM_BUFFER_SIZE,
        .count = BUFFERS,
    };
    return udp->buffers.memory == NULL ? -ENOMEM : 0;
}

static int get_local(struct udp *udp) {
    socklen_t size = sizeof(udp->local);

    return getsockname(udp_fd(udp), &udp->local.any, &size) < 0 ? -errno : 0;
}

int udp_open_server(struct udp *udp, const dgram_address *address) {
    int code = open_socket(udp, address);

    return code < 0 ? code : get_local(udp);
}

int udp_open_client(struct udp *udp, const dgram_address *server) {
    dgram_address any = {.any.sa_family = server->any.sa_family};
    int code = open_socket(udp, &any);

    if (code < 0)
        return code;
    code = dgram_datapath_connect(udp->datapath, server);
    udp->connected = true;
    return code < 0 ? code : get_local(udp);
}

void udp_close(struct udp *udp) {
    dgram_datapath_destroy(udp->datapath);
    free(udp->buffers.memory);
}

int udp_parse(const char *address, const char *port, dgram_address *out) {
    char *end;
    unsigned long number = strtoul(port, &end, 10);

    if (*port < '0' || *port > '9' || *end != '\0' || number > UINT16_MAX)
        return -EINVAL;
    return dgram_address_parse(address, (uint16_t)number, out);
}

int udp_fd(const struct udp *udp) {
    return dgram_datapath_fd(udp->datapath);
}

ngtcp2_path udp_path(const struct udp *udp, const dgram_address *server) {
    return (ngtcp2_path){
        .local = addr_of(&udp->local),
        .remote = addr_of(server),
    };
}

unsigned char *udp_space(struct udp *udp) {
    if (udp->waiting || (udp->count == UDP_BATCH_MAX && !udp_flush(udp)))
        return NULL;
    return udp->memory + udp->used;
}

static void fill(struct udp *udp, const ngtcp2_path *path, unsigned ecn) {
    dgram_send_info *info = &udp->infos[udp->count];

    from_addr(&path->remote, &udp->to[udp->count]);
    *info = (dgram_send_info){.set = DGRAM_INFO_TOS, .tos = DGRAM_TOS(0, ecn)};
    if (udp->connected)
        return;
    info->set |= DGRAM_INFO_LOCAL;
    from_addr(&path->local, &info->local);
}

/* Packets of one size with equal information become one GSO message. Their
   payloads are adjacent. */
void udp_add(struct udp *udp, size_t length, const ngtcp2_path *path,
             unsigned ecn) {
    fill(udp, path, ecn);
    udp->packets[udp->count] = (dgram_outgoing){
        .payload = udp->memory + udp->used,
        .length = length,
        .to = udp->connected ? NULL : &udp->to[udp->count],
        .info = &udp->infos[udp->count],
    };
    udp->used += length;
    udp->count++;
}

/* Any other code than EAGAIN loses the packet, as the network may, and ngtcp2
   sends its content again: ENOBUFS is the full queue of an interface, and
   EMSGSIZE a probe that is longer than its MTU. */
bool udp_flush(struct udp *udp) {
    udp->waiting = false;
    while (udp->done < udp->count) {
        int n = dgram_datapath_send(udp->datapath, udp->packets + udp->done,
                                    udp->count - udp->done,
                                    udp->status + udp->done);

        if (n > 0)
            udp->done += (size_t)n;
        if (udp->done == udp->count)
            break;
        if (udp->status[udp->done] == -EAGAIN) {
            udp->waiting = true;
            return false;
        }
        udp->done++;
    }
    udp->count = udp->done = udp->used = 0;
    return true;
}

bool udp_waits(const struct udp *udp) {
    return udp->waiting;
}

/* The local address is the one that the packet was sent to: a server that is
   bound to all addresses answers from that one. ngtcp2 must not get an empty
   datagram: it aborts. */
static void deliver(struct udp *udp, const dgram_message *message,
                    void (*receive)(void *, const struct udp_packet *),
                    void *data) {
    dgram_address local = udp->local;
    struct udp_packet packet = {
        .bytes = message->payload,
        .length = message->length,
        .info.ecn = DGRAM_TOS_ECN(message->info->tos),
    };

    if ((message->info->valid & DGRAM_INFO_LOCAL) != 0) {
        local = message->info->local;
        set_port(&local, dgram_address_port(&udp->local));
    }
    packet.path.local = addr_of(&local);
    packet.path.remote = addr_of(message->from);
    if ((message->flags & DGRAM_TRUNCATED) == 0 && message->length > 0)
        receive(data, &packet);
}

/* Anybody can forge an ICMP error, so it ends nothing: QUIC has timeouts. It
   may explain one. */
static void receive_errors(struct udp *udp) {
    dgram_path_error error;

    while (dgram_datapath_receive_error(udp->datapath, &error) == 0) {
        if (error.code != -EMSGSIZE)
            udp->path_error = error.code;
    }
}

void udp_receive(struct udp *udp,
                 void (*receive)(void *, const struct udp_packet *),
                 void *data) {
    dgram_message messages[MESSAGES];

    do {
        int count = dgram_datapath_receive(udp->datapath, &udp->buffers,
                                           messages, MESSAGES);

        for (int i = 0; i < count; i++)
            deliver(udp, &messages[i], receive, data);
    } while (udp->buffers.given < udp->buffers.received);
    receive_errors(udp);
}

void udp_report(const struct udp *udp) {
    dgram_stats stats = {.size = sizeof(stats)};

    if (dgram_datapath_get_stats(udp->datapath, &stats) < 0)
        return;
    printf("sent %" PRIu64 " datagrams in %" PRIu64 " calls, received %" PRIu64
           " in %" PRIu64 ", dropped %" PRIu64 "\n",
           stats.datagrams_sent, stats.send_calls, stats.datagrams_received,
           stats.receive_calls, stats.receive_drops);
}
