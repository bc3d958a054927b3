/* source/sourcesigned: signer file, memory, judgement and memory again, with real documents in a root of our own. */
#include "source/sourcesigned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "tests/unit/lib/signedsample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define WHAT "00ff"
#define MEMORY KA_PATH_SERIALS "/corp." WHAT

static struct signedsample good;
static struct ka_sourcesigned *out;
static struct ka_conf_source source;
static struct ka_sourcesigned_ask ask;

/* each test has its own serials */
static int make(void **state)
{
	(void)state;
	mkdir("/var", 0755);
	mkdir("/var/lib", 0755);
	mkdir("/var/lib/keyaudit", 0755);
	mkdir("/etc", 0755);
	unlink(MEMORY);
	unlink(KA_PATH_SERIALS "/corp.begun");
	unlink(KA_PATH_SERIALS "/corp.index");
	rmdir(KA_PATH_SERIALS);
	unlink("/etc/signers");
	trustroot_dir(KA_PATH_SERIALS, 0700, 0);
	trustroot_file("/etc/signers", 0644, 0, good.signers_text);
	source = (struct ka_conf_source){ .name = "corp", .signers = "/etc/signers", .threshold = good.threshold, .host_id = good.host };
	ask = (struct ka_sourcesigned_ask){ .source = &source, .kind = KA_SIGNEDDOC_KEYS, .user = good.user, .what = WHAT,
					    .now = good.now, .may_remember = true };
	return 0;
}

static const char *check(const struct signedsample *s)
{
	return ka_reason_id(ka_sourcesigned_check(&ask, signedsample_span(s), out));
}

static void check__good_document__believed_and_remembered(void **state)
{
	struct stat st, again;

	(void)state;
	assert_false(ka_sourcesigned_knows("corp", WHAT));
	assert_string_equal(check(&good), "-");
	assert_true(out->is_first);
	assert_false(out->not_kept);
	assert_true(out->check.verified >= 1 && out->doc.lines > 0);
	assert_int_equal(lstat(MEMORY, &st), 0);
	assert_true(ka_sourcesigned_knows("corp", WHAT));
	assert_false(ka_sourcesigned_knows("corp", "00fe"));
	assert_string_equal(check(&good), "-");
	assert_false(out->is_first);
	assert_int_equal(lstat(MEMORY, &again), 0);
	assert_int_equal(st.st_ino, again.st_ino); /* the same text costs no write */
}

/* a document that is refused must not raise the memory, or any signer's mistake would lock the user out */
static void check__refused__nothing_is_remembered(void **state)
{
	char *broken = strstr(good.document, "\nssh-");

	(void)state;
	assert_non_null(broken);
	broken[1] ^= 1;
	assert_string_equal(check(&good), "store.signature-bad");
	broken[1] ^= 1;
	ask.user = "mallory";
	assert_string_equal(check(&good), "store.wrong-user");
	ask.user = good.user;
	source.host_id = "other.example.org";
	assert_string_equal(check(&good), "store.wrong-host");
	source.host_id = good.host;
	ask.now = INT32_MAX;
	assert_string_equal(check(&good), "store.expired");
	ask.now = 0;
	assert_string_equal(check(&good), "store.not-yet-valid");
	ask.now = good.now;
	assert_string_equal(ka_reason_id(ka_sourcesigned_check(&ask, ka_span_of("<html>"), out)), "store.bad-answer");
	assert_false(ka_sourcesigned_knows("corp", WHAT));
	assert_string_equal(check(&good), "-");
}

static void check__memory__only_rises(void **state)
{
	const struct ka_serial_memory above = { .known = true, .serial = UINT64_MAX }, below = { .known = false };

	(void)state;
	ask.memory = &above;
	assert_string_equal(check(&good), "store.serial-lower");
	ask.memory = &below;
	assert_string_equal(check(&good), "-");
	assert_false(ka_sourcesigned_knows("corp", WHAT)); /* whose memory is given keeps it himself */
	ask.memory = NULL;
	assert_string_equal(check(&good), "-");
	trustroot_file(MEMORY, 0600, 0, "");
	assert_string_equal(check(&good), "store.cache-invalid"); /* nobody can tell which serials are too low */
	assert_true(ka_sourcesigned_knows("corp", WHAT));
}

static void check__tool__changes_nothing(void **state)
{
	(void)state;
	ask.may_remember = false;
	assert_string_equal(check(&good), "-");
	assert_false(ka_sourcesigned_knows("corp", WHAT));
}

static void check__signers__are_the_configurations(void **state)
{
	(void)state;
	source.threshold = good.threshold + 15;
	assert_string_equal(check(&good), "conf.invalid");
	source.threshold = good.threshold;
	chmod("/etc/signers", 0666);
	assert_string_equal(check(&good), "conf.unsafe");
	chmod("/etc/signers", 0644);
	trustroot_file("/etc/signers", 0644, 0, "not a signer\n");
	assert_string_equal(check(&good), "conf.invalid");
	unlink("/etc/signers");
	assert_string_equal(check(&good), "conf.invalid");
	assert_int_equal(symlink("/etc/other", "/etc/signers"), 0);
	assert_string_equal(check(&good), "conf.unsafe");
	assert_false(ka_sourcesigned_knows("corp", WHAT));
}

/* no directory, or one that others may write: no serial can be compared, so nothing is believed */
static void check__no_memory_to_ask__nothing_is_believed(void **state)
{
	(void)state;
	chmod(KA_PATH_SERIALS, 0777);
	assert_string_equal(check(&good), "store.cache-invalid");
	assert_true(ka_sourcesigned_knows("corp", WHAT)); /* the careful side */
	rmdir(KA_PATH_SERIALS);
	assert_string_equal(check(&good), "store.cache-invalid");
	assert_true(ka_sourcesigned_knows("corp", WHAT));
}

static void spend__nothing_to_check__works_and_remembers_nothing(void **state)
{
	(void)state;
	source.threshold = 2;
	assert_true(ka_sourcesigned_spend(&ask, out));
	assert_false(ka_sourcesigned_knows("corp", WHAT));
	unlink("/etc/signers");
	assert_false(ka_sourcesigned_spend(&ask, out));
}

static void host__configured_or_the_nodes(void **state)
{
	struct utsname node;
	char host[256];

	(void)state;
	ka_sourcesigned_host(&source, host, sizeof(host));
	assert_string_equal(host, good.host);
	source.host_id = "";
	assert_int_equal(uname(&node), 0);
	ka_sourcesigned_host(&source, host, sizeof(host));
	assert_string_equal(host, node.nodename);
	ka_sourcesigned_host(&source, host, 1);
	assert_string_equal(host, "");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, make)
	const struct CMUnitTest tests[] = {
		T(check__good_document__believed_and_remembered),
		T(check__refused__nothing_is_remembered),
		T(check__memory__only_rises),
		T(check__tool__changes_nothing),
		T(check__signers__are_the_configurations),
		T(check__no_memory_to_ask__nothing_is_believed),
		T(spend__nothing_to_check__works_and_remembers_nothing),
		T(host__configured_or_the_nodes),
	};
	int failed;

	out = calloc(1, sizeof(*out));
	if (out == NULL)
		return 1;
	signedsample_load("good-host", &good);
	failed = trustroot_run(tests, NULL);
	signedsample_free(&good);
	free(out);
	return failed;
}
