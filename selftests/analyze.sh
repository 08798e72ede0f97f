#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the analyzers that "make check" does without say of the module, the
# library and the tool, as TAP. Each must find a bug of planted/analyze*.c too,
# or it has not looked. Called by make, which gives O, GUEST and USER_CFLAGS.
set -u
# shellcheck source=selftests/tap.sh
. "$(dirname "$0")/tap.sh"
top=$PWD

# clang-tidy: what is not asked for, and why
tidy_without=(
	# wants Annex K, which glibc does not have
	clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling
	bugprone-easily-swappable-parameters	# (address, length) has an order
	bugprone-reserved-identifier		# _GNU_SOURCE
	cert-dcl37-c				# the same
	cert-dcl51-cpp				# the same
	cert-err33-c	# output is checked once, when it is flushed
	cert-err34-c	# of /proc: how many fields were read says enough
	bugprone-suspicious-string-compare	# strcmp() as a truth value
	bugprone-implicit-widening-of-multiplication-result # of constants
	bugprone-sizeof-expression		# arrays of pointers
)

# The flags that the module is built with, as far as clang needs them.
module_flags() {
	local cmd words
	cmd=$(sed -n '1s/^[^=]*:= *//; 1s/ ; .*//p' \
		"$O/lint/module/kmod/.main.o.cmd")
	eval "words=($cmd)"
	set -- "${words[@]}"
	while [ $# -gt 0 ]; do
		case $1 in
		-nostdinc | -I* | -D* | -std=*)
			printf '%s\0' "$1" ;;
		-include)
			printf '%s\0%s\0' "$1" "$2"
			shift ;;
		esac
		shift
	done
}

# What is found in our files, not in the kernel's headers or the system's.
findings() {
	grep -E "^$top/.*: (warning|error): " | sed "s|$top/||"
}

clang_module() {
	local flags
	mapfile -d '' flags < <(module_flags)
	# where kbuild's relative paths begin
	(cd "$GUEST/build" && clang --analyze --target=x86_64-linux-gnu \
		-Wno-everything -mno-sse -mno-mmx -fshort-wchar \
		-fno-delete-null-pointer-checks "${flags[@]}" -o /dev/null "$top/$1" 2>&1 ||
		echo "$top/$1:0: error: clang failed") |
	findings
}

# report SCRIPT PATH: what one of the kernel's coccinelle scripts finds
report() {
	local options
	options=$(sed -n 's|^// Options: ||p' "$1" | head -n 1)
	# shellcheck disable=SC2086 # words
	spatch -D report --very-quiet --no-show-diff --cocci-file "$1" \
		$options "$2" 2>"$tmp/spatch" || {
		echo "$1 failed:"
		cat "$tmp/spatch"
	}
}

# All of them that report, but those in OCaml.
coccinelle() {
	local script ran=0
	for script in "$O"/scripts/coccinelle/*/*.cocci; do
		grep -q 'virtual report' "$script" || continue
		! grep -q 'script:ocaml' "$script" || continue
		report "$script" "$1"
		ran=$((ran + 1))
	done
	[ "$ran" -ge 50 ] || echo "only $ran of the kernel's scripts ran"
}

# Errors of compilation are findings too.
clang_tidy() {
	local without
	without=$(printf -- ',-%s' "${tidy_without[@]}")
	eval "clang-tidy --quiet --checks='-*,clang-analyzer-*,bugprone-*,cert-*$without' \
		\"\$1\" -- $USER_CFLAGS" 2>/dev/null | findings
}

cpp_check() {
	eval "cppcheck --quiet --std=c11 --template=gcc --inline-suppr \
		--enable=warning,performance,portability \
		$(printf '%s\n' "$USER_CFLAGS" | grep -oE -- "-[ID][^ ]+" | tr '\n' ' ') \
		\"\$@\"" 2>&1
}

# each FUNCTION FILE...: as many at a time as there are processors
each() {
	local function=$1 file i=0
	shift
	for file; do
		[ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n
		i=$((i + 1))
		"$function" "$file" >"$tmp/each.$i" &
	done
	wait
	cat "$tmp"/each.*
	rm -f "$tmp"/each.*
}

# looks NAME PATTERN: the log of a file with bugs must have it
looks() {
	grep -q -- "$2" "$tmp/log" && : >"$tmp/log" ||
		echo "it does not find what is planted: $2" >>"$tmp/log"
	verdict "$1.looks"
}

echo "TAP version 13"
echo "1..8"
bugs=selftests/planted/analyze.c bugs_module=selftests/planted/analyze_module.c

coccinelle kmod >"$tmp/log"
verdict coccinelle
report "$O/scripts/coccinelle/free/kfree.cocci" $bugs_module >"$tmp/log"
looks coccinelle 'reference preceded by free'

each clang_module kmod/*.c kmod/*/*.c >"$tmp/log"
verdict clang_analyzer
clang_module $bugs_module >"$tmp/log"
looks clang_analyzer core.NullDereference

each clang_tidy user/lib/*.c user/cli/*.c user/cli/*/*.c >"$tmp/log"
verdict clang_tidy
clang_tidy $bugs >"$tmp/log"
looks clang_tidy unix.Malloc

cpp_check user/lib user/cli >"$tmp/log"
verdict cppcheck
cpp_check $bugs >"$tmp/log"
looks cppcheck memleak
