#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Once 60-dbgmem.rules is installed or removed on a running system: the group that it
# names exists, and udev follows it, also for a node that is there already. What
# cannot be done is said, and is no failure: the rest is installed.
PATH=$PATH:/usr/sbin:/sbin

if [ "$(id -u)" -ne 0 ]; then
	echo "The group dbgmem and udev are root's: run user/udev/activate.sh as root."
	exit 0
fi
getent group dbgmem >/dev/null || groupadd --system dbgmem ||
	echo "The group dbgmem could not be made: /dev/dbgmem stays root's without it."
if ! command -v udevadm >/dev/null || ! udevadm control --reload 2>/dev/null; then
	echo "udev does not run here: without it, /dev/dbgmem stays root's."
elif [ -d /sys/class/misc/dbgmem ]; then
	udevadm trigger --action=change --subsystem-match=misc --sysname-match=dbgmem
fi
