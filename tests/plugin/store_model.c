/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "store_model.h"

#include <math.h>

#include "sdk/text/question.h"

void model_init(struct model *m, uint32_t metric)
{
    memset(m, 0, sizeof(*m));
    m->next_seq = 1;
    m->metric = metric;
    m->analyser = text_analyser_create();
    assert_non_null(m->analyser);
}

void model_release(struct model *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->records[i]);
    }
    text_analyser_destroy(m->analyser);
}

static size_t index_of(const struct model *m, const char *id)
{
    size_t i = 0;
    while (i < m->n && strcmp(m->records[i]->id, id) != 0) {
        i++;
    }
    return i;
}

struct model_record *model_find(struct model *m, const char *id)
{
    size_t i = index_of(m, id);
    return i < m->n ? m->records[i] : NULL;
}

void model_upsert(struct model *m, struct model_record *rec)
{
    size_t i = index_of(m, rec->id);
    if (i < m->n) {
        rec->seq = m->records[i]->seq;
        free(m->records[i]);
    } else {
        assert_true(m->n < MODEL_RECORDS_MAX);
        rec->seq = m->next_seq++;
        m->n++;
    }
    m->records[i] = rec;
}

void model_remove(struct model *m, const char *id)
{
    size_t i = index_of(m, id);
    if (i < m->n) {
        free(m->records[i]);
        m->n--;
        memmove(m->records + i, m->records + i + 1, (m->n - i) * sizeof(*m->records));
    }
}

/* ---- filters -------------------------------------------------------------------- */

/* An int and a real compare as long doubles, which hold both exactly. */
_Static_assert(__LDBL_MANT_DIG__ >= 64, "the model needs a wider long double");

static bool is_number(const struct ragd_value *v)
{
    return v->type == RAGD_V_INT || v->type == RAGD_V_REAL;
}

static long double number_of(const struct ragd_value *v)
{
    return v->type == RAGD_V_INT ? (long double)v->u.i : (long double)v->u.d;
}

static int compare_bytes(struct ragd_str a, struct ragd_str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        if (a.p[i] != b.p[i]) {
            return (unsigned char)a.p[i] < (unsigned char)b.p[i] ? -1 : 1;
        }
    }
    return a.n < b.n ? -1 : a.n > b.n;
}

static bool same(const struct ragd_value *a, const struct ragd_value *b)
{
    if (is_number(a) && is_number(b)) {
        return number_of(a) == number_of(b);
    }
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case RAGD_V_STR: return compare_bytes(a->u.s, b->u.s) == 0;
    case RAGD_V_BOOL: return a->u.i == b->u.i;
    default: return a->type == RAGD_V_NULL;
    }
}

static bool holds(struct ragd_str text, struct ragd_str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++) {
        if (part.n == 0 || memcmp(text.p + i, part.p, part.n) == 0) {
            return true;
        }
    }
    return false;
}

static bool one_of(const struct ragd_value *v, const struct ragd_value *list)
{
    bool any = false;
    for (size_t i = 0; i < list->u.list.n; i++) {
        any = any || same(v, &list->u.list.p[i]);
    }
    return any;
}

static bool positive(uint32_t op, const struct ragd_value *v, const struct ragd_value *to,
                     bool in_list)
{
    switch (op) {
    case RAGD_F_EQ: return same(v, to);
    case RAGD_F_IN: return one_of(v, to);
    default: break;
    }
    if (v->type == RAGD_V_STR) {
        return to->type == RAGD_V_STR && holds(v->u.s, to->u.s);
    }
    return in_list && same(v, to);
}

static bool any_of(uint32_t op, const struct ragd_value *v, const struct ragd_value *to)
{
    if (v->type != RAGD_V_LIST) {
        return positive(op, v, to, false);
    }
    bool any = false;
    for (size_t i = 0; i < v->u.list.n; i++) {
        any = any || positive(op, &v->u.list.p[i], to, true);
    }
    return any;
}

static bool ordered(uint32_t op, const struct ragd_value *v, const struct ragd_value *to)
{
    int order;
    if (is_number(v) && is_number(to)) {
        order = number_of(v) < number_of(to) ? -1 : number_of(v) > number_of(to);
    } else if (v->type == RAGD_V_STR && to->type == RAGD_V_STR) {
        order = compare_bytes(v->u.s, to->u.s);
    } else {
        return false;
    }
    return op == RAGD_F_LT   ? order < 0
           : op == RAGD_F_LE ? order <= 0
           : op == RAGD_F_GT ? order > 0
                             : order >= 0;
}

static const struct ragd_value *field(const struct model_record *rec, struct ragd_str name)
{
    for (size_t i = 0; i < rec->n_meta; i++) {
        if (compare_bytes(rec->meta[i].key, name) == 0) {
            return &rec->meta[i].val;
        }
    }
    return NULL;
}

static bool leaf(const struct ragd_filter_node *n, const struct model_record *rec)
{
    static const uint32_t opposite[] = {[RAGD_F_NE] = RAGD_F_EQ,
                                        [RAGD_F_NIN] = RAGD_F_IN,
                                        [RAGD_F_NOT_CONTAINS] = RAGD_F_CONTAINS};
    if (n->op == RAGD_F_NE || n->op == RAGD_F_NIN || n->op == RAGD_F_NOT_CONTAINS) {
        struct ragd_filter_node other = *n;
        other.op = opposite[n->op];
        return !leaf(&other, rec);
    }
    if (n->field.n == 0) {
        return holds(ragd_cs(rec->text), n->val.u.s);
    }
    const struct ragd_value *v = field(rec, n->field);
    if (!v || n->op == RAGD_F_EXISTS) {
        return v != NULL;
    }
    if (n->op == RAGD_F_PREFIX) {
        return v->type == RAGD_V_STR && v->u.s.n >= n->val.u.s.n &&
               memcmp(v->u.s.p, n->val.u.s.p, n->val.u.s.n) == 0;
    }
    bool order = n->op >= RAGD_F_LT && n->op <= RAGD_F_GE;
    return order ? ordered(n->op, v, &n->val) : any_of(n->op, v, &n->val);
}

static bool expression(const struct ragd_filter_node **at, const struct model_record *rec)
{
    const struct ragd_filter_node *n = (*at)++;
    unsigned held = 0;
    for (uint32_t i = 0; i < n->n_args; i++) {
        held += expression(at, rec);
    }
    switch (n->op) {
    case RAGD_F_AND: return held == n->n_args;
    case RAGD_F_OR: return held > 0;
    case RAGD_F_NOT: return held == 0;
    default: return leaf(n, rec);
    }
}

bool model_matches(const struct ragd_filter *filter, const struct model_record *rec)
{
    const struct ragd_filter_node *at = filter->nodes;
    return filter->n == 0 || expression(&at, rec);
}

/* ---- queries -------------------------------------------------------------------- */

static double distance(const struct model *m, const double *q, const float *v)
{
    long double dot = 0, qq = 0, vv = 0, l2 = 0;
    for (int i = 0; i < TEST_DIM; i++) {
        dot += (long double)q[i] * v[i];
        qq += (long double)q[i] * q[i];
        vv += (long double)v[i] * v[i];
        l2 += ((long double)q[i] - v[i]) * ((long double)q[i] - v[i]);
    }
    switch (m->metric) {
    case RAGD_METRIC_L2: return (double)l2;
    case RAGD_METRIC_IP: return (double)(1 - dot);
    default: return qq > 0 && vv > 0 ? (double)(1 - dot / sqrtl(qq * vv)) : 1.0;
    }
}

static int near_first(const void *a, const void *b)
{
    const struct model_hit *x = a, *y = b;
    if (x->value != y->value) {
        return x->value < y->value ? -1 : 1;
    }
    return x->rec->seq < y->rec->seq ? -1 : 1;
}

static int high_first(const void *a, const void *b)
{
    const struct model_hit *x = a, *y = b;
    if (x->value != y->value) {
        return x->value > y->value ? -1 : 1;
    }
    return x->rec->seq < y->rec->seq ? -1 : 1;
}

size_t model_vector(const struct model *m, const double *q,
                    const struct ragd_filter *filter, struct model_hit *out)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (m->records[i]->has_vec && model_matches(filter, m->records[i])) {
            out[n++] = (struct model_hit){distance(m, q, m->records[i]->vec),
                                          m->records[i]};
        }
    }
    qsort(out, n, sizeof(*out), near_first);
    return n;
}

struct occurrences {
    struct ragd_str word;
    double tf, len;
};

static int count_word(void *user, const struct text_token *token)
{
    struct occurrences *o = user;
    o->len++;
    o->tf += token->len == o->word.n && memcmp(token->text, o->word.p, token->len) == 0;
    return 0;
}

static struct occurrences occurrences_of(const struct model *m, const char *text,
                                         struct ragd_str word)
{
    struct occurrences o = {.word = word};
    assert_int_equal(
        text_analyse(m->analyser, TEXT_LANG_AUTO, ragd_cs(text), count_word, &o), 0);
    return o;
}

/* Adds what one word gives to the score of each record. */
static void add_word(const struct model *m, struct ragd_str word, double *scores)
{
    double df = 0, all = 0;
    struct occurrences *o = calloc(m->n + 1, sizeof(*o));
    for (size_t i = 0; i < m->n; i++) {
        o[i] = occurrences_of(m, m->records[i]->text, word);
        df += o[i].tf > 0;
        all += o[i].len;
    }
    for (size_t i = 0; i < m->n; i++) {
        double k = 0.9 * (1 - 0.4 + 0.4 * o[i].len / (all / (double)m->n));
        double idf = log(1 + ((double)m->n - df + 0.5) / (df + 0.5));
        if (o[i].tf > 0) {
            scores[i] += idf * o[i].tf * 1.9 / (o[i].tf + k);
        }
    }
    free(o);
}

size_t model_keyword(const struct model *m, const char *text,
                     const struct ragd_filter *filter, struct model_hit *out)
{
    struct text_question q;
    double *scores = calloc(m->n + 1, sizeof(*scores));
    size_t n = 0;
    assert_int_equal(text_question_init(&q, m->analyser, TEXT_LANG_AUTO, ragd_cs(text)), 0);
    for (size_t i = 0; i < q.n_terms; i++) {
        add_word(m, (struct ragd_str){q.terms[i].text, q.terms[i].len}, scores);
    }
    for (size_t i = 0; i < m->n; i++) {
        if (scores[i] > 0 && model_matches(filter, m->records[i])) {
            out[n++] = (struct model_hit){scores[i], m->records[i]};
        }
    }
    qsort(out, n, sizeof(*out), high_first);
    text_question_release(&q);
    free(scores);
    return n;
}

/* ---- chance --------------------------------------------------------------------- */

uint64_t draw_below(struct draw *d, uint64_t n)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return (d->state >> 11) % n;
}

static const char *const STRINGS[] = {"", "a", "ab", "abc", "b", "\xc3\xa9", "10", "2"};
static const int64_t INTS[] = {0, 1, 2, -1, 10, INT64_MAX, INT64_MIN, (1ll << 53) + 1};
static const double REALS[] = {
    0.0, 1.0, 1.5, -1.0, 2.5, 9223372036854775808.0, 1e300, 9007199254740992.0};

static struct ragd_value draw_scalar(struct draw *d, uint32_t type)
{
    struct ragd_value v = {.type = type};
    switch (type) {
    case RAGD_V_BOOL: v.u.i = (int64_t)draw_below(d, 2); break;
    case RAGD_V_INT: v.u.i = INTS[draw_below(d, 8)]; break;
    case RAGD_V_REAL: v.u.d = REALS[draw_below(d, 8)]; break;
    case RAGD_V_STR: v.u.s = ragd_cs(STRINGS[draw_below(d, 8)]); break;
    default: break;
    }
    return v;
}

static struct ragd_value draw_list(struct draw *d, struct ragd_value *items)
{
    size_t n = draw_below(d, 4);
    uint32_t type = 1 + (uint32_t)draw_below(d, 4);
    for (size_t i = 0; i < n; i++) {
        items[i] = draw_scalar(d, type);
    }
    return (struct ragd_value){.type = RAGD_V_LIST, .u.list = {items, n}};
}

struct drawing {
    struct draw *d;
    struct ragd_filter_node *nodes;
    size_t n;
    struct ragd_value *values;
    size_t n_values;
};

static void draw_leaf(struct drawing *w, struct ragd_filter_node *n)
{
    static const char *const FIELDS[] = {"a", "b", "c", "l", "missing"};
    n->op = RAGD_F_EQ + (uint32_t)draw_below(w->d, RAGD_F_PREFIX - RAGD_F_EQ + 1);
    n->field = ragd_cs(FIELDS[draw_below(w->d, 5)]);
    bool contains = n->op == RAGD_F_CONTAINS || n->op == RAGD_F_NOT_CONTAINS;
    if (contains && draw_below(w->d, 2)) {
        n->field = ragd_cs("");
        n->val = draw_scalar(w->d, RAGD_V_STR);
    } else if (n->op == RAGD_F_IN || n->op == RAGD_F_NIN) {
        n->val = draw_list(w->d, w->values + w->n_values);
        w->n_values += 4;
    } else if (n->op == RAGD_F_PREFIX) {
        n->val = draw_scalar(w->d, RAGD_V_STR);
    } else {
        n->val = draw_scalar(w->d, (uint32_t)draw_below(w->d, 5));
    }
}

static void draw_expression(struct drawing *w, unsigned depth)
{
    struct ragd_filter_node *n = &w->nodes[w->n++];
    *n = (struct ragd_filter_node){0};
    if (depth == 0 || draw_below(w->d, 2)) {
        draw_leaf(w, n);
        return;
    }
    n->op = RAGD_F_AND + (uint32_t)draw_below(w->d, 3);
    n->n_args = n->op == RAGD_F_NOT ? 1 : 1 + (uint32_t)draw_below(w->d, 3);
    for (uint32_t i = 0; i < n->n_args; i++) {
        draw_expression(w, depth - 1);
    }
}

size_t draw_filter(struct draw *d, struct ragd_filter_node *nodes,
                   struct ragd_value *values)
{
    /* Depth 3 with at most 3 arguments has at most 40 nodes. */
    struct drawing w = {d, nodes, 0, values, 0};
    draw_expression(&w, 3);
    return w.n;
}

size_t draw_meta(struct draw *d, struct ragd_kv *meta)
{
    static const struct ragd_value LISTS[2][2] = {
        {{.type = RAGD_V_INT, .u.i = 1}, {.type = RAGD_V_INT, .u.i = 10}},
        {{.type = RAGD_V_STR, .u.s = {"ab", 2}}, {.type = RAGD_V_STR, .u.s = {"b", 1}}}};
    static const char *const KEYS[] = {"a", "b", "c"};
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        if (draw_below(d, 4)) {
            meta[n].key = ragd_cs(KEYS[i]);
            meta[n++].val = draw_scalar(d, (uint32_t)draw_below(d, 5));
        }
    }
    if (draw_below(d, 2)) {
        meta[n].key = ragd_cs("l");
        meta[n++].val =
            (struct ragd_value){.type = RAGD_V_LIST,
                                .u.list = {LISTS[draw_below(d, 2)], draw_below(d, 3)}};
    }
    return n;
}
