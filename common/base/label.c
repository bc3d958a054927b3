/* Labels, both ways. Whoever writes into the cache may have written anything there. */
#include "base/label.h"

#include "base/text.h"

#include "base/poison.h"

void ka_label_write(struct ka_span text, struct ka_buf *out)
{
	size_t n = 0, step;

	for (; n < text.len; n += step) {
		step = ka_text_utf8_len(ka_span_sub(text, n, text.len), NULL);
		step = step > 0 ? step : 1;
		if (n + step > KA_LABEL_MAX)
			break;
	}
	ka_text_percent(out, ka_span_sub(text, 0, n));
}

bool ka_label_read(struct ka_span word, char out[static KA_LABEL_MAX + 1])
{
	size_t len;

	out[0] = '\0';
	return word.len < KA_LABEL_WORD_MAX && ka_text_unpercent(word, out, KA_LABEL_MAX + 1, &len) && len > 0;
}

struct ka_span ka_label_last(struct ka_span comment)
{
	struct ka_span text = ka_text_trim(comment);
	char any[KA_LABEL_MAX + 1];
	size_t at = text.len;

	while (at > 0 && !ka_text_is_blank(text.p[at - 1]))
		at--;
	text = ka_span_sub(text, at, text.len);
	return ka_label_read(text, any) ? text : (struct ka_span){ NULL, 0 };
}
