/* Wakes the loop at a time of uv_hrtime(): never earlier, and later only by
   what the system needs. Without timer_fd.h that is a millisecond more. */
#ifndef CLI_SESSION_ALARM_H
#define CLI_SESSION_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

struct alarm {
    int fd; /* of timer_fd.h, or negative: the timer is used */
    uv_poll_t poll;
    uv_timer_t timer;
    uint64_t at;
    void (*on_alarm)(void);
};

void alarm_begin(struct alarm *alarm, uv_loop_t *loop, void (*on_alarm)(void));

/* Calls on_alarm once, from the loop, at this time. Replaces the time that was
   set before. */
void alarm_set(struct alarm *alarm, uint64_t at);

/* Closes it; on_alarm is no longer called. */
void alarm_end(struct alarm *alarm);

#endif
