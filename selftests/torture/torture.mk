# SPDX-License-Identifier: GPL-2.0
#
# Included by selftests/build.mk: agents and targets that are killed all the time.

TORTURE := $(T)/helper_torture
TORTURE_SRC := $(wildcard selftests/torture/*.c)
TORTURE_OBJ := $(TORTURE_SRC:selftests/%.c=$(T)/%.o)

TORTURE_DISK := $(O)/torture/disk/brd.ko
TORTURE_SECONDS := $(if $(filter command line,$(origin TIME)),$(TIME),600)

selftests selftests-wanted: $(TORTURE)

# Static, as it is started again and again
$(TORTURE): $(TORTURE_OBJ) $(SELFTEST_LIB)
	$(say) LINK "$(@F)"
	$(Q)$(CC) -static -o $@ $^

$(T)/torture/%.o: selftests/torture/%.c selftests/torture/torture.mk
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -c -o $@ $<

-include $(TORTURE_OBJ:.o=.d)

# The guest has no disk to swap to. The kernel's own one of memory, which its
# configuration leaves out, can be had as a module.
$(TORTURE_DISK): selftests/torture/torture.mk $(DEBUG_KERNEL)/.complete
	$(say) KBUILD "$(@F)"
	$(Q)mkdir -p $(@D)
	$(Q)ln -sfn $(DEBUG_BUILD)/drivers/block/brd.c $(@D)/brd.c
	$(Q)printf 'obj-m := brd.o\nccflags-y := %s\n' "-DCONFIG_BLK_DEV_RAM_COUNT=1 \
		-DCONFIG_BLK_DEV_RAM_SIZE=4096" >$(@D)/Kbuild
	$(call kbuild,$(DEBUG_BUILD),$(@D),modules)
	$(Q)touch $@

torture: ## agents and targets that end at any time, for TIME=600 seconds on the debug kernel
	$(Q)$(QEMU_DIR)/setup.sh build kernel check debug
	+$(Q)$(MAKE) --no-print-directory $(DEBUG_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory $(JOBS) torture-build
	$(Q)O='$(O)' GUEST='$(DEBUG_KERNEL)' SECONDS_LONG='$(TORTURE_SECONDS)' \
		DISK='$(TORTURE_DISK)' V='$(V)' selftests/torture/torture.sh

torture-build: user debug-module $(TORTURE) $(TORTURE_DISK)

.PHONY: torture torture-build
