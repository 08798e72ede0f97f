#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# follow.sh NONCE TOTAL FILE...: verdicts as they come. Each of TOTAL programs that
# ends gets a line, with the time since the start; a test that fails is named at
# once. What counts is what collect.awk says in the end. Ends after SIGUSR1, when
# all that is there has been read.
set -u
mark="@$1 " total=$2
shift 2
ended=0 over=
trap over=1 USR1

declare -a fds=() rest=() pass=() fail=() skip=()

# Of file $1 a line, $2.
line() {
	local i=$1 text=${2%$'\r'} name rc secs more=''
	case $text in
	"${mark}begin "*)
		pass[i]=0 fail[i]=0 skip[i]=0 ;;
	"${mark}end "*)
		read -r name rc secs <<<"${text#"$mark"end }"
		ended=$((ended + 1))
		[ "${fail[i]}" = 0 ] || more+=", ${fail[i]} failed"
		[ "${skip[i]}" = 0 ] || more+=", ${skip[i]} skipped"
		[ "$rc" != timeout ] || more+=", TIMED OUT"
		printf '[%*d/%d] %3d:%02d %-26s %d passed%s (%d s)\n' \
			"${#total}" "$ended" "$total" $((SECONDS / 60)) \
			$((SECONDS % 60)) "$name" "${pass[i]}" "$more" "$secs" ;;
	"ok "*"# SKIP"*) skip[i]=$((skip[i] + 1)) ;;
	"ok "*)	pass[i]=$((pass[i] + 1)) ;;
	"not ok "*)
		fail[i]=$((fail[i] + 1))
		echo "      FAILED ${text#not ok * }" ;;
	esac
}

for file; do
	exec {fd}<"$file"
	fds+=("$fd") rest+=('') pass+=(0) fail+=(0) skip+=(0)
done
while :; do
	last=$over
	for i in "${!fds[@]}"; do
		while IFS= read -r text <&"${fds[i]}"; do
			line "$i" "${rest[i]}$text"
			rest[i]=''
		done
		rest[i]+=$text
	done
	[ -z "$last" ] || exit 0
	sleep 1
done
