/* Names and indices of interfaces. An interface that is created again has the
   same name but another index, and it can be renamed. */
#include <stdlib.h>

#include "addon.h"
#include "system.h"

/* An interface without a name is written as its index. */
static unsigned index_in(const char *text) {
    char *end;
    unsigned long index = strtoul(text, &end, 10);

    return text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
                   index <= INT32_MAX
               ? (unsigned)index
               : 0;
}

/* interfaceIndex(name): returns the index, or a code. */
napi_value interfaces_index(napi_env env, napi_callback_info info) {
    char buffer[DGRAM_HOST_TEXT_MAX];
    napi_value argv[1];
    const char *name;
    unsigned index;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    name = text_of(env, argv[0], buffer, sizeof buffer);
    if (name == NULL)
        return number(env, UV_EINVAL);
    index = system_interface_index(name);
    if (index == 0)
        index = index_in(name);
    return number(env, index != 0 ? (double)index : UV_ENODEV);
}

/* interfaceName(index): returns the name, or undefined if no interface has the
   index. */
napi_value interfaces_name(napi_env env, napi_callback_info info) {
    char name[SYSTEM_NAME_MAX];
    napi_value argv[1], result = NULL;
    size_t argc = 1;

    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    if (system_interface_name((unsigned)int_of(env, argv[0]), name))
        napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &result);
    return result;
}
