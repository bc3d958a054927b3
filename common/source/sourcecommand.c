/* Running another AuthorizedKeysCommand. Values go into words, never words into values: there is no shell to misread them. */
#include "source/sourcecommand.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "base/text.h"
#include "conf/confexpand.h"
#include "key/keyline.h"
#include "source/sourcepath.h"

#include "base/poison.h"

/* everything that is too large for the stack */
struct work {
	const char *argv[KA_SOURCE_COMMAND_WORDS_MAX + 1];
	struct ka_keyline line;
	uint8_t blob[KA_BLOB_MAX];
	char text[KA_SOURCE_COMMAND_TEXT_MAX]; /* the expanded words, each with its NUL */
};

static void refuse(struct ka_sourcefile_out *out, enum ka_reason reason, struct ka_span path)
{
	out->answer = KA_SOURCE_REFUSED;
	out->reason = reason;
	ka_span_copy(path, out->why.path, sizeof(out->why.path));
}

static void unavailable(struct ka_sourcefile_out *out, enum ka_reason reason, const char *path, int errnum)
{
	out->answer = KA_SOURCE_UNAVAILABLE;
	out->reason = reason;
	out->why.errnum = errnum;
	ka_span_copy(ka_span_of(path), out->why.path, sizeof(out->why.path));
}

/* sshd gives these as it has them; what could be taken for an option, or is none of its own, is not passed on */
static bool is_word_of_key(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && (s.p[i] == '\0' || strchr("+/=:@._-", s.p[i]) == NULL))
			return false;
	return s.len > 0 && s.p[0] != '-';
}

static bool put_value(struct ka_buf *b, uint8_t token, const struct ka_source_query *query)
{
	const char *text = token == 't' ? query->type : token == 'k' ? query->key : token == 'f' ? query->fp : NULL;
	struct ka_span value;

	if (token == '%') {
		ka_buf_char(b, '%');
		return true;
	}
	if (ka_sourcepath_value(token, query, &value)) {
		ka_buf_span(b, value);
		return true;
	}
	if (text == NULL || !is_word_of_key(ka_span_of(text)))
		return false;
	ka_buf_text(b, text);
	return true;
}

static bool expand_word(struct ka_span word, const struct ka_source_query *query, struct ka_buf *b)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.p[i] != '%')
			ka_buf_char(b, (char)word.p[i]);
		else if (++i == word.len || !put_value(b, word.p[i], query))
			return false;
	ka_buf_char(b, '\0');
	return ka_buf_check(b) == KA_ERR_OK;
}

/* false, and said, when a word cannot be made */
static bool make_argv(struct work *w, const struct ka_conf_source *source, const struct ka_source_query *query,
		      struct ka_sourcefile_out *out)
{
	struct ka_span rest = ka_span_of(source->command), word;
	struct ka_buf b;
	size_t n = 0;

	ka_buf_init_array(&b, w->text);
	while (ka_text_word(&rest, &word)) {
		if (n < KA_SOURCE_COMMAND_WORDS_MAX)
			w->argv[n++] = w->text + b.len;
		else
			b.overflow = true;
		if (!expand_word(word, query, &b)) {
			refuse(out, KA_REASON_CONF_INVALID, word);
			return false;
		}
	}
	w->argv[n] = NULL;
	return n > 0;
}

/* the program's path, which has no substitution in it */
static struct ka_span program_of(const struct ka_conf_source *source)
{
	struct ka_span rest = ka_span_of(source->command), word = { NULL, 0 };

	(void)ka_text_word(&rest, &word);
	return word;
}

bool ka_sourcecommand_look(const struct ka_conf_source *source, struct ka_permwalk_refusal *why)
{
	static const struct ka_permwalk_trust root = { .owner = 0 };
	char path[KA_PATH_TRUSTED_MAX];
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	memset(why, 0, sizeof(*why));
	if (!ka_span_copy(program_of(source), path, sizeof(path)) || ka_permwalk_open(path, &root, &fd, why) != KA_ERR_OK) {
		why->errnum = ENAMETOOLONG;
		return false;
	}
	if (fd < 0)
		return false;
	/* what was judged and what is executed are one: nobody but root could put another in its place */
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0)
		return true;
	why->errnum = errno;
	ka_span_copy(ka_span_of(path), why->path, sizeof(why->path));
	if (fstat(fd, &st) == 0) {
		why->mode = st.st_mode;
		why->uid = st.st_uid;
		why->gid = st.st_gid;
	}
	return false;
}

static bool may_run(const struct ka_conf_source *source, struct ka_sourcefile_out *out)
{
	if (ka_sourcecommand_look(source, &out->why))
		return true;
	out->answer = out->why.reason != KA_REASON_NONE ? KA_SOURCE_REFUSED : KA_SOURCE_UNAVAILABLE;
	out->reason = out->why.reason != KA_REASON_NONE ? out->why.reason : KA_REASON_STORE_UNREACHABLE;
	return false;
}

/* a key of whatever quality: what is wrong with it is vetting's to say */
static bool is_key(const struct ka_keyline *line)
{
	return line->reason == KA_REASON_NONE || (line->key.type != NULL && line->key.blob.len > 0);
}

static void judge_text(struct work *w, struct ka_span text, struct ka_sourcefile_out *out)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		ka_keyline_parse(line, w->blob, &w->line);
		if (is_key(&w->line)) {
			out->answer = KA_SOURCE_FOUND;
			out->reason = KA_REASON_NONE;
			return;
		}
		if (w->line.reason != KA_REASON_LINE_EMPTY)
			refuse(out, KA_REASON_STORE_BAD_ANSWER, ka_span_of(w->argv[0]));
	}
}

/* its end; false, and said, when nothing that it printed counts */
static bool judge_end(const struct work *w, const struct ka_spawn_out *run, bool is_late, struct ka_sourcefile_out *out,
		      struct ka_source_evidence *evidence)
{
	if (run->exec_errnum != 0 || run->status == -1) {
		unavailable(out, KA_REASON_STORE_UNREACHABLE, w->argv[0], run->exec_errnum);
		return false;
	}
	if (run->status == 0)
		return true;
	if (is_late && WIFSIGNALED(run->status) && WTERMSIG(run->status) == SIGKILL) {
		unavailable(out, KA_REASON_STORE_TIMEOUT, w->argv[0], 0);
		return false;
	}
	evidence->status = WIFEXITED(run->status) ? WEXITSTATUS(run->status) : 128 + WTERMSIG(run->status);
	refuse(out, KA_REASON_STORE_BAD_ANSWER, ka_span_of(w->argv[0]));
	return false;
}

static enum ka_err run(struct work *w, const struct ka_conf_source *source, struct ka_sourcefile_out *out,
		       struct ka_source_evidence *evidence, struct ka_spawn_out *run)
{
	static const char user[] = "USER=" KA_COMMAND_USER, logname[] = "LOGNAME=" KA_COMMAND_USER, home[] = "HOME=/";
	const char *env[] = { user, logname, home, NULL };
	const struct ka_spawn what = { .argv = w->argv, .env = env, .output_max = KA_SOURCE_FILE_MAX, .deadline_ms = (int)source->deadline_ms };
	int64_t until = ka_clock_boot_ms() + what.deadline_ms;
	enum ka_err err = ka_spawn_run(&what, run);

	switch (err) {
	case KA_ERR_OK:
		if (judge_end(w, run, ka_clock_boot_ms() >= until, out, evidence))
			judge_text(w, (struct ka_span){ (const uint8_t *)run->output, run->len }, out);
		return KA_ERR_OK;
	case KA_ERR_TIMEOUT:
		unavailable(out, KA_REASON_STORE_TIMEOUT, w->argv[0], 0);
		return KA_ERR_OK;
	case KA_ERR_LIMIT:
		refuse(out, KA_REASON_STORE_TOO_LARGE, ka_span_of(w->argv[0]));
		return KA_ERR_OK;
	case KA_ERR_SYS:
		unavailable(out, KA_REASON_STORE_UNREACHABLE, w->argv[0], errno);
		return KA_ERR_OK;
	case KA_ERR_NOMEM:
	case KA_ERR_SYNTAX:
	case KA_ERR_CRYPTO:
	case KA_ERR_BUG:
	default:
		return err;
	}
}

enum ka_err ka_sourcecommand_read(const struct ka_conf_source *source, const struct ka_source_query *query,
				  ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out,
				  struct ka_source_evidence *evidence)
{
	struct ka_spawn_out printed = { .output = NULL };
	KA_AUTOFREE struct work *w = malloc(sizeof(*w));
	enum ka_err err;

	*out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_NO_KEYS, .reason = KA_REASON_STORE_NO_KEYS };
	*evidence = ka_source_evidence_none();
	if (w == NULL)
		return KA_ERR_NOMEM;
	if (!make_argv(w, source, query, out) || !may_run(source, out))
		return KA_ERR_OK;
	err = run(w, source, out, evidence, &printed);
	if (err == KA_ERR_OK && out->answer == KA_SOURCE_FOUND) {
		out->files = 1;
		take(ctx, w->argv[0], (struct ka_span){ (const uint8_t *)printed.output, printed.len });
	}
	free(printed.output);
	return err;
}

bool ka_sourcecommand_needs_key(const struct ka_conf_source *source)
{
	struct ka_span command = ka_span_of(source->command);

	return ka_confexpand_has(command, 't') || ka_confexpand_has(command, 'k') || ka_confexpand_has(command, 'f');
}
