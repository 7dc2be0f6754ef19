/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Names of sources: one canonical URI for each file, however it was written. */
#ifndef CLI_URI_H
#define CLI_URI_H

#include <stdbool.h>

/* "file://host/path", percent-encoded as RFC 3986 wants it. path is absolute;
 * host "" on this machine. */
const char *uri_of_path(const char *path, const char *host);

/* The path of a file URI of this machine; NULL when it is none. */
const char *path_of_uri(const char *uri);

/* The path of a file URI of that host, as uri_of_path() makes it; else NULL. */
const char *uri_path_on(const char *uri, const char *host);

/* Something like "https://..." or "arxiv:...", that ragd fetches itself. */
bool uri_is_remote(const char *text);

/* This machine's name, for documents that go to another one. */
const char *uri_host(void);

#endif
