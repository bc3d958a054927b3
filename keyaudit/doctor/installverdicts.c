/* The folder of verdicts as the command needs it. */
#include "keyaudit/doctor/installverdicts.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "base/text.h"
#include "keyaudit/doctor/installmend.h"
#include "verdict/verdictlook.h"

#include "base/poison.h"

static bool is_owner(uid_t uid, const char *user)
{
	const struct passwd *pw = getpwnam(user);

	return pw == NULL || pw->pw_uid == uid; /* that the user is missing is another check's */
}

static void warn(struct ka_install_item *item, struct ka_buf *text, const char *what, const char *const *mend)
{
	item->state = KA_INSTALL_WARN;
	ka_buf_text(text, "none is kept, so RSA and ECDSA keys are judged anew at each offer: ");
	ka_buf_text(text, what);
	ka_installmend_run(item, mend, NULL);
}

void ka_installverdicts_check(const char *dir, const char *user, struct ka_install *out)
{
	static const char *const make[] = { "systemd-tmpfiles", "--create", "keyaudit.conf", NULL };
	static const char *const clear[] = { "keyaudit", "cache", "clear", "--verdicts", NULL };
	struct ka_verdictlook look;
	enum ka_err err = ka_verdictlook(dir, &look);
	struct ka_install_item *item;
	struct ka_buf text;

	if (out->count >= KA_INSTALL_CHECKS_MAX || (err != KA_ERR_OK && errno == EACCES))
		return;
	item = &out->items[out->count++];
	*item = (struct ka_install_item){ .state = KA_INSTALL_OK, .reason = KA_REASON_NONE, .what = "verdicts" };
	ka_buf_init_array(&text, item->text);
	if (err != KA_ERR_OK) {
		warn(item, &text, errno == EPERM ? "others than its owner may write in " : "cannot be opened: ", make);
	} else if (!is_owner(look.owner, user)) {
		warn(item, &text, "another user than sshd's command owns ", make);
	} else if (look.state == KA_VERDICTLOOK_UNUSABLE) {
		warn(item, &text, "the table is not its owner's alone in ", clear);
	} else {
		ka_buf_u64(&text, look.kept);
		ka_buf_text(&text, " kept in ");
	}
	ka_text_escape(&text, ka_span_of(dir), 0, KA_PATH_TRUSTED_MAX);
}
