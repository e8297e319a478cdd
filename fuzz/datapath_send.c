/* The datapath's way out: any sizes, destinations, payloads, parts and
   information, with and without a peer, and any answers of the kernel. Every
   datagram is sent or fails once, in order, with its own bytes, in messages
   that the kernel allows. One without buffers is stepped over. */
#include "fuzz.h"

#include "datapath/datapath.h"
#include "util/address.h"
#include "util/send_info.h"

#define LIVE_MAX 512
#define SIZE_MAX_OF_ONE 600u

static dgram_outgoing datagrams[LIVE_MAX];
static dgram_address addresses[LIVE_MAX];
static dgram_buffer parts[LIVE_MAX][3];
static uint8_t payloads[LIVE_MAX * SIZE_MAX_OF_ONE];
static int status[LIVE_MAX];
static uint32_t sizes[LIVE_MAX];
static bool sent[LIVE_MAX]; /* the kernel has it */
static uint32_t pushed;
static uint32_t next; /* that the kernel may get */

/* The first two are equal, the last one is invalid. */
#define INFOS 5u
static const dgram_send_info infos[INFOS] = {
    {.set = DGRAM_INFO_TOS, .tos = 1},
    {.set = DGRAM_INFO_TOS, .tos = 1, .ttl = 5},
    {.set = DGRAM_INFO_TTL | DGRAM_INFO_INTERFACE, .ttl = 1},
    {.ttl = 3},
    {.set = DGRAM_INFO_TTL},
};

static struct bytes input;
static uint32_t segments_max;
static bool connected;
static dgram_address peer;

static void address_to(uint16_t port, dgram_address *out) {
    memset(out, 0, sizeof *out);
    out->v4.sin_family = AF_INET;
    out->v4.sin_addr.s_addr = htonl(0x7f000001u + port % 3);
    out->v4.sin_port = htons(port);
}

/* Payloads are adjacent, or apart, or in parts. */
static void push(void) {
    uint32_t i = pushed++;
    uint8_t kind = take(&input);
    uint32_t size = kind & 0x80 ? take_u32(&input) % SIZE_MAX_OF_ONE : 64;
    uint8_t *payload = payloads + i * (kind & 0x40 ? SIZE_MAX_OF_ONE : size);

    memset(&datagrams[i], 0, sizeof datagrams[i]);
    sizes[i] = size;
    address_to(1 + kind % 4, &addresses[i]);
    datagrams[i].to = connected && kind % 8 == 3 ? NULL : &addresses[i];
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
    if (kind & 0x20)
        datagrams[i].info = &infos[take(&input) % INFOS];
}

static bool is_sound(uint32_t i) {
    return (datagrams[i].flags & 0x80) == 0 &&
           datagrams[i].info != &infos[INFOS - 1];
}

static const uint8_t *bytes_of(uint32_t i) {
    const dgram_outgoing *d = &datagrams[i];

    return d->parts != NULL ? d->parts[0].base : d->payload;
}

static bool same_address(const dgram_address *a, const dgram_address *b) {
    return address_same(a != NULL ? a : &peer, b != NULL ? b : &peer);
}

/* The bytes of datagram `i` are at `offset` of the message. */
static void check_bytes(const struct platform_out *message, size_t offset,
                        uint32_t i) {
    const uint8_t *expected = bytes_of(i);
    const struct iovec *part = message->parts;
    size_t from = 0;

    for (uint32_t k = 0; k < sizes[i]; k++) {
        while (offset + k - from >= part->iov_len)
            from += part++->iov_len;
        CHECK(part < message->parts + message->part_count);
        CHECK((uint8_t *)part->iov_base + (offset + k - from) == expected + k);
    }
}

/* A datagram that has failed with an error of the peer never comes. */
static void find_first(const struct platform_out *message, size_t total) {
    while (connected && next < pushed &&
           (!is_sound(next) || (sizes[next] == 0) != (total == 0) ||
            (total > 0 && message->parts[0].iov_base != bytes_of(next)) ||
            !same_address(message->to, datagrams[next].to)))
        next++;
}

/* Notes what the message carries. */
static void take_message(const struct platform_out *message) {
    size_t total = 0, at = 0;
    uint32_t count = 0;

    for (uint32_t i = 0; i < message->part_count; i++)
        total += message->parts[i].iov_len;
    find_first(message, total);
    do {
        CHECK(next < pushed && is_sound(next));
        check_bytes(message, at, next);
        CHECK(same_address(message->to, datagrams[next].to));
        CHECK(send_info_equal(message->info, datagrams[next].info));
        CHECK(count == 0 || sizes[next] == message->segment_size ||
              at + sizes[next] == total);
        at += sizes[next];
        sent[next++] = true;
        count++;
    } while (at < total);
    CHECK(at == total && count <= segments_max);
    CHECK((message->segment_size > 0) == (count > 1));
}

static void skip_unsound(void) {
    while (next < pushed && !is_sound(next))
        next++;
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

        /* A single datagram that is refused for good is done. */
        if (!connected && messages[0].segment_size == 0 && code != UV_EAGAIN &&
            code != UV_ENOBUFS)
            next++;
        return code;
    }
    for (uint32_t i = 0; i < taken; i++)
        take_message(&messages[i]);
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

/* Each datagram has the right status. */
static void check_status(uint32_t from, uint32_t count) {
    for (uint32_t i = from; i < from + count; i++) {
        if (!is_sound(i))
            CHECK(status[i] == DGRAM_ERR_INVALID_ARG_VALUE && !sent[i]);
        else if (sent[i])
            CHECK(status[i] == (int)sizes[i]);
        else
            CHECK(status[i] < 0);
    }
}

/* Sends from `done` on. Returns how many are done then. */
static uint32_t send_some(dgram_datapath *dp, uint32_t done) {
    int n =
        dgram_datapath_send(dp, datagrams + done, pushed - done, status + done);
    uint32_t end = done + (n > 0 ? (uint32_t)n : 0);
    int code;

    CHECK(n > 0 || n == UV_EAGAIN || n == UV_ENOBUFS);
    check_status(done, end - done);
    skip_unsound();
    if (end == pushed)
        return end;
    code = status[end];
    CHECK(code == UV_EAGAIN || code == UV_ENOBUFS);
    CHECK(n > 0 || code == n);
    CHECK(!sent[end]);
    if (code == UV_ENOBUFS && take(&input) % 2 == 0) {
        if (next <= end) /* stepped over */
            next = end + 1;
        end++;
    }
    return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct platform scripted;
    const struct platform *real = platform;
    struct offload policy = {.segments_max = UINT32_MAX};
    struct gso_cache cache = {0};
    dgram_address peer_of_datapath;
    dgram_datapath dp;
    uint32_t count;

    input = (struct bytes){data, size};
    scripted = *real;
    scripted.send = scripted_send;
    scripted.segments_max = scripted_segments_max;
    scripted.get_option = no_option;
    platform = &scripted;
    memset(sent, 0, sizeof sent);
    pushed = next = 0;
    segments_max = take(&input);
    connected = segments_max >= 128;
    segments_max = 1 + segments_max % 64;
    address_to(1, &peer);
    datapath_init(&dp, &policy, &peer_of_datapath, &cache, 1);
    datapath_attach(&dp, 0);
    if (connected)
        datapath_connected(&dp, &peer);
    for (count = 1 + take_u32(&input) % LIVE_MAX; pushed < count;)
        push();
    for (uint32_t done = 0; done < count;)
        done = send_some(&dp, done);
    platform = real;
    return 0;
}
