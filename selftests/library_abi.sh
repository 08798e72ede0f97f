#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# library_abi.sh LIBRARY: print its ABI, without what only its own files see.
# "make abi" records it, "make lint" compares.
exec abidw --header-file user/lib/dbgmem.h --header-file user/lib/dbgmem_interfaces.h \
	--header-file uapi/dbgmem/uapi.h --drop-private-types --exported-interfaces-only \
	--no-architecture --no-corpus-path --no-comp-dir-path --no-elf-needed \
	--no-show-locs --no-parameter-names --type-id-style hash "$1"
