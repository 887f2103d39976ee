/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - what the simulated devices shall be: process options, and groups of
 * devices from the command line or a fleet file. Both are read by one table.
 */
#pragma once

#include "tests/device/fault_spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { GROUP_COMPONENTS_MAX = 32, GROUP_FAULTS_MAX = 16, OPTION_ERROR_MAX = 200 };

/** One component as `component=` describes it. */
struct component_spec {
    char name[32], version[64];
    uint16_t object; /* 33629 or 5 */
    uint16_t instance;
    bool has_instance;
    bool has_links;               /* only these are linked, else every downloaded one */
    bool is_hidden;               /* as a sibling it never shows Updating */
    char links[96], requires[96]; /* names joined by + */
    uint32_t after_ms;            /* ends that long after the others */
};

enum notify_kind { NOTIFY_NON, NOTIFY_CON };
enum tristate { TRI_AUTO, TRI_YES, TRI_NO };

/** Devices that are alike but for their number. */
struct group {
    uint32_t count, start;
    char endpoint[64], prefix[64];
    /* registration */
    char lwm2m[8], path[32];
    uint32_t lifetime_s, update_interval_ms, register_retry_ms, register_block;
    bool is_queue_mode;
    uint32_t awake_ms;
    enum tristate wake_by_register;
    /* object 3 */
    char manufacturer[64], model[64], serial[64], hardware[32], software[64];
    char firmware[64], utc_offset[16];
    int32_t battery_pct, error_code, memory_free_kb; /* battery, memory: -1 absent */
    /* components */
    struct component_spec components[GROUP_COMPONENTS_MAX];
    size_t component_count;
    uint32_t afu_object, delivery;
    char protocols[32];         /* resource 8, digits joined by commas */
    char without[64];           /* resources the components do not have */
    enum tristate auto_upgrade; /* /5/0/14; TRI_AUTO: absent */
    bool is_strict, is_lenient_args;
    /* times */
    uint32_t spread_ms, update_ms, reboot_ms, push_timeout_ms;
    uint32_t ack_timeout_ms, max_retransmit;
    /* behaviour on the wire */
    enum notify_kind notify;
    bool is_sending;
    enum tristate composite, senml_cbor, tlv;
    uint32_t response_block, pull_block, pull_gap_ms, dedup;
    bool is_pull_same_socket;
    uint32_t loss_in_pct, loss_out_pct;
    struct fault_spec faults[GROUP_FAULTS_MAX];
    size_t fault_count;
};

struct options {
    char server[128], fleet[256], images[256], journal[256], state_file[256];
    char image[8][192]; /* each --image as it stands */
    size_t image_count;
    uint32_t seed;
    uint32_t run_for_ms; /* 0: for ever */
    bool is_verbose;
    struct group *groups; /* owned */
    size_t group_count;
};

/** Positive returns of options_read(). */
enum { OPTIONS_SHOWN = 1, OPTIONS_E_BAD = 2 };

/**
 * Read the command line and the fleet file it names.
 *
 * @param error  says where and what if OPTIONS_E_BAD
 *
 * @return 0 with *out filled (release with options_fini()), OPTIONS_SHOWN after --help
 * or
 *         --version, OPTIONS_E_BAD, -ENOMEM
 */
[[nodiscard]] int options_read(int argc, char **argv, struct options *out,
                               char error[static OPTION_ERROR_MAX]);
void options_fini(struct options *o);

/**
 * Read one `name=value` of a group.
 *
 * @return 0, OPTIONS_E_BAD
 */
[[nodiscard]] int group_option_set(struct group *g, const char *name,
                                   const char *value);

/** The group that no option has changed. */
struct group group_default(void);

void options_help(FILE *to);
