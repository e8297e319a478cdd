/* From the queue to the kernel, and the reports that follow. */
#ifndef DGRAM_SOCKET_FLUSH_H
#define DGRAM_SOCKET_FLUSH_H

#include "namespace.h"
#include "socket/socket.h"

/* The task of s->send_task: hands over what is queued and runs callbacks. */
void flush_task(struct task *task);

/* The task of s->retry_task: the same after a rest. */
void flush_retry_task(struct task *task);

/* Hands the queue to the kernel as far as it takes it; reports come later. */
void flush_now(dgram_socket *s);

/* The same, though the kernel took no more the last time. */
void flush_again(dgram_socket *s);

/* The same: the system says that it takes more. */
void flush_writable(dgram_socket *s);

/* Nothing unsent will be sent: each gets `status` as its result. */
void flush_fail_all(dgram_socket *s, int status);

/* Runs the callbacks, or emits the errors, of what was sent or failed before
   this call. */
void flush_report(dgram_socket *s);

/* The same for the next datagram alone. Returns false if there is none. */
bool flush_report_next(dgram_socket *s);

/* Has s->send_task do that, if there is anything. */
void flush_report_soon(dgram_socket *s);

#endif
