/* What a system call hands over on receiving: any lengths, flags, senders and
   control messages. Every datagram lies within what came. */
#include "fuzz.h"

#include <errno.h>

#include "datapath/gro.h"

#define ROOM_SIZE 2048
#define MESSAGES 4

static struct bytes input;

int __wrap_recvmmsg(int fd, void *headers, unsigned count, int flags,
                    void *timeout);
ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags);

/* Fills one header as a kernel might, within the room it was given. */
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
    return length;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags) {
    static const int errors[] = {EAGAIN, ECONNREFUSED, ENOMEM};
    uint8_t choice = take(&input);

    (void)fd;
    (void)flags;
    if (choice < 16) {
        errno = errors[choice % 3];
        return -1;
    }
    return (ssize_t)fill(header);
}

#ifdef FUZZ_MMSG
struct one {
    struct msghdr header;
    unsigned length;
};

int __wrap_recvmmsg(int fd, void *headers, unsigned count, int flags,
                    void *timeout) {
    struct one *messages = headers;
    unsigned came = 1 + take(&input) % count;

    (void)fd;
    (void)flags;
    (void)timeout;
    for (unsigned i = 0; i < came; i++)
        messages[i].length = (unsigned)fill(&messages[i].header);
    return (int)came;
}
#endif

static void check_message(const struct platform_in *in, uint32_t space) {
    dgram_message out[8];
    uint32_t count = gro_count(in), done = 0;
    uint64_t total = 0;

    CHECK(in->length <= in->room_size && count >= 1);
    while (done < count) {
        uint32_t n = gro_split(in, done, out, space);

        CHECK(n >= 1 && n <= space && n <= count - done);
        for (uint32_t i = 0; i < n; i++) {
            CHECK(out[i].payload == in->room + total);
            CHECK(in->length == 0 || out[i].length > 0);
            total += out[i].length;
        }
        done += n;
    }
    CHECK(total == in->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static unsigned char rooms[MESSAGES][ROOM_SIZE];
    struct platform_in messages[MESSAGES];
    uint32_t space;
    int count;

    input = (struct bytes){data, size};
    space = 1 + take(&input) % 8;
    for (int i = 0; i < MESSAGES; i++)
        messages[i] =
            (struct platform_in){.room = rooms[i], .room_size = ROOM_SIZE};
    count = platform->receive(0, messages, MESSAGES);
    CHECK(count == UV_EAGAIN || (count >= 1 && count <= MESSAGES));
    for (int i = 0; i < count; i++) {
        CHECK(messages[i].error <= 0);
        if (messages[i].error == 0)
            check_message(&messages[i], space);
    }
    return 0;
}
