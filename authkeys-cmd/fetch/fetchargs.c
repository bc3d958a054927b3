/* Arguments. Everything is judged here, so that nothing behind it needs to. */
#include "authkeys-cmd/fetch/fetchargs.h"

#include <string.h>

#include "authkeys-cmd/fetch/fetchdownload.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/username.h"
#include "key/keyb64.h"
#include "key/keyfpr.h"
#include "store/entry.h"
#include "store/question.h"

#include "base/poison.h"

static bool is_user(const char *name)
{
	return ka_username_is_valid(ka_span_of(name)) || strcmp(name, KA_QUESTION_REVOKED) == 0 || strcmp(name, KA_QUESTION_INDEX) == 0;
}

/* what takes a value, what does not, and for which job it is */
struct option {
	const char *name;
	enum ka_fetchargs_job job;
	const char **value;
	bool *flag;
	bool is_job;
};

/* what it is the key of is the store's business, but it must not end a URL or a header */
static bool is_base64(struct ka_span s)
{
	return s.len <= KA_LINE_MAX && ka_keyb64_alphabet_len(s) == s.len;
}

static bool is_sha256(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return s.len == KA_ENTRY_HEX - 1;
}

static const char *judge_one(const struct ka_fetchargs *a, const char *deadline, size_t names, int *ms)
{
	uint64_t v = KA_FETCH_DEADLINE_MS;

	if (names != 2)
		return "needs SOURCE and USER";
	if (!is_user(a->user))
		return "USER is no user name that a store is asked for";
	if (a->fp[0] != '\0' && !ka_keyfpr_is_valid(ka_span_of(a->fp)))
		return "--fp takes a fingerprint, SHA256:...";
	if (a->key[0] != '\0' && (a->fp[0] == '\0' || !is_base64(ka_span_of(a->key))))
		return "--key takes a key in base64, and goes with --fp";
	if (a->except[0] != '\0' && !is_sha256(ka_span_of(a->except)))
		return "--except takes a SHA-256 in lower-case hex";
	if (deadline[0] != '\0' && (!ka_text_to_u64(ka_span_of(deadline), KA_FETCH_DEADLINE_MAX_MS, &v) || v == 0))
		return "--deadline takes milliseconds, from 1 to 60000";
	*ms = (int)v;
	return NULL;
}

static bool is_pins(struct ka_span s)
{
	static const char algorithm[] = "sha256//";
	struct ka_span pin;

	while (ka_text_word(&s, &pin)) {
		struct ka_span hash = ka_span_sub(pin, sizeof(algorithm) - 1, pin.len);

		if (!ka_span_starts(pin, algorithm) || hash.len != KA_FETCH_PIN_BASE64 || ka_keyb64_alphabet_len(hash) != hash.len)
			return false;
	}
	return true;
}

static const char *judge_download(struct ka_fetchargs *a, const char *max)
{
	if (!ka_fetchdownload_is_url(a->url))
		return "--download takes an https URL without a %, or an http one of this host";
	if (a->ca_file[0] != '\0' && a->ca_file[0] != '/')
		return "--ca-file takes an absolute path";
	if (!is_pins(ka_span_of(a->pins)))
		return "--pins takes sha256//BASE64, one or more with blanks between";
	if (!ka_text_to_u64(ka_span_of(max), KA_FETCH_DOWNLOAD_MAX, &a->max) || a->max == 0)
		return "--max takes a number of bytes, up to 1073741824";
	return NULL;
}

/* the option at argv[*i], and its value behind it; NULL: taken */
static const char *take(const struct option *o, int argc, char *const *argv, int *i)
{
	if (o->flag != NULL)
		*o->flag = true;
	if (o->value == NULL)
		return NULL;
	if (*i + 1 >= argc || argv[*i + 1][0] == '\0')
		return "needs a value behind that option";
	*o->value = argv[++*i];
	return NULL;
}

void ka_fetchargs_parse(int argc, char *const *argv, struct ka_fetchargs *a)
{
	const char *deadline = "", *max = "";
	const struct option options[] = {
		{ "--deadline", KA_FETCH_ONE, &deadline, NULL, false }, { "--fp", KA_FETCH_ONE, &a->fp, NULL, false },
		{ "--key", KA_FETCH_ONE, &a->key, NULL, false }, { "--except", KA_FETCH_ONE, &a->except, NULL, false },
		{ "--background", KA_FETCH_ONE, NULL, &a->background, false },
		{ "--source", KA_FETCH_REFRESH, &a->only_source, NULL, false }, { "--now", KA_FETCH_REFRESH, NULL, &a->now, false },
		{ "--refresh", KA_FETCH_REFRESH, NULL, NULL, true }, { "--wanted", KA_FETCH_WANTED, NULL, NULL, true },
		{ "--download", KA_FETCH_DOWNLOAD, &a->url, NULL, true }, { "--max", KA_FETCH_DOWNLOAD, &max, NULL, false },
		{ "--ca-file", KA_FETCH_DOWNLOAD, &a->ca_file, NULL, false }, { "--pins", KA_FETCH_DOWNLOAD, &a->pins, NULL, false },
		{ "--help", KA_FETCH_HELP, NULL, NULL, true }, { "--version", KA_FETCH_VERSION, NULL, NULL, true },
	};
	unsigned used = 0; /* by job, for options that belong to one */
	size_t names = 0, j;

	*a = (struct ka_fetchargs){ .source = "", .user = "", .fp = "", .key = "", .except = "", .only_source = "",
				    .url = "", .ca_file = "", .pins = "",
				    .deadline_ms = KA_FETCH_DEADLINE_MS };
	for (int i = 1; a->wrong == NULL && i < argc; i++) {
		for (j = 0; j < KA_ARRAY_LEN(options) && strcmp(argv[i], options[j].name) != 0;)
			j++;
		if (j < KA_ARRAY_LEN(options)) {
			a->wrong = take(&options[j], argc, argv, &i);
			a->job = options[j].is_job ? options[j].job : a->job;
			used |= 1u << options[j].job;
		} else if (argv[i][0] == '-' || names == 2) {
			a->wrong = argv[i][0] == '-' ? "does not know that option" : "takes two names only";
		} else {
			*(names++ == 0 ? &a->source : &a->user) = argv[i];
		}
	}
	if (a->wrong == NULL && (used & ~(1u << a->job)) != 0)
		a->wrong = "was given options that do not belong together";
	if (a->wrong == NULL && a->job == KA_FETCH_ONE)
		a->wrong = judge_one(a, deadline, names, &a->deadline_ms);
	else if (a->wrong == NULL && names > 0)
		a->wrong = "takes names only without --refresh, --wanted and --download";
	else if (a->wrong == NULL && a->job == KA_FETCH_DOWNLOAD)
		a->wrong = judge_download(a, max);
}
