/* Runs a target over files, for builds without libFuzzer: each argument is a
   file or a directory of files. */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>

#define FILE_SIZE_MAX (1 << 20)

static int files;

static int run_file(const char *path) {
    static uint8_t buffer[FILE_SIZE_MAX];
    FILE *file = fopen(path, "rb");
    uint8_t *exact;
    size_t size;

    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    size = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    exact = malloc(size > 0 ? size : 1); /* a read behind its end is seen */
    if (exact == NULL)
        return 1;
    memcpy(exact, buffer, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    files++;
    return 0;
}

static int run_path(const char *path) {
    DIR *directory = opendir(path);
    struct dirent *entry;
    char name[4096];
    int failed = 0;

    if (directory == NULL)
        return run_file(path);
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        failed += run_file(name);
    }
    closedir(directory);
    return failed;
}

int main(int argc, char **argv) {
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed += run_path(argv[i]);
    fprintf(stderr, "%d inputs\n", files);
    return failed > 0 || files == 0;
}
