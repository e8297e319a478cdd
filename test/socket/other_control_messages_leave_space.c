/* Control messages that a program enabled come before the segment size, which
   the library must still receive. */
#include "peer.h"

#define COUNT 10
#define SIZE 100

static void with_timestamps(dgram_type type) {
    static const int names[] = {
        SO_TIMESTAMP,
#if defined(SO_TIMESTAMPNS)
        SO_TIMESTAMPNS,
#endif
    };
    dgram_outgoing train[COUNT];
    unsigned char payload[COUNT][SIZE];

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        dgram_socket *socket = new_bound(type), *sender = new_bound(type);
        dgram_address to = loopback_of(socket);
        struct recorder recorder;
        int on = 1;

        assert_int_equal(setsockopt(dgram_fileno(socket), SOL_SOCKET, names[k],
                                    &on, sizeof on),
                         0);
        record_events(&recorder, socket);
        for (int i = 0; i < COUNT; i++) {
            memset(payload[i], 'a' + i, SIZE);
            train[i] = (dgram_outgoing){
                .payload = payload[i], .length = SIZE, .to = &to};
        }
        assert_int_equal(dgram_send_batch(sender, train, COUNT, NULL, NULL),
                         COUNT);
        run_until(&recorder.messages, 1);
        for (int i = 0; i < recorder.messages; i++)
            assert_int_equal(recorder.message[i].length, SIZE);
        run_until(&recorder.messages, COUNT);
        for (int i = 0; i < COUNT; i++)
            assert_int_equal(recorder.message[i].payload[0], 'a' + i);
        dgram_close(socket);
        dgram_close(sender);
        run_to_end();
    }
}
BOTH(with_timestamps)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(with_timestamps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
