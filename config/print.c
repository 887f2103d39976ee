/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - the option table for people: lockstep.conf, its man page, --help. */
#include <string.h>

#include "config/config.h"
#include "config/manual.h"

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
    const char *parts[] = {opt->type, opt->unit, opt->range,
                           opt->reloads ? "reload" : ""};
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
        "# with its line. Check a file with: lockstepd --check-config --config FILE\n"
        "# `systemctl reload lockstepd` takes over what is marked reload; the rest "
        "waits\n"
        "# for a restart.\n",
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

/* What troff would read as its own is written so that it does not. */
static void print_troff(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\')
            fputs(*text == '-' ? "\\-" : "\\e", out);
        else if (*text == '\'')
            fputs("\\(aq", out);
        else
            fputc(*text, out);
    }
}

static void print_man_option(FILE *out, const struct config_option_view *opt)
{
    char type[160];

    type_in_words(opt, type, sizeof type);
    fputs(".TP\n.B ", out);
    print_troff(out, opt->name);
    fputs(*opt->value ? " = " : " =", out);
    print_troff(out, opt->value);
    fputs("\n(", out);
    print_troff(out, type);
    fputs(")\n.br\n", out);
    print_troff(out, opt->help);
    fputc('\n', out);
}

void config_print_man(FILE *out)
{
    static const char head[] =
        ".\\\" SPDX-License-Identifier: Apache-2.0\n"
        ".TH LOCKSTEP.CONF 5 2026-11-22 \"Lockstep " LOCKSTEP_VERSION "\"\n"
        ".SH NAME\nlockstep.conf \\- configuration of lockstepd\n"
        ".SH SYNOPSIS\n.I /etc/lockstep/lockstep.conf\n"
        ".SH DESCRIPTION\n"
        "One \\(lqname = value\\(rq per line; # starts a comment.\n"
        "Numbers are in the unit of their name, or in one written behind them:\n"
        "ms, s, min, h, d; B, KiB, MiB, GiB; %.\n"
        "An unknown option, a bad value or an option given twice is refused, with its\n"
        "line.\n"
        ".B lockstepd \\-\\-check\\-config\nchecks a file.\n"
        ".PP\n.B systemctl reload lockstepd\n"
        "takes over the options that are marked \\(lqreload\\(rq without dropping a\n"
        "device; the others wait for a restart, and the journal names them.\n"
        ".SH OPTIONS\nEach is shown with its default.\n";
    static const char tail[] = ".SH FILES\n.I /etc/lockstep/lockstep.conf\n"
                               ".SH SEE ALSO\n.BR lockstepd (8)\n";
    struct config_option_view opt;
    const char *section = NULL;

    fputs(head, out);
    for (size_t i = 0; config_option_each(i, &opt); i++) {
        if (!section || strcmp(section, opt.section) != 0)
            fprintf(out, ".SS %s\n", opt.section);
        section = opt.section;
        print_man_option(out, &opt);
    }
    fputs(tail, out);
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
