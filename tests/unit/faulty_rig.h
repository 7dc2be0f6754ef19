/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The loader that goes wrong as it is told (tests/plugin/puppets/faulty.c), in
 * processes of its own. What must not happen fails the test. */
#ifndef UNIT_FAULTY_RIG_H
#define UNIT_FAULTY_RIG_H

#include <sys/types.h>

#include "plugin/call_load.h"
#include "plugin_rig.h"

/* Where it is. */
const char *faulty_dir(void);
/* Opens the rig with it, and its instance. */
struct instance *faulty_open(struct rig *rig, const char *yaml);

/* A load of a text, which is what it does; started; and to its end. */
struct call_load faulty_load_of(struct instance *loader, const char *text);
void faulty_start(struct call_load *req, struct instance *loader, const char *text);
/* The text of the one document, or "" with err. Until the next call. */
const char *faulty_load(struct instance *loader, const char *text, struct err *err);
/* The process that reads "pid" or "slow". */
pid_t faulty_process(struct instance *loader, const char *text);

void faulty_assert_well(struct instance *loader);
/* Fails with this id and these words, and the next one is well. */
void faulty_assert_fails(struct instance *loader, const char *text, enum err_id id,
                         const char *why);

/* Until what was begun is done: a process that ends is waited for elsewhere. */
void rig_settle(void);
unsigned rig_descriptors(void);
/* A child that has died and was not waited for. */
bool rig_has_zombie(void);

#endif
