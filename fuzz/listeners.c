/* Listeners that come and go, from inside events too, against a plain list: an
   event reaches those that were on when it began and still are, in order. */
#include "fuzz.h"

#include "socket/events.h"

#define NODES 8
#define DEPTH_MAX 3

static struct events events;
static struct bytes input;
static struct node {
    dgram_listener *listener; /* of its own allocation; NULL: not on */
    unsigned since;           /* when it was added */
    bool once;
} nodes[NODES];
static int order[NODES]; /* added nodes, first to last */
static int on_count;
static unsigned clock_now;
static int depth;

/* The walks in progress. The next node of the innermost follows from the list,
   so its position and its beginning are enough. */
static struct walk {
    unsigned began;
    unsigned latest; /* `since` of the node called last */
} walks[DEPTH_MAX + 1];

static void step(void);

static int position(int node) {
    for (int i = 0; i < on_count; i++) {
        if (order[i] == node)
            return i;
    }
    return -1;
}

static void forget(int node) {
    int at = position(node);

    CHECK(at >= 0);
    memmove(&order[at], &order[at + 1],
            sizeof *order * (size_t)(on_count - at - 1));
    on_count--;
    free(nodes[node].listener);
    nodes[node].listener = NULL;
}

/* The next node that the walk has to call, or -1. */
static int expected(const struct walk *walk) {
    for (int i = 0; i < on_count; i++) {
        unsigned since = nodes[order[i]].since;

        if (since > walk->latest && since < walk->began)
            return order[i];
    }
    return -1;
}

static void received(int node) {
    struct walk *walk = &walks[depth];

    CHECK(expected(walk) == node);
    walk->latest = nodes[node].since;
    if (nodes[node].once)
        forget(node);
    if (take(&input) % 2 == 0)
        step();
}

static void on_listening(dgram_socket *socket, void *data) {
    (void)socket;
    received((int)(intptr_t)data);
}

static const dgram_events table = {.size = sizeof table,
                                   .listening = on_listening};

static void add(int node, bool once) {
    if (nodes[node].listener != NULL)
        return;
    nodes[node].listener = calloc(1, sizeof *nodes[node].listener);
    CHECK(nodes[node].listener != NULL);
    nodes[node].since = ++clock_now;
    nodes[node].once = once;
    order[on_count++] = node;
    events_add(&events, nodes[node].listener, &table, (void *)(intptr_t)node,
               once);
}

static void drop(int node) {
    if (nodes[node].listener == NULL)
        return;
    events_remove(&events, nodes[node].listener);
    forget(node);
}

static void emit(void) {
    if (depth == DEPTH_MAX)
        return;
    depth++;
    walks[depth] = (struct walk){.began = ++clock_now};
    events_listening(&events, NULL);
    CHECK(expected(&walks[depth]) == -1);
    depth--;
}

static void step(void) {
    uint8_t choice = take(&input);
    int node = choice % NODES;

    if (choice < 100)
        add(node, choice >= 60);
    else if (choice < 170)
        drop(node);
    else if (choice < 250)
        emit();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input = (struct bytes){data, size};
    memset(&events, 0, sizeof events);
    on_count = depth = 0;
    clock_now = 0;
    while (input.left > 0)
        step();
    emit();
    for (int i = 0; i < NODES; i++)
        drop(i);
    CHECK(events.first == NULL && events.last == NULL);
    return 0;
}
