# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the ragd authors

# Third-party libraries, each as one target dep::<name>. All of them are Debian
# packages (packaging/packages/build.txt); nothing is downloaded by the build.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# dep_pkg(NAME MODULE): a library that ships a pkg-config file.
function(dep_pkg name module)
    pkg_check_modules(DEP_${name} REQUIRED IMPORTED_TARGET ${module})
    add_library(dep::${name} ALIAS PkgConfig::DEP_${name})
endfunction()

# dep_lib(NAME LIBRARY HEADER): a library that ships none.
function(dep_lib name library header)
    find_library(DEP_${name}_LIBRARY ${library} REQUIRED)
    find_path(DEP_${name}_INCLUDE ${header} REQUIRED)
    add_library(dep::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(dep::${name} PROPERTIES
        IMPORTED_LOCATION ${DEP_${name}_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${DEP_${name}_INCLUDE})
endfunction()

dep_pkg(uv         libuv)
dep_pkg(protobuf_c libprotobuf-c)
dep_pkg(yaml       yaml-0.1)
dep_pkg(jansson    jansson)
dep_pkg(utf8proc   libutf8proc)
dep_pkg(md4c       md4c)
dep_pkg(uchardet   uchardet)
dep_pkg(crypto     libcrypto)
dep_pkg(seccomp    libseccomp)
dep_lib(rocksdb    rocksdb   rocksdb/c.h)
dep_lib(nng        nng       nng/nng.h)
dep_lib(unistring  unistring uniwbrk.h)
dep_lib(stemmer    stemmer   libstemmer.h)
if(RAGD_TESTS)
    dep_pkg(cmocka cmocka)
endif()

find_program(PROTOC protoc REQUIRED)
find_program(PROTOC_C protoc-c REQUIRED)
