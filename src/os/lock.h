/* A lock with static storage, and a function that runs once. Both are
   initialized at compile time, so no initialization can fail. */
#ifndef DGRAM_OS_LOCK_H
#define DGRAM_OS_LOCK_H

#include "namespace.h"

#if defined(_WIN32)

#include <winsock2.h>

#include <windows.h>

struct os_lock {
    SRWLOCK lock;
};

struct os_once {
    INIT_ONCE once;
};

#define OS_LOCK_INIT                                                           \
    { SRWLOCK_INIT }
#define OS_ONCE_INIT                                                           \
    { INIT_ONCE_STATIC_INIT }

static inline void os_lock_take(struct os_lock *lock) {
    AcquireSRWLockExclusive(&lock->lock);
}

static inline void os_lock_release(struct os_lock *lock) {
    ReleaseSRWLockExclusive(&lock->lock);
}

static inline void os_once_run(struct os_once *once, void (*run)(void)) {
    BOOL pending = FALSE;

    InitOnceBeginInitialize(&once->once, 0, &pending, NULL);
    if (!pending)
        return;
    run();
    InitOnceComplete(&once->once, 0, NULL);
}

#else

#include <pthread.h>

struct os_lock {
    pthread_mutex_t mutex;
};

struct os_once {
    pthread_once_t once;
};

#define OS_LOCK_INIT                                                           \
    { PTHREAD_MUTEX_INITIALIZER }
#define OS_ONCE_INIT                                                           \
    { PTHREAD_ONCE_INIT }

static inline void os_lock_take(struct os_lock *lock) {
    pthread_mutex_lock(&lock->mutex);
}

static inline void os_lock_release(struct os_lock *lock) {
    pthread_mutex_unlock(&lock->mutex);
}

static inline void os_once_run(struct os_once *once, void (*run)(void)) {
    pthread_once(&once->once, run);
}

#endif

#endif
