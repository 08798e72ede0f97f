# SPDX-License-Identifier: GPL-2.0
#
# Included by the top Makefile: test programs, lint, check, check-debug and demo.

# Programs lie in folders; what is built of them, side by side.
TEST_SRC := $(wildcard selftests/*/test_*.c)
HELPER_SRC := $(wildcard selftests/*/helper_*.c)
HOST_SRC := $(wildcard selftests/*/host_*.c)
TEST_DIRS := $(sort $(dir $(TEST_SRC) $(HELPER_SRC) $(HOST_SRC)))
vpath test_%.c $(TEST_DIRS)
vpath helper_%.c $(TEST_DIRS)
vpath host_%.c $(TEST_DIRS)
# What programs share: an archive of all else that lies there. A program gets those
# parts that it calls.
SHARED_SRC := $(wildcard selftests/lib/*.c) $(filter-out $(TEST_SRC) $(HELPER_SRC) \
	$(HOST_SRC),$(wildcard $(addsuffix *.c,$(TEST_DIRS))))
# The kernel's headers are those of 64 bits; gcc-multilib would say so, too, but
# throws cross compilers out.
CC32 = $(CC) -m32 -idirafter /usr/include/$(shell $(CC) -print-multiarch)
# these speak the ABI only, and are built a second time
TEST32_SRC := $(filter %/test_main.c %/test_abi.c %/test_arguments.c,$(TEST_SRC))
SHARED32_SRC := $(addprefix selftests/lib/,abi.c abi_cases.c common.c features.c slow.c)

T := $(O)/selftests
# $(call programs,SOURCES)
programs = $(patsubst %.c,$(T)/%,$(notdir $(1)))
TEST_BIN := $(call programs,$(TEST_SRC)) $(addsuffix 32,$(call programs,$(TEST32_SRC)))
EXAMPLE_BIN := $(patsubst user/examples/%.c,$(T)/helper_example_%,\
	$(wildcard user/examples/*.c))
HELPER_BIN := $(call programs,$(HELPER_SRC)) $(EXAMPLE_BIN)
HOST_BIN := $(call programs,$(HOST_SRC))

TEST_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter \
	-iquote selftests/lib -Iuapi -Iuser/lib -isystem selftests/harness \
	-isystem $(O)/kselftest -pthread -MMD -MP $(if $(SANITIZE),$(CFLAGS))
TEST_DEPS := selftests/build.mk | $(O)/kselftest/.complete

SHARED_OBJ := $(SHARED_SRC:selftests/%.c=$(T)/%.o)
SELFTEST_LIB := $(T)/libselftest.a

# only those that use a library are linked to it
TEST_LIBS := -L$(O)/user -Wl,--as-needed -ldbgmem -luring -lelf $(JSON_LIBS)
# a helper may ask for special linking: /* link: -nostdlib -static */
helper_link = $(or $(shell sed -n 's|^/\* link: \(.*\) \*/$$|\1|p' $<),-static)

selftests: $(TEST_BIN) $(HELPER_BIN) $(if $(CROSS_COMPILE),,$(HOST_BIN)) ## build the test programs

# those that TESTS= names, and what they may start
selftests-wanted: $(if $(TESTS),$(filter $(addprefix $(T)/,$(TESTS)),\
	$(TEST_BIN) $(HOST_BIN)) $(HELPER_BIN),selftests)

$(SHARED_OBJ): $(T)/%.o: selftests/%.c $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -c -o $@ $<

$(SELFTEST_LIB): $(SHARED_OBJ)
	$(say) AR $(@F)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(T)/test_%32: test_%.c $(SHARED32_SRC) $(TEST_DEPS)
	$(say) CC32 "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC32) $(TEST_CFLAGS) -MF $@.d -static -o $@ $< $(SHARED32_SRC)

$(T)/test_%: test_%.c $(SELFTEST_LIB) $(LIB) $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MF $@.d -o $@ $< $(SELFTEST_LIB) \
		$(TEST_LIBS)

# it has README's session in it
$(T)/test_readme: README.md

$(T)/helper_%: helper_%.c $(SELFTEST_LIB) $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(if $(filter -m32,$(helper_link)),$(CC32),$(CC)) $(TEST_CFLAGS) \
		-Os -MF $@.d $(filter-out -m32,$(helper_link)) -o $@ $< \
		$(if $(filter -m32 -nostdlib,$(helper_link)),,$(SELFTEST_LIB))

# as a user would build them; test_examples runs them
$(EXAMPLE_BIN): $(T)/helper_example_%: user/examples/%.c $(LIB)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -g -Wall -Wextra -Werror -Iuapi -Iuser/lib -MMD -MP \
		-MF $@.d -o $@ $< -L$(O)/user -ldbgmem

# Tests of pure logic, run on this machine.
$(T)/host_%: host_%.c $(SELFTEST_LIB) $(CLI_OBJ) $(LIB) $(O)/user/libdbgmem.a $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Iuser/cli $(LIBKMOD_CFLAGS) -MF $@.d -o $@ $< \
		$(SELFTEST_LIB) $(filter-out %/main.o,$(CLI_OBJ)) $(O)/user/libdbgmem.a \
		$(LIBKMOD_LIBS) $(JSON_LIBS) $(ELF_LIBS) -lm

# The library once more, with structures that have more fields, for a program that
# knows those of today.
GROWN := $(O)/grown
GROWS := (session_)?info|attach|region_list|bp_list_args|vector(_options)?|[a-z]+_stats
grow = sed -E '/^struct dbgmem_($(GROWS)) \{$$/,/^\};$$/s/^\};$$/\t__u64 grown[4];\n};/'

$(GROWN)/libdbgmem.a: $(wildcard user/lib/*.[ch]) uapi/dbgmem/uapi.h selftests/build.mk
	$(say) CC "$(@F), grown"
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/lib $(@D)/include/dbgmem
	$(Q)cp user/lib/*.[ch] $(@D)/lib
	$(Q)for h in dbgmem dbgmem_interfaces; do \
		$(grow) user/lib/$$h.h >$(@D)/lib/$$h.h || exit 1; \
	done
	$(Q)$(grow) uapi/dbgmem/uapi.h >$(@D)/include/dbgmem/uapi.h
	$(Q)cd $(@D) && $(CC) $(filter-out -I%,$(USER_CFLAGS)) -Iinclude -Ilib -c lib/*.c
	$(Q)$(AR) rcs $@ $(@D)/*.o

$(T)/host_grown: host_grown.c $(SELFTEST_LIB) $(GROWN)/libdbgmem.a $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MF $@.d -o $@ $< \
		$(SELFTEST_LIB) $(GROWN)/libdbgmem.a \
		$(LIBKMOD_LIBS)

-include $(wildcard $(T)/*.d $(T)/*/*.d)

# The programs in a tree like the kernel's tools/testing/selftests, for what
# "make -C selftests run_tests" does.
KSELFTESTS := $(O)/kselftests

kselftests: user selftests
	$(Q)rm -rf $(KSELFTESTS) && mkdir -p $(KSELFTESTS)/dbgmem
	$(Q)ln -s $(O)/kselftest/lib.mk $(O)/kselftest/kselftest $(KSELFTESTS)
	$(Q)ln -s $(addprefix $(S)/selftests/,Makefile config settings) \
		$(TEST_BIN) $(HELPER_BIN) $(FUZZ) $(TORTURE) $(KSELFTESTS)/dbgmem
	$(Q)for v in inject amplify; do \
		ko=$(MODTREE)-$$v/kmod/dbgmem.ko; \
		[ ! -e $$ko ] || ln -s $$ko $(KSELFTESTS)/dbgmem/dbgmem-$$v.ko; \
	done

# --- lint ---

# What the compiler and sparse say of the module when asked for everything. In
# a tree of its own: it must neither disturb the real one nor wait for it.
LINT_LOG := $(O)/lint/module.log

$(LINT_LOG): $(KMOD_SRC) $(GUEST)/.complete
	$(say) KBUILD "W=1 C=2"
	$(Q)rm -rf $(O)/lint/module
	$(Q)$(call link_tree,$(O)/lint/module)
	+$(Q)$(MAKE) --no-print-directory -C $(GUEST)/build \
		O=$(realpath $(GUEST)/build) \
		M=$(O)/lint/module W=1 C=2 CF=-D__CHECK_ENDIAN__ modules \
		>$@.tmp 2>&1 || echo "error: the build failed" >>$@.tmp
	$(Q)mv $@.tmp $@

LINT_ENV = O='$(O)' CC='$(CC)' USER_CFLAGS="$(subst ",\",$(USER_CFLAGS))" \
	TEST_CFLAGS='$(filter-out -M%,$(TEST_CFLAGS))'

lint: ## compiler warnings, sparse, checkpatch, headers, manual pages; and the analyzers
	$(Q)$(QEMU_DIR)/setup.sh build kernel lint check analyze
	+$(Q)$(MAKE) --no-print-directory $(JOBS) lint-build
	$(Q)$(LINT_ENV) GUEST='$(GUEST)' ANALYZE=1 TESTS='lint analyze' V='$(V)' \
		selftests/check.sh

lint-build: $(LINT_LOG) $(O)/kselftest/.complete $(LIB) $(O)/user/libdbgmem.a

abi: $(LIB) ## record the library's ABI, with which lint compares it
	$(Q)$(QEMU_DIR)/setup.sh lint
	$(say) ABIDW user/lib/libdbgmem.abi
	$(Q)selftests/library_abi.sh $(LIB) >user/lib/libdbgmem.abi

# --- check and demo ---

# What is said of the sources and on this machine is said with one kernel.
HOST := $(if $(filter $(HOME_KERNEL),$(KERNEL)),yes)

# What opens cores in the guest, and the tests that have it do so.
GDB := $(O)/gdb/.complete
GDB_TESTS := test_tool_dump_gdb

# What compiles profiles in the guest, for the tests that load some.
APPARMOR := $(O)/apparmor/.complete
APPARMOR_TESTS := test_apparmor

ifneq ($(if $(CROSS_COMPILE),,$(GUEST_ARCH)),)
ARCH_O := $(O)/$(GUEST_ARCH)
TRIPLET := aarch64-linux-gnu
TRIPLET32 := arm-linux-gnueabihf

check:
	$(Q)$(QEMU_DIR)/setup.sh build kernel check $(GUEST_ARCH)
	+$(Q)$(MAKE) -s --no-print-directory $(GUEST)/.complete $(O)/kselftest/.complete
	$(Q)$(QEMU_DIR)/cross.sh $(O) $(TRIPLET32)
	$(Q)$(QEMU_DIR)/sysroot.sh $(ARCH_O) $(GUEST_ARCH) $(TRIPLET)
	+$(Q)PKG_CONFIG_SYSROOT_DIR=$(ARCH_O)/sysroot \
		PKG_CONFIG_LIBDIR=$(ARCH_O)/sysroot/usr/lib/$(TRIPLET)/pkgconfig \
		$(MAKE) --no-print-directory check O=$(ARCH_O) \
		CROSS_COMPILE=$(O)/cross/$(TRIPLET)/bin/$(TRIPLET)- \
		CC32=$(O)/cross/$(TRIPLET32)/bin/$(TRIPLET32)-gcc
else
check: ## build everything, boot a guest and run all tests (TESTS="test_x ..." for some)
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)$(MAKE) --no-print-directory $(JOBS) check-build
	$(Q)$(LINT_ENV) GUEST='$(GUEST)' TESTS='$(TESTS)' V='$(V)' \
		GDB_TESTS='$(GDB_TESTS)' HOST='$(HOST)' \
		selftests/check.sh
endif

check-build: user guest-module guest-inject-module guest-amplify-module \
	selftests-wanted $(GUEST)/vmlinux \
	$(if $(HOST),lint-build $(if $(TESTS),$(filter parsers sanitizers,$(TESTS)),\
		parsers sanitizers)) \
	$(if $(TESTS),$(if $(filter $(GDB_TESTS),$(TESTS)),$(GDB)),$(GDB)) \
	$(if $(TESTS),$(if $(filter $(APPARMOR_TESTS),$(TESTS)),$(APPARMOR)),$(APPARMOR))

# The test build of the module, in which what it asks for can be refused: the
# same sources, each behind inject.h.
INJECT_SRC := $(wildcard selftests/inject/*)
# And one that waits where threads may meet: each behind amplify.h.
AMPLIFY_SRC := $(wildcard selftests/amplify/*)

ifneq ($(KDIR),)
VARIANT_DEPS := $(KMOD_SRC) $(wildcard $(KDIR)/Module.symvers)
# $(call link_variant,TREE,ITS OWN SOURCES)
link_variant = $(call link_tree,$(1)) && \
	mv $(1)/kmod/Kbuild $(1)/kmod/Kbuild.kmod && \
	ln -sfn $(addprefix $(S)/,$(2)) $(1)/kmod

inject-module: $(MODTREE)-inject/kmod/dbgmem.ko
	@:

$(MODTREE)-inject/kmod/dbgmem.ko: $(VARIANT_DEPS) $(INJECT_SRC)
	$(say) KBUILD "dbgmem.ko with faults for $(KRELEASE)"
	$(Q)$(call link_variant,$(MODTREE)-inject,$(INJECT_SRC))
	$(call kbuild,$(KDIR),$(MODTREE)-inject,$(KBUILD_PASS) modules)
	$(Q)touch $@

amplify-module: $(MODTREE)-amplify/kmod/dbgmem.ko
	@:

$(MODTREE)-amplify/kmod/dbgmem.ko: $(VARIANT_DEPS) $(AMPLIFY_SRC)
	$(say) KBUILD "dbgmem.ko with delays for $(KRELEASE)"
	$(Q)$(call link_variant,$(MODTREE)-amplify,$(AMPLIFY_SRC))
	$(call kbuild,$(KDIR),$(MODTREE)-amplify,$(KBUILD_PASS) modules)
	$(Q)touch $@

# The first two once more, counting what runs in them (make coverage).
gcov-modules: $(MODTREE)-gcov/kmod/dbgmem.ko $(MODTREE)-gcov-inject/kmod/dbgmem.ko
	@:

$(MODTREE)-gcov/kmod/dbgmem.ko: $(VARIANT_DEPS)
	$(say) KBUILD "dbgmem.ko with gcov for $(KRELEASE)"
	$(Q)$(call link_tree,$(MODTREE)-gcov)
	$(call kbuild,$(KDIR),$(MODTREE)-gcov,GCOV_PROFILE=y modules)
	$(Q)touch $@

$(MODTREE)-gcov-inject/kmod/dbgmem.ko: $(VARIANT_DEPS) $(INJECT_SRC)
	$(say) KBUILD "dbgmem.ko with faults and gcov for $(KRELEASE)"
	$(Q)$(call link_variant,$(MODTREE)-gcov-inject,$(INJECT_SRC))
	$(call kbuild,$(KDIR),$(MODTREE)-gcov-inject,GCOV_PROFILE=y modules)
	$(Q)touch $@
endif

guest-inject-module: $(GUEST)/.complete
	+$(Q)$(MAKE) --no-print-directory inject-module KDIR=$(GUEST)/build

guest-amplify-module: $(GUEST)/.complete
	+$(Q)$(MAKE) --no-print-directory amplify-module KDIR=$(GUEST)/build

# --- check-matrix ---

KERNELS ?= $(shell $(QEMU_DIR)/kernel.sh --list) $(HEADERS_ONLY)
HEADERS_ONLY = $(shell $(QEMU_DIR)/kernel.sh --list-headers)

check-matrix: ## check on every kernel that people run (KERNELS="5.10 6.12 ..." for some)
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)O='$(O)' MAKE='$(MAKE)' JOBS='$(JOBS)' KERNELS='$(KERNELS)' selftests/matrix.sh

check-cross: ## build the module for kernels of other architectures that nothing is run on
	$(Q)$(QEMU_DIR)/setup.sh build kernel
	+$(Q)O='$(O)' MAKE='$(MAKE)' JOBS='$(JOBS)' KERNELS='$(HEADERS_ONLY)' selftests/matrix.sh

# --- check-debug ---

DEBUG_KERNEL := $(O)/debug/$(KERNEL)
DEBUG_BUILD := $(DEBUG_KERNEL)/build
PLANTED := $(O)/debug/planted

check-debug: ## the tests in a guest with KASAN, lockdep, kmemleak, ... (its kernel is built once)
	$(Q)$(QEMU_DIR)/setup.sh build kernel check debug
	+$(Q)$(MAKE) --no-print-directory $(DEBUG_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory $(JOBS) check-debug-build
	$(Q)$(LINT_ENV) GUEST='$(DEBUG_KERNEL)' TESTS='$(TESTS)' V='$(V)' \
		GDB_TESTS='$(GDB_TESTS)' DEBUG=1 selftests/check.sh

check-debug-build: user selftests-wanted debug-module debug-inject-module \
	debug-amplify-module $(PLANTED)/planted.ko \
	$(if $(TESTS),$(filter sanitizers,$(TESTS)),sanitizers) \
	$(if $(TESTS),$(if $(filter $(GDB_TESTS),$(TESTS)),$(GDB)),$(GDB))

debug-module: $(DEBUG_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory modules KDIR=$(DEBUG_BUILD)

debug-inject-module: $(DEBUG_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory inject-module KDIR=$(DEBUG_BUILD)

debug-amplify-module: $(DEBUG_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory amplify-module KDIR=$(DEBUG_BUILD)

# --- check-kcsan ---

KCSAN_KERNEL := $(O)/kcsan/6.1-kcsan
KCSAN_BUILD := $(KCSAN_KERNEL)/build
KCSAN_PLANTED := $(O)/kcsan/planted

check-kcsan: ## the tests in a guest with KCSAN: data races (its kernel is built once)
	$(Q)$(QEMU_DIR)/setup.sh build kernel check debug
	+$(Q)$(MAKE) --no-print-directory $(KCSAN_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory $(JOBS) check-kcsan-build
	$(Q)$(LINT_ENV) GUEST='$(KCSAN_KERNEL)' TESTS='$(TESTS)' V='$(V)' \
		GDB_TESTS='$(GDB_TESTS)' KCSAN=1 selftests/check.sh

check-kcsan-build: user selftests-wanted kcsan-modules $(KCSAN_PLANTED)/planted.ko \
	$(if $(TESTS),$(if $(filter $(GDB_TESTS),$(TESTS)),$(GDB)),$(GDB))

kcsan-modules: $(KCSAN_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory modules inject-module amplify-module \
		KDIR=$(KCSAN_BUILD)

# --- coverage ---

# Beside check-debug's: what is in $(O)/coverage/data by then counts too, so that
# a run of something else (COVERAGE=1, and coverage.sh collect) may go before.
coverage: ## which lines of the module the tests reach, on the kernel of check-debug
	$(Q)$(QEMU_DIR)/setup.sh build kernel check debug
	+$(Q)$(MAKE) --no-print-directory $(DEBUG_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory $(JOBS) check-debug-build
	+$(Q)$(MAKE) --no-print-directory $(JOBS) gcov-modules KDIR=$(DEBUG_BUILD)
	$(Q)rc=0; $(LINT_ENV) GUEST='$(DEBUG_KERNEL)' TESTS='$(TESTS)' \
		V='$(V)' GDB_TESTS='$(GDB_TESTS)' DEBUG=1 COVERAGE=1 \
		selftests/check.sh || rc=1; \
	O='$(O)' selftests/coverage.sh report && exit $$rc

# the bugs that the detectors are tested on
PLANTED_SRC := selftests/planted/planted.c selftests/planted/Kbuild

# $(call planted,BUILD)
define planted
	$(say) KBUILD "planted.ko"
	$(Q)mkdir -p $(@D)
	$(Q)ln -sfn $(addprefix $(S)/,$(PLANTED_SRC)) $(@D)
	$(call kbuild,$(1),$(@D),modules)
	$(Q)touch $@
endef

$(PLANTED)/planted.ko: $(PLANTED_SRC) $(DEBUG_KERNEL)/.complete
	$(call planted,$(DEBUG_BUILD))

$(KCSAN_PLANTED)/planted.ko: $(PLANTED_SRC) $(KCSAN_KERNEL)/.complete
	$(call planted,$(KCSAN_BUILD))

$(DEBUG_KERNEL)/.complete: $(QEMU_DIR)/debug.config $(QEMU_DIR)/debug.sh \
		| $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/debug.sh $(O) $(KERNEL)

$(KCSAN_KERNEL)/.complete: $(QEMU_DIR)/debug.config $(QEMU_DIR)/debug.sh \
		| $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/debug.sh $(O) $(@D:$(O)/kcsan/%=%)

# --- pairs ---

PAIRS_TIME := $(if $(filter command line,$(origin TIME)),$(TIME),0)
PAIRS_LIMIT := $(if $(filter-out 0,$(PAIRS_TIME)),$(shell echo \
	$$((2 * $(PAIRS_TIME) + 300))),3600)

pairs: ## all pairs of calls, with a module that makes races likely, or TIME= seconds of them
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)$(MAKE) --no-print-directory $(JOBS) check-build TESTS=test_pairs HOST=
	$(Q)O='$(O)' GUEST='$(GUEST)' LIMIT=240 $(QEMU_DIR)/planted_pairs.sh
	$(Q)$(LINT_ENV) GUEST='$(GUEST)' TESTS=test_pairs V='$(V)' HOST= \
		PAIRS='TIME=$(PAIRS_TIME) $(PAIRS)' LIMIT=$(PAIRS_LIMIT) \
		TOTAL=$(PAIRS_LIMIT) selftests/check.sh

include selftests/fuzz/fuzz.mk
include selftests/parsers/parsers.mk
include selftests/sanitizers/sanitizers.mk
include selftests/torture/torture.mk

demo: ## change the memory of a running server in a guest and see it notice
	$(Q)$(QEMU_DIR)/setup.sh build kernel guest
	+$(Q)$(MAKE) --no-print-directory $(JOBS) demo-build
	$(Q)O='$(O)' GUEST='$(GUEST)' $(QEMU_DIR)/demo.sh

demo-build: user guest-module $(GUEST)/vmlinux $(O)/demo/.complete

$(GDB): | $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/program.sh $(O) gdb gdb-minimal $(GUEST_ARCH)

$(APPARMOR): | $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/apparmor.sh $(O) $(GUEST_ARCH)

$(O)/demo/.complete: | $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/server.sh $(O)

.PHONY: selftests selftests-wanted kselftests lint lint-build abi check check-build check-matrix check-cross \
	check-debug check-debug-build debug-module demo demo-build inject-module \
	guest-inject-module debug-inject-module amplify-module \
	guest-amplify-module debug-amplify-module gcov-modules coverage pairs \
	check-kcsan check-kcsan-build kcsan-modules
