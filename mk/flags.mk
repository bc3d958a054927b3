# Compiler flags: what the probe found, by variant. CFLAGS and LDFLAGS of the caller come last and win.
FLAGS_MK := $(O)/flags.mk
$(FLAGS_MK): mk/probe.sh mk/flags.mk
	@mkdir -p $(@D)
	@sh mk/probe.sh "$(CC)" > $@.tmp && { echo 'KA_PROBED_CC := $(CC)'; cat $@.tmp; } > $@ && rm -f $@.tmp
include $(FLAGS_MK)
# another compiler than last time: probe again
ifneq ($(KA_PROBED_CC),)
ifneq ($(KA_PROBED_CC),$(CC))
$(shell rm -rf $(O)/flags.mk $(O)/obj)
endif
endif

CFLAGS ?= -O2 -g
KA_CPP := -std=gnu11 -D_GNU_SOURCE -Icommon -I. \
	-DKA_VERSION='"$(VERSION)"' -DKA_SYSCONFDIR='"$(SYSCONFDIR)"' -DKA_RUNDIR='"$(RUNDIR)"' -DKA_LOGDIR='"$(LOGDIR)"' \
	-DKA_BINDIR='"$(BINDIR)"' -DKA_LIBEXECDIR='"$(LIBEXECDIR)"' -DKA_CACHEDIR='"$(CACHEDIR)"' -DKA_STATEDIR='"$(STATEDIR)"' \
	-ffile-prefix-map=$(CURDIR)=.
KA_CC_release := $(KA_HARDEN)
KA_CC_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DKA_BUG_ABORTS
# the red zones between variables are no frame of ours: the probe's bound is asked of every other build. Tests have theirs behind it
KA_WARN_asan := -Wframe-larger-than=8192
KA_LD_asan := -fsanitize=address,undefined
KA_CC_cov := --coverage -O0
KA_LD_cov := --coverage
KA_CC_fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DKA_BUG_ABORTS
KA_LD_fuzz := -fsanitize=address,undefined
# With WERROR=yes nothing stands that was compiled without: its warnings would not be seen again. (The other way it may.)
KA_LENIENT := $(O)/obj/lenient
KA_WERROR := $(if $(filter yes,$(WERROR)),-Werror)

KA_CFLAGS = $(KA_CPP) -Wall $(strip $(KA_WARN) $(KA_WARN_$(V))) $(KA_WERROR) $(KA_CODEGEN) $(KA_CC_$(V)) -MMD -MP $(CPPFLAGS) $(CFLAGS)
KA_LDFLAGS = $(KA_LD_$(V)) $(if $(filter release,$(V)),$(KA_LINK)) $(LDFLAGS)

# behind each command that compiles
KA_COMPILED = $(if $(KA_WERROR),,&& : >$(KA_LENIENT))

# Other flags or directories than last time: everything is compiled again, since both stand in the programs. The archives go
# too: one that is younger than its sources would not miss its objects, nor see a header that changes (.SECONDARY).
ifneq ($(KA_PROBED_CC),)
ifeq ($(NOBUILD)$(filter uninstall install-list,$(MAKECMDGOALS)),)
$(shell mkdir -p $(O))
# a name of this make's own: two may look at the same time
KA_FLAGS_NOW := $(O)/flags.now.$(shell echo $$PPID)
$(file >$(KA_FLAGS_NOW),$(filter-out -Werror,$(subst $(CURDIR),.,$(KA_CFLAGS) $(KA_LDFLAGS))))
$(shell cmp -s $(KA_FLAGS_NOW) $(O)/flags.used || { rm -rf $(O)/obj $(O)/lib; mv $(KA_FLAGS_NOW) $(O)/flags.used; }; rm -f $(KA_FLAGS_NOW))
$(if $(and $(KA_WERROR),$(wildcard $(KA_LENIENT))),$(shell rm -rf $(O)/obj $(O)/lib))
endif
endif

# VERBOSE=1 shows the commands
ifeq ($(VERBOSE),)
Q := @
say = @printf '  %-5s %s\n' '$(1)' '$@'
endif
