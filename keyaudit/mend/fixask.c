/* Asking. The answer is read byte by byte, so that nothing that was typed ahead for others is lost. */
#include "keyaudit/mend/fixask.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

bool ka_fixask_can(FILE *to)
{
	return isatty(STDIN_FILENO) == 1 && isatty(fileno(to)) == 1;
}

enum ka_fixask_answer ka_fixask(FILE *to, const char *question)
{
	char line[KA_FIX_ANSWER_MAX], c = 0;
	struct ka_buf b;
	struct ka_span word;
	ssize_t n;

	fprintf(to, "%s [y/N/q] ", question);
	fflush(to);
	ka_buf_init_array(&b, line);
	do {
		n = read(STDIN_FILENO, &c, 1);
		if (n == 1 && c != '\n')
			ka_buf_char(&b, c);
	} while (n > 0 ? c != '\n' : n < 0 && errno == EINTR);
	if (n <= 0)
		fputc('\n', to);
	word = ka_text_trim(ka_buf_as_span(&b));
	if (n <= 0 || ka_span_is(word, "q") || ka_span_is(word, "Q"))
		return KA_FIXASK_QUIT;
	if (!b.overflow && (ka_span_is(word, "y") || ka_span_is(word, "Y") || ka_span_is(word, "yes")))
		return KA_FIXASK_YES;
	return KA_FIXASK_NO;
}
