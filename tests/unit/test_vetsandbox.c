/* authkeys-cmd/vet/vetsandbox: inside, arithmetic works and nothing else does. */
#include "authkeys-cmd/vet/vetsandbox.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "authkeys-cmd/vet/certverify.h"
#include "authkeys-cmd/vet/vetter.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/sanitized.h"
#include "tests/unit/lib/certvectors.h"
#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

/* the signal that ended a child which did this inside, or 0; -1: it could not get in */
static int inside(void (*does)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!ka_vetsandbox(KA_VET_MEMORY_MAX))
			_exit(9);
		does();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	return WEXITSTATUS(status) == 0 ? 0 : -1;
}

static void opens(void)
{
	(void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static void connects(void)
{
	(void)socket(AF_UNIX, SOCK_STREAM, 0);
}

static void forks(void)
{
	(void)syscall(SYS_getpid); /* not even that */
}

static void kills(void)
{
	(void)kill(getppid(), 0);
}

static void executes(void)
{
	(void)syscall(SYS_execve, "/bin/true", NULL, NULL);
}

static void maps(void)
{
	(void)syscall(SYS_ioctl, 0, 0, 0);
}

static void sandbox__whatever_is_not_arithmetic__ends_it(void **state)
{
	static void (*const does[])(void) = { opens, connects, forks, kills, executes, maps };

	(void)state;
	if (KA_IS_SANITIZED)
		skip(); /* its own memory is beyond any bound of addresses */
	for (size_t i = 0; i < KA_ARRAY_LEN(does); i++)
		assert_int_equal(inside(does[i]), SIGSYS);
}

static struct ka_vetter vetter;

static void judges(void)
{
	struct ka_vetter_out out;
	struct ka_keyblob key = { .type = ka_keytype_find(ka_span_of("ssh-rsa"), NULL) };
	uint8_t n[2048];

	for (size_t i = 0; i < rsavectors_count; i++) {
		key.rsa_n = (struct ka_span){ n, (size_t)BN_bn2bin(rsavectors[i].n, n) };
		ka_vetter_judge(&vetter, &key, &out);
		if (!out.is_judged || out.reason != rsavectors[i].reason)
			_exit(8);
	}
}

static void sandbox__arithmetic__works(void **state)
{
	(void)state;
	if (KA_IS_SANITIZED)
		skip(); /* its own memory is beyond any bound of addresses */
	assert_int_equal(ka_vetter_init(&vetter, 1000), KA_ERR_OK);
	assert_int_equal(inside(judges), 0);
	ka_vetter_free(&vetter);
}

static void verifies(void)
{
	for (size_t i = 0; i < certvectors_count; i++) {
		struct ka_vetter_out out;
		struct ka_keyblob key;

		if (ka_keyblob_parse(certvectors[i].blob, (struct ka_span){ NULL, 0 }, &key) != KA_REASON_NONE)
			continue;
		ka_certverify_judge(&vetter, &key, &out);
		if (out.is_judged && certvectors[i].reason == KA_REASON_NONE && out.reason != KA_REASON_NONE)
			_exit(8);
	}
}

/* libcrypto finds all that it needs for that inside itself */
static void sandbox__signatures_of_certificates__works(void **state)
{
	if (KA_IS_SANITIZED)
		skip(); /* its own memory is beyond any bound of addresses */
	assert_int_equal(certvectors_setup(state), 0);
	assert_int_equal(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL), 1); /* as the program does */
	assert_int_equal(ka_vetter_init(&vetter, 1000), KA_ERR_OK);
	assert_int_equal(inside(verifies), 0);
	ka_vetter_free(&vetter);
	certvectors_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sandbox__whatever_is_not_arithmetic__ends_it), cmocka_unit_test(sandbox__arithmetic__works),
		cmocka_unit_test(sandbox__signatures_of_certificates__works),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
