/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The usual places, for a system's daemon and for one user's. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_info.h"
#include "config/schema.h"

enum { PATH_BYTES = 4096 };

/* The XDG specification says that relative values are to be ignored. */
static const char *absolute_env(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] == '/' ? value : NULL;
}

static char *below_home(struct arena *arena, const char *variable, const char *fallback,
                        const char *rest)
{
    const char *base = absolute_env(variable);
    if (base) {
        return arena_printf(arena, "%s/%s", base, rest);
    }
    const char *home = absolute_env("HOME");
    char space[2048];
    struct passwd user, *found = NULL;
    if (!home) {
        getpwuid_r(geteuid(), &user, space, sizeof(space), &found);
        home = found ? found->pw_dir : "/";
    }
    return arena_printf(arena, "%s/%s/%s", home, fallback, rest);
}

char *path_config_file(struct arena *arena, bool system)
{
    return system ? arena_strdup(arena, BUILD_SYSCONFDIR "/ragd/ragd.yaml")
                  : below_home(arena, "XDG_CONFIG_HOME", ".config", "ragd/ragd.yaml");
}

char *path_data_dir(struct arena *arena, bool system)
{
    return system ? arena_strdup(arena, BUILD_LOCALSTATEDIR "/lib/ragd")
                  : below_home(arena, "XDG_DATA_HOME", ".local/share", "ragd");
}

char *path_socket(struct arena *arena, bool system)
{
    if (system) {
        return arena_strdup(arena, BUILD_RUNSTATEDIR "/ragd/ragd.sock");
    }
    const char *runtime = absolute_env("XDG_RUNTIME_DIR");
    return runtime ? arena_printf(arena, "%s/ragd.sock", runtime)
                   : arena_printf(arena, "/tmp/ragd-%u/ragd.sock", (unsigned)geteuid());
}

/* Beside the running program when they are there, so that a build tree and a
 * moved prefix work, else where they were to be installed. */
static char *near_or(struct arena *arena, const char *relative, const char *installed)
{
    char exe[PATH_BYTES];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    char *slash = NULL;
    if (n > 0) {
        exe[n] = '\0';
        slash = strrchr(exe, '/');
    }
    if (slash) {
        char near[PATH_BYTES], real[PATH_BYTES];
        *slash = '\0';
        int len = snprintf(near, sizeof(near), "%s/%s", exe, relative);
        if (len < (int)sizeof(near) && realpath(near, real)) {
            return arena_strdup(arena, real);
        }
    }
    return arena_strdup(arena, installed);
}

char *path_plugins(struct arena *arena)
{
    return near_or(arena, BUILD_PLUGINS_RELATIVE, BUILD_PLUGINS_DIR);
}

char *path_host(struct arena *arena)
{
    char *dir = near_or(arena, BUILD_HOST_RELATIVE, BUILD_HOST_DIR);
    return dir ? arena_printf(arena, "%s/ragd-plugin-host", dir) : NULL;
}
