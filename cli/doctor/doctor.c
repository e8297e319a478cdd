/* dgram doctor: reports what this kernel, interface and sandbox can do for UDP.
   It changes nothing, needs no privileges and sends only over loopback. */
#include "doctor/doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "args/common.h"
#include "args/interfaces.h"
#include "doctor/checks.h"
#include "doctor/facts.h"
#include "doctor/system.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "verbs.h"

#define PATIENCE_NS 600000000u /* in sum, if nothing arrives */
#define WAIT_NS 200000000u     /* for one datagram */
#define LEAST_NS 10000000u     /* for one, when the patience has ended */
#define NS_PER_MS 1000000u

static struct {
    const char *interface;
    uv_utsname_t system;
    unsigned counts[CHECK_STATES];
} it;

bool doctor_wait(struct doctor *doctor, dgram_fd fd) {
    uint64_t limit = doctor->patience < WAIT_NS ? doctor->patience : WAIT_NS;
    uint64_t begin = uv_hrtime(), waited;
    bool is_ready;

    if (limit < LEAST_NS)
        limit = LEAST_NS;
    is_ready = system_wait(fd, (int)(limit / NS_PER_MS));
    waited = uv_hrtime() - begin;
    doctor->patience -= waited < doctor->patience ? waited : doctor->patience;
    return is_ready;
}

/* The verb needs no event loop, so few descriptors are enough for it. */
void check_kernel(struct doctor *doctor, struct check *check) {
    unsigned processors = uv_available_parallelism();

    (void)doctor;
    check_set(check, CHECK_OK, "%s %s, %s, %u processor%s", it.system.sysname,
              it.system.release, it.system.machine, processors,
              processors == 1 ? "" : "s");
    check_number(check, "processors", processors);
#if defined(__linux__)
    judge_kernel(check, it.system.release);
#endif
}

void check_environment(struct doctor *doctor, struct check *check) {
    (void)doctor;
    judge_environment(check, getenv("DGRAM_OFFLOAD"), getenv("DGRAM_TRACE"));
}

static void print(const struct check *check) {
    it.counts[check->state]++;
    if (common.json)
        check_print_json(output, check);
    else
        check_print(output, check);
}

static bool is_due(const struct doctor *doctor, enum check_need need) {
    switch (need) {
    case NEED_IPV4:
        return doctor->has_ipv4;
    case NEED_UDP:
        return doctor->has_ipv4 || doctor->has_ipv6;
    case NEED_INTERFACE:
        return doctor->interface != NULL;
    default:
        return true;
    }
}

static void run_row(struct doctor *doctor, const struct check_row *row) {
    struct check check = {.name = row->name};

    if (is_due(doctor, row->need))
        row->run(doctor, &check);
    else if (row->need != NEED_INTERFACE)
        check_set(&check, CHECK_NOTE, "not tried: %s does not work",
                  row->need == NEED_IPV4 ? "IPv4" : "UDP");
    print(&check);
}

static enum check_state worst_state(void) {
    enum check_state state = CHECK_FAILS;

    while (state > CHECK_OK && it.counts[state] == 0)
        state--;
    return state;
}

static void print_result_json(bool works) {
    fprintf(output, "{\"event\":\"result\",\"works\":%s,\"state\":\"%s\"",
            works ? "true" : "false", check_state_name(worst_state()));
    fprintf(output, ",\"ok\":%u,\"notes\":%u,\"warnings\":%u,\"failures\":%u",
            it.counts[CHECK_OK], it.counts[CHECK_NOTE],
            it.counts[CHECK_WARNING], it.counts[CHECK_FAILS]);
    print_json_member(output, "system", it.system.sysname);
    print_json_member(output, "release", it.system.release);
    print_json_member(output, "machine", it.system.machine);
    print_json_member(output, "version", dgram_version());
    fputs("}\n", output);
}

static void print_count(enum check_state state, const char *name) {
    if (it.counts[state] > 0)
        fprintf(output, ", %u %s%s", it.counts[state], name,
                it.counts[state] == 1 ? "" : "s");
}

static void print_result(bool works) {
    fprintf(output, "UDP %s: %u ok", works ? "works" : "does not work",
            it.counts[CHECK_OK]);
    print_count(CHECK_NOTE, "note");
    print_count(CHECK_WARNING, "warning");
    print_count(CHECK_FAILS, "failure");
    fputs("\n", output);
}

static const struct option options[] = {
    {"interface", OPTION_TEXT, &it.interface, "NAME",
     "also check this interface", 0, 0},
};

static const struct usage usage = {
    .verb = "doctor",
    .arguments = "",
    .about =
        "Reports what this kernel, sandbox and interface can do for UDP, and\n"
        "what to change. It changes nothing, needs no privileges, and sends"
        " only over\nloopback.",
    USAGE_OPTIONS(options),
    .common = COMMON_JSON,
};

/* Returns 0, or prints an error and returns EXIT_USAGE. */
static int set_interface(struct doctor *doctor) {
    doctor->interface = it.interface;
    if (it.interface != NULL &&
        system_find_interface(it.interface, &doctor->index) == UV_ENODEV)
        return usage_error("doctor",
                           "--interface: %s: no interface has that name; there "
                           "are %s",
                           it.interface, interfaces_text());
    return 0;
}

int run_doctor(int argc, char **argv) {
    struct doctor doctor = {.patience = PATIENCE_NS};
    bool works;
    int status;

    if (options_parse(&usage, argc, argv, &status) < 0)
        return status;
    status = set_interface(&doctor);
    if (status != 0)
        return status;
    if (uv_os_uname(&it.system) < 0)
        it.system = (uv_utsname_t){.sysname = "unknown"};
    for (size_t i = 0; i < doctor_row_count; i++)
        run_row(&doctor, &doctor_rows[i]);
    works = it.counts[CHECK_FAILS] == 0;
    if (common.json)
        print_result_json(works);
    else
        print_result(works);
    if (works)
        return 0;
    fprintf(stderr, "%sdgram doctor:%s UDP does not work here\n",
            tint(stderr, TINT_ERROR), tint(stderr, TINT_NONE));
    return 1;
}
