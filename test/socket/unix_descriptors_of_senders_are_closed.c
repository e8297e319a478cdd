/* Whoever may send to a Unix socket may send descriptors to it. None of them
   stays open, and the datagrams arrive. */
#include "paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#define DESCRIPTORS 252 /* in a message; musl takes no more, Linux one more */
#define MESSAGES 3      /* a user may have 1,024 descriptors on the way */

static int count_descriptors(void) {
    DIR *files = opendir("/proc/self/fd");
    int count = 0;

    if (files == NULL) {
        printf("skipped: /proc is not mounted\n");
        exit(SKIPPED);
    }
    while (readdir(files) != NULL)
        count++;
    closedir(files);
    return count;
}

/* Sends a datagram with so many descriptors of the same file. */
static void send_descriptors(int fd, const dgram_address *to, int count) {
    static union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec part = {"x", 1};
    struct msghdr message = {
        .msg_name = (void *)(uintptr_t)to,
        .msg_namelen = sizeof to->un.name,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = CMSG_SPACE((size_t)count * sizeof(int)),
    };

    memset(&control, 0, sizeof control);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    for (int i = 0; i < count; i++)
        memcpy(CMSG_DATA(&control.header) + (size_t)i * sizeof fd, &fd,
               sizeof fd);
    assert_int_equal(sendmsg(fd, &message, 0), 1);
}

static void receive_from_hostile(uint32_t info, int per_message) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UNIX, .receive_info = info};
    dgram_socket *s = new_socket_with(&options);
    const dgram_address to = unix_address(path_of("it"));
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0), before;
    struct recorder recorder;

    record_events(&recorder, s);
    assert_int_equal(dgram_bind_sync(s, path_of("it"), 0), 0);
    run_until(&recorder.listening, 1);
    before = count_descriptors();
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < MESSAGES; i++)
            send_descriptors(fd, &to, per_message);
        run_until(&recorder.messages, round * MESSAGES);
        assert_int_equal(count_descriptors(), before);
    }
    close(fd);
    dgram_close(s);
    run_to_end();
}

static void without_information(void **state) {
    (void)state;
    receive_from_hostile(0, 1);
    receive_from_hostile(0, DESCRIPTORS);
}

/* The memory for the information takes few of them, or none. */
static void with_information(void **state) {
    (void)state;
    for (int count = 1; count < 12; count++) {
        receive_from_hostile(DGRAM_INFO_CREDENTIALS, count);
        receive_from_hostile(DGRAM_INFO_TIMESTAMP, count);
    }
    receive_from_hostile(DGRAM_INFO_CREDENTIALS, DESCRIPTORS);
    receive_from_hostile(DGRAM_INFO_TIMESTAMP, DESCRIPTORS);
    receive_from_hostile(DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP,
                         DESCRIPTORS);
}

#if !defined(SO_PASSPIDFD)
#define SO_PASSPIDFD 76 /* Linux 6.5 */
#endif

/* The program has asked the kernel for a descriptor of the sender. */
static void descriptors_of_processes(void **state) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UNIX,
                                   .receive_info = DGRAM_INFO_TIMESTAMP};
    dgram_socket *s = new_socket_with(&options);
    struct recorder recorder;
    int on = 1, before;

    (void)state;
    record_events(&recorder, s);
    assert_int_equal(dgram_bind_sync(s, path_of("it"), 0), 0);
    setsockopt(dgram_fileno(s), SOL_SOCKET, SO_PASSPIDFD, &on, sizeof on);
    run_until(&recorder.listening, 1);
    before = count_descriptors();
    assert_int_equal(dgram_send_to(s, "x", 1, path_of("it"), 0, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    assert_int_equal(count_descriptors(), before);
    dgram_close(s);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(without_information),
        IN_LOOP_WITH_FOLDER(with_information),
        IN_LOOP_WITH_FOLDER(descriptors_of_processes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
