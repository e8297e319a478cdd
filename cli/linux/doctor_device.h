/* What the driver of an interface tells by SIOCETHTOOL, as ethtool(8) does. */
#ifndef CLI_LINUX_DOCTOR_DEVICE_H
#define CLI_LINUX_DOCTOR_DEVICE_H

#include "doctor/facts.h"

/* Sets the driver, and the speed and the queues where the driver tells. */
void device_facts(const char *name, struct link_facts *facts);

/* Gets the features. Returns 0 or a negative code. */
int device_features(const char *name, struct link_features *out);

#endif
