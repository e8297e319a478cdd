/* Passes datagrams on, and receives no more than it can pass on.
 *
 *   relay FROM TO [COUNT]
 *
 * FROM is a port on 127.0.0.1, TO another one, or the path of a Unix socket. It
 * ends after COUNT datagrams, or at SIGTERM.
 *
 * What the destination does not take waits in the send queue, which has a
 * limit. Before the queue is full the relay stops receiving, and at `drain` it
 * starts again. Meanwhile datagrams wait in the receive buffer of the kernel.
 * When that is full, too, the kernel drops datagrams and counts them. So each
 * datagram is in one of the counts that are printed at the end.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

/* What the datagrams of one wake-up count as in the send queue, at most. */
#define WAKEUP_MAX (DGRAM_RECEIVE_MEMORY_SIZE + DGRAM_BATCH_MAX * 256)

static struct {
    dgram_socket *in, *out;
    unsigned long received, passed, refused;
    unsigned long enough; /* datagrams; 0: never */
    uv_signal_t signal;
    bool ending;
} relay;

static void print_counts(void) {
    dgram_stats stats = {.size = sizeof stats};

    dgram_get_stats(relay.in, &stats);
    printf("%lu received, %lu passed on, %lu refused", relay.received,
           relay.passed, relay.refused);
    if (stats.receive_drops != DGRAM_STATS_UNKNOWN)
        printf(", %llu dropped by the kernel",
               (unsigned long long)stats.receive_drops);
    printf("\n");
    fflush(stdout);
}

/* The relay ends when all datagrams that it received are passed on. */
static void end_if_done(void) {
    if (!relay.ending || relay.passed + relay.refused < relay.received)
        return;
    print_counts();
    dgram_close(relay.in);
    dgram_close(relay.out);
    uv_close((uv_handle_t *)&relay.signal, NULL);
}

static void end(void) {
    relay.ending = true;
    dgram_receive_stop(relay.in);
    end_if_done();
}

static void on_signal(uv_signal_t *handle, int number) {
    (void)handle;
    (void)number;
    uv_signal_stop(&relay.signal);
    if (!relay.ending)
        end();
}

static void on_sent(dgram_socket *out, int status, void *data) {
    (void)out;
    (void)data;
    if (status >= 0)
        relay.passed++;
    else
        relay.refused++;
    end_if_done();
}

/* The queue has space for the whole batch. If none is left for the next
   wake-up, it is more than half full, so a `drain` follows. */
static void on_batch(dgram_socket *in, const dgram_message *messages,
                     size_t count, void *data) {
    static dgram_outgoing outgoing[DGRAM_BATCH_MAX];
    int accepted;

    (void)data;
    for (size_t i = 0; i < count; i++)
        outgoing[i] = (dgram_outgoing){.payload = messages[i].payload,
                                       .length = messages[i].length};
    accepted = dgram_send_batch(relay.out, outgoing, count, NULL, on_sent);
    relay.received += count;
    relay.refused += count - (accepted > 0 ? (size_t)accepted : 0);
    if (dgram_get_send_queue_space(relay.out) < WAKEUP_MAX)
        dgram_receive_stop(in);
    if (relay.enough > 0 && relay.received >= relay.enough)
        end();
}

static void on_drain(dgram_socket *out, void *data) {
    (void)out;
    (void)data;
    if (!relay.ending)
        dgram_receive_start(relay.in);
}

static int open_in(const char *port) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};
    static dgram_listener listener;
    int result = dgram_create(uv_default_loop(), DGRAM_UDP4, &relay.in);

    if (result < 0)
        return result;
    dgram_on(relay.in, &listener, &events, NULL);
    return dgram_bind_sync(relay.in, "127.0.0.1", (uint16_t)atoi(port));
}

/* This socket only sends. As receiving is stopped, a peer that is gone fails
   the next send, and causes no `error` event. */
static int open_out(const char *to) {
    static const dgram_events events = {.size = sizeof events,
                                        .drain = on_drain};
    static dgram_listener listener;
    bool is_path = to[0] == '/';
    const dgram_options options = {.size = sizeof options,
                                   .type = is_path ? DGRAM_UNIX : DGRAM_UDP4,
                                   .send_queue_size_max = 2 * WAKEUP_MAX};
    int result = dgram_create_with(uv_default_loop(), &options, &relay.out);

    if (result < 0)
        return result;
    dgram_on(relay.out, &listener, &events, NULL);
    dgram_receive_stop(relay.out);
    return dgram_connect_sync(relay.out, is_path ? to : "127.0.0.1",
                              is_path ? 0 : (uint16_t)atoi(to));
}

int main(int argc, char **argv) {
    dgram_address self;
    int result;

    if (argc < 3) {
        fprintf(stderr, "usage: relay FROM TO [COUNT]\n");
        return 2;
    }
    relay.enough = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    result = open_out(argv[2]);
    if (result == 0)
        result = open_in(argv[1]);
    if (result < 0) {
        fprintf(stderr, "relay: %s\n", dgram_strerror(result));
        return 1;
    }
    uv_signal_init(uv_default_loop(), &relay.signal);
    uv_signal_start(&relay.signal, on_signal, SIGTERM);
    dgram_get_local_address(relay.in, &self);
    printf("relay listening 127.0.0.1:%d\n", dgram_address_port(&self));
    fflush(stdout);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return uv_loop_close(uv_default_loop()) != 0;
}
