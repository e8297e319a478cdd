#include "datapath/path_errors.h"

#include "datapath/datapath.h"
#include "datapath/path_mtu.h"
#include "util/address.h"
#include "util/hash.h"
#include "util/util.h"

/* How often the same message is sent again for different pending errors. */
#define TRIES_MAX 32u

/* The lowest MTU of a path that is accepted from a router (bytes). */
#define MTU_MIN_V4 552u
#define MTU_MIN_V6 1280u

/* The value of the option by which the kernel sends no fragments, as of
   DGRAM_PMTU_DO. */
#define DONT_FRAGMENT 2

int path_errors_enable(dgram_datapath *dp) {
    int families = platform->enable_errors(dp->fd);

    if (families < 0)
        return families;
    dp->path_errors =
        (struct path_errors){.on = true, .families = (unsigned)families & 3};
    return 0;
}

void path_errors_disable(dgram_datapath *dp) {
    if (dp->path_errors.families != 0)
        platform->disable_errors(dp->fd, dp->path_errors.families);
    dp->path_errors = (struct path_errors){0};
}

void path_errors_abandon(dgram_datapath *dp) {
    platform->disable_errors(dp->fd, UINT32_MAX);
    dp->path_errors = (struct path_errors){0};
}

/* A code may be a pending error. If a send returns it so many times in a row,
   it is the error of the message itself. 0: it is never a pending error. The
   kernel returns the first group of codes for ICMP errors only, and the second
   group also for a destination without a route. UV_EMSGSIZE is repeated least,
   because each refusal of a too long datagram adds an error to the queue. */
static unsigned repetitions_of(int code) {
    switch (code) {
    case UV_ECONNREFUSED:
    case UV_EHOSTDOWN:
    case UV_ENONET:
    case UV_ENOPROTOOPT:
    case UV_ENOTSUP:
    case UV_EPROTO:
        return 16;
    case UV_EACCES:
    case UV_EHOSTUNREACH:
    case UV_ENETUNREACH:
        return 4;
    case UV_EMSGSIZE:
        return 2;
    default:
        return 0;
    }
}

/* Without path errors, errors of the peer make sends of a connected socket
   fail. */
static bool has_queue(const dgram_datapath *dp) {
    return dp->path_errors.on ||
           (!dp->connected && platform->errors_are_enabled(dp->fd));
}

/* Whether an option of the socket makes the kernel refuse datagrams that exceed
   the path MTU. */
static bool forbids_fragments(const dgram_datapath *dp, bool v4) {
    int mode = 0;
    socklen_t size = sizeof(mode);
    int result = platform->get_option(dp->fd, v4 ? IPPROTO_IP : IPPROTO_IPV6,
                                      v4 ? platform->dont_fragment
                                         : platform->dont_fragment_v6,
                                      &mode, &size);

    return result >= 0 && mode == DONT_FRAGMENT;
}

/* Whether the kernel refuses the datagram whenever it is sent. */
static bool is_too_long(const dgram_datapath *dp,
                        const struct platform_out *message) {
    const dgram_address *to = message->to;
    size_t length = 0;
    bool v4;
    int mtu;

    if (to == NULL || message->segment_size != 0)
        return false;
    v4 = to->any.sa_family == AF_INET || address_is_mapped(to);
    if (!forbids_fragments(dp, v4))
        return false;
    for (uint32_t i = 0; i < message->part_count; i++)
        length += message->parts[i].iov_len;
    mtu = path_mtu_find(dp, to);
    return mtu > 0 && length > dgram_payload_size_max(mtu, to);
}

/* Another attempt to send a datagram that is too long would add its error to
   the queue of the program once more. */
static bool may_be_pending(const dgram_datapath *dp,
                           const struct platform_out *message, int code) {
    if (repetitions_of(code) == 0 || !has_queue(dp))
        return false;
    return code != UV_EMSGSIZE || dp->path_errors.on ||
           !is_too_long(dp, message);
}

/* The message has one datagram, which was too long twice. */
static void note_repeat(dgram_datapath *dp,
                        const struct platform_out *message) {
    if (dp->path_errors.on && message->segment_size == 0 &&
        dp->path_errors.repeats < UINT16_MAX)
        dp->path_errors.repeats++;
}

int path_errors_send_again(dgram_datapath *dp,
                           const struct platform_out *messages, uint32_t count,
                           int code) {
    unsigned repetitions = 1;
    int result = code;

    if (!may_be_pending(dp, messages, code))
        return code;
    for (unsigned i = 0;
         i < TRIES_MAX && result < 0 && repetitions < repetitions_of(result);
         i++) {
        int before = result;

        result = platform->send(dp->fd, messages, count);
        dp->stats.counts.send_calls++;
        repetitions = result == before ? repetitions + 1 : 1;
    }
    if (result == UV_EMSGSIZE && repetitions > 1)
        note_repeat(dp, messages);
    if (result != code && !dp->path_errors.on)
        dp->path_errors.met = (int16_t)code;
    return result;
}

bool path_errors_is_pending(const dgram_datapath *dp, int code) {
    return dp->path_errors.on && repetitions_of(code) > 0;
}

int path_errors_take_met(dgram_datapath *dp) {
    int code = dp->path_errors.met;

    dp->path_errors.met = 0;
    return code;
}

/* A datagram that was too long was sent twice, see path_errors_send_again(). */
static bool is_repeat(dgram_datapath *dp, const dgram_path_error *error) {
    struct path_errors *errors = &dp->path_errors;
    uint16_t hash;

    if (!error->local || error->code != UV_EMSGSIZE)
        return false;
    hash = (uint16_t)hash_host(error->mtu, &error->to);
    if (errors->repeats > 0 && hash == errors->latest) {
        errors->repeats--;
        return true;
    }
    errors->latest = hash;
    return false;
}

/* Longer segments would be refused, or fragmented. */
static void limit_segments(dgram_datapath *dp, const dgram_path_error *error) {
    bool v6 =
        error->to.any.sa_family == AF_INET6 && !address_is_mapped(&error->to);
    uint32_t least = v6 ? MTU_MIN_V6 : MTU_MIN_V4;
    uint32_t mtu = error->mtu > least ? error->mtu : least;

    if (error->code != UV_EMSGSIZE || error->mtu == 0 ||
        error->to.any.sa_family == AF_UNSPEC)
        return;
    gso_cache_limit(
        dp->gso_cache, dp->owner, &error->to,
        dgram_payload_size_max((int)min_size(mtu, INT32_MAX), &error->to),
        datapath_now());
}

int dgram_datapath_receive_error(dgram_datapath *dp,
                                 dgram_path_error *error_out) {
    int result;

    if (!dp->path_errors.on)
        return UV_EINVAL;
    do {
        result = platform->receive_error(dp->fd, error_out);
    } while (result == 0 && is_repeat(dp, error_out));
    if (result == 0)
        limit_segments(dp, error_out);
    else if (result == UV_EAGAIN)
        dp->path_errors.repeats = 0;
    return result;
}
