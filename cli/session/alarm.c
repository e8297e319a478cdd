#include "session/alarm.h"

#include "session/timer_fd.h"

#define NS_PER_MS 1000000u

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct alarm *alarm = poll->data;

    (void)status;
    (void)events;
    timer_fd_set(alarm->fd, 0); /* it is readable no longer */
    alarm->on_alarm();
}

/* The loop counts milliseconds from a time that it rounds down, so the timer
   may be early. */
static void on_timer(uv_timer_t *timer) {
    struct alarm *alarm = timer->data;

    if (uv_hrtime() < alarm->at)
        alarm_set(alarm, alarm->at);
    else
        alarm->on_alarm();
}

static void close_fd(struct alarm *alarm) {
    timer_fd_close(alarm->fd);
    alarm->fd = -1;
}

void alarm_begin(struct alarm *alarm, uv_loop_t *loop, void (*on_alarm)(void)) {
    *alarm = (struct alarm){.fd = timer_fd_open(), .on_alarm = on_alarm};
    uv_timer_init(loop, &alarm->timer);
    alarm->timer.data = alarm;
    if (alarm->fd >= 0 && uv_poll_init(loop, &alarm->poll, alarm->fd) < 0)
        close_fd(alarm);
    if (alarm->fd < 0)
        return;
    alarm->poll.data = alarm;
    uv_poll_start(&alarm->poll, UV_READABLE, on_poll); /* fails if closing */
}

void alarm_set(struct alarm *alarm, uint64_t at) {
    uint64_t now = uv_hrtime();
    uint64_t rest = at > now ? at - now : 0;

    alarm->at = at;
    if (alarm->fd >= 0) {
        timer_fd_set(alarm->fd, at);
        return;
    }
    uv_update_time(alarm->timer.loop);
    uv_timer_start(&alarm->timer, on_timer, (rest + NS_PER_MS - 1) / NS_PER_MS,
                   0);
}

void alarm_end(struct alarm *alarm) {
    if (alarm->on_alarm == NULL)
        return; /* it was not begun */
    uv_close((uv_handle_t *)&alarm->timer, NULL);
    if (alarm->fd < 0)
        return;
    uv_close((uv_handle_t *)&alarm->poll, NULL);
    close_fd(alarm);
}
