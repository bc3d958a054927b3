/*
 * keyaudit doctor: why can USER not log in with a key, and how is it mended? The
 * same facts, rules and reasons as the events of the trail; here only asked and shown.
 */
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/text.h"
#include "diag/diagnosis.h"
#include "key/keyfpr.h"
#include "key/keyline.h"
#include "keyaudit/cmd.h"
#include "keyaudit/doctor_json.h"
#include "keyaudit/doctor_show.h"
#include "keyaudit/install_check.h"
#include "keyaudit/lastrefusal.h"
#include "source/confload.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit doctor [--json] [-c FILE]\n"
	"       keyaudit doctor USER [--key FILE|FINGERPRINT] [--from IP] [--json] [-c FILE]\n\n"
	"Without USER: is keyaudit installed well, and does sshd ask it?\n"
	"With USER: what keeps USER from logging in with a key, the evidence, and the command that mends it.\n"
	"  --key      the key in question: a public key file, or SHA256:...; without it the keys of the last refusal\n"
	"  --from IP  as a client with this address (from= options, Match blocks)\n"
	"  --json     one JSON object (schema keyaudit.doctor/1)\n"
	"  -c FILE    another configuration file\n"
	"Exit status: 0 nothing found, 1 findings, 2 usage, 3 could not decide, 4 no such user.\n\n"
	"examples:\n  sudo keyaudit doctor alice --from 203.0.113.7\n"
	"  sudo keyaudit doctor alice --key /tmp/alice.pub --json\n";

struct doctor {
	const char *user, *key, *from, *conf_path;
	bool json;
	struct ka_conf conf;
	struct ka_confload load;
	struct ka_conf_errors errors;
	struct ka_diag_subject subject;
	struct ka_offer offers[KA_DIAG_OFFERS_MAX];
	struct ka_diagnosis diagnosis;
	struct ka_lastrefusal last;
	struct ka_keyline line;
	uint8_t storage[KA_BLOB_MAX];
	char plain[KA_BLOB_MAX];
};

/* the first key line of a public key file; false when there is none */
static bool take_key_file(struct doctor *d, const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct ka_offer *o = &d->offers[0];
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	struct ka_buf b;
	size_t len;

	if (fd < 0 || ka_fd_slurp(fd, KA_CONF_FILE_MAX, &text, &len) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		ka_keyline_parse(line, d->storage, &d->line);
		if (d->line.reason != KA_REASON_NONE)
			continue;
		ka_buf_init_array(&b, d->plain);
		ka_keyblob_plain(&d->line.key, &b);
		ka_keyfpr_text(ka_buf_as_span(&b), o->fp);
		ka_span_copy(ka_span_of(ka_keyblob_name(&d->line.key)), o->type, sizeof(o->type));
		if (!ka_span_copy(d->line.base64, o->key, sizeof(o->key)))
			o->key[0] = '\0';
		d->subject.offers_count = 1;
		return true;
	}
	return false;
}

/* which keys are asked about */
static bool take_offers(struct doctor *d)
{
	d->subject.offers = d->offers;
	if (d->key != NULL && ka_keyfpr_is_valid(ka_span_of(d->key))) {
		ka_span_copy(ka_span_of(d->key), d->offers[0].fp, sizeof(d->offers[0].fp));
		d->subject.offers_count = 1;
		return true;
	}
	if (d->key != NULL)
		return take_key_file(d, d->key);
	/* what sshd itself refused last is the best question to ask */
	for (size_t i = 0; i < d->last.offers_count; i++)
		d->offers[d->subject.offers_count++] = d->last.offers[i];
	if (d->from == NULL && d->last.address[0] != '\0')
		ka_span_copy(ka_span_of(d->last.address), d->subject.address, sizeof(d->subject.address));
	return true;
}

static int examine(struct doctor *d)
{
	enum ka_reason reason;

	if (ka_confload(d->conf_path, &d->conf, &d->load, &d->errors) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	reason = d->load.reason;
	d->subject.conf_reason = reason;
	d->subject.conf_text = d->load.text;
	if (reason != KA_REASON_CONF_INVALID && reason != KA_REASON_CONF_UNSAFE)
		d->subject.conf = &d->conf;
	else
		ka_conf_default(&d->conf);
	d->subject.now_sec = ka_clock_wall_us() / 1000000;
	ka_span_copy(ka_span_of(d->user), d->subject.user, sizeof(d->subject.user));
	if (d->from != NULL)
		ka_span_copy(ka_span_of(d->from), d->subject.address, sizeof(d->subject.address));
	ka_lastrefusal_find(d->conf.trail, d->user, &d->last);
	if (!take_offers(d)) {
		fputs("keyaudit doctor: --key wants a fingerprint (SHA256:...) or a readable public key file with one good key\n", stderr);
		return KA_EXIT_USAGE;
	}
	d->subject.is_general = d->subject.offers_count == 0;
	if (ka_diagnosis_run(&d->subject, &d->diagnosis) != KA_ERR_OK) {
		fputs("keyaudit doctor: out of memory or processes\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	if (d->json)
		ka_doctor_json_user(&d->subject, &d->diagnosis, &d->last);
	else
		ka_doctor_show_user(&d->subject, &d->diagnosis, &d->last);
	if (geteuid() != 0 && !d->diagnosis.has_primary)
		return KA_EXIT_UNDECIDED;
	return d->diagnosis.has_primary ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

static int examine_installation(const struct doctor *d)
{
	KA_AUTOFREE struct ka_install *list = calloc(1, sizeof(*list));
	int status = KA_EXIT_FINE;

	if (list == NULL || ka_install_check(d->conf_path, list) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].state == KA_INSTALL_FAIL)
			status = KA_EXIT_FINDINGS;
	if (d->json)
		ka_doctor_json_install(list);
	else
		ka_doctor_show_install(list);
	return status;
}

/* false: usage */
static bool read_args(int argc, char **argv, struct doctor *d)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--key") == 0 ? &d->key : strcmp(argv[i], "--from") == 0 ? &d->from :
				     strcmp(argv[i], "-c") == 0 ? &d->conf_path : NULL;

		if (value != NULL && i + 1 < argc)
			*value = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			d->json = true;
		else if (argv[i][0] != '-' && d->user == NULL)
			d->user = argv[i];
		else
			return false;
	}
	return d->user != NULL || (d->key == NULL && d->from == NULL);
}

int ka_cmd_doctor(int argc, char **argv)
{
	KA_AUTOFREE struct doctor *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return KA_EXIT_UNDECIDED;
	d->conf_path = KA_PATH_CONF;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return KA_EXIT_FINE;
	}
	if (!read_args(argc, argv, d) || (d->user != NULL && strlen(d->user) >= KA_USER_NAME_MAX)) {
		fputs(usage, stderr);
		return KA_EXIT_USAGE;
	}
	if (d->user == NULL)
		return examine_installation(d);
	if (getpwnam(d->user) == NULL) {
		fputs("keyaudit doctor: no such user here (getent passwd): sshd refuses unknown users before it looks at a key\n", stderr);
		return KA_EXIT_UNKNOWN;
	}
	return examine(d);
}
