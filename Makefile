# keyaudit. `make help` says what there is to do; output is in build/bin and build/lib.
#
#   Makefile        programs, their libraries, the tiers of tests
#   mk/config.mk    directories and variants        mk/flags.mk    compiler flags
#   mk/test.mk      unit, fuzz, bench, lint         mk/install.mk  install, uninstall

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

include mk/config.mk

.PHONY: all
all: programs

# ---- goals that must run before anything is probed or compiled -------------------------------------------------------
# (a $(shell $(CC) ...) without a compiler is silently empty, so these build in a sub-make)

.PHONY: demo world check check-feeding help clean deps
demo: ; @$(DEPS_SH) demo && $(MAKE) --no-print-directory programs worldtools && exec tests/demo.sh
world: ; @$(DEPS_SH) demo && $(MAKE) --no-print-directory programs worldtools && exec tests/world/shell.sh
# a make that is killed tells its recipes nothing: leash.sh watches it
check: ; @make=$$PPID; $(DEPS_SH) check && exec tests/leash.sh --to $$make tests/check.sh
deps: ; @mk/deps.sh check
clean: ; rm -rf $(O)
help: ; @cat mk/help.txt

ifneq ($(filter-out demo world check deps help clean check-%,$(or $(MAKECMDGOALS),all)),)
include mk/flags.mk
include mk/build.mk
include mk/vetkat.mk
include mk/test.mk
include mk/install.mk
endif

# what others read of us, read by their programs: packages of its own, and no part of `make check`
check-feeding: ; @$(DEPS_SH) check && $(DEPS_SH) feeding && $(MAKE) --no-print-directory DEPS=no programs testtools && tests/feeding/run.sh

# the full sizes: `make check-kill`, `make check-strictmodes`, ...
check-%: ; @make=$$PPID; $(DEPS_SH) check && exec tests/leash.sh --to $$make tests/check.sh --full $*
