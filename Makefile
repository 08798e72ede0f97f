# SPDX-License-Identifier: GPL-2.0
#
# The human's entry; kbuild's is Kbuild. Every product is under $(O).

# The module is built without this file, too.
VERSION := $(shell sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' kmod/main.c)
SOVERSION := 0

O := build
S := $(CURDIR)
ifeq ($(MAKECMDGOALS),help)
# wherever it would be, nothing is built
override O := build
else
override O := $(abspath $(O))
ifneq ($(words $(S) $(O)),2)
$(error the paths of the sources and of O= must not contain blanks)
endif
endif

# Where `make install` puts things
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
UDEVDIR ?= /lib/udev/rules.d
SYSUSERSDIR ?= /usr/lib/sysusers.d
DESTDIR ?=

# The guest of check and demo: a name that kernel.sh knows. Lint, the debug
# kernel and the test harness are always of the first.
HOME_KERNEL := 6.1
KERNEL ?= $(HOME_KERNEL)
GUEST := $(O)/guest/$(KERNEL)
# If it is of another architecture than this machine: programs for it are built
# by a make of its own, in a directory of its own.
GUEST_ARCH := $(if $(filter %-arm64,$(KERNEL)),arm64)

# Other compilers, and what programs link to, if that is not this machine's
ifneq ($(CROSS_COMPILE),)
SYSROOT := $(wildcard $(O)/sysroot)
CC := $(CROSS_COMPILE)gcc $(if $(SYSROOT),--sysroot=$(SYSROOT))
AR := $(CROSS_COMPILE)ar
endif

# Quiet unless V=1
ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
endif

# depmod, ldconfig: after a plain su they are not in root's PATH
export PATH := $(PATH):/usr/sbin:/sbin

QEMU_DIR := selftests/qemu
# Parallel by default where it takes long
JOBS := $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

.DELETE_ON_ERROR:
.SUFFIXES:

all: modules user ## build the module and user space (the default)

# --- the module ---

# For KDIR=, or the running kernel, or else the guest's
RUNNING := $(shell uname -r)
ifeq ($(KDIR),)
ifneq ($(wildcard /lib/modules/$(RUNNING)/build/Makefile),)
KDIR := /lib/modules/$(RUNNING)/build
endif
else
override KDIR := $(abspath $(KDIR))
endif

# Options for kbuild count only on its command line, as there.
KBUILD_PASS := $(foreach v,ARCH CROSS_COMPILE CC LLVM V W C CF,\
	$(if $(findstring command,$(origin $(v))),$(v)='$($(v))'))
ifneq ($(C),)
ifeq ($(CF),)
KBUILD_PASS += CF=-D__CHECK_ENDIAN__
endif
endif

# less what kbuild leaves there where it is run by hand
KMOD_SRC := $(sort Kbuild kmod/Kbuild $(filter-out kmod/compat/probes.h %.mod.c,\
	$(wildcard kmod/*.[ch] kmod/*/*.[ch] kmod/compat/probe/*.c \
		kmod/compat/probe/*.sh uapi/dbgmem/*.h)))

# kbuild writes its objects beside the sources: give it a tree of links.
# $(call kbuild,KDIR,TREE,ARGUMENTS)
link_tree = find $(1) -type l -delete 2>/dev/null; \
	mkdir -p $(addprefix $(1)/,$(sort $(dir $(KMOD_SRC)))) && \
	for f in $(KMOD_SRC); do ln -sfn $(S)/$$f $(1)/$$f || exit 1; done
# Headers without a vmlinux: there is no BTF to be made, and no need to say so.
kbuild = +$(Q)$(MAKE) --no-print-directory -C $(1) O=$(realpath $(1)) M=$(2) \
	$(if $(wildcard $(1)/vmlinux),,CONFIG_DEBUG_INFO_BTF_MODULES=) $(3)

ifneq ($(KDIR),)
# what uname -r will say; Debian's kernel.release has only the upstream version
KRELEASE := $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)
ifeq ($(KRELEASE),)
$(error KDIR=$(KDIR) is not a prepared kernel tree)
endif
MODTREE := $(O)/module/$(KRELEASE)
KO := $(MODTREE)/kmod/dbgmem.ko

modules: $(KO) ## build the module for the running kernel, or for KDIR= (W=1, C=2 as in kbuild)
	@:

$(KO): $(KMOD_SRC) $(wildcard $(KDIR)/Module.symvers) \
		$(if $(W)$(C),FORCE $(if $(C),sparse-present))
	$(say) KBUILD "dbgmem.ko for $(KRELEASE)"
	$(Q)$(call link_tree,$(MODTREE))
	$(if $(W)$(C),$(Q)rm -f $(MODTREE)/kmod/*.o $(MODTREE)/kmod/*/*.o)
	$(call kbuild,$(KDIR),$(MODTREE),$(KBUILD_PASS) modules)
	$(Q)touch $@
else
modules: $(GUEST)/.complete
	@echo "no headers of the running kernel $(RUNNING): building for the guest's $(KERNEL)"
	+$(Q)$(MAKE) --no-print-directory modules KDIR=$(GUEST)/build
endif

guest-kernel: $(GUEST)/.complete

# The guest's module, whatever KDIR= says
guest-module: $(GUEST)/.complete
	+$(Q)$(MAKE) --no-print-directory modules KDIR=$(GUEST)/build

sparse-present:
	$(Q)command -v sparse >/dev/null || $(QEMU_DIR)/setup.sh lint

# --- what is downloaded ---

$(O)/.setup-kernel: $(QEMU_DIR)/setup.sh
	$(Q)mkdir -p $(@D)
	$(Q)$(QEMU_DIR)/setup.sh build kernel
	$(Q)touch $@

$(GUEST)/.complete: | $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/kernel.sh $(O) $(KERNEL)

$(O)/kselftest/.complete: $(QEMU_DIR)/source.sh | $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/source.sh $(O) $(HOME_KERNEL)

# The uncompressed image boots faster under emulation. (kernel.sh has made the
# link where there is no other.)
$(GUEST)/vmlinux: | $(GUEST)/.complete $(O)/kselftest/.complete
	$(say) EXTRACT $(@F)
	$(Q)bash $(O)/scripts/extract-vmlinux $(GUEST)/vmlinuz >$@.tmp
	$(Q)mv $@.tmp $@

setup: ## install the Debian packages that check and demo need, or say which
	$(Q)$(QEMU_DIR)/setup.sh

# --- user space ---

LIBFILE := libdbgmem.so.$(VERSION)
SONAME := libdbgmem.so.$(SOVERSION)
LIB := $(O)/user/$(LIBFILE)
TOOL := $(O)/user/dbgmem
MANPAGES := $(sort $(wildcard user/man/*.[1-9]))

LIB_OBJ := $(patsubst user/%.c,$(O)/user/%.o,$(wildcard user/lib/*.c))
# The tool has files of the library that the public does not see.
CLI_OBJ := $(patsubst user/%.c,$(O)/user/%.o,$(wildcard user/cli/*.c user/cli/*/*.c)) \
	$(patsubst %,$(O)/user/lib/%.o,present mounts backing)

LIBKMOD_CFLAGS = $(shell pkg-config --cflags libkmod 2>/dev/null)
LIBKMOD_LIBS = $(or $(shell pkg-config --libs libkmod 2>/dev/null),-lkmod)
# of the tool only
JSON_CFLAGS = $(shell pkg-config --cflags json-c 2>/dev/null)
JSON_LIBS = $(or $(shell pkg-config --libs json-c 2>/dev/null),-ljson-c)
ELF_CFLAGS = $(shell pkg-config --cflags libelf 2>/dev/null)
ELF_LIBS = $(or $(shell pkg-config --libs libelf 2>/dev/null),-lelf)

CFLAGS ?= -O2 -g
# of selftests/sanitizers; the compiler warns in the ordinary build
ifneq ($(SANITIZE),)
override CFLAGS := -O1 -g -w -fno-omit-frame-pointer -U_FORTIFY_SOURCE \
	-fsanitize=$(SANITIZE) -fno-sanitize-recover=all
endif
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wold-style-definition -Wwrite-strings -Wundef
# What the compiler defines by itself, or the caller, is not defined once more; and
# without optimization there is nothing to fortify. Asked once.
fortify = $(shell $(CC) $(CPPFLAGS) $(CFLAGS) -dM -E -x c /dev/null 2>/dev/null | \
	awk '$$2 == "_FORTIFY_SOURCE" { has = 1 } $$2 == "__OPTIMIZE__" { can = 1 } \
		END { if (can && !has) print "-D_FORTIFY_SOURCE=2" }')
HARDEN = $(eval HARDEN := -fstack-protector-strong \
	$(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,$(fortify)))$(HARDEN)
USER_CFLAGS = -std=gnu11 -Iuapi -Iuser/lib -Iuser/cli $(CPPFLAGS) $(CFLAGS) \
	$(WARNINGS) $(HARDEN) -fPIC -fvisibility=hidden \
	-DDBGMEM_VERSION='"$(VERSION)"' $(LIBKMOD_CFLAGS) $(JSON_CFLAGS) $(ELF_CFLAGS)
USER_LDFLAGS = $(LDFLAGS) -Wl,-z,relro,-z,now

USER_PRODUCTS := $(LIB) $(O)/user/libdbgmem.a $(O)/user/libdbgmem.pc $(TOOL) \
	$(O)/user/install/dbgmem

user: $(USER_PRODUCTS) ## build the library and the tool

# Say which packages are missing, not which headers.
build-present:
	$(Q)printf '#include <%s>\n' stdio.h libkmod.h json.h libelf.h | \
		$(CC) $(CPPFLAGS) $(CFLAGS) $(LIBKMOD_CFLAGS) $(JSON_CFLAGS) \
		$(ELF_CFLAGS) -E -x c -o /dev/null - 2>/dev/null || \
		$(QEMU_DIR)/setup.sh build

$(O)/user/%.o: user/%.c Makefile | build-present
	$(say) CC "user/$*.c"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ) user/lib/libdbgmem.map
	$(say) LINK $(@F)
	$(Q)$(CC) $(CFLAGS) $(USER_LDFLAGS) -shared -Wl,-soname,$(SONAME) \
		-Wl,--version-script,user/lib/libdbgmem.map -Wl,-z,defs,-z,nodelete \
		-o $@ $(LIB_OBJ) $(LIBKMOD_LIBS) -pthread
	$(Q)ln -sf $(LIBFILE) $(@D)/$(SONAME)
	$(Q)ln -sf $(SONAME) $(@D)/libdbgmem.so

$(O)/user/libdbgmem.a: $(LIB_OBJ)
	$(say) AR $(@F)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# $(call make_pc,OUT)
make_pc = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
	user/lib/libdbgmem.pc.in >$(1)

$(O)/user/libdbgmem.pc: user/lib/libdbgmem.pc.in Makefile
	$(Q)mkdir -p $(@D)
	$(Q)$(call make_pc,$@)

link_tool = $(CC) $(CFLAGS) $(USER_LDFLAGS) -o $@ $(CLI_OBJ) -L$(O)/user \
	-ldbgmem $(JSON_LIBS) $(ELF_LIBS) -pthread

# The one in the build directory finds the library beside it,
$(TOOL): $(CLI_OBJ) $(LIB)
	$(say) LINK "$(@F)"
	$(Q)$(link_tool) -Wl,-rpath,'$$ORIGIN'

# the one to be installed where the system looks for libraries.
$(O)/user/install/dbgmem: $(CLI_OBJ) $(LIB)
	$(Q)mkdir -p $(@D)
	$(Q)$(link_tool)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)

include selftests/build.mk
# comes with the benchmark
include selftests/bench/bench.mk

# --- installation ---

INSTALL_MODULE := $(if $(KDIR),$(wildcard $(KO)))
# in words, with what to do about it
ifneq ($(wildcard $(DESTDIR)/usr/src/dbgmem-*/dkms.conf),)
# two would be there, and modprobe takes one of them
INSTALL_MODULE :=
MODULE_ABSENT = DKMS has it. 'make dkms-install' gives this version to DKMS, \
	'make dkms-uninstall' takes it out.
else ifneq ($(KDIR),)
MODULE_ABSENT = it is not built for $(KRELEASE). Run 'make modules$(\
	)$(if $(findstring override,$(origin KDIR)), KDIR=$(KDIR))', then this again.
else
MODULE_ABSENT = there are no headers of the running kernel to build it with. \
	Install linux-headers-$(RUNNING) (Debian, Ubuntu) or \
	kernel-devel-$(RUNNING) (Fedora, RHEL), run 'make', then this again.
endif
inst = $(Q)install -D -m $(1) $(2) $(DESTDIR)$(3)

# modprobe's list of modules. $(call run_depmod,KERNEL)
run_depmod = $(if $(DESTDIR),:,command -v depmod >/dev/null && depmod $(1) || \
	echo "depmod did not run, so that modprobe goes by an old list: install kmod and run 'depmod $(1)'")

# What install has put beside kernels, of which some may have come since
remove_modules = for d in $(DESTDIR)/lib/modules/*/updates/dbgmem; do \
		[ -d $$d ] || continue; \
		rm -rf $$d; \
		$(call run_depmod,$$(basename $${d%/updates/dbgmem})); \
	done

install: user $(INSTALL_MODULE) ## install below PREFIX= (/usr/local) and DESTDIR=, the module too if it is built
	$(say) INSTALL "$(DESTDIR)$(PREFIX)"
	$(call inst,755,$(O)/user/install/dbgmem,$(BINDIR)/dbgmem)
	$(call inst,755,$(O)/user/$(LIBFILE),$(LIBDIR)/$(LIBFILE))
	$(Q)ln -sf $(LIBFILE) $(DESTDIR)$(LIBDIR)/$(SONAME)
	$(Q)ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libdbgmem.so
	$(call inst,644,$(O)/user/libdbgmem.a,$(LIBDIR)/libdbgmem.a)
	$(Q)$(call make_pc,$(O)/user/libdbgmem.pc.install)
	$(call inst,644,$(O)/user/libdbgmem.pc.install,$(LIBDIR)/pkgconfig/libdbgmem.pc)
	$(call inst,644,user/lib/dbgmem.h,$(INCLUDEDIR)/dbgmem.h)
	$(call inst,644,user/lib/dbgmem_interfaces.h,$(INCLUDEDIR)/dbgmem_interfaces.h)
	$(call inst,644,uapi/dbgmem/uapi.h,$(INCLUDEDIR)/dbgmem/uapi.h)
	$(Q)for p in $(MANPAGES); do \
		install -D -m 644 $$p $(DESTDIR)$(MANDIR)/man$${p##*.}/$${p##*/} || exit 1; \
	done
	$(call inst,644,user/completion/dbgmem.bash,$(BASHCOMPDIR)/dbgmem)
	$(call inst,644,user/completion/_dbgmem,$(ZSHCOMPDIR)/_dbgmem)
	$(call inst,644,user/udev/60-dbgmem.rules,$(UDEVDIR)/60-dbgmem.rules)
	$(call inst,644,user/udev/dbgmem.sysusers,$(SYSUSERSDIR)/dbgmem.conf)
ifneq ($(INSTALL_MODULE),)
	$(Q)rm -rf $(DESTDIR)/lib/modules/$(KRELEASE)/updates/dbgmem
	$(call inst,644,$(KO),/lib/modules/$(KRELEASE)/updates/dbgmem/dbgmem.ko)
	$(Q)$(call run_depmod,$(KRELEASE))
else
	@echo "The module is not installed: $(MODULE_ABSENT)"
endif
ifeq ($(DESTDIR),)
	$(Q)ldconfig 2>/dev/null || :
	$(Q)user/udev/activate.sh
	$(Q)$(BINDIR)/dbgmem --version >/dev/null 2>&1 || \
		echo "$(BINDIR)/dbgmem does not find its library: put $(LIBDIR) into a file in /etc/ld.so.conf.d, then run ldconfig."
	@$(if $(INSTALL_MODULE),echo "Next as root: $(NEXT)",:)
endif

# one that is loaded may be an older one
NEXT = $(if $(wildcard /sys/module/dbgmem),dbgmem unload && )dbgmem load && dbgmem info$(\
	)$(if $(filter-out $(RUNNING),$(KRELEASE)), (when $(KRELEASE) runs))

uninstall: ## remove what install installed, but for the group dbgmem
	$(say) REMOVE "$(DESTDIR)$(PREFIX)"
	$(Q)rm -f $(addprefix $(DESTDIR),$(BINDIR)/dbgmem \
		$(LIBDIR)/$(LIBFILE) $(LIBDIR)/$(SONAME) $(LIBDIR)/libdbgmem.so \
		$(LIBDIR)/libdbgmem.a $(LIBDIR)/pkgconfig/libdbgmem.pc \
		$(INCLUDEDIR)/dbgmem.h $(INCLUDEDIR)/dbgmem_interfaces.h \
		$(INCLUDEDIR)/dbgmem/uapi.h \
		$(BASHCOMPDIR)/dbgmem $(ZSHCOMPDIR)/_dbgmem \
		$(UDEVDIR)/60-dbgmem.rules $(SYSUSERSDIR)/dbgmem.conf)
	$(Q)rmdir $(DESTDIR)$(INCLUDEDIR)/dbgmem 2>/dev/null || :
	$(Q)for p in $(MANPAGES); do \
		rm -f $(DESTDIR)$(MANDIR)/man$${p##*.}/$${p##*/}; \
	done
	$(Q)$(remove_modules)
ifeq ($(DESTDIR),)
	$(Q)ldconfig || :
	$(Q)udevadm control --reload 2>/dev/null || :
endif

include kmod/dkms.mk

# --- housekeeping ---

clean: ## remove what was built, keep what was downloaded
	$(Q)rm -rf $(addprefix $(O)/,module user selftests lint vm vm-debug \
		vm-coverage coverage matrix matrix.md debug/planted \
		vm-kcsan kcsan/planted grown sanitizers fuzz/module fuzz/planted demo/run \
		bench.csv bench.md still.csv still.svg torture kselftests) \
		$(addprefix $(O)/arm64/,module user selftests vm)

distclean: clean ## remove the downloads too: the whole of O=
	$(Q)rm -rf $(addprefix $(O)/,apt guest kselftest scripts demo fuzz gdb \
		scanmem cross arm64 apparmor dkms debug kcsan source.tmp debug.tmp gdb.tmp \
		scanmem.tmp apparmor.tmp) $(O)/.setup-kernel
	$(Q)rmdir $(O) 2>/dev/null || :

compile_commands.json: FORCE ## how each file is compiled, for clangd and the like
	$(Q)$(LINT_ENV) KDIR='$(realpath $(or $(KDIR),$(GUEST)/build))' \
		selftests/compile_commands.sh >$@

help: ## this list
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/  \1 \2/p' $(MAKEFILE_LIST) | sort -u | \
		awk '{ t = $$1; $$1 = ""; printf "  %-22s%s\n", t, $$0 }'
	@echo "Variables: O=$(notdir $(O)) KDIR= W=1 C=2 V=1 TESTS=\"test_x ...\" KERNEL=$(KERNEL) PREFIX= DESTDIR="

FORCE:

.PHONY: all modules guest-kernel guest-module sparse-present build-present user setup install \
	uninstall clean distclean help FORCE
