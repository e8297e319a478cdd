/* Happy path: send_some() builds a batch of messages and passes it to the
   kernel with one system call. This repeats until all datagrams are done.

   Errors; in each case every datagram is sent once or fails once:
   - The kernel accepts only the first k messages: the next call begins after
     them.
   - An error of the peer (an ICMP message) arrives after the first message of a
     call: the kernel reports it once, and sendmmsg() discards it. So for some
     time after a connect or such an error, each message has its own call.
   - The kernel accepts no more for now (EAGAIN), or has no buffers for a
     datagram (ENOBUFS): the caller waits.
   - The kernel refuses a GSO message of more than 64 datagrams: it may have
     the older limit although its release is newer, so messages get shorter.
     If it refuses a shorter one, too, their length is not the reason.
   - The kernel refuses a GSO message: its datagrams are sent one at a time. If
     they pass, the refusal is cached. But if the code may be an error of the
     peer, the first datagram fails with it: the kernel reports that once.
   - With an error queue (path_errors.h) the errors of a peer are read from
     that. They fail no datagram, and no message needs a call of its own.
   - The kernel refuses a single datagram: it fails, and the other datagrams are
     still sent. */
#include "datapath/gso.h"
#include "datapath/reconnect.h"
#include "os/clock.h"
#include "util/hash.h"
#include "util/util.h"

#define EAGAIN_MAX 3u

/* A call of dgram_datapath_send() or datapath_send_until_failure(). */
struct sending {
    dgram_datapath *datapath;
    const struct send_rules *rules; /* or NULL */
    bool until_failure;
    const dgram_outgoing *messages;
    int *status; /* of each, or NULL */
    size_t count;
    size_t done; /* sent or failed */
    int code;    /* why the call ends early, or 0 */
};

/* Whether an ICMP message may be the cause. */
static bool is_peer_error(int code) {
    return code == UV_ECONNREFUSED || code == UV_EHOSTUNREACH ||
           code == UV_ENETUNREACH || code == UV_EHOSTDOWN ||
           code == UV_ENONET || code == UV_EPROTO;
}

/* Whether errors of the peer fail datagrams. */
static bool blames_peer(const dgram_datapath *dp) {
    return dp->connected && !dp->is_unix && !dp->path_errors.on;
}

/* The clock is read only after a connect or an error. */
static bool needs_single_messages(dgram_datapath *dp) {
    return blames_peer(dp) && dp->peer_errors.until != 0 &&
           peer_errors_expected(&dp->peer_errors, clock_nanoseconds());
}

static void note_peer_error(dgram_datapath *dp) {
    peer_errors_seen(&dp->peer_errors, clock_nanoseconds());
}

/* The next `count` datagrams are done: some may be of a refused message. */
static void advance_refused(dgram_datapath *dp, uint32_t count) {
    struct refused_message *refused = &dp->refused;

    if ((refused->left | refused->blamed) == 0)
        return;
    refused->left =
        (uint8_t)(count < refused->left ? refused->left - count : 0);
    refused->blamed =
        (uint8_t)(count < refused->blamed ? refused->blamed - count : 0);
}

static inline size_t length_of(const struct platform_out *message) {
    size_t length = 0;

    for (uint32_t i = 0; i < message->part_count; i++)
        length += message->parts[i].iov_len;
    return length;
}

/* Sets the status of the datagrams of a sent message of `length` bytes. All but
   the last one have the size of a segment. */
static void fill_status(int *status, const struct platform_out *message,
                        uint32_t datagrams, size_t length) {
    uint32_t last = datagrams - 1;

    for (uint32_t i = 0; i < last; i++)
        status[i] = (int)message->segment_size;
    status[last] = (int)(length - (size_t)last * message->segment_size);
}

/* The first `sent` messages of the batch are sent. */
static void mark_sent(struct sending *it, const struct gso_batch *batch,
                      uint32_t sent) {
    dgram_stats *counts = &it->datapath->stats.counts;
    uint32_t datagrams = 0, coalesced = 0;
    size_t bytes = 0;

    for (uint32_t i = 0; i < sent; i++) {
        const struct platform_out *message = &batch->messages[i];
        size_t length = length_of(message);

        if (it->status != NULL)
            fill_status(&it->status[it->done + datagrams], message,
                        batch->datagrams[i], length);
        datagrams += batch->datagrams[i];
        coalesced += message->segment_size != 0;
        bytes += length;
    }
    counts->datagrams_sent += datagrams;
    counts->gso_messages += coalesced;
    counts->bytes_sent += bytes;
    it->done += datagrams;
    if (sent > 0)
        it->datapath->eagain_count = 0;
    if (coalesced > 0)
        it->datapath->longer_max = 0;
    advance_refused(it->datapath, datagrams);
}

/* The next datagram failed. */
static void fail(struct sending *it, int code) {
    advance_refused(it->datapath, 1);
    it->datapath->stats.counts.send_errors++;
    if (it->until_failure) {
        it->code = code;
        return;
    }
    if (it->status != NULL)
        it->status[it->done] = code;
    it->done++;
}

static const dgram_address *destination_of(const dgram_datapath *dp,
                                           const dgram_outgoing *message) {
    return message->to != NULL ? message->to : dp->peer;
}

static uint16_t host_of(const dgram_datapath *dp,
                        const dgram_outgoing *message) {
    return (uint16_t)hash_host(HASH_BEGIN, destination_of(dp, message));
}

/* A GSO message was refused. If it gets the same code twice, the peer is not
   the reason: the first call has cleared a pending error. But a packet filter
   may answer a message that it rejects. Then a new one is pending, which would
   make a datagram fail that passes alone. */
static void handle_refused_message(struct sending *it, uint32_t datagrams,
                                   uint32_t size, int code) {
    struct refused_message *refused = &it->datapath->refused;
    dgram_datapath *dp = it->datapath;

    dp->stats.counts.refused_messages++;
    refused->host = host_of(dp, &it->messages[it->done]);
    if (blames_peer(dp) && is_peer_error(code) && refused->blamed == 0) {
        note_peer_error(dp);
        refused->blamed = (uint8_t)datagrams;
        fail(it, code);
        return;
    }
    refused->left = (uint8_t)datagrams;
    refused->size = (uint16_t)size;
    refused->code = (int16_t)code;
    datapath_clear_pending_error(dp);
}

/* The kernel accepts no more. If this persists, the message may be too large,
   and its datagrams are sent one at a time. Returns whether to continue with
   these. */
static bool split_after_eagain(struct sending *it, uint32_t datagrams) {
    dgram_datapath *dp = it->datapath;

    if (dp->eagain_count < EAGAIN_MAX) {
        dp->eagain_count++;
        return false;
    }
    if (datagrams == 1)
        return false;
    dp->eagain_count = 0;
    dp->stats.counts.refused_messages++;
    dp->refused = (struct refused_message){
        .left = (uint8_t)datagrams,
        .host = host_of(dp, &it->messages[it->done]),
    };
    return true;
}

/* A message may be too long for a kernel with the older limit. Makes later ones
   shorter, and returns true. */
static bool shorten_messages(dgram_datapath *dp, uint32_t datagrams, int code) {
    if (code != UV_EINVAL || datagrams <= OFFLOAD_SEGMENTS_PORTABLE)
        return false;
    dp->longer_max = dp->segments_max;
    dp->segments_max = OFFLOAD_SEGMENTS_PORTABLE;
    dp->stats.counts.refused_messages++;
    return true;
}

/* A shorter message was refused for the same reason: it is not the length. */
static void lengthen_messages(dgram_datapath *dp, int code) {
    if (code != UV_EINVAL || dp->longer_max == 0)
        return;
    dp->segments_max = dp->longer_max;
    dp->longer_max = 0;
}

/* The kernel refused the first message that is not sent. */
static void handle_refusal(struct sending *it, uint32_t datagrams,
                           const struct platform_out *message, int code) {
    if (code == UV_EAGAIN) {
        if (!split_after_eagain(it, datagrams))
            it->code = code;
    } else if (shorten_messages(it->datapath, datagrams, code)) {
        return;
    } else if (datagrams > 1) {
        lengthen_messages(it->datapath, code);
        handle_refused_message(it, datagrams, message->segment_size, code);
    } else if (code == UV_ENOBUFS) {
        it->code = code;
    } else {
        note_peer_error(it->datapath);
        fail(it, code);
    }
}

/* A GSO message was refused, and one of its datagrams passed alone: caches the
   refusal. If the descriptor is the reason, it holds for all destinations. */
static void remember_refusal(dgram_datapath *dp,
                             const dgram_outgoing *message) {
    if (platform->segments_max(dp->fd) == 1)
        dp->segments_max = 1;
    else
        gso_cache_refused(dp->gso_cache, dp->owner, destination_of(dp, message),
                          dp->refused.size, dp->refused.code, datapath_now());
    dp->refused.code = 0;
}

/* The caller may have skipped datagrams, or connected to another peer. Then the
   next datagram does not belong to the refused message. */
static void forget_refused(dgram_datapath *dp, const dgram_outgoing *next) {
    const struct refused_message *refused = &dp->refused;

    if ((refused->left | refused->blamed) != 0 &&
        refused->host != host_of(dp, next))
        dp->refused = (struct refused_message){0};
}

/* Returns how many messages were sent, or why the first was not. */
static int send_messages(dgram_datapath *dp,
                         const struct platform_out *messages, uint32_t count) {
    int result = platform->send(dp->fd, messages, count);

    dp->stats.counts.send_calls++;
    if (result < 0)
        result = path_errors_send_again(dp, messages, count, result);
    if (result < 0 && dp->is_unix)
        result = reconnect_send_again(dp, messages, count, result);
    return result;
}

/* Returns 0, or the code of the first message that is not sent. If the kernel
   stops at a message and then takes it alone, it had an error that was lost. */
static int transmit(dgram_datapath *dp, const struct gso_batch *batch,
                    uint32_t *sent_out) {
    bool one_at_a_time = false, stopped = false;
    uint32_t sent = 0;

    while (sent < batch->count && (blames_peer(dp) || sent == 0)) {
        uint32_t count = one_at_a_time ? 1 : batch->count - sent;
        int result = send_messages(dp, &batch->messages[sent], count);

        *sent_out = sent;
        if (result < 0)
            return result;
        if (stopped)
            note_peer_error(dp);
        sent += (uint32_t)result;
        stopped = (uint32_t)result < count;
        one_at_a_time |= stopped;
    }
    *sent_out = sent;
    return 0;
}

/* Sends one batch. Returns whether to continue. */
static bool send_some(struct sending *it, struct gso_batch *batch) {
    const dgram_outgoing *next = &it->messages[it->done];
    dgram_datapath *dp = it->datapath;
    uint32_t max = needs_single_messages(dp) ? 1 : GSO_MESSAGES_MAX;
    uint32_t sent;
    int code;

    gso_build(batch, dp, it->rules, next, it->count - it->done, max);
    if (batch->count == 0) {
        if (it->rules != NULL)
            return false;
        fail(it, gso_check(dp, next));
        return it->code == 0;
    }
    code = transmit(dp, batch, &sent);
    if (sent > 0 && dp->refused.left > 0 && dp->refused.code != 0)
        remember_refusal(dp, next);
    mark_sent(it, batch, sent);
    if (code < 0)
        handle_refusal(it, batch->datagrams[sent], &batch->messages[sent],
                       code);
    return it->code == 0;
}

static void send_all(struct sending *it) {
    struct gso_batch batch;

    if (it->count > 0)
        forget_refused(it->datapath, it->messages);
    while (it->done < it->count && send_some(it, &batch))
        continue;
}

/* The program may have connected the descriptor itself. */
static void find_peer(dgram_datapath *dp) {
    dgram_address peer;

    if (platform->remote_address(dp->fd, &peer) >= 0)
        datapath_connected(dp, &peer);
}

int dgram_datapath_send(dgram_datapath *dp, const dgram_outgoing *messages,
                        size_t count, int *status) {
    struct sending it = {
        .datapath = dp,
        .messages = messages,
        .status = status,
        .count = min_size(count, INT32_MAX),
    };

    if (it.count > 0 && messages->to == NULL && !dp->connected)
        find_peer(dp);
    send_all(&it);
    if (it.code < 0 && status != NULL)
        status[it.done] = it.code;
    return it.done > 0 || it.code == 0 ? (int)it.done : it.code;
}

size_t datapath_send_until_failure(dgram_datapath *dp,
                                   const struct send_rules *rules,
                                   const dgram_outgoing *messages, size_t count,
                                   int *code_out) {
    struct sending it = {
        .datapath = dp,
        .rules = rules,
        .until_failure = true,
        .messages = messages,
        .count = count,
    };

    send_all(&it);
    *code_out = it.code;
    return it.done;
}
