/*
 * A plain model of sockets, run beside the library.
 *
 * The model knows what each call must answer and what each callback may say.
 * The scripted kernel reports to it what it did, which is all that happens
 * behind the caller's back. A program of random calls, from callbacks too,
 * drives both; where they differ, the seed and the calls are printed.
 */
#ifndef MODEL_H
#define MODEL_H

#include <dgram.h>

#include "os/platform.h"

#define SOCKETS 3
#define DATAGRAMS_MAX 4096
#define EARS 4

enum bind_model { UNBOUND, BINDING, BOUND, CLOSED };
enum connect_model { DISCONNECTED, CONNECTING, CONNECTED };

/* The information that a datagram is sent with: the place in `infos`. */
enum info_model {
    NO_INFO,
    INFO_EMPTY, /* nothing is set */
    INFO_TOS,
    INFO_OTHER_TOS,
    INFO_LOCAL,
    INFO_LOCAL_AND_TTL,
    INFOS_VALID,
    INFO_NO_TTL = INFOS_VALID, /* a TTL of 0 */
    INFO_TIME,                 /* which nobody can set */
    INFO_OTHER_FAMILY,
    INFOS
};

/* A listener that comes and goes. */
struct recorder {
    dgram_listener listener;
    struct model *of; /* NULL: off */
    bool once;
};

struct model {
    dgram_socket *socket; /* NULL: there is none */
    dgram_listener listener;
    enum bind_model bind;
    enum connect_model connect;
    bool detached;    /* it closes itself, and takes nothing from the kernel */
    int fd;           /* -1: none */
    bool has_cancel;  /* its resolver can be stopped */
    bool keeps;       /* the answers of libuv's resolver */
    size_t queue_max; /* bytes; 0: no limit */
    size_t drain_below; /* `drain` is owed when the queue takes fewer bytes; 0:
                           it is not */
    bool stopped;       /* the program receives nothing */
    bool listening_owed;
    int error_owed;    /* code of the failed bind; 0: none */
    int connects_owed; /* callbacks */
    int connect_events_owed;
    int sends_owed; /* callbacks */
    bool reordered; /* datagrams to different destinations may be reordered */
    int latest_report[4];  /* one above the latest datagram to an address that
                              was called back: to any destination; if reordered,
                              to a port */
    uint32_t taken;        /* datagrams by the kernel */
    uint32_t given, seen;  /* datagrams from the kernel, and to listeners */
    int receive_errors;    /* received and not yet emitted */
    bool has_path_errors;  /* by its options */
    uint32_t receive_info; /* the same */
    int path_errors_owed;  /* in the queue of its descriptor */
    dgram_address peer;    /* as the kernel has it; family 0: none */
    unsigned groups;       /* joined groups, a bit for each */
    bool is_everywhere;    /* in one group on all interfaces */
};

struct datagram {
    struct model *from;
    uint16_t port;
    bool named, called, taken;
    int refused; /* by the kernel or a failed bind; 0: not refused */
    int put_off; /* code of the latest temporary refusal, or 0 */
    size_t size;
    enum info_model info;
};

/* A lookup that the resolver has not answered. */
struct question {
    dgram_lookup *lookup;
    struct model *of; /* NULL: its socket is gone, but it must be answered */
};

extern struct model models[SOCKETS];
extern struct datagram datagrams[DATAGRAMS_MAX];
extern int datagram_count;
extern uv_loop_t loop;

/* Random numbers of the seed. */
uint32_t any(uint32_t below);
bool one_in(uint32_t n);

/* Logs an action, for the report of a difference. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program with the seed and the log, unless the condition holds. */
#define AGREE(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            differ(__FILE__, __LINE__, #condition);                            \
    } while (0)
void differ(const char *file, int line, const char *condition);

/* ---- kernel.c ---------------------------------------------------------- */

/* Installs the scripted kernel. */
void kernel_begin(void);
void kernel_end(void); /* no descriptor is left */

/* The code that refused the latest bind or connect since this was set to 0. */
extern int kernel_failure;

/* From now on everything is taken, and no callback makes calls. */
extern bool kernel_calm;

/* The groups that the socket's descriptor is in. */
unsigned kernel_groups(const struct model *m);

/* The socket whose call is in progress, or NULL. */
extern struct model *calling;

/* The interfaces on which the descriptor is in the group of all interfaces, and
   those that are up: a bit for each index. */
unsigned kernel_everywhere(const struct model *m);
extern unsigned kernel_interfaces;

/* Sets an interface up, removes it, or makes it anew. */
void kernel_change_interface(void);

/* Whether the library learns of that in the next loop iteration. */
bool kernel_reports_interfaces(void);

/* From now on no interface can join the group of all interfaces. */
extern bool kernel_is_full;

/* Makes the socket readable. */
void kernel_poke(struct model *m);

/* Adds an ICMP error to the queue of its descriptor, if it has path errors. */
void kernel_add_path_error(struct model *m);

/* ---- calls.c ----------------------------------------------------------- */

/* One random call on a random socket. */
void step(void);

/* Sets the socket of the next call. */
void call_begins(struct model *m);

/* The number of the socket. */
int name_of(const struct model *m);

/* A failed call is also the latest error. */
void check_result(struct model *m, int result, int expected);

/* Opens a socket for a model that has none. */
void open_socket(struct model *m);

/* A detached socket has delivered what it had received, and closes. */
void model_closes_itself(struct model *m);

/* Answers all lookups. */
void answer_all(void);

/* Closes all sockets, and answers all lookups. */
void close_all(void);

/* The callbacks that calls ask for. */
void on_sent(dgram_socket *socket, int status, void *data);
void on_connected(dgram_socket *socket, int status, void *data);

/* ---- names.c ----------------------------------------------------------- */

/* Answer a query for a name, or all. */
void names_answer_any(void);
void names_answer_all(void);

/* dgram_lookup_flush() */
void names_flush(void);

/* The last socket may have ended: a query in progress is not shared. */
void names_may_be_forgotten(void);

/* ---- sends.c ----------------------------------------------------------- */

void call_send(struct model *m);
void call_reply(struct model *m);

/* Compares how many datagrams the socket queues. */
void check_queue(const struct model *m);

/* The result that a send to an address, or to the peer, must have whatever
   space the queue has. */
int check_send_form(const struct model *m, bool to);

/* ---- flow.c ------------------------------------------------------------ */

void call_receive(struct model *m);

/* A call has sent. `refused`: the limit of the queue has refused some. */
void flow_sent(struct model *m, bool refused);

/* `drain` was emitted. */
void flow_drained(struct model *m);

/* Asks for the space of the queue. */
void check_space(const struct model *m);

/* At the end: starts to receive, and later checks that nothing is owed. */
void start_receiving(struct model *m);
void check_settled(const struct model *m);

/* ---- groups.c ---------------------------------------------------------- */

void call_group(struct model *m);
void call_group_everywhere(struct model *m);

/* Once the library has seen all changes of interfaces. */
void check_groups(const struct model *m);

/* ---- batch.c ----------------------------------------------------------- */

void call_batch(struct model *m);
void call_try_send(struct model *m);

extern const dgram_send_info infos[INFOS]; /* that of NO_INFO is not used */

/* ---- events.c ---------------------------------------------------------- */

extern const dgram_events model_events, recorder_events;
extern struct recorder recorders[EARS];

void maybe_step(void); /* now and then, a call from inside a callback */

#endif
