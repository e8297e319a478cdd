/* Full batches by GSO and GRO, one on its way at a time. */
#include "soak.h"

#define PAYLOAD 64
#define BATCH 1024
#define PATIENCE_NS 10000000000u

static dgram_socket *sender, *receiver;
static dgram_listener listener;
static dgram_address to, from; /* the receiver, the sender */
static unsigned char payloads[BATCH][PAYLOAD];
static dgram_outgoing messages[BATCH];
static uint64_t sent, received, called;
static uint64_t since; /* when the batch was sent */

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)data;
    MUST(status == PAYLOAD);
    called++;
}

static void on_batch(dgram_socket *socket, const dgram_message *batch,
                     size_t count, void *data) {
    (void)socket;
    (void)data;
    for (size_t i = 0; i < count; i++) {
        uint64_t number;

        if (!dgram_address_equal(batch[i].from, &from))
            continue; /* of another sender */
        memcpy(&number, batch[i].payload, sizeof number);
        MUST(batch[i].length == PAYLOAD && number == received);
        received++;
    }
}

void steady_begin(void) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};

    MUST(dgram_create(&loop, DGRAM_UDP4, &sender) == 0);
    MUST(dgram_create(&loop, DGRAM_UDP4, &receiver) == 0);
    MUST(dgram_bind_sync(receiver, "127.0.0.1", 0) == 0);
    MUST(dgram_bind_sync(sender, "127.0.0.1", 0) == 0);
    MUST(dgram_get_local_address(sender, &from) == 0);
    MUST(dgram_get_local_address(receiver, &to) == 0);
    dgram_on(receiver, &listener, &events, NULL);
    for (int i = 0; i < BATCH; i++)
        messages[i] = (dgram_outgoing){
            .payload = payloads[i], .length = PAYLOAD, .to = &to};
}

void steady_iterate(void) {
    if (received < sent) {
        if (uv_hrtime() - since > PATIENCE_NS)
            fprintf(stderr, "steady: %llu sent, %llu received, %u dropped\n",
                    (unsigned long long)sent, (unsigned long long)received,
                    kernel_drops(dgram_fileno(receiver)));
        MUST(uv_hrtime() - since <= PATIENCE_NS);
        return;
    }
    /* A small receive buffer holds less than a batch of single messages. */
    for (int i = 0; i < BATCH; i++, sent++)
        memcpy(payloads[i], &sent, sizeof sent);
    since = uv_hrtime();
    MUST(dgram_send_batch(sender, messages, BATCH, NULL, on_sent) == BATCH);
}

uint64_t steady_datagrams(void) {
    return sent;
}

void steady_end(void) {
    printf("steady: %llu sent, %llu received, %u dropped by the kernel\n",
           (unsigned long long)sent, (unsigned long long)received,
           kernel_drops(dgram_fileno(receiver)));
    MUST(sent == received && called == sent);
    MUST(kernel_drops(dgram_fileno(receiver)) == 0);
    dgram_close(sender);
    dgram_close(receiver);
}
