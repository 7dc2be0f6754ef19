/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/loader/charset_names.h"

#include <iconv.h>
#include <pthread.h>
#include <strings.h>

/* All that a guess may say, and what files are labelled with. */
static const char *const names[] = {
    "UTF-8",        "UTF8",         "UTF-7",        "UTF-16",         "UTF-16LE",
    "UTF-16BE",     "UTF-32",       "UTF-32LE",     "UTF-32BE",       "UCS-2",
    "UCS-4",        "ASCII",        "US-ASCII",     "ANSI_X3.4-1968", "LATIN1",
    "LATIN2",       "LATIN9",       "L1",           "ISO-8859-1",     "ISO-8859-2",
    "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",     "ISO-8859-7",
    "ISO-8859-8",   "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-11",    "ISO-8859-13",
    "ISO-8859-14",  "ISO-8859-15",  "ISO-8859-16",  "ISO8859-1",      "ISO8859-2",
    "ISO8859-15",   "ISO_8859-1",   "ISO_8859-2",   "ISO_8859-15",    "WINDOWS-1250",
    "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254",   "WINDOWS-1255",
    "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "CP1250",         "CP1251",
    "CP1252",       "CP1253",       "CP1254",       "CP1255",         "CP1256",
    "CP1257",       "CP1258",       "CP437",        "CP737",          "CP775",
    "CP850",        "CP852",        "CP855",        "CP857",          "CP860",
    "CP861",        "CP862",        "CP863",        "CP864",          "CP865",
    "CP866",        "CP869",        "CP874",        "IBM437",         "IBM850",
    "IBM852",       "IBM855",       "IBM862",       "IBM865",         "IBM866",
    "IBM037",       "IBM500",       "IBM1047",      "KOI8-R",         "KOI8-U",
    "KOI8-T",       "MACINTOSH",    "MAC",          "MAC-CYRILLIC",   "MAC-CENTRALEUROPE",
    "TIS-620",      "VISCII",       "ARMSCII-8",    "GEORGIAN-PS",    "GEORGIAN-ACADEMY",
    "BIG5",         "BIG5-HKSCS",   "CP950",        "GB2312",         "GBK",
    "CP936",        "GB18030",      "EUC-CN",       "EUC-TW",         "ISO-2022-CN",
    "EUC-JP",       "SHIFT_JIS",    "SHIFT-JIS",    "SJIS",           "CP932",
    "MS_KANJI",     "ISO-2022-JP",  "EUC-KR",       "CP949",          "UHC",
    "JOHAB",        "ISO-2022-KR",
};

enum { NAMES_N = sizeof(names) / sizeof(names[0]) };

/* Never closed: iconv forgets a charset that nobody has open. */
static iconv_t held[NAMES_N];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_all(void)
{
    for (int i = 0; i < NAMES_N; i++) {
        held[i] = iconv_open("UTF-8", names[i]);
    }
}

void charset_prepare(void)
{
    pthread_once(&once, open_all);
}

bool charset_known(const char *name)
{
    charset_prepare();
    for (int i = 0; i < NAMES_N; i++) {
        if (strcasecmp(names[i], name) == 0) {
            return held[i] != (iconv_t)-1;
        }
    }
    return false;
}
