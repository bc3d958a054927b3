# The known-answer test of libsodium's Ed25519 check, at build time, against the library being linked.
# KAT=no: cross-compiling, the result cannot run here; the command then asks at every start.
KAT ?= yes
VETKAT_H := $(O)/obj/vetkat.h
KA_CPP += -I$(O)/obj

ifeq ($(KAT),yes)
$(O)/obj/vetkat: mk/vetkat.c common/vet/vetselftest.c common/vet/vetselftest.h common/vet/vet.h $(FLAGS_MK) $(O)/lib/cmd.link
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out -MMD -MP,$(KA_CFLAGS)) $(if $(filter yes,$(CMD_STATIC)),-fPIE) $(CMD_LINK) $(KA_LDFLAGS) -o $@ $(filter %.c,$^) $(CMD_LIBS)
$(VETKAT_H): $(O)/obj/vetkat
	$(call say,KAT)
	$(Q)$< $(if $(filter yes,$(CMD_STATIC)),static,dynamic) > $@
else
$(VETKAT_H): mk/vetkat.mk
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)printf '%s\n' '#include "vet/vetselftest.h"' '#define KA_VETKAT_ED25519 ka_vetselftest_start()' > $@
endif

# nothing is linked before the answer is known
$(CORE_A) $(call obj,$(CMD_SRC)): | $(VETKAT_H)
$(O)/obj/authkeys-cmd/main.o: $(VETKAT_H)
