/* The datapath's way out: any sizes, destinations, payloads and parts, any
   answers of the kernel. Every datagram leaves or fails once, in order for
   those behind it, with its own bytes, in messages that the rules allow. */
#include "fuzz.h"

#include "datapath/datapath.h"
#include "util/address.h"

#define LIVE_MAX 512
#define SIZE_MAX_OF_ONE 600u

static dgram_outgoing datagrams[LIVE_MAX];
static dgram_address addresses[LIVE_MAX];
static dgram_buffer parts[LIVE_MAX][3];
static uint8_t payloads[LIVE_MAX * SIZE_MAX_OF_ONE];
static int status[LIVE_MAX];
static uint32_t sizes[LIVE_MAX];
static bool left[LIVE_MAX];    /* the kernel has it */
static uint32_t pushed, given; /* given to the kernel or failed before */

static struct bytes input;
static uint32_t segments_max;

static void address_to(uint16_t port, dgram_address *out) {
    memset(out, 0, sizeof *out);
    out->v4.sin_family = AF_INET;
    out->v4.sin_addr.s_addr = htonl(0x7f000001u + port % 3);
    out->v4.sin_port = htons(port);
}

/* Payloads stand one behind the other, or apart, or in parts. */
static void push(void) {
    uint32_t i = pushed++;
    uint8_t kind = take(&input);
    uint32_t size = kind & 0x80 ? take_u32(&input) % SIZE_MAX_OF_ONE : 64;
    uint8_t *payload = payloads + i * (kind & 0x40 ? SIZE_MAX_OF_ONE : size);

    memset(&datagrams[i], 0, sizeof datagrams[i]);
    sizes[i] = size;
    address_to(1 + kind % 4, &addresses[i]);
    datagrams[i].to = &addresses[i];
    datagrams[i].payload = payload;
    datagrams[i].length = size;
    if (kind % 16 == 15 && size > 2) {
        parts[i][0] = (dgram_buffer){.base = payload, .length = 1};
        parts[i][1] = (dgram_buffer){.base = NULL, .length = 0};
        parts[i][2] = (dgram_buffer){.base = payload + 1, .length = size - 1};
        datagrams[i].payload = NULL;
        datagrams[i].parts = parts[i];
        datagrams[i].part_count = 3;
    } else if (kind % 32 == 14) {
        datagrams[i].flags = 0x80;
    }
}

static bool is_sound(uint32_t i) {
    return (datagrams[i].flags & 0x80) == 0;
}

/* The bytes of datagram `i` stand at `offset` of the message. */
static void check_bytes(const struct platform_out *message, size_t offset,
                        uint32_t i) {
    const dgram_outgoing *d = &datagrams[i];
    const uint8_t *expected = d->parts != NULL ? d->parts[0].base : d->payload;
    const struct iovec *part = message->parts;
    size_t from = 0;

    for (uint32_t k = 0; k < sizes[i]; k++) {
        while (offset + k - from >= part->iov_len)
            from += part++->iov_len;
        CHECK(part < message->parts + message->part_count);
        CHECK((uint8_t *)part->iov_base + (offset + k - from) == expected + k);
    }
}

/* Notes what the message carries. */
static void leave(const struct platform_out *message) {
    size_t total = 0, at = 0;
    uint32_t count = 0;

    for (uint32_t i = 0; i < message->part_count; i++)
        total += message->parts[i].iov_len;
    do {
        CHECK(given < pushed && is_sound(given));
        check_bytes(message, at, given);
        CHECK(address_same(message->to, datagrams[given].to));
        CHECK(count == 0 || sizes[given] == message->segment_size ||
              at + sizes[given] == total);
        at += sizes[given];
        left[given++] = true;
        count++;
    } while (at < total);
    CHECK(at == total && count <= segments_max);
    CHECK((message->segment_size > 0) == (count > 1));
}

static void skip_unsound(void) {
    while (given < pushed && !is_sound(given))
        given++;
}

static int scripted_send(int fd, const struct platform_out *messages,
                         uint32_t count) {
    static const int codes[] = {UV_EAGAIN, UV_ENOBUFS,  UV_EIO,
                                UV_EINVAL, UV_EMSGSIZE, UV_ECONNREFUSED};
    uint8_t choice = take(&input);
    uint32_t taken = 1 + choice % count;

    (void)fd;
    CHECK(count >= 1 && count <= 64);
    skip_unsound();
    if (choice >= 192 && input.left > 0) {
        int code = codes[choice % 6];

        /* A datagram alone that is refused for good is done with. */
        if (messages[0].segment_size == 0 && code != UV_EAGAIN &&
            code != UV_ENOBUFS)
            given++;
        return code;
    }
    for (uint32_t i = 0; i < taken; i++)
        leave(&messages[i]);
    return (int)taken;
}

static uint32_t scripted_segments_max(int fd) {
    (void)fd;
    return segments_max;
}

static int no_option(int fd, int level, int name, void *value,
                     socklen_t *size) {
    (void)fd;
    (void)level;
    (void)name;
    (void)value;
    (void)size;
    return UV_EINVAL;
}

/* Each has its fate, and it is the right one. */
static void check_fates(uint32_t from, uint32_t count) {
    for (uint32_t i = from; i < from + count; i++) {
        if (!is_sound(i))
            CHECK(status[i] == DGRAM_ERR_INVALID_ARG_VALUE && !left[i]);
        else if (left[i])
            CHECK(status[i] == (int)sizes[i]);
        else
            CHECK(status[i] < 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct platform scripted;
    const struct platform *real = platform;
    struct offload policy = {.segments_max = UINT32_MAX};
    struct gso_cache cache = {0};
    dgram_address peer;
    dgram_datapath dp;
    uint32_t done = 0, count;

    input = (struct bytes){data, size};
    scripted = *real;
    scripted.send = scripted_send;
    scripted.segments_max = scripted_segments_max;
    scripted.get_option = no_option;
    platform = &scripted;
    memset(left, 0, sizeof left);
    pushed = given = 0;
    segments_max = 1 + take(&input) % 64;
    datapath_init(&dp, &policy, &peer, &cache, 1);
    datapath_attach(&dp, 0);
    for (count = 1 + take_u32(&input) % LIVE_MAX; pushed < count;)
        push();
    while (done < count) {
        int n = dgram_datapath_send(&dp, datagrams + done, count - done,
                                    status + done);

        CHECK(n > 0 || n == UV_EAGAIN || n == UV_ENOBUFS);
        if (n < 0)
            CHECK(status[done] == n);
        if (n < 0)
            n = 0;
        check_fates(done, (uint32_t)n);
        done += (uint32_t)n;
        skip_unsound();
        CHECK(done <= given);
    }
    platform = real;
    return 0;
}
