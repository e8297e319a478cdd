/* The portable platform: one system call for each datagram. */
#include "os/error_queue.h"
#include "os/receive_info.h"
#include "os/interfaces.h"
#include "os/path.h"
#include "os/sockets.h"
#include "os/unsupported.h"

static const struct platform posix = {
    .open = sockets_open,
    .close = sockets_close,
    .duplicate = sockets_duplicate,
    .bind = sockets_bind,
    .connect = sockets_connect,
    .local_address = sockets_local_address,
    .remote_address = sockets_remote_address,
    .set_option = sockets_set_option,
    .get_option = sockets_get_option,
    .reuse_address = SOCKETS_REUSE_ADDRESS,
    .reuse_port = SOCKETS_REUSE_PORT,
    .has_mapped_options = SOCKETS_MAPPED_OPTIONS,
    .dont_fragment = PATH_DONT_FRAGMENT,
    .dont_fragment_v6 = PATH_DONT_FRAGMENT_V6,
    .has_fragment_modes = PATH_HAS_MODES,
    .path_mtu = PATH_MTU,
    .path_mtu_v6 = PATH_MTU_V6,
    .set_device = path_set_device,
    .copy_device = path_copy_device,
    .multicast_all = INTERFACES_MULTICAST_ALL,
    .multicast_all_v6 = INTERFACES_MULTICAST_ALL_V6,
    .send_multicast_from = interfaces_send_multicast_from,
    .list_interfaces = interfaces_list,
    .find_interface = interfaces_find,
    .open_interface_changes = unsupported_open_interface_changes,
    .read_interface_changes = unsupported_read_interface_changes,
    .kind = sockets_kind,
    .set_flags = sockets_set_flags,
    .adopt = sockets_adopt,
    .restore = sockets_restore,
    .segments_max = unsupported_segments_max,
    .kernel_release = unsupported_kernel_release,
    .messages_max = 1,
    .coalesce = unsupported_coalesce,
    .coalesces = unsupported_coalesces,
    .send = sockets_send,
    .receive = sockets_receive,

    .send_buffer_is_used = sockets_send_buffer_is_used,
    .has_data = sockets_has_data,
    .receive_is_shut = sockets_receive_is_shut,
    .attach_filter = unsupported_attach_filter,
    .steer = unsupported_steer,
    .get_busy_poll = unsupported_get_busy_poll,
    .set_busy_poll = unsupported_set_busy_poll,
    .info_known = RECEIVE_INFO_KNOWN,
    .info_known_unix = RECEIVE_INFO_KNOWN_UNIX,
    .enable_info = receive_info_enable,
    .disable_info = receive_info_disable,
    .has_error_queue = ERROR_QUEUE_EXISTS,
    .enable_errors = error_queue_enable,
    .disable_errors = error_queue_disable,
    .errors_are_enabled = error_queue_is_enabled,
    .receive_error = error_queue_receive,
    .drop_errors = error_queue_drop,
    .receive_drops = unsupported_receive_drops,
};

const struct platform *platform = &posix;
