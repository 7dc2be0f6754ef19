/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What search and ask share: options, hits as JSON and as text. */
#ifndef CLI_RETRIEVE_H
#define CLI_RETRIEVE_H

#include "cli.h"

#include "ragd/v1/query.pb-c.h"

struct retrieve {
    uint64_t k; /* 0 = the daemon's default */
    const char *mode;
};

extern struct retrieve RETRIEVE;
extern const struct option RETRIEVE_OPTIONS[]; /* -k, --mode, the filter's */

/* The mode that was asked for; auto when none was. */
Ragd__V1__SearchMode retrieve_mode(void);
/* Checks k; 0 or the exit code. */
int retrieve_check(const struct cli *cli);

/* All words of the command line as one text. */
const char *retrieve_question(const struct cli *cli);

/* NAN when the hit has no such score. */
double hit_score(const Ragd__V1__Hit *hit, Ragd__V1__ScoreKind kind);
/* The members of a hit's object, all but its number. */
void hit_show(struct emit *emit, const Ragd__V1__Hit *hit);
/* The score that orders the hits of a mode, and its name. */
Ragd__V1__ScoreKind mode_score(Ragd__V1__SearchMode mode);
const char *mode_score_title(Ragd__V1__SearchMode mode);
const char *mode_score_text(const Ragd__V1__Hit *hit, Ragd__V1__SearchMode mode);

/* A title for people: the document's, the metadata's, or the source's last part. */
const char *hit_title(const struct cli *cli, const Ragd__V1__Hit *hit);

#endif
