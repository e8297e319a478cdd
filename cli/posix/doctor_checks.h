/* The checks of Unix systems, and those of Linux in cli/linux. */
#ifndef CLI_POSIX_DOCTOR_CHECKS_H
#define CLI_POSIX_DOCTOR_CHECKS_H

#include "doctor/doctor.h"

void check_files(struct doctor *doctor, struct check *check);
void check_dual_stack(struct doctor *doctor, struct check *check);
void check_reuse_port(struct doctor *doctor, struct check *check);
void check_multicast(struct doctor *doctor, struct check *check);
void check_unix(struct doctor *doctor, struct check *check);

/* Linux: the process and the host. */
void check_sandbox(struct doctor *doctor, struct check *check);
void check_ports(struct doctor *doctor, struct check *check);
void check_device(struct doctor *doctor, struct check *check);
void check_counters(struct doctor *doctor, struct check *check);
void check_backlog(struct doctor *doctor, struct check *check);
void check_conntrack(struct doctor *doctor, struct check *check);

/* Linux: many datagrams in a call or in a message. */
void check_batch(struct doctor *doctor, struct check *check);
void check_gso(struct doctor *doctor, struct check *check);
void check_gro(struct doctor *doctor, struct check *check);

/* Linux: the interface. */
void check_link(struct doctor *doctor, struct check *check);
void check_link_drops(struct doctor *doctor, struct check *check);
void check_link_offload(struct doctor *doctor, struct check *check);
void check_return_path(struct doctor *doctor, struct check *check);

#endif
