# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors

# cmake -DINPUT=file -DOUT=dir -DNAME=name -P embed.cmake
# Writes name.c and name.h: the bytes of INPUT, their number, their SHA-256.
file(READ ${INPUT} hex HEX)
file(SHA256 ${INPUT} digest)
string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1, " bytes "${hex}")
file(WRITE ${OUT}/${NAME}.h
"#pragma once
#include <stddef.h>

extern const unsigned char ${NAME}_bytes[];
extern const size_t ${NAME}_bytes_len;
extern const char ${NAME}_sha256[65]; /* lower-case hex */
")
file(WRITE ${OUT}/${NAME}.c
"#include \"${NAME}.h\"

const unsigned char ${NAME}_bytes[] = {
${bytes}
};
const size_t ${NAME}_bytes_len = sizeof(${NAME}_bytes);
const char ${NAME}_sha256[65] = \"${digest}\";
")
