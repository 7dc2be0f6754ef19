/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "command.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
