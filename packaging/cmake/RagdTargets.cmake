# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors

# Helpers that keep the CMakeLists.txt of a folder a list of its files.

# ragd_module(NAME <layer> SOURCES <file>... [LIBS <target>...])
#
# A folder of the daemon as the static library ragd_<layer>. It sees and links
# the layers that layers.txt allows, the SDK's headers, and LIBS beside them.
function(ragd_module)
    cmake_parse_arguments(M "" "NAME" "SOURCES;LIBS" ${ARGN})
    set(target ragd_${M_NAME})
    set(below ${RAGD_SEES_${M_NAME}})
    list(TRANSFORM below PREPEND ragd_ OUTPUT_VARIABLE links)
    if(NOT M_SOURCES)
        add_library(${target} INTERFACE)
        target_link_libraries(${target} INTERFACE ragd_sdk ${links} ${M_LIBS})
        return()
    endif()
    add_library(${target} STATIC ${M_SOURCES})
    ragd_sees(${target} ${M_NAME} ${below})
    target_link_libraries(${target} PRIVATE ragd_flags
                          PUBLIC ragd_sdk ${links} ${M_LIBS})
endfunction()

# ragd_sees(TARGET <layer>...): the include roots of these layers.
function(ragd_sees target)
    foreach(layer IN LISTS ARGN)
        target_include_directories(${target} PRIVATE ${RAGD_ROOTS}/${layer})
    endforeach()
endfunction()

# ragd_plugin(NAME <kind>_<name> SOURCES <file>... [LIBS <target>...])
#
# A plugin: one shared object that exports its entry and nothing else. Its
# objects are also the library <name>_parts, so that tests reach the inside.
function(ragd_plugin)
    cmake_parse_arguments(P "" "NAME" "SOURCES;LIBS" ${ARGN})
    if(NOT P_SOURCES)
        return()
    endif()
    add_library(${P_NAME}_parts OBJECT ${P_SOURCES})
    target_link_libraries(${P_NAME}_parts PRIVATE ragd_flags PUBLIC ragd_sdk ${P_LIBS})
    ragd_root(${P_NAME} ${P_NAME} ${CMAKE_CURRENT_SOURCE_DIR})

    add_library(${P_NAME} MODULE $<TARGET_OBJECTS:${P_NAME}_parts>)
    target_link_libraries(${P_NAME} PRIVATE ragd_flags ragd_sdk ${P_LIBS})
    target_link_options(${P_NAME} PRIVATE ${RAGD_PLUGIN_LINK_OPTIONS})
    set_target_properties(${P_NAME} PROPERTIES
        PREFIX "" LINKER_LANGUAGE C LIBRARY_OUTPUT_DIRECTORY ${RAGD_PLUGINS_OUT})
    install(TARGETS ${P_NAME} LIBRARY DESTINATION ${RAGD_PLUGINSDIR}
            PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    set_property(GLOBAL APPEND PROPERTY RAGD_PLUGINS ${P_NAME})
endfunction()

set(RAGD_PLUGIN_LINK_OPTIONS -Wl,-Bsymbolic -Wl,-z,now -Wl,-z,relro -Wl,--exclude-libs,ALL)
# clang leaves the sanitizer's symbols to the executable, so they stay undefined.
if(NOT (RAGD_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES Clang))
    list(APPEND RAGD_PLUGIN_LINK_OPTIONS -Wl,-z,defs)
endif()

# ragd_program(<target> SOURCES <file>... [DEPENDS <layer>...] [LIBS <target>...]
#              [PLUGIN <plugin>])
#
# A program of the tests. DEPENDS: layers of the daemon it links, with all that
# they may see; PLUGIN: the plugin whose parts it links.
function(ragd_program target)
    cmake_parse_arguments(T "" "PLUGIN" "SOURCES;DEPENDS;LIBS" ${ARGN})
    add_executable(${target} ${T_SOURCES})
    set(layers ${T_DEPENDS})
    foreach(layer IN LISTS T_DEPENDS)
        list(APPEND layers ${RAGD_SEES_${layer}})
        target_link_libraries(${target} PRIVATE ragd_${layer})
    endforeach()
    if(T_PLUGIN)
        target_include_directories(${target} PRIVATE ${RAGD_ROOTS}/${T_PLUGIN})
        target_link_libraries(${target} PRIVATE ${T_PLUGIN}_parts)
    endif()
    list(REMOVE_DUPLICATES layers)
    ragd_sees(${target} ${layers})
    target_link_libraries(${target} PRIVATE ragd_flags ragd_sdk ${T_LIBS})
    set_target_properties(${target} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endfunction()

# ragd_test(NAME <name> [SOURCES <file>...] [LABEL <label>] and as ragd_program)
#
# A cmocka program, tests/<label>/test_<name>.c unless SOURCES says otherwise,
# registered as <label>.<name>.
function(ragd_test)
    cmake_parse_arguments(T "" "NAME;LABEL" "SOURCES" ${ARGN})
    if(NOT T_LABEL)
        get_filename_component(T_LABEL ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    endif()
    if(NOT T_SOURCES)
        set(T_SOURCES test_${T_NAME}.c)
    endif()
    set(target ${T_LABEL}_${T_NAME})
    ragd_program(${target} SOURCES ${T_SOURCES} ${T_UNPARSED_ARGUMENTS})
    target_link_libraries(${target} PRIVATE ragd_test_support dep::cmocka)
    add_test(NAME ${T_LABEL}.${T_NAME} COMMAND ${target}
             WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    set_tests_properties(${T_LABEL}.${T_NAME} PROPERTIES
        LABELS ${T_LABEL} TIMEOUT 300
        ENVIRONMENT "RAGD_TEST_PLUGINS=${RAGD_PLUGINS_OUT};RAGD_PLUGIN_HOST=${CMAKE_BINARY_DIR}/${RAGD_HOSTDIR}/ragd-plugin-host;UBSAN_OPTIONS=print_stacktrace=1;ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1;TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
endfunction()

# ragd_tests(TESTS <name>... [other arguments of ragd_test])
function(ragd_tests)
    cmake_parse_arguments(T "" "" "TESTS" ${ARGN})
    foreach(name IN LISTS T_TESTS)
        ragd_test(NAME ${name} ${T_UNPARSED_ARGUMENTS})
    endforeach()
endfunction()
