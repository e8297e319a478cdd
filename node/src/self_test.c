/* Sends a datagram from a socket to itself, on a loop of its own, to find out
   whether a binary that was built for this system works on it. */
#include <stdio.h>
#include <string.h>

#include "addon.h"

/* The test usually takes less than a millisecond. On a busy system, a timer may
   be late, and run before the loop looks for the datagram. So it has to expire
   twice. */
#define LIMIT_MS 50
#define EXPIRATIONS 2

static const char payload[] = "libdgram tests itself";

struct trial {
    uv_loop_t loop;
    uv_timer_t timer;
    int expirations; /* of the timer */
    dgram_socket *socket;
    const char *call; /* the one that failed */
    int code;         /* of that call; 0: none failed */
    bool done;
};

static void stop(struct trial *trial, const char *call, int code) {
    if (trial->done)
        return;
    trial->done = true;
    trial->call = call;
    trial->code = code;
}

static void on_timeout(uv_timer_t *timer) {
    struct trial *trial = timer->data;

    if (++trial->expirations == EXPIRATIONS)
        stop(trial, "recvmsg", UV_ETIMEDOUT);
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    if (status != (int)sizeof payload)
        stop(data, "sendmsg", status < 0 ? status : UV_EIO);
}

/* Datagrams of others may arrive, too. */
static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    dgram_address own;

    if (dgram_get_local_address(socket, &own) == 0 &&
        dgram_address_equal(&own, message->from))
        stop(data, "recvmsg",
             message->length == sizeof payload &&
                     memcmp(message->payload, payload, sizeof payload) == 0
                 ? 0
                 : UV_EIO);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)socket;
    stop(data, "recvmsg", error->code);
}

static int send_to_itself(struct trial *trial) {
    dgram_address own;
    int result = dgram_get_local_address(trial->socket, &own);

    return result < 0 ? result
                      : dgram_send(trial->socket, payload, sizeof payload, &own,
                                   on_sent, trial);
}

static void run(struct trial *trial) {
    static const dgram_events events = {
        .size = sizeof events, .message = on_message, .error = on_error};
    dgram_listener listener;
    int result = dgram_create(&trial->loop, DGRAM_UDP4, &trial->socket);

    if (result < 0) {
        stop(trial, "socket", result);
        return;
    }
    dgram_on(trial->socket, &listener, &events, trial);
    result = dgram_bind_sync(trial->socket, "127.0.0.1", 0);
    if (result < 0)
        stop(trial, "bind", result);
    else if ((result = send_to_itself(trial)) < 0)
        stop(trial, "sendmsg", result);
    while (!trial->done)
        uv_run(&trial->loop, UV_RUN_ONCE);
    dgram_close(trial->socket);
}

static void run_with_limit(struct trial *trial) {
    int result = uv_loop_init(&trial->loop);

    if (result < 0) {
        stop(trial, "uv_loop_init", result);
        return;
    }
    uv_timer_init(&trial->loop, &trial->timer);
    trial->timer.data = trial;
    uv_timer_start(&trial->timer, on_timeout, LIMIT_MS, LIMIT_MS);
    run(trial);
    uv_close((uv_handle_t *)&trial->timer, NULL);
    uv_run(&trial->loop, UV_RUN_DEFAULT);
    uv_loop_close(&trial->loop);
}

/* selfTest(): returns undefined, or a text that says which call failed. */
napi_value self_test(napi_env env, napi_callback_info info) {
    struct trial trial = {0};
    napi_value failure = NULL;
    char text[80];

    (void)info;
    run_with_limit(&trial);
    if (trial.code < 0) {
        snprintf(text, sizeof text, "%s %s", trial.call,
                 dgram_err_name(trial.code));
        napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &failure);
    }
    return failure;
}
