/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/rng.h"

int token_set(struct token *token, const char *text)
{
    int rc = hash_bytes(text, strlen(text), token->sha256);
    token->set = rc == 0;
    return rc;
}

bool token_matches(const struct token *token, const char *shown)
{
    /* Hashes are compared, so that neither the place of the first difference
     * nor the length of the secret shows in the time. */
    uint8_t hash[HASH_BYTES];
    if (!token->set || hash_bytes(shown, strlen(shown), hash) != 0) {
        return false;
    }
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        difference = (uint8_t)(difference | (hash[i] ^ token->sha256[i]));
    }
    return difference == 0;
}

/* Makes the file with a new token. EEXIST is not reported: somebody else was
 * quicker, and theirs is read. */
static int create_file(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno == EEXIST ? 0
                               : err_errno(err, errno, "cannot make the token %s", path);
    }
    char text[TOKEN_CHARS + 2];
    rng_hex(text, TOKEN_CHARS / 2);
    text[TOKEN_CHARS] = '\n';
    ssize_t n = write(fd, text, TOKEN_CHARS + 1);
    int failed = n == TOKEN_CHARS + 1 ? 0 : (n < 0 ? errno : ENOSPC);
    close(fd);
    if (failed) {
        unlink(path);
        return err_errno(err, failed, "cannot write the token %s", path);
    }
    return 0;
}

static int check_file(int fd, const char *path, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return err_errno(err, errno, "cannot look at the token %s", path);
    }
    if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0)) {
        return err_set(err, ERR_CONFIG, "the token %s is not a plain file of this user",
                       path);
    }
    if (st.st_mode & (S_IRWXG | S_IRWXO)) {
        err_set(err, ERR_CONFIG, "the token %s is open to other users", path);
        return err_hint(err, "chmod 600 %s", path);
    }
    return 0;
}

static int read_token(struct token *token, int fd, const char *path, struct err *err)
{
    char text[TOKEN_FILE_BYTES_MAX];
    ssize_t n = read(fd, text, sizeof(text) - 1);
    if (n < 0) {
        return err_errno(err, errno, "cannot read the token %s", path);
    }
    text[n] = 0;
    text[strcspn(text, " \t\r\n")] = 0;
    if (text[0] == 0) {
        err_set(err, ERR_CONFIG, "the token %s is empty", path);
        return err_hint(err, "remove it; a new one is made at the next start");
    }
    return token_set(token, text) == 0 ? 0 : err_set(err, ERR_NOMEM, NULL);
}

/* As create_file leaves it: private, and of this length. */
void token_remove(const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
        (st.st_mode & ALLPERMS) == (S_IRUSR | S_IWUSR) && st.st_size == TOKEN_CHARS + 1) {
        unlink(path);
    }
}

int token_load(struct token *token, const char *path, struct err *err)
{
    int rc = create_file(path, err);
    if (rc != 0) {
        return rc;
    }
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return err_errno(err, errno, "cannot open the token %s", path);
    }
    rc = check_file(fd, path, err);
    if (rc == 0) {
        rc = read_token(token, fd, path, err);
    }
    close(fd);
    return rc;
}
