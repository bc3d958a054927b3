/* Running sshd's command as sshd runs it, and remembering what came of it. */
#include "diag/cmdtry.h"

#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/spawn.h"
#include "base/text.h"
#include "base/zone.h"
#include "diag/cmdargv.h"
#include "diag/facts.h"
#include "diag/sshdcache.h"

#include "base/poison.h"

enum { PASSWD_BUFFER = 64 * 1024, KIND_MAX = KA_TEXT_PATH_MAX + 2 * KA_USER_NAME_MAX + 16 };

bool ka_cmdtry_end(int status, int exec_errnum, struct ka_cmdtry *out)
{
	if (exec_errnum == 0 && status == 0)
		return false;
	out->answer = exec_errnum != 0 ? KA_CMDTRY_UNRUN : WIFSIGNALED(status) ? KA_CMDTRY_SIGNAL : KA_CMDTRY_STATUS;
	out->number = exec_errnum != 0 ? exec_errnum : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	if (status == -1 && exec_errnum == 0)
		out->answer = KA_CMDTRY_UNKNOWN;
	return true;
}

/* the first line that is no comment; empty when there is none */
static struct ka_span first_line(const uint8_t *bytes, size_t len)
{
	struct ka_span line, text;
	struct ka_cursor c;

	ka_cursor_init(&c, bytes, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		text = ka_text_trim(line);
		if (text.len > 0 && text.p[0] != '#')
			return text;
	}
	return (struct ka_span){ bytes, 0 };
}

enum ka_err ka_cmdtry_read(const struct ka_facts *f, uint8_t *bytes, size_t len, struct ka_cmdtry *out)
{
	KA_AUTOFREE struct ka_keyscan_work *work = malloc(sizeof(*work));
	KA_AUTOFREE struct ka_keyscan *scan = malloc(sizeof(*scan));
	const struct ka_keyscan_query q = {
		.offers = f->offers, .offers_count = f->offers_count, .address = f->sshd.use_dns ? "" : f->subject->address,
		.now_sec = f->subject->now_sec, .local_offset_sec = ka_zone_offset_sec(f->subject->now_sec), .has_authorities = true,
	};
	struct ka_span first = first_line(bytes, len);

	if (work == NULL || scan == NULL)
		return KA_ERR_NOMEM;
	first = ka_span_sub(first, 0, first.len < KA_CMDTRY_BEGINS_MAX ? first.len : KA_CMDTRY_BEGINS_MAX);
	if (!ka_span_copy(first, out->begins, sizeof(out->begins)))
		out->begins[0] = '\0'; /* with a NUL in it */
	ka_keyscan_run(bytes, len, &q, work, scan);
	out->answer = scan->usable > 0 || first.len == 0 ? KA_CMDTRY_FINE : KA_CMDTRY_RUBBISH;
	for (size_t i = 0; i < f->offers_count; i++) {
		const struct ka_keyscan_hit *hit = ka_keyscan_hit(scan, i);

		out->is_listed[i] = hit != NULL && hit->fit == KA_KEYSCAN_LISTED && hit->reason == KA_REASON_NONE;
	}
	return KA_ERR_OK;
}

/* ---- what was seen: "ANSWER NUMBER TIME BEGINS", in root's own directory */

/* everything that another answer could come of, but for what the program itself looks at */
static bool make_name(const struct ka_facts *f, char out[static KA_SSHDCACHE_NAME_MAX])
{
	const struct ka_sshdask ask = { .program = f->cmd.path, .config = "", .user = "", .address = "" };
	char kind[KIND_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, kind);
	ka_buf_text(&b, "command\n");
	ka_buf_text(&b, f->sshd.command);
	ka_buf_char(&b, '\n');
	ka_buf_text(&b, f->sshd.command_user);
	ka_buf_char(&b, '\n');
	ka_buf_text(&b, f->subject->user);
	ka_buf_char(&b, '\0');
	return ka_buf_check(&b) == KA_ERR_OK && ka_sshdcache_name(&ask, kind, out);
}

static void keep(const struct ka_facts *f, const struct ka_cmdtry *seen)
{
	char name[KA_SSHDCACHE_NAME_MAX], text[3 * KA_CMDTRY_BEGINS_MAX + 4 * KA_TEXT_U64_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_u64(&b, (uint64_t)seen->answer);
	ka_buf_char(&b, ' ');
	ka_buf_u64(&b, (uint64_t)seen->number);
	ka_buf_char(&b, ' ');
	ka_buf_u64(&b, (uint64_t)ka_clock_wall_us());
	ka_buf_char(&b, ' ');
	ka_text_percent(&b, ka_span_of(seen->begins));
	if (ka_buf_check(&b) == KA_ERR_OK && make_name(f, name))
		ka_sshdcache_put(KA_PATH_SSHD_T, name, text, b.len);
}

static bool take_number(struct ka_span *rest, uint64_t most, uint64_t *out)
{
	struct ka_span word;

	return ka_text_word(rest, &word) && ka_text_to_u64(word, most, out);
}

static void recall(struct ka_facts *f)
{
	KA_AUTOFREE char *text = NULL;
	char name[KA_SSHDCACHE_NAME_MAX];
	uint64_t answer, number, at;
	struct ka_span rest, word;
	size_t len, n;

	if (!make_name(f, name) || !ka_sshdcache_get(KA_PATH_SSHD_T, name, KA_CMDTRY_AGE_SEC, &text, &len))
		return;
	rest = (struct ka_span){ (const uint8_t *)text, len };
	if (!take_number(&rest, KA_CMDTRY_LATE, &answer) || !take_number(&rest, INT32_MAX, &number) ||
	    !take_number(&rest, INT64_MAX, &at) || !ka_text_word(&rest, &word) || !ka_text_unpercent(word, f->tried.begins, sizeof(f->tried.begins), &n)) {
		f->tried.begins[0] = '\0';
		return;
	}
	f->tried.answer = (enum ka_cmdtry_answer)answer;
	f->tried.number = (int)number;
	f->tried.at_us = (int64_t)at;
}

/* ---- running it */

static void put_value(char *out, size_t size, const char *name, const char *value)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	ka_buf_text(&b, name);
	ka_buf_text(&b, value);
	ka_buf_char(&b, '\0');
	if (ka_buf_check(&b) != KA_ERR_OK)
		out[0] = '\0';
}

/* the words for this user and, where the line asks for it, the first key that was offered */
static bool make_argv(const struct ka_facts *f, struct ka_cmdargv *argv)
{
	char uid[KA_TEXT_U64_MAX];
	struct ka_cmdargv_values values = { .user = f->subject->user, .uid = uid, .home = f->home };

	ka_text_u64(f->uid, uid);
	for (size_t i = 0; i < f->offers_count && values.key == NULL; i++) {
		const struct ka_offer *o = &f->subject->offers[i];

		if (o->type[0] == '\0' || o->fp[0] == '\0' || o->key[0] == '\0')
			continue;
		values.type = o->type;
		values.fp = o->fp;
		values.key = o->key;
	}
	/* what was looked at is what runs: the first word, as sshd reads it */
	return ka_cmdargv_make(f->sshd.command, &values, argv) && strcmp(argv->argv[0], f->cmd.path) == 0;
}

static enum ka_err judge(const struct ka_facts *f, enum ka_err err, const struct ka_spawn_out *run, bool is_late, struct ka_cmdtry *out)
{
	switch (err) {
	case KA_ERR_OK:
		if (is_late && WIFSIGNALED(run->status) && WTERMSIG(run->status) == SIGKILL) { /* by us: its output was at its end, and it not */
			out->answer = KA_CMDTRY_LATE;
			return KA_ERR_OK;
		}
		if (ka_cmdtry_end(run->status, run->exec_errnum, out))
			return KA_ERR_OK;
		return ka_cmdtry_read(f, (uint8_t *)run->output, run->len, out);
	case KA_ERR_TIMEOUT:
		out->answer = KA_CMDTRY_LATE;
		return KA_ERR_OK;
	case KA_ERR_NOMEM:
		return err;
	case KA_ERR_LIMIT:
	case KA_ERR_SYS:
	case KA_ERR_SYNTAX:
	case KA_ERR_CRYPTO:
	case KA_ERR_BUG:
	default:
		return KA_ERR_OK;
	}
}

/* with the rights of its user, which the caller has taken */
static enum ka_err spawn(const struct ka_facts *f, const struct ka_cmdargv *argv, const char *home, struct ka_cmdtry *out)
{
	char user_env[KA_USER_NAME_MAX + 8], logname_env[KA_USER_NAME_MAX + 16], home_env[KA_TEXT_PATH_MAX + 8];
	const char *env[] = { user_env, logname_env, home_env, NULL };
	const struct ka_spawn what = { .argv = argv->argv, .env = env, .output_max = KA_CMDTRY_OUTPUT_MAX, .deadline_ms = KA_CMDTRY_MS };
	struct ka_spawn_out run = { .output = NULL };
	int64_t until = ka_clock_boot_ms() + KA_CMDTRY_MS;
	enum ka_err err;

	put_value(user_env, sizeof(user_env), "USER=", f->sshd.command_user);
	put_value(logname_env, sizeof(logname_env), "LOGNAME=", f->sshd.command_user);
	put_value(home_env, sizeof(home_env), "HOME=", home);
	err = ka_spawn_run(&what, &run);
	err = judge(f, err, &run, ka_clock_boot_ms() >= until, out);
	free(run.output);
	return err;
}

static enum ka_err try(struct ka_facts *f, const struct ka_cmdargv *argv)
{
	KA_AUTOFREE char *buffer = malloc(PASSWD_BUFFER);
	struct passwd pw, *found = NULL;
	struct ka_rights rights;
	enum ka_err err;

	if (buffer == NULL)
		return KA_ERR_NOMEM;
	if (getpwnam_r(f->sshd.command_user, &pw, buffer, PASSWD_BUFFER, &found) != 0 || found == NULL || pw.pw_uid == 0)
		return KA_ERR_OK; /* what sshd runs as root is not run by us */
	err = ka_rights_take(f->sshd.command_user, &rights);
	if (err != KA_ERR_OK)
		return err;
	if (rights.answer == KA_RIGHTS_TAKEN && geteuid() != 0)
		err = spawn(f, argv, pw.pw_dir, &f->tried);
	ka_rights_give_back(&rights);
	return err;
}

enum ka_err ka_cmdtry_look(struct ka_facts *f)
{
	KA_AUTOFREE struct ka_cmdargv *argv = NULL;
	enum ka_err err;

	memset(&f->tried, 0, sizeof(f->tried));
	if (!f->subject->by_hand || !f->subject->may_ask) {
		recall(f);
		return KA_ERR_OK;
	}
	argv = malloc(sizeof(*argv));
	if (argv == NULL)
		return KA_ERR_NOMEM;
	if (!make_argv(f, argv))
		return KA_ERR_OK;
	err = try(f, argv);
	if (err == KA_ERR_OK && f->tried.answer != KA_CMDTRY_UNKNOWN)
		keep(f, &f->tried);
	return err;
}
