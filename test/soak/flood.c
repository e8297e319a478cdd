/* The receiver's descriptor is adopted, so the kernel does not coalesce
   datagrams, and its count of drops is one of datagrams. */
#include "soak.h"

#include <unistd.h>

#define PAYLOAD 100
#define BATCH 64

static dgram_socket *sender, *receiver;
static dgram_listener listener;
static dgram_address to, from; /* the receiver, the sender */
static uint64_t sent, failed, received, waiting;
static uint64_t next_number, dropped_between; /* by the numbers */
static uint64_t missing_before;

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)data;
    waiting--;
    if (status == PAYLOAD)
        sent++;
    else
        failed++;
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)socket;
    (void)data;
    for (size_t i = 0; i < count; i++) {
        uint64_t number;

        if (!dgram_address_equal(messages[i].from, &from))
            continue; /* of another sender */
        MUST(messages[i].length == PAYLOAD);
        memcpy(&number, messages[i].payload, sizeof number);
        MUST(number >= next_number); /* in order, none twice */
        if (number > next_number)
            missing_before = number;
        dropped_between += number - next_number;
        next_number = number + 1;
        received++;
    }
}

void flood_begin(void) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};
    dgram_bind_options options = {.size = sizeof options};
    int off =
        0; /* adopting sets it: then a bind to port 0 may take this port */
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    MUST(dgram_create(&loop, DGRAM_UDP4, &sender) == 0);
    MUST(dgram_create(&loop, DGRAM_UDP4, &receiver) == 0);
    options.fd = socket(AF_INET, SOCK_DGRAM, 0);
    MUST(bind(options.fd, (struct sockaddr *)&here, sizeof here) == 0);
    MUST(dgram_bind_with(receiver, &options) == 0);
    MUST(setsockopt(options.fd, SOL_SOCKET, SO_REUSEADDR, &off, sizeof off) ==
         0);
    MUST(dgram_get_local_address(receiver, &to) == 0);
    MUST(dgram_bind_sync(sender, "127.0.0.1", 0) == 0);
    MUST(dgram_get_local_address(sender, &from) == 0);
    dgram_on(receiver, &listener, &events, NULL);
}

void flood_iterate(void) {
    static unsigned char payloads[BATCH][PAYLOAD];
    static uint64_t number;
    dgram_outgoing messages[BATCH] = {{0}};

    for (int i = 0; i < BATCH; i++, number++) {
        memcpy(payloads[i], &number, sizeof number);
        messages[i] = (dgram_outgoing){
            .payload = payloads[i], .length = PAYLOAD, .to = &to};
    }
    waiting += BATCH;
    MUST(dgram_send_batch(sender, messages, BATCH, NULL, on_sent) == BATCH);
}

uint64_t flood_datagrams(void) {
    return sent;
}

void flood_end(void) {
    uint32_t drops = kernel_drops(dgram_fileno(receiver));

    printf("flood: %llu sent, %llu received, %llu dropped by the kernel\n",
           (unsigned long long)sent, (unsigned long long)received,
           (unsigned long long)drops);
    if (dropped_between > drops)
        printf("flood: %llu numbers are missing, the latest before %llu\n",
               (unsigned long long)dropped_between,
               (unsigned long long)missing_before);
    MUST(waiting == 0 && failed == 0);
    MUST(dropped_between <= drops);
    MUST((uint32_t)(sent - received) == drops);
    dgram_close(sender);
    dgram_close(receiver);
}
