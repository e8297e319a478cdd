/* Listeners are called in the order in which they were added, and may be
   removed and freed at any time, also during an event. */
#include "peer.h"

/* A listener on the heap that logs its letter and then acts. */
struct member {
    dgram_listener listener;
    char letter;
    void (*deed)(dgram_socket *socket, struct member *self);
    struct member **victim;
};

static char story[128];

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct member *self = data;

    (void)message;
    story[strlen(story)] = self->letter;
    if (self->deed != NULL)
        self->deed(socket, self);
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static struct member *join(dgram_socket *socket, char letter) {
    struct member *member = calloc(1, sizeof *member);

    assert_non_null(member);
    member->letter = letter;
    dgram_on(socket, &member->listener, &events, member);
    return member;
}

static void leave(dgram_socket *socket, struct member **member) {
    if (*member == NULL)
        return;
    dgram_off(socket, &(*member)->listener);
    free(*member);
    *member = NULL;
}

static void remove_victim(dgram_socket *socket, struct member *self) {
    leave(socket, self->victim);
}

static void add_another(dgram_socket *socket, struct member *self) {
    if (*self->victim == NULL)
        *self->victim = join(socket, 'n');
}

/* Five listeners a to e, of which c acts on the one named; two datagrams. */
static void check_order(dgram_type type,
                        void (*deed)(dgram_socket *socket, struct member *self),
                        int victim, const char *expected) {
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);
    struct member *members[6] = {NULL};
    struct recorder recorder;

    memset(story, 0, sizeof story);
    for (int i = 0; i < 5; i++)
        members[i] = join(socket, (char)('a' + i));
    members[2]->deed = deed;
    members[2]->victim = &members[victim];
    record_events(&recorder, socket);
    peer_send_text(peer, "1", &here);
    run_until(&recorder.messages, 1);
    story[strlen(story)] = ' ';
    peer_send_text(peer, "2", &here);
    run_until(&recorder.messages, 2);
    for (int i = 0; i < 6; i++)
        leave(socket, &members[i]);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(story, expected);
    peer_close(peer);
}

static void in_the_order_added(dgram_type type) {
    check_order(type, NULL, 0, "abcde abcde");
}
BOTH(in_the_order_added)

static void one_removes_itself_or_another(dgram_type type) {
    check_order(type, remove_victim, 2, "abcde abde");
    check_order(type, remove_victim, 3, "abce abce");
    check_order(type, remove_victim, 4, "abcd abcd");
    check_order(type, remove_victim, 0, "abcde bcde");
    check_order(type, remove_victim, 1, "abcde acde");
}
BOTH(one_removes_itself_or_another)

/* A new listener gets later events, but not the current one. */
static void one_adds_another(dgram_type type) {
    check_order(type, add_another, 5, "abcde abcden");
}
BOTH(one_adds_another)

static void remove_all(dgram_socket *socket, struct member *self) {
    struct member **members = self->victim;

    for (int i = 0; i < 5; i++)
        leave(socket, &members[i]);
}

static void one_removes_all(dgram_type type) {
    check_order(type, remove_all, 0, "abc ");
}
BOTH(one_removes_all)

static void once_is_removed_before_its_call(dgram_type type) {
    static const dgram_events bind_events = {.size = sizeof bind_events,
                                             .message = on_message};
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);
    struct member *member = calloc(1, sizeof *member);
    struct recorder recorder;

    assert_non_null(member);
    memset(story, 0, sizeof story);
    member->letter = 'o';
    member->deed = remove_victim; /* which frees it within its own event */
    member->victim = &member;
    dgram_once(socket, &member->listener, &bind_events, member);
    record_events(&recorder, socket);
    peer_send_text(peer, "1", &here);
    peer_send_text(peer, "2", &here);
    run_until(&recorder.messages, 2);
    assert_string_equal(story, "o");
    assert_null(member);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(once_is_removed_before_its_call)

static void removing_twice_is_ignored(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_listener zeroed = {0};
    struct recorder recorder;

    dgram_off(socket, &zeroed);
    record_events(&recorder, socket);
    dgram_off(socket, &recorder.listener);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "");
}
BOTH(removing_twice_is_ignored)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(in_the_order_added),
        IN_LOOP_BOTH(one_removes_itself_or_another),
        IN_LOOP_BOTH(one_adds_another),
        IN_LOOP_BOTH(one_removes_all),
        IN_LOOP_BOTH(once_is_removed_before_its_call),
        IN_LOOP_BOTH(removing_twice_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
