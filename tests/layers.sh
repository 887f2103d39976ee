#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layers.sh [ROOT] - who may include whom: fails on any arrow that is not listed here, on a
# folder that nobody listed, on a library outside the folder that owns it, and on a
# foreign *_internal.h (the tests of its own folder may see it). Includes are written from
# the root.
cd "${1:-$(dirname "$0")/..}" || exit 2

# FOLDER: what it may include besides itself; * is everything. tests/** may include all.
arrows='
config:
daemon/base:
daemon/coap: daemon/base
daemon/wire: daemon/base daemon/coap
daemon/lwm2m: daemon/base
store:
campaigns:
campaigns/planning: campaigns store
campaigns/trust: campaigns store
campaigns/engine: campaigns campaigns/planning campaigns/trust store
web:
api: campaigns campaigns/planning campaigns/trust store web
daemon/hooks: daemon/base campaigns store api
daemon/link: *
daemon: *
'

# Start of a header's path: the folders or the one file that may include it. tests/** may
# include all but what is marked with !.
owners='
coap3/: daemon/coap
curl/: daemon/hooks/post.c
microhttpd.h: api/server.c
sqlite3.h: store
cjson/: api campaigns campaigns/planning campaigns/engine campaigns/trust
cJSON.h: api campaigns campaigns/planning campaigns/engine campaigns/trust
mbedtls/: store campaigns/trust daemon/wire
psa/: store campaigns/trust daemon/wire
mbedtls/ssl: daemon/wire
mbedtls/net_sockets: daemon/wire
cbor.h: daemon/lwm2m campaigns/trust
systemd/: daemon
criterion/: !tests
'

# GCC reads `#  include`, so does this. build/ and other people's packages are not ours.
find . -name build -prune -o -name node_modules -prune -o -name .git -prune -o \
    -name '*.[ch]' -print | sed 's|^\./||' | sort >"${TMPDIR:-/tmp}/layers.$$"
trap 'rm -f "${TMPDIR:-/tmp}/layers.$$"' EXIT
[ -s "${TMPDIR:-/tmp}/layers.$$" ] || { echo "layers: no source below $PWD" >&2; exit 2; }

xargs grep -Hn '^[[:space:]]*#[[:space:]]*include' <"${TMPDIR:-/tmp}/layers.$$" |
    awk -v arrows="$arrows" -v owners="$owners" '
    function folder(path) { return sub("/[^/]*$", "", path) ? path : "." }
    function complain(text) { print place ": " text; bad = 1 }
    # the longest listed start of a header is its owner line
    function owner_of(header, start, best) {
        best = ""
        for (start in owner)
            if (index(header, start) == 1 && length(start) > length(best)) best = start
        return best
    }
    function ours(quoted) {
        to = folder(quoted)
        if (quoted ~ /_internal\.h$/ && to != from && from != "tests/" to) {
            complain("\"" quoted "\" is internal to " to); return
        }
        if (to == from || from ~ /^tests(\/|$)/) return
        if (!(from in may)) { complain(from "/ is not listed in tests/layers.sh"); return }
        if (may[from] == " * ") {
            if (to ~ /^tests(\/|$)/) complain("\"" quoted "\" is for tests only")
            return
        }
        if (!index(may[from], " " to " ")) complain(from " may not include \"" quoted "\"")
    }
    function theirs(header, start, who) {
        start = owner_of(header)
        if (start == "") return
        who = owner[start]
        if (index(who, "!tests")) { if (from !~ /^tests(\/|$)/) complain("<" header "> is for tests only"); return }
        if (from ~ /^tests(\/|$)/) return
        if (!index(who, " " from " ") && !index(who, " " file " "))
            complain("<" header "> belongs to" who)
    }
    BEGIN {
        n = split(arrows, line, "\n")
        for (i = 1; i <= n; i++)
            if (split(line[i], part, ":")) may[part[1]] = part[2] " "
        n = split(owners, line, "\n")
        for (i = 1; i <= n; i++)
            if (split(line[i], part, ":")) owner[part[1]] = part[2] " "
    }
    {
        split($0, part, ":"); file = part[1]; place = part[1] ":" part[2]
        from = folder(file)
        if (from !~ /^tests(\/|$)/ && !(from in may) && !seen[from]++)
            complain(from "/ is not listed in tests/layers.sh")
        if (match($0, /"[^"]*"/)) ours(substr($0, RSTART + 1, RLENGTH - 2))
        else if (match($0, /<[^>]*>/)) theirs(substr($0, RSTART + 1, RLENGTH - 2))
    }
    END { exit bad }'
