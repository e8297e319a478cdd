/* What the driver of an interface reports: SIOCETHTOOL, as in ethtool(8). */
#ifndef CLI_LINUX_DOCTOR_DEVICE_H
#define CLI_LINUX_DOCTOR_DEVICE_H

#include "doctor/facts.h"

/* Sets the driver, and the speed and the queues if the driver reports them. */
void device_facts(const char *name, struct link_facts *facts);

/* Gets the features. Returns 0 or a negative code. */
int device_features(const char *name, struct link_features *out);

#endif
