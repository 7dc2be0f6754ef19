/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009)
 * with Lucene's idf, which is never negative, and Anserini's k1 and b. Lengths
 * are exact, not quantised as Lucene's are.
 */
#ifndef STORE_BM25_H
#define STORE_BM25_H

#include <math.h>
#include <stdint.h>

#define BM25_K1 0.9
#define BM25_B 0.4

/* n records in all, df of them hold the word. */
static inline double bm25_idf(uint64_t n, uint64_t df)
{
    return log(1.0 + ((double)n - (double)df + 0.5) / ((double)df + 0.5));
}

/* The share of one word in a record's score. tf: how often the record holds it;
 * len: words of the record; mean: words of an average record, > 0. */
static inline double bm25_score(double idf, uint64_t tf, uint64_t len, double mean)
{
    double t = (double)tf;
    double norm = BM25_K1 * (1.0 - BM25_B + BM25_B * (double)len / mean);
    return idf * t * (BM25_K1 + 1.0) / (t + norm);
}

#endif
