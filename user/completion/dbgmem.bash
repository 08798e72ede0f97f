# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# bash completion for dbgmem(1). Needs nothing of the package bash-completion.

_dbgmem_verbs="info read write cmpxchg bp maps search strings compare fill watch
	dump regs load unload"

# The options of a verb; those that end in = are followed by a word.
_dbgmem_options()
{
	local where="--writable --executable --file-backed --anonymous --private --shared"
	local value="-x= --hex= -s= --string= --utf16= --int= --width=
		--u8= --u16= --u32= --u64= --i8= --i16= --i32= --i64= --f32= --f64="

	case $1 in
	'')		echo "-V --version" ;;
	info)		echo "-j --json" ;;
	read)		echo "-o= --output= -x --hexdump -e --exact -f --force" \
				"-z --zero-fill --no-fault --stable --replace" ;;
	write)		echo "$value -i= --file= -e --exact -f --force" ;;
	cmpxchg)	echo "$value --file= -f --force" ;;
	'bp set')	echo "-t= --trap= -y --yes" ;;
	'bp list')	echo "-j --json" ;;
	maps)		echo "-r --readable -w --writable -x --executable -f --file" \
				"-a --anonymous -p --private -s --shared -l --long" \
				"-j --json" ;;
	search)		echo "$value --file= -i --ignore-case -p= --pointer= -a= --align=" \
				"$where -f --force --no-fault --fault-in -C= --context= -b --brief" \
				"-c --count -j --json -l= --limit=" ;;
	strings)	echo "-n= --min= --utf8 --utf16 $where -f --force" \
				"--no-fault --fault-in -R --region -j --json -l= --limit=" ;;
	compare)	echo "-w= --with= -i= --file= -o= --offset= -l= --limit=" \
				"-b --brief -j --json -f --force --no-fault --fault-in" ;;
	fill)		echo "$value --file= -e --exact -f --force" ;;
	watch)		echo "-i= --interval= -c= --count= -a --all -l --live" \
				"-x --hex -j --json" ;;
	dump)		echo "-a --all -r --registers --replace" ;;
	regs)		echo "-a --all -j --json" ;;
	load)		echo "-p= --path=" ;;
	esac
	echo "-h --help"
}

# What argument number $2, from 0, of verb $1 is.
_dbgmem_argument()
{
	local kinds

	case $1 in
	bp)		echo "bp"; return ;;
	info | 'bp list') kinds=(pid) ;;
	read | search | strings)
		kinds=(pid)
		(($2 % 2)) && kinds[$2]=addr ;;
	'bp set')
		kinds=(pid)
		(($2)) && kinds[$2]=addr ;;
	write | maps | fill) kinds=(pid addr) ;;
	cmpxchg)	kinds=(pid addr width) ;;
	compare)	kinds=(pid addr addr) ;;
	watch)		kinds=(pid addr type) ;;
	dump)		kinds=(pid file) ;;
	regs)
		kinds=(pid)
		(($2)) && kinds[$2]=register ;;
	load)		kinds=([$2]=param) ;;
	esac
	echo "${kinds[$2]}"
}

# What the word behind option $1 of verb $2 is.
_dbgmem_value()
{
	case $2:$1 in
	read:-o | *:--output | write:-i | compare:-i | *:--file | load:-p | \
	*:--path)
		echo file ;;
	compare:-w | *:--with)
		echo pid ;;
	*:--width)
		echo width ;;
	search:-p | *:--pointer)
		echo addr ;;
	esac
}

# Names of mappings of process $1, as the shell wants them quoted. Only plain
# ones: they go to the terminal, and a process chooses them itself.
_dbgmem_mappings()
{
	local name LC_ALL=C

	while read -r _ _ _ _ _ name; do
		[[ $name && $name != *[!\ -~]* ]] || continue
		name=${name% (deleted)}
		printf '%q\n' "${name##*/}"
	done 2>/dev/null <"/proc/$1/maps" | sort -u
}

# Words of kind $1, for process $2, that begin with $3, to COMPREPLY.
_dbgmem_words()
{
	local words='' word

	case $1 in
	bp)	words="set list" ;;
	pid)	words=$(cd /proc && echo [1-9]*) ;;
	width)	words="1 2 4 8" ;;
	type)	words="u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 int float double ptr string bytes:" ;;
	register) words="pc sp fp flags" ;;
	param)	words="engine= force= audit= mirror_pages= window_pages="
		words+=" window_lease="
		compopt -o nospace 2>/dev/null ;;
	file)	mapfile -t COMPREPLY < <(compgen -f -- "$3")
		compopt -o filenames 2>/dev/null
		return ;;
	addr)	[[ $2 =~ ^[0-9]+$ ]] || return
		while read -r word; do
			[[ $word == "$3"* ]] && COMPREPLY+=("$word")
		done < <(_dbgmem_mappings "$2")
		return ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$3")
}

_dbgmem()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb='' pid='' options='' option=''
	local i word arguments=0 only_arguments=

	COMPREPLY=()
	# Go through what is before: bash makes --a=b three words.
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $option && $word == "=" ]]; then
			continue
		elif [[ $option ]]; then
			option=
		elif [[ ! $only_arguments && $word == -- ]]; then
			only_arguments=1
		elif [[ ! $only_arguments && $word == -?* ]]; then
			[[ " $options " != *" $word= "* ]] || option=$word
		elif [[ ! $verb || $verb == bp ]]; then
			verb=${verb:+$verb }$word
			options=$(_dbgmem_options "$verb")
			options=${options//$'\n'/ }
		else
			((arguments++)) || pid=$word
		fi
	done
	if [[ $option ]]; then
		[[ $cur != "=" ]] || cur=
		_dbgmem_words "$(_dbgmem_value "$option" "$verb")" "$pid" "$cur"
	elif [[ ! $only_arguments && $cur == -* ]]; then
		options=$(_dbgmem_options "$verb")
		mapfile -t COMPREPLY < <(compgen -W "${options//=/}" -- "$cur")
	elif [[ ! $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$_dbgmem_verbs" -- "$cur")
	else
		_dbgmem_words "$(_dbgmem_argument "$verb" "$arguments")" "$pid" \
			"$cur"
	fi
}

complete -F _dbgmem dbgmem
