/* Suppressions of ThreadSanitizer for the tests of threads. libuv closes
   descriptors with the bare system call, which ThreadSanitizer does not see. If
   another thread gets the same number, ThreadSanitizer reports a race. One side
   of such a report is always the call that opened libuv's descriptor. */

__attribute__((visibility("default"))) const char *__tsan_default_suppressions(
    void);

/* The names match at their end only: ThreadSanitizer puts a prefix before
   them. */
const char *__tsan_default_suppressions(void) {
    return "race:epoll_create1$\n"
           "race:eventfd$\n"
           "race:pipe2$\n";
}
