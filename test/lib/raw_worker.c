#include "raw_worker.h"

#include <unistd.h>

void raw_make(unsigned char bytes[RAW_SIZE], enum raw_kind kind, unsigned id) {
    memset(bytes, 0, RAW_SIZE);
    memcpy(bytes, "dgSh", 4);
    bytes[4] = 1;
    bytes[6] = (unsigned char)kind;
    bytes[16] = (unsigned char)id;
    bytes[17] = (unsigned char)(id >> 8);
    if (kind != BIND)
        return;
    bytes[32] = 4;
    bytes[40] = 127;
    bytes[43] = 1;
}

void raw_send(int fd, enum raw_kind kind, unsigned id) {
    unsigned char bytes[RAW_SIZE];

    raw_make(bytes, kind, id);
    assert_int_equal(write(fd, bytes, RAW_SIZE), RAW_SIZE);
}

void raw_send_with_fds(int fd, const void *part, size_t size, int passed,
                       int count) {
    struct iovec piece = {(void *)(uintptr_t)part, size};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {{0}};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    struct cmsghdr *cmsg;

    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        cmsg = CMSG_FIRSTHDR(&message);
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        for (int i = 0; i < count; i++)
            memcpy(CMSG_DATA(cmsg) + (size_t)i * sizeof(int), &passed,
                   sizeof(int));
    }
    assert_int_equal(sendmsg(fd, &message, 0), size);
}

int raw_receive_answer(int fd, unsigned id) {
    unsigned char bytes[RAW_SIZE];
    uint32_t status = 0;

    for (int i = 0; i < 1000 && recv(fd, bytes, RAW_SIZE,
                                     MSG_PEEK | MSG_DONTWAIT) != RAW_SIZE;
         i++)
        workers_run_iterations(1);
    assert_int_equal(recv(fd, bytes, RAW_SIZE, MSG_DONTWAIT), RAW_SIZE);
    assert_int_equal(bytes[6], ANSWER);
    assert_int_equal(bytes[16] | bytes[17] << 8, id);
    for (int i = 3; i >= 0; i--)
        status = status << 8 | bytes[24 + i];
    return (int)(int32_t)status;
}

int raw_connect(void) {
    static struct worker nobody;
    int fd;

    assert_int_equal(
        dgram_primary_add(workers.primary, &nobody, &nobody.connection, &fd),
        0);
    assert_ptr_equal(dgram_connection_get_data(nobody.connection), &nobody);
    assert_false(dgram_connection_is_ready(nobody.connection, NULL));
    return fd;
}
