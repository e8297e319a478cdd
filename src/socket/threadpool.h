/* The threads of libuv's on which names are looked up. */
#ifndef DGRAM_SOCKET_THREADPOOL_H
#define DGRAM_SOCKET_THREADPOOL_H

#include "namespace.h"

/* 0, or why they could not be started now. */
int threadpool_try(void);

#endif
