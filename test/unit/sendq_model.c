/* The send queue and a plain model of it get the same random pushes, sends,
   failures and reports, and must agree. */
#include "harness.h"

#include "loop/sendq.h"

#define STEPS 200000
#define LIVE_MAX 4096 /* datagrams that the model remembers */

struct model_datagram {
    uint32_t number;
    uint32_t length;
    uint16_t port;
    bool asked; /* has a callback */
    int refused;
    int status; /* once sent */
};

static struct sendq q;
static struct sendq_pool pool;

/* A ring: reported, then sent, then unsent datagrams. */
static struct model_datagram model[LIVE_MAX];
static uint32_t reported, sent, pushed; /* counts since the beginning */

static uint32_t random_state = 12345;

static uint32_t random_below(uint32_t limit) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

static struct model_datagram *at(uint32_t index) {
    return &model[index % LIVE_MAX];
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)status;
    (void)data;
}

static uint32_t random_length(void) {
    static const uint32_t lengths[] = {0, 4, 64, 64, 64, 64, 512, 1200, 65507};

    return random_below(10) == 0 ? random_below(2000)
                                 : lengths[random_below(9)];
}

static void push(void) {
    static unsigned char payload[65536];
    struct model_datagram *d = at(pushed);
    dgram_address to = address_of("127.0.0.1", 1);
    dgram_buffer part = {.base = (char *)payload, .length = 0};
    struct sendq_item item = {.to = &to, .parts = &part, .part_count = 1};

    if (pushed - reported == LIVE_MAX)
        return;
    d->number = pushed;
    d->length = random_length();
    d->port = (uint16_t)(1 + random_below(8) / 7);
    d->asked = random_below(4) != 0;
    d->refused = random_below(50) == 0 ? UV_EMSGSIZE : 0;
    memcpy(payload, &d->number, sizeof d->number);
    to.v4.sin_port = htons(d->port);
    part.length = item.length = d->length;
    item.status = d->refused;
    item.cb = d->asked ? on_sent : NULL;
    item.data = (void *)(uintptr_t)d->number;
    assert_int_equal(sendq_push(&q, &pool, &item), 0);
    pushed++;
}

/* The first unsent datagram of the queue is the model's. */
static void check_first(void) {
    const struct model_datagram *d = at(sent);
    const struct sendq_datagram first = sendq_peek(&q);

    assert_int_equal(first.length, d->length);
    assert_int_equal(dgram_address_port(first.to), d->port);
    assert_int_equal(first.cb != NULL, d->asked);
    if (first.length >= 4 && d->refused == 0)
        assert_memory_equal(first.payload, &d->number, 4);
}

/* The sendable part of a chunk ends before a refused datagram. */
static void check_sendable(const struct sendq_chunk *chunk, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(at(sent + i)->refused, 0);
        assert_int_equal(chunk->messages[chunk->next + i].length,
                         at(sent + i)->length);
    }
    if (chunk->next + count < chunk->datagrams)
        assert_int_equal(at(sent + count)->refused, UV_EMSGSIZE);
}

static int random_status(const struct model_datagram *d) {
    return random_below(20) == 0 ? UV_ECONNREFUSED : (int)d->length;
}

static void fail_one(int status) {
    at(sent++)->status = status;
    sendq_failed(&q, &pool, status);
}

static void skip_one(void) {
    at(sent)->asked = false;
    at(sent++)->status = 0;
    sendq_skip(&q, &pool);
}

static void send_some(void) {
    struct sendq_chunk *chunk = sendq_first(&q);
    uint32_t n;

    if (chunk == NULL) {
        assert_int_equal(sent, pushed);
        return;
    }
    check_first();
    n = sendq_sendable(chunk);
    check_sendable(chunk, n);
    if (n == 0 || random_below(20) == 0) {
        fail_one(n == 0 ? chunk->status[chunk->next] : UV_ECONNREFUSED);
        return;
    }
    if (random_below(20) == 0) {
        skip_one();
        return;
    }
    if (random_below(4) == 0)
        n = 1 + random_below(n);
    for (uint32_t i = 0; i < n; i++, sent++)
        chunk->status[chunk->next + i] = at(sent)->status =
            random_status(at(sent));
    sendq_done(&q, &pool, n);
}

static bool has_report(const struct model_datagram *d) {
    return d->asked || d->status < 0;
}

static void skip_silent(void) {
    while (reported < sent && !has_report(at(reported)))
        reported++;
}

static void report(void) {
    dgram_address to;
    struct sendq_report r;
    struct model_datagram *d;

    if (q.waiting == 0)
        return;
    skip_silent();
    r = sendq_report(&q, &pool, &to);
    d = at(reported++);
    assert_int_equal(r.status, d->status);
    assert_int_equal(r.cb != NULL, d->asked);
    assert_int_equal(dgram_address_port(&to), d->port);
    if (d->asked)
        assert_int_equal((uintptr_t)r.data, d->number);
}

/* Datagrams that were never queued. */
static void record_some(void) {
    uint32_t n = 1 + random_below(100);
    dgram_address to = address_of("127.0.0.1", 9);
    int space;

    if (sent < pushed || pushed - reported + n > LIVE_MAX)
        return;
    space = sendq_reserve(&q, &pool, n);
    assert_in_range(space, 1, n);
    for (int i = 0; i < space; i++, pushed++, sent++) {
        const struct sendq_report r = {on_sent, (void *)(uintptr_t)pushed, 64};

        *at(pushed) = (struct model_datagram){.number = pushed,
                                              .length = 64,
                                              .port = 9,
                                              .asked = true,
                                              .status = 64};
        if (i % 3 == 0)
            sendq_record(&q, &to, 64, &r);
        else
            at(pushed)->asked = false;
    }
    sendq_settle(&q, &pool);
}

static void check_counts(void) {
    size_t waiting = 0, size = 0, cost = 0;

    for (uint32_t i = reported; i < pushed; i++) {
        if (i >= sent || has_report(at(i)))
            cost += at(i)->length + DATAGRAM_COST;
    }
    for (uint32_t i = reported; i < sent; i++)
        waiting += has_report(at(i));
    for (uint32_t i = sent; i < pushed; i++)
        size += at(i)->length;
    assert_int_equal(q.cost, cost);
    assert_int_equal(q.waiting, waiting);
    assert_int_equal(q.count, pushed - sent);
    assert_int_equal(q.size, size);
}

static void step(void) {
    uint32_t choice = random_below(100);

    if (choice < 60)
        push();
    else if (choice < 75)
        send_some();
    else if (choice < 98)
        report();
    else if (choice == 98)
        record_some();
    else
        for (int i = 0; i < 100; i++)
            send_some();
    skip_silent();
}

static void queue_and_model_agree(void **unused) {
    (void)unused;
    sendq_pool_init(&pool);
    sendq_init(&q);
    for (int i = 0; i < STEPS; i++) {
        step();
        if (i % 64 == 0)
            check_counts();
    }
    while (sent < pushed)
        send_some();
    while (q.waiting > 0)
        report();
    check_counts();
    assert_true(q.unsent.next == &q.unsent && q.sent.next == &q.sent);
    sendq_pool_free(&pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_and_model_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
