#include "send/outgoing.h"

#include "args/headers.h"
#include "args/options.h"
#include "send/errors.h"

/* Datagrams in the queue, and their bytes; then input waits. */
#define QUEUE_MAX 256
#define QUEUE_SIZE_MAX (32u << 20)
#define STEPS_MAX (2 * QUEUE_MAX) /* in one loop iteration */

#define NS_PER_S 1e9

struct outgoing outgoing = {.payloads = {.repeat = 1}};

static struct outgoing *const it = &outgoing;

static void proceed(void);

int outgoing_check(void) {
    if (it->rate > 0 && it->interval > 0)
        return usage_error("send", "use either --rate or --interval, not both");
    if (it->rate > 0)
        it->interval = 1 / (double)it->rate;
    if (it->jitter > 0 && it->interval == 0)
        return usage_error("send", "--jitter needs --rate or --interval");
    if (it->jitter > it->interval)
        return usage_error("send",
                           "--jitter: %g is more than the interval of %g s",
                           it->jitter, it->interval);
    return 0;
}

/* The number of a piece and whether it is sent again, as the data of a send. */
static void *to_data(uint64_t number, bool is_again) {
    return (void *)((uintptr_t)number << 1 | is_again);
}

static void count_one(void) {
    it->tried++;
    if (it->payloads.rounds == 0)
        it->round_size++;
}

static void fail_one(void *data, const dgram_error *error) {
    it->failed++;
    it->unsendable =
        send_error_is_permanent(error->code) ? it->unsendable + 1 : 0;
    it->on_failure((uintptr_t)data >> 1, ((uintptr_t)data & 1) != 0, error);
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    it->queued--;
    if (status >= 0) {
        it->sent++;
        it->unsendable = 0;
        it->bytes += (uint64_t)status;
    }
    if (it->session->stopping)
        return;
    if (status < 0)
        fail_one(data, dgram_last_error(socket));
    if (it->queued == 0 || it->queued == QUEUE_MAX / 2)
        proceed();
}

static void *data_of_piece(void) {
    return to_data(it->payloads.number, it->payloads.rounds > 0);
}

static void queue_payload(void) {
    dgram_socket *socket = it->session->socket;
    void *data = data_of_piece();
    int result =
        headers_send(socket, it->payload, it->length, &it->to, on_sent, data);

    it->holds = false;
    count_one();
    if (result == UV_EMSGSIZE)
        fail_one(data, dgram_last_error(socket));
    else if (result < 0)
        session_fail(it->session, dgram_last_error(socket));
    else
        it->queued++;
}

/* Returns false if every datagram of a round failed with a permanent error: the
   next round would fail, too. */
static bool may_succeed(void) {
    return it->payloads.rounds == 0 || it->unsendable < it->round_size;
}

/* Whether the results of the first round must come first. */
static bool awaits_results(void) {
    return it->payloads.rounds > 0 && it->sent == 0 && it->queued > 0;
}

static void end_rounds(void) {
    it->holds = false;
    it->at_end = true;
}

/* Sends the payload if it is due. */
static bool send_payload(void) {
    if (awaits_results())
        return false;
    if (!may_succeed()) {
        end_rounds();
        return true;
    }
    if (it->interval > 0) {
        if (!pace_is_due(&it->pace, uv_hrtime())) {
            alarm_set(&it->alarm, it->pace.due);
            return false;
        }
        pace_advance(&it->pace);
    }
    queue_payload();
    return true;
}

static void fail_piece(int code) {
    const dgram_error error = {.code = code, .syscall = "send", .address = ""};

    count_one();
    fail_one(data_of_piece(), &error);
}

/* What was read before is still sent. */
static void fail_input(int code) {
    session_log(it->session, "cannot read %s: %s", payloads_name(&it->payloads),
                uv_strerror(code));
    it->session->status = 1;
    it->at_end = true;
}

static void note_wait(void) {
    if (!it->waits)
        it->waits_since = uv_hrtime();
    it->waits = true;
}

static void note_input(void) {
    if (it->waits)
        pace_postpone(&it->pace, it->waits_since, uv_hrtime());
    it->waits = false;
}

/* Gets the next payload. Returns false if there is none now. */
static bool get_payload(void) {
    int result = payloads_next(&it->payloads, &it->payload, &it->length);

    if (result > 0) {
        it->holds = true;
        note_input();
    } else if (result == UV_EMSGSIZE || result == PAYLOADS_NO_HEX) {
        fail_piece(result);
    } else if (result == UV_EAGAIN) {
        note_wait();
    } else if (result == 0) {
        it->at_end = true;
    } else {
        fail_input(result);
    }
    return result > 0 || result == UV_EMSGSIZE || result == PAYLOADS_NO_HEX;
}

static bool can_queue(void) {
    return !it->session->stopping && !it->at_end && it->queued < QUEUE_MAX &&
           dgram_get_send_queue_size(it->session->socket) < QUEUE_SIZE_MAX;
}

bool outgoing_has_ended(void) {
    return it->at_end && it->queued == 0;
}

/* Keeps the queue filled but bounded. The next payload is there before it is
   due, so the end of the input is known when the last datagram was sent. */
static void proceed(void) {
    for (int steps = 0; can_queue(); steps++) {
        if (steps == STEPS_MAX) { /* failures only: signals must be handled */
            alarm_set(&it->alarm, uv_hrtime());
            break;
        }
        if (it->holds ? !send_payload() : !get_payload())
            break;
    }
    if (it->session->stopping || it->has_ended || !outgoing_has_ended())
        return;
    it->has_ended = true;
    it->on_end();
}

/* A payload of a later round may be there, but is not queued. */
void outgoing_repeat_no_more(void) {
    it->payloads.repeat = 1;
    if (it->payloads.rounds == 0)
        return;
    end_rounds();
    proceed();
}

static uint64_t random_seed(void) {
    uint64_t seed;

    return uv_random(NULL, NULL, &seed, sizeof seed, 0, NULL) == 0
               ? seed
               : uv_hrtime();
}

void outgoing_start(void) {
    uv_loop_t *loop = &it->session->loop;

    alarm_begin(&it->alarm, loop, proceed);
    payloads_start(&it->payloads, loop, proceed);
    pace_begin(&it->pace, it->interval * NS_PER_S, it->jitter * NS_PER_S,
               random_seed(), uv_hrtime());
    proceed();
}

void outgoing_stop(void) {
    payloads_stop(&it->payloads);
    alarm_end(&it->alarm);
}
