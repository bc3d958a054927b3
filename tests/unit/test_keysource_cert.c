/* diag/keysource: an offered certificate, by the lines of its authority and by trusted_ca, as the command judges it. */
#include "diag/keysource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "source/sourceask.h"
#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_conf conf;
static struct ka_keysource out;
static struct ka_offer named[2];
static struct ka_keyscan_offer plain, critical, offers[2];
static char ca[600], other[600], itself[2000];
static char listed[4096]; /* by the source */
static const char *revoked_fp;

/* these stand before those in the archive: a source of one file, and a store's list of one key */
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
	(void)source;
	(void)query;
	a->out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_FOUND };
	take(ctx, "/k/alice", ka_span_of(listed));
	return KA_ERR_OK;
}

enum ka_reason ka_sourceask_revoked(const struct ka_sourceask *a, const char *fp)
{
	(void)a;
	return revoked_fp != NULL && strcmp(fp, revoked_fp) == 0 ? KA_REASON_REVOKED_STORE : KA_REASON_NONE;
}

/* before / is another one */
static void load(void)
{
	certsample_take("plain", &named[0], &plain);
	certsample_take("critical", &named[0], &critical);
	snprintf(ca, sizeof(ca), "%.599s", certsample_text("ca"));
	snprintf(other, sizeof(other), "%.599s", certsample_text("other"));
	snprintf(itself, sizeof(itself), "%.1999s", certsample_text("plain"));
}

static int begin(void **state)
{
	(void)state;
	ka_conf_default(&conf);
	conf.sources_count = 1;
	conf.sources[0] = (struct ka_conf_source){ .name = "local", .path = "/k/%u", .force_options = "", .require_options = "",
						   .options = "cert-authority principals", .profile = KA_CONF_PROFILE_NONE };
	conf.options = conf.sources[0].options;
	conf.certificates = true;
	listed[0] = '\0';
	revoked_fp = NULL;
	memset(named, 0, sizeof(named));
	offers[0] = plain;
	return 0;
}

static void list(const char *before, const char *options, const char *key)
{
	size_t n = strlen(listed);

	snprintf(listed + n, sizeof(listed) - n, "%s%s%s", before, options, key);
}

static const struct ka_keysource_key *look(const char *user, size_t count)
{
	struct ka_keysource_query q = { .conf = &conf, .user = user, .offers = offers, .named = named, .offers_count = count,
					.now_sec = CERTSAMPLE_NOW };

	assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
	return &out.key[0];
}

static void is_refused(const struct ka_keysource_key *key, enum ka_reason reason)
{
	assert_true(key->is_listed);
	assert_int_equal(key->vet.verdict, KA_VERDICT_REJECT);
	assert_string_equal(ka_reason_id(key->vet.reasons[0]), ka_reason_id(reason));
}

static void cert__line_of_its_authority__is_listed_there(void **state)
{
	const struct ka_keysource_key *key;

	(void)state;
	list("# c\n", "", other);
	list("", "cert-authority ", ca);
	key = look("alice", 1);
	assert_true(out.serves_certificates && key->is_listed && key->by_authority);
	assert_int_equal(key->vet.verdict, KA_VERDICT_ACCEPT);
	assert_string_equal(key->path, "/k/alice");
	assert_string_equal(key->source, "local");
	assert_int_equal(key->line, 3);
	is_refused(look("bob", 1), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_true(out.key[0].by_authority);
	assert_int_equal(out.key[0].line, 3);
}

static void cert__no_line_of_its_authority__is_not_listed(void **state)
{
	const struct ka_keysource_key *key;

	(void)state;
	list("", "cert-authority ", other);
	list("", "", itself); /* that one never matches */
	key = look("alice", 1);
	assert_false(key->is_listed || key->by_authority);
}

static void cert__several_lines__the_best_of_them(void **state)
{
	(void)state;
	list("", "", ca);
	is_refused(look("alice", 1), KA_REASON_CERT_CA_NOT_MARKED);
	list("", "cert-authority ", ca);
	list("", "cert-authority,principals=\"x\" ", ca);
	assert_int_equal(look("alice", 1)->vet.verdict, KA_VERDICT_ACCEPT);
	assert_int_equal(out.key[0].line, 2);
}

/* each offer by itself, also one whose line refuses */
static void cert__two_of_them__each_by_itself(void **state)
{
	(void)state;
	offers[0] = critical;
	offers[1] = plain;
	list("", "cert-authority ", ca);
	is_refused(look("alice", 2), KA_REASON_CERT_CRITICAL_UNKNOWN);
	assert_true(out.key[1].is_listed && out.key[1].by_authority);
	assert_int_equal(out.key[1].vet.verdict, KA_VERDICT_ACCEPT);
}

/* the line that holds it says why nobody gets in by it; its authority's says nothing */
static void cert__certificates_are_off__is_a_key_like_others(void **state)
{
	(void)state;
	conf.certificates = false;
	conf.trusted_ca = "/ca";
	trustroot_file("/ca", 0644, 0, ca);
	list("", "cert-authority ", ca);
	assert_false(look("alice", 1)->is_listed);
	assert_false(out.serves_certificates);
	list("", "", itself);
	is_refused(look("alice", 1), KA_REASON_CERT_NOT_ENABLED);
	assert_false(out.key[0].by_authority);
	assert_int_equal(out.key[0].line, 2);
}

static void trusted__no_line_lets_it_in__by_trusted_ca(void **state)
{
	const struct ka_keysource_key *key;

	(void)state;
	conf.trusted_ca = "/ca";
	trustroot_file("/ca", 0644, 0, ca);
	key = look("alice", 1);
	assert_true(key->is_listed && key->by_authority);
	assert_int_equal(key->vet.verdict, KA_VERDICT_ACCEPT);
	assert_string_equal(key->source, "trusted_ca");
	assert_string_equal(key->path, "");
	is_refused(look("bob", 1), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	/* a line that refuses it does not count then, one that lets it in does */
	list("", "", ca);
	assert_string_equal(look("alice", 1)->source, "trusted_ca");
	assert_int_equal(out.key[0].line, 0);
	list("", "cert-authority ", ca);
	assert_string_equal(look("alice", 1)->source, "local");
	assert_int_equal(out.key[0].line, 2);
	/* an authority that it does not name changes nothing */
	trustroot_file("/ca", 0644, 0, other);
	listed[0] = '\0';
	assert_false(look("alice", 1)->is_listed);
	list("", "", ca);
	is_refused(look("alice", 1), KA_REASON_CERT_CA_NOT_MARKED);
	assert_string_equal(out.key[0].source, "local");
	/* one that cannot be read is a word of its own */
	trustroot_file("/ca", 0666, 0, ca);
	is_refused(look("alice", 1), KA_REASON_CONF_UNSAFE);
}

/* of the user's profile and of the command line's; the source's own does not count there */
static void trusted__profile__refuses_as_the_command(void **state)
{
	struct ka_keysource_query q = { .conf = &conf, .user = "alice", .offers = offers, .named = named, .offers_count = 1,
					.now_sec = CERTSAMPLE_NOW, .profile = KA_CONF_PROFILE_SK_ONLY };

	(void)state;
	conf.trusted_ca = "/ca";
	trustroot_file("/ca", 0644, 0, ca);
	conf.sources[0].profile = KA_CONF_PROFILE_SK_ONLY;
	assert_int_equal(look("alice", 1)->vet.verdict, KA_VERDICT_ACCEPT);
	conf.user_profiles = "a*:sk-only";
	is_refused(look("alice", 1), KA_REASON_POLICY_TYPE_NOT_ALLOWED);
	conf.user_profiles = "bob:sk-only";
	assert_int_equal(ka_keysource_look(&q, &out), KA_ERR_OK);
	is_refused(&out.key[0], KA_REASON_POLICY_TYPE_NOT_ALLOWED);
}

/* a store revokes the key in it: by a line, by trusted_ca; and one that is refused keeps its reason */
static void cert__its_key_is_revoked__refused_both_ways(void **state)
{
	(void)state;
	memcpy(named[0].fp, "SHA256:x", 9);
	list("", "cert-authority ", ca);
	assert_int_equal(look("alice", 1)->vet.verdict, KA_VERDICT_ACCEPT);
	revoked_fp = "SHA256:x";
	is_refused(look("alice", 1), KA_REASON_REVOKED_STORE);
	is_refused(look("bob", 1), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	conf.trusted_ca = "/ca";
	trustroot_file("/ca", 0644, 0, ca);
	listed[0] = '\0';
	is_refused(look("alice", 1), KA_REASON_REVOKED_STORE);
	assert_string_equal(out.key[0].source, "trusted_ca");
}

/* of which nothing but its kind is known: nobody can say whose line is its authority's */
static void cert__not_seen_itself__is_not_listed(void **state)
{
	(void)state;
	offers[0].cert_len = 0;
	conf.trusted_ca = "/ca";
	trustroot_file("/ca", 0644, 0, ca);
	list("", "cert-authority ", ca);
	assert_false(look("alice", 1)->is_listed);
	conf.certificates = false; /* nor is a line without a key about it */
	list("", "", "ssh-ed25519 !\n");
	assert_false(look("alice", 1)->is_listed);
}

int main(void)
{
	const struct CMUnitTest looks[] = {
		cmocka_unit_test_setup(cert__line_of_its_authority__is_listed_there, begin),
		cmocka_unit_test_setup(cert__no_line_of_its_authority__is_not_listed, begin),
		cmocka_unit_test_setup(cert__several_lines__the_best_of_them, begin),
		cmocka_unit_test_setup(cert__two_of_them__each_by_itself, begin),
		cmocka_unit_test_setup(cert__certificates_are_off__is_a_key_like_others, begin),
		cmocka_unit_test_setup(trusted__no_line_lets_it_in__by_trusted_ca, begin),
		cmocka_unit_test_setup(trusted__profile__refuses_as_the_command, begin),
		cmocka_unit_test_setup(cert__its_key_is_revoked__refused_both_ways, begin),
		cmocka_unit_test_setup(cert__not_seen_itself__is_not_listed, begin),
	};

	load();
	return trustroot_run(looks, NULL);
}
