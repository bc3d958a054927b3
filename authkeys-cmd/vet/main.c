/*
 * authkeys-vet: judges keys by arithmetic on large numbers. The only program that links libcrypto, and it does so where
 * nothing can be opened: it shuts itself in before it reads the first byte of a key.
 *
 * MUST: read no key outside the sandbox; answer each line; hold no secret, since it has none.
 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <sodium.h>

#include "authkeys-cmd/vet/gcdlines.h"
#include "authkeys-cmd/vet/rsashared.h"
#include "authkeys-cmd/vet/vetlines.h"
#include "authkeys-cmd/vet/vetsandbox.h"
#include "base/become.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/sanitized.h"
#include "base/text.h"

#include "base/poison.h"

static const char help[] =
	"usage: authkeys-vet [--fermat-rounds N] [--primes FILE]\n"
	"       authkeys-vet --shared\n"
	"       authkeys-vet --help | --version\n"
	"\n"
	"Reads public keys on standard input, one blob in base64 on each line, and\n"
	"answers each with a line:\n"
	"  ok        nothing is wrong with its numbers\n"
	"  bad ID    what is wrong, see keyaudit-reasons(7); behind key.rsa-small-factor\n"
	"            stands the factor\n"
	"  unjudged  it is no key, or one of a kind that needs no arithmetic\n"
	"With the word cert before a certificate it is asked about its signature by an\n"
	"RSA or ECDSA authority. With the word sha1 before a key the answer is sha1 and\n"
	"its SHA-1, which a list of revoked keys may name.\n"
	"\n"
	"authkeys-cmd and keyaudit run it. It can open no file and no connection once\n"
	"it reads.\n"
	"\n"
	"  --fermat-rounds N  how far apart primes must be, 100 to 100000; 1000 when not\n"
	"                     given\n"
	"  --primes FILE      a product of primes that published keys share, raw bytes,\n"
	"                     big-endian; a modulus with one of them is bad\n"
	"  --shared           read all keys to the end, then say of each RSA key: alone,\n"
	"                     or shared LINE, the line of a key with which it has a prime\n"
	"                     in common\n"
	"\n"
	"Exit status: 0 every line was answered, 1 a line was no line, 2 wrong words or\n"
	"no sandbox.\n"
	"\n"
	"examples:\n"
	"  awk '{print $2}' id_rsa.pub | authkeys-vet\n"
	"  awk '{print $2}' *.pub | authkeys-vet --shared\n";

static const char no_sandbox[] = "the kernel cannot shut this process in (seccomp), so no key is judged";

static int complain(const char *what)
{
	fprintf(stderr, "authkeys-vet: %s\n", what);
	return 2;
}

/* root has more to lose than arithmetic needs: the command's user, or nobody where there is none yet */
static bool become_small(void)
{
	enum { NOBODY = 65534 };
	const struct passwd *pw = geteuid() == 0 ? getpwnam(KA_COMMAND_USER) : NULL;

	return ka_become_user(pw != NULL ? pw->pw_uid : NOBODY, pw != NULL ? pw->pw_gid : NOBODY, NULL, 0);
}

/* a sanitizer needs addresses and calls that the sandbox takes away: such a build is for tests only */
static bool shut_in(unsigned long memory)
{
	return become_small() && (KA_IS_SANITIZED || ka_vetsandbox(memory));
}

static bool read_rounds(const char *text, unsigned *out)
{
	uint64_t v;

	if (!ka_text_to_u64(ka_span_of(text), KA_VET_FERMAT_ROUNDS_MAX, &v) || v < KA_VET_FERMAT_ROUNDS_MIN)
		return false;
	*out = (unsigned)v;
	return true;
}

static int judge_each(unsigned rounds, const char *primes)
{
	static struct ka_vetter vetter;
	const char *wrong = NULL;

	if (ka_vetter_init(&vetter, rounds) != KA_ERR_OK)
		return complain("no memory");
	if (primes != NULL)
		wrong = ka_rsashared_read(primes, &vetter.shared);
	if (wrong != NULL) {
		fprintf(stderr, "authkeys-vet: --primes: %s, so no key is judged\n", wrong);
		return 2;
	}
	if (!shut_in(KA_VET_MEMORY_MAX))
		return complain(no_sandbox);
	return ka_vetlines_run(&vetter, STDIN_FILENO, STDOUT_FILENO) == KA_ERR_OK ? 0 : 1;
}

static int compare_all(void)
{
	if (!shut_in(KA_GCD_MEMORY_MAX))
		return complain(no_sandbox);
	return ka_gcdlines_run(STDIN_FILENO, STDOUT_FILENO) == KA_ERR_OK ? 0 : 1;
}

/* the words behind the program's name, each with its value; NULL, or what is wrong with them */
static const char *read_words(int argc, char **argv, unsigned *rounds, const char **primes)
{
	for (int i = 1; i < argc; i += 2) {
		bool is_rounds = strcmp(argv[i], "--fermat-rounds") == 0;

		if (i + 1 == argc || (!is_rounds && strcmp(argv[i], "--primes") != 0))
			return "wrong words; authkeys-vet --help shows the right ones";
		if (is_rounds && !read_rounds(argv[i + 1], rounds))
			return "--fermat-rounds is a number from 100 to 100000";
		if (!is_rounds)
			*primes = argv[i + 1];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned rounds = KA_VET_FERMAT_ROUNDS;
	bool is_shared = argc == 2 && strcmp(argv[1], "--shared") == 0;
	const char *primes = NULL, *wrong;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(help, stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("authkeys-vet " KA_VERSION);
		return 0;
	}
	wrong = is_shared ? NULL : read_words(argc, argv, &rounds, &primes);
	if (wrong != NULL)
		return complain(wrong);
	/* no configuration of OpenSSL's: it may name engines */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1 || sodium_init() < 0)
		return complain("the cryptographic library does not start");
	_exit(is_shared ? compare_all() : judge_each(rounds, primes));
}
