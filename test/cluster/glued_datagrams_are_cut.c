/* What the kernel glues on a shared socket comes out as it was sent, whoever
   reads it. */
#include "team.h"

#define COUNT 20
#define SIZE 1000

static struct ear ears[2];

static void trains_come_as_datagrams(dgram_type type) {
    static char payload[SIZE];
    dgram_socket *s[2], *sender;
    struct sent sent = {0};
    dgram_address there;
    int heard = 0;

    team_open(2);
    s[0] = team_bound(&team.worker[0], loopback(type), 0, &ears[0]);
    s[1] = team_bound(&team.worker[1], loopback(type), 0, &ears[1]);
    there = loopback_of(s[0]);
    sender = new_bound(type);
    for (int i = 0; i < COUNT; i++) {
        payload[0] = (char)('a' + i);
        assert_int_equal(
            dgram_send(sender, payload, SIZE, &there, note_sent, &sent), 0);
    }
    for (int i = 0; i < 1000 && heard < COUNT; i++) {
        team_run_turns(1);
        heard = ears[0].messages + ears[1].messages;
    }
    assert_int_equal(heard, COUNT);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < ears[k].messages; i++)
            assert_int_equal(ears[k].message[i].length, SIZE);
    }
    dgram_close(sender);
    dgram_close(s[0]);
    dgram_close(s[1]);
    team_end();
}
BOTH(trains_come_as_datagrams)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(trains_come_as_datagrams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
