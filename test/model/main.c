/* usage: model [FIRST_SEED [SEEDS [STEPS]]]; by default 1, 300, 300 */
#include "memory.h"
#include "model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define NOTES_MAX 400
#define NOTE_SIZE 80

struct model models[SOCKETS];
struct datagram datagrams[DATAGRAMS_MAX];
int datagram_count;
uv_loop_t loop;

static uint64_t random_state;
static unsigned long seed, steps = 300;
static char notes[NOTES_MAX][NOTE_SIZE];
static unsigned long noted;

uint32_t any(uint32_t below) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % below;
}

bool one_in(uint32_t n) {
    return any(n) == 0;
}

void note(const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(notes[noted++ % NOTES_MAX], NOTE_SIZE, format, arguments);
    va_end(arguments);
}

void differ(const char *file, int line, const char *condition) {
    unsigned long first = noted > NOTES_MAX ? noted - NOTES_MAX : 0;

    for (unsigned long i = first; i < noted; i++)
        fprintf(stderr, "%lu: %s\n", i, notes[i % NOTES_MAX]);
    fprintf(stderr, "%s:%d: not so: %s\nseed %lu, again by: model %lu 1 %lu\n",
            file, line, condition, seed, seed, steps);
    exit(1);
}

static void turn(void) {
    AGREE(calling == NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
}

static bool all_called_back(void) {
    for (int i = 0; i < datagram_count; i++) {
        if (!datagrams[i].called)
            return false;
    }
    return true;
}

/* With a kernel that takes everything, only datagrams that wait for a retry are
   left, and not for long. */
static void settle(void) {
    kernel_calm = true;
    for (int i = 0; i < SOCKETS; i++) {
        if (models[i].socket != NULL)
            start_receiving(&models[i]);
    }
    for (int i = 0; i < 20 || (i < 1000 && !all_called_back()); i++) {
        answer_all();
        turn();
        if (i >= 20)
            uv_sleep(1);
    }
    AGREE(all_called_back());
    for (int i = 0; i < 3; i++)
        turn(); /* `drain` may follow the last callback in the next one */
    for (int i = 0; i < SOCKETS; i++) {
        if (models[i].socket == NULL)
            continue;
        AGREE(models[i].connects_owed == 0);
        AGREE(models[i].path_errors_owed == 0 || models[i].detached);
        check_groups(&models[i]);
        check_settled(&models[i]);
    }
}

/* Ends the seed: every callback is called and all memory is freed. */
static void end(void) {
    int turns = 0;

    if (one_in(2))
        settle();
    close_all();
    while (uv_loop_alive(&loop)) {
        AGREE(turns++ < 1000);
        turn();
        close_all(); /* callbacks may have made sockets */
    }
    for (int i = 0; i < SOCKETS; i++)
        AGREE(models[i].socket == NULL);
    AGREE(all_called_back());
    AGREE(uv_loop_close(&loop) == 0);
    kernel_end();
    AGREE(memory.blocks == 0);
}

static void run_seed(void) {
    random_state = seed * 0x9e3779b97f4a7c15u;
    noted = 0;
    datagram_count = 0;
    for (int i = 0; i < SOCKETS; i++)
        models[i].socket = NULL;
    for (int i = 0; i < EARS; i++)
        recorders[i].of = NULL;
    AGREE(uv_loop_init(&loop) == 0);
    kernel_begin();
    for (unsigned long i = 0; i < steps; i++) {
        step();
        if (one_in(4))
            turn();
    }
    end();
}

int main(int argc, char **argv) {
    unsigned long first = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 300;

    if (argc > 3)
        steps = strtoul(argv[3], NULL, 10);
    memory_begin();
    for (seed = first; seed < first + count; seed++)
        run_seed();
    printf("library and model agree: %lu seeds of %lu steps\n", count, steps);
    return 0;
}
