/* diag/evidence on invented facts: what was seen, and where, for each kind of reason. Everything stays raw, and in bounds. */
#include "diag/evidence.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_evidence e;
static struct ka_userfile *file;
static struct ka_keyscan_hit hit;

static int plain(void **state)
{
	factsample_plain(state);
	file = factsample_there(0);
	hit = (struct ka_keyscan_hit){ .line = 7, .column = 9 };
	return 0;
}

static void make(enum ka_reason reason, const struct ka_userfile *f, const struct ka_keyscan_hit *h, const struct ka_keysource_key *key)
{
	const struct ka_primary_item item = { .reason = reason, .offer = 0, .file = f, .hit = h, .key = key };

	memset(&e, 0xa5, sizeof(e)); /* nothing may depend on what was there */
	ka_evidence_make(&factsample.facts, &item, &e);
}

static void file__own_object__path_target_and_mode(void **state)
{
	(void)state;
	put(file->real, "/srv/keys/alice");
	make(KA_REASON_FILE_NOT_REGULAR, file, NULL, NULL);
	assert_string_equal(e.path, FILE1);
	assert_string_equal(e.target, "/srv/keys/alice");
	assert_true(e.has_stat);
	assert_int_equal(e.mode & 07777, 0600);
	assert_int_equal(e.uid, 1001);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.owner, ""); /* names are the caller's */
	file->own.path[0] = '\0';
	file->errnum = EACCES;
	make(KA_REASON_FILE_UNREADABLE, file, NULL, NULL);
	assert_false(e.has_stat);
	assert_int_equal(e.errnum, EACCES);
}

static void file__directory_in_the_way__is_the_place(void **state)
{
	(void)state;
	file->errnum = EACCES;
	put(file->real, "/elsewhere");
	put(file->blocked.path, "/home/alice/.ssh");
	file->blocked.mode = S_IFDIR | 0600;
	make(KA_REASON_FILE_DIR_UNSEARCHABLE, file, NULL, NULL);
	assert_string_equal(e.path, "/home/alice/.ssh");
	assert_string_equal(e.target, "");
	assert_string_equal(e.detail, FILE1);
	assert_true(e.has_stat);
	assert_int_equal(e.mode, S_IFDIR | 0600);
	assert_int_equal(e.errnum, EACCES);
	file->blocked.path[0] = '\0'; /* nobody knows which: then the file's own mode must not stand there for it */
	make(KA_REASON_FILE_DIR_UNSEARCHABLE, file, NULL, NULL);
	assert_false(e.has_stat);
}

static void perm__object_that_decided__and_the_file_it_leads_to(void **state)
{
	(void)state;
	factsample_bad_perm(file, KA_REASON_PERM_GROUP_WRITABLE, "/home/alice", S_IFDIR | 0775);
	make(KA_REASON_PERM_GROUP_WRITABLE, file, NULL, NULL);
	assert_string_equal(e.path, "/home/alice");
	assert_string_equal(e.detail, FILE1);
	assert_int_equal(e.mode, S_IFDIR | 0775);
	factsample_bad_perm(file, KA_REASON_PERM_WRONG_OWNER, FILE1, S_IFREG | 0644);
	make(KA_REASON_PERM_WRONG_OWNER, file, NULL, NULL);
	assert_string_equal(e.detail, ""); /* it is the file itself */
	put(file->real, "/srv/keys/alice");
	factsample_bad_perm(file, KA_REASON_PERM_WORLD_WRITABLE, "/srv/keys/alice", S_IFREG | 0666);
	make(KA_REASON_PERM_WORLD_WRITABLE, file, NULL, NULL);
	assert_string_equal(e.detail, "");
	assert_string_equal(e.target, "");
	factsample_bad_perm(file, KA_REASON_PERM_LINK_TARGET, "/srv/keys", S_IFDIR | 0777);
	make(KA_REASON_PERM_LINK_TARGET, file, NULL, NULL);
	assert_string_equal(e.path, FILE1); /* the link is what sshd names */
	assert_string_equal(e.target, "/srv/keys/alice");
	assert_string_equal(e.detail, "/srv/keys");
}

static void file__similar_name__where_it_should_be(void **state)
{
	struct ka_userfile *f = factsample_near("/home/alice/.ssh/authorised_keys");

	(void)state;
	make(KA_REASON_FILE_WRONG_NAME, f, NULL, NULL);
	assert_string_equal(e.path, "/home/alice/.ssh/authorised_keys");
	assert_string_equal(e.target, FILE1);
	make(KA_REASON_SSHD_KEYS_FILE_ELSEWHERE, f, NULL, NULL);
	assert_string_equal(e.target, FILE1);
}

static void file__missing__a_link_to_nowhere_is_said(void **state)
{
	(void)state;
	make(KA_REASON_FILE_MISSING, file, NULL, NULL);
	assert_string_equal(e.note, "");
	file->is_link = 1;
	make(KA_REASON_FILE_MISSING, file, NULL, NULL);
	assert_string_equal(e.note, "it is a link that leads nowhere");
}

static void listed__others__fingerprints_and_their_number(void **state)
{
	static const struct { unsigned keys; const char *note; } rows[] = {
		{ 0, "0 other keys are listed" }, { 1, "1 other key is listed" }, { 2, "2 other keys are listed" },
		{ UINT32_MAX, "4294967295 other keys are listed" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		file->scan.usable = rows[i].keys;
		make(KA_REASON_KEY_NOT_LISTED, file, NULL, NULL);
		assert_string_equal(e.note, rows[i].note);
	}
	put(file->scan.listed[0], "SHA256:a");
	put(file->scan.listed[1], "SHA256:b");
	make(KA_REASON_KEY_NOT_LISTED, file, NULL, NULL);
	assert_string_equal(e.detail, "SHA256:a SHA256:b");
	for (size_t i = 0; i < KA_ARRAY_LEN(file->scan.listed); i++)
		memset(file->scan.listed[i], 'x', sizeof(file->scan.listed[i]) - 1);
	make(KA_REASON_KEY_NOT_LISTED, file, NULL, NULL);
	assert_int_equal(strlen(e.detail), 3 * (KA_FPR_TEXT_MAX - 1) + 2);
	file->scan.lines = 1;
	make(KA_REASON_FILE_NO_USABLE_LINE, file, NULL, NULL);
	assert_string_equal(e.note, "1 line, no usable key");
	file->scan.lines = 0;
	make(KA_REASON_FILE_NO_USABLE_LINE, file, NULL, NULL);
	assert_string_equal(e.note, "0 lines, no usable key");
}

/* a hit is told only under the reason that it has: another reason about the same file has no line */
static void hit__of_this_reason__line_column_and_detail(void **state)
{
	(void)state;
	hit.reason = KA_REASON_OPTION_UNKNOWN;
	put(hit.detail, "fromm\x1b");
	make(KA_REASON_OPTION_UNKNOWN, file, &hit, NULL);
	assert_int_equal(e.line, 7);
	assert_int_equal(e.column, 9);
	assert_string_equal(e.detail, "fromm\x1b");
	assert_string_equal(e.note, "");
	make(KA_REASON_FILE_NOT_REGULAR, file, &hit, NULL);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.detail, "");
	make(KA_REASON_OPTION_UNKNOWN, NULL, &hit, NULL); /* without a file: a line of a source */
	assert_int_equal(e.line, 7);
	memset(hit.detail, 'x', sizeof(hit.detail) - 1);
	make(KA_REASON_OPTION_UNKNOWN, file, &hit, NULL);
	assert_int_equal(strlen(e.detail), sizeof(e.detail) - 1);
}

static void hit__what_was_seen__is_said_in_a_clause(void **state)
{
	(void)state;
	hit.reason = KA_REASON_LINE_NOT_ASCII;
	for (unsigned what = 0; what <= KA_KEYSCAN_WHAT_COUNT; what++) {
		hit.what = what;
		make(KA_REASON_LINE_NOT_ASCII, file, &hit, NULL);
		if ((what == KA_KEYSCAN_PLAIN || what == KA_KEYSCAN_WHAT_COUNT) != (e.note[0] == '\0'))
			fail_msg("kind %u: \"%s\"", what, e.note);
	}
	hit.what = KA_KEYSCAN_PEM;
	hit.fit = KA_KEYSCAN_POSSIBLE;
	make(KA_REASON_LINE_NOT_ASCII, file, &hit, NULL);
	assert_string_equal(e.note, "unreadable, but no other line of the file can be meant");
}

static void hit__from__which_address_did_not_fit(void **state)
{
	(void)state;
	hit.reason = KA_REASON_OPTION_FROM_MISMATCH;
	make(KA_REASON_OPTION_FROM_MISMATCH, file, &hit, NULL);
	assert_string_equal(e.note, "the client came from 192.0.2.7");
	put(factsample.subject.address, "\x1b[2J\n");
	make(KA_REASON_OPTION_FROM_MISMATCH, file, &hit, NULL);
	assert_null(strchr(e.note, '\x1b'));
	assert_null(strchr(e.note, '\n'));
	hit.reason = KA_REASON_NONE;
	hit.what = KA_KEYSCAN_FROM_UNJUDGED;
	make(KA_REASON_OPTION_FROM_MISMATCH, file, &hit, NULL);
	assert_int_equal(e.line, 7);
	assert_int_equal(strncmp(e.note, "not judged", 10), 0);
}

static void hit__value__whose_it_is(void **state)
{
	static struct ka_keysource_key key;

	(void)state;
	hit.reason = KA_REASON_OPTION_BAD_VALUE;
	put(hit.detail, "80");
	make(KA_REASON_OPTION_BAD_VALUE, file, &hit, NULL);
	assert_string_equal(e.note, "");
	put(hit.near, "permitopen");
	make(KA_REASON_OPTION_BAD_VALUE, file, &hit, NULL);
	assert_string_equal(e.detail, "80");
	assert_string_equal(e.note, "of the option permitopen");
	put(hit.near, "\x1b[2J"); /* from a process that has read hostile files */
	make(KA_REASON_OPTION_BAD_VALUE, file, &hit, NULL);
	assert_string_equal(e.note, "");
	put(hit.near, "permitopen");
	memset(&key, 0, sizeof(key));
	key.vet = (struct ka_vet){ .verdict = KA_VERDICT_REJECT, .count = 1, .reasons = { KA_REASON_OPTION_BAD_VALUE },
				   .details = { "permitopen: invalid permission port" } };
	make(KA_REASON_OPTION_BAD_VALUE, NULL, &hit, &key);
	assert_string_equal(e.note, "permitopen: invalid permission port");
	hit.reason = key.vet.reasons[0] = KA_REASON_OPTION_UNKNOWN;
	key.vet.details[0] = "\"ptty\"; did you mean \"pty\"?";
	put(hit.detail, "ptty");
	make(KA_REASON_OPTION_UNKNOWN, NULL, &hit, &key);
	assert_string_equal(e.note, "\"ptty\"; did you mean \"pty\"?");
	key.vet.details[0] = "\"ptty\"";
	make(KA_REASON_OPTION_UNKNOWN, NULL, &hit, &key);
	assert_string_equal(e.detail, "ptty");
	assert_string_equal(e.note, "");
	put(hit.detail, "");
	key.vet.details[0] = "\"\"";
	make(KA_REASON_OPTION_UNKNOWN, NULL, &hit, &key);
	assert_string_equal(e.note, "\"\"");
}

static void key__of_a_source__by_path_or_by_name(void **state)
{
	static struct ka_keysource_key key;

	(void)state;
	memset(&key, 0, sizeof(key));
	put(key.source, "corp");
	key.line = 4;
	make(KA_REASON_KEY_RSA_TOO_SHORT, NULL, NULL, &key);
	assert_string_equal(e.detail, "source corp");
	assert_string_equal(e.path, "");
	assert_int_equal(e.line, 0); /* no file: a line of it says nothing */
	put(key.path, "/etc/keyaudit/keys.d/bob");
	put(key.other_user, "bob");
	key.column = 2;
	make(KA_REASON_KEY_OTHER_USER, NULL, NULL, &key);
	assert_string_equal(e.path, "/etc/keyaudit/keys.d/bob");
	assert_string_equal(e.detail, "bob");
	assert_int_equal(e.line, 4);
	assert_int_equal(e.column, 2);
	key.vet.count = KA_VERDICT_REASONS_MAX + 1; /* more than there is room for */
	make(KA_REASON_KEY_OTHER_USER, NULL, NULL, &key);
	assert_string_equal(e.note, "");
}

static void rest__home__its_errno(void **state)
{
	(void)state;
	factsample.facts.files.home.errnum = ENOENT;
	make(KA_REASON_FILE_HOME_MISSING, NULL, NULL, NULL);
	assert_string_equal(e.path, "/home/alice");
	assert_int_equal(e.errnum, ENOENT);
}

static void rest__source_in_trouble__what_and_why(void **state)
{
	struct ka_keysource *s = &factsample.facts.sources;

	(void)state;
	s->trouble = KA_REASON_STORE_UNREACHABLE;
	put(s->trouble_path, "/k/alice");
	put(s->trouble_source, "local");
	s->trouble_mode = S_IFREG | 0600;
	s->trouble_uid = 5;
	s->trouble_errnum = EACCES;
	make(KA_REASON_STORE_UNREACHABLE, NULL, NULL, NULL);
	assert_string_equal(e.path, "/k/alice");
	assert_string_equal(e.detail, "local");
	assert_true(e.has_stat);
	assert_int_equal(e.uid, 5);
	s->trouble_errnum = ENOENT;
	make(KA_REASON_STORE_UNREACHABLE, NULL, NULL, NULL);
	assert_false(e.has_stat);
	s->trouble_evidence = ka_source_evidence_none();
	s->trouble_kind = KA_CONF_KIND_COMMAND;
	s->trouble_evidence.status = 3;
	make(KA_REASON_STORE_UNREACHABLE, NULL, NULL, NULL);
	assert_string_equal(e.note, "it ended with status 3");
	s->trouble_evidence.status = KA_ANSWER_UNKNOWN;
	make(KA_REASON_STORE_UNREACHABLE, NULL, NULL, NULL);
	assert_string_equal(e.note, "");
	s->trouble_errnum = EACCES; /* closed to everybody: the file's own rights say it */
	make(KA_REASON_STORE_UNREACHABLE, NULL, NULL, NULL);
	assert_string_equal(e.note, "");
	s->trouble_mode = S_IFREG | 0644;
	make(KA_REASON_STORE_UNREACHABLE, NULL, NULL, NULL);
	assert_string_equal(e.note, KA_EVIDENCE_NOT_EXECUTABLE);
	s->trouble_kind = KA_CONF_KIND_HTTP;
	s->trouble_evidence.status = 503;
	s->trouble_evidence.mirror = 2;
	make(KA_REASON_STORE_UNREACHABLE, NULL, NULL, NULL);
	assert_string_equal(e.note, "status=503 mirror=2");
	s->trouble = KA_REASON_STORE_TOO_LARGE;
	s->is_harmless = true;
	make(KA_REASON_STORE_TOO_LARGE, NULL, NULL, NULL);
	assert_non_null(strstr(e.note, "only the first lines"));
	assert_true(strlen(e.note) < sizeof(e.note) - 1); /* not cut */
}

static void rest__configuration__object_only_where_one_is_at_fault(void **state)
{
	struct ka_confload *load = &factsample.facts.command.load;

	(void)state;
	load->reason = KA_REASON_CONF_UNSAFE;
	put(load->text, "/etc/k.conf: no");
	put(load->why.path, "/etc/k.conf");
	load->why.mode = S_IFREG | 0666;
	load->why.uid = 9;
	make(KA_REASON_CONF_UNSAFE, NULL, NULL, NULL);
	assert_string_equal(e.path, "/etc/k.conf");
	assert_true(e.has_stat);
	assert_int_equal(e.uid, 9);
	load->reason = KA_REASON_CONF_DISABLED; /* the switch is as it should be */
	make(KA_REASON_CONF_DISABLED, NULL, NULL, NULL);
	assert_string_equal(e.path, "/etc/k.conf");
	assert_false(e.has_stat);
	load->reason = KA_REASON_CONF_INVALID;
	load->why.path[0] = '\0';
	memset(load->text, 'x', sizeof(load->text) - 1);
	make(KA_REASON_CONF_INVALID, NULL, NULL, NULL);
	assert_false(e.has_stat);
	for (size_t n = sizeof(e.detail) + 1; n >= sizeof(e.detail) - 1; n--) {
		load->text[n] = '\0';
		make(KA_REASON_CONF_INVALID, NULL, NULL, NULL);
		assert_int_equal(strlen(e.detail), sizeof(e.detail) - 1);
	}
}

/* the only trace of a store that answers again; the records are the command's, and read as hostile text */
static void rest__record__of_the_source_that_said_so(void **state)
{
	(void)state;
	put(factsample.offers[0].src, "local:found:-,corp:unavailable:store.timeout:status=503/mirror=2");
	make(KA_REASON_STORE_TIMEOUT, NULL, NULL, NULL);
	assert_string_equal(e.detail, "source corp");
	assert_non_null(strstr(e.note, "status=503"));
	assert_non_null(strstr(e.note, "mirror=2"));
	make(KA_REASON_STORE_TLS, NULL, NULL, NULL);
	assert_string_equal(e.detail, "");
	memset(factsample.offers[0].src, 0, sizeof(factsample.offers[0].src));
	put(factsample.offers[0].src, "\x1b[2J:unavailable:store.timeout");
	make(KA_REASON_STORE_TIMEOUT, NULL, NULL, NULL);
	assert_null(strchr(e.detail, '\x1b'));
}

static void gate__says_that_the_session_is_refused(void **state)
{
	struct ka_primary_item item = { .reason = KA_REASON_KEY_RSA_TOO_SHORT, .offer = 0, .step = KA_STEP_SESSION, .file = file, .hit = &hit };
	static const char tail[] = "sshd accepts the key, and pam_keyaudit enforce refuses the session";

	(void)state;
	put(factsample.facts.gate.detail[0], "1024 bits, 2048 are wanted");
	ka_evidence_make(&factsample.facts, &item, &e);
	assert_int_equal(e.line, 7);
	assert_string_equal(e.note, "1024 bits, 2048 are wanted; sshd accepts the key, and pam_keyaudit enforce refuses the session");
	memset(factsample.facts.gate.detail[0], 'x', sizeof(factsample.facts.gate.detail[0]) - 1); /* what it means is said in any case */
	ka_evidence_make(&factsample.facts, &item, &e);
	assert_non_null(strstr(e.note, tail));
	item.offer = -1;
	ka_evidence_make(&factsample.facts, &item, &e);
	assert_string_equal(e.note, tail);
}

#define T(name) cmocka_unit_test_setup(name, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(file__own_object__path_target_and_mode),
		T(file__directory_in_the_way__is_the_place),
		T(perm__object_that_decided__and_the_file_it_leads_to),
		T(file__similar_name__where_it_should_be),
		T(file__missing__a_link_to_nowhere_is_said),
		T(listed__others__fingerprints_and_their_number),
		T(hit__of_this_reason__line_column_and_detail),
		T(hit__what_was_seen__is_said_in_a_clause),
		T(hit__from__which_address_did_not_fit),
		T(hit__value__whose_it_is),
		T(key__of_a_source__by_path_or_by_name),
		T(rest__home__its_errno),
		T(rest__source_in_trouble__what_and_why),
		T(rest__configuration__object_only_where_one_is_at_fault),
		T(rest__record__of_the_source_that_said_so),
		T(gate__says_that_the_session_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
