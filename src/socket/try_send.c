/* dgram_try_send_batch() passes datagrams to the kernel inside the call and
   queues none. Queued datagrams are sent first; if one of them has to wait, the
   call returns UV_EAGAIN. */
#include "util/address.h"
#include "util/error.h"
#include "util/util.h"
#include "socket/send.h"
#include "socket/socket.h"

/* Returns 0, or the code that a datagram fails with. The datapath checks the
   payload. */
static int check(dgram_socket *s, const dgram_outgoing *message) {
    int result;

    if (message->host != NULL)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    result = send_check_destination(s, message->to);
    if (result == 0 && s->state.connect != STATE_CONNECTED &&
        blocklists_block_to(&s->blocklists, message->to))
        result = error_set_address(&s->error, DGRAM_ERR_IP_BLOCKED, "send",
                                   message->to);
    return result;
}

/* Whether the result of check() is that of the message before. */
static bool is_alike(const dgram_outgoing *message) {
    return message->to == message[-1].to && message->host == NULL;
}

/* Whether queued datagrams to the same destination wait for kernel buffers. */
static bool must_wait(dgram_socket *s, const dgram_outgoing *message) {
    return flush_is_retrying(&s->flush,
                             connect_destination(&s->connect, message->to));
}

/* Returns how many messages can be sent. *code_out is what the next one fails
   with. */
static size_t count_sendable(dgram_socket *s, const dgram_outgoing *messages,
                             size_t count, int *code_out) {
    size_t n;

    *code_out = 0;
    for (n = 0; n < count; n++) {
        if (n > 0 && is_alike(&messages[n]))
            continue;
        *code_out = check(s, &messages[n]);
        if (*code_out < 0)
            break;
        if (must_wait(s, &messages[n])) {
            *code_out = UV_ENOBUFS;
            break;
        }
    }
    return n;
}

/* Records errors, and that the kernel accepts datagrams. */
static void note(dgram_socket *s, const dgram_outgoing *messages,
                 const int *status, size_t count) {
    bool taken = false;

    for (size_t i = 0; i < count; i++) {
        taken |= status[i] >= 0;
        if (status[i] < 0)
            error_set_address(&s->error, status[i], "send",
                              connect_destination(&s->connect, messages[i].to));
    }
    if (taken)
        flush_taken(&s->flush);
}

/* A call of dgram_try_send_batch(). */
struct attempt {
    const dgram_outgoing *messages;
    size_t count, done;
    int *status;
};

/* A datagram that was not passed to the datapath. */
static void count_failed(dgram_socket *s, int code) {
    if (code == DGRAM_ERR_IP_BLOCKED)
        stats_add_blocked(s, 1);
    else
        stats_add_send_errors(s, code != UV_ENOBUFS);
}

/* UV_EAGAIN reports to the program that the kernel accepts no more. If only one
   Unix socket is full, it may still send to others. */
static int code_to_return(const dgram_socket *s, int code) {
    return code == UV_EAGAIN && s->state.connect != STATE_CONNECTED &&
                   retry_destination_is_full(s)
               ? UV_ENOBUFS
               : code;
}

/* Returns 0 to continue, or the code that ends the call. */
static int send_some(dgram_socket *s, struct attempt *it) {
    const dgram_outgoing *messages = &it->messages[it->done];
    int *status = &it->status[it->done];
    int code, done;
    size_t sendable = count_sendable(s, messages, it->count - it->done, &code);

    if (sendable == 0) {
        *status = code;
        it->done += code != UV_ENOBUFS;
        count_failed(s, code);
        return code == UV_ENOBUFS ? code : 0;
    }
    done = dgram_datapath_send(&s->datapath, messages, sendable, status);
    if (done < 0)
        return *status = code_to_return(s, done);
    note(s, messages, status, (size_t)done);
    it->done += (size_t)done;
    if ((size_t)done == sendable)
        return 0;
    return status[done] = code_to_return(s, status[done]);
}

/* Returns UV_EAGAIN if queued datagrams wait for the kernel or for a bind. */
static int send_queued(dgram_socket *s) {
    flush_now(s);
    return s->state.bind == STATE_BOUND && flush_queue_is_empty(&s->flush) &&
                   !flush_is_stopped(&s->flush)
               ? 0
               : UV_EAGAIN;
}

int dgram_try_send_batch(dgram_socket *s, const dgram_outgoing *messages,
                         size_t count, int *status_out) {
    struct attempt it = {messages, count, 0, status_out};
    int code;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (count > INT32_MAX ||
        (count > 0 && (messages == NULL || status_out == NULL)))
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    code = count > 0 ? bind_implicit(s) : 0;
    if (code < 0)
        return code;
    if (count > 0)
        code = status_out[0] = send_queued(s);
    while (code == 0 && it.done < count)
        code = send_some(s, &it);
    return it.done > 0 || code == 0 ? (int)it.done
                                    : error_set(&s->error, code, "send");
}
