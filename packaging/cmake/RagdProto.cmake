# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors

# ragd_proto(NAME <target> ROOT <dir> FILES <file>... [DESCRIPTORS <prefix>])
#
# Generates protobuf-c code for FILES (paths below ROOT, as they are imported)
# into a static library. DESCRIPTORS also embeds the FileDescriptorSet with all
# imports, for reflection: <prefix>.h declares <prefix>_bytes[],
# <prefix>_bytes_len and <prefix>_sha256. Without FILES the target is empty.
function(ragd_proto)
    cmake_parse_arguments(P "" "NAME;ROOT;DESCRIPTORS" "FILES" ${ARGN})
    if(NOT P_FILES)
        add_library(${P_NAME} INTERFACE)
        return()
    endif()
    set(out ${CMAKE_BINARY_DIR}/generated/${P_NAME})
    file(MAKE_DIRECTORY ${out})
    list(TRANSFORM P_FILES PREPEND ${P_ROOT}/ OUTPUT_VARIABLE inputs)
    set(sources "")
    foreach(file IN LISTS P_FILES)
        string(REGEX REPLACE "\\.proto$" ".pb-c" stem ${file})
        add_custom_command(
            OUTPUT ${out}/${stem}.c ${out}/${stem}.h
            COMMAND ${PROTOC_C} --c_out=${out} --proto_path=${P_ROOT} ${file}
            DEPENDS ${inputs}
            COMMENT "protobuf-c ${file}"
            VERBATIM)
        list(APPEND sources ${out}/${stem}.c)
    endforeach()
    if(P_DESCRIPTORS)
        set(set_file ${out}/${P_DESCRIPTORS}.desc)
        add_custom_command(
            OUTPUT ${set_file}
            COMMAND ${PROTOC} --descriptor_set_out=${set_file} --include_imports
                    --proto_path=${P_ROOT} ${P_FILES}
            DEPENDS ${inputs} VERBATIM)
        add_custom_command(
            OUTPUT ${out}/${P_DESCRIPTORS}.c ${out}/${P_DESCRIPTORS}.h
            COMMAND ${CMAKE_COMMAND} -DINPUT=${set_file} -DOUT=${out}
                    -DNAME=${P_DESCRIPTORS}
                    -P ${CMAKE_SOURCE_DIR}/packaging/cmake/embed.cmake
            DEPENDS ${set_file} ${CMAKE_SOURCE_DIR}/packaging/cmake/embed.cmake VERBATIM)
        list(APPEND sources ${out}/${P_DESCRIPTORS}.c)
    endif()
    add_library(${P_NAME} STATIC ${sources})
    target_include_directories(${P_NAME} SYSTEM PUBLIC ${out})
    target_link_libraries(${P_NAME} PUBLIC dep::protobuf_c)
endfunction()
