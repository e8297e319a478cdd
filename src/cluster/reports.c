#include "cluster/reports.h"

#include <stddef.h>

void report_started(const struct reports *reports, unsigned worker, int pid) {
    const dgram_spawner_options *options = reports->options;

    if (options->started != NULL)
        options->started(reports->spawner, worker, pid, options->data);
}

void report_listening(const struct reports *reports, unsigned worker,
                      const dgram_address *address) {
    const dgram_spawner_options *options = reports->options;

    if (options->listening != NULL)
        options->listening(reports->spawner, worker, address, options->data);
}

void report_ended(const struct reports *reports, unsigned worker, int pid,
                  int64_t status, int signal) {
    const dgram_spawner_options *options = reports->options;

    if (options->ended != NULL)
        options->ended(reports->spawner, worker, pid, status, signal,
                       options->data);
}

void report_restarted(const struct reports *reports, int status) {
    const dgram_spawner_options *options = reports->options;

    if (options->restarted != NULL)
        options->restarted(reports->spawner, status, options->data);
}

void report_stopped(const struct reports *reports) {
    const dgram_spawner_options *options = reports->options;

    if (options->stopped != NULL)
        options->stopped(reports->spawner, options->data);
}
