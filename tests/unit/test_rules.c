/* diag/rules, diag/evidence and diag/mend on invented facts: one fact changes, one reason follows. */
#include "diag/rules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "diag/evidence.h"
#include "diag/mend.h"

#include "base/poison.h"

#define FILE1 "/home/alice/.ssh/authorized_keys"
#define FILE2 "/home/alice/.ssh/authorized_keys2"

static struct ka_facts facts;
static struct ka_diag_subject subject;
static struct ka_offer offers[3];
static struct ka_primary out;
static struct ka_evidence evidence;
static struct ka_fix fix;
static bool would_login;

#define put(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

/* alice, one key offered, two key files as sshd's defaults name them, none of them there */
static int plain(void **state)
{
	(void)state;
	memset(&facts, 0, sizeof(facts));
	memset(&subject, 0, sizeof(subject));
	memset(offers, 0, sizeof(offers));
	put(subject.user, "alice");
	put(subject.address, "192.0.2.7");
	subject.offers = offers;
	subject.offers_count = facts.offers_count = 1;
	put(facts.offers[0].type, "ssh-ed25519");
	offers[0].said = KA_OFFER_NONE;
	offers[0].runs = 1;
	facts.subject = &subject;
	facts.account = KA_FACTS_ACCOUNT_KNOWN;
	facts.uid = facts.gid = 1001;
	put(facts.home, "/home/alice");
	facts.has_files = facts.files.has_home = facts.asks_us = facts.is_debian = true;
	facts.files.count = 2;
	put(facts.files.files[0].path, FILE1);
	put(facts.files.files[1].path, FILE2);
	facts.files.files[1].entry = 1;
	facts.files.files[0].errnum = facts.files.files[1].errnum = ENOENT;
	return 0;
}

/* the file is there, sound and read */
static struct ka_userfile *there(size_t i)
{
	struct ka_userfile *f = &facts.files.files[i];

	f->errnum = 0;
	f->is_read = 1;
	memcpy(f->own.path, f->path, sizeof(f->path));
	f->own.mode = S_IFREG | 0600;
	f->own.uid = f->own.gid = 1001;
	return f;
}

static void hit(struct ka_userfile *f, uint32_t offer, enum ka_reason reason, enum ka_keyscan_fit fit)
{
	f->scan.usable += fit == KA_KEYSCAN_LISTED;
	f->scan.hits[f->scan.hits_count++] = (struct ka_keyscan_hit){ .offer = offer, .reason = (uint32_t)reason, .fit = fit, .line = 3,
								      .column = 1 };
}

static void bad_perm(struct ka_userfile *f, enum ka_reason reason, const char *path, unsigned mode)
{
	f->perm_reason = (uint32_t)reason;
	put(f->perm.path, path);
	f->perm.mode = mode;
	f->perm.uid = f->perm.gid = 1001;
}

/* the primary reason; evidence and fix are made for it */
static enum ka_reason primary(void)
{
	const struct ka_primary_item *item;
	int offer;

	memset(&out, 0, sizeof(out));
	ka_rules_run(&facts, &out, &would_login);
	ka_primary_sort(&out);
	item = ka_primary_choose(&out, facts.offers_count, &offer);
	if (item == NULL)
		return KA_REASON_NONE;
	ka_evidence_make(&facts, item, &evidence);
	ka_mend_make(&facts, item, &evidence, &fix);
	assert_true(fix.commands > 0 || fix.advice[0] != '\0');
	return item->reason;
}

static bool has(enum ka_reason reason)
{
	for (size_t i = 0; i < out.count; i++)
		if (out.items[i].reason == reason)
			return true;
	return false;
}

static void nothing_there__nobody_lists_it__file_missing(void **state)
{
	(void)state;
	assert_int_equal(primary(), KA_REASON_FILE_MISSING);
	assert_string_equal(evidence.path, FILE1);
	assert_int_equal(fix.commands, 0); /* a fix must never list a key that was refused */
}

static void nothing_there__a_source_has_other_keys__not_listed(void **state)
{
	(void)state;
	facts.sources.is_asked = true;
	facts.sources.keys = 2;
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
}

static void file_there__other_keys__not_listed(void **state)
{
	(void)state;
	there(0)->scan.usable = 2;
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
	assert_string_equal(evidence.note, "2 other keys are listed");
}

static void file_there__nothing_usable__no_usable_line(void **state)
{
	(void)state;
	there(0)->scan.lines = 4;
	assert_int_equal(primary(), KA_REASON_FILE_NO_USABLE_LINE);
	there(1)->scan.usable = 1; /* the neighbour: a second file has keys */
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
}

static void no_files_configured__sources_empty__store_no_keys(void **state)
{
	(void)state;
	facts.files.count = 0;
	facts.sources.is_asked = true;
	assert_int_equal(primary(), KA_REASON_STORE_NO_KEYS);
	facts.asks_us = false;
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
}

static void home__is_gone__home_missing(void **state)
{
	(void)state;
	facts.files.home.errnum = ENOENT;
	assert_int_equal(primary(), KA_REASON_FILE_HOME_MISSING);
	put(facts.files.files[0].path, "/etc/ssh/keys/alice"); /* the neighbour: no file below the home */
	put(facts.files.files[1].path, "/etc/ssh/keys/alice2");
	assert_int_equal(primary(), KA_REASON_FILE_MISSING);
}

static void closed__by_errno_and_type__its_reason(void **state)
{
	struct ka_userfile *f = &facts.files.files[0];

	(void)state;
	f->errnum = EACCES;
	assert_int_equal(primary(), KA_REASON_FILE_UNREADABLE);
	f->errnum = ELOOP;
	assert_int_equal(primary(), KA_REASON_FILE_UNREADABLE);
	f->errnum = EACCES;
	put(f->blocked.path, "/home/alice/.ssh");
	f->blocked.mode = S_IFDIR | 0700;
	assert_int_equal(primary(), KA_REASON_FILE_DIR_UNSEARCHABLE);
	assert_string_equal(evidence.path, "/home/alice/.ssh");
	assert_string_equal(fix.command[0], "chown -h -- alice: /home/alice/.ssh");
	assert_string_equal(fix.command[1], "runuser -u alice -- chmod 700 -- /home/alice/.ssh");
	f->errnum = ENXIO;
	assert_int_equal(primary(), KA_REASON_FILE_NOT_REGULAR);
	there(0)->own.mode = S_IFDIR | 0700;
	f->is_read = 0;
	assert_int_equal(primary(), KA_REASON_FILE_NOT_REGULAR);
}

static void perm__key_in_the_file__lost_there(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(primary(), KA_REASON_NONE); /* the neighbour */
	assert_true(would_login);
	bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	assert_int_equal(primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_false(would_login);
	assert_string_equal(fix.command[0], "runuser -u alice -- chmod go-w -- " FILE1);
	f->perm.uid = 0; /* root's: the user may not chmod it */
	assert_int_equal(primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_string_equal(fix.command[0], "chown -h -- alice: " FILE1);
	assert_string_equal(fix.command[1], "runuser -u alice -- chmod go-w -- " FILE1);
}

static void perm__and_a_bad_option__both_are_told_in_order(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	hit(f, 0, KA_REASON_OPTION_EXPIRED, KA_KEYSCAN_WHOLE);
	bad_perm(f, KA_REASON_PERM_GROUP_WRITABLE, "/home/alice", S_IFDIR | 0775);
	assert_int_equal(primary(), KA_REASON_PERM_GROUP_WRITABLE);
	assert_string_equal(evidence.detail, FILE1);
	assert_true(has(KA_REASON_OPTION_EXPIRED));
}

static void perm__file_without_the_key__blocks_only(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	f->scan.usable = 1;
	bad_perm(f, KA_REASON_PERM_WRONG_OWNER, FILE1, S_IFREG | 0644);
	assert_int_equal(primary(), KA_REASON_PERM_WRONG_OWNER);
	hit(there(1), 0, KA_REASON_LINE_WRAPPED, KA_KEYSCAN_WHOLE); /* found and lost behind it beats it */
	assert_int_equal(primary(), KA_REASON_LINE_WRAPPED);
	assert_true(has(KA_REASON_PERM_WRONG_OWNER));
}

/* an agent's other keys are not blamed on the file in which the interesting one was lost */
static void perm__two_keys_one_in_the_file__the_other_is_not_listed(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	subject.offers_count = facts.offers_count = 2;
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	assert_int_equal(primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_int_equal(ka_primary_of(&out, 1)->reason, KA_REASON_KEY_NOT_LISTED);
}

static void perm__second_file_lets_in__nothing_is_a_cause(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	hit(there(1), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(primary(), KA_REASON_NONE);
	assert_true(would_login);
	assert_true(has(KA_REASON_PERM_WORLD_WRITABLE));
}

static void perm__through_a_link__link_target(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	f->is_link = 1;
	put(f->real, "/tmp/x/ak");
	bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/tmp", S_IFDIR | 01777);
	assert_int_equal(primary(), KA_REASON_PERM_LINK_TARGET);
	assert_string_equal(evidence.path, FILE1);
	assert_string_equal(evidence.target, "/tmp/x/ak");
	assert_string_equal(fix.command[0], "runuser -u alice -- cp --remove-destination -- /tmp/x/ak " FILE1);
	bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/home/alice", S_IFDIR | 0777); /* the neighbour: on the way of the name too */
	assert_int_equal(primary(), KA_REASON_PERM_WORLD_WRITABLE);
}

static void perm__above_the_home__never_chmod_of_tmp(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	put(f->path, "/opt/kd/alice");
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	bad_perm(f, KA_REASON_PERM_ABOVE_HOME, "/opt/kd", S_IFDIR | 0775);
	f->perm.uid = 0;
	assert_int_equal(primary(), KA_REASON_PERM_ABOVE_HOME);
	assert_string_equal(fix.command[0], "chmod go-w -- /opt/kd");
	bad_perm(f, KA_REASON_PERM_ABOVE_HOME, "/tmp", S_IFDIR | 01777);
	assert_int_equal(primary(), KA_REASON_PERM_ABOVE_HOME);
	assert_int_equal(fix.commands, 0);
}

static void lines__every_reason__is_lost_in_the_file(void **state)
{
	static const enum ka_reason reasons[] = {
		KA_REASON_LINE_COMMENTED_OUT, KA_REASON_LINE_WRAPPED, KA_REASON_LINE_JOINED, KA_REASON_LINE_BAD_BASE64,
		KA_REASON_LINE_PRIVATE_KEY, KA_REASON_LINE_FOREIGN_FORMAT, KA_REASON_LINE_NOT_ASCII, KA_REASON_LINE_CONTROL,
		KA_REASON_LINE_NUL, KA_REASON_KEY_BLOB_TRUNCATED, KA_REASON_KEY_BLOB_TRAILING, KA_REASON_KEY_TYPE_MISMATCH,
		KA_REASON_KEY_TYPE_UNKNOWN, KA_REASON_OPTION_UNKNOWN, KA_REASON_OPTION_BAD_QUOTING, KA_REASON_OPTION_BAD_VALUE,
		KA_REASON_OPTION_REPEATED, KA_REASON_OPTION_EXPIRED, KA_REASON_OPTION_FROM_MISMATCH, KA_REASON_OPTION_CERT_AUTHORITY,
		KA_REASON_OPTION_PRINCIPALS_WITHOUT_CA,
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(reasons); i++) {
		plain(state);
		there(0)->scan.usable = 5;
		hit(&facts.files.files[0], 0, reasons[i], KA_KEYSCAN_WHOLE);
		assert_int_equal(primary(), reasons[i]);
		assert_int_equal(evidence.line, 3);
		assert_string_equal(evidence.path, FILE1);
	}
}

/* nothing of another line, or of a key nobody offered, is a cause */
static void lines__of_others__are_no_cause(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	hit(f, UINT32_MAX, KA_REASON_LINE_BAD_BASE64, KA_KEYSCAN_OTHER);
	assert_int_equal(primary(), KA_REASON_NONE);
	assert_false(has(KA_REASON_LINE_BAD_BASE64));
	f->scan.hits_count = 0;
	hit(f, UINT32_MAX, KA_REASON_LINE_BAD_BASE64, KA_KEYSCAN_OTHER);
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
	subject.is_general = true; /* the doctor tells them, but they decide nothing */
	subject.offers_count = facts.offers_count = 0;
	assert_int_equal(primary(), KA_REASON_NONE);
	assert_true(has(KA_REASON_LINE_BAD_BASE64));
}

static struct ka_userfile *near_file(const char *path)
{
	struct ka_userfile *f = &facts.files.files[2];

	facts.files.count = 3;
	put(f->path, path);
	put(f->expected, FILE1);
	there(2)->entry = UINT32_MAX;
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	return f;
}

static void near_name__holds_the_key__wrong_name(void **state)
{
	struct ka_userfile *f = near_file("/home/alice/.ssh/authorized_key");

	(void)state;
	assert_int_equal(primary(), KA_REASON_FILE_WRONG_NAME);
	assert_false(would_login);
	assert_string_equal(fix.command[0], "runuser -u alice -- mv -n -- /home/alice/.ssh/authorized_key " FILE1);
	f->expected_exists = 1; /* mv -n would do nothing */
	assert_int_equal(primary(), KA_REASON_FILE_WRONG_NAME);
	assert_int_equal(fix.commands, 0);
}

static void near_name__the_usual_file_is_not_configured__elsewhere(void **state)
{
	(void)state;
	near_file(FILE1);
	put(facts.files.files[0].path, "/etc/ssh/keys/alice");
	put(facts.files.files[1].path, "/etc/ssh/keys/alice2");
	assert_int_equal(primary(), KA_REASON_SSHD_KEYS_FILE_ELSEWHERE);
}

static void near_name__keys2_beside_a_configured_first__wrong_name(void **state)
{
	(void)state;
	near_file(FILE2);
	put(facts.files.files[1].path, "/etc/ssh/keys/alice");
	assert_int_equal(primary(), KA_REASON_FILE_WRONG_NAME);
}

static void record__refused__vetting_reason_first(void **state)
{
	(void)state;
	offers[0].said = KA_OFFER_REFUSED;
	offers[0].reasons[0] = KA_REASON_KEY_RSA_TOO_SHORT;
	offers[0].reasons[1] = KA_REASON_KEY_RSA_E_SMALL;
	offers[0].reasons_count = 2;
	assert_int_equal(primary(), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_true(has(KA_REASON_KEY_RSA_E_SMALL));
	hit(there(0), 0, KA_REASON_OPTION_EXPIRED, KA_KEYSCAN_WHOLE); /* a file comes before the command */
	assert_int_equal(primary(), KA_REASON_OPTION_EXPIRED);
}

static void record__none_with_trouble__blocked(void **state)
{
	static const enum ka_reason troubles[] = { KA_REASON_CONF_INVALID, KA_REASON_CONF_UNSAFE, KA_REASON_CONF_DISABLED,
						   KA_REASON_POLICY_USER_NAME, KA_REASON_STORE_UNREACHABLE };

	for (size_t i = 0; i < KA_ARRAY_LEN(troubles); i++) {
		plain(state);
		offers[0].reasons[0] = troubles[i];
		offers[0].reasons_count = 1;
		assert_int_equal(primary(), troubles[i]);
	}
}

static void record__no_keys__is_not_said_twice(void **state)
{
	(void)state;
	offers[0].reasons[0] = KA_REASON_STORE_NO_KEYS;
	offers[0].reasons_count = 1;
	assert_int_equal(primary(), KA_REASON_FILE_MISSING);
}

static void record__served__no_file_is_primary(void **state)
{
	struct ka_userfile *f = there(0);

	(void)state;
	offers[0].said = KA_OFFER_SERVED;
	hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	assert_int_equal(primary(), KA_REASON_SIG_MISSING);
	offers[0].runs = 2; /* a signature came: what refused it then we cannot see here */
	assert_int_equal(primary(), KA_REASON_NONE);
	assert_true(has(KA_REASON_PERM_WORLD_WRITABLE));
}

/* the conf now differs from the conf then: the records count */
static void record__there__todays_configuration_is_secondary(void **state)
{
	(void)state;
	subject.conf_reason = KA_REASON_CONF_INVALID;
	there(0)->scan.usable = 1;
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
	assert_true(has(KA_REASON_CONF_INVALID));
	offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(primary(), KA_REASON_CONF_INVALID);
	assert_string_equal(fix.command[0], "keyaudit config check");
	facts.asks_us = false; /* another command is configured: our files do not matter */
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
}

static void source__lists_it_without_a_record__vetting_is_asked(void **state)
{
	(void)state;
	offers[0].said = KA_OFFER_UNKNOWN;
	facts.sources.is_asked = facts.sources.key[0].is_listed = true;
	facts.sources.keys = 1;
	put(facts.sources.key[0].path, "/etc/keyaudit/keys.d/alice");
	facts.sources.key[0].line = 7;
	assert_int_equal(primary(), KA_REASON_NONE);
	assert_true(would_login);
	facts.sources.key[0].vet = (struct ka_vet){ .verdict = KA_VERDICT_WARN, .count = 1, .reasons = { KA_REASON_KEY_RSA_ODD_SIZE } };
	assert_int_equal(primary(), KA_REASON_NONE);
	assert_true(would_login && has(KA_REASON_KEY_RSA_ODD_SIZE));
	facts.sources.key[0].vet = (struct ka_vet){ .verdict = KA_VERDICT_REJECT, .count = 1, .reasons = { KA_REASON_KEY_RSA_TOO_SHORT } };
	assert_int_equal(primary(), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_false(would_login);
	assert_string_equal(evidence.path, "/etc/keyaudit/keys.d/alice");
	assert_int_equal(evidence.line, 7);
}

static void source__lists_it_for_another_name__other_user(void **state)
{
	(void)state;
	facts.sources.key[0].is_elsewhere = true;
	put(facts.sources.key[0].other_user, "bob");
	assert_int_equal(primary(), KA_REASON_KEY_OTHER_USER);
	assert_string_equal(evidence.detail, "bob");
}

static void source__unsafe__conf_unsafe_with_its_fix(void **state)
{
	(void)state;
	offers[0].said = KA_OFFER_UNKNOWN;
	facts.sources.trouble = KA_REASON_CONF_UNSAFE;
	put(facts.sources.trouble_path, "/etc/keyaudit/keys.d");
	facts.sources.trouble_mode = S_IFDIR | 0777;
	assert_int_equal(primary(), KA_REASON_CONF_UNSAFE);
	assert_string_equal(fix.command[0], "chmod go-w -- /etc/keyaudit/keys.d");
}

static void connection__without_keys__not_offered(void **state)
{
	(void)state;
	subject.offers_count = facts.offers_count = 0;
	assert_int_equal(primary(), KA_REASON_CLIENT_KEY_NOT_OFFERED);
	subject.is_general = true;
	assert_int_equal(primary(), KA_REASON_FILE_MISSING);
}

static void account__unknown__decides_alone(void **state)
{
	(void)state;
	facts.account = KA_FACTS_ACCOUNT_UNKNOWN;
	assert_int_equal(primary(), KA_REASON_ACCOUNT_UNKNOWN);
	assert_int_equal(out.count, 1);
}

static void records_only__nothing_looked_at__not_listed(void **state)
{
	(void)state;
	facts.account = KA_FACTS_ACCOUNT_UNASKED;
	facts.has_files = false;
	facts.files.count = 0;
	assert_int_equal(primary(), KA_REASON_KEY_NOT_LISTED);
}

/* ---- fixes with hostile names ---- */

static void fix__hostile_home__is_quoted_or_advice(void **state)
{
	static const struct { const char *path; bool command; } rows[] = {
		{ "/home/alice/a;reboot", true }, { "/home/alice/$(reboot)", true }, { "/home/alice/it's", true }, { "/home/alice/-rf", true },
		{ "/home/alice/a\nb", false }, { "/home/alice/\x1b[2J", false }, { "/home/alice/\xff", false },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_userfile *f;

		plain(state);
		put(facts.files.files[0].path, rows[i].path);
		f = there(0);
		hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
		bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, rows[i].path, S_IFREG | 0666);
		assert_int_equal(primary(), KA_REASON_PERM_WORLD_WRITABLE);
		assert_int_equal(fix.commands, rows[i].command ? 1 : 0);
		assert_null(strchr(fix.advice, '\n'));
		assert_null(strchr(fix.advice, '\x1b'));
	}
}

static const char *line_fix(enum ka_reason reason, enum ka_keyscan_what what, unsigned column, const char *detail, const char *near)
{
	struct ka_keyscan_hit *h;

	plain(NULL);
	hit(there(0), 0, reason, KA_KEYSCAN_WHOLE);
	h = &facts.files.files[0].scan.hits[0];
	h->what = what;
	h->column = column;
	put(h->detail, detail);
	put(h->near, near);
	assert_int_equal(primary(), reason);
	return fix.command[0];
}

#define SED "runuser -u alice -- env LC_ALL=C sed -i -e "

static void fix__lines__sed_for_the_unmistakable(void **state)
{
	(void)state;
	assert_string_equal(line_fix(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, 10, "fromm", "from"),
			    SED "'3s/^\\(.\\{9\\}\\)fromm/\\1from/' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_MISMATCH, KA_KEYSCAN_TYPE_WORD, 1, "ssh-rsa", ""),
			    SED "'3s/^\\(.\\{0\\}\\)ssh-rsa/\\1ssh-ed25519/' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_MISSING, 1, "", ""), SED "'3s/^/ssh-ed25519 /' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_LINE_JOINED, KA_KEYSCAN_GLUED, 81, "", ""), SED "'3s/./&\\n/80' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BOM, 1, "", ""), SED "'3s/^\\xEF\\xBB\\xBF//' -- " FILE1);
}

static void fix__lines__advice_where_a_word_is_hostile_or_a_restriction_could_get_lost(void **state)
{
	(void)state;
	assert_string_equal(line_fix(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, 1, "x/e reboot;", "from"), "");
	assert_string_equal(line_fix(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, 1, "nothing-like-it", ""), "");
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_WORD, 1, "a\"b", ""), "");
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_MISSING, 30, "", ""), "");
	assert_string_equal(line_fix(KA_REASON_LINE_JOINED, KA_KEYSCAN_GLUED_OPTIONS, 81, "", ""), "");
	assert_string_equal(line_fix(KA_REASON_OPTION_FROM_MISMATCH, KA_KEYSCAN_PLAIN, 1, "10.0.0.0/8", ""), "");
	assert_string_equal(line_fix(KA_REASON_LINE_COMMENTED_OUT, KA_KEYSCAN_PLAIN, 3, "", ""), "");
	assert_string_equal(line_fix(KA_REASON_OPTION_EXPIRED, KA_KEYSCAN_PLAIN, 1, "20200101", ""), "");
	assert_string_equal(line_fix(KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_PLAIN, 1, "", ""), "");
}

#define T(name) cmocka_unit_test_setup(name, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_there__nobody_lists_it__file_missing),
		T(nothing_there__a_source_has_other_keys__not_listed),
		T(file_there__other_keys__not_listed),
		T(file_there__nothing_usable__no_usable_line),
		T(no_files_configured__sources_empty__store_no_keys),
		T(home__is_gone__home_missing),
		T(closed__by_errno_and_type__its_reason),
		T(perm__key_in_the_file__lost_there),
		T(perm__and_a_bad_option__both_are_told_in_order),
		T(perm__file_without_the_key__blocks_only),
		T(perm__two_keys_one_in_the_file__the_other_is_not_listed),
		T(perm__second_file_lets_in__nothing_is_a_cause),
		T(perm__through_a_link__link_target),
		T(perm__above_the_home__never_chmod_of_tmp),
		T(lines__every_reason__is_lost_in_the_file),
		T(lines__of_others__are_no_cause),
		T(near_name__holds_the_key__wrong_name),
		T(near_name__the_usual_file_is_not_configured__elsewhere),
		T(near_name__keys2_beside_a_configured_first__wrong_name),
		T(record__refused__vetting_reason_first),
		T(record__none_with_trouble__blocked),
		T(record__no_keys__is_not_said_twice),
		T(record__served__no_file_is_primary),
		T(record__there__todays_configuration_is_secondary),
		T(source__lists_it_without_a_record__vetting_is_asked),
		T(source__lists_it_for_another_name__other_user),
		T(source__unsafe__conf_unsafe_with_its_fix),
		T(connection__without_keys__not_offered),
		T(account__unknown__decides_alone),
		T(records_only__nothing_looked_at__not_listed),
		T(fix__hostile_home__is_quoted_or_advice),
		T(fix__lines__sed_for_the_unmistakable),
		T(fix__lines__advice_where_a_word_is_hostile_or_a_restriction_could_get_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
