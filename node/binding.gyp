{
  "targets": [{
    "target_name": "dgram",
    "sources": [
      "src/addon.c", "src/receive.c", "src/pool.c", "src/send.c", "src/held.c", "src/turn.c",
      "src/options.c", "src/context.c",
      "<!@(node -p \"require('./core').join(' ')\")"
    ],
    "include_dirs": ["<!(node -p \"require('./core').root\")/include", "<!(node -p \"require('./core').root\")/src"],
    "defines": ["_GNU_SOURCE", "NAPI_VERSION=8"],
    "cflags": ["-std=c11", "-O3", "-fvisibility=hidden", "-Wall", "-Wextra"],
    # Where Node is a shared library, Debian's node-gyp adds it: a binary that brings
    # a second Node into the process is none for other Nodes.
    "libraries!": ["-lnode"],
    "conditions": [
      # libuv calls back into the addon when the environment of a worker is gone
      # already, and Node unloads it then if no other thread has it.
      # What is missing shows as it is loaded, not as it is called.
      ["OS!='mac' and OS!='win'", {"ldflags": ["-Wl,-z,nodelete", "-Wl,-z,now"]}]
    ]
  }]
}
