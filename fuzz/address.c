/* Address text: what is read can be written and read again, and block lists
   agree with it. Lines: addresses; each pair is a range, each address a subnet
   too. */
#include "fuzz.h"

#include <dgram.h>

static void check_text(const dgram_address *address) {
    char text[DGRAM_ADDRESS_TEXT_MAX], shorter[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address again;

    CHECK(dgram_address_format(address, text, sizeof text) == 0);
    CHECK(strlen(text) < sizeof text);
    CHECK(dgram_address_parse(text, dgram_address_port(address), &again) == 0);
    /* Only link-local addresses show their scope. */
    if (strchr(text, '%') != NULL || address->any.sa_family == AF_INET ||
        address->v6.sin6_scope_id == 0)
        CHECK(dgram_address_equal(address, &again));
    for (size_t size = 0; size <= strlen(text); size++)
        CHECK(dgram_address_format(address, shorter, size) == UV_ENOSPC);
}

static void check_error(const char *text, int code) {
    dgram_error error = {
        .code = code, .syscall = "bind", .address = text, .port = 9};
    char buffer[64];
    int length = dgram_error_format(&error, buffer, sizeof buffer);

    CHECK(length > 0 && strlen(buffer) < sizeof buffer);
    CHECK((size_t)length < sizeof buffer ? strlen(buffer) == (size_t)length
                                         : strlen(buffer) == sizeof buffer - 1);
    CHECK(dgram_err_name(code)[0] != '\0' && dgram_strerror(code)[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes bytes = {data, size};
    char text[DGRAM_HOST_TEXT_MAX] = "", before[DGRAM_HOST_TEXT_MAX] = "";
    dgram_blocklist *list;
    dgram_address address;

    CHECK(dgram_blocklist_create(&list) == 0);
    while (bytes.left > 0) {
        uint8_t prefix = take(&bytes);
        int result;

        memcpy(before, text, sizeof before);
        take_line(&bytes, text, sizeof text);
        check_error(text, -(int)prefix * 40);
        result = dgram_address_parse(text, prefix, &address);
        CHECK(result == 0 || result == UV_EINVAL || result == UV_ENODEV);
        if (result == 0)
            check_text(&address);
        if (dgram_blocklist_add_range(list, before, text) == 0)
            CHECK(dgram_blocklist_check(list, &address));
        if (dgram_blocklist_add_subnet(list, text, prefix) == 0)
            CHECK(dgram_blocklist_check(list, &address));
        if (dgram_blocklist_add_address(list, text) == 0)
            CHECK(result == 0 && dgram_blocklist_check(list, &address));
    }
    dgram_blocklist_release(list);
    return 0;
}
