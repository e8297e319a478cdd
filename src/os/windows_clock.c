#include "os/clock.h"

#include <winsock2.h>

#include <windows.h>

uint64_t clock_nanoseconds(void) {
    LARGE_INTEGER now, frequency;
    uint64_t seconds, rest;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    seconds = (uint64_t)(now.QuadPart / frequency.QuadPart);
    rest = (uint64_t)(now.QuadPart % frequency.QuadPart);
    return seconds * 1000000000u +
           rest * 1000000000u / (uint64_t)frequency.QuadPart;
}
