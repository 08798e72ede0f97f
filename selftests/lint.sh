#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything that can be said about the sources without running them, as TAP.
# Called by make, which gives O, CC, USER_CFLAGS and TEST_CFLAGS.
set -u
# shellcheck source=selftests/tap.sh
. "$(dirname "$0")/tap.sh"
top=$PWD
mkdir "$tmp/include"

# checkpatch, where it does not fit. User space has no such macros:
ignore_uapi=(
	BIT_MACRO
)
ignore_user=(
	"${ignore_uapi[@]}"
	ARRAY_SIZE
	ARCH_DEFINES		# registers and traps are the machine's
	PREFER_DEFINED_ATTRIBUTE_MACRO
	PREFER_KERNEL_TYPES	# uint32_t is user space's spelling
	LONG_LINE_STRING	# sentences for people stay in one piece
	EMBEDDED_FUNCTION_NAME	# words of a usage text, not names
	VOLATILE		# windows: another process writes there
	CAMELCASE		# PRIx64, _Static_assert, fields of /proc
	COMPLEX_MACRO		# entries of an array cannot be in parentheses
)
# The harness is macros that define functions and end in blocks:
ignore_tests=(
	"${ignore_user[@]}"
	BRACES			# ASSERT_* needs them
	LINE_SPACING
	SPACING			# TEST_F(a, b) is taken for a declaration
	LEADING_SPACE		# arguments of a macro at the start of a line
	PARENTHESIS_ALIGNMENT	# no room left inside the harness's blocks
	MACRO_ARG_REUSE		# arguments are constants
	MULTISTATEMENT_MACRO_USE_DO_WHILE
	MACRO_WITH_FLOW_CONTROL	# SKIP() leaves the test
	OPEN_ENDED_LINE		# names of tests are sentences
	LONG_LINE_COMMENT	# a helper's "link:" is one line
	VOLATILE		# memory that another process changes
	ENOSYS			# as a file system answers
	MULTIPLE_ASSIGNMENTS
	COMPARISON_TO_NULL	# ASSERT_NE(NULL, ...)
	QUOTED_WHITESPACE_BEFORE_NEWLINE # of expected output
)
# The layout of tracepoints is the kernel's own:
ignore_trace=(
	OPEN_ENDED_LINE
	PARENTHESIS_ALIGNMENT
)

# What older kernels have is what newer ones deprecate:
ignore_compat=(
	DEPRECATED_API
)
# Names that must not be there are declared, as something else:
ignore_probe=(
	AVOID_EXTERNS
	SPACING			# it does not know the type behind them
)

# Only lines about our files count: the kernel's headers have their own.
module_log() {
	grep -E '(warning|error|WARNING|ERROR): |^error:' "$O/lint/module.log" |
	grep -E '/(kmod|uapi)/|modpost|^(make|error)'
}

checkpatch() {
	local name=$1 list=${2// /,}
	shift 2
	# in a place of its own, where its cache of names may go
	if [ $# -eq 0 ]; then
		echo "no files"
	else
		(cd "$tmp" && GIT_DIR=none perl "$O/scripts/checkpatch.pl" \
			--no-tree --root="$tmp" --strict --terse --no-summary \
			--show-types ${list:+--ignore "$list"} \
			-f "${@/#/$top/}" 2>&1) | sed "s|$top/||"
	fi >"$tmp/log"
	verdict "checkpatch.$name"
}

# One compiler run for each file, as for the build, warnings being errors.
warnings() {
	local name=$1 flags=$2 f
	shift 2
	: >"$tmp/log"
	for f; do
		[ -e "$f" ] || continue
		# shellcheck disable=SC2086 # words
		eval "$CC $flags -Werror -S -o /dev/null \"\$f\"" \
			>>"$tmp/log" 2>&1 || echo "$f: failed" >>"$tmp/log"
	done
	verdict "warnings.$name"
}

shopt -s nullglob
echo "TAP version 13"
echo "1..30"

module_log | grep -E '\[-W|error|modpost' >"$tmp/log"
verdict module.W=1
module_log | grep -vE '\[-W|modpost' >"$tmp/log"
verdict module.sparse
grep -q '^  CHECK .*/kmod/' "$O/lint/module.log" && : >"$tmp/log" ||
	echo "sparse saw no file" >"$tmp/log"
verdict module.sparse_ran

kmod=()
for f in kmod/*.[ch] kmod/*/*.[ch]; do
	case $f in
	kmod/trace.h | kmod/compat/*.h) ;;
	*)	kmod+=("$f") ;;
	esac
done
checkpatch kmod '' "${kmod[@]}"
checkpatch trace "${ignore_trace[*]}" kmod/trace.h
checkpatch compat "${ignore_compat[*]}" kmod/compat/compat.h
checkpatch probe "${ignore_probe[*]}" kmod/compat/probe/*.c

# An upward include must be found, or nobody has looked.
{
	selftests/floors.sh kmod kmod
	selftests/floors.sh cli user/cli
	cp -r kmod "$tmp/kmod"
	echo '#include "engine/engine.h"' >>"$tmp/kmod/target/target.h"
	selftests/floors.sh kmod "$tmp/kmod" |
		grep -q 'target/target.h includes engine/engine.h' ||
		echo "it does not find what is planted in kmod"
	cp -r user/cli "$tmp/cli"
	echo '#include "cmd/cmd.h"' >>"$tmp/cli/text/text.h"
	selftests/floors.sh cli "$tmp/cli" |
		grep -q 'text/text.h includes cmd/cmd.h' ||
		echo "it does not find what is planted in user/cli"
} >"$tmp/log" 2>&1
verdict floors

checkpatch uapi "${ignore_uapi[*]}" uapi/dbgmem/*.h
checkpatch lib "${ignore_user[*]}" user/lib/*.[ch] user/examples/*.c
checkpatch tool "${ignore_user[*]}" user/cli/*.[ch] user/cli/*/*.[ch]
# folders of programs, and of what they share
tests=()
for f in selftests/*/{test,host,helper}_*.c selftests/lib/*.h; do
	tests+=("${f%/*}")
done
mapfile -t tests < <(printf '%s\n' "${tests[@]}" | sort -u)
# shellcheck disable=SC2046 # files
checkpatch selftests "${ignore_tests[*]}" $(find "${tests[@]}" -name '*.[ch]') \
	selftests/amplify/*.[ch] selftests/fuzz/*.[ch] selftests/inject/*.[ch] \
	selftests/parsers/*.[ch] \
	selftests/torture/*.[ch]

echo '#include <dbgmem/uapi.h>' >"$tmp/alone.c"
"$CC" -std=c11 -Wall -Wextra -pedantic -Werror -Iuapi -fsyntax-only \
	"$tmp/alone.c" >"$tmp/log" 2>&1
verdict header.c11
g++ -x c++ -std=c++17 -Wall -Wextra -pedantic -Werror -Iuapi \
	-fsyntax-only "$tmp/alone.c" >"$tmp/log" 2>&1
verdict header.c++17
# which includes the other one before anything else
echo '#include <dbgmem_interfaces.h>' >"$tmp/alone.c"
{
	"$CC" -std=c11 -Wall -Wextra -pedantic -Werror -Iuapi \
		-Iuser/lib -fsyntax-only "$tmp/alone.c"
	g++ -x c++ -std=c++17 -Wall -Wextra -pedantic -Werror \
		-Iuapi -Iuser/lib -fsyntax-only "$tmp/alone.c"
} >"$tmp/log" 2>&1
verdict header.library

# abi_diff LIBRARY: what is not as recorded
abi_diff() {
	selftests/library_abi.sh "$1" >"$tmp/now.abi" &&
		abidiff user/lib/libdbgmem.abi "$tmp/now.abi"
}

abi_diff "$O/user/libdbgmem.so" >"$tmp/log" 2>&1 ||
	echo "if that is intended: 'make abi' records it" >>"$tmp/log"
verdict library_abi
sed '/dbgmem_bp_trap;/d' user/lib/libdbgmem.map >"$tmp/less.map"
"$CC" -shared -Wl,--version-script="$tmp/less.map" -o "$tmp/less.so" \
	-Wl,--whole-archive "$O/user/libdbgmem.a" -Wl,--no-whole-archive \
	-lkmod -pthread >"$tmp/log" 2>&1
abi_diff "$tmp/less.so" 2>&1 | grep -q 'dbgmem_bp_trap' ||
	echo "it does not find what is planted" >>"$tmp/log"
verdict library_abi.looks

# The layout of the ABI's structures, of $1 bits.
layout() {
	"$CC" "-m$1" -g -fno-eliminate-unused-debug-types \
		-idirafter "/usr/include/$("$CC" -print-multiarch)" \
		-x c -c -o "$tmp/layout.o" uapi/dbgmem/uapi.h &&
		pahole "$tmp/layout.o" | sed -n '/^struct dbgmem_/,/^};/p'
}

layout 64 >"$tmp/layout64" 2>&1
layout 32 >"$tmp/layout32" 2>&1
{
	grep -nE 'hole|padding|bit_padding' "$tmp/layout64"
	[ "$(grep -c '^struct ' "$tmp/layout64")" = \
	  "$(grep -c '^struct .*{' uapi/dbgmem/uapi.h)" ] ||
		echo "pahole does not show every structure"
} >"$tmp/log"
verdict layout.no_holes
diff "$tmp/layout64" "$tmp/layout32" >"$tmp/log"
verdict layout.same_for_32_bits

# analyzer FILE...: gcc's, on files of user space
analyzer() {
	local f
	for f; do
		eval "$CC $USER_CFLAGS -fanalyzer -c -o /dev/null \"\$f\"" \
			2>&1
	done
}

analyzer user/lib/*.c user/cli/*.c user/cli/*/*.c >"$tmp/log"
verdict gcc_analyzer
analyzer selftests/planted/analyze.c >"$tmp/log"
grep -q Wanalyzer-malloc-leak "$tmp/log" && : >"$tmp/log" ||
	echo "it does not find what is planted" >>"$tmp/log"
verdict gcc_analyzer.looks

# Names that a target has chosen are printed by text.c, and by nobody else.
perl selftests/foreign_text.pl user/cli/*.c user/cli/*/*.c >"$tmp/log" 2>&1
verdict foreign_text
perl selftests/foreign_text.pl selftests/planted/foreign_text.c >"$tmp/log" 2>&1
# One for each call up to the second comment, and none behind it
[ "$(wc -l <"$tmp/log")" = 13 ] && ! grep -q ':2[0-9]:' "$tmp/log" &&
	: >"$tmp/log" || echo "it does not find what is planted" >>"$tmp/log"
verdict foreign_text.looks

warnings user "$USER_CFLAGS" user/lib/*.c user/cli/*.c user/cli/*/*.c
# shellcheck disable=SC2046 # files
warnings selftests "$TEST_CFLAGS -Iuser/cli" $(find "${tests[@]}" -name '*.c')
warnings fuzz "$TEST_CFLAGS -D_GNU_SOURCE" selftests/fuzz/*.c

man=(user/man/*.[1-9])
if [ ${#man[@]} -eq 0 ]; then
	echo "no manual pages" >"$tmp/log"
else
	mandoc -T lint -W warning "${man[@]}" >"$tmp/log" 2>&1
fi
verdict manual_pages

# What the documents say is tested: "program", or "program.test"
documents=(README.md .github/*.md kmod/*.md selftests/*.md selftests/*/*.md user/*.md
	user/man/*.[1-9])
named=$(grep -ohP '\b(test|host)_[a-z0-9_]*[a-z0-9](\.(?!c\b)[a-z0-9_]*[a-z0-9])?(?![a-zA-Z0-9_*])' \
	"${documents[@]}" | sort -u)
for t in $named; do
	src=$(find selftests -name "${t%%.*}.c")
	if [ ! -e "$src" ]; then
		echo "no program of the name $t: $(grep -lw "$t" "${documents[@]}")"
		continue
	fi
	parts=("${src[0]}")
	while read -r f; do
		parts+=("$(find selftests -path "*/${f##*/}")")
	done < <(sed -n 's/^#include "\(.*\)"/\1/p' "$src")
	[ "$t" = "${t%.*}" ] ||
		grep -qE "^(TEST\(|TEST_F(_TIMEOUT)?\([a-z_]+, |#define RACE_TEST[[:space:]]+)${t#*.}\>" \
			"${parts[@]}" 2>/dev/null ||
		echo "$src has no test ${t#*.}: $(grep -lw "$t" "${documents[@]}")"
done >"$tmp/log"
[ "$(wc -w <<<"$named")" -gt 30 ] || echo "the documents name no tests" >>"$tmp/log"
verdict documents.tests_exist

# Files that the documents point to, from where they are
for f in "${documents[@]}"; do
	while read -r link; do
		[ -e "$(dirname "$f")/$link" ] || echo "$f: there is no $link"
	done < <(grep -oP '(?<=\]\()[^):#]+(?=\))' "$f")
done >"$tmp/log"
# and those that they name, but for NAMEs that a reader is to choose
named=$(grep -ohP '\x60\K(kmod|uapi|user|selftests)/[\w./-]+\.\w+(?=\x60)' \
	"${documents[@]}" | grep -vE '/(FOLDER|NAME|VERB|test_NAME|test_tool_VERB)\b' | sort -u)
for f in $named; do
	[ -e "$f" ] || echo "there is no $f: $(grep -lwF "$f" "${documents[@]}")"
done >>"$tmp/log"
verdict documents.links_exist

# The version is in one place, which may be read without make.
version=$(sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' kmod/main.c)
{
	grep -rnwF -- "$version" Makefile kmod uapi user selftests |
		grep -v '^kmod/main.c:.*MODULE_VERSION'
	[ "$(sed -n 's/^## //p' .github/CHANGELOG.md | head -n 1)" = "$version" ] ||
		echo ".github/CHANGELOG.md does not begin with $version"
	[ -n "$version" ] || echo "kmod/main.c has no MODULE_VERSION"
} >"$tmp/log"
verdict one_version
