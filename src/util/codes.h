/* The error codes UV_E*. They are constants of libuv's header: util/, os/ and
   datapath/ need nothing of its library. */
#ifndef DGRAM_UTIL_CODES_H
#define DGRAM_UTIL_CODES_H

#include <uv.h>

#endif
