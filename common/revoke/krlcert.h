/*
 * The section of a KRL that revokes certificates of one authority:
 *
 *   string CA key (empty: of every authority), string reserved, then parts, each u8 type, string contents:
 *     0x20 serials: u64 ...                       0x21 a range: u64 first, u64 last
 *     0x22 serials: u64 offset, mpint; bit N stands for offset + N      0x23 key ids: string ...
 *     0x39 an extension: string name, u8 critical, string contents
 *
 * No rule holds for serial 0, which is that of a certificate without one.
 */
#ifndef KA_REVOKE_KRLCERT_H
#define KA_REVOKE_KRLCERT_H

#include <stdbool.h>

#include "base/cursor.h"
#include "key/keyblob.h"

enum ka_krlcert_answer { KA_KRLCERT_FINE, KA_KRLCERT_SERIAL, KA_KRLCERT_KEY_ID };

/** ka_krlcert_check() - NULL when sshd takes the section, else what is wrong with it (static text). Pure; any bytes */
const char *ka_krlcert_check(struct ka_span section);

/** ka_krlcert_ask() - does a section that passed ka_krlcert_check() revoke this certificate? */
enum ka_krlcert_answer ka_krlcert_ask(struct ka_span section, const struct ka_keycert *cert);

/**
 * ka_krlcert_point() - is the authority's key a point of a curve, which sshd computes before it takes the list?
 * @ca: its blob
 */
bool ka_krlcert_point(struct ka_span section, struct ka_span *ca);

/** ka_krlcert_extension() - NULL for the contents of an extension that may be passed over, of a KRL or of a section */
const char *ka_krlcert_extension(struct ka_span contents);

#endif
