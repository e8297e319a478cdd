/*
 * The soak: everything at once, for as long as is wanted, in one loop and the
 * processes of its workers.
 *
 * flood.c: datagrams without regard to who reads them; what does not arrive,
 *          the kernel counts as dropped.
 * steady.c: datagrams sent when the last ones have arrived; none may be lost.
 * slow.c:   a producer whose queue is limited, and a consumer that is slower.
 * local.c:  Unix sockets, whose servers are slow and restart.
 * churn.c: sockets, groups and lookups that come and go.
 * workers.c: processes that share a port, killed and replaced all the time.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dgram.h>

extern uv_loop_t loop;

/* Ends the program with the reason unless the condition holds. */
#define MUST(condition)                                                        \
    do {                                                                       \
        if (!(condition))                                                      \
            broken(__FILE__, __LINE__, #condition);                            \
    } while (0)
void broken(const char *file, int line, const char *condition);

/* How many datagrams the kernel dropped because the receive buffer was full. */
uint32_t kernel_drops(int fd);

/* Each part begins, works in each loop iteration, stops sending, and checks its
   counts when no more datagrams arrive. */
void flood_begin(void);
void flood_iterate(void);
void flood_end(void);
uint64_t flood_datagrams(void); /* sent so far */

void steady_begin(void);
void steady_iterate(void);
void steady_end(void);
uint64_t steady_datagrams(void);

void slow_begin(void);
void slow_iterate(void);
void slow_end(void);

void local_begin(void);
void local_iterate(void);
void local_end(void);

void churn_begin(void);
void churn_iterate(void);
void churn_end(void);

void workers_begin(void);
void workers_iterate(void);
void workers_end(void);
/* The worker: echoes datagrams that come from this port. */
void workers_work(uint16_t asking);

#endif
