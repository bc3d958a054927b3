/* Lines of tests/vectors: see vectorfile.h. */
#include "tests/unit/lib/vectorfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

/* ends @text at its first blank; what stands behind it */
static char *cut(char *text)
{
	char *blank = strchr(text, ' ');

	assert_non_null(blank);
	*blank = '\0';
	return blank + 1;
}

int vectorfile_read(const char *path, void (*take)(enum ka_reason reason, const char *data, const char *what))
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0, count = 0;

	if (f == NULL)
		return -1;
	while (getline(&line, &size, f) > 0) {
		char *data, *what;

		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		data = cut(line);
		what = cut(data);
		take(strcmp(line, "ok") == 0 ? KA_REASON_NONE : ka_reason_find(line, strlen(line)), data, what);
		count++;
	}
	free(line);
	fclose(f);
	return count > 0 ? 0 : -1;
}
