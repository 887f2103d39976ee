#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# npm-ci.sh SOURCE DEST - what SOURCE/package-lock.json names, in DEST/node_modules.
#
# DEST is shared by all build directories: one install at a time, and none when what is
# there is right. No package's scripts are run; none of ours needs one.
set -eu

[ $# = 2 ] || { echo "usage: sh npm-ci.sh SOURCE DEST" >&2; exit 2; }
source=$1 dest=$2
mkdir -p "$dest"
exec 9>"$dest/.lock"
flock 9

stamp=$({ cat "$source/package.json" "$source/package-lock.json"; node -p 'process.platform + process.arch'; } | sha256sum)
if [ -d "$dest/node_modules" ] && [ "$(cat "$dest/.stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
rm -rf "$dest/.stamp" "$dest/node_modules"
cp "$source/package.json" "$source/package-lock.json" "$dest/"
cd "$dest"
npm ci --no-audit --no-fund --no-progress --ignore-scripts --loglevel=error 9>&-
echo "$stamp" >.stamp
