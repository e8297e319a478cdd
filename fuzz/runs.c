/* The send queue and the building of runs: any sizes, destinations, ways to
   lend, answers of the kernel. Every datagram leaves or fails once, in order,
   with its own bytes, in messages that the rules allow. */
#include "fuzz.h"

#include "datapath/segment.h"

#define LIVE_MAX 4096
#define SIZE_MAX_OF_ONE 600u

static struct sent_datagram {
    uint32_t size;
    uint16_t port;
    uint8_t stamp;
    bool asked;
} live[LIVE_MAX];
static uint32_t pushed, gone, told;

static struct sendq q;
static struct sendq_pool pool;
static struct gso_cache cache;
static unsigned char *payloads; /* lent from here */
static size_t payloads_used;

#define PAYLOADS_SIZE (8u << 20)

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
}

static void address_to(uint16_t port, dgram_address *out) {
    memset(out, 0, sizeof *out);
    out->v4.sin_family = AF_INET;
    out->v4.sin_addr.s_addr = htonl(0x7f000001u + port % 3);
    out->v4.sin_port = htons(port);
}

static void push(struct bytes *input) {
    uint32_t count = 1 + (take(input) % 4 == 0 ? take(input) % 80 : 0);
    uint32_t size = take_u32(input) % SIZE_MAX_OF_ONE;
    uint8_t kind = take(input);
    uint16_t port = 1 + kind % 4;
    dgram_outgoing messages[80] = {{0}};
    dgram_address to;
    dgram_buffer part;
    struct sendq_item item = {.to = &to, .parts = &part, .part_count = 1};
    int n;

    if (pushed + count > LIVE_MAX ||
        payloads_used + (size_t)count * size > PAYLOADS_SIZE)
        return;
    address_to(port, &to);
    item.count = size == 0 ? 1 : count;
    item.lent = item.count > 1 || kind % 8 == 7;
    item.messages = item.count > 1 ? messages : NULL;
    item.length = size;
    item.cb = kind & 0x40 ? on_sent : NULL;
    item.status = item.count == 1 && kind >= 0xf0 ? UV_EMSGSIZE : 0;
    part = (dgram_buffer){.base = (char *)payloads + payloads_used,
                          .length = item.count * size};
    for (uint32_t i = 0; i < item.count; i++)
        memset(payloads + payloads_used + i * size, (int)(pushed + i), size);
    payloads_used += item.count * size;
    if (item.count == 1 || !item.lent)
        part.length = size;
    n = sendq_push(&q, &pool, &item);
    CHECK(n >= 1 && (size_t)n <= item.count);
    for (int i = 0; i < n; i++, pushed++)
        live[pushed] = (struct sent_datagram){
            size, port, (uint8_t)pushed, item.cb != NULL || item.status < 0};
}

/* First and last bytes tell whose they are. */
static uint32_t next_byte(uint32_t k, uint32_t size) {
    return k + 1 < size ? size - 1 : size;
}

/* The bytes of a message are those of the datagrams from `first` on. */
static void check_message(const struct platform_out *message, uint32_t first,
                          uint32_t count) {
    const struct iovec *part = message->parts;
    size_t at = 0, from = 0; /* bytes of the message; where the part begins */

    CHECK(count >= 1 && count <= RUN_DATAGRAMS_MAX);
    CHECK((message->segment_size > 0) == (count > 1));
    for (uint32_t i = 0; i < count; i++) {
        const struct sent_datagram *d = &live[first + i];

        CHECK(message->to == NULL ||
              dgram_address_port(message->to) == d->port);
        CHECK(count == 1 || d->size == message->segment_size ||
              (i == count - 1 && d->size < message->segment_size));
        for (uint32_t k = 0; k < d->size; k = next_byte(k, d->size)) {
            while (at + k - from >= part->iov_len) {
                from += part->iov_len;
                part++;
            }
            CHECK(part < message->parts + message->part_count);
            CHECK(((uint8_t *)part->iov_base)[at + k - from] == d->stamp);
        }
        at += d->size;
    }
}

static void refuse(struct segment_batch *batch, uint8_t how) {
    const struct sendq_chunk *chunk = sendq_first(&q);
    const struct sendq_run *run = &chunk->runs[chunk->run];
    static const int codes[] = {UV_EIO, UV_EINVAL, UV_EMSGSIZE};

    if (batch->datagrams[0] > 1 && how % 2 == 0) {
        gso_cache_refused(&cache, 0, &run->to, run->size, codes[how % 3], 1);
        return;
    }
    sendq_failed(&q, &pool, UV_ECONNREFUSED);
    live[gone++].asked = true;
}

static void flush(struct bytes *input) {
    static struct segment_batch batch;
    struct sendq_chunk *chunk = sendq_first(&q);
    struct segment_rules rules = {.gso_cache = &cache, .now = 2};
    uint32_t at, taken, total = 0;

    if (chunk == NULL) {
        CHECK(gone == pushed);
        return;
    }
    if (chunk->runs[chunk->run].status < 0) {
        sendq_failed(&q, &pool, UV_EMSGSIZE);
        gone++;
        return;
    }
    rules.segments_max = 1 + take(input) % 64;
    segment_build(&batch, chunk, &rules);
    CHECK(batch.count >= 1 && batch.count <= SEGMENT_MESSAGES_MAX);
    at = gone;
    for (uint32_t i = 0; i < batch.count; i++) {
        CHECK(batch.datagrams[i] <= rules.segments_max);
        check_message(&batch.messages[i], at, batch.datagrams[i]);
        at += batch.datagrams[i];
    }
    taken = take(input) % (batch.count + 1);
    if (taken == 0) {
        refuse(&batch, take(input));
        return;
    }
    for (uint32_t i = 0; i < taken; i++)
        total += batch.datagrams[i];
    sendq_sent(&q, &pool, total);
    gone += total;
}

static void report(void) {
    dgram_address to;

    while (told < gone && !live[told].asked)
        told++;
    CHECK((q.waiting > 0) == (told < gone));
    if (q.waiting == 0)
        return;
    sendq_report(&q, &pool, &to);
    CHECK(dgram_address_port(&to) == live[told].port);
    told++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes input = {data, size};
    size_t left = 0;

    if (payloads == NULL)
        payloads = malloc(PAYLOADS_SIZE);
    CHECK(payloads != NULL);
    pushed = gone = told = 0;
    payloads_used = 0;
    memset(&cache, 0, sizeof cache);
    sendq_init(&q);
    sendq_pool_init(&pool);
    while (input.left > 0) {
        uint8_t choice = take(&input);

        if (choice < 140)
            push(&input);
        else if (choice < 200)
            flush(&input);
        else if (choice < 250)
            report();
        else {
            CHECK(sendq_drop_unsent(&q, &pool) == pushed - gone);
            pushed = gone;
        }
    }
    for (uint32_t i = gone; i < pushed; i++)
        left += live[i].size;
    CHECK(q.size == left && q.count == pushed - gone);
    while (gone < pushed)
        flush(&(struct bytes){(const uint8_t *)"\x3f\x40", 2});
    while (q.waiting > 0)
        report();
    CHECK(q.unsent.next == &q.unsent && q.sent.next == &q.sent);
    sendq_pool_free(&pool);
    return 0;
}
