/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - the option table for people: lockstep.conf and --help. */
#include <string.h>

#include "config/config.h"

enum { TEXT_COLUMNS = 80 };

/* text in lines of at most TEXT_COLUMNS, each after prefix, broken at spaces. */
static void print_wrapped(FILE *out, const char *prefix, const char *text)
{
    size_t room = TEXT_COLUMNS - strlen(prefix);

    while (*text) {
        size_t len = strlen(text);
        if (len > room) {
            len = room;
            while (len > 0 && text[len] != ' ')
                len--;
            if (len == 0)
                len = strcspn(text, " ");
        }
        fprintf(out, "%s%.*s\n", prefix, (int)len, text);
        text += len;
        text += strspn(text, " ");
    }
}

/* "number, bytes, 16..1024" */
static void type_in_words(const struct config_option_view *opt, char *out, size_t size)
{
    const char *parts[] = {opt->type, opt->unit, opt->range};
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && used < size; i++)
        if (*parts[i])
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     parts[i]);
}

void config_print_file(FILE *out)
{
    struct config_option_view opt;
    const char *section = NULL;
    char type[160];

    fputs(
        "# lockstep.conf - options of lockstepd, each with its default.\n"
        "#\n"
        "# One `name = value` per line; # starts a comment. Numbers are in the unit "
        "of\n"
        "# their name, or in one written behind them: ms, s, min, h, d; B, KiB, MiB,\n"
        "# GiB; %. An unknown option, a bad value or an option given twice is "
        "refused,\n"
        "# with its line. Check a file with: lockstepd --check-config --config FILE\n",
        out);
    for (size_t i = 0; config_option_each(i, &opt); i++) {
        if (!section || strcmp(section, opt.section) != 0)
            fprintf(out, "\n## %s\n", opt.section);
        section = opt.section;
        type_in_words(&opt, type, sizeof type);
        fputc('\n', out);
        print_wrapped(out, "# ", opt.help);
        fprintf(out, "# (%s)\n", type);
        fprintf(out, *opt.value ? "#%s = %s\n" : "#%s =%s\n", opt.name, opt.value);
    }
}

void config_print_help(FILE *out)
{
    struct config_option_view opt;
    const char *section = NULL;
    char type[160];

    for (size_t i = 0; config_option_each(i, &opt); i++) {
        if (!section || strcmp(section, opt.section) != 0)
            fprintf(out, "%s\n", opt.section);
        section = opt.section;
        type_in_words(&opt, type, sizeof type);
        fprintf(out, "  %s = %s  (%s)\n", opt.name, opt.value, type);
        print_wrapped(out, "      ", opt.help);
    }
}
