/* Commands of an installation check. Runs nothing. */
#include "keyaudit/doctor/installmend.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "diag/fix.h"

#include "base/poison.h"

void ka_installmend_say(struct ka_install_item *item, const char *sentence)
{
	item->is_prose = true;
	if (!ka_span_copy(ka_span_of(sentence), item->mend, sizeof(item->mend)))
		item->mend[0] = '\0';
}

void ka_installmend_run(struct ka_install_item *item, const char *const *first, const char *const *second)
{
	KA_AUTOFREE struct ka_fix *fix = calloc(1, sizeof(*fix)); /* too large for a stack frame */
	bool good = fix != NULL && ka_fix_command(fix, NULL, first) && (second == NULL || ka_fix_command(fix, NULL, second));
	struct ka_buf b;

	item->is_prose = false;
	ka_buf_init_array(&b, item->mend);
	for (size_t i = 0; good && i < fix->commands; i++) {
		ka_buf_text(&b, i > 0 ? " && " : "");
		ka_buf_text(&b, fix->command[i]);
	}
	if (!good || ka_buf_check(&b) != KA_ERR_OK)
		ka_installmend_say(item, "by hand: the path cannot stand in a command as it is");
}
