/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Runs a fuzz target without a fuzzer, so that any compiler and sanitizer can:
 * each file of the corpus as it is, then with seeded mutations of it.
 *
 *   fuzz_NAME MUTATIONS FILE...      MUTATIONS: how many per file
 *
 * The mutation that is being run is named before a crash by the sanitizer's
 * report only, so its number is kept in a global that a debugger shows.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SEED_BYTES_MAX = 1 << 20, /* a corpus is of small files */
    EDITS_MAX = 8,            /* per mutation */
};

extern volatile long replay_mutation;
volatile long replay_mutation;

/* splitmix64 (Steele, Lea, Flood 2014): one word of state, any seed is good. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* One small damage to bytes[0..n); returns the new length, at most n. */
static size_t edit(uint8_t *bytes, size_t n, uint64_t *state)
{
    static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xff,
                                    0xc0, 0xed, '\n', '"',  '{'};
    size_t at = (size_t)(next_random(state) % n);

    switch (next_random(state) % 5) {
    case 0: bytes[at] ^= (uint8_t)(1u << (next_random(state) % 8)); return n;
    case 1: bytes[at] = edges[next_random(state) % sizeof(edges)]; return n;
    case 2: bytes[at] = (uint8_t)next_random(state); return n;
    case 3: return at + 1;
    default: memmove(bytes + at, bytes + at + 1, n - at - 1); return n > 1 ? n - 1 : n;
    }
}

/* The input in a block of exactly its size, so that a sanitizer sees over-reads. */
static void run_exact(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);

    if (copy == NULL) {
        abort();
    }
    memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static void run_mutations(const uint8_t *seed, size_t size, long mutations)
{
    uint8_t *work = malloc(size > 0 ? size : 1);

    if (work == NULL) {
        abort();
    }
    for (long i = 0; i < mutations && size > 0; i++) {
        uint64_t state = (uint64_t)i;
        size_t n = size;

        replay_mutation = i;
        memcpy(work, seed, size);
        for (uint64_t edits = 1 + next_random(&state) % EDITS_MAX; edits > 0; edits--) {
            n = edit(work, n, &state);
        }
        run_exact(work, n);
    }
    free(work);
}

static int run_file(const char *path, long mutations)
{
    FILE *file = fopen(path, "rb");
    uint8_t *seed = malloc(SEED_BYTES_MAX);
    int rc = -1;

    if (file != NULL && seed != NULL) {
        size_t n = fread(seed, 1, SEED_BYTES_MAX, file);

        if (ferror(file) == 0) {
            run_exact(seed, n);
            run_mutations(seed, n, mutations);
            rc = 0;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    free(seed);
    return rc;
}

int main(int argc, char **argv)
{
    long mutations = argc > 1 ? strtol(argv[1], NULL, 10) : 0;

    if (argc < 3) {
        fprintf(stderr, "usage: %s MUTATIONS FILE...\n", argv[0]);
        return 2;
    }
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 2; i < argc; i++) {
        if (run_file(argv[i], mutations) != 0) {
            fprintf(stderr, "%s: cannot read %s\n", argv[0], argv[i]);
            return 1;
        }
    }
    printf("%d files, %ld mutations each\n", argc - 2, mutations);
    return 0;
}
