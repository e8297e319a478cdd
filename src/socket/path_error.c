/* Happy path: the poll handle reports an error of the descriptor.
   path_error_read() takes errors from the kernel's queue one at a time and
   emits each. It takes few, so that a flood of ICMP messages delays no
   datagram; if more wait, the socket wakes up again.

   Errors: if the kernel refuses to return what waits, the descriptor would wake
   up the socket again and again. So after a few attempts the error queue is
   disabled, and the code is emitted as an error. */
#include "socket/path_error.h"

#include "socket/socket.h"

#define ERRORS_MAX 32u  /* emitted by one wake-up */
#define FAILURES_MAX 4u /* reads that fail in a row */

void path_error_init(dgram_socket *s, const dgram_options *options) {
    s->path_error.wanted = options->path_errors;
}

int path_error_attach(dgram_socket *s) {
    int result = s->path_error.wanted ? path_errors_enable(&s->datapath) : 0;

    s->path_error.on = s->path_error.wanted && result >= 0;
    s->path_error.ended = false;
    s->path_error.failures = 0;
    return result;
}

void path_error_detach(dgram_socket *s) {
    s->path_error.on = false;
    path_errors_disable(&s->datapath);
}

static void note_failure(dgram_socket *s, int code) {
    if (++s->path_error.failures < FAILURES_MAX)
        return;
    s->path_error.on = false;
    path_errors_abandon(&s->datapath);
    socket_watch_changed(s);
    error_set(&s->error, code, "recvmsg");
    socket_emit_error(s);
}

/* The queue is empty. The kernel adds no error for which the receive buffer has
   no space, but leaves a pending one. And a descriptor that was shut down
   always wakes up. */
static void end_wakeup(dgram_socket *s) {
    datapath_clear_pending_error(&s->datapath);
    if (receive_is_stopped(&s->receive) &&
        platform->receive_is_shut(s->datapath.fd)) {
        s->path_error.ended = true;
        socket_watch_changed(s);
    }
}

void path_error_read(dgram_socket *s) {
    dgram_path_error error;
    int result = 0;
    unsigned i;

    for (i = 0; i < ERRORS_MAX && s->state.bind == STATE_BOUND; i++) {
        result = dgram_datapath_receive_error(&s->datapath, &error);
        if (result < 0)
            break;
        s->path_error.failures = 0;
        events_path_error(&s->events, s, &error);
    }
    if (result < 0 && result != UV_EAGAIN)
        note_failure(s, result);
    else if (result < 0 && i == 0)
        end_wakeup(s);
}
