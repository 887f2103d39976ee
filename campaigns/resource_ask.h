/* SPDX-License-Identifier: Apache-2.0 */
/* resource_ask.h - what a person asks of a device itself: Read, Write or Execute. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum resource_method { RESOURCE_READ, RESOURCE_WRITE, RESOURCE_EXECUTE };

/** Types of values, as the API names them. */
enum resource_type {
    RESOURCE_ANY, /* what the resource is known to be, else what the value looks like */
    RESOURCE_INTEGER,
    RESOURCE_UNSIGNED,
    RESOURCE_FLOAT,
    RESOURCE_BOOLEAN,
    RESOURCE_STRING,
    RESOURCE_OPAQUE, /* .text is Base64 */
    RESOURCE_OBJLNK, /* .text is "object:instance" */
    RESOURCE_TIME,   /* .text is RFC 3339, or .number in seconds */
    RESOURCE_TYPE_COUNT,
};

enum { RESOURCE_PATH_IDS = 4, RESOURCE_TEXT_MAX = 1365 /* 1024 bytes as Base64 */ };

struct resource_ask {
    enum resource_method method;
    uint8_t depth; /* ids in path: 1 object .. 4 resource instance */
    uint16_t path[RESOURCE_PATH_IDS];
    int64_t timeout_ms;
    enum resource_type type; /* write: as it was declared */
    enum { RESOURCE_IS_NUMBER, RESOURCE_IS_BOOL, RESOURCE_IS_TEXT } form; /* write */
    double number;
    bool boolean;
    char text[RESOURCE_TEXT_MAX + 1]; /* write; execute: its arguments, "" for none */
};

/** @return the type, RESOURCE_ANY if there is none of this name */
enum resource_type resource_type_from_name(const char *name);
