/* The verbs. Each parses its arguments, runs, and returns the exit status. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

int run_listen(int argc, char **argv);
int run_send(int argc, char **argv);
int run_echo(int argc, char **argv);
int run_ping(int argc, char **argv);
int run_flood(int argc, char **argv);
int run_sink(int argc, char **argv);
int run_mtu(int argc, char **argv);
int run_doctor(int argc, char **argv);

#endif
