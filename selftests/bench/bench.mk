# SPDX-License-Identifier: GPL-2.0
#
# Included by the top Makefile, after selftests/build.mk: the benchmark.

# What the guest's clock counts: instructions, or (CLOCK=host) real time
CLOCK ?= icount
# One case instead, function by function: PROFILE=read,8,1,auto
PROFILE ?=

BENCH_SRC := $(wildcard selftests/bench/*.c)
BENCH_OBJ := $(BENCH_SRC:selftests/%.c=$(T)/%.o)
BENCH := $(T)/bench/bench

# Static: the guest has no use for another copy of the C library.
$(BENCH): $(BENCH_OBJ) $(SELFTEST_LIB) $(O)/user/libdbgmem.a
	$(say) LINK "bench"
	$(Q)$(CC) -static -o $@ $^

$(T)/bench/%.o: selftests/bench/%.c selftests/bench/bench.mk
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -g -Wall -Wextra -iquote selftests/lib \
		-Iuapi -Iuser/lib -MMD -MP -c -o $@ $<

-include $(BENCH_OBJ:.o=.d)

bench: ## count instructions in a guest, ours against the peers' (CLOCK=host: real time; PROFILE=read,8,1,auto: where they go)
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)$(MAKE) --no-print-directory $(JOBS) bench-build
	$(Q)O='$(O)' GUEST='$(GUEST)' CLOCK='$(CLOCK)' $(if $(PROFILE),\
		selftests/bench/profile.sh '$(PROFILE)',selftests/bench/bench.sh)

bench-build: user guest-module $(BENCH) $(GUEST)/vmlinux

# What the target has to bear, beside gdb and scanmem
STILL := $(T)/bench/still/still
SCANMEM := $(O)/scanmem/.complete

$(STILL): selftests/bench/still/still.c
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -g -Wall -Wextra -static -o $@ $<

$(SCANMEM): | $(O)/.setup-kernel
	$(Q)$(QEMU_DIR)/program.sh $(O) scanmem scanmem

still: ## how long a target stands still while its memory is saved or searched, ours beside gcore and scanmem
	$(Q)$(QEMU_DIR)/setup.sh
	+$(Q)$(MAKE) --no-print-directory $(JOBS) still-build
	$(Q)O='$(O)' GUEST='$(GUEST)' selftests/bench/still/still.sh

still-build: user guest-module $(STILL) $(GDB) $(SCANMEM) $(GUEST)/vmlinux

.PHONY: bench bench-build still still-build
