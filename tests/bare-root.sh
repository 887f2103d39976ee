#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bare-root.sh [--keep] [quickstart|run|deb|service]... - both commands, and the package, on a fresh
# machine.
#
# Makes a Debian 12 root as debootstrap --variant=minbase does (no compiler, no Node, no
# sudo, no systemd running) below build/bare-root, from the mirror that apt uses on this
# machine, clones the committed state into it, and runs `sh config/quickstart --once` and
# `sh tests/run` there; deb takes build/deb/lockstep_*.deb through its life (deb-life) in a
# root that has nothing of the others, and service does so with systemd running (deb-service).
# Needs root. Ends with "N passed, N failed". With --keep the root
# stays, and a next run uses it as it then is.
set -eu

keep=no parts=
for arg in "$@"; do
    case $arg in
    --keep) keep=yes ;;
    quickstart | run | deb | service) parts="$parts $arg" ;;
    -h | --help) sed -n '3,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "usage: sh tests/bare-root.sh [--keep] [quickstart|run|deb|service]..." >&2; exit 2 ;;
    esac
done
parts=${parts:-deb service quickstart run}

cd "$(dirname "$0")/.."
top=$PWD
home=$top/build/bare-root
root=
[ "$(id -u)" = 0 ] || { echo "bare-root: this needs root, for chroot and mount" >&2; exit 2; }
sh config/install-deps bare
mkdir -p "$home"

# The root's mounts live in a mount namespace of their own and are gone with it.
clean() { [ $keep = yes ] || rm -rf --one-file-system "$home"/root "$home"/root-deb; }
trap clean EXIT

make_root()
{
    echo "bare-root: debootstrap into build/bare-root/$(basename "$root")"
    rm -rf --one-file-system "$root"
    mirror=$(sh config/debian-mirror)
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$home/debootstrap.log" 2>&1 || {
        tail -n 20 "$home/debootstrap.log" >&2
        exit 1
    }
    for tool in gcc cmake node sudo git curl systemctl; do
        if chroot "$root" sh -c "command -v $tool" >/dev/null; then
            echo "bare-root: $tool is there already: this is no bare root" >&2
            exit 1
        fi
    done
}

# How this machine reaches its mirrors is a fact of the machine, not of a fresh Debian.
through=
if ls /usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
    through=NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
fi
for name in http_proxy https_proxy no_proxy; do
    eval "value=\${$name:-}"
    [ -z "$value" ] || through="$through $name=$value"
done
tell_mirrors()
{
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    if [ -n "$through" ] && ls /usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
        mkdir -p "$root/usr/local/share/ca-certificates"
        cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
    fi
    apt-config dump | grep -E '^Acquire::((http|https)::(Proxy|CaInfo)|Check-(Valid-Until|Date)) ' >"$root/etc/apt/apt.conf.d/99machine" || true
}

# use_root NAME: from here on that is the root, made unless it was kept.
use_root()
{
    root=$home/$1
    [ -e "$root/etc/debian_version" ] || make_root
    tell_mirrors
    rm -rf "$root/lockstep"
    git clone -q --no-hardlinks "$top" "$root/lockstep"
}
[ $keep = yes ] || clean

# The package, and the same as a later version to upgrade to.
two_packages()
{
    [ -e build/deb/lockstep_*.deb ] || sh tests/scripts/check-deb
    rm -rf "$home/deb" "$root/lockstep/packages"
    mkdir -p "$root/lockstep/packages"
    cp build/deb/lockstep_*.deb "$root/lockstep/packages/old.deb" || return 1
    dpkg-deb -R "$root/lockstep/packages/old.deb" "$home/deb" &&
        sed -i 's/^Version: .*/&+next/' "$home/deb/DEBIAN/control" &&
        dpkg-deb -b "$home/deb" "$root/lockstep/packages/new.deb" >/dev/null
}

inside() # COMMAND
{
    unshare --mount --pid --fork --kill-child sh -c '
        mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
        mount -t tmpfs -o mode=1777 tmpfs "$1/tmp" &&
        root=$1 && shift && exec env -i "$@"' sh "$root" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        ${through:+$through} chroot "$root" sh -c "cd /lockstep && $1" </dev/null
}

booted() # COMMAND
{
    # shellcheck disable=SC2086
    sh tests/scripts/boot-root "$root" $1
}

passed=0 failed=0
prove() # WHAT HOW COMMAND: how is inside or booted
{
    echo "bare-root: $3"
    begun=$(date +%s)
    if "$2" "$3" >"$home/$1.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    tail -n 15 "$home/$1.log" | sed 's/^/    | /'
    echo "bare-root: $(($(date +%s) - begun)) s, the whole log is build/bare-root/$1.log"
}

for part in $parts; do
    case $part in
    deb)
        use_root root-deb
        two_packages
        prove deb inside "sh tests/scripts/deb-life ./packages/old.deb ./packages/new.deb"
        ;;
    service)
        use_root root-deb
        two_packages
        prove install inside "dpkg -P lockstep; apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y ./packages/old.deb"
        prove service booted "sh /lockstep/tests/scripts/deb-service /lockstep/packages/new.deb"
        ;;
    quickstart) use_root root && prove quickstart inside "sh config/quickstart --once" ;;
    run) use_root root && prove run inside "sh tests/run" ;;
    esac
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
