# Fuzzing. A new target is one file, tests/fuzz/fuzz_NAME.c, and its corpus in tests/fuzz/corpus/NAME.
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAY_BIN := $(addprefix $(O)/replay/,$(FUZZ_NAMES))
FUZZ_BIN := $(addprefix $(O)/fuzzers/,$(FUZZ_NAMES))
FUZZ_SECONDS ?= 20
FUZZ_CC ?= clang
# what authkeys-fetch makes of an answer, what authkeys-vet is asked, and what keyaudit reads, are targets as well
FUZZ_LIBS = $(CURL_LIBS) -ljansson -lcrypto -lsodium

.PHONY: fuzz-replay fuzz-smoke fuzz-programs
# the corpus as a test, with the compiler and variant at hand
fuzz-replay: $(FUZZ_REPLAY_BIN)
	@tests/fuzz/run.sh replay $(FUZZ_REPLAY_BIN)
# libFuzzer itself comes with clang only
fuzz-smoke:
	@$(MAKE) --no-print-directory V=fuzz CC='$(FUZZ_CC)' O=build/fuzz fuzz-programs
	@exec tests/leash.sh --to $$PPID tests/fuzz/run.sh smoke $(FUZZ_SECONDS) $(addprefix build/fuzz/fuzzers/,$(FUZZ_NAMES))
fuzz-programs: $(FUZZ_BIN)

$(FUZZ_REPLAY_BIN): $(O)/replay/%: $(O)/obj/tests/fuzz/fuzz_%.o $(O)/obj/tests/fuzz/replay.o $(TOOL_A) $(FETCH_A) $(VET_A) $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ $(FUZZ_LIBS)
$(FUZZ_BIN): $(O)/fuzzers/%: $(O)/obj/tests/fuzz/fuzz_%.o $(TOOL_A) $(FETCH_A) $(VET_A) $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -fsanitize=fuzzer $(KA_LDFLAGS) -o $@ $^ $(FUZZ_LIBS)
