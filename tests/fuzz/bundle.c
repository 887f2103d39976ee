/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.c - any bytes as a manifest: refused with a text or read; and what is read can
 * be planned for a device that has all its components, and the plan written and read.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/bundle_json.h"
#include "campaigns/plan_json.h"
#include "campaigns/planner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill(const struct bundle *b, struct inventory *inv)
{
    strcpy(inv->manufacturer, b->manufacturer);
    strcpy(inv->model, b->models[0]);
    strcpy(inv->hardware, "2");
    for (uint16_t i = 0; i < b->provide_count; i++) {
        if (inventory_find(inv, b->provides[i].component) ||
            inv->count == INVENTORY_COMPONENTS_MAX)
            continue;
        struct component *c = &inv->components[inv->count++];
        strcpy(c->name, b->provides[i].component);
        strcpy(c->version, "1");
        c->object = i % 8 == 7 ? COMPONENT_FW : COMPONENT_AFU;
    }
    inventory_finish(inv);
}

static void plan_it(const struct bundle *b)
{
    struct inventory *inv = calloc(1, sizeof *inv);
    struct catalogue none;
    struct plan_group group, again;
    char *text;
    catalogue_init(&none);
    fill(b, inv);
    struct planner_request request = {
        .inventory = inv, .bundle = b, .catalogue = &none, .work_max = 2000};
    if (planner_make(&request, &group) != 0 || plan_group_to_json(&group, &text) != 0 ||
        plan_group_from_json(text, strlen(text), &again) != 0)
        abort();
    plan_group_fini(&group);
    plan_group_fini(&again);
    free(text);
    free(inv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bundle *b = malloc(sizeof *b);
    struct bundle_problem problem = {.text = ""};
    if (!b)
        return 0;
    int rc = bundle_parse((const char *)data, size, b, &problem);
    if (rc == 0)
        plan_it(b);
    else if (rc == BUNDLE_E_INVALID && !*problem.text)
        abort();
    free(b);
    return 0;
}
