/* The scripted kernel: it takes some datagrams, refuses some, and delays some.
   It reports to the model what it did. Descriptors are real, so that the loop
   polls them. */
#include "model.h"

#include <string.h>
#include <unistd.h>

#include "util/address.h"

int kernel_failure;
struct model *calling;
bool kernel_calm, kernel_is_full;
unsigned kernel_interfaces;

static const struct platform *real;
static struct platform scripted;
static int opened, closed, helper = -1;
static unsigned joined[SOCKETS];     /* groups of the socket's descriptor */
static unsigned everywhere[SOCKETS]; /* interfaces of the group of all */
static struct platform_interface_changes changes; /* not read yet */
static dgram_address reports_to; /* where changes are reported to; family 0:
                                    nowhere */
static uint16_t latest_to_port[SOCKETS][8]; /* per port, the latest + 1 */
static uint16_t latest_to_name[SOCKETS][8]; /* the same of those by name */

static struct model *model_of(int fd) {
    for (int i = 0; i < SOCKETS; i++) {
        if (models[i].socket != NULL && models[i].fd == fd && fd >= 0)
            return &models[i];
    }
    return NULL;
}

/* A bind has failed, and the sends that waited for it, too. */
static void bind_failed(struct model *m, int code) {
    m->bind = UNBOUND;
    m->error_owed = code;
    for (int i = 0; i < datagram_count; i++) {
        if (datagrams[i].from == m && !datagrams[i].called &&
            !datagrams[i].named && datagrams[i].refused == 0)
            datagrams[i].refused = code;
    }
}

static int open_any(int family) {
    int fd = real->open(family);

    opened += fd >= 0;
    return fd;
}

static int close_any(int fd) {
    struct model *m = model_of(fd);

    if (m != NULL) {
        if (m->detached && calling == NULL)
            model_closes_itself(m);
        m->fd = -1;
        joined[m - models] = 0;
        everywhere[m - models] = 0;
    }
    closed++;
    return real->close(fd);
}

/* Each socket binds to another loopback address, except for implicit binds,
   which happen inside a call. */
static struct model *who_binds(const dgram_address *address) {
    uint32_t number = ntohl(address->v4.sin_addr.s_addr);

    return number == 0 ? calling : &models[(number & 0xff) - 1];
}

static int bind_any(int fd, const dgram_address *address) {
    struct model *m = who_binds(address);
    int result =
        !kernel_calm && one_in(8) ? UV_EADDRINUSE : real->bind(fd, address);

    AGREE(m != NULL && (m->bind == UNBOUND || m->bind == BINDING));
    if (result == 0) {
        m->fd = fd;
        m->bind = BOUND;
        m->listening_owed = true;
        return 0;
    }
    note("  kernel refuses the bind of %d", (int)(m - models));
    kernel_failure = result;
    if (m->bind == BINDING)
        bind_failed(m, result);
    return result;
}

static int connect_any(int fd, const dgram_address *address) {
    struct model *m = model_of(fd);

    if (!kernel_calm && one_in(8)) {
        kernel_failure = UV_ENETUNREACH;
        return UV_ENETUNREACH;
    }
    AGREE(m != NULL && m->bind == BOUND);
    memset(&m->peer, 0, sizeof m->peer);
    if (address != NULL) {
        m->peer = *address;
        m->connect_events_owed++;
    }
    m->connect = address != NULL ? CONNECTED : DISCONNECTED;
    return 0;
}

static int remote_any(int fd, dgram_address *out) {
    struct model *m = model_of(fd);

    if (m == NULL || m->peer.any.sa_family == 0)
        return UV_ENOTCONN;
    *out = m->peer;
    return 0;
}

/* The bit of a group, as calls.c names them. */
static unsigned group_of(int name, const void *value) {
    bool by_source =
        name == IP_ADD_SOURCE_MEMBERSHIP || name == IP_DROP_SOURCE_MEMBERSHIP;
    const struct ip_mreq_source *sourced = value;
    const struct ip_mreq *plain = value;
    uint32_t group = ntohl(by_source ? sourced->imr_multiaddr.s_addr
                                     : plain->imr_multiaddr.s_addr);
    struct in_addr interface =
        by_source ? sourced->imr_interface : plain->imr_interface;

    AGREE(ntohl(interface.s_addr) == INADDR_LOOPBACK);
    if (by_source)
        AGREE(ntohl(sourced->imr_sourceaddr.s_addr) == 0x0a090807);
    AGREE((group & 0xff) >= 1 && (group & 0xff) <= 4);
    AGREE(by_source == ((group & 0xff) > 2));
    return 1u << ((group & 0xff) - 1);
}

static int change_groups(int fd, unsigned group, bool join) {
    struct model *m = model_of(fd);

    AGREE(m != NULL && m->bind == BOUND && m == calling);
    if (!kernel_calm && one_in(6)) {
        kernel_failure = UV_ENOBUFS;
        return UV_ENOBUFS;
    }
    if (((joined[m - models] & group) != 0) == join)
        return join ? UV_EADDRINUSE : UV_EADDRNOTAVAIL;
    joined[m - models] ^= group;
    return 0;
}

unsigned kernel_groups(const struct model *m) {
    return joined[m - models];
}

/* ---- The group of all interfaces ---- */

static int change_everywhere(int fd, int name,
                             const struct group_req *request) {
    struct model *m = model_of(fd);
    unsigned bit = 1u << request->gr_interface;
    bool join = name == MCAST_JOIN_GROUP;

    AGREE(m != NULL && m->bind == BOUND && request->gr_interface <= 3);
    if (join && kernel_is_full)
        return UV_ENOBUFS;
    if (join && (kernel_interfaces & bit) == 0)
        return UV_ENODEV;
    if (((everywhere[m - models] & bit) != 0) == join)
        return join ? UV_EADDRINUSE : UV_EADDRNOTAVAIL;
    everywhere[m - models] ^= bit;
    return 0;
}

unsigned kernel_everywhere(const struct model *m) {
    return everywhere[m - models];
}

/* The first is the loopback interface. */
static int list_interfaces_any(struct platform_interface *out, unsigned max) {
    int count = 0;

    for (unsigned index = 1; index <= 3; index++) {
        if ((kernel_interfaces >> index & 1) == 0)
            continue;
        if ((unsigned)count < max)
            out[count] = (struct platform_interface){index, true};
        count++;
    }
    return count;
}

/* A socket that gets a datagram for each change. */
static int open_changes_any(void) {
    int fd;

    reports_to = (dgram_address){0};
    memset(&changes, 0, sizeof changes);
    if (one_in(4))
        return UV_ENOTSUP;
    fd = open_any(AF_INET);
    dgram_address_parse("127.0.0.1", 0, &reports_to);
    AGREE(real->bind(fd, &reports_to) == 0);
    AGREE(real->local_address(fd, &reports_to) == 0);
    return fd;
}

static int read_changes_any(dgram_fd fd,
                            struct platform_interface_changes *out) {
    char byte;

    while (recv(fd, &byte, 1, 0) >= 0)
        ;
    if (one_in(8)) {
        reports_to = (dgram_address){0}; /* the library looks by itself */
        return UV_ENOMEM;
    }
    *out = changes;
    memset(&changes, 0, sizeof changes);
    return 0;
}

bool kernel_reports_interfaces(void) {
    return reports_to.any.sa_family != 0;
}

/* It ends the memberships on that interface. */
static void remove_interface(unsigned index) {
    kernel_interfaces &= ~(1u << index);
    for (int i = 0; i < SOCKETS; i++)
        everywhere[i] &= kernel_interfaces;
    if (one_in(4) || changes.removed_count == PLATFORM_REMOVED_MAX)
        changes.incomplete = true;
    else
        changes.removed[changes.removed_count++] = index;
}

void kernel_change_interface(void) {
    unsigned index = 2 + any(2);
    bool is_up = (kernel_interfaces >> index & 1) != 0, anew = one_in(2);

    note("interface %u %s%s", index, is_up ? "is removed" : "is set up",
         is_up && anew ? ", and is made anew" : "");
    if (is_up)
        remove_interface(index);
    if (!is_up || anew)
        kernel_interfaces |= 1u << index;
    if (kernel_reports_interfaces())
        sendto(helper, "x", 1, 0, &reports_to.any, sizeof reports_to.v4);
}

static int set_option_any(int fd, int level, int name, const void *value,
                          socklen_t size) {
    (void)size;
    if (level != IPPROTO_IP)
        return 0;
    if (name == MCAST_JOIN_GROUP || name == MCAST_LEAVE_GROUP)
        return change_everywhere(fd, name, value);
    if (name == IP_ADD_MEMBERSHIP || name == IP_ADD_SOURCE_MEMBERSHIP)
        return change_groups(fd, group_of(name, value), true);
    if (name == IP_DROP_MEMBERSHIP || name == IP_DROP_SOURCE_MEMBERSHIP)
        return change_groups(fd, group_of(name, value), false);
    return 0;
}

static uint32_t segments_any(int fd) {
    (void)fd;
    return one_in(2) ? 64 : 1;
}

static int coalesce_any(int fd, bool on) {
    (void)fd;
    (void)on;
    return 0;
}

static size_t flatten(const struct platform_out *message, unsigned char *out) {
    size_t size = 0;

    for (uint32_t i = 0; i < message->part_count; i++) {
        memcpy(out + size, message->parts[i].iov_base,
               message->parts[i].iov_len);
        size += message->parts[i].iov_len;
    }
    return size;
}

/* All datagrams of a message leave with the same. */
static void check_send_info(const struct platform_out *message,
                            enum info_model expected) {
    const dgram_send_info *info = message->info, *right = &infos[expected];

    if (info == NULL || info->set == 0) {
        AGREE(expected == NO_INFO || right->set == 0);
        return;
    }
    AGREE(expected != NO_INFO && expected < INFOS_VALID);
    AGREE(info->set == right->set);
    AGREE(message->info_to != NULL);
    if ((info->set & DGRAM_INFO_TOS) != 0)
        AGREE(info->tos == right->tos);
    if ((info->set & DGRAM_INFO_TTL) != 0)
        AGREE(info->ttl == right->ttl);
    if ((info->set & DGRAM_INFO_LOCAL) != 0)
        AGREE(dgram_address_equal(&info->local, &right->local));
}

/* Each datagram of the message was accepted, and is sent once. */
static void take(struct model *m, const struct platform_out *message,
                 int refused) {
    static unsigned char bytes[1 << 17];
    size_t size = flatten(message, bytes);
    size_t step = message->segment_size > 0 ? message->segment_size : size;

    for (size_t at = 0; at < size; at += step) {
        uint32_t id;
        uint16_t *latest;

        memcpy(&id, bytes + at, sizeof id);
        AGREE(id < (uint32_t)datagram_count && datagrams[id].from == m);
        AGREE(!datagrams[id].taken && datagrams[id].refused == 0);
        AGREE(datagrams[id].size == (size - at < step ? size - at : step));
        check_send_info(message, datagrams[id].info);
        if (refused < 0) {
            datagrams[id].refused = refused;
            return; /* only the first */
        }
        AGREE(
            dgram_address_port(message->to != NULL ? message->to : &m->peer) ==
            (datagrams[id].port > 0 ? datagrams[id].port : 9));
        datagrams[id].taken = true;
        datagrams[id].from->taken++;
        if (datagrams[id].named ? !m->keeps
                                : m->reordered && datagrams[id].port == 0)
            continue;
        latest = datagrams[id].named ? latest_to_name[m - models]
                                     : latest_to_port[m - models];
        latest += datagrams[id].port % 8;
        AGREE(id + 1 > *latest);
        *latest = (uint16_t)(id + 1);
    }
}

/* In the end the first one fails. */
static void put_off(struct model *m, const struct platform_out *message,
                    int code) {
    uint32_t id;

    memcpy(&id, message->parts[0].iov_base, sizeof id);
    datagrams[id].put_off = code;
    if (code == UV_ENOBUFS)
        m->reordered = true;
}

static int send_any(int fd, const struct platform_out *messages,
                    uint32_t count) {
    static const int codes[] = {UV_EAGAIN,       UV_ENOBUFS, UV_EPERM,
                                UV_ECONNREFUSED, UV_EIO,     UV_EMSGSIZE};
    struct model *m = model_of(fd);
    uint32_t taken = one_in(3) ? 1 + any(count) : count;

    AGREE(m != NULL && m->bind == BOUND && count >= 1);
    if (!kernel_calm && one_in(4)) {
        bool run = messages[0].segment_size > 0;
        int code = codes[any(6)];

        /* A retry takes longer than most seeds. */
        if (code == UV_ENOBUFS && !one_in(8))
            code = UV_EAGAIN;
        /* The first datagram of a GSO message may take it, or not. */
        if (code == UV_ECONNREFUSED && run && !m->has_path_errors)
            code = UV_EPERM;
        /* Twice in a row it is that of the datagram. */
        if (code == UV_EMSGSIZE && m->has_path_errors)
            code = UV_EPERM;
        note("  kernel refuses %u: %s", count, dgram_err_name(code));
        if (code == UV_EAGAIN || code == UV_ENOBUFS)
            put_off(m, &messages[0], code);
        else if (!run && !(code == UV_ECONNREFUSED && m->has_path_errors))
            take(m, &messages[0], code);
        return code;
    }
    for (uint32_t i = 0; i < taken; i++)
        take(m, &messages[i], 0);
    return (int)taken;
}

static void fill(struct model *m, struct platform_in *message) {
    uint32_t segments = 1 + any(3);
    dgram_address from;

    message->error = 0;
    message->flags = 0;
    message->segment_size = segments > 1 ? 8 : 0;
    message->length = segments * 8;
    memset(message->buffer, 0, message->length);
    AGREE((message->info != NULL) == (m->receive_info != 0));
    if (message->info != NULL) {
        *message->info = (dgram_receive_info){
            .valid = DGRAM_INFO_ALL & ~DGRAM_INFO_TOS,
            .interface_index = 1,
            .ttl = (uint8_t)m->given,
            .timestamp_ns = m->given,
        };
        dgram_address_parse("127.0.0.1", 0, &message->info->local);
        message->info->reply_from = message->info->local;
    }
    for (uint32_t i = 0; i < segments; i++, m->given++)
        memcpy(message->buffer + i * 8, &m->given, 4);
    dgram_address_parse("127.0.0.1", 7, &from);
    address_copy(message->from, &from);
}

static int receive_any(dgram_fd fd, struct platform_in *messages,
                       uint32_t count) {
    struct model *m = model_of(fd);
    char byte;
    int came = 0;

    AGREE(m != NULL && m->bind == BOUND && !m->stopped && !m->detached);
    while (recv(fd, &byte, 1, 0) >= 0)
        came++;
    if (came == 0 || one_in(5))
        return UV_EAGAIN;
    came = 1 + (int)any(count < 4 ? count : 4);
    for (int i = 0; i < came; i++) {
        fill(m, &messages[i]);
        if (one_in(6)) {
            m->given -= messages[i].length / 8;
            messages[i].error = UV_ECONNREFUSED;
            m->receive_errors += !m->has_path_errors;
        }
    }
    note("  kernel gives %d", came);
    return came;
}

void kernel_begin(void) {
    opened = closed = 0;
    kernel_calm = false;
    memset(latest_to_port, 0, sizeof latest_to_port);
    memset(latest_to_name, 0, sizeof latest_to_name);
    memset(joined, 0, sizeof joined);
    memset(everywhere, 0, sizeof everywhere);
    kernel_is_full = false;
    kernel_interfaces = 1u << 1 | 1u << 2;
    reports_to = (dgram_address){0};
    if (real == NULL)
        real = platform;
    scripted = *real;
    scripted.open = open_any;
    scripted.close = close_any;
    scripted.bind = bind_any;
    scripted.connect = connect_any;
    scripted.remote_address = remote_any;
    scripted.set_option = set_option_any;
    scripted.list_interfaces = list_interfaces_any;
    scripted.open_interface_changes = open_changes_any;
    scripted.read_interface_changes = read_changes_any;
    scripted.segments_max = segments_any;
    scripted.coalesce = coalesce_any;
    scripted.send = send_any;
    scripted.receive = receive_any;
    platform = &scripted;
    if (helper < 0)
        helper = socket(AF_INET, SOCK_DGRAM, 0);
}

void kernel_end(void) {
    AGREE(opened == closed);
    platform = real;
}

void kernel_poke(struct model *m) {
    dgram_address address;

    if (m->fd < 0 || real->local_address(m->fd, &address) < 0)
        return;
    dgram_address_parse("127.0.0.1", dgram_address_port(&address), &address);
    sendto(helper, "x", 1, 0, &address.any, sizeof address.v4);
}

/* The descriptor itself sends to a closed port. A pending error of an earlier
   one may refuse that once. */
void kernel_add_path_error(struct model *m) {
    dgram_address nobody;

    if (m->fd < 0 || m->detached || !m->has_path_errors)
        return;
    dgram_address_parse("127.0.0.1", 9, &nobody);
    if (sendto(m->fd, "x", 1, 0, &nobody.any, sizeof nobody.v4) == 1)
        m->path_errors_owed++;
}
