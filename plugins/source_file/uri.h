/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* file: URIs (RFC 8089) and paths. */
#ifndef SOURCE_FILE_URI_H
#define SOURCE_FILE_URI_H

#include <ragd/ragd.h>

enum { PATH_BYTES = 4096, URI_BYTES = 3 * PATH_BYTES + 8 };

/*
 * The absolute path of "file:///..." or "file://localhost/...". Without a NUL,
 * an empty component, "." or ".."; a slash at the end goes. RAGD_E_ARG: no
 * such URI; RAGD_E_DENIED: of another host.
 */
ragd_status uri_to_path(struct ragd_str uri, char path[PATH_BYTES]);

/* The canonical URI of an absolute path; returns its bytes. */
size_t uri_of_path(const char *path, char uri[URI_BYTES]);

#endif
