/* A number and a suffix. */
#include "keyaudit/sign/numbered.h"

#include "base/buf.h"

#include "base/poison.h"

struct ka_numbered ka_numbered(size_t number, const char *suffix)
{
	struct ka_numbered n;
	struct ka_buf b;

	ka_buf_init_array(&b, n.text);
	ka_buf_u64(&b, number);
	ka_buf_text(&b, suffix);
	return n;
}
