/* SPDX-License-Identifier: Apache-2.0 */
/* sizes.h - bounds of what the store keeps: bytes without the NUL. A longer text is
 * refused when it is put into a batch (-EMSGSIZE), never cut short.
 */
#pragma once

enum {
    STORE_ENDPOINT_MAX = 255, /* endpoint client name; a Uri-Query ends at 255 bytes */
    STORE_NAME_MAX = 63,      /* names of people, components, tags, models, versions */
    STORE_WORD_MAX = 23,      /* a state, a role, a kind: lower case with hyphens */
    STORE_REASON_MAX = 47,    /* a reason code, lower case with hyphens */
    STORE_DETAIL_MAX = 255,   /* a sentence for people */
    STORE_ADDRESS_MAX = 63,   /* a printed IP address */
    STORE_KEY_MAX = 127,      /* Idempotency-Key, plan id, bundle "name@version" */
    STORE_QUERY_MAX = 4095,   /* a filter as text */
    STORE_JOURNAL_MAX = 1023, /* the engine's own note in a task */
    STORE_EVENT_MAX = 2047,   /* the JSON of an event */
    STORE_KINDS_MAX = 127,    /* kinds of events in one query */
    STORE_DIGEST_BYTES = 32,  /* SHA-256 */
    STORE_DIGEST_HEX = 64,    /* the same, lower case */
    STORE_VERSION_KEY_MAX = 96, /* sort key of a version, ordered by memcmp */
    STORE_COMPONENTS_MAX = 32,  /* of one device, one plan group, one task */
    STORE_TAGS_MAX = 32,        /* of one device */
    STORE_SAMPLE_MAX = 5,       /* devices named as an example of a group */
};
