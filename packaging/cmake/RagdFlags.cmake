# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors

# Compiler and linker flags, as one interface target `ragd_flags` that every
# target of the project links. Third-party and generated code stays without it.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(ragd_flags INTERFACE)
target_compile_definitions(ragd_flags INTERFACE _GNU_SOURCE)
target_compile_options(ragd_flags INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes
    -Wmissing-prototypes -Wformat=2 -Wvla -Wundef
    -fno-common -fno-strict-aliasing
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(RAGD_WERROR)
    target_compile_options(ragd_flags INTERFACE -Werror)
endif()
if(RAGD_FAILPOINTS)
    target_compile_definitions(ragd_flags INTERFACE RAGD_FAILPOINTS=1)
endif()

# The sanitizer must be in every object, the generated ones too.
if(RAGD_SANITIZE)
    add_compile_options(-fsanitize=${RAGD_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${RAGD_SANITIZE})
endif()
if(RAGD_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(RAGD_HARDENING)
    add_compile_options(-fstack-protector-strong -fstack-clash-protection
                        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|i.86")
        add_compile_options(-fcf-protection)
    endif()
    add_link_options(-Wl,-z,relro -Wl,-z,now)
endif()
