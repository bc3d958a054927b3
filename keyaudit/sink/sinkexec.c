/* The sink exec. It must never run what somebody else than root can change, and never wait without an end. */
#include "keyaudit/sink/sinkexec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/spawn.h"
#include "base/text.h"
#include "perm/permwalk.h"

#include "base/poison.h"

static const char *error_name(int errnum)
{
	const char *name = strerrorname_np(errnum);

	return name != NULL ? name : "an error without a name";
}

static void say(char *why, size_t size, const char *what, const char *more)
{
	struct ka_buf b;

	ka_buf_init(&b, why, size);
	ka_buf_text(&b, what);
	ka_text_escape(&b, ka_span_of(more), 0, KA_SINK_WHY_MAX / 2);
}

static bool is_safe(const char *program, char *why, size_t size)
{
	static const struct ka_permwalk_trust root = { .owner = 0 };
	struct ka_permwalk_refusal refusal;
	KA_AUTOCLOSE int fd = -1;

	if (ka_permwalk_open(program, &root, &fd, &refusal) != KA_ERR_OK)
		say(why, size, "its path cannot be walked: ", program);
	else if (fd < 0 && refusal.errnum != 0)
		say(why, size, "it cannot be opened: ", error_name(refusal.errnum));
	else if (fd < 0)
		say(why, size, "not root alone can change ", refusal.path);
	return fd >= 0;
}

static enum ka_err judge(const struct ka_spawn_out *out, char *why, size_t size)
{
	char number[KA_TEXT_U64_MAX];

	if (out->exec_errnum != 0) {
		say(why, size, "it cannot be executed: ", error_name(out->exec_errnum));
		return KA_ERR_SYS;
	}
	if (WIFEXITED(out->status) && WEXITSTATUS(out->status) == 0)
		return KA_ERR_OK;
	ka_text_u64(WIFEXITED(out->status) ? (uint64_t)WEXITSTATUS(out->status) : (uint64_t)WTERMSIG(out->status), number);
	say(why, size, WIFEXITED(out->status) ? "it ended with status " : "it was ended by signal ", number);
	return KA_ERR_SYS;
}

enum ka_err ka_sinkexec_run(const char *program, unsigned deadline_ms, struct ka_span line, char *why, size_t size)
{
	const char *const argv[] = { program, NULL };
	struct ka_spawn what = { .argv = argv, .input = (const char *)line.p, .input_len = line.len,
				 .output_max = KA_SINK_EXEC_OUTPUT_MAX, .deadline_ms = (int)deadline_ms };
	struct ka_spawn_out out;
	enum ka_err err;

	why[0] = '\0';
	if (!is_safe(program, why, size))
		return KA_ERR_SYS;
	err = ka_spawn_run(&what, &out);
	if (err == KA_ERR_OK) {
		err = judge(&out, why, size);
		free(out.output);
	} else if (err == KA_ERR_TIMEOUT) {
		say(why, size, "it took too long and was killed", "");
	} else if (err == KA_ERR_LIMIT) {
		say(why, size, "it printed too much and was killed", "");
	} else {
		say(why, size, "it cannot be started", "");
	}
	return err;
}
