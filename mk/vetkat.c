/*
 * Built and run by make before anything else is linked: asks the libsodium that
 * authkeys-cmd will be linked with for known answers (vet/vetselftest.h). Fails
 * the build when it does not know a good point; else writes the header that tells
 * the command whether it may rely on that library's own check.
 *
 * usage: vetkat static|dynamic > vetkat.h
 */
#include <stdio.h>
#include <string.h>

#include "vet/vetselftest.h"

#include "base/poison.h"

int main(int argc, char **argv)
{
	enum ka_vet_ed25519 answer = ka_vetselftest_ed25519();
	int is_static = argc > 1 && strcmp(argv[1], "static") == 0;

	if (answer == KA_VET_ED25519_BROKEN) {
		fprintf(stderr, "error: this libsodium fails the Ed25519 known-answer test: it refuses the base point or accepts the identity\n"
				"mend: link a working libsodium; KAT=no skips the test when cross-compiling\n");
		return 1;
	}
	printf("/* made by mk/vetkat.c at build time: what is known about the libsodium of authkeys-cmd */\n"
	       "#ifndef KA_VETKAT_H\n#define KA_VETKAT_H\n\n#include \"vet/vetselftest.h\"\n\n");
	if (is_static)
		printf("/* linked in, so it cannot change: %s points of order 2L (CVE-2025-69277) */\n"
		       "#define KA_VETKAT_ED25519 %s\n",
		       answer == KA_VET_ED25519_SOUND ? "it refuses" : "it ACCEPTS",
		       answer == KA_VET_ED25519_SOUND ? "KA_VET_ED25519_SOUND" : "KA_VET_ED25519_CROSSCHECK");
	else
		printf("/* loaded at run time: ask again at every start */\n#define KA_VETKAT_ED25519 ka_vetselftest_start()\n");
	printf("\n#endif\n");
	return 0;
}
