/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A floor under the free space of the data directory's disk.
 *
 * happy path: one statvfs for each question; the answer is kept for those who
 * must not wait.
 * failure modes: what cannot be asked has room: the write itself will tell.
 * Changes of the answer are logged; margin and delay keep it from flapping.
 */
#include "state/room.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/clock.h"
#include "core/failpoint.h"
#include "core/log.h"
#include "state/db.h"

enum {
    PART_OF_SMALL_DISK = 10, /* the floor is for disks of tens of GiB and more */
    MARGIN_PART = 2, /* what one compaction frees is less: nothing flaps at the edge */
    MIB = 1 << 20,
    ROUND_UP = MIB / 10, /* bytes: texts have one decimal, and must not ask for less */
    STAYS_LOW_MS = 3000  /* longer than RocksDB's files of one flush come and go */
};

uint64_t room_wanted(uint64_t floor, uint64_t total, bool low)
{
    uint64_t part = total / PART_OF_SMALL_DISK;
    uint64_t wanted = floor < part ? floor : part;
    return low ? wanted + wanted / MARGIN_PART : wanted;
}

int room_read_only(struct err *err)
{
    err_set(err, ERR_STORAGE_FULL,
            "the disk was full when ragd started: its data are open for reading only");
    return err_hint(err, "free some space, then restart ragd");
}

/* Where the file system of dir is mounted: the last directory above it on the
 * same device. path has PATH_MAX bytes. */
static void find_mount(const char *dir, char *path)
{
    struct stat own, above;
    if (!realpath(dir, path) || stat(path, &own)) {
        snprintf(path, PATH_MAX, "%s", dir);
        return;
    }
    while (path[1]) {
        char parent[PATH_MAX];
        size_t n = (size_t)(strrchr(path, '/') - path);
        snprintf(parent, sizeof(parent), "%.*s", (int)(n ? n : 1), path);
        if (stat(parent, &above) || above.st_dev != own.st_dev) {
            return;
        }
        memcpy(path, parent, strlen(parent) + 1);
    }
}

static int refuse(const struct state *state, uint64_t missing, struct err *err)
{
    char mount[PATH_MAX];
    find_mount(state->dir, mount);
    err_set(err, ERR_STORAGE_FULL, "the disk is nearly full: need %.1f MiB more on %s",
            ((double)missing + ROUND_UP) / MIB, mount);
    return err_hint(err, "free some space there; what is stored can be read and removed "
                         "meanwhile");
}

/* Since when nothing was low any more counts, not only how much is free:
 * RocksDB's own files come and go while it is busy. */
static bool is_low(struct state *state, uint64_t free_bytes, uint64_t total)
{
    bool was = atomic_load(&state->low);
    if (free_bytes < room_wanted(state->limits->disk_floor, total, was)) {
        atomic_store(&state->low_ms, clock_mono_ms());
        return true;
    }
    return was && clock_mono_ms() - atomic_load(&state->low_ms) < STAYS_LOW_MS;
}

static void tell(bool low, const struct err *err)
{
    if (low) {
        log_error("DISK-LOW", "%s; nothing is added until then", err->msg);
    } else {
        log_info("DISK-ROOM", "the disk has room again, adding goes on");
    }
}

/* Asks the kernel. 0 where it does not say. */
static int ask(struct state *state, struct err *err)
{
    struct statvfs disk;
    int rc = RAGD_FAILPOINT("state.room");
    if (!state->dir || (rc == 0 && statvfs(state->dir, &disk))) {
        return 0;
    }
    uint64_t free_bytes = rc ? 0 : (uint64_t)disk.f_bavail * disk.f_frsize;
    uint64_t total = rc ? MIB : (uint64_t)disk.f_blocks * disk.f_frsize;
    uint64_t until = room_wanted(state->limits->disk_floor, total, true);
    bool low = is_low(state, free_bytes, total);
    uint64_t missing = until > free_bytes ? until - free_bytes : 0;
    rc = low ? refuse(state, missing, err) : 0;
    if (atomic_exchange(&state->low, low) != low) {
        tell(low, err);
    }
    return rc;
}

int state_room(struct state *state, struct err *err)
{
    struct err answer = {0};
    int rc = state->read_only ? room_read_only(&answer) : ask(state, &answer);
    pthread_mutex_lock(&state->room_lock);
    state->room = answer;
    pthread_mutex_unlock(&state->room_lock);
    if (rc && err) {
        *err = answer;
    }
    return rc;
}

int state_room_told(struct state *state, struct err *err)
{
    pthread_mutex_lock(&state->room_lock);
    struct err answer = state->room;
    pthread_mutex_unlock(&state->room_lock);
    if (answer.id && err) {
        *err = answer;
    }
    return err_status(&answer);
}
