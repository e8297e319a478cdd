{
  "targets": [{
    "target_name": "dgram",
    "sources": [
      "../src/addon.c", "../src/values.c", "../src/receive.c", "../src/receive_info.c", "../src/senders.c", "../src/pool.c", "../src/send.c", "../src/send_info.c",
      "../src/deferred.c", "../src/iteration.c", "../src/options.c", "../src/path_errors.c", "../src/memberships.c", "../src/stats.c",
      "../src/unix.c", "../src/unix_dgram.c", "../src/interfaces.c", "../src/call_back.c", "../src/slabs.c", "../src/pause.c", "../src/detach.c", "../src/pending.c",
      "../src/self_test.c", "../src/memory.c", "../src/system_posix.c", "../src/system_windows.c",
      "<!@(node -p \"require('./core').join(' ')\")"
    ],
    "include_dirs": ["<!(node -p \"require('./core').root\")/include", "<!(node -p \"require('./core').root\")/src"],
    # __APPLE_USE_RFC_3542 declares IPV6_PKTINFO on macOS.
    "defines": ["_GNU_SOURCE", "__APPLE_USE_RFC_3542", "NAPI_VERSION=8"],
    "cflags": ["-std=c11", "-O3", "-fvisibility=hidden", "-Wall", "-Wextra"],
    # If Node is a shared library, the node-gyp of Debian links it. With other versions of
    # Node, such a binary would load a second Node into the process.
    # The same of Xcode, which does not read "cflags".
    "xcode_settings": {
      "GCC_C_LANGUAGE_STANDARD": "c11",
      "GCC_OPTIMIZATION_LEVEL": "3",
      "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
      "MACOSX_DEPLOYMENT_TARGET": "11.0",
      "WARNING_CFLAGS": ["-Wall", "-Wextra"]
    },
    "libraries!": ["-lnode"],
    "conditions": [
      # nodelete: libuv calls the addon after the environment of a worker has ended, when
      # Node has unloaded it unless another thread uses it.
      # now: a missing symbol is an error when the addon is loaded, not when it is called.
      ["OS!='mac' and OS!='win'", {"ldflags": ["-Wl,-z,nodelete", "-Wl,-z,now"]}]
    ]
  }]
}
