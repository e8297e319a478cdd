/* Ctrl-C, Ctrl-Break, and a console that is closed. Windows calls the handler
   in a thread of its own. */
#include "session/interrupt.h"

#include <stdbool.h>

#include <windows.h>

#define AGAIN_MS 500    /* a second event sooner than this is ignored */
#define CLOSING_MS 4000 /* Windows ends the process after 5 seconds */

static struct {
    uv_async_t async;
    bool is_watched;
    void (*on_interrupt)(void *data);
    void *data;
    volatile LONG count; /* of the events */
    ULONGLONG first;     /* milliseconds */
    SRWLOCK lock;        /* of what follows */
    bool is_open;        /* the async handle */
} it;

/* The loop may be about to close the handle. */
static void wake(void) {
    AcquireSRWLockShared(&it.lock);
    if (it.is_open)
        uv_async_send(&it.async);
    ReleaseSRWLockShared(&it.lock);
}

/* Returns FALSE to end the process. */
static BOOL WINAPI on_event(DWORD event) {
    if (InterlockedIncrement(&it.count) == 1) {
        it.first = GetTickCount64();
        wake();
    } else if (GetTickCount64() - it.first >= AGAIN_MS) {
        return FALSE;
    }
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        Sleep(CLOSING_MS); /* the process ends when this returns */
    return TRUE;
}

static void on_async(uv_async_t *async) {
    (void)async;
    it.on_interrupt(it.data);
}

void interrupt_start(uv_loop_t *loop, void (*on_interrupt)(void *data),
                     void *data) {
    if (uv_async_init(loop, &it.async, on_async) < 0)
        return;
    it.is_watched = true;
    it.on_interrupt = on_interrupt;
    it.data = data;
    it.is_open = true;
    uv_unref((uv_handle_t *)&it.async);
    SetConsoleCtrlHandler(on_event, TRUE);
}

void interrupt_stop(void) {
    if (!it.is_watched)
        return;
    it.is_watched = false;
    AcquireSRWLockExclusive(&it.lock);
    it.is_open = false;
    ReleaseSRWLockExclusive(&it.lock);
    uv_close((uv_handle_t *)&it.async, NULL);
}
