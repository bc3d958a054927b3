/* A program of a few words of sh in the place of authkeys-vet, in a directory of the test's own (tmptree.h). */
#ifndef KA_TESTS_PLAYEDVET_H
#define KA_TESTS_PLAYEDVET_H

/** playedvet() - write it anew; its path, good until the next call. @words: NULL: there is none */
const char *playedvet(const char *words);

#endif
