# A second copy of the module for tests/unit/test_pamstack.c: the same sources, but its recorder and its run directory
# lie in a folder that the test may fill. The module that is installed has no such seam.
PAM_TEST_DIR := $(abspath $(O))/tests/pam
PAM_TEST_SO := $(O)/tests/pam/pam_keyaudit.so
PAM_TEST_SRC := $(PAM_CORE_SRC) $(PAM_SRC)
PAM_TEST_OBJ := $(patsubst %.c,$(O)/obj/pamtest/%.o,$(PAM_TEST_SRC))
PAM_TEST_CPP := -UKA_BINDIR -UKA_RUNDIR -DKA_BINDIR='"$(PAM_TEST_DIR)/bin"' -DKA_RUNDIR='"$(PAM_TEST_DIR)/run"'

$(O)/obj/pamtest/%.o: %.c $(FLAGS_MK) mk/pam.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(KA_CFLAGS) $(PAM_TEST_CPP) -fPIC -c -o $@ $< $(KA_COMPILED)
$(PAM_TEST_SO): $(PAM_TEST_OBJ) pam_keyaudit/exports.map
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -fPIC -shared $(KA_LDFLAGS) -Wl,--version-script=pam_keyaudit/exports.map -o $@ \
		$(filter %.o,$^) -lpam

# the tests find both modules by absolute path
PAM_TESTS := $(O)/tests/test_pamstack $(O)/tests/test_pamwork
$(O)/obj/tests/pam/pamworld.o $(O)/obj/tests/unit/test_pamstack.o $(O)/obj/tests/unit/test_pamwork.o: \
	KA_CPP += -DKA_TEST_PAM_DIR='"$(PAM_TEST_DIR)"' -DKA_TEST_MODULE='"$(abspath $(PAM_SO))"'
$(PAM_TESTS): $(O)/obj/tests/pam/pamworld.o | $(PAM_TEST_SO) $(PAM_SO)
