/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - one table for the command line, the fleet file and --help. */
#include "tests/device/options_internal.h"

#include "tests/device/component_spec.h"
#include "tests/device/faults.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, NUMBER, SIGNED, YES, TRI, NOTIFY, COMPONENT, FAULT };

struct option {
    const char *name;
    enum kind kind;
    size_t offset, size; /* size: of a text, with its NUL */
    const char *help;
};

#define G(member) offsetof(struct group, member)
#define GT(member) offsetof(struct group, member), sizeof(((struct group *)0)->member)

static const struct option group_options[] = {
    {"count", NUMBER, G(count), 0, "devices in this group (1)"},
    {"prefix", TEXT, GT(prefix), "endpoint is this and a number (sim-)"},
    {"endpoint-prefix", TEXT, GT(prefix), "the same"},
    {"start", NUMBER, G(start), 0, "first number (1)"},
    {"endpoint", TEXT, GT(endpoint), "the endpoint of a group of one"},
    {"lwm2m", TEXT, GT(lwm2m), "1.0, 1.1 or 1.2 (1.1)"},
    {"path", TEXT, GT(path), "alternate path, without slash"},
    {"lifetime", NUMBER, G(lifetime_s), 0, "seconds (300)"},
    {"update-interval-ms", NUMBER, G(update_interval_ms), 0,
     "between Updates (max(lifetime/2, lifetime-93 s))"},
    {"register-retry-ms", NUMBER, G(register_retry_ms), 0, "after a failure (2000)"},
    {"register-block", NUMBER, G(register_block), 0, "Block1 size of Register (1024)"},
    {"queue", YES, G(is_queue_mode), 0, "queue mode: deaf when not awake"},
    {"awake-ms", NUMBER, G(awake_ms), 0, "awake after the last exchange (93000)"},
    {"wake-by-register", TRI, G(wake_by_register), 0, "wakes with Register (no)"},
    {"manufacturer", TEXT, GT(manufacturer), "/3/0/0 (Lockstep)"},
    {"model", TEXT, GT(model), "/3/0/1 (SIM-1)"},
    {"serial", TEXT, GT(serial), "/3/0/2 (the endpoint)"},
    {"firmware", TEXT, GT(firmware), "/3/0/3 (version of the first component)"},
    {"hardware", TEXT, GT(hardware), "/3/0/18 (1); empty: absent"},
    {"software", TEXT, GT(software), "/3/0/19; empty: absent"},
    {"battery", SIGNED, G(battery_pct), 0, "/3/0/9 percent (100); -1: absent"},
    {"memory-free", SIGNED, G(memory_free_kb), 0, "/3/0/10 kB (100000); -1: absent"},
    {"error-code", SIGNED, G(error_code), 0, "/3/0/11 (0)"},
    {"utc-offset", TEXT, GT(utc_offset), "/3/0/14 (+00:00)"},
    {"component", COMPONENT, 0, 0, "NAME=VERSION[,instance=N][,object=5]... (README)"},
    {"afu", NUMBER, G(afu_object), 0,
     "object id of Advanced Firmware Update (33629); before component"},
    {"delivery", NUMBER, G(delivery), 0, "resource 9: 0 pull, 1 push, 2 both (2)"},
    {"protocols", TEXT, GT(protocols), "resource 8 (0); empty: absent"},
    {"without", TEXT, GT(without), "resources the components lack, as 10,11,13"},
    {"auto-upgrade", TRI, G(auto_upgrade), 0, "/5/0/14: yes, no (auto: absent)"},
    {"strict", YES, G(is_strict), 0, "unknown images fail with Result 5"},
    {"lenient-args", YES, G(is_lenient_args), 0,
     "Execute arguments that do not parse count as none"},
    {"spread-ms", NUMBER, G(spread_ms), 0, "first Registers spread over (0)"},
    {"update-ms", NUMBER, G(update_ms), 0, "time in Updating (300)"},
    {"reboot-ms", NUMBER, G(reboot_ms), 0, "time away in a restart (200)"},
    {"push-timeout-ms", NUMBER, G(push_timeout_ms), 0, "gives up a push (300000)"},
    {"ack-timeout-ms", NUMBER, G(ack_timeout_ms), 0, "CoAP ACK_TIMEOUT (2000)"},
    {"max-retransmit", NUMBER, G(max_retransmit), 0, "CoAP MAX_RETRANSMIT (4)"},
    {"notify", NOTIFY, G(notify), 0, "non or con (non)"},
    {"send", YES, G(is_sending), 0, "sends State and Result to /dp too"},
    {"composite", TRI, G(composite), 0, "FETCH (auto: only in 1.2)"},
    {"senml-cbor", TRI, G(senml_cbor), 0, "content format 112 (auto: from 1.1)"},
    {"tlv", TRI, G(tlv), 0, "content format 11542 (yes)"},
    {"response-block", NUMBER, G(response_block), 0,
     "answers above it in blocks (1024)"},
    {"pull-block", NUMBER, G(pull_block), 0, "asks for this size (0: server's choice)"},
    {"pull-gap-ms", NUMBER, G(pull_gap_ms), 0, "pause between two blocks (0)"},
    {"pull-same-socket", YES, G(is_pull_same_socket), 0, "pulls from the LwM2M port"},
    {"dedup", NUMBER, G(dedup), 0, "remembered messages, 0 to 16 (16)"},
    {"loss-in", NUMBER, G(loss_in_pct), 0, "percent of packets lost on the way in"},
    {"loss-out", NUMBER, G(loss_out_pct), 0, "percent lost on the way out"},
    {"fault", FAULT, 0, 0, "NAME[:ARG][*TIMES][@PCT%][/COMPONENT]"},
};

#define O(member) offsetof(struct options, member)
#define OT(member)                                                                     \
    offsetof(struct options, member), sizeof(((struct options *)0)->member)

static const struct option process_options[] = {
    {"server", TEXT, OT(server), "host:port of the LwM2M server (127.0.0.1:5683)"},
    {"fleet", TEXT, OT(fleet), "file with one group per line"},
    {"images", TEXT, OT(images), "file: SHA256HEX component version..."},
    {"image", TEXT, 0, 0, "SHA256HEX=component:version, one more image"},
    {"journal", TEXT, OT(journal), "file to append facts to"},
    {"state-file", TEXT, OT(state_file), "file that keeps the devices' flash"},
    {"seed", NUMBER, O(seed), 0, "of faults and losses (1)"},
    {"run-for-ms", NUMBER, O(run_for_ms), 0, "end after this time (0: never)"},
    {"verbose", YES, O(is_verbose), 0, "log what happens"},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct option *option_find(const struct option *table, size_t count,
                                        const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

static int number_set(int64_t low, int64_t high, const char *value, int64_t *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(value, &end, 10);
    if (errno || end == value || *end || n < low || n > high) {
        return OPTIONS_E_BAD;
    }
    *out = n;
    return 0;
}

static int yes_set(const char *value, bool *out)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0) {
        return OPTIONS_E_BAD;
    }
    *out = value[0] == 'y';
    return 0;
}

static int tristate_set(const char *value, enum tristate *out)
{
    bool yes;
    if (strcmp(value, "auto") == 0) {
        *out = TRI_AUTO;
        return 0;
    }
    int r = yes_set(value, &yes);
    if (!r) {
        *out = yes ? TRI_YES : TRI_NO;
    }
    return r;
}

static int text_set(const char *value, char *out, size_t size)
{
    size_t len = strlen(value);
    if (len >= size) {
        return OPTIONS_E_BAD;
    }
    memcpy(out, value, len + 1);
    return 0;
}

static int notify_set(const char *value, enum notify_kind *out)
{
    if (strcmp(value, "non") != 0 && strcmp(value, "con") != 0) {
        return OPTIONS_E_BAD;
    }
    *out = value[0] == 'c' ? NOTIFY_CON : NOTIFY_NON;
    return 0;
}

static int component_set(struct group *g, const char *value)
{
    if (g->component_count == GROUP_COMPONENTS_MAX) {
        return OPTIONS_E_BAD;
    }
    int r = component_spec_parse(value, (uint16_t)g->afu_object,
                                 &g->components[g->component_count]);
    g->component_count += r == 0;
    return r;
}

static int fault_set(struct group *g, const char *value)
{
    if (g->fault_count == GROUP_FAULTS_MAX) {
        return OPTIONS_E_BAD;
    }
    int r = fault_parse(value, &g->faults[g->fault_count]);
    g->fault_count += r == 0;
    return r;
}

/* base: the struct that the option's offset counts from. */
static int value_set(const struct option *o, void *base, const char *value)
{
    void *at = (char *)base + o->offset;
    int64_t n;
    int r = 0;

    switch (o->kind) {
    case TEXT:
        return text_set(value, at, o->size);
    case NUMBER:
        if ((r = number_set(0, UINT32_MAX, value, &n)) == 0) {
            *(uint32_t *)at = (uint32_t)n;
        }
        return r;
    case SIGNED:
        if ((r = number_set(INT32_MIN, INT32_MAX, value, &n)) == 0) {
            *(int32_t *)at = (int32_t)n;
        }
        return r;
    case YES:
        return yes_set(value, at);
    case TRI:
        return tristate_set(value, at);
    case NOTIFY:
        return notify_set(value, at);
    case COMPONENT:
        return component_set(base, value);
    case FAULT:
        return fault_set(base, value);
    }
    return OPTIONS_E_BAD;
}

static int one_option_set(struct group *g, const char *name, const char *value)
{
    const struct option *o = option_find(group_options, COUNT(group_options), name);
    return o ? value_set(o, g, value) : OPTIONS_E_BAD;
}

int group_option_set(struct group *g, const char *name, const char *value)
{
    if (strcmp(name, "loss") != 0) {
        return one_option_set(g, name, value);
    }
    int r = one_option_set(g, "loss-in", value);
    return r ? r : one_option_set(g, "loss-out", value);
}

struct group group_default(void)
{
    return (struct group){
        .count = 1,
        .start = 1,
        .prefix = "sim-",
        .lwm2m = "1.1",
        .lifetime_s = 300,
        .register_retry_ms = 2000,
        .register_block = 1024,
        .awake_ms = 93000,
        .manufacturer = "Lockstep",
        .model = "SIM-1",
        .hardware = "1",
        .utc_offset = "+00:00",
        .battery_pct = 100,
        .memory_free_kb = 100000,
        .afu_object = 33629,
        .delivery = 2,
        .protocols = "0",
        .update_ms = 300,
        .reboot_ms = 200,
        .push_timeout_ms = 300000,
        .ack_timeout_ms = 2000,
        .max_retransmit = 4,
        .response_block = 1024,
        .dedup = 16,
    };
}

static int image_add(struct options *o, const char *value)
{
    if (o->image_count == COUNT(o->image)) {
        return OPTIONS_E_BAD;
    }
    return text_set(value, o->image[o->image_count++], sizeof(o->image[0]));
}

int option_set(struct options *o, struct group *g, const char *name, const char *value)
{
    if (strcmp(name, "image") == 0) {
        return image_add(o, value);
    }
    const struct option *p = option_find(process_options, COUNT(process_options), name);
    return p ? value_set(p, o, value) : group_option_set(g, name, value);
}

static void help_table(FILE *to, const struct option *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "  --%-20s %s\n", table[i].name, table[i].help);
    }
}

void options_help(FILE *to)
{
    fputs("lockstep-device: simulated LwM2M devices\n\nprocess:\n", to);
    help_table(to, process_options, COUNT(process_options));
    fputs("\na group of devices (also as name=value in a line of --fleet):\n", to);
    help_table(to, group_options, COUNT(group_options));
    fputs("  --loss                 both ways, percent\n\nfaults:\n", to);
    faults_help(to);
}
