/* With DGRAM_TRACE=1 each system call of the library is a line on standard
   error, with its arguments and result. Lines of several threads do not mix. */
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

#include "paths.h"
#include "peer.h"

#define THREADS 4
#define SENDS 200
#define TRACE_MAX 1000000

#if defined(TEST_COALESCES)
#define SENT "dgram: sendmmsg(fd %d, 2 messages, 4 datagrams, 25 bytes, to "
#define SENT_ONE "dgram: sendto(fd "
#else
#define SENT "dgram: sendmsg(fd %d, 10 bytes, to "
#define SENT_ONE "dgram: sendmsg(fd "
#endif

static char trace[TRACE_MAX]; /* what was written */
static int file, standard_error = -1;

static void catch_trace(void) {
    char name[] = "/tmp/trace_XXXXXX";

    file = mkstemp(name);
    assert_true(file >= 0);
    unlink(name);
    fcntl(file, F_SETFL, O_APPEND);
    standard_error = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
}

static void read_trace(void) {
    ssize_t length;

    dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    length = pread(file, trace, TRACE_MAX - 1, 0);
    assert_in_range(length, 0, TRACE_MAX - 1);
    trace[length] = '\0';
    close(file);
}

/* Finds the text; returns the part of the trace behind it. */
static const char *after(const char *from, const char *text) {
    const char *found = strstr(from, text);

    if (found == NULL)
        fail_msg("no '%s' in:\n%s", text, from);
    return found + strlen(text);
}

static void calls_are_in_their_order(void **state) {
    dgram_socket *socket;
    struct recorder recorder;
    char text[128];
    const char *at = trace;
    dgram_address to;
    int fd;

    (void)state;
    catch_trace();
    socket = new_bound(DGRAM_UDP4);
    fd = dgram_fileno(socket);
    to = loopback_of(socket);
    record_events(&recorder, socket);
    for (int i = 0; i < 3; i++)
        assert_int_equal(dgram_send(socket, "hello", 5, &to, NULL, NULL), 0);
    assert_int_equal(dgram_send(socket, "longer one", 10, &to, NULL, NULL), 0);
    run_until(&recorder.messages, 4);
    dgram_close(socket);
    run_to_end();
    read_trace();
    snprintf(text, sizeof(text), "dgram: socket(udp4) = %d\n", fd);
    at = after(at, text);
    snprintf(text, sizeof(text), "dgram: bind(fd %d, 127.0.0.1:0) = 0\n", fd);
    at = after(at, text);
    snprintf(text, sizeof(text),
             "dgram: getsockname(fd %d) = 0: 127.0.0.1:%u\n", fd,
             dgram_address_port(&to));
    at = after(at, text);
    snprintf(text, sizeof(text), SENT "127.0.0.1:%u) = ", fd,
             dgram_address_port(&to));
    at = after(at, text);
    snprintf(text, sizeof(text), ", from 127.0.0.1:%u\n",
             dgram_address_port(&to));
    at = after(after(at, "bytes"), text);
    snprintf(text, sizeof(text), "dgram: close(fd %d) = 0\n", fd);
    after(at, text);
}

static const char *after_path(const char *at, const char *call,
                              const char *name, const char *end) {
    char text[256];

    snprintf(text, sizeof(text), "%s%s%s", call, path_of(name), end);
    return after(at, text);
}

/* Anyone may send from an abstract name, which may have any bytes. */
static void a_name_adds_no_lines(void **state) {
    const dgram_address to = unix_address("@\ndgram: \033[31m\177x");
    dgram_socket *socket = new_socket(DGRAM_UNIX);

    (void)state;
    catch_trace();
    dgram_send(socket, "x", 1, &to, NULL, NULL);
    run_for(1);
    dgram_close(socket);
    run_to_end();
    read_trace();
    after(after(trace, SENT_ONE), "@\\x0adgram: \\x1b[31m\\x7fx) = -1 ");
}

static void files_of_unix_sockets_are_in_it(void **state) {
    const dgram_bind_options options = {
        .size = sizeof options, .address = path_of("it"), .unix_mode = 0666};
    dgram_socket *socket = new_socket(DGRAM_UNIX);
    const char *at;

    (void)state;
    umask(022);
    catch_trace();
    assert_int_equal(dgram_bind_sync_with(socket, &options), 0);
    dgram_close(socket);
    read_trace();
    at = after(trace, "dgram: socket(unix) = ");
    at = after(after(at, "dgram: fchmod(fd "), ", 0666) = 0\n");
    at = after_path(at, ", ", "it", ") = 0\n");
    at = after_path(at, "dgram: fchmodat(", "it", ", 0666) = 0\n");
    at = after_path(at, "dgram: unlink(", "it", ") = 0\n");
    after(at, "dgram: close(fd ");
    run_to_end();
}

static void failures_have_names(void **state) {
    dgram_socket *first = new_bound(DGRAM_UDP4);
    dgram_socket *second = new_socket(DGRAM_UDP4);
    uint16_t port = port_of(first);
    char text[128];
    int result;

    (void)state;
    catch_trace();
    result = dgram_bind_sync(second, "127.0.0.1", port);
    read_trace();
    /* Writing the line does not change errno. */
    assert_int_equal(result, UV_EADDRINUSE);
    snprintf(text, sizeof(text),
             ", 127.0.0.1:%u) = -1 EADDRINUSE (address already in use)\n",
             port);
    after(after(trace, "dgram: bind(fd "), text);
    dgram_close(first);
    dgram_close(second);
    run_to_end();
}

static void send_in_thread(void *data) {
    const dgram_address *to = data;
    dgram_socket *socket;
    uv_loop_t loop;

    uv_loop_init(&loop);
    dgram_create(&loop, DGRAM_UDP4, &socket);
    for (int i = 0; i < SENDS; i++) {
        dgram_send(socket, "x", 1, to, NULL, NULL);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    dgram_close(socket);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}

static void lines_of_threads_are_whole(void **state) {
    uv_thread_t threads[THREADS];
    int peer = peer_open(DGRAM_UDP4), lines = 0;
    dgram_address to = peer_address(peer);

    (void)state;
    catch_trace();
    for (int i = 0; i < THREADS; i++)
        uv_thread_create(&threads[i], send_in_thread, &to);
    for (int i = 0; i < THREADS; i++)
        uv_thread_join(&threads[i]);
    read_trace();
    close(peer);
    for (char *line = strtok(trace, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        lines++;
        assert_memory_equal(line, "dgram: ", 7);
        assert_ptr_equal(strstr(line + 7, "dgram: "), NULL);
        assert_non_null(strstr(line, ") = "));
    }
    assert_true(lines >= THREADS * SENDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(calls_are_in_their_order),
        IN_LOOP_WITH_FOLDER(files_of_unix_sockets_are_in_it),
        IN_LOOP(a_name_adds_no_lines),
        IN_LOOP(failures_have_names),
        IN_LOOP(lines_of_threads_are_whole),
    };

    setenv("DGRAM_TRACE", "1", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
