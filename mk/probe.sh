#!/bin/sh
# Probe the compiler and write the flags it knows as make variables.
# usage: probe.sh CC > flags.mk
# A compiler that cannot build an empty program is fatal: an empty list of
# flags would silently build unprotected programs.
set -eu
cc=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
printf 'int main(void){return 0;}\n' >"$tmp/t.c"

try() { # flags...: does the compiler take them, without a word?
	# shellcheck disable=SC2086 # $cc may be "ccache gcc"
	$cc -std=gnu11 -O2 -Wall -Werror "$@" "$tmp/t.c" -o "$tmp/t" >"$tmp/log" 2>&1
}

if ! try; then
	echo "error: the compiler '$cc' cannot build an empty program:" >&2
	cat "$tmp/log" >&2
	echo "mend: install gcc and libc6-dev (mk/deps.sh build), or set CC=" >&2
	exit 1
fi

probe() { # NAME FLAG...: one variable with each FLAG that works by itself
	name=$1
	shift
	known=
	for flag in "$@"; do
		if try "$flag"; then known="$known $flag"; fi
	done
	echo "$name :=$known"
}

# What each group catches stands in docs/style.md.
probe KA_WARN \
	-Wextra -Wpedantic -Wshadow -Wundef -Wdate-time -Wconversion -Wsign-conversion -Wformat=2 -Wformat-nonliteral \
	-Wmissing-prototypes -Wmissing-declarations -Wstrict-prototypes -Wold-style-definition \
	-Wcast-qual -Wcast-align -Wwrite-strings -Wpointer-arith -Wvla -Walloca -Wframe-larger-than=4096 \
	-Wimplicit-fallthrough -Wnull-dereference \
	-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Wtrampolines -Wformat-signedness \
	-Wconditional-uninitialized -Wcomma -Wshorten-64-to-32 \
	-Werror=implicit-function-declaration -Werror=int-conversion -Werror=incompatible-pointer-types \
	-Werror=return-type -Werror=format-security -Werror=strict-prototypes -Werror=vla
probe KA_CODEGEN \
	-fno-strict-overflow -fno-delete-null-pointer-checks -fno-common -fvisibility=hidden \
	-ffunction-sections -fdata-sections
probe KA_HARDEN \
	-U_FORTIFY_SOURCE -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	-mbranch-protection=standard -ftrivial-auto-var-init=zero -fzero-init-padding-bits=all -fstrict-flex-arrays=3
if try -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3; then echo 'KA_HARDEN += -D_FORTIFY_SOURCE=3'; fi
probe KA_LINK \
	-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code -Wl,--as-needed -Wl,--no-undefined \
	-Wl,--no-copy-dt-needed-entries -Wl,--fatal-warnings -Wl,--gc-sections
# of the linkers that are there the quick one, for what is linked five hundred times and never shipped
probe KA_TEST_LINK -fuse-ld=lld
if try -static-pie; then echo 'KA_STATIC_PIE := yes'; else echo 'KA_STATIC_PIE := no'; fi
# the order of a static authkeys-cmd: GNU ld and lld take it, gold does not
order=-Wl,-T,mk/authkeys-cmd.ld
if try -static-pie -Wl,--fatal-warnings "$order"; then echo "KA_STATIC_ORDER := $order"; else echo 'KA_STATIC_ORDER :='; fi
