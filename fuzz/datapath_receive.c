/* The datapath's way in: recvmsg() and recvmmsg() return any lengths, flags,
   senders and control messages, among them any segment size. The datagrams are
   exactly the bytes that came, in order, within the caller's buffers. */
#include "fuzz.h"

#include <errno.h>

#include "datapath/datapath.h"

#define COUNT_MAX 8          /* messages of one system call */
#define PAYLOAD_STEPS_MAX 32 /* of 64 bytes, in a buffer */
#define CALLS_MAX 16
#define ARRAY_MAX 8

static struct bytes input;

/* What the system call returned. */
static struct {
    const uint8_t *payload; /* NULL: an error */
    uint32_t length, flags;
} came[COUNT_MAX + 1];
static uint32_t came_count;

int __wrap_recvmmsg(int fd, void *headers, unsigned count, int flags,
                    void *timeout);
ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags);

/* Fills one header as a kernel might, within the space it was given. */
static size_t fill(struct msghdr *header) {
    size_t length = take_u32(&input) % (header->msg_iov[0].iov_len + 1);
    size_t control = take(&input);

    if (header->msg_control != NULL) {
        if (control > header->msg_controllen)
            control = header->msg_controllen;
        for (size_t i = 0; i < control; i++)
            ((uint8_t *)header->msg_control)[i] = take(&input);
        header->msg_controllen = control;
    }
    for (size_t i = 0; i < header->msg_namelen; i++)
        ((uint8_t *)header->msg_name)[i] = take(&input);
    header->msg_flags = take(&input) % 2 == 0 ? 0 : MSG_TRUNC;
    memset(header->msg_iov[0].iov_base, 0x5a, length);
    CHECK(came_count < COUNT_MAX);
    came[came_count].payload = header->msg_iov[0].iov_base;
    came[came_count].length = (uint32_t)length;
    came[came_count++].flags = header->msg_flags != 0 ? DGRAM_TRUNCATED : 0;
    return length;
}

/* Whether the call fails; that an error came is noted. */
static bool fail(void) {
    static const int errors[] = {EAGAIN, ECONNREFUSED, ENOMEM, EINTR};
    uint8_t choice = take(&input);

    if (choice >= 16)
        return false;
    errno = errors[choice % 4];
    if (errno == ECONNREFUSED || errno == ENOMEM)
        came[came_count++].payload = NULL;
    return true;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags) {
    (void)fd;
    (void)flags;
    return fail() ? -1 : (ssize_t)fill(header);
}

#ifdef FUZZ_MMSG
struct one {
    struct msghdr header;
    unsigned length;
};

int __wrap_recvmmsg(int fd, void *headers, unsigned count, int flags,
                    void *timeout) {
    struct one *messages = headers;
    unsigned received;

    (void)flags;
    (void)timeout;
    if (fd < 0) { /* the platform asks whether a sandbox is in the way */
        errno = EBADF;
        return -1;
    }
    if (fail())
        return -1;
    received = 1 + take(&input) % count;
    for (unsigned i = 0; i < received; i++)
        messages[i].length = (unsigned)fill(&messages[i].header);
    return (int)received;
}
#endif

static uint32_t at;     /* the message that is checked */
static uint32_t offset; /* bytes of it that were seen */

/* The next datagram is the next part of what came. */
static void check_datagram(const dgram_message *datagram) {
    CHECK(at < came_count && came[at].payload != NULL);
    CHECK(datagram->payload == came[at].payload + offset);
    CHECK(datagram->length > 0 || came[at].length == 0);
    CHECK(datagram->length <= came[at].length - offset);
    for (uint32_t i = 0; i < datagram->length; i++)
        CHECK(((const uint8_t *)datagram->payload)[i] == 0x5a);
    dgram_address_port(datagram->from);
    offset += datagram->length;
    if (offset < came[at].length) {
        CHECK(datagram->flags == 0);
        return;
    }
    CHECK(datagram->flags == came[at++].flags);
    offset = 0;
}

static void check_call(dgram_datapath *dp, dgram_buffers *buffers, size_t max) {
    dgram_message *datagrams = malloc(max * sizeof *datagrams);
    bool asks = buffers->given == buffers->received;
    int count;

    CHECK(datagrams != NULL);
    if (asks) {
        CHECK(at == came_count && offset == 0);
        at = came_count = 0;
    }
    count = dgram_datapath_receive(dp, buffers, datagrams, max);
    CHECK(count <= (int)max);
    for (int i = 0; i < count; i++)
        check_datagram(&datagrams[i]);
    if (count < 0 && count != UV_EAGAIN)
        CHECK(at < came_count && came[at++].payload == NULL);
    if (count == UV_EAGAIN)
        CHECK(asks && came_count == 0);
    CHECK(count != 0);
    free(datagrams);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct offload policy = {.segments_max = UINT32_MAX};
    struct gso_cache cache = {0};
    dgram_buffers buffers = {0};
    dgram_address peer;
    dgram_datapath dp;
    size_t max;

    input = (struct bytes){data, size};
    at = came_count = offset = 0;
    datapath_init(&dp, &policy, &peer, &cache, 1);
    dp.fd = 0;
    dp.shared = take(&input) % 4 == 0;
    max = 1 + take(&input) % ARRAY_MAX;
    buffers.count = 1 + take(&input) % COUNT_MAX;
    buffers.size =
        DGRAM_BUFFER_OVERHEAD + 64u * (1 + take(&input) % PAYLOAD_STEPS_MAX);
    buffers.memory = malloc((size_t)buffers.count * buffers.size);
    CHECK(buffers.memory != NULL);
    for (int i = 0; i < CALLS_MAX; i++)
        check_call(&dp, &buffers, max);
    free(buffers.memory);
    return 0;
}
