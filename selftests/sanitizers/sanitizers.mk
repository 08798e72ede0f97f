# SPDX-License-Identifier: GPL-2.0
#
# Included by build.mk: the programs that test on this machine, with all that they
# are linked to, built with the compiler's sanitizers.

SAN := $(O)/sanitizers
SAN_asan := address,undefined
SAN_tsan := thread

sanitizers: sanitizers-asan sanitizers-tsan

# In directories of their own, by the same rules; what was downloaded is shared.
sanitizers-asan sanitizers-tsan: sanitizers-%: $(O)/kselftest/.complete
	$(Q)mkdir -p $(SAN)/$* && ln -sfn $(O)/kselftest $(SAN)/$*/kselftest
	+$(Q)$(MAKE) --no-print-directory O=$(SAN)/$* SANITIZE=$(SAN_$*) sanitized

# There, those of more than one thread are all that there is to be said of threads;
# what make, modinfo and other debuggers say is not said of C.
SAN_TEXT := $(addprefix $(T)/,host_makefile host_load host_core_readers)
# These count their target's threads, to which TSan adds some.
SAN_THREADS = $(filter-out $(addprefix $(T)/,host_threads host_core_readers),$(call programs,\
	$(shell grep -l pthread_create $(HOST_SRC))))

sanitized: user $(if $(filter thread,$(SANITIZE)),$(SAN_THREADS),\
	$(filter-out $(SAN_TEXT),$(HOST_BIN))) $(T)/planted

# what each of them is tested on
$(T)/planted: selftests/sanitizers/planted.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $< -pthread

.PHONY: sanitizers sanitizers-asan sanitizers-tsan sanitized
