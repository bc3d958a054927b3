# make bench: tests/perf/bench.sh in a throw-away world (root). BENCH_PAIRS=200 is the size for CI.
# make scale: what 100,000 hosts ask of their store (docs/scale.md), for everybody.
PERF_BIN := $(O)/tests/perf/bench $(O)/tests/perf/empty $(O)/tests/perf/curlget
APPEND_BIN := $(O)/tests/perf/append
SCALE_BIN := $(O)/tests/perf/scale
BLOCKFIND_BIN := $(O)/tests/perf/blockfind
FLEET_BIN := $(O)/tests/perf/fleetkeys

.PHONY: bench scale
bench: programs testtools $(PERF_BIN) $(APPEND_BIN) $(FLEET_BIN) $(BLOCKFIND_BIN)
	@$(MAKE) --no-print-directory O=build/dynamic STATIC=no build/dynamic/bin/authkeys-cmd
	@exec tests/leash.sh --to $$PPID tests/perf/bench.sh
scale: $(SCALE_BIN)
	@tests/perf/scale.sh

$(O)/tests/perf/curlget: PERF_LIBS := -lcurl
$(PERF_BIN): $(O)/tests/perf/%: tests/perf/%.c $(FLAGS_MK)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -MMD -MP,$(KA_CFLAGS)) -pie $(KA_LDFLAGS) -o $@ $< $(PERF_LIBS)
$(APPEND_BIN): $(O)/obj/tests/perf/append.o $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ -lsodium
$(SCALE_BIN): $(O)/obj/tests/perf/scale.o $(FETCH_A) $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ -lsodium -lm
$(BLOCKFIND_BIN): $(O)/obj/tests/perf/blockfind.o $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ -lsodium
$(FLEET_BIN): $(O)/obj/tests/perf/fleetkeys.o $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ -lcrypto -lsodium
