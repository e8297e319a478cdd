#include "flood/farend.h"

#include <math.h>
#include <stdlib.h>

#include "flood/schedule.h"
#include "measure/clock.h"
#include "measure/rate.h"

int farend_begin(struct farend *farend, unsigned count) {
    uint64_t flood;
    int result = uv_random(NULL, NULL, &flood, sizeof flood, 0, NULL);

    if (result < 0)
        return result;
    farend->streams = calloc(count, sizeof *farend->streams);
    if (farend->streams == NULL)
        return UV_ENOMEM;
    farend->count = count;
    for (unsigned i = 0; i < count; i++) {
        farend->streams[i].farend = farend;
        farend->streams[i].remote.question.head.flood = flood;
        farend->streams[i].remote.question.head.stream = (uint16_t)i;
    }
    return 0;
}

static bool is_waiting(const struct farend *farend, enum remote_state state) {
    for (unsigned i = 0; i < farend->count; i++) {
        if (farend->streams[i].is_open &&
            farend->streams[i].remote.state < state)
            return true;
    }
    return false;
}

static uint64_t back_sent(const struct farend_stream *stream) {
    return stream->remote.answer.back_sent;
}

static bool is_back_complete(const struct farend *farend) {
    for (unsigned i = 0; i < farend->count; i++) {
        const struct farend_stream *stream = &farend->streams[i];

        if (stream->remote.state == REMOTE_DONE &&
            !tally_is_complete(&stream->back, back_sent(stream)))
            return false;
    }
    return true;
}

static void finish(struct farend *farend) {
    farend->phase = FAREND_DONE;
    farend->on_done();
}

static void on_settle(uv_timer_t *timer) {
    finish(timer->data);
}

static void settle(struct farend *farend) {
    if (!farend->back || is_back_complete(farend)) {
        finish(farend);
        return;
    }
    farend->phase = FAREND_SETTLING;
    uv_timer_start(&farend->settle, on_settle, FAREND_SETTLE_MS, 0);
}

static void advance(struct farend *farend) {
    if (farend->phase == FAREND_STARTING && !is_waiting(farend, REMOTE_RUNS)) {
        farend->phase = FAREND_RUNNING;
        farend->on_ready();
    } else if (farend->phase == FAREND_ENDING &&
               !is_waiting(farend, REMOTE_DONE)) {
        settle(farend);
    }
}

static void on_change(struct remote *remote) {
    const struct farend_stream *stream = remote->data;

    advance(stream->farend);
}

/* Asks for what a stream of this end would send, `due` datagrams: rounded up,
   so that the far end, which rounds down, sends that many. */
static void ask_back(const struct farend *farend, unsigned index,
                     struct control_question *question) {
    const struct schedule schedule = {farend->rate, farend->seconds,
                                      farend->count};
    uint64_t due = schedule_due(&schedule, farend->seconds, index);

    question->back_size = (uint16_t)farend->size;
    question->back_ms = (uint64_t)(farend->seconds * 1000 + 0.5);
    if (farend->rate > 0)
        question->back_rate =
            (uint64_t)ceil((double)due * 1e6 / (double)question->back_ms);
    if (farend->rate == 0 || due > 0)
        question->flags |= CONTROL_BACK;
}

void farend_open(struct farend *farend, unsigned index, dgram_socket *socket,
                 const dgram_send_info *info, uint32_t stamps) {
    struct farend_stream *stream = &farend->streams[index];
    struct control_question *question = &stream->remote.question;

    question->flags = farend->check ? CONTROL_CHECK : 0;
    question->stamps = stamps;
    if (farend->back)
        ask_back(farend, index, question);
    stream->remote.socket = socket;
    stream->remote.info = info;
    stream->remote.on_change = on_change;
    stream->remote.data = stream;
    if (!tally_begin(&stream->back, farend->back && farend->check, stamps))
        return;
    stream->is_open = true;
}

void farend_start(struct farend *farend) {
    uv_timer_init(farend->loop, &farend->settle);
    farend->settle.data = farend;
    farend->phase = FAREND_STARTING;
    for (unsigned i = 0; i < farend->count; i++) {
        if (farend->streams[i].is_open)
            remote_begin(&farend->streams[i].remote, farend->loop);
    }
    advance(farend);
}

void farend_leave(struct farend *farend, unsigned index) {
    if (farend->phase != FAREND_IDLE && farend->streams[index].is_open)
        remote_leave(&farend->streams[index].remote);
}

void farend_receive(struct farend *farend, unsigned index,
                    const dgram_message *messages, size_t count) {
    struct farend_stream *stream = &farend->streams[index];
    uint64_t now = uv_hrtime(), clock = clock_now();

    if (farend->phase == FAREND_IDLE || farend->phase == FAREND_DONE ||
        !stream->is_open)
        return;
    for (size_t i = 0; i < count && farend->phase != FAREND_DONE; i++) {
        if (!remote_receive(&stream->remote, messages[i].payload,
                            messages[i].length))
            tally_note(&stream->back, &messages[i], now,
                       clock_arrival(&messages[i], clock));
    }
    if (farend->phase == FAREND_SETTLING && is_back_complete(farend))
        finish(farend);
}

void farend_finish_stream(struct farend *farend, unsigned index,
                          uint64_t sent) {
    farend->sent += sent;
    if (farend->streams[index].is_open)
        remote_end(&farend->streams[index].remote, sent);
}

void farend_finish(struct farend *farend) {
    farend->phase = FAREND_ENDING;
    advance(farend);
}

void farend_close(struct farend *farend) {
    if (farend->phase == FAREND_IDLE)
        return;
    farend->phase = FAREND_DONE;
    uv_close((uv_handle_t *)&farend->settle, NULL);
    for (unsigned i = 0; i < farend->count; i++) {
        if (farend->streams[i].is_open)
            remote_close(&farend->streams[i].remote);
    }
}

void farend_free(struct farend *farend) {
    for (unsigned i = 0; i < farend->count; i++)
        tally_end(&farend->streams[i].back);
    free(farend->streams);
    farend->streams = NULL;
    farend->count = 0;
}

const char *farend_failure(const struct farend *farend) {
    for (unsigned i = 0; i < farend->count; i++) {
        if (farend->streams[i].remote.failure != NULL)
            return farend->streams[i].remote.failure;
    }
    return NULL;
}

unsigned farend_failed(const struct farend *farend) {
    unsigned failed = 0;

    for (unsigned i = 0; i < farend->count; i++)
        failed += farend->streams[i].remote.state == REMOTE_FAILED;
    return failed;
}

bool farend_answers(const struct farend *farend) {
    for (unsigned i = 0; i < farend->count; i++) {
        if (farend->streams[i].remote.is_answered)
            return true;
    }
    return false;
}

bool farend_has_results(const struct farend *farend) {
    for (unsigned i = 0; i < farend->count; i++) {
        enum remote_state state = farend->streams[i].remote.state;

        if (farend->streams[i].is_open && state >= REMOTE_RUNS &&
            state != REMOTE_FAILED)
            return true;
    }
    return false;
}

struct rate farend_back_rate(const struct farend *farend) {
    struct rate rate = {0};

    for (unsigned i = 0; i < farend->count; i++) {
        rate.datagrams += farend->streams[i].back.datagrams;
        rate.bytes += farend->streams[i].back.bytes;
    }
    return rate;
}

/* The limit of what the far end sends back. */
static uint64_t limit_of(const struct farend *farend) {
    uint64_t limit = 0;

    for (unsigned i = 0; i < farend->count; i++) {
        if (farend->streams[i].remote.answer.back_limit > limit)
            limit = farend->streams[i].remote.answer.back_limit;
    }
    return limit;
}

/* `sent` is what the streams with a result sent. */
static struct control_counts farend_counts(const struct farend *farend,
                                           uint64_t *sent) {
    struct counts_sum sum = COUNTS_NONE;

    *sent = 0;
    for (unsigned i = 0; i < farend->count; i++) {
        const struct remote *remote = &farend->streams[i].remote;

        if (remote->state != REMOTE_DONE)
            continue;
        *sent += remote->question.sent;
        counts_add(&sum, &remote->answer.counts);
    }
    return sum.counts;
}

/* Without the number that was sent back, the loss is not known. */
static struct control_counts farend_back(const struct farend *farend,
                                         uint64_t *sent) {
    struct counts_sum sum = COUNTS_NONE;

    *sent = 0;
    for (unsigned i = 0; i < farend->count; i++) {
        const struct farend_stream *stream = &farend->streams[i];
        uint64_t all =
            stream->remote.state == REMOTE_DONE ? back_sent(stream) : 0;
        struct control_counts counts = tally_counts(&stream->back, all);

        *sent += all;
        counts_add(&sum, &counts);
    }
    return sum.counts;
}

void farend_print(FILE *out, const struct farend *farend) {
    struct counts_known known = {.check = farend->check};
    struct control_counts counts;

    if (farend->sent > 0 && farend_has_results(farend)) {
        counts = farend_counts(farend, &known.sent);
        fputs("far end: ", out);
        counts_print(out, &counts, known);
        putc('\n', out);
    }
    if (farend->back) {
        counts = farend_back(farend, &known.sent);
        fputs("back: ", out);
        counts_print(out, &counts, known);
        putc('\n', out);
    }
}

void farend_print_json(FILE *out, const struct farend *farend) {
    struct counts_known known = {.check = farend->check};
    struct control_counts counts = farend_counts(farend, &known.sent);
    bool is_reverse = farend->back && farend->sent == 0;

    if (farend_has_results(farend) && !is_reverse) {
        fputs(",\"far\":{", out);
        counts_print_json(out, &counts, known);
        fprintf(out, ",\"sent\":%llu}", (unsigned long long)known.sent);
    }
    if (farend->back) {
        counts = farend_back(farend, &known.sent);
        fputs(",\"back\":{", out);
        counts_print_json(out, &counts, known);
        fprintf(out, ",\"sent\":%llu,\"limit_bps\":%llu}",
                (unsigned long long)known.sent,
                (unsigned long long)limit_of(farend));
    }
}
