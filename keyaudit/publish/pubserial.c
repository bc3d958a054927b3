/* Which serial, and whether hosts would take it. */
#include "keyaudit/publish/pubserial.h"

#include "base/buf.h"

#include "base/poison.h"

void ka_pubserial_choose(struct ka_publish *p)
{
	bool is_far = p->old.highest_foreign > (uint64_t)p->terms.now + KA_PUBLISH_CLOCK_SEC;
	uint64_t highest = p->old.highest;

	if (!is_far && p->old.highest_foreign > highest)
		highest = p->old.highest_foreign;
	p->serial = ka_pubplan_serial(highest, p->serial_min, p->terms.now);
}

bool ka_pubserial_may_make(struct ka_publish *p)
{
	char text[200];
	struct ka_buf b;

	if (p->serial == 0)
		ka_pubshow_problem(p, p->to_path, "the highest serial is used up: replace the signer, and forget its serials on the hosts");
	if (p->serial == 0)
		return false;
	if (p->old.highest_foreign < p->serial)
		return true;
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "has documents of other signers with serials up to ");
	ka_buf_u64(&b, p->old.highest_foreign);
	ka_buf_text(&b, "; were they published from here, then --serial with a higher one, else take them away");
	ka_pubshow_problem(p, p->to_path, text);
	return false;
}
