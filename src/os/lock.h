/* A lock with static storage. It is initialized at compile time, so no
   initialization can fail. */
#ifndef DGRAM_OS_LOCK_H
#define DGRAM_OS_LOCK_H

#include "namespace.h"

#include <pthread.h>

struct os_lock {
    pthread_mutex_t mutex;
};

#define OS_LOCK_INIT                                                           \
    { PTHREAD_MUTEX_INITIALIZER }

static inline void os_lock_take(struct os_lock *lock) {
    pthread_mutex_lock(&lock->mutex);
}

static inline void os_lock_release(struct os_lock *lock) {
    pthread_mutex_unlock(&lock->mutex);
}

#endif
