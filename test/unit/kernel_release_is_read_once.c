/* A process reads the release of its kernel once, not for each socket. */
#include "harness.h"

#include "os/platform.h"

static const struct platform *kernel;
static int reads;

static void count_read(char *text, size_t size) {
    reads++;
    kernel->kernel_release(text, size);
}

static void two_sockets_read_it_once(void **state) {
    struct platform counting = *platform;
    dgram_socket *one, *other;

    (void)state;
    kernel = platform;
    counting.kernel_release = count_read;
    platform = &counting;
    one = new_socket(DGRAM_UDP4);
    other = new_socket(DGRAM_UDP6);
    platform = kernel;
    assert_int_equal(reads, 1);
    dgram_close(one);
    dgram_close(other);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(two_sockets_read_it_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
