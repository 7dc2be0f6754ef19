/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* English. Forms in 's are missing: the analyser drops the 's before it looks.
 * The list is of grammar only; rare or topical words stay, whatever they cost. */
#include "sdk/text/words.h"

const char text_words_en[] =
    /* articles, determiners */
    "a an the this that these those each every either neither some any all both "
    "such no another other others own same several few more most much less least "
    /* pronouns */
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves "
    "he him his himself she her hers herself it its itself they them their theirs "
    "themselves one ones someone somebody something anyone anybody anything everyone "
    "everybody everything nobody nothing none "
    /* prepositions */
    "about above across after against along among amongst around as at before behind "
    "below beneath beside besides between beyond by despite down during for from in "
    "inside into near of off on onto out outside over per since through throughout "
    "to toward towards under until up upon via with within without "
    /* conjunctions */
    "and but or nor so yet if unless because although though while whereas than "
    "whether else once "
    /* auxiliaries */
    "am is are was were be been being do does did doing done have has had having "
    "can could may might must shall should will would ought cannot "
    "don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't can't "
    "couldn't mustn't shouldn't shan't won't wouldn't mightn't needn't ain't "
    "i'm i've i'd i'll you're you've you'd you'll he'd he'll she'd she'll it'd it'll "
    "we're we've we'd we'll they're they've they'd they'll that'll there'd there'll "
    /* adverbs */
    "not only very too also just then there here now again ever never always often "
    "already still even rather quite almost however therefore thus hence perhaps "
    "maybe otherwise further furthermore moreover instead etc ";

const char text_words_en_question[] =
    "what which who whom whose when where why how whatever whichever whoever whenever "
    "wherever many please tell ";
