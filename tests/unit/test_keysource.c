/* diag/keysource: our own sources, in a root of our own. */
#include "diag/keysource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/sourcecommand.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define A64 "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu"
#define A "ssh-ed25519 " A64
#define B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfyN5SSUQvF/fmlt/TT8UnGLAwK"

static struct ka_conf conf;
static struct ka_keysource out;
static struct ka_keyscan_offer offer;
static const char *address;
static bool whole;

/* stand before those in the archive: there is no program in this root */
static const char *program_prints;
static struct ka_sourcefile_out program_says;
static struct ka_source_query program_was_asked;
static unsigned programs_run;

bool ka_sourcecommand_needs_key(const struct ka_conf_source *source)
{
	return strstr(source->command, "%k") != NULL;
}

enum ka_err ka_sourcecommand_read(const struct ka_conf_source *source, const struct ka_source_query *query,
				  ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *got,
				  struct ka_source_evidence *evidence)
{
	(void)source;
	programs_run++;
	program_was_asked = *query;
	*evidence = ka_source_evidence_none();
	*got = program_says;
	if (got->reason == KA_REASON_STORE_BAD_ANSWER)
		evidence->status = 7;
	if (program_prints != NULL)
		take(ctx, "/usr/bin/program", (struct ka_span){ (const uint8_t *)program_prints, strlen(program_prints) });
	return KA_ERR_OK;
}

static struct ka_offer named;

/* what ka_conf_finish() does */
static void inherit(void)
{
	for (size_t i = 0; i < conf.sources_count; i++) {
		conf.sources[i].options = conf.options;
		conf.sources[i].force_options = conf.force_options;
		conf.sources[i].require_options = conf.require_options;
		conf.sources[i].profile = KA_CONF_PROFILE_NONE;
	}
}

/* the chain: key files of the user, then a program */
static void look_in_chain(const char *command, bool may_ask)
{
	struct ka_keysource_query q = { .conf = &conf, .user = "alice", .home = "/home/alice", .uid = 1000, .has_uid = true,
					.offers = &offer, .named = &named, .offers_count = 1, .now_sec = 1792000000, .may_ask = may_ask };

	ka_conf_default(&conf);
	conf.sources_count = 2;
	conf.sources[0] = (struct ka_conf_source){ .name = "local", .path = "/k/%u" };
	conf.sources[1] = (struct ka_conf_source){ .name = "corp", .kind = KA_CONF_KIND_COMMAND, .command = command, .path = "" };
	inherit();
	named = (struct ka_offer){ .type = "ssh-ed25519", .key = A64, .fp = "SHA256:x" };
	program_says = (struct ka_sourcefile_out){ .answer = KA_SOURCE_FOUND };
	programs_run = 0;
	assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
}

static int begin(void **state)
{
	struct ka_offer from = { .type = "ssh-ed25519", .key = A64 };

	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_dir("/m", 0755, 0);
	ka_keyscan_offer(&from, &offer);
	return 0;
}

static void look(const char *path, const char *user)
{
	struct ka_keysource_query q = { .conf = &conf, .user = user, .home = "/home/alice", .uid = 1000, .has_uid = true,
					.offers = &offer, .offers_count = 1, .address = address, .now_sec = 1792000000, .whole = whole };

	ka_conf_default(&conf);
	conf.sources_count = 1;
	conf.sources[0] = (struct ka_conf_source){ .name = "local", .path = path };
	inherit();
	assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
}

static int clean(void **state)
{
	static const char *const files[] = { "/k/alice", "/k/bob", "/k/carol.keys", "/k/.hidden" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(files); i++)
		unlink(files[i]);
	return 0;
}

static void look__listed__line_and_verdict(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0644, 0, "# c\n" B "\n" A " x\n");
	look("/k/%u", "alice");
	assert_true(out.is_asked && out.key[0].is_listed);
	assert_string_equal(out.key[0].path, "/k/alice");
	assert_int_equal(out.key[0].line, 3);
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_ACCEPT);
	assert_int_equal(out.keys, 2);
	assert_int_equal(out.trouble, KA_REASON_NONE);
}

/* the source's profile, the user's and that of sshd's command line: each of them alone keeps the key out */
static void look__profile__refuses_as_the_command(void **state)
{
	struct ka_keysource_query q = { .conf = &conf, .user = "alice", .offers = &offer, .offers_count = 1, .now_sec = 1792000000 };

	(void)state;
	trustroot_file("/k/alice", 0644, 0, A "\n");
	for (unsigned i = 0; i < 4; i++) {
		look("/k/%u", "alice");
		assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_ACCEPT);
		conf.sources[0].profile = i == 1 ? KA_CONF_PROFILE_SK_ONLY : KA_CONF_PROFILE_NONE;
		conf.user_profiles = i == 2 ? "root:none a*:sk-only" : "bob:sk-only";
		q.profile = i == 3 ? KA_CONF_PROFILE_SK_ONLY : KA_CONF_PROFILE_NONE;
		assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
		assert_int_equal(out.key[0].vet.verdict, i == 0 ? KA_VERDICT_ACCEPT : KA_VERDICT_REJECT);
		if (i > 0)
			assert_string_equal(ka_reason_id(out.key[0].vet.reasons[0]), "policy.type-not-allowed");
	}
}

static void look__refused_and_accepted_line__the_better_one(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0644, 0, "command=\"x\" " A "\n");
	look("/k/%u", "alice");
	assert_true(out.key[0].is_listed);
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_REJECT);
	assert_int_equal(out.key[0].vet.reasons[0], KA_REASON_OPTION_NOT_ALLOWED);
	trustroot_file("/k/alice", 0644, 0, "command=\"x\" " A "\n" A "\n");
	look("/k/%u", "alice");
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_ACCEPT);
	assert_int_equal(out.key[0].line, 2);
}

static void look__wrapped_line__the_damaged_line_that_was_meant(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0644, 0, "# c\n" B "\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/\nnXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu\n");
	look("/k/%u", "alice");
	assert_false(out.key[0].is_listed);
	assert_true(out.key[0].is_damaged);
	assert_int_equal(out.key[0].hit.reason, KA_REASON_LINE_WRAPPED);
	assert_int_equal(out.key[0].line, 3);
	assert_string_equal(out.key[0].path, "/k/alice");
	trustroot_file("/k/alice", 0644, 0, "# " A "\n" A "\n"); /* a good line besides: nothing is damaged */
	look("/k/%u", "alice");
	assert_true(out.key[0].is_listed);
	assert_false(out.key[0].is_damaged);
}

/* refused before the key in it is read, as by the command, which looks for the key's text */
static void look__control_character_in_the_comment__listed_and_refused(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0644, 0, A " a\x01" "b\n");
	look("/k/%u", "alice");
	assert_true(out.key[0].is_listed);
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_REJECT);
	assert_int_equal(out.key[0].vet.reasons[0], KA_REASON_LINE_CONTROL);
}

static void look__from__judged_as_sshd_will(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0644, 0, "from=\"10.0.0.0/8\" " A "\n");
	address = "192.0.2.7";
	look("/k/%u", "alice");
	assert_true(out.key[0].is_listed);
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_ACCEPT);
	assert_int_equal(out.key[0].hit.reason, KA_REASON_OPTION_FROM_MISMATCH);
	address = "10.1.2.3";
	look("/k/%u", "alice");
	assert_int_equal(out.key[0].hit.reason, KA_REASON_NONE);
	assert_int_equal(out.key[0].hit.what, KA_KEYSCAN_PLAIN);
	address = NULL;
	look("/k/%u", "alice");
	assert_int_equal(out.key[0].hit.what, KA_KEYSCAN_FROM_UNJUDGED);
}

/* what is found there is in test_othersource */
static void look__under_another_name__is_looked_for_too(void **state)
{
	(void)state;
	trustroot_file("/k/bob", 0644, 0, A "\n");
	look("/k/%u", "alice");
	assert_string_equal(out.key[0].other_user, "bob");
}

static void look__unsafe_source__trouble_with_its_path(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0666, 0, A "\n");
	look("/k/%u", "alice");
	assert_false(out.key[0].is_listed);
	assert_int_equal(out.trouble, KA_REASON_CONF_UNSAFE);
	assert_string_equal(out.trouble_path, "/k/alice");
	assert_int_equal(out.trouble_mode & 07777, 0666);
	assert_string_equal(out.trouble_source, "local");
}

/* @lines lines of another key, then the offered one */
static void put_lines(size_t lines)
{
	size_t n = 0, each = strlen(B "\n");
	char *text = calloc(1, each * lines + sizeof(A "\n"));

	assert_non_null(text);
	for (size_t i = 0; i < lines; i++, n += each)
		memcpy(text + n, B "\n", each);
	memcpy(text + n, A "\n", sizeof(A "\n"));
	trustroot_file("/k/alice", 0644, 0, text);
	free(text);
}

/* as the command: with -k only lines that hold the key are counted, without it all, in each source */
static void look__more_lines_than_are_judged__as_the_command(void **state)
{
	(void)state;
	put_lines(KA_KEYS_MAX - 1);
	whole = true;
	look("/k/%u", "alice");
	assert_true(out.key[0].is_listed);
	assert_int_equal(out.trouble, KA_REASON_NONE);
	put_lines(KA_KEYS_MAX);
	look("/k/%u", "alice");
	assert_false(out.key[0].is_listed);
	assert_int_equal(out.trouble, KA_REASON_STORE_TOO_LARGE);
	assert_false(out.is_harmless);
	assert_string_equal(out.trouble_path, "/k/alice");
	whole = false;
	look("/k/%u", "alice");
	assert_true(out.key[0].is_listed);
	assert_int_equal(out.key[0].line, KA_KEYS_MAX + 1);
	assert_int_equal(out.trouble, KA_REASON_STORE_TOO_LARGE);
	assert_true(out.is_harmless);
}

static void look__no_conf_or_bad_name__nothing_asked(void **state)
{
	struct ka_keysource_query q = { .user = "alice", .offers = &offer, .offers_count = 1 };

	(void)state;
	assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
	assert_false(out.is_asked);
	look("/k/%u", "../bob");
	assert_false(out.is_asked);
}

static void look__program_that_may_be_run__its_lines_have_a_source_and_no_place(void **state)
{
	(void)state;
	program_prints = "# c\ncommand=\"x\" " A "\n";
	look_in_chain("/usr/bin/program %u", true);
	assert_int_equal(programs_run, 1);
	assert_null(program_was_asked.key);
	assert_true(out.key[0].is_listed);
	assert_string_equal(out.key[0].source, "corp");
	assert_string_equal(out.key[0].path, "");
	assert_int_equal(out.key[0].vet.reasons[0], KA_REASON_OPTION_NOT_ALLOWED);
	assert_int_equal(out.unasked, 0);
	/* a file that lists it well is better, and has a place */
	trustroot_file("/k/alice", 0644, 0, A "\n");
	look_in_chain("/usr/bin/program %u", true);
	assert_string_equal(out.key[0].source, "local");
	assert_string_equal(out.key[0].path, "/k/alice");
	assert_int_equal(out.key[0].vet.verdict, KA_VERDICT_ACCEPT);
}

static void look__program_that_wants_the_key__is_told_of_each(void **state)
{
	(void)state;
	program_prints = A "\n";
	look_in_chain("/usr/bin/program %u %k", true);
	assert_int_equal(programs_run, 1);
	assert_string_equal(program_was_asked.key, A64);
	assert_string_equal(program_was_asked.type, "ssh-ed25519");
	assert_string_equal(program_was_asked.fp, "SHA256:x");
	assert_true(out.key[0].is_listed);
}

/* recorder and collector: a program must neither hold them up nor be run because somebody offers keys */
static void look__program_that_may_not_be_run__counts_as_unasked(void **state)
{
	(void)state;
	program_prints = A "\n";
	look_in_chain("/usr/bin/program %u", false);
	assert_int_equal(programs_run, 0);
	assert_int_equal(out.unasked, 1);
	assert_false(out.key[0].is_listed);
	assert_int_equal(out.trouble, KA_REASON_NONE);
}

static void look__program_fails__is_the_trouble_with_its_status(void **state)
{
	struct ka_keysource_query q = { .conf = &conf, .user = "alice", .offers = &offer, .named = &named, .offers_count = 1, .may_ask = true };

	(void)state;
	look_in_chain("/usr/bin/program %u", true);
	program_prints = NULL;
	program_says = (struct ka_sourcefile_out){ .answer = KA_SOURCE_REFUSED, .reason = KA_REASON_STORE_BAD_ANSWER };
	assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
	assert_int_equal(out.trouble, KA_REASON_STORE_BAD_ANSWER);
	assert_string_equal(out.trouble_source, "corp");
	assert_int_equal(out.trouble_evidence.status, 7);
	assert_int_equal(out.trouble_kind, KA_CONF_KIND_COMMAND);
}

int main(void)
{
	const struct CMUnitTest looks[] = {
		cmocka_unit_test_setup(look__listed__line_and_verdict, clean),
		cmocka_unit_test_setup(look__profile__refuses_as_the_command, clean),
		cmocka_unit_test_setup(look__refused_and_accepted_line__the_better_one, clean),
		cmocka_unit_test_setup(look__wrapped_line__the_damaged_line_that_was_meant, clean),
		cmocka_unit_test_setup(look__control_character_in_the_comment__listed_and_refused, clean),
		cmocka_unit_test_setup(look__from__judged_as_sshd_will, clean),
		cmocka_unit_test_setup(look__under_another_name__is_looked_for_too, clean),
		cmocka_unit_test_setup(look__unsafe_source__trouble_with_its_path, clean),
		cmocka_unit_test_setup(look__more_lines_than_are_judged__as_the_command, clean),
		cmocka_unit_test_setup(look__no_conf_or_bad_name__nothing_asked, clean),
		cmocka_unit_test_setup(look__program_that_may_be_run__its_lines_have_a_source_and_no_place, clean),
		cmocka_unit_test_setup(look__program_that_wants_the_key__is_told_of_each, clean),
		cmocka_unit_test_setup(look__program_that_may_not_be_run__counts_as_unasked, clean),
		cmocka_unit_test_setup(look__program_fails__is_the_trouble_with_its_status, clean),
	};

	return trustroot_run(looks, begin);
}
