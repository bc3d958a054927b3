/* inotify(7) for one file and its folder: only a hint that it is worth looking. Where there is none the file is polled. */
#ifndef KA_EARNOTICE_H
#define KA_EARNOTICE_H

struct ka_earnotice {
	int fd;   /* -1: none to be had */
	int file; /* the watch on the file; -1: none */
};

/** ka_earnotice_open() - watch a folder: new names in it */
void ka_earnotice_open(struct ka_earnotice *n, const char *dir);

/** ka_earnotice_file() - watch this opened file instead of the last one; -1: none */
void ka_earnotice_file(struct ka_earnotice *n, int fd);

/** ka_earnotice_drain() - what has been said is dealt with; at most KA_EAR_NOTICE_BLOCKS_MAX reads */
void ka_earnotice_drain(struct ka_earnotice *n);

/** ka_earnotice_close() - watch nothing any more */
void ka_earnotice_close(struct ka_earnotice *n);

#endif
