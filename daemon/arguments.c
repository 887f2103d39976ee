/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config/manual.h"

static const char default_config[] = "/etc/lockstep/lockstep.conf";

static const char usage[] =
    "lockstepd - updates fleets of LwM2M devices whose firmware has several parts\n"
    "\n"
    "usage: lockstepd [--config FILE] [--set NAME=VALUE]...\n"
    "                 [--check | --check-config | --backup FILE]\n"
    "       lockstepd [--config FILE] token add NAME ROLE [EXPIRES_S]\n"
    "       lockstepd [--config FILE] token list | token revoke NAME\n"
    "       lockstepd --version | --help\n"
    "\n"
    "  --config FILE      read FILE (default: /etc/lockstep/lockstep.conf if it is "
    "there)\n"
    "  --set NAME=VALUE   one option, over what the file says; may be repeated\n"
    "  --check            say whether the installation is sound, and end\n"
    "  --check-config     say whether the configuration is right, and end\n"
    "  --backup FILE      copy the store to FILE, also while the daemon runs, and the\n"
    "                     list of its packages to FILE.packages\n"
    "\n"
    "Options of the file:\n";

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'}, {"set", required_argument, NULL, 's'},
    {"check", no_argument, NULL, 'i'},        {"backup", required_argument, NULL, 'b'},
    {"check-config", no_argument, NULL, 'k'}, {"version", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},         {0},
};

static int show(struct arguments *args, int what)
{
    args->verb = VERB_SHOWN;
    if (what == 'v') {
        puts("lockstepd " LOCKSTEP_VERSION);
        return 0;
    }
    fputs(usage, stdout);
    config_print_help(stdout);
    return 0;
}

static int refuse(struct config_error *error, const char *what, const char *argument)
{
    snprintf(error->text, sizeof error->text, "%s%.100s; see lockstepd --help", what,
             argument);
    return CONFIG_E_INVALID;
}

static int take(struct arguments *args, int option, struct config_error *error)
{
    switch (option) {
    case 'c':
        args->config_path = optarg;
        return 0;
    case 's':
        if (args->set_count == ARGUMENTS_SETS_MAX)
            return refuse(error, "more than 64 times --set: ", optarg);
        args->sets[args->set_count++] = optarg;
        return 0;
    case 'k':
        args->verb = VERB_CHECK_CONFIG;
        return 0;
    case 'i':
        args->verb = VERB_CHECK;
        return 0;
    case 'b':
        args->verb = VERB_BACKUP;
        args->path = optarg;
        return 0;
    case 'v':
    case 'h':
        return show(args, option);
    default: /* getopt has said what */
        return refuse(error, "wrong options", "");
    }
}

int arguments_parse(int argc, char **argv, struct arguments *out,
                    struct config_error *error)
{
    *out = (struct arguments){.verb = VERB_SERVE};
    *error = (struct config_error){.text = ""};
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        int rc = take(out, c, error);
        if (rc != 0 || out->verb == VERB_SHOWN)
            return rc;
    }
    if (optind < argc && strcmp(argv[optind], "token") == 0) {
        out->verb = VERB_TOKEN;
        out->words = argv + optind + 1;
        out->word_count = (size_t)(argc - optind - 1);
        return 0;
    }
    return optind < argc ? refuse(error, "unexpected argument ", argv[optind]) : 0;
}

const char *arguments_config_path(const struct arguments *args)
{
    if (args->config_path)
        return args->config_path;
    return access(default_config, R_OK) == 0 ? default_config : NULL;
}

int arguments_config(const struct arguments *args, struct config *out,
                     struct config_error *error)
{
    const char *path = arguments_config_path(args);
    int rc = 0;

    config_defaults(out);
    if (path)
        rc = config_parse(path, out, error);
    for (size_t i = 0; i < args->set_count && rc == 0; i++)
        rc = config_set(out, args->sets[i], error);
    return rc == 0 ? config_check(out, error) : rc;
}
