/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Japanese. Words are not separated, so these are what the analyser makes of
 * particles, copulas and verb endings: a run of hiragana between kanji or katakana
 * gives its pairs. A pair that also makes a common noun is not listed.
 */
#include "sdk/text/words.h"

const char text_words_ja[] =
    /* compound particles */
    "から まで より など だけ しか ほど には では とは へは にも でも とも ので のに "
    "けど けれ れど とい いう って ては ても との への での らの つい いて して "
    /* copulas, polite and plain endings */
    "です でし した ます まし ませ せん だっ った てい いる いた いま てる たい ない なく "
    "なら れば たら たり れる られ せる させ する すれ しま しょ ょう よう であ ある あり "
    "りま あっ おり なり なる なっ うな うに "
    /* demonstratives, conjunctions, formal nouns */
    "この その あの これ それ あれ ここ そこ こと もの とき ため また そし "
    "れは れを れが れら とが とを とに えて おし しえ ";

const char text_words_ja_question[] =
    "何 誰 何時 何処 なに なぜ いつ どこ だれ どう どの どれ どん んな どち ちら どな "
    "すか うか たか るか のか くだ ださ さい 教え ";
