/* diag/rowjudge: what the policy says of the keys in a user's own files: arithmetic, lists and profiles, for each line its own. */
#include "diag/rowjudge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/paths.h"
#include "base/rights.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/rsavectors.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct ka_userfiles *files;
static struct ka_conf conf;
static struct ka_rowjudge_query query;
static struct vetblob blob;
static enum ka_rights_answer rights_answer;
static unsigned rights_taken, rights_back;

/* these stand before the ones in the archive */
enum ka_err ka_rights_take(const char *user, struct ka_rights *r)
{
	assert_string_equal(user, KA_COMMAND_USER);
	rights_taken++;
	*r = (struct ka_rights){ .answer = rights_answer };
	return KA_ERR_OK;
}

void ka_rights_give_back(struct ka_rights *r)
{
	assert_int_equal(r->answer, rights_answer);
	rights_back++;
}

static int make(void **state)
{
	rights_answer = KA_RIGHTS_OWN;
	files = calloc(1, sizeof(*files));
	ka_conf_default(&conf);
	query = (struct ka_rowjudge_query){ .conf = &conf, .user = "alice", .now_sec = 1792000000, .ms = 60000 };
	return files == NULL ? 1 : tmptree_make(state);
}

static int drop(void **state)
{
	free(files);
	return tmptree_remove(state);
}

/* a line with that key, as it came from the child */
static struct ka_keyrow *add(void)
{
	struct ka_keyrow *row = &files->rows[files->rows_count++];

	row->is_key = 1;
	row->key_at = (uint32_t)files->keys_len;
	row->key_len = (uint32_t)blob.key.blob.len;
	memcpy(files->keys + files->keys_len, blob.key.blob.p, blob.key.blob.len);
	files->keys_len += blob.key.blob.len;
	return row;
}

static struct ka_keyrow *add_good(void)
{
	uint8_t pk[32];

	vetblob_good_point(pk);
	vetblob_ed25519(&blob, pk);
	return add();
}

/* one that only arithmetic finds fault with */
static struct ka_keyrow *add_rsa(enum ka_reason reason)
{
	static uint8_t bytes[KA_BLOB_MAX];

	for (size_t i = 0; i < rsavectors_count; i++)
		if (rsavectors[i].reason == reason && BN_num_bits(rsavectors[i].n) == 2048) {
			vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\1\0\1", 3 },
				    (struct ka_span){ bytes, (size_t)BN_bn2bin(rsavectors[i].n, bytes) });
			return add();
		}
	fail();
	return NULL;
}

static void run(void)
{
	for (size_t i = 0; i < files->rows_count; i++)
		files->rows[i].vet = files->rows[i].is_rejected = 0;
	assert_int_equal(ka_rowjudge_run(&query, files), KA_ERR_OK);
}

static void assert_row(const struct ka_keyrow *row, enum ka_reason vet, bool is_rejected)
{
	assert_int_equal(row->vet, vet);
	assert_int_equal(row->is_rejected, is_rejected);
}

static void rows__arithmetic__of_each_its_own(void **state)
{
	struct ka_keyrow *good = add_good(), *small = add_rsa(KA_REASON_KEY_RSA_SMALL_FACTOR), *fine = add_rsa(KA_REASON_NONE), *weak;

	(void)state;
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\1\0\1", 3 }, vetblob_modulus(1024));
	weak = add();
	run();
	assert_row(good, KA_REASON_NONE, false);
	assert_row(small, KA_REASON_KEY_RSA_SMALL_FACTOR, true);
	assert_row(fine, KA_REASON_NONE, false);
	assert_row(weak, KA_REASON_KEY_RSA_TOO_SHORT, true);
}

static void rows__a_list__is_asked(void **state)
{
	struct ka_keyrow *row = add_good();

	(void)state;
	conf.blocklist = blocksample_listing("list", &blob.key, 7);
	run();
	assert_row(row, KA_REASON_KEY_KNOWN_COMPROMISED, true);
	conf.blocklist = "/nonexistent/list"; /* not required: a word, and no refusal */
	run();
	assert_row(row, KA_REASON_DATA_MISSING, false);
}

static void rows__profile_of_sshds_command_line__is_in_force(void **state)
{
	struct ka_keyrow *row = add_rsa(KA_REASON_NONE);

	(void)state;
	query.profile = KA_CONF_PROFILE_SK_ONLY;
	run();
	assert_row(row, KA_REASON_POLICY_TYPE_NOT_ALLOWED, true);
	query.profile = KA_CONF_PROFILE_NONE;
	run();
	assert_row(row, KA_REASON_NONE, false);
}

/* what is no key, too late or not there is not judged; nobody calls that refused */
static void rows__what_nobody_can_judge__is_not_called_refused(void **state)
{
	struct ka_keyrow *good = add_good(), *gone = add_good(), *no_key = add_good(), *rsa;

	(void)state;
	gone->key_len = 0;
	no_key->is_key = 0;
	run();
	assert_row(good, KA_REASON_NONE, false);
	assert_row(gone, KA_REASON_KEY_NOT_JUDGED, false);
	assert_row(no_key, KA_REASON_NONE, false);
	query.ms = 0;
	run();
	assert_row(good, KA_REASON_KEY_NOT_JUDGED, false);
	assert_row(no_key, KA_REASON_NONE, false);
	query.ms = 60000;
	conf.shared_primes = "/nonexistent/primes"; /* so authkeys-vet does not know */
	rsa = add_rsa(KA_REASON_NONE);
	run();
	assert_row(rsa, KA_REASON_KEY_NOT_JUDGED, false);
	assert_row(good, KA_REASON_NONE, false);
}

/* the child may send what it likes */
static void rows__no_key_at_all__refused_by_its_form(void **state)
{
	struct ka_keyrow *row = add_good();

	(void)state;
	row->key_len -= 3;
	run();
	assert_row(row, KA_REASON_KEY_BLOB_TRUNCATED, true);
}

static void rows__a_policy_that_cannot_be_made__nothing_is_said(void **state)
{
	struct ka_keyrow *row = add_rsa(KA_REASON_KEY_RSA_SMALL_FACTOR);

	(void)state;
	conf.options = "no-such-option";
	run();
	assert_row(row, KA_REASON_NONE, false);
}

/* root sees it with the command's rights; another one may not be able to read what the command reads */
static void rows__file_of_revoked_keys_is_not_to_be_read__by_whom(void **state)
{
	struct ka_keyrow *row = add_good();

	(void)state;
	conf.revoked = "/nonexistent/revoked";
	rights_answer = KA_RIGHTS_TAKEN;
	run();
	assert_row(row, KA_REASON_DATA_MISSING, true);
	rights_answer = KA_RIGHTS_OWN;
	run();
	assert_row(row, KA_REASON_KEY_NOT_JUDGED, false);
	assert_int_equal(rights_taken, rights_back);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(rows__arithmetic__of_each_its_own),
		T(rows__a_list__is_asked),
		T(rows__profile_of_sshds_command_line__is_in_force),
		T(rows__what_nobody_can_judge__is_not_called_refused),
		T(rows__no_key_at_all__refused_by_its_form),
		T(rows__a_policy_that_cannot_be_made__nothing_is_said),
		T(rows__file_of_revoked_keys_is_not_to_be_read__by_whom),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
