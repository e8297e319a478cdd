/*
 * The allocator of the tests: it counts what the library holds, and has nothing
 * to give when it is told so. It knows neither cmocka nor the harness.
 */
#ifndef TEST_MEMORY_H
#define TEST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct memory {
    int blocks;        /* given and not given back */
    int most;          /* that ever were so */
    size_t bytes;      /* of them */
    size_t most_bytes; /* that ever were so */
    int allocations;   /* that succeeded */
    int failures;      /* that did not */
    int until_failure; /* allocations until one fails, of its own; < 0: none */
    bool (*fails)(void); /* asked at each, whether it is to fail; or NULL */
};

extern struct memory memory;

/* From here the library's memory comes from this allocator, and all counts are
   0; none is to fail. */
void memory_begin(void);

/* It comes from malloc() again. What is still held may be given back. */
void memory_end(void);

#endif
