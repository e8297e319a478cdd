{
  "targets": [{
    "target_name": "dgram",
    "sources": [
      "src/addon.c", "src/receive.c", "src/send.c", "src/options.c",
      "<!@(node -p \"require('./core').join(' ')\")"
    ],
    "include_dirs": ["<!(node -p \"require('./core').root\")/include", "<!(node -p \"require('./core').root\")/src"],
    "defines": ["_GNU_SOURCE", "NAPI_VERSION=8"],
    "cflags": ["-std=c11", "-O3", "-fvisibility=hidden", "-Wall", "-Wextra"]
  }]
}
