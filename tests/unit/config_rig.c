/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "config_rig.h"

#include <sys/stat.h>

const char *config_rig_write(struct config_rig *f, const char *name, const char *text)
{
    tmpdir_write(&f->dir, name, text, SIZE_MAX);
    tmpdir_path(&f->dir, name, f->path);
    chmod(f->path, 0600);
    return f->path;
}

int config_rig_set_up(void **state)
{
    static struct config_rig f;
    f = (struct config_rig){.config = NULL};
    *state = &f;
    tmpdir_init(&f.dir);
    return 0;
}

int config_rig_tear_down(void **state)
{
    struct config_rig *f = *state;
    config_destroy(f->config);
    tmpdir_release(&f->dir);
    return 0;
}

int config_rig_try(struct config_rig *f, const char *text)
{
    struct config_request request = {.file = config_rig_write(f, "ragd.yaml", text),
                                     .system = true};
    config_destroy(f->config);
    f->config = NULL;
    return config_load(&request, &f->config, &f->err);
}

void config_rig_load(struct config_rig *f, const char *text)
{
    assert_ok(config_rig_try(f, text), &f->err);
}

const char *config_rig_text(const struct config *config, const char *key)
{
    struct config_value value;
    for (size_t i = 0; config_value(config, i, &value); i++) {
        if (strcmp(value.key, key) == 0) {
            return value.text;
        }
    }
    return "no such row";
}

const struct config_instance *config_rig_find(const struct config_rig *f,
                                              enum config_kind kind, const char *name)
{
    const struct config_section *section = &f->config->sections[kind];
    for (size_t i = 0; i < section->n; i++) {
        if (strcmp(section->instances[i].name, name) == 0) {
            return &section->instances[i];
        }
    }
    return NULL;
}
