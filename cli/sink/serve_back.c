/* The datagrams that a serving sink sends back: numbered, at the rate that the
   flood requested, while it keeps requesting them, within the limit of the
   sink. */
#include <string.h>

#include "measure/clock.h"
#include "sink/serve.h"
#include "measure/stamp.h"

#define TICK_MS 1
#define TICK_NS 5000000u    /* limit of one round: then the sink receives */
#define BUDGET_MS 20        /* what is not used in this time is lost */
#define BACKLOG_S 1         /* a rate catches up with this much ... */
#define LATE_NS 1000000000u /* ... also when the time is over */
#define BATCH_MAX 512       /* datagrams in one call */
#define MS_MAX 1000000000u
#define RATE_MAX 1000000000000u /* datagrams per 1000 seconds */
#define PAYLOAD_MAX 65507u
#define HEADERS 28 /* IPv4 and UDP; 20 more with IPv6 */

static void on_tick(uv_timer_t *timer);

void serve_back_stop(struct client_stream *stream) {
    stream->back.is_wanted = false;
}

static uint64_t lesser(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void begin(struct client_back *back,
                  const struct control_question *question) {
    uint64_t ms = lesser(question->back_ms, MS_MAX);
    double rate = (double)lesser(question->back_rate, RATE_MAX) / 1000;

    back->is_wanted = true;
    back->started = back->due_from = uv_hrtime();
    back->ends = back->started + ms * 1000000;
    back->size = (uint32_t)lesser(question->back_size, PAYLOAD_MAX);
    back->rate = rate;
    back->count_max =
        rate > 0 ? (uint64_t)(rate * (double)ms / 1000 + 1e-6) : UINT64_MAX;
    if (back->count_max == 0)
        back->count_max = 1;
}

/* The first question starts it. Later ones keep it going, as they are. */
void serve_back_ask(struct serve *serve, struct client_stream *stream,
                    const struct control_question *question) {
    struct client_back *back = &stream->back;

    if ((question->flags & CONTROL_BACK) == 0)
        return;
    back->fails = false;
    if (back->started == 0) {
        begin(back, question);
        back->check = stream->check && back->size >= STAMP_SIZE;
    }
    if (back->is_wanted && !uv_is_active((uv_handle_t *)&serve->sends)) {
        serve->budget_since = uv_hrtime();
        serve->budget = 0;
        uv_timer_start(&serve->sends, on_tick, 0, TICK_MS);
    }
}

/* Whether the flood still requests datagrams, and the time that it requested is
   not over. */
static bool is_sending(const struct serve *serve,
                       const struct client_stream *stream, uint64_t now) {
    const struct client_back *back = &stream->back;
    uint64_t late = back->rate > 0 ? LATE_NS : 0;

    return back->is_wanted && !back->fails && now < back->ends + late &&
           back->numbered < back->count_max &&
           uv_now(&serve->session->loop) - stream->asked_at < SERVE_BACK_MS;
}

/* Returns how many datagrams are due. What the rate could not send for long, in
   a pause or because of the limit, is not made up for. */
static uint64_t count_due(struct client_back *back, uint64_t now) {
    double rate = back->rate;
    double due = rate * (double)(now - back->due_from) / 1e9 + 1 -
                 (double)(back->numbered - back->due_base);
    uint64_t left = back->count_max - back->numbered;

    if (rate == 0)
        return BATCH_MAX;
    if (due > rate * BACKLOG_S + 2) {
        back->due_from = now;
        back->due_base = back->numbered;
        due = 1;
    }
    return due >= 1 ? lesser((uint64_t)due, left) : 0;
}

/* Bytes of a datagram on the network: empty ones are limited, too. */
static uint32_t cost_of(const struct client_stream *stream) {
    return stream->back.size + HEADERS +
           (stream->address.any.sa_family == AF_INET6 ? 20 : 0);
}

static size_t batch_size(const struct serve *serve,
                         const struct client_stream *stream, uint64_t due) {
    uint64_t count = BATCH_MAX, bytes = SERVE_BATCH_SIZE;
    uint64_t budget = (uint64_t)serve->budget / cost_of(stream) + 1;

    if (stream->back.size > 0)
        count = lesser(count, bytes / stream->back.size);
    return (size_t)lesser(due, lesser(count, budget));
}

/* The memory of a batch has nothing of other streams. */
static void fill(struct serve *serve, struct client_stream *stream,
                 dgram_outgoing *batch, size_t count) {
    const struct client_back *back = &stream->back;
    struct stamp stamp = {.session = stream->stamps,
                          .number = back->numbered,
                          .time = clock_now()};

    if (serve->filled_for != stream)
        memset(serve->payloads, 0, SERVE_BATCH_SIZE);
    serve->filled_for = stream;
    for (size_t i = 0; i < count; i++) {
        unsigned char *payload = serve->payloads + i * back->size;

        if (back->check)
            stamp_write(payload, &stamp);
        stamp.number++;
        batch[i] = (dgram_outgoing){
            .payload = payload,
            .length = back->size,
            .to = &stream->address,
            .info = &stream->from,
        };
    }
}

/* A datagram that failed has its number: it is lost. If all fail, the flood has
   to ask again. */
static void note_sent(struct client_stream *stream, const int *status, int done,
                      uint64_t now) {
    struct client_back *back = &stream->back;
    int sent = 0;

    for (int i = 0; i < done; i++)
        sent += status[i] >= 0;
    back->numbered += (uint64_t)done;
    back->sent += (uint64_t)sent;
    back->fails = sent == 0;
    if (sent > 0)
        back->latest = now;
}

/* Sends what is due. Returns whether the kernel accepts more. */
static bool send_due(struct serve *serve, struct client_stream *stream,
                     uint64_t now, bool *is_idle) {
    dgram_outgoing batch[BATCH_MAX];
    int status[BATCH_MAX];
    uint64_t due = count_due(&stream->back, now);
    size_t count = batch_size(serve, stream, due);
    int done;

    if (count == 0)
        return true;
    fill(serve, stream, batch, count);
    done = dgram_try_send_batch(serve->session->socket, batch, count, status);
    if (done <= 0)
        return false;
    *is_idle = false;
    note_sent(stream, status, done, now);
    serve->budget -= (int64_t)done * cost_of(stream);
    return (size_t)done == count;
}

static void fill_budget(struct serve *serve, uint64_t now) {
    double bytes_per_ns = (double)serve->back_limit / 8e9;
    double added = bytes_per_ns * (double)(now - serve->budget_since);
    double most = bytes_per_ns * BUDGET_MS * 1e6;

    if (added < 1)
        return; /* a low limit loses no parts of bytes */
    serve->budget_since = now;
    serve->budget += (int64_t)added;
    if ((double)serve->budget > most + 1)
        serve->budget = (int64_t)most + 1;
}

/* Sends to each stream once, beginning with the next in the rotation. Returns
   how many there are; sets *goes_on_out if another round may send more. */
static size_t send_round(struct serve *serve, bool *goes_on_out) {
    size_t count = serve->clients.count, wanted = 0;
    uint64_t now = uv_hrtime();
    bool is_idle = true, takes_more = true;

    for (size_t i = 0; i < count; i++) {
        struct client_stream *stream =
            serve->clients.list[(serve->turn + i) % count];

        if (!is_sending(serve, stream, now))
            continue;
        wanted++;
        if (takes_more && serve->budget > 0)
            takes_more = send_due(serve, stream, now, &is_idle);
    }
    serve->turn++;
    *goes_on_out = takes_more && !is_idle && serve->budget > 0;
    return wanted;
}

static void on_tick(uv_timer_t *timer) {
    struct serve *serve = timer->data;
    uint64_t end = uv_hrtime() + TICK_NS;
    bool goes_on;

    fill_budget(serve, uv_hrtime());
    do {
        if (send_round(serve, &goes_on) == 0) {
            uv_timer_stop(timer);
            return;
        }
    } while (goes_on && uv_hrtime() < end);
}
