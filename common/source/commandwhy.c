/* Words for what another program did. Decides nothing. */
#include "source/commandwhy.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "source/confwhy.h"

#include "base/poison.h"

static void path(const char *text, struct ka_buf *b)
{
	ka_text_escape(b, ka_span_of(text), 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(b, ": ");
}

void ka_commandwhy_look(const struct ka_permwalk_refusal *why, struct ka_buf *b)
{
	bool is_readable = S_ISREG(why->mode) && (why->mode & 0444) == 0444;

	if (why->reason == KA_REASON_NONE && why->errnum == EACCES && is_readable) {
		path(why->path, b);
		ka_buf_text(b, "mode ");
		ka_buf_octal(b, (unsigned)why->mode & 07777, 4);
		ka_buf_text(b, ": " KA_COMMAND_USER " may not execute it");
		ka_confwhy_mend(b, "chmod a+x ", "let everybody execute it", ka_span_of(why->path));
		return;
	}
	if (why->reason != KA_REASON_NONE || why->errnum == EACCES || why->errnum == ENOENT || why->errnum == ENOTDIR ||
	    why->errnum == ELOOP || why->errnum == ENAMETOOLONG) {
		ka_confwhy_write(why, false, b);
		return;
	}
	path(why->path, b);
	ka_buf_text(b, "cannot be executed, error ");
	ka_buf_i64(b, why->errnum);
}

static void bad_answer(const struct ka_source_evidence *evidence, struct ka_buf *b)
{
	if (evidence->status < 0) {
		ka_buf_text(b, "printed something that is no list of keys; run it by hand as " KA_COMMAND_USER);
		return;
	}
	ka_buf_text(b, "ended with status ");
	ka_buf_i64(b, evidence->status);
	ka_buf_text(b, "; what it printed does not count then");
}

void ka_commandwhy_write(const struct ka_conf_source *source, const struct ka_sourcefile_out *out,
			 const struct ka_source_evidence *evidence, struct ka_buf *b)
{
	if (out->why.reason != KA_REASON_NONE || out->reason == KA_REASON_STORE_UNREACHABLE) {
		ka_commandwhy_look(&out->why, b);
		return;
	}
	path(out->why.path[0] != '\0' ? out->why.path : source->command, b);
	switch ((unsigned)out->reason) {
	case KA_REASON_CONF_INVALID:
		ka_buf_text(b, "what it stands for was not given, or must not stand in a command line");
		break;
	case KA_REASON_STORE_TIMEOUT:
		ka_buf_text(b, "did not end within ");
		ka_buf_u64(b, source->deadline_ms);
		ka_buf_text(b, "ms");
		break;
	case KA_REASON_STORE_TOO_LARGE:
		ka_buf_text(b, "printed more than 4 MiB");
		break;
	case KA_REASON_STORE_BAD_ANSWER:
		bad_answer(evidence, b);
		break;
	default:
		ka_buf_text(b, "printed no key");
		break;
	}
}
