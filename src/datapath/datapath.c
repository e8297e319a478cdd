/* Creating and destroying a datapath. */
#include "datapath/datapath.h"

#include <string.h>

#include "os/lock.h"
#include "util/address.h"
#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"

/* A datapath without a socket has its own cache of refused GSO messages. */
struct own_datapath {
    dgram_datapath datapath;
    dgram_address peer;
    struct gso_cache gso_cache;
};

static char kernel_release[KERNEL_RELEASE_MAX];
static struct os_once kernel_release_once = OS_ONCE_INIT;

/* Once: the kernel of a process does not change. */
static void read_kernel_release(void) {
    platform->kernel_release(kernel_release, sizeof(kernel_release));
}

struct offload datapath_policy(dgram_offload mode, uint32_t segments_max) {
    struct offload policy;

    os_once_run(&kernel_release_once, read_kernel_release);
    policy = offload_decide(mode, segments_max, offload_environment(),
                            kernel_release);
    policy.segments_max = (uint32_t)min_size(
        policy.segments_max, offload_segments_max(kernel_release));
    return policy;
}

bool datapath_is_info_valid(uint32_t receive_info) {
    return (receive_info & ~(DGRAM_INFO_ALL | DGRAM_INFO_CREDENTIALS)) == 0;
}

int datapath_check_info(bool is_unix, uint32_t receive_info) {
    uint32_t known = is_unix ? platform->info_known_unix : platform->info_known;

    return (receive_info & ~known) != 0 ? UV_ENOTSUP : 0;
}

int datapath_enable_info(const dgram_datapath *dp, dgram_fd fd) {
    return dp->receive_info == 0 ? 0
                                 : platform->enable_info(fd, dp->receive_info);
}

void datapath_init(dgram_datapath *dp, const struct offload *policy,
                   dgram_address *peer, struct gso_cache *cache,
                   uint32_t owner) {
    memset(dp, 0, sizeof(*dp));
    dp->fd = -1;
    dp->policy = *policy;
    dp->segments_max = 1;
    dp->peer = peer;
    dp->gso_cache = cache;
    dp->owner = owner;
}

void datapath_attach(dgram_datapath *dp, dgram_fd fd) {
    dp->fd = fd;
    dp->segments_max = (uint8_t)min_size(
        min_size(platform->segments_max(fd), dp->policy.segments_max),
        UINT8_MAX);
    dp->longer_max = 0;
    dp->refused = (struct refused_message){0};
    dp->peer_errors = (struct peer_errors){0};
    dp->path_errors = (struct path_errors){0};
    dp->gro = false;
    stats_attach(&dp->stats, fd);
    datapath_connected(dp, NULL);
}

void datapath_connected(dgram_datapath *dp, const dgram_address *peer) {
    dp->connected = peer != NULL;
    if (peer == NULL)
        return;
    address_copy(dp->peer, peer);
    peer_errors_connected(&dp->peer_errors);
}

int datapath_set_gro(dgram_datapath *dp, bool on) {
    int result = platform->coalesce(dp->fd, on);

    if (result >= 0)
        dp->gro = on;
    return result;
}

void datapath_clear_pending_error(dgram_datapath *dp) {
    int code;
    socklen_t size = sizeof(code);

    platform->get_option(dp->fd, SOL_SOCKET, SO_ERROR, &code, &size);
}

static bool is_mode(dgram_offload mode) {
    return mode == DGRAM_OFFLOAD_AUTO || mode == DGRAM_OFFLOAD_OFF ||
           mode == DGRAM_OFFLOAD_ON;
}

static bool has_family(const dgram_address *address) {
    return address->any.sa_family == AF_INET ||
           address->any.sa_family == AF_INET6 || address_is_unix(address);
}

/* Whether a descriptor of this kind supports the requested options. */
static int check_kind(const dgram_datapath *dp,
                      const dgram_datapath_options *options) {
    if (dp->is_unix && options->path_errors)
        return UV_ENOTSUP;
    return datapath_check_info(dp->is_unix, dp->receive_info);
}

/* The kernel records some information only for datagrams that arrive later, so
   it is enabled before the bind. */
static dgram_fd open_bound(dgram_datapath *dp,
                           const dgram_datapath_options *options) {
    const dgram_address *address = options->address;
    dgram_fd fd;
    int result;

    if (!has_family(address))
        return UV_EAFNOSUPPORT;
    dp->is_unix = address_is_unix(address);
    result = check_kind(dp, options);
    if (result < 0)
        return result;
    fd = platform->open(address->any.sa_family);
    if (fd < 0)
        return fd;
    result = datapath_enable_info(dp, fd);
    if (result >= 0)
        result = platform->bind(fd, address);
    if (result < 0) {
        platform->close(fd);
        return result;
    }
    return fd;
}

/* Prepares the caller's descriptor. Returns it, or a negative code. */
static dgram_fd prepare_descriptor(dgram_datapath *dp,
                                   const dgram_datapath_options *options) {
    dgram_fd fd = options->fd;
    int result = platform->kind(fd);

    if (result == PLATFORM_OTHER)
        return DGRAM_ERR_INVALID_FD_TYPE;
    dp->is_unix = result == PLATFORM_UNIX;
    if (result >= 0)
        result = check_kind(dp, options);
    if (result >= 0)
        result = platform->set_flags(fd);
    if (result >= 0)
        result = datapath_enable_info(dp, fd);
    if (result < 0)
        return result;
    dp->info_enabled = (uint8_t)result;
    return fd;
}

/* Takes the peer of the caller's descriptor, if it has one. */
static void find_peer(dgram_datapath *dp) {
    dgram_address peer;

    if (platform->remote_address(dp->fd, &peer) >= 0 &&
        (address_is_unix(&peer) || dgram_address_port(&peer) != 0))
        datapath_connected(dp, &peer);
}

/* Disables what was enabled on a descriptor of the caller. */
static void restore_descriptor(dgram_datapath *dp) {
    path_errors_disable(dp);
    if (dp->info_enabled != 0)
        platform->disable_info(dp->fd, dp->info_enabled);
}

/* On error the caller still owns the descriptor. */
static int begin(dgram_datapath *dp, const dgram_datapath_options *options,
                 dgram_fd fd) {
    int result;

    datapath_attach(dp, fd);
    if (options->path_errors) {
        result = path_errors_enable(dp);
        if (result < 0)
            return result;
    }
    dp->owned = options->address != NULL;
    dp->shared = options->shared;
    if (!dp->owned)
        find_peer(dp);
    if (datapath_wants_gro(dp) && !dp->shared)
        datapath_set_gro(dp, true); /* an error only makes it slower */
    return 0;
}

static int open_datapath(dgram_datapath *dp,
                         const dgram_datapath_options *options) {
    dgram_fd fd = options->address != NULL ? open_bound(dp, options)
                                           : prepare_descriptor(dp, options);
    int result;

    if (fd < 0)
        return (int)fd;
    result = begin(dp, options, fd);
    if (result < 0 && options->address != NULL)
        platform->close(fd);
    else if (result < 0)
        restore_descriptor(dp);
    return result;
}

/* check_kind() follows when it is known whether the descriptor is UDP. */
static int check_options(const dgram_datapath_options *options) {
    uint32_t known = platform->info_known | platform->info_known_unix;

    if (!is_mode(options->offload) ||
        !datapath_is_info_valid(options->receive_info))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (options->path_errors && !platform->has_error_queue)
        return UV_ENOTSUP;
    return (options->receive_info & ~known) != 0 ? UV_ENOTSUP : 0;
}

int dgram_datapath_create(const dgram_datapath_options *given,
                          dgram_datapath **datapath_out) {
    dgram_datapath_options options;
    struct own_datapath *own;
    struct offload policy;
    int result = SIZED_COPY(&options, given, dgram_datapath_options, shared);

    if (result == 0)
        result = check_options(&options);
    if (result < 0)
        return result;
    own = alloc_zeroed(sizeof(*own));
    if (own == NULL)
        return UV_ENOMEM;
    policy = datapath_policy(options.offload, options.segments_max);
    datapath_init(&own->datapath, &policy, &own->peer, &own->gso_cache, 0);
    own->datapath.receive_info = (uint8_t)options.receive_info;
    result = open_datapath(&own->datapath, &options);
    if (result < 0) {
        alloc_free(own);
        return result;
    }
    *datapath_out = &own->datapath;
    return 0;
}

void dgram_datapath_destroy(dgram_datapath *dp) {
    if (dp == NULL)
        return;
    if (dp->owned) {
        platform->close(dp->fd);
    } else {
        restore_descriptor(dp);
        if (dp->gro)
            datapath_set_gro(dp, false);
    }
    alloc_free(CONTAINER_OF(dp, struct own_datapath, datapath));
}

dgram_fd dgram_datapath_fd(const dgram_datapath *dp) {
    return dp->fd;
}

/* To the kernel, an address without a family means disconnect. */
int dgram_datapath_connect(dgram_datapath *dp, const dgram_address *peer) {
    dgram_address found;
    int result = peer != NULL && !has_family(peer)
                     ? UV_EAFNOSUPPORT
                     : platform->connect(dp->fd, peer);

    if (result < 0)
        return result;
    /* The kernel replaces 0.0.0.0 by the loopback address. The path of a Unix
       socket stays as the program wrote it, for later connects: the kernel
       returns the path of the bind, maybe relative to another directory.
       */
    if (peer != NULL && !address_is_unix(peer) &&
        platform->remote_address(dp->fd, &found) >= 0)
        peer = &found;
    datapath_connected(dp, peer);
    return 0;
}

int dgram_datapath_get_limits(const dgram_datapath *dp,
                              dgram_datapath_limits *limits) {
    const dgram_datapath_limits known = {
        .size = sizeof(known),
        .segments_max = dp->segments_max,
        .send_messages_max = platform->messages_max,
        .receive_messages_max = dp->shared ? 1 : platform->messages_max,
        .gro = dp->gro,
    };
    size_t size = limits->size;

    if (!sized_is_sound(sizeof(known),
                        SIZE_UP_TO(dgram_datapath_limits, segments_max),
                        limits))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    memcpy(limits, &known, min_size(size, sizeof(known)));
    limits->size = size;
    return 0;
}

int dgram_datapath_get_stats(dgram_datapath *dp, dgram_stats *stats_out) {
    stats_read_drops(&dp->stats, dp->fd);
    return stats_copy(&dp->stats, stats_out);
}
