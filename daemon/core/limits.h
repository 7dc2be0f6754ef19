/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Every limit: a row with name, unit, default and reason. The configuration
 * sets them under "limits:", tests set them to tiny values.
 *
 *   X(name, UNIT, default, least, doc)     UNIT: BYTES, MS or COUNT
 */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* clang-format off */
#define LIMITS_LIST(X)                                                                     \
    X(message, BYTES, 4 << 20, 1024, "Largest message of the protocol, either way.")       \
    X(piece, BYTES, 1 << 20, 64, "Largest piece of an upload or download.")                \
    X(unpack, BYTES, 64 << 20, 4096,                                                       \
      "Most memory one message may take once decoded (16 times its size + 1MiB at most).") \
    X(depth, COUNT, 32, 1, "Deepest nesting of a filter.")                                 \
    X(filter_nodes, COUNT, 1024, 1, "Most operators of a filter.")                         \
    X(connections, COUNT, 1024, 1, "Connections in all.")                                  \
    X(connections_per_uid, COUNT, 64, 1,                                                   \
      "Connections of one user, when several users are served.")                           \
    X(queue, COUNT, 512, 1, "Calls that wait for their turn; more are answered busy.")     \
    X(in_flight, COUNT, 256, 1, "Calls at work at the same time.")                         \
    X(decoded, BYTES, 256 << 20, 4096, "Memory of the messages of all open calls.")        \
    X(calls, COUNT, 64, 1, "Calls open on one connection.")                                \
    X(high_water, BYTES, 256 << 10, 1, "Unsent bytes of a connection that pause its streams.") \
    X(handshake, MS, 5000, 1, "Time for a new connection to introduce itself.")            \
    X(penalty, MS, 1000, 0, "Delay of the answer to a wrong token.")                       \
    X(unread_answer, MS, 10000, 1, "Time for a peer to read an answer.")                   \
    X(idle, MS, 600000, 1, "Time without a complete request until a connection is closed.") \
    X(idle_scarce, MS, 30000, 1, "The same while most connections are taken.")             \
    X(stream_idle, MS, 600000, 1,                                                          \
      "Time for a caller to bring or take what its call cannot go on without.")            \
    X(ping, MS, 30000, 1, "Time between two pings on tcp.")                                \
    X(document_raw, BYTES, 100 << 20, 1, "Largest source, in bytes as fetched.")           \
    X(document_text, BYTES, 32 << 20, 1, "Largest text of a document.")                    \
    X(pages, COUNT, 5000, 1, "Most pages of a source.")                                    \
    X(inside_depth, COUNT, 10, 0, "Deepest nesting of files inside a source.")             \
    X(inside_files, COUNT, 1000, 0, "Most files inside a source, of all depths together.") \
    X(inside_ratio, COUNT, 100, 1,                                                         \
      "Times its own size that they may have together, which is 1MiB at least.")           \
    X(spool_memory, BYTES, 1 << 20, 1, "Part of an upload that stays in memory.")          \
    X(spool, BYTES, 2u << 30, 1, "Disk space of all uploads at once.")                     \
    X(parse, MS, 60000, 1, "Time for a loader to read one source.")                        \
    X(parse_cpu, MS, 30000, 1, "CPU time for it, in whole seconds, in a process of its own.") \
    X(parse_memory, BYTES, 512 << 20, 1 << 20, "Memory for it, likewise, the source included.") \
    X(parse_attempts, COUNT, 3, 1, "Tries to read a source, when the loader's process dies.") \
    X(parse_retry, MS, 100, 0,                                                             \
      "Wait before the second try; ten times as long before each further one.")            \
    X(parse_parked, BYTES, 32 << 20, 0,                                                    \
      "Sources that wait for another try behind all others; beyond it they go first.")     \
    X(child_documents, COUNT, 100, 1, "Sources until a loader's process is replaced.")     \
    X(child_memory, BYTES, 256 << 20, 1, "Memory it may keep between two sources, likewise.") \
    X(child_idle, MS, 60000, 1, "Time without work until one ends; one of each loader stays.") \
    X(child_start, MS, 10000, 1, "Time for such a process to be ready.")                   \
    X(child_grace, MS, 500, 1, "Time for it to end a cancelled operation.")                \
    X(query_text, BYTES, 64 << 10, 1, "Largest text of a query.")                          \
    X(queries, COUNT, 100, 1, "Queries in one search.")                                    \
    X(k, COUNT, 1000, 1, "Most hits of one query.")                                        \
    X(metadata, BYTES, 64 << 10, 1, "Largest metadata of a document or record.")           \
    X(metadata_keys, COUNT, 100, 1, "Most keys of them.")                                  \
    X(sources, COUNT, 100000, 1, "Sources of one add.")                                    \
    X(chunks, COUNT, 1000000, 1, "Chunks of one source.")                                  \
    X(blocks, BYTES, 13 << 18, 64,                                                         \
      "Paragraphs, headings, pages (20 to 30 bytes each) of a document, in one message.")  \
    X(manifest, BYTES, 7 << 19, 64,                                                        \
      "Chunks (34 bytes each) and documents (their ids) of a source, likewise.")           \
    X(records, COUNT, 10000, 1, "Records of one upsert.")                                  \
    X(import_memory, BYTES, 512 << 20, 64,                                                 \
      "Memory of the ids and manifests of one import, some 50 bytes a record.")            \
    X(parallel_sources, COUNT, 8, 1, "Sources of one add that are worked on at the same time.") \
    X(add_memory, BYTES, 128 << 20, 1, "Contents in work at the same time; one always is.") \
    X(apply, BYTES, 16 << 20, 1, "Largest change of a collection in one go; more goes in stages.") \
    X(flush_sources, COUNT, 64, 1, "Sources acknowledged by one flush.")                   \
    X(flush_wait, MS, 10, 0, "Longest wait for more sources before a flush.")              \
    X(attempts, COUNT, 3, 1, "Tries of one plugin operation in all.")                      \
    X(retry_delay, MS, 200, 1, "Wait before the second try; it doubles for each further one.") \
    X(grace, MS, 5000, 1, "Time for a plugin to end a cancelled operation.")               \
    X(plugin_memory, BYTES, 64 << 20, 4096, "Memory a plugin may take for one operation.") \
    X(plugin_results, BYTES, 256 << 20, 4096, "Largest answer of one plugin operation.")   \
    X(documents, COUNT, 10000, 1, "Most documents of one source.")                         \
    X(jobs, COUNT, 1000, 1, "Finished jobs that are remembered.")                          \
    X(pending_vectors, BYTES, 256 << 20, 1, "Vectors paid for and not yet stored.")        \
    X(disk_floor, BYTES, 1 << 30, 0,                                                       \
      "Free disk space below which nothing is added, at most a tenth of the disk.")        \
    X(cpu_workers, COUNT, 0, 0, "Threads for computing, 0 = one for each core.")           \
    X(io_workers, COUNT, 0, 0, "Threads for work that waits, 0 = cpu_workers + 16.")       \
    X(worker_queue, COUNT, 4096, 1, "Work items that wait for a thread, in each lane.")    \
    X(callback, MS, 5, 0, "CPU time of one step of the loop above which it is logged.")    \
    X(stop, MS, 5000, 1, "Time for open calls to end when the daemon stops.")
/* clang-format on */

struct limits {
#define LIMITS_MEMBER(name, unit, def, least, doc) uint64_t name;
    LIMITS_LIST(LIMITS_MEMBER)
#undef LIMITS_MEMBER
};

enum limit_unit { LIMIT_BYTES, LIMIT_MS, LIMIT_COUNT };

struct limit_info {
    const char *name, *doc;
    enum limit_unit unit;
    uint64_t def, least;
    size_t offset; /* in struct limits */
};

extern const struct limit_info LIMITS[];
extern const size_t LIMITS_N;

/* Every limit as its row says. */
void limits_defaults(struct limits *limits);
/* The row by name, NULL when there is none. */
const struct limit_info *limits_find(const char *name);
uint64_t *limits_at(struct limits *limits, const struct limit_info *info);

#endif
