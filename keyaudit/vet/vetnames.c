/* A list that only grows. */
#include "keyaudit/vet/vetnames.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#include "base/poison.h"

#define NOBODY UINT32_MAX

enum ka_err ka_vetnames_add(struct ka_vetnames *n, const char *name, uint32_t *number)
{
	size_t len = strlen(name);

	*number = NOBODY;
	if (len > KA_VET_NAMES_BYTES_MAX - n->bytes || n->count >= NOBODY)
		return KA_ERR_OK;
	if (n->count == n->room) {
		size_t room = n->room == 0 ? 64 : 2 * n->room;
		char **names = realloc(n->names, room * sizeof(*names));

		if (names == NULL)
			return KA_ERR_NOMEM;
		n->names = names;
		n->room = room;
	}
	n->names[n->count] = strdup(name);
	if (n->names[n->count] == NULL)
		return KA_ERR_NOMEM;
	n->bytes += len;
	*number = (uint32_t)n->count++;
	return KA_ERR_OK;
}

const char *ka_vetnames_get(const struct ka_vetnames *n, uint32_t number)
{
	return number < n->count ? n->names[number] : "?";
}

void ka_vetnames_free(struct ka_vetnames *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->names[i]);
	free(n->names);
	memset(n, 0, sizeof(*n));
}
