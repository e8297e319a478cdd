/* One system call fills the buffers. Coalesced messages are split into the
   caller's array. If that is full, the next calls return the rest. */
#include "datapath/datapath.h"
#include "datapath/gro.h"
#include "os/clock.h"
#include "util/address.h"
#include "util/util.h"

#define MESSAGES_MAX 64u
#define FEW_MESSAGES 8u
#define PENDING_MAX 16u /* errors in a row that are skipped */

/* The records of all messages come first, then their senders, then the
   information about each. The payloads follow, unless the caller has memory for
   those elsewhere. */
#define SENDER_SIZE 32u /* bytes for an IPv4 or IPv6 address */
/* Bytes for any address. On some systems its own size is no multiple of 8. */
#define UNIX_SENDER_SIZE ((uint32_t)((sizeof(dgram_address) + 7) / 8 * 8))
_Static_assert(sizeof(struct platform_in) + UNIX_SENDER_SIZE +
                       sizeof(dgram_receive_info) <=
                   DGRAM_BUFFER_OVERHEAD,
               "what a message needs does not fit");
_Static_assert(SENDER_SIZE >= ADDRESS_IP_SIZE &&
                   SENDER_SIZE % _Alignof(dgram_receive_info) == 0 &&
                   UNIX_SENDER_SIZE % _Alignof(dgram_receive_info) == 0 &&
                   _Alignof(dgram_receive_info) <= _Alignof(struct platform_in),
               "the information is not aligned behind the senders");

static struct platform_in *messages_in(const dgram_buffers *buffers) {
    return buffers->memory;
}

static bool are_sound(const dgram_buffers *buffers) {
    return buffers->memory != NULL && buffers->count > 0 &&
           buffers->count <= MESSAGES_MAX &&
           buffers->size > DGRAM_BUFFER_OVERHEAD && buffers->size % 64 == 0 &&
           (uintptr_t)buffers->memory % _Alignof(struct platform_in) == 0 &&
           buffers->given <= buffers->received &&
           buffers->received <= buffers->count;
}

static unsigned char *space_of(const dgram_buffers *buffers) {
    if (buffers->payloads != NULL)
        return buffers->payloads;
    return (unsigned char *)buffers->memory +
           (size_t)buffers->count * DGRAM_BUFFER_OVERHEAD;
}

/* Senders of UDP have less than a dgram_address each. The information and the
   payloads follow, so a program may still read the whole union. */
static uint32_t sender_size(const dgram_datapath *dp) {
    return dp->is_unix ? UNIX_SENDER_SIZE : SENDER_SIZE;
}

static unsigned char *senders_in(const dgram_buffers *buffers) {
    return (unsigned char *)(messages_in(buffers) + buffers->count);
}

static dgram_receive_info *infos_in(const dgram_datapath *dp,
                                    const dgram_buffers *buffers) {
    return (void *)(senders_in(buffers) +
                    (size_t)buffers->count * sender_size(dp));
}

/* The program may have enabled more control messages than it requests here. */
static void remove_others(const dgram_datapath *dp,
                          const dgram_buffers *buffers) {
    for (uint32_t i = 0; i < buffers->received; i++)
        infos_in(dp, buffers)[i].valid &= dp->receive_info;
}

static void prepare(const dgram_datapath *dp, const dgram_buffers *buffers,
                    uint32_t from, uint32_t to) {
    struct platform_in *in = messages_in(buffers);
    uint32_t size = buffers->size - DGRAM_BUFFER_OVERHEAD;
    uint32_t from_stride = sender_size(dp);
    uint32_t from_size = dp->is_unix ? from_stride : ADDRESS_IP_SIZE;
    unsigned char *senders = senders_in(buffers);
    unsigned char *space = space_of(buffers);
    dgram_receive_info *infos =
        dp->receive_info != 0 ? infos_in(dp, buffers) : NULL;

    for (uint32_t i = from; i < to; i++) {
        in[i].buffer = space + (size_t)i * size;
        in[i].buffer_size = size;
        in[i].error = 0;
        in[i].from = (void *)(senders + (size_t)i * from_stride);
        in[i].from_size = from_size;
        in[i].info = infos != NULL ? &infos[i] : NULL;
    }
}

struct platform_in *datapath_empty(const dgram_datapath *dp,
                                   dgram_buffers *buffers, uint32_t count) {
    prepare(dp, buffers, 0, count);
    buffers->received = buffers->given = buffers->given_datagrams = 0;
    return messages_in(buffers);
}

/* Returns how many messages to request. Preparing each takes time, and after a
   call with few messages the next one usually finds few. */
static uint32_t count_asked(const dgram_datapath *dp,
                            const dgram_buffers *buffers) {
    uint32_t likely =
        dp->received < FEW_MESSAGES / 2 ? FEW_MESSAGES : 2u * dp->received;

    return dp->shared ? 1 : (uint32_t)min_size(likely, buffers->count);
}

/* Fills the other buffers, behind the `received` messages. */
static int receive_more(dgram_datapath *dp, const dgram_buffers *buffers,
                        uint32_t received) {
    prepare(dp, buffers, received, buffers->count);
    dp->stats.counts.receive_calls++;
    return platform->receive(dp->fd, messages_in(buffers) + received,
                             buffers->count - received);
}

/* Removes pending errors that are also in the error queue. Returns how many
   messages are left. */
static uint32_t drop_pending(const dgram_datapath *dp, struct platform_in *in,
                             uint32_t count) {
    uint32_t kept = 0;

    if (!dp->path_errors.on)
        return count;
    for (uint32_t i = 0; i < count; i++) {
        if (!path_errors_is_pending(dp, in[i].error))
            in[kept++] = in[i];
    }
    return kept;
}

/* Calls the kernel, and calls it again if it had more messages than requested:
   how many messages a wake-up finds must not depend on earlier ones. Returns 0
   or UV_EAGAIN. */
static int receive_messages(dgram_datapath *dp, dgram_buffers *buffers) {
    uint32_t count = count_asked(dp, buffers);
    struct platform_in *in = datapath_empty(dp, buffers, count);
    int received = platform->receive(dp->fd, in, count), more = 0;

    dp->stats.counts.receive_calls++;
    if (received <= 0)
        return UV_EAGAIN;
    if ((uint32_t)received == count && count < buffers->count && !dp->shared)
        more = receive_more(dp, buffers, count);
    if (more > 0)
        received += more;
    dp->received = (uint8_t)received;
    buffers->received = (uint32_t)received;
    if (dp->receive_info != 0)
        remove_others(dp, buffers);
    buffers->received = drop_pending(dp, in, (uint32_t)received);
    return 0;
}

/* The same, and again after nothing but pending errors. An error that each call
   returns is not that. */
static int receive_some(dgram_datapath *dp, dgram_buffers *buffers) {
    int result = 0;

    for (unsigned i = 0; i < PENDING_MAX && result == 0; i++) {
        result = receive_messages(dp, buffers);
        if (buffers->received > 0)
            return 0;
    }
    return result < 0 ? result : messages_in(buffers)->error;
}

/* Splits received messages. Returns how many datagrams were stored, or an error
   that the kernel reported in place of a message. */
static int split_messages(dgram_datapath *dp, dgram_buffers *buffers,
                          dgram_message *messages, size_t max) {
    const struct platform_in *in = &messages_in(buffers)[buffers->given];
    size_t count = 0;

    while (count < max && buffers->given < buffers->received &&
           in->error == 0) {
        uint32_t n = gro_split(in, buffers->given_datagrams, &messages[count],
                               max - count);

        count += n;
        buffers->given_datagrams += n;
        if (buffers->given_datagrams < gro_count(in))
            break;
        stats_received(&dp->stats, in, buffers->given_datagrams);
        buffers->given_datagrams = 0;
        buffers->given++;
        in++;
    }
    return (int)count;
}

/* The kernel reported this code in place of a datagram, or had none. */
static int fail(dgram_datapath *dp, int code) {
    dp->stats.counts.receive_errors += code != UV_EAGAIN;
    return code;
}

int dgram_datapath_receive(dgram_datapath *dp, dgram_buffers *buffers,
                           dgram_message *messages, size_t max) {
    const struct platform_in *in;

    if (!are_sound(buffers) || messages == NULL || max == 0)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (buffers->given == buffers->received) {
        int result = path_errors_take_met(dp);

        if (result == 0)
            result = receive_some(dp, buffers);
        if (result < 0)
            return fail(dp, result);
    }
    in = &messages_in(buffers)[buffers->given];
    if (in->error < 0) {
        buffers->given++;
        peer_errors_seen(&dp->peer_errors, clock_nanoseconds());
        return fail(dp, in->error);
    }
    return split_messages(dp, buffers, messages, min_size(max, INT32_MAX));
}
