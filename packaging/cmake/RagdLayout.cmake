# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors

# Include roots. Each folder that others may include gets a root of its own,
# ${RAGD_ROOTS}/<folder>, which holds one symbolic link named like the folder.
# A target sees "core/err.h" only when it was given the root of core, so an
# include against the arrows does not compile.

set(RAGD_ROOTS ${CMAKE_BINARY_DIR}/include)
set(RAGD_PLUGINS_OUT ${CMAKE_BINARY_DIR}/plugins)
set(RAGD_PLUGINSDIR ${CMAKE_INSTALL_LIBDIR}/ragd/plugins)
set(RAGD_HOSTDIR ${CMAKE_INSTALL_LIBEXECDIR}/ragd)

# ragd_root(NAME LINK DIRECTORY): the root NAME, with LINK -> DIRECTORY in it.
function(ragd_root name link directory)
    get_filename_component(parent ${RAGD_ROOTS}/${name}/${link} DIRECTORY)
    file(MAKE_DIRECTORY ${parent})
    file(CREATE_LINK ${directory} ${RAGD_ROOTS}/${name}/${link} SYMBOLIC)
endfunction()

# RAGD_SEES_<layer> from the table.
file(STRINGS ${CMAKE_SOURCE_DIR}/packaging/cmake/layers.txt lines REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${CMAKE_SOURCE_DIR}/packaging/cmake/layers.txt)
foreach(line IN LISTS lines)
    string(REGEX MATCH "^([a-z]+) *: *(.*)$" matched "${line}")
    set(layer ${CMAKE_MATCH_1})
    string(REPLACE " " ";" RAGD_SEES_${layer} "${CMAKE_MATCH_2}")
    list(APPEND RAGD_LAYERS ${layer})
    if(NOT layer STREQUAL server)
        ragd_root(${layer} ${layer} ${CMAKE_SOURCE_DIR}/daemon/${layer})
    endif()
endforeach()
ragd_root(sdk sdk ${CMAKE_SOURCE_DIR}/plugins/sdk)

# build_info.h: what the build knows and the code needs. The build tree looks
# like the installed one from bin/, so one relative path serves both.
file(RELATIVE_PATH RAGD_PLUGINS_RELATIVE /x/${CMAKE_INSTALL_SBINDIR} /x/${RAGD_PLUGINSDIR})
file(RELATIVE_PATH RAGD_HOST_RELATIVE /x/${CMAKE_INSTALL_SBINDIR} /x/${RAGD_HOSTDIR})
file(RELATIVE_PATH RAGD_DAEMON_RELATIVE /x/${CMAKE_INSTALL_BINDIR} /x/${CMAKE_INSTALL_SBINDIR})
file(MAKE_DIRECTORY ${RAGD_PLUGINS_OUT})
get_filename_component(parent ${CMAKE_BINARY_DIR}/${RAGD_PLUGINSDIR} DIRECTORY)
file(MAKE_DIRECTORY ${parent})
file(CREATE_LINK ${RAGD_PLUGINS_OUT} ${CMAKE_BINARY_DIR}/${RAGD_PLUGINSDIR} SYMBOLIC)
configure_file(packaging/cmake/build_info.h.in ${RAGD_ROOTS}/build/build_info.h @ONLY)
target_include_directories(ragd_flags INTERFACE ${RAGD_ROOTS}/build)
