/* Windows 10 and later. A call receives one datagram, and sends one or, with
   USO, many of one size. Windows lacks Unix datagram sockets, load balancing
   over sockets that share a port, binding to a device, filters, and an error
   queue. */
#include "os/platform.h"

#include "os/unsupported.h"
#include "os/windows_calls.h"
#include "os/windows_interfaces.h"
#include "os/windows_messages.h"
#include "os/windows_sockets.h"

#define OPTION_DONTFRAGMENT 14 /* IP_DONTFRAGMENT, IPV6_DONTFRAG */
#define OPTION_MTU 73          /* IP_MTU */
#define OPTION_MTU_V6 72       /* IPV6_MTU */

static int set_device(dgram_fd fd, const char *name) {
    (void)fd;
    (void)name;
    return UV_ENOTSUP;
}

static int copy_device(dgram_fd from, dgram_fd to) {
    (void)from;
    (void)to;
    return 0;
}

static bool always_false(dgram_fd fd) {
    (void)fd;
    return false;
}

static bool send_buffer_is_used(dgram_fd fd, unsigned quarters) {
    (void)fd;
    (void)quarters;
    return false; /* only Unix sockets ask */
}

static int enable_errors(dgram_fd fd) {
    (void)fd;
    return UV_ENOTSUP;
}

static void disable_errors(dgram_fd fd, unsigned families) {
    (void)fd;
    (void)families;
}

static int receive_error(dgram_fd fd, dgram_path_error *out) {
    (void)fd;
    (void)out;
    return UV_EAGAIN;
}

static void drop_errors(dgram_fd fd) {
    (void)fd;
}

static const struct platform windows = {
    .open = windows_open,
    .close = windows_close,
    .duplicate = windows_duplicate,
    .bind = windows_bind_to,
    .connect = windows_connect_to,
    .local_address = windows_local_address,
    .remote_address = windows_remote_address,
    .set_option = windows_setsockopt,
    .get_option = windows_getsockopt,
    .reuse_address = SO_REUSEADDR,
    .has_mapped_options = true,
    .dont_fragment = OPTION_DONTFRAGMENT,
    .dont_fragment_v6 = OPTION_DONTFRAGMENT,
    .path_mtu = OPTION_MTU,
    .path_mtu_v6 = OPTION_MTU_V6,
    .set_device = set_device,
    .copy_device = copy_device,
    .send_multicast_from = windows_send_multicast_from,
    .list_interfaces = windows_list_interfaces,
    .find_interface = windows_find_interface,
    .open_interface_changes = unsupported_open_interface_changes,
    .read_interface_changes = unsupported_read_interface_changes,
    .kind = windows_kind,
    .set_flags = windows_set_flags,
    .adopt = windows_adopt,
    .restore = windows_restore,
    .segments_max = windows_segments_max,
    .kernel_release = unsupported_kernel_release,
    .messages_max = 1,
    .coalesce = unsupported_coalesce,
    .coalesces = unsupported_coalesces,
    .send = windows_send,
    .receive = windows_receive,

    .send_buffer_is_used = send_buffer_is_used,
    .has_data = windows_has_data,
    .receive_is_shut = windows_receive_is_shut,
    .attach_filter = unsupported_attach_filter,
    .steer = unsupported_steer,
    .get_busy_poll = unsupported_get_busy_poll,
    .set_busy_poll = unsupported_set_busy_poll,
    .info_known = WINDOWS_INFO_KNOWN,
    .enable_info = windows_enable_info,
    .disable_info = windows_disable_info,
    .enable_errors = enable_errors,
    .disable_errors = disable_errors,
    .errors_are_enabled = always_false,
    .receive_error = receive_error,
    .drop_errors = drop_errors,
    .receive_drops = unsupported_receive_drops,
};

const struct platform *platform = &windows;
