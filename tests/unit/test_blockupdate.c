/* keyaudit/blocklist/blockupdate: in place when it is all that it should be; else what lay there lies there still. */
#include "keyaudit/blocklist/blockupdate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define TO "/var/list.dat"

static struct ka_blockupdate_out out;
static char sum[65];

static int make(void **state)
{
	(void)state;
	trustroot_dir("/var", 0755, 0);
	trustroot_dir("/in", 0755, 0);
	snprintf(tmptree, sizeof(tmptree), "/in");
	return 0;
}

/* /in/list with so many records, and their sum */
static void offer(size_t records, size_t cut)
{
	KA_AUTOFREE uint8_t *bytes = blocksample_fill(records);
	uint8_t hash[32];

	crypto_hash_sha256(hash, bytes, records * KA_BLOCKFILE_RECORD - cut);
	ka_text_hex(hash, sizeof(hash), sum, sizeof(sum));
	blocksample_write("list", bytes, records * KA_BLOCKFILE_RECORD - cut);
}

static int update(struct ka_blockupdate u)
{
	int status;

	u.from = u.from != NULL ? u.from : "/in/list";
	u.to = TO;
	u.names = u.names != NULL ? u.names : "";
	u.sha256 = u.sha256 != NULL ? u.sha256 : "";
	u.ca_file = u.pins = "";
	caught_begin();
	status = ka_blockupdate(&u, &out);
	caught_end();
	return status;
}

static off_t size(void)
{
	struct stat st;

	return stat(TO, &st) == 0 ? st.st_size : -1;
}

static void update__whole_list__in_place(void **state)
{
	(void)state;
	offer(1000, 0);
	assert_int_equal(update((struct ka_blockupdate){ .sha256 = sum }), KA_EXIT_FINE);
	assert_int_equal(out.records, 1000);
	assert_int_equal(out.old_records, 0);
	assert_string_equal(out.sha256, sum);
	assert_int_equal(size(), 16000);
}

static void update__wrong_sum_torn_or_no_list__the_old_one_stays(void **state)
{
	(void)state;
	offer(2000, 0);
	sum[0] = sum[0] == '0' ? '1' : '0';
	assert_int_equal(update((struct ka_blockupdate){ .sha256 = sum }), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_err, "its SHA-256 is not the one that was promised"));
	offer(2000, 5);
	assert_int_equal(update((struct ka_blockupdate){ .sha256 = sum }), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_err, "its size is no multiple of 16"));
	blocksample_write("list", "", 0);
	assert_int_equal(update((struct ka_blockupdate){ .may_shrink = true }), KA_EXIT_FINDINGS);
	blocksample_write("list", "0123456789abcdef0123456789abcdef", 32);
	assert_int_equal(update((struct ka_blockupdate){ .may_shrink = true }), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_err, "not in ascending order"));
	assert_int_equal(size(), 16000);
}

static void update__fewer_than_nine_tenths__only_when_it_is_meant(void **state)
{
	(void)state;
	offer(899, 0);
	assert_int_equal(update((struct ka_blockupdate){ .sha256 = sum }), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_err, "--allow-shrink"));
	assert_int_equal(size(), 16000);
	offer(900, 0);
	assert_int_equal(update((struct ka_blockupdate){ .sha256 = sum }), KA_EXIT_FINE);
	offer(10, 0);
	assert_int_equal(update((struct ka_blockupdate){ .may_shrink = true }), KA_EXIT_FINE);
	assert_int_equal(out.old_records, 900);
	assert_int_equal(size(), 160);
}

static void update__names_beside_it__their_sum_counts(void **state)
{
	char meta[256];

	(void)state;
	offer(20, 0);
	snprintf(meta, sizeof(meta), "{\"bkformat\":0,\"blocklist_sha256\":\"%s\",\"blocklists\":[{\"id\":2,\"name\":\"keypair\"}]}", sum);
	trustroot_file("/in/meta", 0644, 0, meta);
	assert_int_equal(update((struct ka_blockupdate){ .names = "/in/meta" }), KA_EXIT_FINE);
	assert_int_equal(access(TO ".names", R_OK), 0);
	assert_int_equal(out.meta.count, 1);
	assert_int_equal(update((struct ka_blockupdate){ .names = "/in/meta", .sha256 = "00" }), KA_EXIT_FINDINGS);
	offer(21, 0);
	assert_int_equal(update((struct ka_blockupdate){ .names = "/in/meta" }), KA_EXIT_FINDINGS);
	assert_int_equal(size(), 320);
	/* in the place of the list: there it must say where that is */
	assert_int_equal(update((struct ka_blockupdate){ .from = "/in/meta" }), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_err, "it names no list"));
	trustroot_file("/in/json", 0644, 0, "{\"bkformat\":7}");
	assert_int_equal(update((struct ka_blockupdate){ .from = "/in/json" }), KA_EXIT_FINDINGS);
	assert_int_equal(update((struct ka_blockupdate){ .names = "https://x/" }), KA_EXIT_USAGE);
	assert_int_equal(size(), 320);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(update__whole_list__in_place),
		cmocka_unit_test(update__wrong_sum_torn_or_no_list__the_old_one_stays),
		cmocka_unit_test(update__fewer_than_nine_tenths__only_when_it_is_meant),
		cmocka_unit_test(update__names_beside_it__their_sum_counts),
	};

	return trustroot_run(tests, make);
}
