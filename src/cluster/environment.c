#include "cluster/environment.h"

#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "dgram_cluster.h"

#define ADDED_VARIABLES 2u
#define VARIABLE_MAX 48u /* bytes of one, with its NUL */

char **environment_make(unsigned worker) {
    uv_env_item_t *items;
    size_t size = 0;
    int count, n = 0;
    char **list, *text;

    if (uv_os_environ(&items, &count) < 0)
        return NULL;
    for (int i = 0; i < count; i++)
        size += strlen(items[i].name) + strlen(items[i].value) + 2;
    size += ADDED_VARIABLES * VARIABLE_MAX;
    list = alloc_bytes(((size_t)count + ADDED_VARIABLES + 1) * sizeof(*list) +
                       size);
    if (list != NULL) {
        text = (char *)(list + count + ADDED_VARIABLES + 1);
        for (int i = 0; i < count; i++) {
            if (strcmp(items[i].name, DGRAM_CLUSTER_FD) == 0 ||
                strcmp(items[i].name, DGRAM_CLUSTER_WORKER) == 0)
                continue;
            list[n++] = text;
            text += sprintf(text, "%s=%s", items[i].name, items[i].value) + 1;
        }
        list[n++] = text;
        text += snprintf(text, VARIABLE_MAX, "%s=%d", DGRAM_CLUSTER_FD,
                         CONTROL_FD) +
                1;
        list[n++] = text;
        snprintf(text, VARIABLE_MAX, "%s=%u", DGRAM_CLUSTER_WORKER, worker);
        list[n] = NULL;
    }
    uv_os_free_environ(items, count);
    return list;
}
