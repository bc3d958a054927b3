/* blocklist/blocklist: every list is asked; what cannot be asked refuses or warns, as the policy says. */
#include "blocklist/blocklist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct ka_blocklist list;
static struct vetblob good, listed;
static struct ka_vet v;
static int64_t now;

static int make(void **state)
{
	uint8_t pk[32];

	now = (int64_t)time(NULL);
	vetblob_good_point(pk);
	vetblob_ed25519(&good, pk);
	pk[0] ^= 1;
	vetblob_ed25519(&listed, pk);
	return tmptree_make(state);
}

static const struct ka_vet *judge(const struct ka_blocklist_policy *p, const struct vetblob *key, bool whole)
{
	struct ka_vetpolicy policy;
	struct ka_vetnote note;

	ka_vetpolicy_default(&policy);
	ka_vetnote_init(&note, &policy, whole, &v);
	ka_blocklist_open(p, now, &list);
	ka_blocklist_judge(&list, &key->key, &note);
	return &v;
}

static void assert_only(const struct ka_vet *got, enum ka_verdict verdict, enum ka_reason reason, const char *detail)
{
	assert_int_equal(got->verdict, verdict);
	assert_int_equal(got->count, reason == KA_REASON_NONE ? 0 : 1);
	if (reason != KA_REASON_NONE) {
		assert_int_equal(got->reasons[0], reason);
		assert_string_equal(got->details[0], detail);
	}
	ka_blocklist_close(&list);
}

static void judge__no_list__says_nothing(void **state)
{
	(void)state;
	assert_only(judge(&(struct ka_blocklist_policy){ .paths = "", .is_required = true }, &listed, false), KA_VERDICT_ACCEPT, KA_REASON_NONE, NULL);
}

static void judge__listed_key__refused_with_the_lists_name(void **state)
{
	struct ka_blocklist_policy p = { .paths = blocksample_listing("list", &listed.key, 4) };
	char names[160];

	(void)state;
	assert_only(judge(&p, &listed, false), KA_VERDICT_REJECT, KA_REASON_KEY_KNOWN_COMPROMISED, "id4");
	assert_only(judge(&p, &good, false), KA_VERDICT_ACCEPT, KA_REASON_NONE, NULL);
	tmptree_write("list.names", "4 firmware\n");
	snprintf(names, sizeof(names), "%s.names", p.paths);
	assert_int_equal(chmod(names, 0644), 0);
	assert_only(judge(&p, &listed, false), KA_VERDICT_REJECT, KA_REASON_KEY_KNOWN_COMPROMISED, "firmware");
}

static void judge__second_list__asked_as_well(void **state)
{
	char paths[300], first[128];
	struct ka_blocklist_policy p = { .paths = paths };

	(void)state;
	snprintf(first, sizeof(first), "%s", blocksample_listing("one", &good.key, 1));
	snprintf(paths, sizeof(paths), "%s %s", first, blocksample_listing("two", &listed.key, 2));
	assert_only(judge(&p, &good, false), KA_VERDICT_REJECT, KA_REASON_KEY_KNOWN_COMPROMISED, "id1");
	assert_only(judge(&p, &listed, false), KA_VERDICT_REJECT, KA_REASON_KEY_KNOWN_COMPROMISED, "id2");
}

static void judge__missing_list__warns_or_refuses(void **state)
{
	char paths[300];
	struct ka_blocklist_policy p = { .paths = "/nowhere/list" };

	(void)state;
	assert_only(judge(&p, &good, false), KA_VERDICT_WARN, KA_REASON_DATA_MISSING, "/nowhere/list");
	p.is_required = true;
	assert_only(judge(&p, &good, false), KA_VERDICT_REJECT, KA_REASON_DATA_MISSING, "/nowhere/list");
	/* the one that is there still says what it knows, and that decides */
	snprintf(paths, sizeof(paths), "/nowhere/list %s", blocksample_listing("two", &listed.key, 2));
	p.paths = paths;
	assert_only(judge(&p, &listed, false), KA_VERDICT_REJECT, KA_REASON_KEY_KNOWN_COMPROMISED, "id2");
	(void)judge(&p, &listed, true);
	assert_int_equal(v.count, 2);
	assert_int_equal(v.reasons[0], KA_REASON_KEY_KNOWN_COMPROMISED);
	assert_int_equal(v.reasons[1], KA_REASON_DATA_MISSING);
	ka_blocklist_close(&list);
}

static void judge__damaged_list__invalid(void **state)
{
	uint8_t bytes[33] = { 0 };
	struct ka_blocklist_policy p = { .paths = blocksample_write("list", bytes, 33), .is_required = true };

	(void)state;
	assert_only(judge(&p, &good, false), KA_VERDICT_REJECT, KA_REASON_DATA_INVALID, p.paths);
	/* whole, but the same record twice: found out when it is asked */
	p.paths = blocksample_write("list", bytes, 32);
	assert_only(judge(&p, &good, false), KA_VERDICT_REJECT, KA_REASON_DATA_INVALID, p.paths);
	p.is_required = false;
	assert_only(judge(&p, &good, false), KA_VERDICT_WARN, KA_REASON_DATA_INVALID, p.paths);
}

/* only where all keys are refused for it */
static void wrong__required_list__named_with_its_cause(void **state)
{
	uint8_t bytes[33] = { 0 };
	struct ka_blocklist_policy p = { .paths = blocksample_write("list", bytes, 33) };
	char text[400], wanted[400];
	struct ka_buf b;

	(void)state;
	ka_blocklist_open(&p, now, &list);
	assert_null(ka_blocklist_wrong(&list));
	ka_blocklist_close(&list);
	p.is_required = true;
	ka_blocklist_open(&p, now, &list);
	assert_ptr_equal(ka_blocklist_wrong(&list), &list.files[0]);
	ka_buf_init_array(&b, text);
	ka_blocklist_why(&list.files[0], &b);
	snprintf(wanted, sizeof(wanted), "%s: its size is no multiple of 16; mend: keyaudit blocklist update", p.paths);
	assert_string_equal(text, wanted);
	ka_blocklist_close(&list);
	p.paths = blocksample_listing("list", &listed.key, 4);
	ka_blocklist_open(&p, now, &list);
	assert_null(ka_blocklist_wrong(&list));
	ka_blocklist_close(&list);
}

static void judge__old_list__stale_and_asked_all_the_same(void **state)
{
	struct ka_blocklist_policy p = { .paths = blocksample_listing("list", &listed.key, 4), .is_required = true, .max_age_sec = 3600 };

	(void)state;
	assert_only(judge(&p, &good, false), KA_VERDICT_ACCEPT, KA_REASON_NONE, NULL);
	now += 3700;
	assert_only(judge(&p, &good, false), KA_VERDICT_REJECT, KA_REASON_DATA_STALE, p.paths);
	p.is_required = false;
	assert_only(judge(&p, &good, false), KA_VERDICT_WARN, KA_REASON_DATA_STALE, p.paths);
	assert_only(judge(&p, &listed, false), KA_VERDICT_REJECT, KA_REASON_KEY_KNOWN_COMPROMISED, "id4");
	p.max_age_sec = 0;
	assert_only(judge(&p, &good, false), KA_VERDICT_ACCEPT, KA_REASON_NONE, NULL);
}

static void judge__more_names_than_are_kept__still_refused(void **state)
{
	struct ka_blocklist_policy p = { .paths = blocksample_listing("list", &listed.key, 4) };
	struct ka_vetpolicy policy;
	struct ka_vetnote note;

	(void)state;
	(void)judge(&p, &good, false);
	for (size_t i = 0; i < KA_BLOCKLIST_SAID_MAX; i++)
		list.words.words[i] = (struct ka_blocklist_word){ .file = 100 };
	list.words.count = KA_BLOCKLIST_SAID_MAX;
	ka_vetpolicy_default(&policy);
	ka_vetnote_init(&note, &policy, false, &v);
	ka_blocklist_judge(&list, &listed.key, &note);
	assert_only(&v, KA_VERDICT_REJECT, KA_REASON_KEY_KNOWN_COMPROMISED, "blocklist");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(judge__no_list__says_nothing, make, tmptree_remove),
		cmocka_unit_test_setup_teardown(judge__listed_key__refused_with_the_lists_name, make, tmptree_remove),
		cmocka_unit_test_setup_teardown(judge__second_list__asked_as_well, make, tmptree_remove),
		cmocka_unit_test_setup_teardown(judge__missing_list__warns_or_refuses, make, tmptree_remove),
		cmocka_unit_test_setup_teardown(judge__damaged_list__invalid, make, tmptree_remove),
		cmocka_unit_test_setup_teardown(wrong__required_list__named_with_its_cause, make, tmptree_remove),
		cmocka_unit_test_setup_teardown(judge__old_list__stale_and_asked_all_the_same, make, tmptree_remove),
		cmocka_unit_test_setup_teardown(judge__more_names_than_are_kept__still_refused, make, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
