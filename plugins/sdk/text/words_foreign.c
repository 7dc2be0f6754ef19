/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Frequent words of Spanish, Portuguese, Italian, Dutch, Swedish, Danish and
 * Norwegian. They keep a text in one of these from passing for English, German or
 * French; nothing else depends on them. */
#include "sdk/text/words.h"

const char text_words_foreign[] =
    "el la los las un que y de en una por con del se su al lo es como para "
    "o os um uma do da dos das em não ao mais "
    "il di che un la e è della dei gli nel sono per non "
    "het een van dat zijn op te met voor niet ook "
    "och att det som på är för av inte till jag og af til ikke jeg med a ";
