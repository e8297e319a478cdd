#include "util/error.h"

#include <stdio.h>
#include <string.h>

#include "util/codes.h"

const char *dgram_version(void) {
    return DGRAM_VERSION_STRING;
}

const char *dgram_err_name(int code) {
    /* Node has one name for both. */
    if (code == UV_EAI_NONAME || code == UV_EAI_NODATA)
        return "ENOTFOUND";
    switch (code) {
#define ERROR_NAME(name, value, text)                                          \
    case value:                                                                \
        return #name;
        DGRAM_ERRORS(ERROR_NAME)
#undef ERROR_NAME
#define ERROR_NAME(name, text)                                                 \
    case UV_##name:                                                            \
        return #name;
        UV_ERRNO_MAP(ERROR_NAME)
#undef ERROR_NAME
    }
    return "UNKNOWN";
}

const char *dgram_strerror(int code) {
    switch (code) {
#define ERROR_TEXT(name, value, text)                                          \
    case value:                                                                \
        return text;
        DGRAM_ERRORS(ERROR_TEXT)
#undef ERROR_TEXT
#define ERROR_TEXT(name, text)                                                 \
    case UV_##name:                                                            \
        return text;
        UV_ERRNO_MAP(ERROR_TEXT)
#undef ERROR_TEXT
    }
    return "unknown error";
}

int dgram_error_format(const dgram_error *error, char *text, size_t size) {
    const char *name = dgram_err_name(error->code);

    if (error->code == DGRAM_ERR_SOCKET_BUFFER_SIZE)
        return snprintf(text, size, "%s: %s returned %s (%s)",
                        dgram_strerror(error->code), error->syscall,
                        dgram_err_name(error->cause),
                        dgram_strerror(error->cause));
    if (error->syscall[0] == '\0')
        return snprintf(text, size, "%s: %s", name,
                        dgram_strerror(error->code));
    if (error->port > 0)
        return snprintf(text, size, "%s %s %s:%u", error->syscall, name,
                        error->address, (unsigned)error->port);
    if (error->address[0] != '\0')
        return snprintf(text, size, "%s %s %s", error->syscall, name,
                        error->address);
    return snprintf(text, size, "%s %s", error->syscall, name);
}

int error_set_host(struct error_record *record, int code, const char *syscall,
                   const char *host, uint16_t port) {
    size_t length = strlen(host);

    if (length >= sizeof(record->address))
        length = sizeof(record->address) - 1;
    memmove(record->address, host, length);
    record->address[length] = '\0';
    record->public = (dgram_error){
        .code = code,
        .syscall = syscall,
        .address = record->address,
        .port = port,
    };
    return code;
}

int error_set(struct error_record *record, int code, const char *syscall) {
    return error_set_host(record, code, syscall, "", 0);
}

int error_set_cause(struct error_record *record, int code, int cause,
                    const char *syscall) {
    error_set(record, code, syscall);
    record->public.cause = cause;
    return code;
}

int error_set_address(struct error_record *record, int code,
                      const char *syscall, const dgram_address *address) {
    char text[DGRAM_ADDRESS_TEXT_MAX];

    if (dgram_address_format(address, text, sizeof(text)) < 0)
        text[0] = '\0';
    return error_set_host(record, code, syscall, text,
                          dgram_address_port(address));
}
