/* The list of the groups that a socket has joined. */
#include <stdio.h>
#include <stdlib.h>

#include "addon.h"
#include "system.h"

static void set_address(napi_env env, napi_value object, const char *name,
                        const dgram_address *address) {
    char text[DGRAM_ADDRESS_TEXT_MAX] = "";
    napi_value value = NULL;

    if (address->any.sa_family == AF_UNSPEC)
        return;
    dgram_address_format(address, text, sizeof text);
    napi_create_string_latin1(env, text, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, object, name, value);
}

/* Returns the name of an interface, or its index if the interface no longer
   exists. */
static void set_interface(napi_env env, napi_value object, uint32_t index) {
    char text[SYSTEM_NAME_MAX];
    napi_value value = NULL;

    if (index == 0)
        return;
    if (!system_interface_name(index, text))
        snprintf(text, sizeof text, "%u", (unsigned)index);
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
    napi_set_named_property(env, object, "interface", value);
}

static napi_value describe(napi_env env, const dgram_membership *membership) {
    napi_value object = NULL, all = NULL;

    napi_create_object(env, &object);
    set_address(env, object, "group", &membership->group);
    set_address(env, object, "source", &membership->source);
    set_interface(env, object, membership->interface_index);
    napi_get_boolean(env, membership->from_all, &all);
    napi_set_named_property(env, object, "all", all);
    return object;
}

/* memberships(handle, list): appends an object for each. Returns 0 or a code.
 */
napi_value memberships_list(napi_env env, napi_callback_info info) {
    napi_value argv[2];
    size_t argc = 2;
    struct handle *handle = handle_of(env, info, &argc, argv);
    dgram_membership *memberships;
    int count;

    if (handle == NULL)
        return number(env, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    count = dgram_get_memberships(handle->socket, NULL, 0);
    if (count <= 0)
        return number(env, count);
    memberships = calloc((size_t)count, sizeof *memberships);
    if (memberships == NULL)
        return number(env, UV_ENOMEM);
    dgram_get_memberships(handle->socket, memberships, (size_t)count);
    for (int i = 0; i < count; i++)
        napi_set_element(env, argv[1], (uint32_t)i,
                         describe(env, &memberships[i]));
    free(memberships);
    return number(env, 0);
}
