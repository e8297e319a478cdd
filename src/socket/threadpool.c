/* libuv starts its threads when there is work for the first time, all of them,
   and aborts the process where it cannot. So as many are started before, for a
   moment, by calls that can fail. */
#include "socket/threadpool.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include <uv.h>

/* As libuv reads it. */
#define THREADS_DEFAULT 4
#define THREADS_MAX 1024

static atomic_bool tried; /* libuv's are there, or as good as there */

static unsigned count_threads(void) {
    const char *text = getenv("UV_THREADPOOL_SIZE");
    int count = text != NULL ? atoi(text) : THREADS_DEFAULT;

    if (count == 0)
        return 1;
    return count < 0 || count > THREADS_MAX ? THREADS_MAX : (unsigned)count;
}

/* All are there until the gate opens. */
static void pass_gate(void *data) {
    uv_mutex_t *gate = data;

    uv_mutex_lock(gate);
    uv_mutex_unlock(gate);
}

static int start_and_end(unsigned count) {
    uv_thread_t threads[THREADS_MAX];
    unsigned started = 0;
    uv_mutex_t gate;
    int result = uv_mutex_init(&gate);

    if (result < 0)
        return result;
    uv_mutex_lock(&gate);
    while (started < count && result == 0) {
        result = uv_thread_create(&threads[started], pass_gate, &gate);
        started += result == 0;
    }
    uv_mutex_unlock(&gate);
    while (started > 0)
        uv_thread_join(&threads[--started]);
    uv_mutex_destroy(&gate);
    return result;
}

int threadpool_try(void) {
    int result;

    if (atomic_load(&tried))
        return 0;
    result = start_and_end(count_threads());
    if (result == 0)
        atomic_store(&tried, true);
    return result;
}
