/* The portable platform: one system call for each datagram. */
#include "os/error_queue.h"
#include "os/receive_info.h"
#include "os/interfaces.h"
#include "os/path.h"
#include "os/sockets.h"

static const struct platform posix = {
    .open = sockets_open,
    .close = sockets_close,
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
    .kind = sockets_kind,
    .set_flags = sockets_set_flags,
    .adopt = sockets_adopt,
    .restore = sockets_restore,
    .segments_max = sockets_segments_max,
    .kernel_release = sockets_kernel_release,
    .messages_max = 1,
    .coalesce = sockets_coalesce,
    .coalesces = sockets_coalesces,
    .send = sockets_send,
    .receive = sockets_receive,
    .has_data = sockets_has_data,
    .receive_is_shut = sockets_receive_is_shut,
    .attach_filter = sockets_attach_filter,
    .steer = sockets_steer,
    .get_busy_poll = sockets_get_busy_poll,
    .set_busy_poll = sockets_set_busy_poll,
    .info_known = RECEIVE_INFO_KNOWN,
    .enable_info = receive_info_enable,
    .disable_info = receive_info_disable,
    .has_error_queue = ERROR_QUEUE_EXISTS,
    .enable_errors = error_queue_enable,
    .disable_errors = error_queue_disable,
    .errors_are_enabled = error_queue_is_enabled,
    .receive_error = error_queue_receive,
    .drop_errors = error_queue_drop,
};

const struct platform *platform = &posix;
