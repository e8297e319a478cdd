#include "sink/serve.h"

#include <stdlib.h>

#include "output/output.h"
#include "output/term.h"

#define UPKEEP_MS 100
#define UPKEEP_LATE_MS 1000

static uint64_t now_ms(const struct serve *serve) {
    return uv_now(&serve->session->loop);
}

/* ---- Answers ---- */

/* Tries once: if an answer is lost, the flood repeats its question. */
static void send_answer(struct serve *serve, const dgram_message *message,
                        struct control_answer *answer) {
    unsigned char bytes[CONTROL_SIZE];
    dgram_send_info info;
    dgram_outgoing out = {
        .payload = bytes,
        .length = sizeof bytes,
        .to = message->from,
        .info = &info,
    };
    int status;

    if (serve->session->socket == NULL)
        return;
    answer->head.version = CONTROL_VERSION;
    answer->back_limit = serve->back_limit;
    control_write_answer(bytes, answer);
    dgram_reply_info(message->info, &info);
    dgram_try_send_batch(serve->session->socket, &out, 1, &status);
}

/* Bounds the answers to those who may have forged their address. */
static bool may_answer_stranger(struct serve *serve) {
    uint64_t now = now_ms(serve);

    if (now - serve->strangers_since >= 1000) {
        serve->strangers_since = now;
        serve->stranger_answers = 0;
    }
    return serve->stranger_answers++ < SERVE_STRANGERS_MAX;
}

static void answer_stranger(struct serve *serve, const dgram_message *message,
                            const struct control_head *head,
                            enum control_kind kind,
                            enum control_reason reason) {
    struct control_answer answer = {.head = *head, .reason = reason};

    if (!may_answer_stranger(serve))
        return;
    answer.head.kind = kind;
    answer.head.token = token_make(&serve->clients.key, message->from,
                                   head->flood, now_ms(serve));
    send_answer(serve, message, &answer);
}

static struct control_counts counts_of(const struct serve *serve,
                                       const struct client_stream *stream) {
    struct control_counts counts = tally_counts(&stream->tally, stream->sent);
    uint64_t drops = session_drops(serve->session);

    if (drops != DGRAM_STATS_UNKNOWN &&
        stream->flood->drops_before != DGRAM_STATS_UNKNOWN)
        counts.dropped = drops - stream->flood->drops_before;
    return counts;
}

/* While a stream runs, its answers have no counts: those cost a system call. */
static void answer_stream(struct serve *serve, const dgram_message *message,
                          struct client_stream *stream,
                          const struct control_head *head) {
    uint64_t now = now_ms(serve);
    struct control_answer answer = {
        .head = *head,
        .back_sent = stream->back.sent,
        .counts = stream->counts,
    };

    if (now - stream->answered_at < SERVE_ANSWER_MS)
        return;
    stream->answered_at = now;
    answer.head.kind =
        stream->state == CLIENT_DONE ? CONTROL_RESULT : CONTROL_RUNNING;
    if (stream->is_gone) {
        answer.head.kind = CONTROL_REFUSED;
        answer.reason = CONTROL_FORGOTTEN;
    }
    answer.head.token =
        token_make(&serve->clients.key, message->from, head->flood, now);
    send_answer(serve, message, &answer);
}

/* ---- The life of a stream ---- */

static void stop_session(uv_timer_t *timer) {
    session_stop(((struct serve *)timer->data)->session);
}

/* If a result is lost, the flood repeats its question for a while. */
static void on_flood_done(struct serve *serve, struct client_flood *flood) {
    flood->done_at = now_ms(serve);
    serve_print(serve, flood);
    session_flush(serve->session);
    serve->floods++;
    if (serve->floods == serve->floods_max && !serve->session->stopping)
        uv_timer_start(&serve->last, stop_session, SERVE_LAST_MS, 0);
}

static void finish(struct serve *serve, struct client_stream *stream,
                   bool is_gone) {
    if (stream->state == CLIENT_DONE)
        return;
    stream->counts = counts_of(serve, stream);
    stream->state = CLIENT_DONE;
    stream->is_gone = is_gone;
    serve_back_stop(stream);
    tally_end(&stream->tally);
    if (--stream->flood->running == 0)
        on_flood_done(serve, stream->flood);
}

static bool is_settled(const struct client_stream *stream, uint64_t now) {
    return tally_is_complete(&stream->tally, stream->sent) ||
           now - stream->ended_at >= SERVE_SETTLE_MS;
}

static void look_after(struct serve *serve, struct client_stream *stream) {
    uint64_t now = now_ms(serve);

    if (stream->state == CLIENT_ENDS && is_settled(stream, now))
        finish(serve, stream, false);
    else if (stream->state == CLIENT_RUNS &&
             now - stream->heard_at >= SERVE_VANISH_MS)
        finish(serve, stream, true);
}

static void remove_old(struct serve *serve) {
    struct client_flood *next, *flood = serve->clients.floods;
    uint64_t now = now_ms(serve);

    for (; flood != NULL; flood = next) {
        next = flood->next;
        if (flood->running == 0 && now - flood->done_at >= SERVE_LINGER_MS)
            clients_remove(&serve->clients, flood);
    }
}

/* If this process did not run for a while, datagrams may wait to be read: then
   no stream ends before the next call. finish() neither adds nor removes
   streams. */
void serve_upkeep(uv_timer_t *timer) {
    struct serve *serve = timer->data;
    bool is_late = now_ms(serve) - serve->upkeep_at >= UPKEEP_LATE_MS;

    serve->upkeep_at = now_ms(serve);
    if (is_late)
        return;
    for (size_t i = 0; i < serve->clients.count; i++)
        look_after(serve, serve->clients.list[i]);
    remove_old(serve);
    if (serve->clients.count == 0)
        uv_timer_stop(timer);
}

static struct client_stream *add(struct serve *serve,
                                 const dgram_message *message,
                                 const struct control_question *question) {
    struct tally tally;
    struct client_stream *stream;

    if (!tally_begin(&tally, (question->flags & CONTROL_CHECK) != 0,
                     question->stamps))
        return NULL;
    stream = clients_add(&serve->clients, message->from, question->head.flood);
    if (stream == NULL) {
        tally_end(&tally);
        return NULL;
    }
    stream->tally = tally;
    stream->check = tally.order != NULL;
    stream->stamps = question->stamps;
    stream->number = question->head.stream;
    dgram_reply_info(message->info, &stream->from);
    if (stream->flood->streams == 1)
        stream->flood->drops_before = session_drops(serve->session);
    if (!uv_is_active((uv_handle_t *)&serve->upkeep)) {
        serve->upkeep_at = now_ms(serve);
        uv_timer_start(&serve->upkeep, serve_upkeep, UPKEEP_MS, UPKEEP_MS);
    }
    return stream;
}

/* ---- Questions ---- */

static void end_stream(struct serve *serve, struct client_stream *stream,
                       const struct control_question *question) {
    if (stream->state == CLIENT_RUNS) {
        stream->state = CLIENT_ENDS;
        stream->ended_at = now_ms(serve);
        stream->sent = question->sent;
        serve_back_stop(stream);
    }
    look_after(serve, stream);
}

/* Returns the stream that a valid question is about, or NULL. A flood that was
   started again with the port of an earlier one takes its place. */
static struct client_stream *stream_of(
    struct serve *serve, const dgram_message *message,
    const struct control_question *question) {
    struct client_stream *stream = clients_find(&serve->clients, message->from);

    if (stream == NULL || stream->flood->id == question->head.flood)
        return stream;
    if (question->head.kind != CONTROL_START)
        return NULL;
    finish(serve, stream, true);
    clients_unhash(&serve->clients, stream);
    return NULL;
}

/* A question with a token. */
static void on_valid(struct serve *serve, const dgram_message *message,
                     const struct control_question *question) {
    struct client_stream *stream = stream_of(serve, message, question);
    bool is_start = question->head.kind == CONTROL_START;

    if (stream == NULL && is_start && !serve->session->stopping)
        stream = add(serve, message, question);
    if (stream == NULL) {
        answer_stranger(serve, message, &question->head, CONTROL_REFUSED,
                        is_start ? CONTROL_FULL : CONTROL_FORGOTTEN);
        return;
    }
    stream->heard_at = stream->asked_at = now_ms(serve);
    if (is_start && stream->state == CLIENT_RUNS)
        serve_back_ask(serve, stream, question);
    if (!is_start)
        end_stream(serve, stream, question);
    answer_stream(serve, message, stream, &question->head);
}

static void on_control(struct serve *serve, const dgram_message *message,
                       const struct control_head *head) {
    struct control_question question;

    if (!control_read_question(message->payload, message->length, &question)) {
        if (head->version != CONTROL_VERSION && head->kind < CONTROL_ANSWERS)
            answer_stranger(serve, message, head, CONTROL_REFUSED,
                            CONTROL_VERSIONS);
    } else if (head->kind != CONTROL_HELLO &&
               token_is_valid(&serve->clients.key, message->from, head->flood,
                              now_ms(serve), head->token)) {
        on_valid(serve, message, &question);
    } else {
        answer_stranger(serve, message, head, CONTROL_TOKEN, CONTROL_NONE);
    }
}

/* Whether it was sent to a group or as a broadcast. Every sink there would
   answer, and the flood takes answers from the address that it asked only. */
static bool is_to_many(const dgram_receive_info *info) {
    return info != NULL && (info->valid & DGRAM_INFO_LOCAL) != 0 &&
           !clients_is_one_host(&info->local, &info->reply_from);
}

bool serve_receive(struct serve *serve, const dgram_message *message,
                   uint64_t now, uint64_t arrival) {
    struct control_head head;
    struct client_stream *stream;

    if (control_read_head(message->payload, message->length, &head)) {
        serve->controls++;
        if (!is_to_many(message->info))
            on_control(serve, message, &head);
        return true;
    }
    stream = clients_find(&serve->clients, message->from);
    if (stream != NULL && stream->state != CLIENT_DONE) {
        stream->heard_at = now_ms(serve);
        tally_note(&stream->tally, message, now, arrival);
    }
    return false;
}

int serve_begin(struct serve *serve) {
    serve->payloads = calloc(1, SERVE_BATCH_SIZE);
    if (serve->payloads == NULL)
        return UV_ENOMEM;
    return token_key_begin(&serve->clients.key);
}

void serve_start(struct serve *serve, struct session *session) {
    serve->session = session;
    uv_timer_init(&session->loop, &serve->upkeep);
    uv_timer_init(&session->loop, &serve->sends);
    uv_timer_init(&session->loop, &serve->last);
    serve->upkeep.data = serve->sends.data = serve->last.data = serve;
}

void serve_stop(struct serve *serve) {
    for (size_t i = 0; i < serve->clients.count; i++)
        finish(serve, serve->clients.list[i],
               serve->clients.list[i]->state == CLIENT_RUNS);
    uv_close((uv_handle_t *)&serve->upkeep, NULL);
    uv_close((uv_handle_t *)&serve->sends, NULL);
    uv_close((uv_handle_t *)&serve->last, NULL);
}

void serve_end(struct serve *serve) {
    clients_end(&serve->clients);
    free(serve->payloads);
    serve->payloads = NULL;
}
