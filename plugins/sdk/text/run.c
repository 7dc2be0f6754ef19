/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/run.h"

#include <ragd/status.h>
#include <string.h>
#include <unictype.h>

#include "sdk/text/fold.h"
#include "sdk/text/utf8.h"

/* Letters and the marks between them, by block, without digits and punctuation.
 * Sorted. Compatibility forms are here too: NFKC maps them into the same run. */
static const struct {
    uint32_t first, last;
    enum text_run run;
} ranges[] = {
    {0x0E01, 0x0E3A, TEXT_RUN_THAI},       {0x0E40, 0x0E4E, TEXT_RUN_THAI},
    {0x0E81, 0x0ECE, TEXT_RUN_LAO},        {0x0EDC, 0x0EDF, TEXT_RUN_LAO},
    {0x1000, 0x103F, TEXT_RUN_MYANMAR},    {0x1050, 0x108F, TEXT_RUN_MYANMAR},
    {0x1100, 0x11FF, TEXT_RUN_HANGUL},     {0x1780, 0x17D3, TEXT_RUN_KHMER},
    {0x17DC, 0x17DD, TEXT_RUN_KHMER},      {0x2E80, 0x2FD5, TEXT_RUN_HAN},
    {0x3005, 0x3007, TEXT_RUN_HAN},        {0x3021, 0x3029, TEXT_RUN_HAN},
    {0x3038, 0x303B, TEXT_RUN_HAN},        {0x3041, 0x3096, TEXT_RUN_HIRAGANA},
    {0x309D, 0x309F, TEXT_RUN_HIRAGANA},   {0x30A1, 0x30FA, TEXT_RUN_KATAKANA},
    {0x30FC, 0x30FF, TEXT_RUN_KATAKANA},   {0x3131, 0x318E, TEXT_RUN_HANGUL},
    {0x31F0, 0x31FF, TEXT_RUN_KATAKANA},   {0x32D0, 0x32FE, TEXT_RUN_KATAKANA},
    {0x3300, 0x3357, TEXT_RUN_KATAKANA},   {0x3400, 0x4DBF, TEXT_RUN_HAN},
    {0x4E00, 0x9FFF, TEXT_RUN_HAN},        {0xA960, 0xA97C, TEXT_RUN_HANGUL},
    {0xAC00, 0xD7FB, TEXT_RUN_HANGUL},     {0xF900, 0xFAD9, TEXT_RUN_HAN},
    {0xFF66, 0xFF9D, TEXT_RUN_KATAKANA},   {0xFFA0, 0xFFDC, TEXT_RUN_HANGUL},
    {0x1B000, 0x1B11F, TEXT_RUN_HIRAGANA}, {0x20000, 0x323AF, TEXT_RUN_HAN},
};

enum { PROLONGED_SOUND_MARK = 0x30FC };

enum text_run text_run_of(uint32_t cp)
{
    size_t low = 0, high = sizeof(ranges) / sizeof(ranges[0]);
    if (cp < ranges[0].first) {
        return TEXT_RUN_NONE;
    }
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (cp > ranges[mid].last) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    bool inside = low < sizeof(ranges) / sizeof(ranges[0]) && cp >= ranges[low].first;
    return inside ? ranges[low].run : TEXT_RUN_NONE;
}

/* Letters that NFKC leaves alone and that stand on no other letter. */
static bool is_plain(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3041 && cp <= 0x3096) ||
           (cp >= 0x30A1 && cp <= 0x30FE) || (cp >= 0x3400 && cp <= 0x4DBF) ||
           (cp >= 0xAC00 && cp <= 0xD7A3) || (cp >= 0x0E01 && cp <= 0x0E30) ||
           (cp >= 0x0E40 && cp <= 0x0E46);
}

/* What joins the letter before it: marks, half-width voicing, vowel and final
 * jamo, joiners and variation selectors. */
static bool is_extending(uint32_t cp)
{
    return cp != TEXT_UTF8_BAD && cp >= 0x0300 && !is_plain(cp) &&
           ((cp >= 0x1160 && cp <= 0x11FF) || (cp >= 0xD7B0 && cp <= 0xD7FB) ||
            cp == 0xFF9E || cp == 0xFF9F || cp == 0x200C || cp == 0x200D ||
            uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_M));
}

static bool continues(uint32_t cp, enum text_run run)
{
    return text_run_of(cp) == run ||
           (run == TEXT_RUN_HIRAGANA && cp == PROLONGED_SOUND_MARK);
}

int text_run_next(const char *text, size_t n, size_t *pos, enum text_run run,
                  struct text_character *out)
{
    if (*pos >= n) {
        return 0;
    }
    uint32_t base, mark;
    size_t end = *pos + text_utf8_next(text + *pos, n - *pos, &base);
    if (base == TEXT_UTF8_BAD || !continues(base, run)) {
        return 0;
    }
    bool plain = is_plain(base);
    while (end < n) {
        size_t len = text_utf8_next(text + end, n - end, &mark);
        if (!is_extending(mark)) {
            break;
        }
        end += len;
        plain = false;
    }
    out->start = *pos;
    out->end = end;
    out->len = end - *pos;
    if (plain) {
        memcpy(out->text, text + *pos, out->len);
    } else if (text_fold_character(text + *pos, out->len, out->text, sizeof(out->text),
                                   &out->len)) {
        return RAGD_E_NOMEM;
    }
    *pos = end;
    return 1;
}
