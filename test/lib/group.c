#include "group.h"

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct group *group = data;
    uint32_t source;

    assert_int_equal(message->length, sizeof source);
    memcpy(&source, message->payload, sizeof source);
    assert_in_range(source, 0, GROUP_SOURCES_MAX - 1);
    for (int i = 0; i < GROUP_SOCKETS; i++)
        group->received[i][source] += group->socket[i] == socket;
    group->total++;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

void group_open_with(struct group *group, dgram_type type, const char *address,
                     const dgram_options *options) {
    dgram_options own = *options;

    memset(group, 0, sizeof *group);
    own.size = sizeof own;
    own.type = type;
    own.reuse_port = true;
    own.receive_buffer_size = 1 << 20;
    for (int i = 0; i < GROUP_SOCKETS; i++) {
        group->socket[i] = new_socket_with(&own);
        assert_int_equal(
            dgram_bind_sync(group->socket[i], address, group->port), 0);
        group->port = port_of(group->socket[i]);
        dgram_on(group->socket[i], &group->listener[i], &events, group);
    }
}

void group_open(struct group *group, dgram_type type, const char *address,
                dgram_steering steering) {
    const dgram_options options = {.steering = steering,
                                   .steering_sockets = GROUP_SOCKETS};

    group_open_with(group, type, address, &options);
}

/* Returns the socket that received all datagrams of a source. */
static int socket_of(const struct group *group, int source, int each) {
    int found = -1;

    for (int i = 0; i < GROUP_SOCKETS; i++) {
        if (group->received[i][source] == 0)
            continue;
        assert_int_equal(group->received[i][source], each);
        assert_int_equal(found, -1);
        found = i;
    }
    assert_int_not_equal(found, -1);
    return found;
}

void group_expect_one_socket_each(struct group *group, int sources, int each) {
    int reached[GROUP_SOCKETS] = {0};

    run_until(&group->total, sources * each);
    for (int source = 0; source < sources; source++)
        reached[socket_of(group, source, each)]++;
    for (int i = 0; i < GROUP_SOCKETS; i++)
        assert_true(reached[i] > sources / GROUP_SOCKETS / 3);
}

void group_close(struct group *group) {
    for (int i = 0; i < GROUP_SOCKETS; i++)
        dgram_close(group->socket[i]);
    run_to_end();
}
