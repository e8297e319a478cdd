/* Between faults.c and the calls that the linker hands to faults_calls.c. */
#ifndef TEST_FAULTS_CALLS_H
#define TEST_FAULTS_CALLS_H

#include "faults.h"

/* Counts a call. 0: it is to be made; an errno: it fails; -1: it takes only
   the first of its messages, or bytes; FAULT_LOST: the descriptor that comes
   with it is lost, for want of room. */
#define FAULT_SHORT -1
#define FAULT_LOST -2
int faults_due(enum fault_call call);

#endif
