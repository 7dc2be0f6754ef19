/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Finding the collections in the stores when the engine starts. */
#ifndef RAG_RECOVER_H
#define RAG_RECOVER_H

#include "rag/engine.h"

/* Calls the engine's started when it is done. */
void recover_start(struct engine *engine);

#endif
