# SPDX-License-Identifier: GPL-2.0
#
# Included by build.mk: fuzzers of what the tool and the library parse.

PARSER_SRC := $(wildcard selftests/parsers/fuzz_*.c)
# for 'make check', with a driver of our own; and for libFuzzer
P := $(O)/selftests/parsers
LF := $(O)/selftests/libfuzzer
PARSERS := $(PARSER_SRC:selftests/parsers/%.c=$(P)/%)
LIBFUZZERS := $(PARSER_SRC:selftests/parsers/%.c=$(LF)/%)

PARSER_CFLAGS = -std=gnu11 -O1 -g -Wall -Wextra -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-Iuapi -Iuser/lib -Iuser/cli \
	-DDBGMEM_VERSION='"$(VERSION)"' $(JSON_CFLAGS) $(LIBKMOD_CFLAGS)
# what it is of: its third line
parser_sources = $(wildcard $(shell sed -n 's|^/\* sources: \(.*\) \*/$$|\1|p' $<))
# what these need is not what is tested
PARSER_LIBS = $(O)/user/libdbgmem.a $(JSON_LIBS) $(ELF_LIBS) $(LIBKMOD_LIBS) -pthread
PARSER_DEPS := selftests/parsers/fuzz.h selftests/parsers/parsers.mk \
	$(wildcard user/lib/*.[ch] user/cli/*/*.[ch]) $(O)/user/libdbgmem.a

# The planted one stays out of what is to find something new.
fuzz-parsers: $(filter-out %/fuzz_planted,$(LIBFUZZERS)) ## libFuzzer on the parsers, TIME= seconds each (30)
	$(Q)selftests/parsers/libfuzzer.sh $(LF) $(or $(TIME),30)

parsers: $(PARSERS)

$(P)/%: selftests/parsers/%.c selftests/parsers/driver.c $(PARSER_DEPS)
	$(say) CC "$<"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PARSER_CFLAGS) -o $@ $< selftests/parsers/driver.c \
		$(parser_sources) $(PARSER_LIBS)

$(O)/.setup-fuzz: $(QEMU_DIR)/setup.sh
	$(Q)mkdir -p $(@D)
	$(Q)$(QEMU_DIR)/setup.sh build fuzz
	$(Q)touch $@

$(LF)/%: selftests/parsers/%.c $(PARSER_DEPS) $(O)/.setup-fuzz
	$(say) CLANG "$<"
	$(Q)mkdir -p $(@D)
	$(Q)clang $(PARSER_CFLAGS) -fsanitize=fuzzer -o $@ $< \
		$(parser_sources) $(PARSER_LIBS)

.PHONY: fuzz-parsers parsers
