/* Texts by their length. What does not fit beside the rest goes behind it; what fits nowhere is an error of the file. */
#include "conf/conftext.h"

#include <string.h>

#include "base/poison.h"

bool ka_conftext_too_long(struct ka_conferr *e, size_t max)
{
	ka_conferr_say(e, "the value is longer than ");
	ka_conferr_number(e, max);
	ka_conferr_say(e, " bytes");
	return false;
}

char *ka_conftext_take(struct ka_conf *c, size_t size, struct ka_conferr *e)
{
	char *at = NULL;

	if (size <= sizeof(c->near) - c->near_len) {
		at = c->near + c->near_len;
		c->near_len += size;
	} else if (size <= sizeof(c->far) - c->far_len) {
		at = c->far + c->far_len;
		c->far_len += size;
	} else {
		ka_conferr_say(e, "all values together are longer than 128 KiB");
	}
	return at;
}

const char *ka_conftext_keep(struct ka_conf *c, struct ka_span value, struct ka_conferr *e)
{
	char *text = NULL;

	if (value.len >= KA_CONF_TEXT_MAX)
		(void)ka_conftext_too_long(e, KA_CONF_TEXT_MAX - 1);
	else
		text = ka_conftext_take(c, value.len + 1, e);
	if (text == NULL)
		return NULL;
	if (value.len > 0)
		memcpy(text, value.p, value.len);
	text[value.len] = '\0';
	return text;
}
