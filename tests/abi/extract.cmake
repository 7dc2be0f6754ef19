# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors

# cmake -DINPUT=file.md -DENTRY=text -DOUTPUT=file.c -P extract.cmake
# The first block of C that is whole: a line of it begins with the entry.
file(READ ${INPUT} text)
string(FIND "${text}" "\n${ENTRY}" entry)
string(SUBSTRING "${text}" 0 ${entry} before)
string(FIND "${before}" "```c\n" begin REVERSE)
if(entry EQUAL -1 OR begin EQUAL -1)
    message(FATAL_ERROR "${INPUT} has no complete example")
endif()
math(EXPR begin "${begin} + 5")
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "\n```" end)
string(SUBSTRING "${text}" 0 ${end} text)
file(WRITE ${OUTPUT} "${text}\n")
