/* What dgram_last_error() returns. */
#ifndef DGRAM_UTIL_ERROR_H
#define DGRAM_UTIL_ERROR_H

#include "namespace.h"
#include "dgram_types.h"

struct error_record {
    dgram_error public;
    char address[DGRAM_HOST_TEXT_MAX]; /* what public.address points to */
};

/* Each of these sets the record and returns `code`. */
int error_set(struct error_record *record, int code, const char *syscall);
int error_set_cause(struct error_record *record, int code, int cause,
                    const char *syscall);
int error_set_address(struct error_record *record, int code,
                      const char *syscall, const dgram_address *address);
int error_set_host(struct error_record *record, int code, const char *syscall,
                   const char *host, uint16_t port);

#endif
