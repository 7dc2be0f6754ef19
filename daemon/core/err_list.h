/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The one table of errors. A row per error that somebody outside can meet:
 *
 *   X(ID, name, category, status, grpc, exit, text)
 *
 * name is what scripts branch on ("code" in JSON), category the reason word,
 * status the RAGD_E_* a function returns, grpc the status code on the wire,
 * exit the client's exit code, text what is said when nothing better is known.
 * Rows are only ever added; a name never changes its meaning.
 */
#ifndef CORE_ERR_LIST_H
#define CORE_ERR_LIST_H

#define ERR_LIST(X)                                                                        \
    X(INTERNAL, "internal", INTERNAL, INTERNAL, 13, 1, "internal error")                   \
    X(NOMEM, "out_of_memory", LIMIT, NOMEM, 8, 1, "out of memory")                         \
    X(CANCELLED, "cancelled", TIMEOUT, CANCELLED, 1, 130, "cancelled")                     \
    X(DEADLINE, "deadline_exceeded", TIMEOUT, DEADLINE, 4, 1, "no answer in time")         \
    X(INVALID, "invalid_request", INVALID, ARG, 3, 2, "invalid request")                   \
    X(DECODE, "undecodable", INVALID, ARG, 3, 1, "cannot decode the message")              \
    X(UNKNOWN_METHOD, "unknown_method", INVALID, UNSUPPORTED, 12, 1, "unknown method")     \
    X(UNSUPPORTED, "unsupported", INVALID, UNSUPPORTED, 12, 2, "not supported")            \
    X(PROTOCOL, "protocol_version", CONFLICT, CONFLICT, 9, 7, "protocol versions differ")  \
    X(LIMIT, "limit_exceeded", LIMIT, LIMIT, 8, 1, "over a limit")                         \
    X(BUSY, "busy", BUSY, RATE, 8, 1, "too much at once")                                  \
    X(DRAINING, "shutting_down", UNAVAILABLE, UNAVAILABLE, 14, 4, "ragd is stopping")      \
    X(DENIED, "denied", DENIED, DENIED, 7, 5, "permission denied")                         \
    X(UNAUTHENTICATED, "unauthenticated", DENIED, AUTH, 16, 5, "no valid token")           \
    X(NOT_FOUND, "not_found", NOT_FOUND, NOT_FOUND, 5, 6, "not found")                     \
    X(NO_COLLECTION, "no_such_collection", NOT_FOUND, NOT_FOUND, 5, 6,                     \
      "no such collection")                                                                \
    X(NO_DOCUMENT, "no_such_document", NOT_FOUND, NOT_FOUND, 5, 6, "no such document")     \
    X(NO_INSTANCE, "no_such_instance", NOT_FOUND, NOT_FOUND, 5, 6, "no such instance")     \
    X(NO_PLUGIN, "no_such_plugin", NOT_FOUND, NOT_FOUND, 5, 6, "no such plugin")           \
    X(EXISTS, "already_exists", CONFLICT, EXISTS, 6, 7, "already exists")                  \
    X(CONFLICT, "conflict", CONFLICT, CONFLICT, 9, 7, "conflict")                          \
    X(EMBEDDER_MISMATCH, "embedder_mismatch", CONFLICT, CONFLICT, 9, 7,                    \
      "another vector space")                                                              \
    X(DIMENSION, "dimension_mismatch", CONFLICT, CONFLICT, 9, 7, "wrong dimension")        \
    X(MODE, "mode_unsupported", INVALID, UNSUPPORTED, 3, 2,                                \
      "the collection cannot be searched so")                                              \
    X(PARSE, "unreadable_document", PARSE, BAD_INPUT, 3, 1, "cannot read the document")    \
    X(NO_LOADER, "no_loader", PARSE, UNSUPPORTED, 12, 1, "no loader takes this")           \
    X(NO_TEXT, "no_text", PARSE, BAD_INPUT, 3, 1, "no text in it")                         \
    X(LOADER_CRASHED, "loader_crashed", PARSE, BAD_INPUT, 3, 1, "the loader crashed")      \
    X(CHANGED, "changed_during_read", CONFLICT, CONFLICT, 10, 1,                           \
      "changed while it was read")                                                         \
    X(UPSTREAM, "upstream_failed", UNAVAILABLE, UNAVAILABLE, 14, 8,                        \
      "a service ragd depends on failed")                                                  \
    X(UPSTREAM_AUTH, "upstream_auth", UNAVAILABLE, AUTH, 9, 8,                             \
      "a service refused the credentials")                                                 \
    X(UPSTREAM_RATE, "upstream_rate", UNAVAILABLE, RATE, 8, 8,                             \
      "a service limits the rate")                                                         \
    X(PLUGIN, "plugin_misbehaved", PLUGIN, INTERNAL, 13, 1, "a plugin misbehaved")         \
    X(PLUGIN_REFUSED, "plugin_refused", PLUGIN, CONFIG, 9, 1, "the plugin was not loaded") \
    X(STORAGE_FULL, "storage_full", STORAGE_FULL, FULL, 8, 1,                              \
      "no space left for the data")                                                        \
    X(STORAGE_IO, "storage_io", STORAGE_IO, IO, 14, 1,                                     \
      "the data cannot be read or written")                                                \
    X(CORRUPT, "corrupt", CORRUPT, CORRUPT, 15, 1, "stored data is damaged")               \
    X(CONFIG, "bad_config", CONFIG, CONFIG, 9, 1, "the configuration is not valid")        \
    X(IO, "io", STORAGE_IO, IO, 14, 1, "input/output error")                               \
    X(INTERRUPTED, "interrupted", UNAVAILABLE, UNAVAILABLE, 14, 3, "interrupted")

/* clang-format off */

#endif
