# SPDX-License-Identifier: GPL-2.0
#
# Included by the top Makefile: test programs, lint, check and demo.

TEST_SRC := $(wildcard selftests/test_*.c)
HELPER_SRC := $(wildcard selftests/helper_*.c)
HOST_SRC := $(wildcard selftests/host_*.c)
# parts that several programs share: x.c goes to those that include "x.h"
PART_SRC := $(filter-out $(TEST_SRC) $(HELPER_SRC) $(HOST_SRC),\
	$(wildcard selftests/*.c))
# these speak the ABI only, and are built a second time with -m32
TEST32_SRC := $(wildcard selftests/test_main.c selftests/test_abi.c \
	selftests/test_arguments.c)

T := $(O)/selftests
TEST_BIN := $(TEST_SRC:selftests/%.c=$(T)/%) $(TEST32_SRC:selftests/%.c=$(T)/%32)
HELPER_BIN := $(HELPER_SRC:selftests/%.c=$(T)/%)
HOST_BIN := $(HOST_SRC:selftests/%.c=$(T)/%)

TEST_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter \
	-I$(O)/include -Iuser/lib -isystem $(O)/kselftest -pthread -MMD -MP
TEST_DEPS := selftests/build.mk $(PART_SRC) | $(UAPI_COPY) $(O)/kselftest/.complete

# only those that use a library are linked to it
TEST_LIBS := -L$(O)/user -Wl,--as-needed -ldbgmem -luring
test_parts = $(foreach p,$(PART_SRC),\
	$(shell grep -ql '^\#include "$(notdir $(p:.c=.h))"' $< && echo $(p)))
# a helper may ask for special linking: /* link: -nostdlib -static */
helper_link = $(or $(shell sed -n 's|^/\* link: \(.*\) \*/$$|\1|p' $<),-static)

selftests: $(TEST_BIN) $(HELPER_BIN) $(HOST_BIN) ## build the test programs

$(T)/test_%32: selftests/test_%.c $(TEST_DEPS)
	$(say) CC32 "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MF $@.d -m32 -static -o $@ $< $(test_parts)

$(T)/test_%: selftests/test_%.c $(LIB) $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MF $@.d -o $@ $< $(test_parts) \
		$(TEST_LIBS)

$(T)/helper_%: selftests/helper_%.c $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Os -MF $@.d $(helper_link) -o $@ $<

# Tests of pure logic, run on this machine.
$(T)/host_%: selftests/host_%.c $(CLI_OBJ) $(O)/user/libdbgmem.a $(TEST_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Iuser/cli $(LIBKMOD_CFLAGS) -MF $@.d -o $@ $< \
		$(filter-out %/main.o,$(CLI_OBJ)) $(O)/user/libdbgmem.a \
		$(LIBKMOD_LIBS)

-include $(wildcard $(T)/*.d)

# --- lint ---

# What the compiler and sparse say of the module when asked for everything. In
# a tree of its own: it must neither disturb the real one nor wait for it.
LINT_LOG := $(O)/lint/module.log

$(LINT_LOG): $(KMOD_SRC) $(GUEST)/.complete
	$(say) KBUILD "W=1 C=2"
	$(Q)rm -rf $(O)/lint/module
	$(Q)$(call link_tree,$(O)/lint/module)
	+$(Q)$(MAKE) --no-print-directory -C $(GUEST)/build O= \
		M=$(O)/lint/module W=1 C=2 CF=-D__CHECK_ENDIAN__ modules \
		>$@.tmp 2>&1 || echo "error: the build failed" >>$@.tmp
	$(Q)mv $@.tmp $@

LINT_ENV = O='$(O)' CC='$(CC)' USER_CFLAGS="$(subst ",\",$(USER_CFLAGS))" \
	TEST_CFLAGS='$(filter-out -M%,$(TEST_CFLAGS))'

lint: ## compiler warnings, sparse, checkpatch, headers, manual pages
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)$(MAKE) --no-print-directory $(JOBS) lint-build
	$(Q)$(LINT_ENV) selftests/lint.sh

lint-build: $(LINT_LOG) $(UAPI_COPY) $(O)/kselftest/.complete

# --- check and demo ---

check: ## build everything, boot a guest and run all tests (TESTS="test_x ..." for some)
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)$(MAKE) --no-print-directory $(JOBS) check-build
	$(Q)$(LINT_ENV) GUEST='$(GUEST)' TESTS='$(TESTS)' V='$(V)' \
		selftests/check.sh

check-build: lint-build user guest-module selftests $(GUEST)/vmlinux

demo: ## change the memory of a running server in a guest and see it notice
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)$(MAKE) --no-print-directory $(JOBS) demo-build
	$(Q)O='$(O)' GUEST='$(GUEST)' $(QEMU_DIR)/demo.sh

demo-build: user guest-module $(GUEST)/vmlinux $(O)/demo/.complete

$(O)/demo/.complete: | $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/server.sh $(O)

.PHONY: selftests lint lint-build check check-build demo demo-build
