#include "os/windows_interfaces.h"

#include <string.h>

#include <iphlpapi.h>

#include "os/trace.h"
#include "os/windows_calls.h"
#include "os/windows_errors.h"
#include "util/alloc.h"

#define LIST_SIZE 16384u /* bytes at first, as Microsoft recommends */
#define TRIES_MAX 4      /* adapters may come between two calls */
#define LIST_FLAGS                                                             \
    (GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST |                         \
     GAA_FLAG_SKIP_DNS_SERVER | GAA_FLAG_SKIP_FRIENDLY_NAME)

/* Returns the adapters, which alloc_free() frees, or NULL. */
static IP_ADAPTER_ADDRESSES *list_adapters(ULONG *error_out) {
    IP_ADAPTER_ADDRESSES *list = NULL;
    ULONG size = LIST_SIZE;

    *error_out = ERROR_BUFFER_OVERFLOW;
    for (int i = 0; i < TRIES_MAX && *error_out == ERROR_BUFFER_OVERFLOW; i++) {
        alloc_free(list);
        list = alloc_bytes(size);
        *error_out = list == NULL ? ERROR_NOT_ENOUGH_MEMORY
                                  : GetAdaptersAddresses(AF_UNSPEC, LIST_FLAGS,
                                                         NULL, list, &size);
    }
    if (*error_out == NO_ERROR)
        return list;
    alloc_free(list);
    return NULL;
}

/* ERROR_NO_DATA: the host has no adapters, and the list is empty. */
static int read_adapters(IP_ADAPTER_ADDRESSES **out) {
    ULONG error;

    *out = list_adapters(&error);
    if (trace_is_on())
        trace_call("GetAdaptersAddresses",
                   error == NO_ERROR || error == ERROR_NO_DATA ? 0 : -1, "%s",
                   "all interfaces");
    return error == NO_ERROR || error == ERROR_NO_DATA
               ? 0
               : windows_code((int)error);
}

static unsigned index_of(const IP_ADAPTER_ADDRESSES *adapter) {
    return adapter->IfIndex != 0 ? adapter->IfIndex : adapter->Ipv6IfIndex;
}

static bool is_usable(const IP_ADAPTER_ADDRESSES *adapter) {
    return adapter->OperStatus == IfOperStatusUp &&
           (adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK ||
            (adapter->Flags & IP_ADAPTER_NO_MULTICAST) == 0);
}

int windows_list_interfaces(struct platform_interface *out, unsigned max) {
    IP_ADAPTER_ADDRESSES *list, *adapter;
    unsigned count = 0;
    int result = read_adapters(&list);

    if (result < 0)
        return result;
    for (adapter = list; adapter != NULL; adapter = adapter->Next) {
        if (index_of(adapter) == 0)
            continue;
        if (count < max)
            out[count] = (struct platform_interface){index_of(adapter),
                                                     is_usable(adapter)};
        count++;
    }
    alloc_free(list);
    return (int)count;
}

static bool has_address(const IP_ADAPTER_ADDRESSES *adapter,
                        const struct in_addr *address) {
    const IP_ADAPTER_UNICAST_ADDRESS *own = adapter->FirstUnicastAddress;

    for (; own != NULL; own = own->Next) {
        const struct sockaddr *name = own->Address.lpSockaddr;
        struct sockaddr_in v4;

        if (name->sa_family != AF_INET)
            continue;
        memcpy(&v4, name, sizeof(v4));
        if (v4.sin_addr.s_addr == address->s_addr)
            return true;
    }
    return false;
}

unsigned windows_find_interface(const struct in_addr *address) {
    IP_ADAPTER_ADDRESSES *list, *adapter;
    unsigned index = 0;

    if (read_adapters(&list) < 0)
        return 0;
    for (adapter = list; adapter != NULL && index == 0; adapter = adapter->Next)
        if (has_address(adapter, address))
            index = index_of(adapter);
    alloc_free(list);
    return index;
}

/* Windows takes an address 0.x.x.x as the index of an interface. */
int windows_send_multicast_from(dgram_fd fd, unsigned interface_index) {
    DWORD value = htonl(interface_index);

    return windows_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &value,
                              sizeof(value));
}
