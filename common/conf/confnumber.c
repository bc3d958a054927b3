/* Numbers and their units. No sign, no blank between number and unit, nothing is rounded. */
#include "conf/confnumber.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

/* the units of a type in the order in which they are tried for showing, and how many of the field's own one of them is */
struct unit {
	char name[4];
	uint32_t scale;
};

static const struct units {
	uint8_t type;
	char what[8], example[20];
	struct unit unit[5];
} all[] = {
	{ KA_CONFROW_NUMBER, "number", "", { { "", 1 } } },
	{ KA_CONFROW_MS, "time", "2500ms or 20s", { { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } } },
	{ KA_CONFROW_SEC, "time", "5m or 24h", { { "h", 3600 }, { "m", 60 }, { "s", 1 }, { "d", 86400 } } },
	{ KA_CONFROW_MIB, "size", "64MiB or 1GiB", { { "MiB", 1 }, { "GiB", 1024 } } },
};

static const struct units *units_of(const struct ka_confrow *row)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(all); i++)
		if (all[i].type == (uint8_t)row->type)
			return &all[i];
	return NULL;
}

bool ka_confnumber_is(const struct ka_confrow *row)
{
	return units_of(row) != NULL;
}

static const struct unit *unit_named(const struct units *u, struct ka_span name)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(u->unit) && u->unit[i].scale > 0; i++)
		if (ka_span_is(name, u->unit[i].name))
			return &u->unit[i];
	return NULL;
}

void ka_confnumber_show(unsigned n, const struct ka_confrow *row, struct ka_buf *out)
{
	const struct units *u = units_of(row);
	const struct unit *best = NULL;

	for (size_t i = 0; i < KA_ARRAY_LEN(u->unit) && u->unit[i].scale > 0; i++)
		if (u->unit[i].scale == 1 ? best == NULL : best == NULL && n > 0 && n % u->unit[i].scale == 0)
			best = &u->unit[i];
	ka_buf_u64(out, n / best->scale);
	ka_buf_text(out, best->name);
}

static bool out_of_range(const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	ka_conferr_quoted(e, value);
	ka_conferr_say(e, " is not a ");
	ka_conferr_say(e, units_of(row)->what);
	ka_conferr_say(e, " from ");
	ka_confnumber_show(row->min, row, &e->b);
	ka_conferr_say(e, " to ");
	ka_confnumber_show(row->max, row, &e->b);
	return false;
}

bool ka_confnumber_set(unsigned *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e)
{
	struct ka_span digits = { value.p, 0 };
	const struct units *u = units_of(row);
	const struct unit *unit;
	uint64_t n = 0;

	while (digits.len < value.len && ka_text_is_digit(value.p[digits.len]))
		digits.len++;
	unit = unit_named(u, ka_span_sub(value, digits.len, value.len));
	if (unit == NULL && ka_span_is(value, "0"))
		unit = &u->unit[0];
	if (unit == NULL && u->example[0] != '\0') {
		ka_conferr_quoted(e, value);
		ka_conferr_say(e, " is not a ");
		ka_conferr_say(e, u->what);
		ka_conferr_say(e, " such as ");
		ka_conferr_say(e, u->example);
		return false;
	}
	if (unit == NULL || !ka_text_to_u64(digits, row->max / unit->scale, &n) || n * unit->scale < row->min)
		return out_of_range(row, value, e);
	*field = (unsigned)(n * unit->scale);
	return true;
}
