/* The user name grammar. Pure. It must never accept a byte that means something in a path, URL or option list. */
#include "base/username.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

bool ka_username_is_valid(struct ka_span name)
{
	if (name.len > 1 && name.p[name.len - 1] == '$')
		name.len--;
	if (name.len == 0 || name.len > KA_USER_NAME_MAX - sizeof("$"))
		return false;
	if (!ka_text_is_alnum(name.p[0]) && name.p[0] != '_')
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!ka_text_is_alnum(name.p[i]) && (name.p[i] == '\0' || strchr("_.@+-", name.p[i]) == NULL))
			return false;
	return true;
}
