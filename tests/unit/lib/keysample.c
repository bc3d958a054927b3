/* Loads the committed sample keys; decodes them with its own base64, so that a fault of ours cannot hide. */
#include "tests/unit/lib/keysample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static const struct ka_keysample samples[KA_KEYSAMPLE_COUNT] = {
	{ .name = "dsa", .type = "ssh-dss", .bits = 1024,
	  .fingerprint = "SHA256:YofXbV2SLEWebp1OslbzNDV7BhH9+rw4V4os+G4PGUg" },
	{ .name = "ecdsa256-cert", .type = "ecdsa-sha2-nistp256-cert-v01@openssh.com", .bits = 256,
	  .fingerprint = "SHA256:/ZlT9GuX0MWk4uXqE4CocaMp/aTMy7I3zsBkg5UdaB4" },
	{ .name = "ecdsa256", .type = "ecdsa-sha2-nistp256", .bits = 256,
	  .fingerprint = "SHA256:/ZlT9GuX0MWk4uXqE4CocaMp/aTMy7I3zsBkg5UdaB4" },
	{ .name = "ecdsa384-host-cert", .type = "ecdsa-sha2-nistp384-cert-v01@openssh.com", .bits = 384,
	  .fingerprint = "SHA256:1pxjD4xiPG78H9Q5KKV25jzepIVI8hbdI+eW71TBr8g" },
	{ .name = "ecdsa384", .type = "ecdsa-sha2-nistp384", .bits = 384,
	  .fingerprint = "SHA256:1pxjD4xiPG78H9Q5KKV25jzepIVI8hbdI+eW71TBr8g" },
	{ .name = "ecdsa521", .type = "ecdsa-sha2-nistp521", .bits = 521,
	  .fingerprint = "SHA256:w2u16uOBt8n8RR8KwYzkQ3Gtqd/oKhRb3SmoESAR3QA" },
	{ .name = "ed25519-ca-rsa-cert", .type = "ssh-ed25519-cert-v01@openssh.com", .bits = 256,
	  .fingerprint = "SHA256:dhM2sPxqc3ThHjNZC1g2opBFmrWAm++E+hqnaCIR6WM" },
	{ .name = "ed25519-cert", .type = "ssh-ed25519-cert-v01@openssh.com", .bits = 256,
	  .fingerprint = "SHA256:dhM2sPxqc3ThHjNZC1g2opBFmrWAm++E+hqnaCIR6WM" },
	{ .name = "ed25519", .type = "ssh-ed25519", .bits = 256,
	  .fingerprint = "SHA256:dhM2sPxqc3ThHjNZC1g2opBFmrWAm++E+hqnaCIR6WM" },
	{ .name = "rsa1024", .type = "ssh-rsa", .bits = 1024,
	  .fingerprint = "SHA256:9VHH8PxZvxTpl00L/2fxBq2tplMvKuMsQVR28GKpDjQ" },
	{ .name = "rsa2048-cert", .type = "ssh-rsa-cert-v01@openssh.com", .bits = 2048,
	  .fingerprint = "SHA256:7TRCytSBgbIMZ1Cc6GscrdeCCJySqlaL85sFXQ+QfWc" },
	{ .name = "rsa2048", .type = "ssh-rsa", .bits = 2048,
	  .fingerprint = "SHA256:7TRCytSBgbIMZ1Cc6GscrdeCCJySqlaL85sFXQ+QfWc" },
	{ .name = "rsa3072", .type = "ssh-rsa", .bits = 3072,
	  .fingerprint = "SHA256:CerPdpDlkLDBPD8jJ4sgFRpSMMLxPENGvKYl/Lwnvpg" },
	{ .name = "sk-ecdsa256-cert", .type = "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", .bits = 256,
	  .fingerprint = "SHA256:WXY25L70NjgcdG+n/exko/XArevVXPUeYppXMpvqo1Q" },
	{ .name = "sk-ecdsa256", .type = "sk-ecdsa-sha2-nistp256@openssh.com", .bits = 256,
	  .fingerprint = "SHA256:WXY25L70NjgcdG+n/exko/XArevVXPUeYppXMpvqo1Q" },
	{ .name = "sk-ed25519-cert", .type = "sk-ssh-ed25519-cert-v01@openssh.com", .bits = 256,
	  .fingerprint = "SHA256:Y0GCXJ6hrWkGYxxTkOG8bflER6QBlpoMMiVHpaTKWIg" },
	{ .name = "sk-ed25519", .type = "sk-ssh-ed25519@openssh.com", .bits = 256,
	  .fingerprint = "SHA256:Y0GCXJ6hrWkGYxxTkOG8bflER6QBlpoMMiVHpaTKWIg" },
};

static size_t decode(const char *text, size_t len, uint8_t *out, size_t size)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < len && text[i] != '='; i++) {
		const char *at = strchr(alphabet, text[i]);

		assert_non_null(at);
		acc = acc << 6 | (uint32_t)(at - alphabet);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			assert_in_range(n, 0, size - 1);
			out[n++] = (uint8_t)(acc >> bits);
		}
	}
	return n;
}

void ka_keysample_load(size_t i, struct ka_keysample *out)
{
	char path[256];
	FILE *f;
	size_t n, begin;

	assert_in_range(i, 0, KA_KEYSAMPLE_COUNT - 1);
	*out = samples[i];
	snprintf(path, sizeof(path), "tests/data/keys/%s.pub", out->name);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fread(out->line, 1, sizeof(out->line) - 1, f);
	fclose(f);
	assert_in_range(n, 1, sizeof(out->line) - 2);
	n--; /* the newline */
	out->line[n] = '\0';
	out->text = (struct ka_span){ (const uint8_t *)out->line, n };
	begin = strlen(out->type) + 1;
	out->base64 = ka_span_sub(out->text, begin, strcspn(out->line + begin, " "));
	n = decode((const char *)out->base64.p, out->base64.len, out->bytes, sizeof(out->bytes));
	out->blob = (struct ka_span){ out->bytes, n };
}

void ka_keysample_find(const char *name, struct ka_keysample *out)
{
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++)
		if (strcmp(samples[i].name, name) == 0) {
			ka_keysample_load(i, out);
			return;
		}
	fail_msg("no sample %s", name);
}
