/* The monotonic clock. */
#ifndef DGRAM_OS_CLOCK_H
#define DGRAM_OS_CLOCK_H

#include "namespace.h"

#include <stdint.h>

uint64_t clock_nanoseconds(void);

#endif
