/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* French. The analyser drops what is elided (l' d' qu' s'), so those are missing. */
#include "sdk/text/words.h"

const char text_words_fr[] =
    /* articles, determiners */
    "le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses "
    "notre nos votre vos leur leurs chaque tout toute tous toutes aucun aucune autre "
    "autres même mêmes plusieurs quelque quelques tel telle tels telles "
    /* pronouns */
    "je tu il elle on nous vous ils elles me te se lui moi toi soi eux en y celui celle "
    "ceux celles cela ça ceci dont rien personne chacun chacune t "
    /* prepositions */
    "à dans sur sous avec sans pour par chez vers entre depuis pendant avant après "
    "devant derrière contre dès jusque selon malgré parmi lors "
    /* conjunctions */
    "et ou mais donc ni car si comme lorsque puisque tandis ainsi "
    /* auxiliaries */
    "est sont était étaient sera seront serait seraient être été étant suis sommes "
    "êtes fut furent soit soient a ont ai avons avez avait avaient aura auront aurait "
    "auraient avoir ayant eu fait faire font peut peuvent pouvait pourra pouvoir doit "
    "doivent devait devra devoir va vont faut "
    /* adverbs */
    "ne pas plus moins très aussi encore déjà toujours jamais ici là alors puis ensuite "
    "enfin bien seulement surtout presque ";

const char text_words_fr_question[] =
    "qui que quoi quand où pourquoi comment combien quel quelle quels quelles lequel "
    "laquelle lesquels lesquelles quelqu'un est-ce dites svp ";
