/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - the objects, instances and resources of a device, and their values. */
#pragma once

#include "tests/device/value.h"

struct component;
struct device;

enum { OP_READ = 1, OP_WRITE = 2, OP_EXECUTE = 4 };

enum { TREE_LIST_MAX = 40 };

/** @return how many; out has room for TREE_LIST_MAX */
size_t tree_objects(const struct device *d, uint16_t *out);
size_t tree_instances(const struct device *d, uint16_t object, uint16_t *out);
size_t tree_resources(const struct device *d, const struct path *instance,
                      uint16_t *out);

/** @return the component whose instance p is in, NULL if it is in none */
const struct component *tree_component(const struct device *d, const struct path *p);

/** @return what can be done with a resource, in bits; 0: it does not exist */
unsigned tree_operations(const struct device *d, const struct path *p);

bool tree_is_multiple(const struct device *d, const struct path *p);

/** @return 0, or the CoAP code that says why not */
int tree_read(const struct device *d, const struct path *path, struct values *out);

/** Write one value. @return 0x44, or the CoAP code that says why not */
int tree_write(struct device *d, const struct value *value, int format, int64_t now_ms);

/** Execute. @return 0x44, or the CoAP code that says why not */
int tree_execute(struct device *d, const struct path *path, const char *payload,
                 size_t len, int64_t now_ms);
