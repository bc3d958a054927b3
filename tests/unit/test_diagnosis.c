/* diag/diagnosis on invented facts: which finding comes first, what is said once, and whose names stand beside it. */
#include "diag/diagnosis.h"

#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static enum ka_err gather_err;
static const char *owner_name, *group_name;
static char *members[8];
static struct ka_diagnosis *d;

/* these stand before libc's and the one in the archive: no name of this machine may decide a test */
enum ka_err ka_facts_gather(const struct ka_diag_subject *subject, struct ka_facts *out)
{
	memcpy(out, &factsample.facts, sizeof(*out));
	out->subject = subject;
	return gather_err;
}

int getpwuid_r(uid_t uid, struct passwd *pw, char *buffer, size_t size, struct passwd **found)
{
	(void)uid;
	*found = NULL;
	if (owner_name == NULL)
		return 0;
	assert_true(snprintf(buffer, size, "%s", owner_name) < (int)size);
	pw->pw_name = buffer;
	*found = pw;
	return 0;
}

int getgrgid_r(gid_t gid, struct group *gr, char *buffer, size_t size, struct group **found)
{
	(void)gid;
	*found = NULL;
	if (group_name == NULL)
		return 0;
	assert_true(snprintf(buffer, size, "%s", group_name) < (int)size);
	gr->gr_name = buffer;
	gr->gr_mem = members;
	*found = gr;
	return 0;
}

static int make(void **state)
{
	gather_err = KA_ERR_OK;
	owner_name = group_name = NULL;
	memset(members, 0, sizeof(members));
	d = calloc(1, sizeof(*d));
	return d == NULL ? -1 : factsample_plain(state);
}

static int drop(void **state)
{
	(void)state;
	free(d);
	return 0;
}

static void run(void)
{
	memset(d, 0xa5, sizeof(*d)); /* nothing may depend on what was there */
	assert_int_equal(ka_diagnosis_run(&factsample.subject, d), KA_ERR_OK);
}

static void run__fault_of_the_facts__is_handed_on(void **state)
{
	(void)state;
	gather_err = KA_ERR_SYS;
	assert_int_equal(ka_diagnosis_run(&factsample.subject, d), KA_ERR_SYS);
	assert_int_equal(d->count, 0);
	gather_err = KA_ERR_NOMEM;
	assert_int_equal(ka_diagnosis_run(&factsample.subject, d), KA_ERR_NOMEM);
}

static void run__key_listed__would_log_in(void **state)
{
	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	put(factsample.facts.version, "OpenSSH_9.2p1");
	factsample.facts.sshd.is_known = true;
	factsample.facts.files.hung = true;
	factsample.facts.command.rights = KA_RIGHTS_NO_USER;
	ka_unjudged_add(&factsample.facts.unjudged, KA_UNJUDGED_ACL, "/home/alice");
	run();
	assert_false(d->has_primary);
	assert_true(d->would_login);
	assert_int_equal(factsample.offers[0].verdict, KA_REASON_NONE);
	assert_string_equal(d->sshd_version, "OpenSSH_9.2p1");
	assert_true(d->strict_modes_debian && d->sshd_asked && d->hung);
	assert_int_equal(d->rights, KA_RIGHTS_NO_USER);
	assert_string_equal(d->unjudged.about[KA_UNJUDGED_ACL], "/home/alice");
}

static void run__primary__stands_first_and_decides_its_key(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_GROUP_WRITABLE, FILE1, S_IFREG | 0664);
	run();
	assert_true(d->has_primary);
	assert_false(d->would_login);
	assert_int_equal(d->findings[0].reason, KA_REASON_PERM_GROUP_WRITABLE);
	assert_int_equal(d->findings[0].offer, 0);
	assert_true(d->findings[0].decided);
	assert_string_equal(d->findings[0].evidence.path, FILE1);
	assert_true(d->findings[0].fix.commands > 0 || d->findings[0].fix.advice[0] != '\0');
	assert_int_equal(factsample.offers[0].verdict, KA_REASON_PERM_GROUP_WRITABLE);
	for (size_t i = 1; i < d->count; i++) {
		assert_true(d->findings[i].reason != KA_REASON_PERM_GROUP_WRITABLE);
		assert_int_not_equal(d->findings[i].reason, KA_REASON_FILE_MISSING); /* what is absent is the primary one, or not said */
	}
}

/* one bad directory keeps every key of every file out: it is one finding */
static void run__same_place_twice__is_said_once(void **state)
{
	size_t n = 0;

	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 2;
	for (size_t i = 0; i < 2; i++) {
		struct ka_userfile *f = factsample_there(i);

		factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
		factsample_hit(f, 1, KA_REASON_NONE, KA_KEYSCAN_LISTED);
		factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/home/alice", S_IFDIR | 0777);
	}
	run();
	for (size_t i = 0; i < d->count; i++)
		n += d->findings[i].reason == KA_REASON_PERM_WORLD_WRITABLE;
	assert_int_equal(n, 1);
	assert_int_equal(factsample.offers[0].verdict, KA_REASON_PERM_WORLD_WRITABLE);
	assert_int_equal(factsample.offers[1].verdict, KA_REASON_PERM_WORLD_WRITABLE);
}

/* more lines with something wrong than there is room for: the primary one is among them, and nothing is written beyond */
static void run__more_findings_than_room__the_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ka_userfile *f = factsample_there(i);

		for (unsigned k = 0; k < KA_DIAG_HITS_MAX; k++) {
			factsample_hit(f, k == 0 ? 0 : UINT32_MAX, KA_REASON_LINE_BAD_BASE64, k == 0 ? KA_KEYSCAN_REMAINS : KA_KEYSCAN_OTHER);
			f->scan.hits[k].line = k + 1;
		}
	}
	run();
	assert_true(d->count <= KA_DIAG_FINDINGS_MAX);
	assert_true(d->has_primary);
	assert_int_equal(d->findings[0].reason, KA_REASON_LINE_BAD_BASE64);
	assert_int_equal(d->findings[0].offer, 0);
}

static const struct ka_evidence *of_group(bool debian)
{
	struct ka_userfile *f = factsample_there(0);

	memset(&f->scan, 0, sizeof(f->scan));
	factsample.facts.is_debian = debian;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	memset(f->perm.path, 0, sizeof(f->perm.path));
	factsample_bad_perm(f, KA_REASON_PERM_GROUP_WRITABLE, FILE1, S_IFREG | 0664);
	f->perm.uid = 1001;
	f->perm.gid = 4294967294u;
	run();
	assert_int_equal(d->findings[0].reason, KA_REASON_PERM_GROUP_WRITABLE);
	return &d->findings[0].evidence;
}

static void owners__names_where_there_are_any__numbers_else(void **state)
{
	static char longest[sizeof(((struct ka_evidence *)NULL)->owner) + 1];
	const struct ka_evidence *e = of_group(true);

	(void)state;
	assert_string_equal(e->owner, "1001");
	assert_string_equal(e->group, "4294967294");
	assert_string_equal(e->note, ""); /* nobody knows who is in it */
	owner_name = "alice";
	group_name = "staff";
	e = of_group(true);
	assert_string_equal(e->owner, "alice");
	assert_string_equal(e->group, "staff");
	memset(longest, 'x', sizeof(longest) - 2); /* the longest that has room */
	owner_name = group_name = longest;
	e = of_group(true);
	assert_string_equal(e->owner, longest);
	longest[sizeof(longest) - 2] = 'x'; /* half a name would be somebody else's */
	e = of_group(true);
	assert_string_equal(e->owner, "1001");
	assert_string_equal(e->group, "4294967294");
}

static void group__members__counted_without_the_user(void **state)
{
	static char alice[] = "alice", bob[] = "bob", carol[] = "carol";

	(void)state;
	group_name = "staff";
	assert_string_equal(of_group(true)->note, "group staff is not the user's own");
	assert_string_equal(of_group(false)->note, "group staff may write, whoever is in it");
	members[0] = alice;
	assert_string_equal(of_group(true)->note, "group staff is not the user's own");
	members[1] = bob;
	assert_string_equal(of_group(true)->note, "group staff has 1 other member");
	members[2] = carol;
	assert_string_equal(of_group(false)->note, "group staff has 2 other members");
	group_name = "st\x1b[2J\naff"; /* a directory service may serve any name */
	assert_string_equal(of_group(true)->note, "group st\\x1b[2J\\x0aaff has 2 other members");
	assert_string_equal(d->findings[0].evidence.group, group_name); /* raw: whoever shows it escapes it */
}

/* a key that sshd would take, and a gate of which nobody can tell what it says */
static void gate__unknown_or_closed__is_said_for_a_key_that_is_let_in(void **state)
{
	(void)state;
	factsample.subject.by_hand = true;
	factsample.facts.gate.is_unknown[0] = true;
	factsample.facts.pam.is_closed = true;
	put(factsample.facts.pam.path, "/etc/pam.d/sshd");
	run(); /* it is not let in: nothing stands behind it */
	assert_false(d->unjudged.is[KA_UNJUDGED_ENFORCE] || d->unjudged.is[KA_UNJUDGED_PAM]);
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	run();
	assert_true(d->unjudged.is[KA_UNJUDGED_ENFORCE] && d->unjudged.is[KA_UNJUDGED_PAM]);
	assert_string_equal(d->unjudged.about[KA_UNJUDGED_PAM], "/etc/pam.d/sshd");
	factsample.facts.gate.is_unknown[0] = factsample.facts.pam.is_closed = false;
	factsample.facts.pam.is_cut = true;
	run();
	assert_true(d->unjudged.is[KA_UNJUDGED_PAM]);
	factsample.facts.pam.enforce = KA_PAMCONF_ENFORCE_HARD; /* found before the cut: its word is known */
	run();
	assert_false(d->unjudged.is[KA_UNJUDGED_PAM]);
}

static void run__nobody_logged_in__what_keeps_keys_out(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample.subject.is_general = true;
	factsample_bad_perm(factsample_there(0), KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	run();
	assert_true(d->has_primary);
	assert_int_equal(d->findings[0].reason, KA_REASON_PERM_WORLD_WRITABLE);
	assert_int_equal(d->findings[0].offer, KA_PRIMARY_ALL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(run__fault_of_the_facts__is_handed_on),
		T(run__key_listed__would_log_in),
		T(run__primary__stands_first_and_decides_its_key),
		T(run__same_place_twice__is_said_once),
		T(run__more_findings_than_room__the_first),
		T(owners__names_where_there_are_any__numbers_else),
		T(group__members__counted_without_the_user),
		T(gate__unknown_or_closed__is_said_for_a_key_that_is_let_in),
		T(run__nobody_logged_in__what_keeps_keys_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
