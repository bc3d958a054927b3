/* diag/ruleplace: a setting that loses is named beside what it would have mended, and so is a daemon that has not read it. */
#include "diag/ruleplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/sshdplaces.h"
#include "tests/unit/lib/factsample.h"
#include "tests/unit/lib/placesample.h"

#include "base/poison.h"

static struct ka_primary out;

static void have(const char *path, unsigned line, unsigned match, const char *value)
{
	placesample_line(&factsample.facts.places, path, line, match, "PubkeyAuthentication", value);
}

static int make(void **state)
{
	factsample_plain(state);
	ka_sshdplaces_init(&factsample.facts.places);
	factsample.facts.daemon.unit = "ssh";
	assert_true(ka_sshdconf_parse(ka_span_of("pubkeyauthentication no\n"), &factsample.facts.sshd));
	memset(&out, 0, sizeof(out));
	return 0;
}

/* run it beside @reason; the item it added, NULL for none */
static const struct ka_primary_item *run(enum ka_reason reason)
{
	const struct ka_primary_item *item;

	memset(&out, 0, sizeof(out));
	ka_primary_add(&out, reason, KA_PRIMARY_ALL, KA_STEP_METHOD, KA_CLASS_ALONE);
	ka_primary_add(&out, reason, KA_PRIMARY_ALL, KA_STEP_METHOD, KA_CLASS_ALONE);
	ka_ruleplace_run(&factsample.facts, &out);
	assert_in_range(out.count, 2, 3);
	if (out.count == 2)
		return NULL;
	item = &out.items[2];
	assert_int_equal(item->class, KA_CLASS_SECONDARY);
	memset(&factsample.evidence, 0, sizeof(factsample.evidence));
	memset(&factsample.fix, 0, sizeof(factsample.fix));
	item->explain(&factsample.facts, item, &factsample.evidence, &factsample.fix);
	return item;
}

static void shadowed__a_drop_in_wins(void **state)
{
	const struct ka_primary_item *item;

	(void)state;
	have("/c/10.conf", 3, 0, "no");
	have("/c/main", 9, 0, "yes");
	item = run(KA_REASON_SSHD_PUBKEY_DISABLED);
	assert_non_null(item);
	assert_int_equal(item->reason, KA_REASON_SSHD_CONFIG_SHADOWED);
	assert_string_equal(factsample.evidence.path, "/c/10.conf");
	assert_int_equal(factsample.evidence.line, 3);
	assert_string_equal(factsample.evidence.detail, "PubkeyAuthentication no");
	assert_string_equal(factsample.evidence.note, "wins over /c/main line 9: yes");
	assert_string_equal(factsample.fix.advice,
			    "Change or remove PubkeyAuthentication in /c/10.conf line 3, which comes first, and reload sshd");
	assert_null(run(KA_REASON_SSHD_USER_DENIED)); /* of other settings nothing is said */
}

static void shadowed__nothing_loses(void **state)
{
	(void)state;
	assert_null(run(KA_REASON_SSHD_PUBKEY_DISABLED));
	have("/c/main", 9, 0, "no");
	assert_null(run(KA_REASON_SSHD_PUBKEY_DISABLED));
	have("/c/main", 20, 19, "yes"); /* a block for somebody else */
	assert_null(run(KA_REASON_SSHD_PUBKEY_DISABLED));
}

static void shadowed__a_match_block_wins(void **state)
{
	(void)state;
	have("/c/main", 9, 0, "yes");
	have("/c/main", 20, 19, "no");
	assert_non_null(run(KA_REASON_SSHD_PUBKEY_DISABLED));
	assert_int_equal(factsample.evidence.line, 20);
	assert_string_equal(factsample.evidence.note, "wins over /c/main line 9: yes");
	assert_true(strstr(factsample.fix.advice, "Match block") != NULL);
}

static void shadowed__the_command_line_wins(void **state)
{
	(void)state;
	have("", 0, 0, "no");
	have("/c/main", 9, 0, "yes");
	assert_non_null(run(KA_REASON_SSHD_PUBKEY_DISABLED));
	assert_string_equal(factsample.evidence.path, "");
	assert_true(strstr(factsample.fix.advice, "SSHD_OPTS") != NULL);
}

static void shadowed__sshd_was_not_asked__nothing(void **state)
{
	(void)state;
	have("/c/10.conf", 3, 0, "no");
	have("/c/main", 9, 0, "yes");
	factsample.facts.sshd.is_known = false;
	assert_null(run(KA_REASON_SSHD_PUBKEY_DISABLED));
}

static void stale__and_after_a_reload_not_any_more(void **state)
{
	struct ka_sshdplaces *p = &factsample.facts.places;
	struct ka_daemon *d = &factsample.facts.daemon;

	(void)state;
	p->files_count = 1;
	p->files[0] = (struct ka_sshdplace_file){ .path = placesample_keep(p, "/c/main"), .changed_us = 3000000 };
	d->listener = (struct ka_listener){ .is_asked = true, .is_found = true, .started_us = 500000 };
	assert_null(run(KA_REASON_KEY_NOT_LISTED)); /* it cannot be told */
	d->loaded_us = 2000000;
	assert_non_null(run(KA_REASON_KEY_NOT_LISTED));
	assert_int_equal(out.items[2].reason, KA_REASON_SSHD_CONFIG_STALE);
	assert_string_equal(factsample.evidence.path, "/c/main");
	assert_string_equal(factsample.fix.command[1], "systemctl reload ssh");
	d->loaded_us = 4000000;
	assert_null(run(KA_REASON_KEY_NOT_LISTED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shadowed__a_drop_in_wins, make),
		cmocka_unit_test_setup(shadowed__nothing_loses, make),
		cmocka_unit_test_setup(shadowed__a_match_block_wins, make),
		cmocka_unit_test_setup(shadowed__the_command_line_wins, make),
		cmocka_unit_test_setup(shadowed__sshd_was_not_asked__nothing, make),
		cmocka_unit_test_setup(stale__and_after_a_reload_not_any_more, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
