/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* The whole plugin ABI. */
#ifndef RAGD_RAGD_H
#define RAGD_RAGD_H

#include <ragd/embedder.h>
#include <ragd/llm.h>
#include <ragd/loader.h>
#include <ragd/source.h>
#include <ragd/store.h>

#endif
