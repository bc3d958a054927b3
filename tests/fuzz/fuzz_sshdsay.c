/* A line of sshd's log: what is read lies in the line, and means the same when it is read again. */
#include "diag/sshdsay.h"

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span line = { data, size };
	struct ka_sshdsay s;
	bool known = ka_sshdsay_read(line, &s);
	const struct ka_span parts[] = { s.user, s.address, s.port, s.type, s.fp, s.algorithm, s.method, s.place, s.path, s.text };

	MUST(known == (s.kind != KA_SSHDSAY_OTHER));
	MUST(known || s.reason == KA_REASON_NONE);
	MUST((s.kind != KA_SSHDSAY_CAUSE && s.kind != KA_SSHDSAY_CERT) || s.reason != KA_REASON_NONE);
	for (size_t i = 0; i < KA_ARRAY_LEN(parts); i++)
		MUST(parts[i].len == 0 || (known && parts[i].p >= data && parts[i].p + parts[i].len <= data + size));
	return 0;
}
