/* What the tests of threads tell ThreadSanitizer. libuv closes descriptors by
   the bare system call, which it does not see: when another thread gets the
   same number, it takes that for a race. One side of such a report is always
   the call by which libuv had got its own. */

__attribute__((visibility("default"))) const char *__tsan_default_suppressions(
    void);

/* Not from the start of the names: to it they are its own, with a prefix. */
const char *__tsan_default_suppressions(void) {
    return "race:epoll_create1$\n"
           "race:eventfd$\n"
           "race:pipe2$\n";
}
