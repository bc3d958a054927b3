/*
 * keyaudit/sourcecheck: which sources are looked at, with whose rights, and what is said. Rights, the look at a program and
 * that at a store are the test's.
 */
#include "keyaudit/config/sourcecheck.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/rights.h"
#include "base/text.h"
#include "keyaudit/config/sourcecheckhttp.h"
#include "source/sourcecommand.h"

#include "base/poison.h"

static struct ka_conf conf;
static struct ka_permwalk_refusal finds;
static bool is_good, are_taken;
static unsigned taken, looked, heard;
static enum ka_err rights_say, http_says;
static char last[KA_CONF_ERROR_MAX], order[128];
static struct ka_sourcecheck last_check;

/* these stand before the ones in the archive */
enum ka_err ka_rights_take(const char *user, struct ka_rights *r)
{
	assert_string_equal(user, "_keyaudit");
	assert_false(are_taken);
	memset(r, 0, sizeof(*r));
	are_taken = rights_say == KA_ERR_OK;
	taken += are_taken;
	return rights_say;
}

void ka_rights_give_back(struct ka_rights *r)
{
	(void)r;
	assert_true(are_taken);
	are_taken = false;
}

bool ka_sourcecommand_look(const struct ka_conf_source *source, struct ka_permwalk_refusal *why)
{
	assert_true(are_taken);
	assert_int_equal(source->kind, KA_CONF_KIND_COMMAND);
	looked++;
	*why = finds;
	return is_good;
}

enum ka_err ka_sourcecheckhttp_look(const struct ka_conf_source *source, struct ka_sourcecheck *c)
{
	assert_false(are_taken);
	assert_int_equal(source->kind, KA_CONF_KIND_HTTP);
	assert_string_equal(c->source, source->name);
	assert_int_equal(c->reason, KA_REASON_NONE);
	assert_false(c->is_warning);
	assert_string_equal(c->text, "");
	c->is_warning = true;
	assert_true(snprintf(c->text, sizeof(c->text), "%s was looked at", source->name) > 0);
	return http_says;
}

static void take(void *ctx, const struct ka_sourcecheck *c)
{
	assert_ptr_equal(ctx, &heard);
	assert_false(are_taken);
	heard++;
	last_check = *c;
	assert_true(ka_text_is_plain(ka_span_of(c->text)));
	memcpy(last, c->text, sizeof(last));
	assert_true(strlen(order) + strlen(c->source) + 2 < sizeof(order));
	assert_true(snprintf(order + strlen(order), sizeof(order) - strlen(order), "%s ", c->source) > 0);
}

static int setup(void **state)
{
	(void)state;
	ka_conf_default(&conf);
	conf.sources_count = 0;
	memset(&finds, 0, sizeof(finds));
	is_good = true;
	are_taken = false;
	taken = looked = heard = 0;
	rights_say = http_says = KA_ERR_OK;
	order[0] = last[0] = '\0';
	return 0;
}

static void add(const char *name, enum ka_conf_kind kind, const char *command)
{
	struct ka_conf_source *s = &conf.sources[conf.sources_count++];

	memset(s, 0, sizeof(*s));
	assert_true(ka_span_copy(ka_span_of(name), s->name, sizeof(s->name)));
	s->kind = kind;
	s->command = command;
}

static enum ka_err each(void)
{
	return ka_sourcecheck_each(&conf, take, &heard);
}

static void each__key_files__need_nothing(void **state)
{
	(void)state;
	assert_int_equal(each(), KA_ERR_OK);
	add("home", KA_CONF_KIND_FILE, "");
	assert_int_equal(each(), KA_ERR_OK);
	assert_int_equal(heard + looked + taken, 0);
}

static void each__several__in_the_order_of_the_configuration(void **state)
{
	(void)state;
	add("store", KA_CONF_KIND_HTTP, "");
	add("home", KA_CONF_KIND_FILE, "");
	add("sss", KA_CONF_KIND_COMMAND, "/usr/bin/sss %u");
	add("backup", KA_CONF_KIND_HTTP, "");
	assert_int_equal(each(), KA_ERR_OK);
	assert_string_equal(order, "store sss backup ");
	assert_string_equal(last, "backup was looked at");
	assert_true(last_check.is_warning);
	assert_int_equal(taken, 1);
	assert_false(are_taken);
}

static void each__no_memory__ends_at_once(void **state)
{
	(void)state;
	add("sss", KA_CONF_KIND_COMMAND, "/usr/bin/sss");
	add("store", KA_CONF_KIND_HTTP, "");
	add("after", KA_CONF_KIND_COMMAND, "/usr/bin/sss");
	http_says = KA_ERR_NOMEM;
	assert_int_equal(each(), KA_ERR_NOMEM);
	assert_string_equal(order, "sss ");
	rights_say = KA_ERR_NOMEM;
	assert_int_equal(each(), KA_ERR_NOMEM);
	assert_string_equal(order, "sss ");
	assert_int_equal(looked, 1);
}

static void command__can_be_run__is_said_by_its_first_word(void **state)
{
	(void)state;
	add("sss", KA_CONF_KIND_COMMAND, "/usr/bin/sss_ssh_authorizedkeys\t%u --x");
	assert_int_equal(each(), KA_ERR_OK);
	assert_int_equal(last_check.reason, KA_REASON_NONE);
	assert_false(last_check.is_warning);
	assert_string_equal(last, "/usr/bin/sss_ssh_authorizedkeys can be run");
}

static void command__hostile_or_long_path__is_escaped_and_cut(void **state)
{
	static char path[KA_CONF_ERROR_MAX * 2];

	(void)state;
	add("sss", KA_CONF_KIND_COMMAND, "/x\x1b[2J\n\xff/y %u");
	assert_int_equal(each(), KA_ERR_OK);
	assert_string_equal(last, "/x\\x1b[2J\\x0a\\xff/y can be run");
	memset(path, '\x1b', sizeof(path) - 1);
	path[0] = '/';
	conf.sources[0].command = path;
	assert_int_equal(each(), KA_ERR_OK);
	assert_true(strlen(last) <= KA_CONFWHY_PATH_SHOWN_MAX + strlen(" can be run"));
	assert_non_null(strstr(last, "... can be run"));
}

static void command__cannot_be_run__reason_and_what_to_do(void **state)
{
	(void)state;
	add("sss", KA_CONF_KIND_COMMAND, "/usr/bin/sss %u");
	is_good = false;
	finds = (struct ka_permwalk_refusal){ .reason = KA_REASON_CONF_UNSAFE, .path = "/usr/bin/sss", .mode = 0100777 };
	assert_int_equal(each(), KA_ERR_OK);
	assert_string_equal(ka_reason_id(last_check.reason), "conf.unsafe");
	assert_string_equal(last, "/usr/bin/sss: mode 0777, owner 0: others may write to it, so it is not believed; mend: chmod go-w /usr/bin/sss");
	/* not there: the store cannot be asked */
	finds = (struct ka_permwalk_refusal){ .errnum = ENOENT, .path = "/usr/bin/s\x1b[2J" };
	assert_int_equal(each(), KA_ERR_OK);
	assert_string_equal(ka_reason_id(last_check.reason), "store.unreachable");
	assert_string_equal(last, "/usr/bin/s\\x1b[2J: is not there");
	assert_false(last_check.is_warning);
	assert_false(are_taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each__key_files__need_nothing, setup),
		cmocka_unit_test_setup(each__several__in_the_order_of_the_configuration, setup),
		cmocka_unit_test_setup(each__no_memory__ends_at_once, setup),
		cmocka_unit_test_setup(command__can_be_run__is_said_by_its_first_word, setup),
		cmocka_unit_test_setup(command__hostile_or_long_path__is_escaped_and_cut, setup),
		cmocka_unit_test_setup(command__cannot_be_run__reason_and_what_to_do, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
