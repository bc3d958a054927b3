# Tests that need no server: cmocka unit tests, one program per file tests/unit/test_NAME.c.
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/tests/%,$(UNIT_SRC))
TOOLS_SRC := $(wildcard tests/world/*.c)
TOOLS_BIN := $(patsubst tests/world/%.c,$(O)/tests/%,$(TOOLS_SRC))
# small programs over the core, for comparisons with other programs
CORETOOLS_BIN := $(patsubst tests/tools/%.c,$(O)/tests/tools/%,$(wildcard tests/tools/*.c))
FAULTSTORE_OBJ := $(call obj,$(wildcard tests/tools/lib/fault*.c))
# an archive, so that a program carries no more of it than it calls
UNIT_A := $(O)/lib/libunit.a
$(UNIT_A): $(call obj,$(wildcard tests/unit/lib/*.c))
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) -rcD $@ $^

.PHONY: unit unit-programs unit-objects testtools worldtools
T ?= *
unit: unit-programs
	@exec tests/leash.sh --to $$PPID tests/unit/run.sh $(O)/tests '$(T)'
# who judges finds authkeys-vet beside itself, before it is installed
$(O)/tests/authkeys-vet: $(VET_BIN)
	@mkdir -p $(@D)
	$(Q)cp $< $@
# T=name builds one test only
unit-programs: $(O)/tests/authkeys-vet $(if $(filter $(T),*),$(UNIT_BIN),$(filter $(O)/tests/test_$(T),$(UNIT_BIN)))
# for another compiler's warnings
unit-objects: $(call obj,$(UNIT_SRC) $(wildcard tests/unit/lib/*.c tests/pam/*.c))
testtools: worldtools $(CORETOOLS_BIN) ; @:
# what a world itself needs: nothing but a compiler, since demo installs no more
worldtools: $(TOOLS_BIN) ; @:

# whole records on the stack are fine in a test
$(O)/obj/tests/%.o: KA_CODEGEN += -Wframe-larger-than=1048576
# A test is compiled to be run once: that costs half of it without optimizing, and there are hundreds. What it tests is
# compiled as it ships.
KA_ONCE := -U_FORTIFY_SOURCE -O0 -g1
$(O)/obj/tests/unit/%.o: override CFLAGS += $(KA_ONCE)
$(O)/tests/test_%: $(O)/obj/tests/unit/test_%.o $(UNIT_A) $(TOOL_A) $(CMD_A) $(FETCH_A) $(VET_A) $(PAM_A) $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) $(KA_TEST_LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(CURL_LIBS) -lcrypto -lsodium -ljansson -lpam
$(TOOLS_BIN): $(O)/tests/%: tests/world/%.c $(FLAGS_MK)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $<
# the scripted key store speaks TLS
$(O)/tests/tools/faultstore: $(FAULTSTORE_OBJ)
$(O)/tests/tools/faultstore: TOOL_LIBS := -lssl -lcrypto
# computes what authkeys-vet is asked
$(O)/tests/tools/krldiff: TOOL_LIBS := -lcrypto
# listens like the collector
$(O)/tests/tools/earcat: $(TOOL_A)
$(O)/tests/tools/earcat: TOOL_LIBS := -ljansson
# speaks to the journal like a sink
$(O)/tests/tools/journalsend: $(TOOL_A)
$(O)/tests/tools/journalsend: TOOL_LIBS := -ljansson
$(CORETOOLS_BIN): $(O)/tests/tools/%: $(O)/obj/tests/tools/%.o $(CORE_A)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $(filter %.o %/libtool.a,$^) $(CORE_A) -lsodium $(TOOL_LIBS)

.SECONDARY:
-include $(wildcard mk/fuzz.mk mk/bench.mk mk/lint.mk mk/pam.mk)
