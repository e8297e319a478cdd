#include "faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#include "faults_calls.h"
#include "memory.h"

#define CALLS_MAX 4096
#define TURNS_LASTING 12 /* of the loop, when the condition may never hold */
#define TURNS_MAX 300000 /* of the loop, when it must hold */
#define SAME_MAX 24      /* calls of a kind that are all tried; then some */

static const int errors[FAULT_CALLS][18] = {
    [FAULT_ALLOCATE] = {ENOMEM},
    [FAULT_SOCKET] = {EMFILE, ENFILE, ENOMEM, ENOBUFS, EACCES, EPERM, EINVAL},
    [FAULT_FCNTL] = {EINVAL, EPERM},
    [FAULT_BIND] = {EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOMEM, EINVAL, EPERM},
    [FAULT_CONNECT] = {EINTR, ENETUNREACH, EHOSTUNREACH, ECONNREFUSED, EACCES,
                       EPERM, EADDRNOTAVAIL, EADDRINUSE, EAGAIN, ENOBUFS,
                       EINVAL},
    [FAULT_GETSOCKNAME] = {ENOBUFS, EINVAL},
    [FAULT_GETPEERNAME] = {ENOBUFS},
    [FAULT_SETSOCKOPT] = {EPERM, ENOMEM, ENOBUFS, EINVAL, ENODEV, EADDRINUSE,
                          EADDRNOTAVAIL, EIO},
    [FAULT_GETSOCKOPT] = {EINVAL, ENOBUFS, ENOMEM},
    [FAULT_SEND] = {FAULT_SHORT, EAGAIN, ENOBUFS, EINTR, EIO, EINVAL, EMSGSIZE,
                    ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EPERM, EACCES,
                    ENOMEM, EADDRNOTAVAIL, ENODEV},
    [FAULT_RECEIVE] = {EAGAIN, EINTR, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH,
                       ENOMEM, ENOBUFS, EIO, EMSGSIZE},
    [FAULT_CLOSE] = {EINTR, EIO},
    [FAULT_POLL_INIT] = {ENOMEM, EPERM},
    [FAULT_GETADDRINFO] = {ENOMEM, EINVAL},
    [FAULT_PAIR] = {EMFILE, ENFILE, ENOMEM, EACCES},
    [FAULT_DUPLICATE] = {EMFILE},
    [FAULT_PASS_SEND] = {FAULT_SHORT, EAGAIN, EPIPE, EINTR, ENOBUFS, ENOMEM,
                         ECONNRESET, ETOOMANYREFS},
    [FAULT_PASS_RECEIVE] = {FAULT_SHORT, FAULT_LOST, EAGAIN, ECONNRESET, EINTR,
                            ENOMEM},
    [FAULT_SPAWN] = {EMFILE, EAGAIN, ENFILE, ENOMEM, ENOENT, EACCES},
    [FAULT_PROGRAM] = {ENOENT}, /* any error is reported as this one */
    [FAULT_ENVIRONMENT] = {ENOMEM},
    [FAULT_INTERFACES] = {EMFILE, ENOBUFS, ENOMEM},
    [FAULT_IOCTL] = {EPERM, EINVAL, ENOTTY},
    [FAULT_OPEN] = {EMFILE, EACCES, EINTR, EAGAIN, ENOMEM},
    [FAULT_LSTAT] = {ENOMEM, EACCES, EIO},
    [FAULT_UNLINK] = {EACCES, EPERM, EROFS, EIO},
    [FAULT_CHMOD] = {EPERM, EIO, EROFS},
    [FAULT_GETCWD] = {ENOENT, ENOMEM},
};

static struct {
    bool running;         /* calls count */
    enum fault_call kind; /* of the call that fails. With more processes the
                             order of kinds may differ in each run */
    int nth;              /* of its kind, from 0; -1: none fails */
    int error;            /* its errno, or a value of faults_calls.h */
    bool lasts;           /* all later calls of the kind fail, too */
    bool met;             /* the call was made and failed */
    int same;             /* calls of the kind so far */
    enum fault_call calls[CALLS_MAX]; /* made so far */
    int count;
} plan = {.nth = -1};

int faults_due(enum fault_call call) {
    if (!plan.running)
        return 0;
    if (plan.count < CALLS_MAX)
        plan.calls[plan.count++] = call;
    if (call != plan.kind)
        return 0;
    if (plan.same++ == plan.nth) {
        plan.met = true;
        return plan.error;
    }
    return plan.met && plan.lasts ? plan.error : 0;
}

static bool memory_fails(void) {
    return faults_due(FAULT_ALLOCATE) != 0;
}

void (*faults_each_iteration)(void);

void faults_pause(bool paused) {
    plan.running = !paused;
}

bool faults_are_lasting(void) {
    return plan.lasts;
}

bool faults_occurred(void) {
    return plan.met;
}

/* Errors that the library handles itself explain no failure. */
static bool is_reported(int error) {
    if (error == EINTR || error == FAULT_SHORT)
        return false;
    switch (plan.kind) {
    case FAULT_SEND:
    case FAULT_PASS_SEND:
        return error != EAGAIN && error != ENOBUFS;
    case FAULT_RECEIVE:
    case FAULT_PASS_RECEIVE:
        return error != EAGAIN;
    default:
        return true;
    }
}

static int code_of(int error) {
    return error == FAULT_LOST ? UV_EMFILE : uv_translate_sys_error(error);
}

static const char *name_of(int error) {
    return error == FAULT_SHORT  ? "a part"
           : error == FAULT_LOST ? "a lost descriptor"
                                 : strerror(error);
}

bool faults_explain(int result, bool repeated) {
    int code = is_reported(plan.error) ? code_of(plan.error) : 0;

    if (result >= 0)
        return false;
    if (plan.met && plan.lasts)
        return true;
    if (plan.met && !repeated &&
        (result == code || result == DGRAM_ERR_SOCKET_BUFFER_SIZE ||
         result == DGRAM_ERR_INVALID_FD_TYPE))
        return true;
    fail_msg("%s%s is not explained by %s at call %d of kind %d",
             dgram_err_name(result), repeated ? " again" : "",
             plan.met ? name_of(plan.error) : "nothing", plan.nth,
             (int)plan.kind);
    return true;
}

bool faults_iterate(int *turns, const char *condition) {
    bool lasting = plan.met && plan.lasts;

    uv_run(&test_loop, UV_RUN_NOWAIT);
    if (faults_each_iteration != NULL)
        faults_each_iteration();
    if (lasting && ++*turns > TURNS_LASTING)
        return false;
    if (!lasting && ++*turns > TURNS_MAX)
        fail_msg("waited in vain for: %s (fault at call %d of kind %d: %s)",
                 condition, plan.nth, (int)plan.kind, name_of(plan.error));
    return true;
}

static int count_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;

    if (directory == NULL)
        return 0;
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static void run(void (*scenario)(dgram_type type), dgram_type type) {
    int descriptors;
    void *none = NULL;

    assert_int_equal(loop_open(&none), 0);
    descriptors = count_descriptors();
    memory_begin();
    memory.fails = memory_fails;
    plan.count = plan.same = 0;
    plan.met = false;
    plan.running = true;
    scenario(type);
    plan.running = false;
    assert_int_equal(memory.blocks, 0);
    assert_int_equal(count_descriptors(), descriptors);
    assert_int_equal(loop_end(&none), 0);
    memory_end();
}

/* The first or the second error that can last, by turns. */
static int lasting_error(enum fault_call call, int index) {
    int chosen = 0, nth = index % 2;

    for (const int *error = errors[call]; *error != 0 && nth >= 0; error++) {
        if (*error == EINTR || *error < 0)
            continue;
        chosen = *error;
        nth--;
    }
    return chosen;
}

/* With sanitizers, which are slow, every other error of each call. */
#ifdef __SANITIZE_ADDRESS__
#define ERRORS_STEP 2
#else
#define ERRORS_STEP 1
#endif

int faults_step = 1;

static int try_call(int index, enum fault_call call, int nth,
                    void (*scenario)(dgram_type type), dgram_type type) {
    int step = ERRORS_STEP * faults_step, runs = 0;

    plan.kind = call;
    plan.nth = nth;
    for (const int *error = errors[call]; *error != 0; error++) {
        if ((index + (int)(error - errors[call])) % step != 0)
            continue;
        plan.error = *error;
        plan.lasts = false;
        run(scenario, type);
        runs++;
    }
    if (index % ((step + 1) / 2) != 0)
        return runs;
    plan.error = lasting_error(call, index);
    plan.lasts = true;
    run(scenario, type);
    return runs + 1;
}

void faults_try(const char *name, void (*scenario)(dgram_type type),
                dgram_type type) {
    static enum fault_call calls[CALLS_MAX];
    int same[FAULT_CALLS] = {0};
    int count, runs = 0;

    plan.nth = -1;
    plan.lasts = false;
    plan.error = 0;
    run(scenario, type); /* starts threads and loads libraries */
    run(scenario, type);
    count = plan.count;
    assert_in_range(count, 1, CALLS_MAX - 1);
    memcpy(calls, plan.calls, sizeof calls);
    for (int i = 0; i < count; i++) {
        int nth = same[calls[i]]++;

        if (nth < SAME_MAX || nth % SAME_MAX == 0)
            runs += try_call(i, calls[i], nth, scenario, type);
    }
    print_message("%s, udp%d: %d calls, %d faults\n", name, (int)type, count,
                  runs);
}
