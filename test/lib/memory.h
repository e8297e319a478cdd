/*
 * An allocator that counts the blocks that the library holds, and fails on
 * request. It uses neither cmocka nor the harness.
 */
#ifndef TEST_MEMORY_H
#define TEST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct memory {
    int blocks;          /* allocated now */
    int blocks_max;      /* the most that were */
    size_t bytes;        /* allocated now */
    size_t bytes_max;    /* the most that were */
    int allocations;     /* that succeeded */
    int failures;        /* that failed */
    int until_failure;   /* allocations that succeed before one fails; < 0: none
                            fails */
    bool (*fails)(void); /* whether this allocation fails; NULL: no */
};

extern struct memory memory;

/* Makes the library use this allocator. All counts are 0, and no allocation
   fails. */
void memory_begin(void);

/* Makes the library use malloc() again. It may still free its blocks. */
void memory_end(void);

#endif
