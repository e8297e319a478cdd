/* Many Unix sockets with full queues: each gets its datagrams in order as soon
   as it reads, with few descriptors or none. */
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/resource.h>

#define PEERS 300
#define EACH 5       /* datagrams to each */
#define WAITS_MAX 64 /* descriptors of one socket */

static struct {
    int fd;
    int next; /* the number it receives next */
} peers[PEERS];
static int received;
static struct sent sent;

static dgram_address address_of_peer(int i) {
    char name[16];

    snprintf(name, sizeof name, "%d", i);
    return unix_address(path_of(name));
}

/* Each with a send buffer of its own: that of one would not suffice. */
static void fill_queue(const dgram_address *address) {
    int fd = open_unix(SOCK_DGRAM);

    while (sendto(fd, "", 0, 0, &address->any, sizeof address->un.name) == 0)
        continue;
    assert_int_equal(errno, EAGAIN);
    close(fd);
}

static void open_peers(void) {
    received = 0;
    for (int i = 0; i < PEERS; i++) {
        dgram_address address = address_of_peer(i);

        peers[i].fd = open_unix(SOCK_DGRAM);
        peers[i].next = 0;
        assert_int_equal(
            bind(peers[i].fd, &address.any, sizeof address.un.name), 0);
        fill_queue(&address);
    }
}

static void close_peers(void) {
    for (int i = 0; i < PEERS; i++)
        close(peers[i].fd);
}

static void read_peer(int i) {
    ssize_t length;
    int number;

    while ((length = recv(peers[i].fd, &number, sizeof number, 0)) >= 0) {
        if (length == 0)
            continue;
        assert_int_equal(number, peers[i].next);
        peers[i].next++;
        received++;
    }
}

static void read_all(void) {
    while (received < PEERS * EACH) {
        for (int i = 0; i < PEERS; i++)
            read_peer(i);
        uv_run(&test_loop, UV_RUN_NOWAIT);
    }
}

static dgram_socket *send_to_all(void) {
    dgram_socket *sender = new_socket(DGRAM_UNIX);

    sent = (struct sent){0};
    assert_int_equal(dgram_bind_sync(sender, path_of("sender"), 0), 0);
    for (int n = 0; n < EACH; n++)
        for (int i = 0; i < PEERS; i++) {
            dgram_address to = address_of_peer(i);

            assert_int_equal(
                dgram_send(sender, &n, sizeof n, &to, note_sent, &sent), 0);
        }
    return sender;
}

static int descriptors(void) {
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void share_few_descriptors(void **state) {
    dgram_socket *sender;
    int before;

    (void)state;
    open_peers();
    before = descriptors();
    sender = send_to_all();
    run_for(20);
    assert_in_range(descriptors(), before, before + 1 + WAITS_MAX);
    assert_int_equal(sent.calls, 0);
    read_all();
    run_until(&sent.calls, PEERS * EACH);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    assert_int_equal(descriptors(), before + 1);
    dgram_close(sender);
    run_to_end();
    close_peers();
}

/* The last one is among those for which there is no descriptor. */
static void one_reads_while_others_are_stuck(void **state) {
    dgram_socket *sender;

    (void)state;
    open_peers();
    sender = send_to_all();
    while (peers[PEERS - 1].next < EACH) {
        read_peer(PEERS - 1);
        uv_run(&test_loop, UV_RUN_ONCE);
    }
    dgram_close(sender);
    run_to_end();
    close_peers();
}

static void need_no_descriptor(void **state) {
    struct rlimit limit, low;
    dgram_socket *sender;

    (void)state;
    open_peers();
    sender = send_to_all();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    low = limit;
    low.rlim_cur = (rlim_t)dup(0); /* the lowest that is free */
    close((int)low.rlim_cur);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    run_for(20);
    assert_int_equal(descriptors(), low.rlim_cur);
    read_all();
    run_until(&sent.calls, PEERS * EACH);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    dgram_close(sender);
    run_to_end();
    close_peers();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(share_few_descriptors),
        IN_LOOP_WITH_FOLDER(one_reads_while_others_are_stuck),
        IN_LOOP_WITH_FOLDER(need_no_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
