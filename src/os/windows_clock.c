#include "os/clock.h"

#include <winsock2.h>

#include <windows.h>

uint64_t clock_nanoseconds(void) {
    LARGE_INTEGER now, frequency;
    uint64_t seconds, remainder;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    seconds = (uint64_t)(now.QuadPart / frequency.QuadPart);
    remainder = (uint64_t)(now.QuadPart % frequency.QuadPart);
    return seconds * 1000000000u +
           remainder * 1000000000u / (uint64_t)frequency.QuadPart;
}
