/* Names of sources: no sign first, so that none is taken for an option or a hidden file. Pure. */
#include "base/sourcename.h"

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

bool ka_sourcename_is_valid(struct ka_span name)
{
	if (name.len == 0 || name.len >= KA_SOURCE_NAME_MAX || !ka_text_is_alnum(name.p[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!ka_text_is_alnum(name.p[i]) && name.p[i] != '_' && name.p[i] != '-' && name.p[i] != '.')
			return false;
	return true;
}
