/*
 * A policy about options, a NUL, and an option list: what passes was named by the policy, what is written for sshd reads back
 * without a fault, with every option that is demanded or forced in force, and none is expired.
 */
#include "vet/vetoption.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "conf/conf.h"
#include "tests/fuzz/fuzz.h"
#include "vet/vet.h"
#include "vet/vetconf.h"

#include "base/poison.h"

#define NOW 1790000000
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtC6lOnR6CPYYtt6aFOj8qovDKM1llMBecI56I6k4RP"

static struct ka_conf conf;
static struct ka_vetpolicy policy;
static struct ka_keyline k, again;
static struct ka_vet out;
static uint8_t storage[KA_BLOB_MAX], storage_again[KA_BLOB_MAX];
static char line[2 * KA_LINE_MAX], written[4 * KA_LINE_MAX];

/* those that a pattern never reaches */
static bool opens_a_door(enum ka_keyopt opt, bool is_no)
{
	static const char *const doors[] = { "cert-authority", "command", "principals", "environment", "permitopen", "permitlisten",
					     "tunnel", "no-touch-required", "no-verify-required" };

	for (size_t i = 0; i < KA_ARRAY_LEN(doors); i++)
		if (strcmp(ka_keyopts_name(opt, is_no), doors[i]) == 0)
			return true;
	return false;
}

static bool is_named(enum ka_keyopt opt, bool is_no)
{
	struct ka_span rest = ka_span_of(conf.options), word;

	while (ka_text_word(&rest, &word)) {
		bool is_pattern = ka_span_find(word, '*') < word.len || ka_span_find(word, '?') < word.len;
		enum ka_keyopt named;
		bool no;

		if (is_pattern ? !opens_a_door(opt, is_no) : ka_keyopts_lookup(word, &named, &no) && named == opt && no == is_no)
			return true;
	}
	return false;
}

/* sshd takes them in order */
static bool is_in_force(const struct ka_keyopts *o, enum ka_keyopt opt)
{
	bool on = false;

	for (size_t i = 0; i < o->count; i++)
		if (o->items[i].opt == opt)
			on = !o->items[i].is_no;
	return on;
}

static bool rejects(enum ka_reason reason)
{
	return policy.action[reason] == KA_ACTION_REJECT;
}

static void check_served(void)
{
	struct ka_buf b;
	int64_t at;

	for (size_t i = 0; i < k.options.count && rejects(KA_REASON_OPTION_NOT_ALLOWED) && rejects(KA_REASON_OPTION_CERT_AUTHORITY) &&
			   rejects(KA_REASON_OPTION_NO_TOUCH_REQUIRED); i++)
		MUST(is_named(k.options.items[i].opt, k.options.items[i].is_no));
	ka_buf_init_array(&b, written);
	ka_keyline_emit(&k, policy.force_options, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len > 1);
	ka_keyline_parse((struct ka_span){ (const uint8_t *)written, b.len - 1 }, storage_again, &again);
	if (again.options.truncated)
		return; /* more than we keep, and less than sshd takes */
	MUST(again.reason == KA_REASON_NONE && again.options.reason == KA_REASON_NONE);
	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++)
		MUST(!(policy.option_required[i] && rejects(KA_REASON_POLICY_OPTION_MISSING)) || is_in_force(&again.options, (enum ka_keyopt)i));
	for (size_t i = 0; i < again.options.count; i++)
		if (again.options.items[i].opt == KA_KEYOPT_EXPIRY_TIME && rejects(KA_REASON_OPTION_EXPIRED))
			MUST(ka_keyopts_expiry(again.options.items[i].value, 0, &at) && at >= NOW);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span all = { data, size }, about = ka_span_sub(all, 0, ka_span_find(all, 0)), list = ka_span_sub(all, about.len + 1, size);
	struct ka_vet_when when = { .now_sec = NOW, .whole = true, .ed25519 = KA_VET_ED25519_SOUND };
	struct ka_conf_errors errors = { 0 };
	struct ka_buf b;

	if (about.len >= size || list.len > KA_LINE_MAX / 2 || ka_span_find(list, '\n') < list.len)
		return 0;
	ka_conf_default(&conf);
	ka_conf_read(&conf, "policy.conf", about, &errors);
	ka_vetconf_make(&conf, &policy, &errors);
	if (errors.count > 0)
		return 0;
	ka_buf_init_array(&b, line);
	ka_buf_put(&b, list.p, list.len);
	ka_buf_text(&b, list.len > 0 ? " " KEY : KEY);
	ka_keyline_parse(ka_buf_as_span(&b), storage, &k);
	ka_vet_line(&k, &policy, &when, &out);
	if (out.verdict != KA_VERDICT_REJECT)
		check_served();
	return 0;
}
