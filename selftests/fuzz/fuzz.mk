# SPDX-License-Identifier: GPL-2.0
#
# Included by selftests/build.mk: the fuzzer, and the modules that it is guided by.

FUZZ := $(T)/helper_fuzz
FUZZ_SRC := $(wildcard selftests/fuzz/*.c)
FUZZ_OBJ := $(FUZZ_SRC:selftests/%.c=$(T)/%.o)

# Seconds, as the environment may have another TIME
ifneq ($(origin TIME),command line)
TIME := 60
endif
# What is random: the same again; so many programs; what was found: a file
SEED ?=
COUNT ?=
REPLAY ?=
# With a bug in the module, to see whether it is found
PLANTED_BUG := $(PLANT)

FUZZ_TREE := $(O)/fuzz/$(if $(PLANTED_BUG),planted,module)
FUZZ_KO := $(FUZZ_TREE)/kmod/dbgmem.ko

selftests selftests-wanted: $(FUZZ)

# Static, as it is started again and again
$(FUZZ): $(FUZZ_OBJ) $(SELFTEST_LIB)
	$(say) LINK "$(@F)"
	$(Q)$(CC) -static -pthread -o $@ $^

$(T)/fuzz/%.o: selftests/fuzz/%.c selftests/fuzz/fuzz.mk | $(O)/kselftest/.complete
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -D_GNU_SOURCE -c -o $@ $<

-include $(FUZZ_OBJ:.o=.d)

# The module with KCOV in a tree of its own: it is slower.
$(FUZZ_KO): $(KMOD_SRC) $(wildcard selftests/fuzz/planted/*) \
		$(DEBUG_KERNEL)/.complete
	$(say) KBUILD "dbgmem.ko with KCOV"
	$(Q)$(call link_tree,$(FUZZ_TREE))
	$(if $(PLANTED_BUG),$(Q)mv $(FUZZ_TREE)/kmod/Kbuild \
		$(FUZZ_TREE)/kmod/Kbuild.kmod && \
		ln -sfn $(S)/selftests/fuzz/planted/* $(FUZZ_TREE)/kmod/)
	$(call kbuild,$(DEBUG_BUILD),$(FUZZ_TREE),KCOV_INSTRUMENT=y modules)
	$(Q)touch $@

fuzz: ## fuzz the module in a guest for TIME=60 seconds (SEED=, COUNT=, REPLAY=file, PLANT=1)
	$(Q)$(QEMU_DIR)/setup.sh build kernel check debug
	+$(Q)$(MAKE) --no-print-directory $(DEBUG_KERNEL)/.complete
	+$(Q)$(MAKE) --no-print-directory $(JOBS) fuzz-build
	$(Q)O='$(O)' GUEST='$(DEBUG_KERNEL)' KO='$(FUZZ_KO)' SECONDS_LONG='$(TIME)' \
		SEED='$(SEED)' REPLAY='$(REPLAY)' COUNT='$(COUNT)' \
		selftests/fuzz/fuzz.sh

fuzz-build: user $(FUZZ) $(FUZZ_KO)

.PHONY: fuzz fuzz-build
