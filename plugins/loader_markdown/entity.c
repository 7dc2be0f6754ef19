/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "entity.h"

#include <string.h>

/* Those that people write by hand; the rest stays as it is written. */
static const struct {
    const char *name;
    uint32_t cp;
} names[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},        {"quot", '"'},
    {"apos", '\''},    {"nbsp", 0xa0},    {"copy", 0xa9},     {"reg", 0xae},
    {"trade", 0x2122}, {"deg", 0xb0},     {"micro", 0xb5},    {"para", 0xb6},
    {"sect", 0xa7},    {"middot", 0xb7},  {"times", 0xd7},    {"divide", 0xf7},
    {"plusmn", 0xb1},  {"frac12", 0xbd},  {"frac14", 0xbc},   {"sup2", 0xb2},
    {"sup3", 0xb3},    {"laquo", 0xab},   {"raquo", 0xbb},    {"lsquo", 0x2018},
    {"rsquo", 0x2019}, {"ldquo", 0x201c}, {"rdquo", 0x201d},  {"bdquo", 0x201e},
    {"ndash", 0x2013}, {"mdash", 0x2014}, {"hellip", 0x2026}, {"bull", 0x2022},
    {"euro", 0x20ac},  {"pound", 0xa3},   {"yen", 0xa5},      {"cent", 0xa2},
    {"larr", 0x2190},  {"rarr", 0x2192},  {"uarr", 0x2191},   {"darr", 0x2193},
    {"le", 0x2264},    {"ge", 0x2265},    {"ne", 0x2260},     {"asymp", 0x2248},
    {"infin", 0x221e}, {"minus", 0x2212}, {"shy", 0xad},      {"auml", 0xe4},
    {"ouml", 0xf6},    {"uuml", 0xfc},    {"Auml", 0xc4},     {"Ouml", 0xd6},
    {"Uuml", 0xdc},    {"szlig", 0xdf},   {"eacute", 0xe9},   {"egrave", 0xe8},
    {"agrave", 0xe0},  {"ccedil", 0xe7},  {"ntilde", 0xf1},   {"iquest", 0xbf},
    {"alpha", 0x3b1},  {"beta", 0x3b2},   {"gamma", 0x3b3},   {"delta", 0x3b4},
    {"lambda", 0x3bb}, {"mu", 0x3bc},     {"pi", 0x3c0},      {"sigma", 0x3c3},
};

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

/* "#1234" or "#x12ab". */
static uint32_t decode_number(const char *p, size_t n)
{
    int hex = n > 1 && (p[1] == 'x' || p[1] == 'X');
    uint32_t base = hex ? 16 : 10, cp = 0;
    size_t i = hex ? 2 : 1;
    if (i == n) {
        return 0;
    }
    for (; i < n; i++) {
        uint32_t d = (uint32_t)digit(p[i]);
        if (d >= base || cp > 0x10ffff) {
            return 0;
        }
        cp = cp * base + d;
    }
    int scalar = cp > 0 && cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
    return scalar ? cp : 0xfffd;
}

uint32_t entity_decode(const char *p, size_t n)
{
    if (n < 3 || p[0] != '&' || p[n - 1] != ';') {
        return 0;
    }
    p++;
    n -= 2;
    if (p[0] == '#') {
        return decode_number(p, n);
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i].name) == n && memcmp(names[i].name, p, n) == 0) {
            return names[i].cp;
        }
    }
    return 0;
}
