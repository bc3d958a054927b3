# The core, the programs, and which library each of them links (tests/lint/needed.sh compares with the result).

CORE_SRC := $(wildcard common/*/*.c)
CMD_SRC := $(wildcard authkeys-cmd/*.c)
FETCH_SRC := $(wildcard authkeys-cmd/fetch/*.c)
VET_SRC := $(wildcard authkeys-cmd/vet/*.c)
TOOL_SRC := $(wildcard keyaudit/*.c keyaudit/*/*.c)
PAM_SRC := $(wildcard pam_keyaudit/*.c)
# the module takes only the lower floors, compiled again as PIC
PAM_CORE_SRC := $(wildcard common/base/*.c) common/spool/conn.c common/spool/ownfile.c common/spool/phase.c

obj = $(patsubst %.c,$(O)/obj/%.o,$(1))
pic = $(patsubst %.c,$(O)/obj/pic/%.o,$(1))

CORE_A := $(O)/lib/libcore.a
CMD_A := $(O)/lib/libcmd.a
FETCH_A := $(O)/lib/libfetch.a
VET_A := $(O)/lib/libvet.a
TOOL_A := $(O)/lib/libtool.a
PAM_A := $(O)/lib/libpamcore.a

CMD_BIN := $(if $(CMD_SRC),$(O)/bin/authkeys-cmd)
FETCH_BIN := $(if $(wildcard authkeys-cmd/fetch/main.c),$(O)/bin/authkeys-fetch)
VET_BIN := $(if $(wildcard authkeys-cmd/vet/main.c),$(O)/bin/authkeys-vet)
TOOL_BIN := $(if $(TOOL_SRC),$(O)/bin/keyaudit)
PAM_SO := $(if $(PAM_SRC),$(O)/lib/pam_keyaudit.so)

.PHONY: programs
programs: $(CMD_BIN) $(FETCH_BIN) $(VET_BIN) $(TOOL_BIN) $(PAM_SO) ; @:

# static only in a release: the sanitizers need a dynamic program
ifeq ($(STATIC)-$(V),yes-release)
CMD_STATIC := $(KA_STATIC_PIE)
endif
ifeq ($(CMD_STATIC),yes)
CMD_LINK := -static-pie $(KA_STATIC_ORDER)
CMD_ORDER := mk/authkeys-cmd.ld
CMD_LIBS := $(shell $(PKG_CONFIG) --static --libs libsodium 2>/dev/null || echo -lsodium)
else
CMD_LINK := -pie
CMD_LIBS := -lsodium
endif
# Debian has libcurl once with each TLS library, and pkg-config knows which one is installed
CURL_LIBS := $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null || echo -lcurl)
# a change of STATIC= must link again
$(shell mkdir -p $(O)/bin $(O)/lib; s='$(CMD_LINK)'; [ "$$(cat $(O)/lib/cmd.link 2>/dev/null)" = "$$s" ] || echo "$$s" > $(O)/lib/cmd.link)

$(O)/obj/authkeys-cmd/main.o: $(O)/lib/cmd.link
$(CORE_A): $(call obj,$(CORE_SRC))
$(CMD_A): $(call obj,$(filter-out authkeys-cmd/main.c,$(CMD_SRC)))
$(FETCH_A): $(call obj,$(filter-out authkeys-cmd/fetch/main.c,$(FETCH_SRC)))
$(VET_A): $(call obj,$(filter-out authkeys-cmd/vet/main.c,$(VET_SRC)))
$(TOOL_A): $(call obj,$(filter-out keyaudit/main.c,$(TOOL_SRC)))
$(PAM_A): $(call pic,$(PAM_CORE_SRC) $(filter-out pam_keyaudit/pam_keyaudit.c,$(PAM_SRC)))
$(CORE_A) $(CMD_A) $(FETCH_A) $(VET_A) $(TOOL_A) $(PAM_A):
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) -rcD $@ $^

$(O)/bin/authkeys-cmd: $(call obj,authkeys-cmd/main.c) $(CMD_A) $(CORE_A) $(O)/lib/cmd.link $(CMD_ORDER)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) $(CMD_LINK) $(KA_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(CMD_LIBS)
$(O)/bin/authkeys-fetch: $(call obj,authkeys-cmd/fetch/main.c) $(FETCH_A) $(CORE_A)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ $(CURL_LIBS) -ljansson -lsodium
$(O)/bin/authkeys-vet: $(call obj,authkeys-cmd/vet/main.c) $(VET_A) $(CORE_A)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ -lcrypto -lsodium
$(O)/bin/keyaudit: $(call obj,keyaudit/main.c) $(TOOL_A) $(CORE_A)
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -pie $(KA_LDFLAGS) -o $@ $^ -lsodium -ljansson
$(O)/lib/pam_keyaudit.so: $(call pic,pam_keyaudit/pam_keyaudit.c) $(PAM_A) pam_keyaudit/exports.map
	$(call say,LINK)
	$(Q)$(CC) $(KA_CFLAGS) -fPIC -shared $(KA_LDFLAGS) -Wl,--version-script=pam_keyaudit/exports.map -o $@ \
		$(filter %.o %.a,$^) -lpam

$(O)/obj/pic/%.o: %.c $(FLAGS_MK)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(KA_CFLAGS) -fPIC -c -o $@ $< $(KA_COMPILED)
$(O)/obj/%.o: %.c $(FLAGS_MK)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(KA_CFLAGS) -fPIE -c -o $@ $< $(KA_COMPILED)

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)
