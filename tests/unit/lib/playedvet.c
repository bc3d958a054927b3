/* A program in the place of authkeys-vet: see playedvet.h. */
#include "tests/unit/lib/playedvet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

const char *playedvet(const char *words)
{
	static char path[sizeof(tmptree) + 8];

	snprintf(path, sizeof(path), "%s/vet", tmptree);
	unlink(path); /* who still runs the last one keeps it */
	if (words == NULL)
		return path;
	tmptree_writef("vet", "#!/bin/sh\n%s\n", words);
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}
