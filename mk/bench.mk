# make bench: tests/perf/bench.sh in a throw-away world (root). BENCH_PAIRS=200 is the size for CI.
PERF_BIN := $(O)/tests/perf/bench $(O)/tests/perf/empty

.PHONY: bench
bench: programs testtools $(PERF_BIN)
	@$(MAKE) --no-print-directory O=build/dynamic STATIC=no build/dynamic/bin/authkeys-cmd
	@exec tests/leash.sh --to $$PPID tests/perf/bench.sh

$(PERF_BIN): $(O)/tests/perf/%: tests/perf/%.c $(FLAGS_MK)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -MMD -MP,$(KA_CFLAGS)) -pie $(KA_LDFLAGS) -o $@ $<
