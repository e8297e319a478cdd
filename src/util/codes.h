/* The codes of system errors, UV_E*. They come from libuv's header; the floors
   up to the datapath use nothing of its library. */
#ifndef DGRAM_UTIL_CODES_H
#define DGRAM_UTIL_CODES_H

#include <uv.h>

#endif
