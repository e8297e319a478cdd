/* Names of UDP services. */
#ifndef CLI_ARGS_SERVICE_H
#define CLI_ARGS_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

/* Finds the port of a service, such as "ntp", where the system does: usually in
   /etc/services. Returns false if there is none. */
bool service_find(const char *name, uint16_t *port_out);

#endif
