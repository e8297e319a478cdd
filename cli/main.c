/* dgram: send, receive and measure UDP from the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dgram.h>

#include "args/common.h"
#include "args/other_tools.h"
#include "args/suggest.h"
#include "output/output.h"
#include "session/session.h"
#include "session/system.h"
#include "session/workers.h"
#include "verbs.h"

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
} verbs[] = {
    {"listen", run_listen, "print the datagrams received at a port"},
    {"send", run_send, "send text, a file or standard input"},
    {"echo", run_echo, "send every datagram back"},
    {"ping", run_ping, "measure round trips to an echo server"},
    {"flood", run_flood, "send as fast as possible, or at a rate"},
    {"sink", run_sink, "count datagrams: rate, loss, order"},
    {"mtu", run_mtu, "find the longest packet that reaches a host"},
    {"doctor", run_doctor, "report what this machine can do for UDP"},
};

#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static void print_help(void) {
    fprintf(output, "usage: dgram VERB [OPTION]... [ARGUMENT]...\n\n"
                    "Sends, receives and measures UDP datagrams.\n\n");
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(output, "  %-8s%s\n", verbs[i].name, verbs[i].about);
    fprintf(output, "\nOptions of several verbs:\n");
    common_print();
    fprintf(output, "\n'dgram VERB --help' shows the options of a verb.\n"
                    "'dgram --version' shows the version.\n");
}

/* Prints what may be meant by a first word that is no verb. */
static int report_wrong(int argc, char **argv, const char *name) {
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (suggest_near(name, strlen(name), verbs[i].name))
            return usage_error("", "there is no verb '%s'; did you mean '%s'?",
                               name, verbs[i].name);
    }
    if (name[0] == '\0')
        return usage_error("", "a verb is missing");
    if (other_tools_verb(argv + 1, argc - 1))
        return EXIT_USAGE;
    return usage_error("", "there is no verb '%s'", name);
}

static const struct verb *find(const char *name) {
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(name, verbs[i].name) == 0)
            return &verbs[i];
    }
    return NULL;
}

static int run(int argc, char **argv) {
    char help[] = "--help", *help_argv[] = {help, NULL};
    const char *name = argc > 1 ? argv[1] : "";
    const struct verb *verb;

    if (argc > 2 && strcmp(name, "help") == 0) {
        verb = find(argv[2]);
        return verb != NULL ? verb->run(1, help_argv)
                            : report_wrong(argc - 1, argv + 1, argv[2]);
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
        strcmp(name, "help") == 0) {
        print_help();
        return 0;
    }
    if (strcmp(name, "--version") == 0) {
        fprintf(output, "dgram %s\n", dgram_version());
        return 0;
    }
    verb = find(name);
    if (verb != NULL) {
        workers_keep_command(argc, argv);
        return verb->run(argc - 2, argv + 2);
    }
    return report_wrong(argc, argv, name);
}

int main(int argc, char **argv) {
    int status;

    if (!system_begin(&argc, &argv) || !output_open())
        return 1;
    status = run(argc, argv);
    if (output_flush() < 0 && status == 0)
        status = 1;
    if (session_has_left_lookup())
        _Exit(status); /* all output is written */
    return status;
}
