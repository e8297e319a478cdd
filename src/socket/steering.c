#include "socket/steering.h"

#include <string.h>

#include "util/alloc.h"

#define SOCKETS_MAX 65535u     /* in one group */
#define INSTRUCTIONS_MAX 4096u /* BPF_MAXINSNS */

static bool is_complete(const dgram_options *options) {
    switch (options->steering) {
    case DGRAM_STEERING_CPU:
    case DGRAM_STEERING_SOURCE:
        return options->steering_sockets > 0 &&
               options->steering_sockets <= SOCKETS_MAX;
    case DGRAM_STEERING_PROGRAM:
        return options->steering_program != NULL &&
               options->steering_program_length > 0 &&
               options->steering_program_length <= INSTRUCTIONS_MAX;
    default:
        return false;
    }
}

int steering_check(const dgram_options *options) {
    if (options->steering == DGRAM_STEERING_NONE)
        return 0;
    if (!options->reuse_port || !is_complete(options))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    return platform->instruction_size > 0 ? 0 : UV_ENOTSUP;
}

static enum platform_steering_kind kind_of(dgram_steering steering) {
    switch (steering) {
    case DGRAM_STEERING_CPU:
        return PLATFORM_STEER_BY_CPU;
    case DGRAM_STEERING_SOURCE:
        return PLATFORM_STEER_BY_SOURCE;
    default:
        return PLATFORM_STEER_BY_PROGRAM;
    }
}

/* The copy of the program follows the struct in memory. */
int steering_init(struct steering_part *steering,
                  const dgram_options *options) {
    bool has_program = options->steering == DGRAM_STEERING_PROGRAM;
    size_t length = has_program ? options->steering_program_length : 0;
    size_t size = length * platform->instruction_size;
    struct platform_steering *how;

    if (options->steering == DGRAM_STEERING_NONE)
        return 0;
    how = alloc_zeroed(sizeof(*how) + size);
    if (how == NULL)
        return UV_ENOMEM;
    how->kind = kind_of(options->steering);
    how->sockets = options->steering_sockets;
    how->program = (const struct sock_filter *)(how + 1);
    how->length = length;
    if (has_program)
        memcpy(how + 1, options->steering_program, size);
    steering->how = how;
    return 0;
}

void steering_release(struct steering_part *steering) {
    alloc_free(steering->how);
    steering->how = NULL;
}

int steering_attach(const struct steering_part *steering, dgram_fd fd) {
    return steering->how == NULL ? 0 : platform->steer(fd, steering->how);
}
