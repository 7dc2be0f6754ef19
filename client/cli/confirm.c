/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "confirm.h"

#include <stdint.h>

#include "fail.h"
#include "pool.h"
#include "text.h"

bool confirm_can_ask(const struct cli *cli)
{
    return cli->tty_in && cli->tty_err && !cli->given.no_input;
}

int confirm(const struct cli *cli, bool yes, const char *question)
{
    if (yes) {
        return EXIT_DONE;
    }
    question = text_line(question, SIZE_MAX);
    if (!confirm_can_ask(cli)) {
        return fail(cli,
                    &(struct failure){.exit = EXIT_USAGE,
                                      .code = "not_confirmed",
                                      .message = pool_printf("not confirmed: %s", question),
                                      .why = "nobody can be asked here",
                                      .hint = "say --yes"});
    }
    fprintf(stderr, "%s [y/N] ", question);
    fflush(stderr);
    char answer[16];
    bool said_yes = fgets(answer, sizeof(answer), stdin) &&
                    (answer[0] == 'y' || answer[0] == 'Y');
    return said_yes ? EXIT_DONE
                    : fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                                  .code = "not_confirmed",
                                                  .message = "nothing was removed"});
}
