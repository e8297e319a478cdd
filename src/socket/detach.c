/* Detaching: the descriptor of a socket becomes the program's, and the socket
   closes.

   Happy path: dgram_detach() returns a duplicate and stops the watch. The rest
   of what was received is delivered as always. The socket keeps its own
   descriptor meanwhile, so that listeners can answer. A task then closes it.

   If the program stops receiving, the rest waits, and so does the task, until
   receiving starts again. */
#include "util/util.h"
#include "socket/socket.h"

/* Replaces the task that updates the watch. If a listener jumped out of a
   wake-up, the rest is in abandoned buffers, and another task delivers it. So
   this one looks again after a while. */
static void close_task(struct task *task) {
    dgram_socket *s = CONTAINER_OF(task, dgram_socket, task);

    if (receive_stopped_by_program(&s->receive))
        return;
    if (receive_has_undelivered(s)) {
        receive_resume(s);
        loop_retry(s->loop, task);
    } else {
        dgram_close(s);
    }
}

static int check(dgram_socket *s) {
    int result = socket_need_reader(s, "detach");

    if (result == 0 && bind_has_lease(&s->bind))
        return error_set(&s->error, UV_ENOTSUP, "detach");
    return result;
}

/* Without the handles of its loop, no task would end the socket. */
static void end_later(dgram_socket *s) {
    if (loop_is_lost(s->loop))
        dgram_close(s);
    else
        socket_watch_changed(s);
}

dgram_fd dgram_detach(dgram_socket *s) {
    int result = check(s);
    dgram_fd fd;

    if (result < 0)
        return result;
    fd = platform->duplicate(s->datapath.fd);
    if (fd < 0)
        return error_set(&s->error, (int)fd, "detach");
    flush_all(s);
    bind_leave_file(s);
    receive_detach(s);
    s->task.run = close_task;
    watch_update(s);
    end_later(s);
    return fd;
}
