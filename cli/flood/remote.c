#include "flood/remote.h"

static uint64_t now_of(const struct remote *remote) {
    return uv_now(remote->timer.loop);
}

/* It is sent again if it fails. */
static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
}

/* Sends it at once if the kernel accepts it: the stream sends nothing while a
   question waits, and the next iteration of the loop may be its last. */
static void ask(struct remote *remote) {
    static const enum control_kind kinds[] = {
        [REMOTE_ASKS] = CONTROL_HELLO,
        [REMOTE_STARTS] = CONTROL_START,
        [REMOTE_RUNS] = CONTROL_START,
        [REMOTE_ENDS] = CONTROL_END,
    };
    unsigned char bytes[CONTROL_SIZE];
    const dgram_outgoing out = {
        .payload = bytes,
        .length = sizeof bytes,
        .info = remote->info,
    };
    int status;

    remote->question.head.version = CONTROL_VERSION;
    remote->question.head.kind = kinds[remote->state];
    remote->question.head.number++;
    control_write_question(bytes, &remote->question);
    if (dgram_try_send_batch(remote->socket, &out, 1, &status) <= 0)
        dgram_send_batch(remote->socket, &out, 1, NULL, on_sent);
    remote->questions++;
}

static void enter(struct remote *remote, enum remote_state state);

/* The number of questions is limited, and not the time: answers may wait to be
   read when this process did not run for a while. */
static void on_timer(uv_timer_t *timer) {
    struct remote *remote = timer->data;

    if (remote->state != REMOTE_RUNS &&
        remote->questions >= REMOTE_QUESTIONS_MAX) {
        remote->failure =
            remote->is_answered ? "it no longer answers" : "it does not answer";
        enter(remote, REMOTE_FAILED);
        return;
    }
    ask(remote);
}

/* States without a question are final. */
static void enter(struct remote *remote, enum remote_state state) {
    uint64_t period = state == REMOTE_RUNS ? REMOTE_KEEP_MS : REMOTE_RETRY_MS;

    remote->state = state;
    remote->questions = 0;
    if (state >= REMOTE_DONE) {
        uv_timer_stop(&remote->timer);
    } else {
        uv_timer_start(&remote->timer, on_timer, period, period);
        if (state != REMOTE_RUNS)
            ask(remote);
    }
    if (state == REMOTE_RUNS || state >= REMOTE_DONE)
        remote->on_change(remote);
}

void remote_begin(struct remote *remote, uv_loop_t *loop) {
    uv_timer_init(loop, &remote->timer);
    remote->timer.data = remote;
    remote->replaced = now_of(remote) - REMOTE_RETRY_MS;
    enter(remote, REMOTE_ASKS);
}

/* A token that has become invalid is replaced, and the question asked again:
   not faster than questions are repeated, whatever the far end answers. */
static void on_token(struct remote *remote) {
    if (remote->state == REMOTE_ASKS) {
        enter(remote, REMOTE_STARTS);
    } else if (now_of(remote) - remote->replaced >= REMOTE_RETRY_MS) {
        remote->replaced = now_of(remote);
        ask(remote);
    }
}

static const char *reason_text(unsigned reason) {
    switch (reason) {
    case CONTROL_FULL:
        return "it serves as many floods as it can already";
    case CONTROL_VERSIONS:
        return "its release does not support the questions of this one";
    case CONTROL_FORGOTTEN:
        return "it received nothing for too long";
    default:
        return "it refuses to serve";
    }
}

static void on_refused(struct remote *remote) {
    remote->failure = reason_text(remote->answer.reason);
    enter(remote, REMOTE_FAILED);
}

/* An answer to an earlier question may come late: what it says is still true,
   except that its token is older. */
static void on_answer(struct remote *remote,
                      const struct control_answer *answer) {
    int32_t newer = (int32_t)(answer->head.number - remote->answer.head.number);

    if (remote->is_answered && newer <= 0)
        return;
    remote->answer = *answer;
    remote->is_answered = true;
    remote->question.head.token = answer->head.token;
    if (answer->head.kind == CONTROL_TOKEN)
        on_token(remote);
    else if (answer->head.kind == CONTROL_REFUSED)
        on_refused(remote);
    else if (remote->state == REMOTE_STARTS)
        enter(remote, REMOTE_RUNS);
    else if (answer->head.kind == CONTROL_RESULT &&
             remote->state == REMOTE_ENDS)
        enter(remote, REMOTE_DONE);
}

/* Answers are for this flood and stream only, and none is newer than the latest
   question. */
static bool is_expected(const struct remote *remote,
                        const struct control_head *head) {
    const struct control_head *asked = &remote->question.head;

    return remote->state < REMOTE_DONE && head->flood == asked->flood &&
           head->stream == asked->stream &&
           (int32_t)(asked->number - head->number) >= 0;
}

bool remote_receive(struct remote *remote, const unsigned char *bytes,
                    size_t length) {
    struct control_head head;
    struct control_answer answer;

    if (!control_read_head(bytes, length, &head))
        return false;
    if (!is_expected(remote, &head))
        return true;
    if (control_read_answer(bytes, length, &answer)) {
        on_answer(remote, &answer);
    } else if (head.version != CONTROL_VERSION &&
               head.kind == CONTROL_REFUSED) {
        remote->failure = reason_text(CONTROL_VERSIONS);
        enter(remote, REMOTE_FAILED);
    }
    return true;
}

void remote_end(struct remote *remote, uint64_t sent) {
    remote->question.sent = sent;
    if (remote->state < REMOTE_ENDS)
        enter(remote, REMOTE_ENDS);
    else
        remote->on_change(remote);
}

void remote_leave(struct remote *remote) {
    if (remote->state >= REMOTE_DONE)
        return;
    remote->failure = "a stream failed";
    enter(remote, REMOTE_FAILED);
}

void remote_close(struct remote *remote) {
    uv_close((uv_handle_t *)&remote->timer, NULL);
}
