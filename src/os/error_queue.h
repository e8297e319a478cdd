/* The error queue of a descriptor: the ICMP errors about what it has sent, and
   the datagrams that this host refused. Systems other than Linux have none. */
#ifndef DGRAM_OS_ERROR_QUEUE_H
#define DGRAM_OS_ERROR_QUEUE_H

#include "namespace.h"

#include "dgram_types.h"

#if defined(__linux__)
#define ERROR_QUEUE_EXISTS true
#else
#define ERROR_QUEUE_EXISTS false
#endif

/* As the members of struct platform say. */
int error_queue_enable(int fd);
void error_queue_disable(int fd, unsigned families);
bool error_queue_is_enabled(int fd);
int error_queue_receive(int fd, dgram_path_error *out);
void error_queue_drop(int fd);

struct msghdr;

/* Reads what recvmsg() returned. The name is at most a dgram_address, which is
   zeroed behind its end. Returns false if that is no path error. */
bool error_queue_parse(struct msghdr *header, dgram_path_error *out);

#endif
