/* The threads of libuv's on which names are looked up. */
#ifndef DGRAM_THREADS_H
#define DGRAM_THREADS_H

/* 0, or why they could not be started now. */
int threads_try(void);

#endif
