/* keyaudit/vet/vetrun: every line once and in order, whatever waits for authkeys-vet; and what all files together show. */
#include "keyaudit/vet/vetrun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/memfile.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

static struct ka_vetrun *run;
static struct ka_toolpolicy *policy;
static char *shown;
static size_t shown_len;
static unsigned complaints;

static void complain(void *ctx, const char *what, const char *name)
{
	(void)ctx;
	(void)what;
	(void)name;
	complaints++;
}

static void begin(bool dump, bool only_findings)
{
	run = calloc(1, sizeof(*run));
	policy = calloc(1, sizeof(*policy));
	assert_true(run != NULL && policy != NULL);
	ka_vetpolicy_default(&policy->policy);
	ka_judge_open(NULL, &policy->judge);
	run->policy = policy;
	run->dump = dump;
	run->show.with_account = dump;
	run->only_findings = only_findings;
	run->show.out.to = open_memstream(&shown, &shown_len);
	run->complain = complain;
	run->when.whole = true;
	run->when.ed25519 = ka_vetselftest_ed25519();
	complaints = 0;
}

static void give(const char *name, const char *account, const char *text)
{
	KA_AUTOCLOSE int fd = memfile_of(text, strlen(text));
	struct ka_vetwalk_file f = { .fd = fd, .name = name, .account = account };

	assert_int_equal(ka_vetrun_file(run, &f), KA_ERR_OK);
}

static void end(void)
{
	assert_int_equal(ka_vetrun_end(run), KA_ERR_OK);
	fclose(run->show.out.to);
}

static void forget(void)
{
	ka_vetrun_free(run);
	ka_judge_close(&policy->judge);
	free(run);
	free(policy);
	free(shown);
}

static const char *line_of(const char *name)
{
	static struct ka_keysample sample;

	ka_keysample_find(name, &sample);
	return sample.line;
}

/* two keys that are fine each by itself and share a prime, and the first one again: alice, bob, carol */
static const char *shared_dump(void)
{
	static char text[4096], one[1024], two[1024];
	FILE *f = fopen("tests/data/shared-prime.txt", "re");

	assert_non_null(f);
	assert_non_null(fgets(one, sizeof(one), f));
	assert_non_null(fgets(two, sizeof(two), f));
	fclose(f);
	assert_true(snprintf(text, sizeof(text), "alice\t%sbob\t%scarol\t%s", one, two, one) < (int)sizeof(text));
	return text;
}

/* quick ones and slow ones mixed, more than the queue holds */
static void file__many_lines__all_in_their_order(void **state)
{
	static const char *const names[] = { "ed25519", "rsa2048", "ecdsa256", "rsa1024", "sk-ed25519", "rsa3072" };
	char *text = calloc(1, 600 * 1000), *rest;
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < 600; i++)
		len += (size_t)snprintf(text + len, 1000, "%s\n", line_of(i % 40 < 6 ? names[i % 40] : i % 40 == 6 ? "ecdsa384" : "ed25519"));
	begin(false, false);
	assert_int_equal(ka_vetrun_begin(run), KA_ERR_OK);
	give("a.keys", "alice", text);
	give("b.keys", "alice", line_of("ed25519"));
	end();
	rest = shown;
	for (unsigned i = 0; i < 600; i++) {
		char want[64];
		char *newline = strchr(rest, '\n');

		assert_non_null(newline);
		snprintf(want, sizeof(want), "a.keys:%u: %s ", i + 1, i % 40 == 3 ? "reject" : "accept");
		assert_int_equal(strncmp(rest, want, strlen(want)), 0);
		rest = newline + 1;
	}
	assert_int_equal(strncmp(rest, "b.keys:1: accept ssh-ed25519 256 ", 33), 0);
	assert_int_equal(run->tally.keys, 601);
	assert_int_equal(run->tally.files, 2);
	assert_int_equal(run->tally.by_verdict[KA_VERDICT_REJECT], 15);
	assert_int_equal(run->tally.reused + run->tally.shared + run->tally.uncompared, 0);
	free(text);
	forget();
}

static void end__key_of_two_accounts__policy_key_reused(void **state)
{
	(void)state;
	begin(false, true);
	assert_int_equal(ka_vetrun_begin(run), KA_ERR_OK);
	give("a.keys", "alice", line_of("ed25519"));
	give("a2.keys", "alice", line_of("ed25519"));
	give("b.keys", "bob", line_of("rsa2048"));
	assert_int_equal(run->tally.keys, 0); /* they wait */
	give("c.keys", "carol", line_of("ed25519"));
	end();
	assert_non_null(strstr(shown, "c.keys:1: warn ssh-ed25519 256 "));
	assert_non_null(strstr(shown, " policy.key-reused as=a.keys:1\n"));
	assert_null(strstr(shown, "a2.keys"));
	assert_null(strstr(shown, "b.keys"));
	assert_int_equal(run->tally.reused, 1);
	forget();
}

/* a comment is nobody's key; a key that the policy refuses is somebody's */
static void end__comments_do_not_count__refused_keys_do(void **state)
{
	char text[2000];

	(void)state;
	begin(false, true);
	assert_int_equal(ka_vetrun_begin(run), KA_ERR_OK);
	assert_true(snprintf(text, sizeof(text), "# %s\n", line_of("ed25519")) > 0);
	give("a.keys", "alice", text);
	give("b.keys", "bob", line_of("ed25519"));
	give("c.keys", "carol", line_of("rsa1024"));
	give("d.keys", "dave", line_of("rsa1024"));
	end();
	assert_null(strstr(shown, "b.keys"));
	assert_non_null(strstr(shown, "key.rsa-too-short,policy.key-reused as=c.keys:1\n"));
	forget();
}

static void end__key_of_this_host__policy_key_reused(void **state)
{
	(void)state;
	begin(false, true);
	run->host_keys = "tests/data/keys/ed2551[9].pub";
	assert_int_equal(ka_vetrun_begin(run), KA_ERR_OK);
	give("a.keys", "alice", line_of("ed25519"));
	end();
	assert_non_null(strstr(shown, " policy.key-reused as=tests/data/keys/ed25519.pub:1\n"));
	forget();
}

static void end__shared_prime__both_are_shown_again(void **state)
{
	(void)state;
	begin(true, true);
	assert_int_equal(ka_vetrun_begin(run), KA_ERR_OK);
	give("-", "", shared_dump());
	end();
	assert_non_null(strstr(shown, "-:3: warn ssh-rsa 2048 "));
	assert_non_null(strstr(shown, "-:1: reject ssh-rsa 2048 "));
	assert_non_null(strstr(shown, " key.rsa-shared-prime account=alice as=-:2\n"));
	assert_non_null(strstr(shown, " key.rsa-shared-prime account=bob as=-:1\n"));
	assert_int_equal(run->tally.shared, 2);
	assert_int_equal(run->tally.by_verdict[KA_VERDICT_ACCEPT], 0);
	assert_int_equal(run->tally.by_verdict[KA_VERDICT_WARN], 1);
	assert_int_equal(run->tally.by_verdict[KA_VERDICT_REJECT], 2);
	assert_int_equal(run->tally.uncompared, 0);
	forget();
}

/* severities are the policy's */
static void end__severities__are_obeyed(void **state)
{
	(void)state;
	begin(true, true);
	policy->policy.action[KA_REASON_POLICY_KEY_REUSED] = KA_ACTION_REJECT;
	policy->policy.action[KA_REASON_KEY_RSA_SHARED_PRIME] = KA_ACTION_OFF;
	assert_int_equal(ka_vetrun_begin(run), KA_ERR_OK);
	give("-", "", shared_dump());
	end();
	assert_non_null(strstr(shown, "-:3: reject ssh-rsa 2048 "));
	assert_null(strstr(shown, "key.rsa-shared-prime"));
	forget();
}

static void file__dump__accounts_and_broken_lines(void **state)
{
	char text[4000];

	(void)state;
	begin(true, false);
	assert_int_equal(ka_vetrun_begin(run), KA_ERR_OK);
	/* line 2 is none; a key wrapped over two lines of one account, but not over those of two */
	assert_true(snprintf(text, sizeof(text), "# dump\n%s\nalice@web1\t%s\n{\"account\":\"bob\",\"line\":\"ssh-ed25519 AAAA*\"}\n"
			     "carol\t%.40s\ncarol\t%s\ndave\t%.40s\nerin\t%s\n", line_of("ed25519"), line_of("ed25519"), line_of("ed25519"),
			     line_of("ed25519") + 40, line_of("ed25519"), line_of("ed25519") + 40) > 0);
	give("fleet", "", text);
	end();
	assert_int_equal(complaints, 1);
	assert_int_equal(run->tally.unread, 1);
	assert_non_null(strstr(shown, "fleet:3: accept ssh-ed25519 256 "));
	assert_non_null(strstr(shown, " - account=alice@web1\n"));
	assert_non_null(strstr(shown, "line.bad-base64 account=bob\n"));
	assert_non_null(strstr(shown, "fleet:5: reject ssh-ed25519 - - line.wrapped,key.blob-truncated account=carol\n"));
	assert_non_null(strstr(shown, "fleet:7: reject ssh-ed25519 - - key.blob-truncated account=dave\n"));
	forget();
}

/* a certificate has a word about its authority, and the key behind it none */
static void file__certificate__its_authority_is_asked_about(void **state)
{
	char text[8192] = "";
	size_t len;
	FILE *f = fopen("tests/data/certs/plain.pub", "re");

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text) / 2, f));
	fclose(f);
	begin(false, false);
	ka_conf_default(&policy->conf);
	policy->conf.trusted_ca = "/nonexistent/ca";
	policy->policy.certificates = true;
	run->when.now_sec = 1790000000;
	len = strlen(text);
	assert_true(snprintf(text + len, sizeof(text) - len, "%s\n", line_of("ed25519")) > 0);
	give("keys", "", text);
	end();
	assert_non_null(strstr(shown, "keys:1: warn ssh-ed25519-cert-v01@openssh.com 256 "));
	assert_non_null(strstr(shown, " cert.ca-untrusted ca=untrusted\n"));
	assert_non_null(strstr(shown, "keys:2: accept ssh-ed25519 256 "));
	assert_non_null(strstr(shown, " -\n"));
	assert_int_equal(run->tally.by_verdict[KA_VERDICT_WARN], 1);
	forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file__many_lines__all_in_their_order),
		cmocka_unit_test(file__certificate__its_authority_is_asked_about),
		cmocka_unit_test(end__key_of_two_accounts__policy_key_reused),
		cmocka_unit_test(end__comments_do_not_count__refused_keys_do),
		cmocka_unit_test(end__key_of_this_host__policy_key_reused),
		cmocka_unit_test(end__shared_prime__both_are_shown_again),
		cmocka_unit_test(end__severities__are_obeyed),
		cmocka_unit_test(file__dump__accounts_and_broken_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
