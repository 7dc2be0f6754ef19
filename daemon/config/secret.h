/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Secrets are named in the configuration, never written into it:
 *   cred:NAME    a credential that systemd hands over ($CREDENTIALS_DIRECTORY)
 *   file:/path   a file that only its owner may read
 *   env:NAME     an environment variable
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"

/* Whether s has one of the three forms. */
bool secret_is_reference(struct ragd_str s);
/* Reads it, without the line end. Never logs it. Blocking. */
int secret_read(struct ragd_str reference, struct buf *out, struct err *err);

#endif
