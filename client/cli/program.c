/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build_info.h"
#include "cli.h"
#include "pool.h"

enum { OUTPUT_BYTES_MAX = 1 << 20 };

static const char *if_runs(const char *path)
{
    return access(path, X_OK) == 0 ? path : NULL;
}

static const char *in_path(const char *name)
{
    const char *path = getenv("PATH");
    path = path ? pool_printf("%s:/usr/local/sbin:/usr/sbin", path) : "/usr/sbin:/usr/bin";
    for (const char *at = path; *at;) {
        size_t n = strcspn(at, ":");
        const char *full = pool_printf("%.*s/%s", (int)n, at, name);
        if (at[0] == '/' && if_runs(full)) {
            return full;
        }
        at += n + (at[n] == ':');
    }
    return NULL;
}

const char *program_find(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    const char *found = NULL;
    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        *slash = '\0';
        found = if_runs(pool_printf("%s/ragd", self));
        found = found ? found
                      : if_runs(pool_printf("%s/%s/ragd", self, BUILD_DAEMON_RELATIVE));
    }
    return found ? found : in_path("ragd");
}

/* What was written to an unnamed file, without the newlines at its end. */
static const char *text_of(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    size_t n = size < 0 ? 0 : size > OUTPUT_BYTES_MAX ? OUTPUT_BYTES_MAX : (size_t)size;
    char *text = pool_alloc(n + 1);
    ssize_t got = pread(fd, text, n, 0);
    for (n = got > 0 ? (size_t)got : 0; n > 0 && text[n - 1] == '\n'; n--) {
    }
    text[n] = '\0';
    return text;
}

/* Unnamed files and not pipes: nobody has to read while it runs. */
static int run_into(const char *const *argv, int out, int err)
{
    pid_t pid = fork();
    if (pid == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

int program_run(const char *const *argv, struct program_output *output)
{
    int out = memfd_create("stdout", MFD_CLOEXEC);
    int err = memfd_create("stderr", MFD_CLOEXEC);
    int code = out < 0 || err < 0 ? -1 : run_into(argv, out, err);
    if (code >= 0) {
        *output = (struct program_output){text_of(out), text_of(err)};
    }
    if (out >= 0) {
        close(out);
    }
    if (err >= 0) {
        close(err);
    }
    return code;
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : NULL;
}

/* The rest of the line when it begins with prefix, else NULL. */
static const char *rest_of(const char *line, const char *prefix)
{
    size_t n = strlen(prefix);
    return line && strncmp(line, prefix, n) == 0
               ? pool_copy(line + n, strcspn(line + n, "\n"))
               : NULL;
}

/* "ragd: what", and behind it "  why: ..." and "  try: ..." */
static bool read_words(const char *line, struct program_error *error)
{
    const char *what = rest_of(line, "ragd: ");
    if (!what) {
        return false;
    }
    line = next_line(line);
    const char *why = rest_of(line, "  why: ");
    line = why ? next_line(line) : line;
    error->why = why ? pool_printf("%s: %s", what, why) : what;
    error->hint = rest_of(line, "  try: ");
    return true;
}

/* "TIME error EVENT text" of the log: the event and its text. */
static const char *logged_error(const char *line)
{
    size_t n = strcspn(line, " \n");
    return line[0] >= '0' && line[0] <= '9' ? rest_of(line + n, " error ") : NULL;
}

bool program_error(const char *text, struct program_error *error)
{
    struct program_error found = {NULL, NULL};
    bool last_words = false;
    for (const char *line = text; line; line = next_line(line)) {
        if (read_words(line, &found)) {
            last_words = true;
        } else if (!last_words && !found.why) {
            found.why = logged_error(line);
        }
    }
    *error = found;
    return found.why != NULL;
}
