/* SPDX-License-Identifier: Apache-2.0 */
/* command_port.h - where commands are given, and what becomes of them. */
#pragma once

#include <stdint.h>

struct command;

enum command_status {
    COMMAND_DONE,
    COMMAND_ALREADY,      /* it is in effect already; answered like done */
    COMMAND_NOT_FOUND,    /* 404 */
    COMMAND_FORBIDDEN,    /* 403: not by this actor */
    COMMAND_CONFLICT,     /* 409: the state, or a unique name, forbids it */
    COMMAND_CHANGED,      /* 412: it is not what the command was given for */
    COMMAND_INVALID,      /* 400/422: detail says what and where */
    COMMAND_BUSY,         /* 503: no room in a queue, or the store cannot write */
    COMMAND_NO_SPACE,     /* 507 */
    COMMAND_DEVICE_ERROR, /* 502: the device refused */
    COMMAND_UNANSWERED,   /* 504: the device sleeps, or does not answer */
    COMMAND_REFUSED,      /* 409: a rule forbids it (subset breaks a rule, ...) */
};

struct command_result {
    enum command_status status;
    char id[72];      /* of what was made, as the API shows it; "" if none */
    char problem[40]; /* name under /problems/, "" when done */
    char detail[512]; /* a sentence for people */
    /* Of an import: devices created; rows not taken, .extra has {"errors": [...]} with
     * line and reason of the first IMPORT_ERRORS_MAX. */
    int64_t made, refused;
    const char *extra; /* JSON object to merge into the answer, or NULL; borrowed */
};

/** The second of the two tables of functions: api → core. The daemon implements it. */
struct command_port {
    /**
     * @param command  owned by the port when 0 is returned, else still the caller's
     * @param ticket   given back to command.done
     * @return 0, -EAGAIN when there is no room now (503)
     */
    int (*submit)(void *self, struct command *command, uint64_t ticket);
    void *self;
};
