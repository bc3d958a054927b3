/* diag/keysource: several sources and several offered keys: what is told of which. */
#include "diag/keysource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "source/sourceask.h"

#include "base/poison.h"

#define A64 "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu"
#define A "ssh-ed25519 " A64
#define B64 "AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfyN5SSUQvF/fmlt/TT8UnGLAwK"
#define B "ssh-ed25519 " B64

static struct ka_conf conf;
static struct ka_keysource out;
static struct ka_offer named[KA_DIAG_OFFERS_MAX];
static struct ka_keyscan_offer offers[KA_DIAG_OFFERS_MAX];
static const char *address, *revoked_fp;

/* what each source says, one file or two of it */
static struct { const char *text[2]; struct ka_sourcefile_out out; } says[2];
static char asked_of[KA_DIAG_OFFERS_MAX][KA_FPR_TEXT_MAX], asked_uid[KA_TEXT_U64_MAX];
static size_t asked;

/* these stand before those in the archive */
void ka_sourceask_open(const struct ka_conf *c, struct ka_sourceask *a)
{
	(void)c;
	(void)a;
}

void ka_sourceask_close(struct ka_sourceask *a)
{
	(void)a;
}

enum ka_err ka_sourceask_read(struct ka_sourceask *a, const struct ka_conf_source *source, const struct ka_source_query *query,
			      ka_sourcefile_take *take, void *ctx)
{
	static const char *const files[2][2] = { { "/first", "/second" }, { "/first", "/third" } }; /* one file of both */
	size_t n = (size_t)(source - conf.sources);

	assert_true(asked < KA_DIAG_OFFERS_MAX);
	snprintf(asked_of[asked++], sizeof(asked_of[0]), "%s", query->fp != NULL ? query->fp : "");
	snprintf(asked_uid, sizeof(asked_uid), "%s", query->uid != NULL ? query->uid : "none");
	a->out = says[n].out;
	for (size_t i = 0; i < 2; i++)
		if (says[n].text[i] != NULL)
			take(ctx, files[n][i], ka_span_of(says[n].text[i]));
	return KA_ERR_OK;
}

enum ka_reason ka_sourceask_revoked(const struct ka_sourceask *a, const char *fp)
{
	(void)a;
	return strcmp(fp, revoked_fp) == 0 ? KA_REASON_REVOKED_STORE : KA_REASON_NONE;
}

static void put_offer(size_t i, const char *key)
{
	named[i] = (struct ka_offer){ .type = "ssh-ed25519" };
	snprintf(named[i].key, sizeof(named[i].key), "%s", key);
	snprintf(named[i].fp, sizeof(named[i].fp), "SHA256:%zu", i);
	ka_keyscan_offer(&named[i], &offers[i]);
}

static int begin(void **state)
{
	(void)state;
	ka_conf_default(&conf);
	memset(says, 0, sizeof(says));
	asked = 0;
	conf.sources_count = 2;
	for (size_t i = 0; i < 2; i++) {
		conf.sources[i] = (struct ka_conf_source){ .path = "/k", .command = "", .options = "", .force_options = "",
							   .require_options = "", .profile = KA_CONF_PROFILE_NONE };
		snprintf(conf.sources[i].name, sizeof(conf.sources[i].name), "source%zu", i);
		conf.sources[i].options = "restrict from no-pty";
		says[i].out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_FOUND };
	}
	put_offer(0, A64);
	put_offer(1, B64);
	address = NULL;
	revoked_fp = "";
	return 0;
}

static const struct ka_keysource_key *look(size_t count)
{
	struct ka_keysource_query q = { .conf = &conf, .user = "alice", .offers = offers, .named = named, .offers_count = count,
					.address = address, .now_sec = 1792000000, .may_ask = true };

	assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
	return &out.key[0];
}

static void look__two_places_as_good__the_first_of_them(void **state)
{
	(void)state;
	says[0].text[1] = "\n\n" A "\n";
	says[1].text[0] = A "\n" A "\n";
	look(1);
	assert_string_equal(out.key[0].source, "source0");
	assert_string_equal(out.key[0].path, "/second");
	assert_int_equal(out.key[0].line, 3);
	assert_int_equal(out.keys, 3);
}

/* a line that was meant for it stands before the one that holds it: nothing is damaged any more */
static void look__damaged_first_and_listed_later__is_listed(void **state)
{
	(void)state;
	says[0].text[0] = "# " A "\n";
	look(1);
	assert_true(out.key[0].is_damaged);
	assert_int_equal(out.key[0].hit.fit, KA_KEYSCAN_COMMENTED);
	says[1].text[0] = "from=\"10.0.0.0/8\" " A "\n";
	address = "192.0.2.7";
	look(1);
	assert_true(out.key[0].is_listed && !out.key[0].is_damaged);
	assert_string_equal(out.key[0].source, "source1");
	assert_int_equal(out.key[0].hit.reason, KA_REASON_OPTION_FROM_MISMATCH);
}

/* what sshd sees in a line is told of the line that counts, not of the same number elsewhere, nor of the worse one before it */
static void look__as_sshd_sees_it__of_the_line_that_counts(void **state)
{
	(void)state;
	address = "192.0.2.7";
	says[0].text[0] = A "\n";
	says[0].text[1] = "from=\"10.0.0.0/8\" " A "\n";
	says[1].text[0] = "from=\"10.0.0.0/8\" " A "\n";
	look(1);
	assert_string_equal(out.key[0].path, "/first");
	assert_string_equal(out.key[0].source, "source0");
	assert_int_equal(out.key[0].hit.reason, KA_REASON_NONE);
	says[0].text[0] = "from=\"10.0.0.0/8\",command=\"x\" " A "\n";
	says[0].text[1] = NULL;
	says[1].text[0] = "\n" A "\n";
	look(1);
	assert_string_equal(out.key[0].source, "source1");
	assert_int_equal(out.key[0].hit.reason, KA_REASON_NONE);
	/* sshd would take the first line of that file, and the second is the one that counts for us */
	says[1].text[0] = "command=\"x\" " A "\nfrom=\"10.0.0.0/8\" " A "\n";
	look(1);
	assert_string_equal(out.key[0].source, "source1");
	assert_int_equal(out.key[0].line, 2);
	assert_int_equal(out.key[0].hit.line, 0);
}

/* of several damaged lines the surest, and of equals the first */
static void look__several_damaged_lines__the_surest_of_them(void **state)
{
	(void)state;
	says[0].text[0] = "# " A "\n";
	says[1].text[0] = "# " A "\n";
	look(1);
	assert_string_equal(out.key[0].source, "source0");
	says[1].text[0] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/\nnXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu\n";
	look(1);
	assert_string_equal(out.key[0].source, "source1");
	assert_int_equal(out.key[0].hit.fit, KA_KEYSCAN_WHOLE);
	/* and a worse one behind it takes nothing away */
	says[0].text[0] = says[1].text[0];
	says[1].text[0] = "# " A "\n";
	look(1);
	assert_string_equal(out.key[0].source, "source0");
	assert_int_equal(out.key[0].hit.fit, KA_KEYSCAN_WHOLE);
}

/* damaged, and meant for somebody else */
static void look__damaged_line_of_another_key__is_nobodys(void **state)
{
	(void)state;
	says[0].text[0] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfyN5\n";
	look(1);
	assert_false(out.key[0].is_damaged);
	/* a line that is refused before its key is read, and an offer of which the text is not known */
	named[0].key[0] = '\0';
	ka_keyscan_offer(&named[0], &offers[0]);
	says[0].text[0] = B " a\1b\n";
	look(1);
	assert_false(out.key[0].is_listed);
}

/* the word in front of the key is no name that sshd reads there */
static void look__another_type_word__is_damaged_and_not_listed(void **state)
{
	(void)state;
	says[0].text[0] = "ssh-foo " A64 "\n";
	look(1);
	assert_false(out.key[0].is_listed);
	assert_true(out.key[0].is_damaged);
}

static void look__one_of_two_is_revoked__the_other_is_not(void **state)
{
	(void)state;
	says[0].text[0] = A "\n" B "\n";
	revoked_fp = "SHA256:1";
	look(2);
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_ACCEPT);
	assert_int_equal(out.key[1].vet.reasons[0], KA_REASON_REVOKED_STORE);
	revoked_fp = ""; /* of one without a fingerprint nobody is asked */
	named[0].fp[0] = '\0';
	look(1);
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_ACCEPT);
}

/* the first source's trouble, as it was; one that has no keys is none */
static void look__trouble_of_two__the_first(void **state)
{
	static const struct ka_sourcefile_out first = { .answer = KA_SOURCE_REFUSED, .reason = KA_REASON_CONF_UNSAFE,
							.why = { .path = "/k/x", .mode = 0666, .uid = 7, .gid = 8, .errnum = 9 } };

	(void)state;
	says[0].out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_NO_KEYS, .reason = KA_REASON_STORE_NO_KEYS };
	says[1].out = first;
	look(1);
	assert_int_equal(out.trouble, KA_REASON_CONF_UNSAFE);
	assert_string_equal(out.trouble_source, "source1");
	assert_string_equal(out.trouble_path, "/k/x");
	assert_true(out.trouble_mode == 0666 && out.trouble_uid == 7 && out.trouble_gid == 8 && out.trouble_errnum == 9);
	assert_false(out.is_harmless);
	says[0].out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_UNAVAILABLE, .reason = KA_REASON_STORE_TIMEOUT };
	look(1);
	assert_int_equal(out.trouble, KA_REASON_STORE_TIMEOUT);
	assert_string_equal(out.trouble_source, "source0");
}

/* a store that could not be asked keeps no key out where what is at hand is served */
static void look__store_away__harmless_when_there_is_an_entry(void **state)
{
	static const struct { enum ka_conf_kind kind; enum ka_source_answer answer; bool is_harmless; } rows[] = {
		{ KA_CONF_KIND_HTTP, KA_SOURCE_STALE, true }, { KA_CONF_KIND_HTTP, KA_SOURCE_FOUND, true },
		{ KA_CONF_KIND_HTTP, KA_SOURCE_UNAVAILABLE, false }, { KA_CONF_KIND_FILE, KA_SOURCE_FOUND, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		conf.sources[0].kind = rows[i].kind;
		conf.sources[0].format = KA_CONF_FORMAT_SIGNED;
		says[0].out = (struct ka_sourcefile_out){ .answer = rows[i].answer, .reason = KA_REASON_STORE_UNREACHABLE };
		look(1);
		assert_int_equal(out.trouble, KA_REASON_STORE_UNREACHABLE);
		assert_int_equal(out.is_harmless, rows[i].is_harmless);
		assert_int_equal(out.trouble_kind, rows[i].kind);
		assert_int_equal(out.trouble_is_signed, rows[i].kind == KA_CONF_KIND_HTTP);
	}
}

/* what is too much in one source is not counted in the next; the first file that has too much is named, and the first trouble stays */
static void look__too_many_lines__of_each_source_by_itself(void **state)
{
	static const char line[] = "command=\"x\" " B "\n"; /* soon judged */
	static char text[(KA_KEYS_MAX + 1) * (sizeof(line) - 1) + 1], half[sizeof(text)];

	(void)state;
	for (size_t i = 0; i <= KA_KEYS_MAX; i++)
		memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
	memcpy(half, text, (KA_KEYS_MAX / 2 + 10) * (sizeof(line) - 1));
	says[0].text[0] = says[1].text[0] = half;
	look(1);
	assert_int_equal(out.trouble, KA_REASON_NONE);
	says[1].text[0] = says[1].text[1] = text;
	look(1);
	assert_int_equal(out.trouble, KA_REASON_STORE_TOO_LARGE);
	assert_string_equal(out.trouble_path, "/first");
	says[0].out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_UNAVAILABLE, .reason = KA_REASON_STORE_TIMEOUT };
	look(1);
	assert_int_equal(out.trouble, KA_REASON_STORE_TIMEOUT);
}

/* a program that must be told: of each key, and of no more than that */
static void look__program_that_wants_the_key__is_asked_for_the_first_ones(void **state)
{
	(void)state;
	conf.sources_count = 1;
	conf.sources[0].kind = KA_CONF_KIND_COMMAND;
	conf.sources[0].command = "/p %f";
	for (size_t i = 0; i < KA_DIAG_ASKED_MAX + 3; i++)
		put_offer(i, A64);
	look(2);
	assert_int_equal(asked, 2);
	assert_string_equal(asked_of[0], "SHA256:0");
	assert_string_equal(asked_of[1], "SHA256:1");
	assert_string_equal(asked_uid, "none");
	asked = 0;
	look(KA_DIAG_ASKED_MAX + 3);
	assert_int_equal(asked, KA_DIAG_ASKED_MAX);
}

static void look__configuration_that_nobody_can_use__nothing_asked(void **state)
{
	(void)state;
	conf.options = "nonsense";
	look(1);
	assert_false(out.is_asked);
	assert_int_equal(asked, 0);
}

int main(void)
{
	const struct CMUnitTest looks[] = {
		cmocka_unit_test_setup(look__two_places_as_good__the_first_of_them, begin),
		cmocka_unit_test_setup(look__damaged_first_and_listed_later__is_listed, begin),
		cmocka_unit_test_setup(look__as_sshd_sees_it__of_the_line_that_counts, begin),
		cmocka_unit_test_setup(look__several_damaged_lines__the_surest_of_them, begin),
		cmocka_unit_test_setup(look__damaged_line_of_another_key__is_nobodys, begin),
		cmocka_unit_test_setup(look__another_type_word__is_damaged_and_not_listed, begin),
		cmocka_unit_test_setup(look__one_of_two_is_revoked__the_other_is_not, begin),
		cmocka_unit_test_setup(look__trouble_of_two__the_first, begin),
		cmocka_unit_test_setup(look__store_away__harmless_when_there_is_an_entry, begin),
		cmocka_unit_test_setup(look__too_many_lines__of_each_source_by_itself, begin),
		cmocka_unit_test_setup(look__program_that_wants_the_key__is_asked_for_the_first_ones, begin),
		cmocka_unit_test_setup(look__configuration_that_nobody_can_use__nothing_asked, begin),
	};

	return cmocka_run_group_tests(looks, NULL, NULL);
}
