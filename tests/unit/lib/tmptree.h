/* A directory of one test's own below /tmp, and files in it. */
#ifndef KA_TESTS_TMPTREE_H
#define KA_TESTS_TMPTREE_H

extern char tmptree[64];

/** tmptree_make(), tmptree_remove() - set-up and tear-down of cmocka */
int tmptree_make(void **state);
int tmptree_remove(void **state);

/** tmptree_write() - a file there, made or replaced; _writef() with a format */
void tmptree_write(const char *name, const char *text);
void tmptree_writef(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
