/* The checks that every system has; they use the library. */
#ifndef CLI_DOCTOR_CHECKS_H
#define CLI_DOCTOR_CHECKS_H

#include "doctor/doctor.h"

/* The system: release, processors, known faults. */
void check_kernel(struct doctor *doctor, struct check *check);

/* Variables that change what programs with the library do. */
void check_environment(struct doctor *doctor, struct check *check);

/* Whether datagrams arrive over loopback. */
void check_ipv4(struct doctor *doctor, struct check *check);
void check_ipv6(struct doctor *doctor, struct check *check);

void check_receive_buffer(struct doctor *doctor, struct check *check);
void check_send_buffer(struct doctor *doctor, struct check *check);

/* Whether ICMP errors are reported, with who said them. */
void check_errors(struct doctor *doctor, struct check *check);

/* What can be sent with a datagram, and what is reported of it. */
void check_packet_info(struct doctor *doctor, struct check *check);
void check_headers(struct doctor *doctor, struct check *check);
void check_timestamps(struct doctor *doctor, struct check *check);

/* The addresses of --interface. */
void check_addresses(struct doctor *doctor, struct check *check);

#endif
