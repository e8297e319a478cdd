#include "kernel.h"

struct kernel kernel;
struct traffic traffic;

static const struct platform *real;
static struct platform scripted;
static size_t sizes[TRAFFIC_MAX];

/* Defines scripted_NAME(), which fails as the script says or calls the real
   one. */
#define PASS(name, call, parameters, arguments)                                \
    static int scripted_##name parameters {                                    \
        return kernel.fail[call] < 0 ? kernel.fail[call]                       \
                                     : real->name arguments;                   \
    }

PASS(bind, CALL_BIND, (dgram_fd fd, const dgram_address *address),
     (fd, address))
PASS(connect, CALL_CONNECT, (dgram_fd fd, const dgram_address *address),
     (fd, address))
PASS(local_address, CALL_LOCAL_ADDRESS, (dgram_fd fd, dgram_address *out),
     (fd, out))
PASS(remote_address, CALL_REMOTE_ADDRESS, (dgram_fd fd, dgram_address *out),
     (fd, out))
PASS(set_option, CALL_SET_OPTION,
     (dgram_fd fd, int level, int name, const void *value, socklen_t size),
     (fd, level, name, value, size))
PASS(adopt, CALL_ADOPT, (dgram_fd fd, struct platform_adopted *before),
     (fd, before))

static int scripted_get_option(dgram_fd fd, int level, int name, void *value,
                               socklen_t *size) {
    kernel.options_read++;
    return kernel.fail[CALL_GET_OPTION] < 0
               ? kernel.fail[CALL_GET_OPTION]
               : real->get_option(fd, level, name, value, size);
}

static dgram_fd scripted_open(int family) {
    dgram_fd fd = kernel.fail[CALL_OPEN] < 0 ? kernel.fail[CALL_OPEN]
                                             : real->open(family);

    kernel.opened += fd >= 0;
    return fd;
}

static int scripted_close(dgram_fd fd) {
    kernel.closed++;
    return real->close(fd);
}

static uint32_t scripted_segments_max(dgram_fd fd) {
    (void)fd;
    return kernel.sends > 0 && kernel.segments_max_later > 0
               ? kernel.segments_max_later
               : kernel.segments_max;
}

/* A release without known defects, so that the host's does not matter. */
static void scripted_kernel_release(char *text, size_t size) {
    snprintf(text, size, "6.9.0");
}

/* Copies the parts of a message to `out`. */
static size_t flatten(const struct platform_out *message, unsigned char *out) {
    size_t size = 0;

    for (uint32_t i = 0; i < message->part_count; i++) {
        if (message->parts[i].iov_len > 0)
            memcpy(out + size, message->parts[i].iov_base,
                   message->parts[i].iov_len);
        size += message->parts[i].iov_len;
    }
    return size;
}

static uint32_t number_at(const unsigned char *bytes) {
    uint32_t number;

    memcpy(&number, bytes, sizeof number);
    return number;
}

static int take(const struct platform_out *message) {
    static unsigned char bytes[1 << 17];
    size_t size = flatten(message, bytes);
    size_t step = message->segment_size > 0 ? message->segment_size : size;
    uint32_t count = (uint32_t)((size + step - 1) / step);
    int verdict = 0;

    assert_in_range(size, 4, 65527);
    assert_in_range(count, 1, kernel.segments_max);
    if (kernel.verdict != NULL)
        verdict = kernel.verdict(number_at(bytes), count);
    for (size_t at = 0; verdict == 0 && at < size; at += step) {
        assert_in_range(kernel.logged, 0, KERNEL_LOG_MAX - 1);
        kernel.port[kernel.logged] =
            message->to != NULL ? dgram_address_port(message->to) : 0;
        kernel.log[kernel.logged++] = number_at(bytes + at);
    }
    return verdict;
}

static int scripted_send(dgram_fd fd, const struct platform_out *messages,
                         uint32_t count) {
    uint32_t i;

    (void)fd;
    kernel.sends++;
    if (kernel.messages_max > 0 && count > kernel.messages_max)
        count = kernel.messages_max;
    for (i = 0; i < count; i++) {
        int verdict = take(&messages[i]);

        if (verdict < 0)
            return i > 0 ? (int)i : verdict;
        kernel.messages++;
    }
    return (int)i;
}

static int scripted_receive(dgram_fd fd, struct platform_in *messages,
                            uint32_t count) {
    return kernel.receive != NULL ? kernel.receive(fd, messages, count)
                                  : real->receive(fd, messages, count);
}

int kernel_give_available(dgram_fd fd, struct platform_in *messages,
                          uint32_t count) {
    uint32_t given = count < kernel.available ? count : kernel.available;

    (void)fd;
    for (uint32_t i = 0; i < given; i++)
        kernel.put(&messages[i]);
    kernel.available -= given;
    return given > 0 ? (int)given : UV_EAGAIN;
}

static int scripted_receive_error(dgram_fd fd, dgram_path_error *out) {
    return kernel.receive_error != NULL ? kernel.receive_error(fd, out)
                                        : real->receive_error(fd, out);
}

void kernel_lacks_error_queue(void) {
    scripted.has_error_queue = false;
}

int kernel_place(void **state) {
    (void)state;
    memset(&kernel, 0, sizeof kernel);
    memset(&traffic, 0, sizeof traffic);
    kernel.segments_max = 64;
    if (real == NULL)
        real = platform;
    scripted = *real;
    scripted.open = scripted_open;
    scripted.close = scripted_close;
    scripted.bind = scripted_bind;
    scripted.connect = scripted_connect;
    scripted.local_address = scripted_local_address;
    scripted.remote_address = scripted_remote_address;
    scripted.set_option = scripted_set_option;
    scripted.get_option = scripted_get_option;
    scripted.adopt = scripted_adopt;
    scripted.segments_max = scripted_segments_max;
    scripted.kernel_release = scripted_kernel_release;
    scripted.send = scripted_send;
    scripted.receive = scripted_receive;
    scripted.receive_error = scripted_receive_error;
    platform = &scripted;
    return 0;
}

int kernel_open(void **state) {
    kernel_place(state);
    return loop_open(state);
}

int kernel_remove(void **state) {
    (void)state;
    platform = real;
    if (kernel.opened != kernel.closed)
        print_message("opened %d, closed %d\n", kernel.opened, kernel.closed);
    return kernel.opened == kernel.closed ? 0 : -1;
}

int kernel_end(void **state) {
    int result = loop_end(state);

    return kernel_remove(state) == 0 ? result : -1;
}

static void on_sent(dgram_socket *socket, int status, void *data) {
    uint32_t number = (uint32_t)(uintptr_t)data;

    (void)socket;
    traffic.order[traffic.calls++] = number;
    traffic.status[number] = status;
    traffic.called[number]++;
}

void traffic_send(dgram_socket *socket, size_t size, const dgram_address *to) {
    static unsigned char payload[65536];
    uint32_t number = (uint32_t)traffic.count++;

    assert_in_range(number, 0, TRAFFIC_MAX - 1);
    memcpy(payload, &number, sizeof number);
    sizes[number] = size;
    assert_int_equal(dgram_send(socket, payload, size, to, on_sent,
                                (void *)(uintptr_t)number),
                     0);
}

void traffic_check(void) {
    int at = 0;

    run_until(&traffic.calls, traffic.count);
    assert_int_equal(traffic.calls, traffic.count);
    for (int i = 0; i < traffic.count; i++) {
        assert_int_equal(traffic.order[i], i);
        assert_int_equal(traffic.called[i], 1);
        if (traffic.status[i] < 0)
            continue;
        assert_int_equal(traffic.status[i], sizes[i]);
        assert_in_range(at, 0, kernel.logged - 1);
        assert_int_equal(kernel.log[at++], i);
    }
    assert_int_equal(at, kernel.logged);
}
