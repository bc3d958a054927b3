/*
 * The files that a source names and libcurl opens by their names: authorities, certificates, keys. Whoever may write to one
 * of them, or to a directory above it, is who the store is.
 */
#ifndef KA_FETCHFILES_H
#define KA_FETCHFILES_H

#include "conf/conf.h"

/**
 * ka_fetchfiles_wrong() - ca_file, client_cert and client_key
 *
 * Each must be root's or ours, below directories that are root's, writable by nobody else; a key, and a certificate that
 * holds its key, also closed to others.
 *
 * Answers: NULL, or which of them cannot be read or must not be trusted.
 */
const char *ka_fetchfiles_wrong(const struct ka_conf_source *s);

/**
 * ka_fetchfiles_secret() - open a file that is closed to others (mode 0640 at most), and to the group that may start the
 * fetcher; -1 when it is not. Owned by the caller
 */
int ka_fetchfiles_secret(const char *path);

#endif
