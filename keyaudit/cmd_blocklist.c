/* keyaudit blocklist: lists of keys whose private half is known: bringing them, looking at them, asking them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/blocklist/blocklookup.h"
#include "keyaudit/blocklist/blockstatus.h"
#include "keyaudit/blocklist/blockupdate.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "keyaudit/vet/linestream.h"
#include "source/confload.h"

#include "base/poison.h"

#define UPDATE_SCHEMA "keyaudit.blocklist-update/1"

static const char usage[] =
	"usage: keyaudit blocklist update FILE|URL [--to PATH] [--names FILE]\n"
	"                [--sum HEX] [--ca-file FILE] [--pins LIST] [--allow-shrink]\n"
	"                [--json] [-c CONFIGURATION]\n"
	"       keyaudit blocklist status [--json] [-c CONFIGURATION]\n"
	"       keyaudit blocklist lookup FILE|-|KEY [--json] [-c CONFIGURATION]\n\n"
	"update   bring a list of compromised keys in badkeys' format, look at every\n"
	"         record, and put it in the place of the first list of the configuration,\n"
	"         else of " KA_PATH_BLOCKLIST ".\n"
	"         FILE or URL is badkeysdata.json, which names the list and its SHA-256,\n"
	"         or the list itself; what xz has packed is unpacked. Nothing changes\n"
	"         unless all of it is good\n"
	"status   each list: records, age, what the judge would say of it\n"
	"lookup   whether keys are in the built-in table or in a list: those of a file,\n"
	"         of standard input, or one given as a word, \"ssh-ed25519 AAAA...\"\n\n"
	"  --to PATH        another list than the first of the configuration\n"
	"  --names FILE     badkeysdata.json for a list that comes without it: names, sum\n"
	"  --sum HEX        what the unpacked list must have\n"
	"  --ca-file FILE   of the server: these certificate authorities and no others\n"
	"  --pins LIST      of the server: these public keys only, sha256//BASE64\n"
	"  --allow-shrink   also when it has less than nine tenths of the records in use\n"
	"  --json           one object (per list, per key)\n"
	"  -c CONFIGURATION another configuration\n\n"
	"Exit status: 0 fine, 1 what came is no such list, or was refused; a list cannot\n"
	"be used; a key is listed; 2 usage, 3 could not decide, 4 no key, 75 the server\n"
	"could not be asked, 77 no permission.\n\n"
	"examples:\n"
	"  sudo keyaudit blocklist update https://update.badkeys.info/v0/badkeysdata.json\n"
	"  keyaudit blocklist lookup ~/.ssh/id_rsa.pub\n";

struct blocklist {
	const char *verb, *what, *conf_path;
	struct ka_blockupdate update;
	bool json, has_to;
	struct ka_conf *conf;
	char first[KA_PATH_TRUSTED_MAX];
};

/* large */
struct lists {
	struct ka_blocklist list;
	struct ka_linestream lines;
};

static int load_conf(struct blocklist *b)
{
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));
	struct ka_conf_errors errors = { .count = 0 };
	struct ka_span paths, first;

	b->conf = calloc(1, sizeof(*b->conf));
	if (b->conf == NULL || load == NULL || ka_confload(b->conf_path, b->conf, load, &errors) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	if (load->reason != KA_REASON_NONE && load->reason != KA_REASON_CONF_DISABLED) {
		fprintf(stderr, "keyaudit blocklist: the configuration cannot be used: %s\n", load->text);
		return KA_EXIT_UNDECIDED;
	}
	paths = ka_span_of(b->conf->blocklist);
	if (!ka_text_word(&paths, &first) || !ka_span_copy(first, b->first, sizeof(b->first)))
		(void)ka_span_copy(ka_span_of(KA_PATH_BLOCKLIST), b->first, sizeof(b->first));
	return KA_EXIT_FINE;
}

static void open_lists(const struct blocklist *b, int64_t now, struct ka_blocklist *out)
{
	ka_blocklist_open(&(struct ka_blocklist_policy){ .paths = b->conf->blocklist, .is_required = b->conf->blocklist_required,
							 .max_age_sec = b->conf->blocklist_max_age_sec }, now, out);
}

/* does the configuration name what was put in place? */
static bool is_in_use(const struct blocklist *b)
{
	struct ka_span rest = ka_span_of(b->conf->blocklist), path;

	while (ka_text_word(&rest, &path))
		if (ka_span_is(path, b->update.to))
			return true;
	return false;
}

static void tell_json(const struct blocklist *b, const struct ka_blockupdate_out *out)
{
	char text[KA_BLOCKSTATUS_JSON_MAX];
	struct ka_buf buf;

	ka_buf_init_array(&buf, text);
	ka_jsonout_object(&buf, NULL);
	ka_jsonout_plain(&buf, "schema", UPDATE_SCHEMA);
	ka_jsonout_text(&buf, "path", ka_span_of(b->update.to), KA_TEXT_PATH_MAX);
	ka_jsonout_bool(&buf, "in_use", is_in_use(b));
	ka_jsonout_u64(&buf, "records", out->records);
	ka_jsonout_u64(&buf, "before", out->old_records);
	ka_jsonout_plain(&buf, "sha256", out->sha256);
	ka_jsonout_u64(&buf, "names", out->meta.count);
	ka_jsonout_plain(&buf, "date", out->meta.date);
	ka_jsonout_bool(&buf, "deprecated", out->meta.is_deprecated);
	ka_jsonout_object_end(&buf);
	puts(text);
}

static void tell_unused(const struct blocklist *b, const struct ka_out *screen)
{
	bool is_first = b->conf->blocklist[0] == '\0';

	fputs(is_first ? "no list is in use yet: write \"blocklist = " : "this list is not in use: add \"", stdout);
	ka_out_escaped(screen, KA_OUT_PLAIN, b->update.to, KA_TEXT_PATH_MAX);
	puts(is_first ? "\" into [policy]" : "\" to blocklist in [policy]");
}

static void tell(const struct blocklist *b, const struct ka_blockupdate_out *out)
{
	struct ka_out screen;

	ka_out_init(&screen, stdout, KA_OUT_AUTO);
	if (b->json) {
		tell_json(b, out);
	} else {
		ka_out_escaped(&screen, KA_OUT_STRONG, b->update.to, KA_TEXT_PATH_MAX);
		printf(": %llu records, before that %llu; %zu lists with names\nsha256 %s\n", (unsigned long long)out->records,
		       (unsigned long long)out->old_records, out->meta.count, out->sha256);
		if (!is_in_use(b))
			tell_unused(b, &screen);
	}
	if (out->meta.is_deprecated)
		fputs("keyaudit blocklist: its publisher says that this address is deprecated: look for the new one at badkeys.info\n", stderr);
}

static int update(struct blocklist *b)
{
	KA_AUTOFREE struct ka_blockupdate_out *out = calloc(1, sizeof(*out));
	int status;

	if (b->what == NULL)
		return ka_usage_error("blocklist", "update wants a file or an address", NULL);
	b->update.from = b->what;
	if (!b->has_to)
		b->update.to = b->first;
	if (out == NULL)
		return KA_EXIT_UNDECIDED;
	status = ka_blockupdate(&b->update, out);
	if (status == KA_EXIT_FINE)
		tell(b, out);
	return status;
}

static int status(struct blocklist *b)
{
	KA_AUTOFREE struct lists *l = calloc(1, sizeof(*l));
	const int64_t now = ka_clock_wall_us() / 1000000;
	struct ka_blockstatus_row row;
	struct ka_out screen;
	int result = KA_EXIT_FINE;

	if (b->what != NULL)
		return ka_usage_stray("blocklist", b->what);
	if (l == NULL)
		return KA_EXIT_UNDECIDED;
	ka_out_init(&screen, stdout, KA_OUT_AUTO);
	open_lists(b, now, &l->list);
	if (l->list.count == 0 && !b->json)
		puts("no list is in use: [policy] blocklist names none");
	for (size_t i = 0; i < l->list.count; i++) {
		ka_blockstatus_look(&l->list, i, &row);
		if (b->json)
			ka_blockstatus_json(&row, now);
		else
			ka_blockstatus_text(&screen, &row, now);
		if (row.trouble != KA_REASON_NONE)
			result = KA_EXIT_FINDINGS;
	}
	ka_blocklist_close(&l->list);
	return result;
}

static enum ka_err look_up_all(struct ka_linestream *lines, int fd, struct ka_blocklookup *l)
{
	struct ka_span line;
	bool more = true;
	enum ka_err err;

	ka_linestream_init(lines, fd);
	while ((err = ka_linestream_next(lines, &line, &more)) == KA_ERR_OK && more)
		if ((err = ka_blocklookup_line(l, line)) != KA_ERR_OK)
			break;
	return err;
}

/* a word with a blank in it is a key, "-" standard input, everything else a file */
static enum ka_err look_up(const char *what, struct ka_linestream *lines, struct ka_blocklookup *l)
{
	KA_AUTOCLOSE int fd = -1;

	if (strchr(what, ' ') != NULL)
		return ka_blocklookup_line(l, ka_span_of(what));
	if (strcmp(what, "-") == 0)
		return look_up_all(lines, STDIN_FILENO, l);
	fd = open(what, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? KA_ERR_SYS : look_up_all(lines, fd, l);
}

static int lookup(struct blocklist *b)
{
	KA_AUTOFREE struct lists *l = calloc(1, sizeof(*l));
	struct ka_blocklookup found = { .json = b->json };
	enum ka_err err;

	if (b->what == NULL)
		return ka_usage_error("blocklist", "lookup wants a key or a file", NULL);
	if (l == NULL)
		return KA_EXIT_UNDECIDED;
	open_lists(b, ka_clock_wall_us() / 1000000, &l->list);
	found.lists = &l->list;
	err = look_up(b->what, &l->lines, &found);
	if (err != KA_ERR_OK)
		fprintf(stderr, "keyaudit blocklist: the keys cannot be read (%s)\n", strerrorname_np(errno));
	ka_blocklist_close(&l->list);
	if (found.listed > 0)
		return KA_EXIT_FINDINGS;
	if (err != KA_ERR_OK || found.troubled > 0)
		return KA_EXIT_UNDECIDED;
	return found.keys > 0 ? KA_EXIT_FINE : KA_EXIT_UNKNOWN;
}

static const struct verb {
	const char *name;
	int (*run)(struct blocklist *b);
} verbs[] = { { "update", update }, { "status", status }, { "lookup", lookup } };

static int take_word(struct blocklist *b, const char *word)
{
	if (b->verb == NULL)
		b->verb = word;
	else if (b->what == NULL)
		b->what = word;
	else
		return ka_usage_stray("blocklist", word);
	return KA_EXIT_FINE;
}

/* -1: go on */
static int parse(struct blocklist *b, int argc, char **argv)
{
	const char *to = "";
	const struct ka_word words[] = {
		{ "--to", &to }, { "--names", &b->update.names }, { "--sum", &b->update.sha256 }, { "--ca-file", &b->update.ca_file },
		{ "--pins", &b->update.pins }, { "-c", &b->conf_path },
	};
	int result = KA_EXIT_FINE;

	for (int i = 1; i < argc && result == KA_EXIT_FINE; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--json") == 0)
			b->json = true;
		else if (strcmp(argv[i], "--allow-shrink") == 0)
			b->update.may_shrink = true;
		else if (argv[i][0] == '-' && argv[i][1] != '\0')
			result = ka_words_take("blocklist", words, KA_ARRAY_LEN(words), argc, argv, &i);
		else
			result = take_word(b, argv[i]);
	}
	b->has_to = to[0] != '\0';
	b->update.to = to;
	return result == KA_EXIT_FINE ? -1 : result;
}

static bool is_sha256(const char *hex)
{
	size_t n = 0;

	while (ka_text_is_digit((uint8_t)hex[n]) || (hex[n] >= 'a' && hex[n] <= 'f'))
		n++;
	return hex[n] == '\0' && (n == 0 || n == 64);
}

int ka_cmd_blocklist(int argc, char **argv)
{
	struct blocklist b = { .conf_path = KA_PATH_CONF, .update = { .names = "", .sha256 = "", .ca_file = "", .pins = "" } };
	int result = parse(&b, argc, argv);

	if (result != -1)
		return result;
	if (!is_sha256(b.update.sha256))
		return ka_usage_error("blocklist", "--sum takes 64 digits of lower-case hex, not", b.update.sha256);
	for (size_t i = 0; b.verb != NULL && i < KA_ARRAY_LEN(verbs); i++) {
		if (strcmp(b.verb, verbs[i].name) != 0)
			continue;
		result = load_conf(&b);
		if (result == KA_EXIT_FINE)
			result = verbs[i].run(&b);
		free(b.conf);
		return result;
	}
	return ka_usage_error("blocklist", "update, status or lookup?", b.verb);
}
