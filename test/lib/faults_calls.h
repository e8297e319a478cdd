/* Between faults.c and the calls that the linker hands to faults_calls.c. */
#ifndef TEST_FAULTS_CALLS_H
#define TEST_FAULTS_CALLS_H

#include "faults.h"

/* Counts a call. Returns 0 to make it, an errno to fail it, FAULT_SHORT to take
   only its first message or byte, or FAULT_LOST to lose the descriptor that it
   passes. */
#define FAULT_SHORT -1
#define FAULT_LOST -2
int faults_due(enum fault_call call);

#endif
