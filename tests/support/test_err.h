/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Assertions on the daemon's functions that fill a struct err. */
#ifndef SUPPORT_TEST_ERR_H
#define SUPPORT_TEST_ERR_H

#include "core/err.h"
#include "support/test.h"

/* rc and err say the row ERR_<name>. */
#define assert_err(rc, err, name)                            \
    do {                                                     \
        int rc_ = (rc);                                      \
        assert_int_equal((err)->id, ERR_##name);             \
        assert_int_equal(rc_, err_info(ERR_##name)->status); \
    } while (0)

#endif
