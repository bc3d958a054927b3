/* keyaudit/doctor_show: the doctor's screen. Whatever stood in files, trails and names, nothing of it moves the cursor. */
#include "keyaudit/doctor/doctor_show.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/sampleevent.h"

#include "base/poison.h"

#define EVIL "\x1b[2J\n\r\t\x07\xff\xc2\x9b" "2J\xe2\x80\xae\\\x7f"

struct screen {
	struct ka_diag_subject s;
	struct ka_offer offers[2];
	struct ka_diagnosis d;
	struct ka_lastrefusal last;
	struct ka_install install;
};

#define PUT(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

static int make(void **state)
{
	struct screen *x = calloc(1, sizeof(*x));

	*state = x;
	if (x == NULL)
		return -1;
	PUT(x->s.user, "bob");
	x->s.offers = x->offers;
	x->s.offers_count = 1;
	PUT(x->offers[0].type, "ssh-ed25519");
	PUT(x->offers[0].fp, SAMPLE_FP);
	PUT(x->d.sshd_version, "OpenSSH_9.2p1");
	x->d.sshd_asked = true;
	x->d.would_login = true;
	return 0;
}

static int drop(void **state)
{
	free(*state);
	return 0;
}

static const char *show(const struct screen *x)
{
	caught_begin();
	ka_doctor_show_user(&x->s, &x->d, &x->last);
	caught_end();
	assert_string_equal(caught_err, "");
	return caught_out;
}

static struct ka_finding *find(struct screen *x, enum ka_reason reason, bool primary)
{
	struct ka_finding *f = &x->d.findings[x->d.count++];

	f->reason = reason;
	x->d.has_primary = x->d.has_primary || primary;
	return f;
}

static void verdict__nothing_found__table(void **state)
{
	static const struct { bool offered, would, doubt; const char *says; } rows[] = {
		{ true, true, false, "this key would be taken for bob\n" }, { true, false, false, "nothing was found against this key for bob\n" },
		{ true, true, true, "nothing was found against this key for bob\n" }, { false, false, false, "nothing stands in the way of bob\n" },
	};
	struct screen *x = *state;

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		x->s.offers_count = rows[i].offered;
		x->d.would_login = rows[i].would;
		memset(&x->d.unjudged, 0, sizeof(x->d.unjudged));
		if (rows[i].doubt)
			ka_unjudged_add(&x->d.unjudged, KA_UNJUDGED_ENFORCE, "");
		if (strstr(show(x), rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, caught_out);
		assert_int_equal(strstr(caught_out, "say which key") != NULL, !rows[i].offered);
		assert_non_null(strstr(caught_out, "\n 0 errors, 0 warnings.\n"));
		assert_null(strstr(caught_out, "Last refusals"));
	}
}

static void finding__primary_and_others__sign_evidence_and_sum(void **state)
{
	struct screen *x = *state;
	struct ka_finding *f = find(x, KA_REASON_PERM_GROUP_WRITABLE, true);

	PUT(f->evidence.path, "/home/bob/.ssh/authorized_keys");
	PUT(f->evidence.target, "/srv/bob");
	PUT(f->evidence.detail, "a detail");
	PUT(f->evidence.note, "a note");
	PUT(f->evidence.owner, "bob");
	PUT(f->evidence.group, "staff");
	f->evidence.has_stat = true;
	f->evidence.mode = 0100664;
	f->evidence.line = 7;
	f->evidence.column = 3;
	f->fix.commands = 2;
	PUT(f->fix.command[0], "first -- x");
	PUT(f->fix.command[1], "second -- x");
	PUT(f->fix.advice, "Then ask again");
	find(x, KA_REASON_KEY_NOT_LISTED, false)->offer = -1;
	show(x);
	assert_non_null(strstr(caught_out, "bob cannot log in with this key:\n\n FAIL "));
	assert_non_null(strstr(caught_out, "  perm.group-writable\n     key   ssh-ed25519 " SAMPLE_FP "\n"));
	assert_non_null(strstr(caught_out, "     file  /home/bob/.ssh/authorized_keys:7:3  mode 0664 bob:staff\n     leads to /srv/bob\n"
					   "     found a detail\n     note  a note\n     fix   first -- x\n     fix   second -- x\n     mend  Then ask again\n"));
	assert_non_null(strstr(caught_out, "\n warn "));
	assert_non_null(strstr(caught_out, "\n 1 error, 1 warning. keyaudit explain perm.group-writable says more.\n"));
	f->evidence.line = 0; /* a column without a line is none */
	assert_non_null(strstr(show(x), "     file  /home/bob/.ssh/authorized_keys  mode"));
	f->reason = KA_REASON_FILE_WRONG_NAME; /* no link */
	assert_non_null(strstr(show(x), "\n     sshd reads /srv/bob\n"));
	x->s.offers_count = 0;
	assert_non_null(strstr(show(x), "bob cannot log in with a key:"));
	assert_null(strstr(caught_out, "     key   "));
	x->d.has_primary = false;
	assert_non_null(strstr(show(x), "\n 0 errors, 2 warnings."));
	assert_null(strstr(caught_out, "FAIL"));
}

/* an index from elsewhere must not lead beyond the offered keys */
static void finding__offer_out_of_range__no_key_is_shown(void **state)
{
	struct screen *x = *state;

	for (int offer = -2; offer <= 64; offer += 3) {
		x->d.count = 0;
		find(x, KA_REASON_KEY_NOT_LISTED, true)->offer = offer;
		show(x);
		assert_int_equal(strstr(caught_out, "     key   ") != NULL, offer == 0);
	}
}

static void remarks__what_could_not_be_looked_at__is_said(void **state)
{
	struct screen *x = *state;

	x->d.hung = true;
	x->d.sshd_asked = false;
	x->d.rights = KA_RIGHTS_NO_USER;
	ka_unjudged_add(&x->d.unjudged, KA_UNJUDGED_ACL, "/home/bob/.ssh");
	show(x);
	assert_non_null(strstr(caught_out, "took too long"));
	assert_non_null(strstr(caught_out, "its defaults were taken"));
	assert_non_null(strstr(caught_out, "not checked as "));
	assert_non_null(strstr(caught_out, "     not judged: "));
	assert_non_null(strstr(caught_out, ": /home/bob/.ssh\n"));
	assert_int_equal(strstr(caught_out, "not root: ") != NULL, geteuid() != 0);
}

static void last__refusal__in_one_line(void **state)
{
	struct screen *x = *state;

	PUT(x->last.at, "2026-08-23T10:15:42Z");
	PUT(x->last.reason, "key.not-listed");
	PUT(x->last.ref, "asm6lelb");
	x->last.offers_count = 1;
	assert_non_null(strstr(show(x), "\n Last refusals\n   2026-08-23T10:15:42Z  from -  1 key  key.not-listed  ref asm6lelb\n"));
	x->last.offers_count = 2;
	PUT(x->last.address, "192.0.2.7");
	x->last.earlier_count = 1;
	PUT(x->last.earlier[0].at, "2026-08-22T10:15:42.047825Z"); /* to the second */
	PUT(x->last.earlier[0].reason, EVIL);
	assert_non_null(strstr(show(x), "  from 192.0.2.7  2 keys  "));
	assert_non_null(strstr(caught_out, "\n   2026-08-22T10:15:42Z  from -  0 keys  "));
	assert_true(caught_is_plain(caught_out));
}

/* every text of the diagnosis that somebody else may have written, one after the other and all at once */
static void hostile__every_text__is_escaped(void **state)
{
	struct screen *x = *state;
	struct ka_finding *f = find(x, KA_REASON_OPTION_UNKNOWN, true);
	unsigned lines = 0, more = 0;

	f->evidence.has_stat = true;
	for (int evil = 0; evil < 2; evil++) {
		const char *text = evil ? EVIL : "x";

		PUT(x->s.user, text);
		PUT(x->offers[0].type, text);
		PUT(x->offers[0].fp, text);
		PUT(x->last.at, text);
		PUT(x->last.address, text);
		PUT(x->last.reason, text);
		SAMPLE_SET(x->last.ref, text);
		PUT(f->evidence.path, text);
		PUT(f->evidence.target, text);
		PUT(f->evidence.detail, text);
		PUT(f->evidence.note, text);
		PUT(f->evidence.owner, text);
		PUT(f->evidence.group, text);
		PUT(x->d.sshd_version, text);
		memset(&x->d.unjudged, 0, sizeof(x->d.unjudged));
		ka_unjudged_add(&x->d.unjudged, KA_UNJUDGED_PATTERN, text);
		ka_unjudged_add(&x->d.unjudged, KA_UNJUDGED_LISTENER, text);
		show(x);
		if (!caught_is_plain(caught_out))
			fail_msg("not plain: %s", caught_out);
		for (const char *p = caught_out; *p != '\0'; p++)
			*(evil ? &more : &lines) += *p == '\n';
	}
	assert_int_equal(more, lines);
	assert_null(strchr(caught_out, '\x1b'));
}

/* each text as long as its place: nothing is lost behind it */
static void hostile__longest_texts__the_sum_is_there(void **state)
{
	struct screen *x = *state;
	struct ka_finding *f = find(x, KA_REASON_OPTION_UNKNOWN, true);

#define FILL(array) memset((array), '\x1b', sizeof(array) - 1)
	FILL(x->s.user);
	FILL(x->offers[0].type);
	FILL(x->offers[0].fp);
	FILL(f->evidence.path);
	FILL(f->evidence.target);
	FILL(f->evidence.detail);
	FILL(f->evidence.note);
	FILL(f->evidence.owner);
	FILL(f->evidence.group);
	FILL(x->last.at);
	FILL(x->last.address);
	FILL(x->last.reason);
	FILL(x->last.ref);
	f->evidence.has_stat = true;
	f->evidence.line = f->evidence.column = UINT32_MAX;
	show(x);
	assert_true(caught_is_plain(caught_out));
	assert_non_null(strstr(caught_out, "...:4294967295:4294967295")); /* the place of a path that was cut */
	assert_non_null(strstr(caught_out, "\n 1 error, 0 warnings."));
}

static void add(struct screen *x, enum ka_install_state state, enum ka_reason reason, const char *what, const char *text, const char *mend)
{
	struct ka_install_item *item = &x->install.items[x->install.count++];

	item->state = state;
	item->reason = reason;
	PUT(item->what, what);
	PUT(item->text, text);
	PUT(item->mend, mend);
}

static const char *show_install(const struct screen *x)
{
	caught_begin();
	ka_doctor_show_install(&x->install);
	caught_end();
	return caught_out;
}

static void install__list__signs_mends_and_sums(void **state)
{
	struct screen *x = *state;

	assert_non_null(strstr(show_install(x), "\n 0 ok, 0 warnings, 0 errors\n"));
	add(x, KA_INSTALL_OK, KA_REASON_NONE, "spool", "/run/keyaudit/spool", "");
	add(x, KA_INSTALL_WARN, KA_REASON_NONE, "PAM", "UsePAM no", "UsePAM yes");
	add(x, KA_INSTALL_FAIL, KA_REASON_CMD_MISSING, "command", "cannot be opened", "install keyaudit again");
	show_install(x);
	assert_non_null(strstr(caught_out, " ok   spool           /run/keyaudit/spool\n"));
	assert_non_null(strstr(caught_out, " warn PAM             UsePAM no\n     mend  UsePAM yes\n"));
	assert_non_null(strstr(caught_out, " FAIL command         cannot be opened  cmd.missing\n     mend  install keyaudit again\n"));
	assert_non_null(strstr(caught_out, "\n 1 ok, 1 warning, 1 error\n"));
	while (x->install.count < KA_INSTALL_CHECKS_MAX)
		add(x, KA_INSTALL_FAIL, KA_REASON_NONE, "x", "y", "");
	show_install(x);
	assert_non_null(strstr(caught_out, " errors\n"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(verdict__nothing_found__table),
		T(finding__primary_and_others__sign_evidence_and_sum),
		T(finding__offer_out_of_range__no_key_is_shown),
		T(remarks__what_could_not_be_looked_at__is_said),
		T(last__refusal__in_one_line),
		T(hostile__every_text__is_escaped),
		T(hostile__longest_texts__the_sum_is_there),
		T(install__list__signs_mends_and_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
