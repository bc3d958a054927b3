/*
 * Words that nobody writes in this project; included last by every .c file.
 * Unbounded copies, parsers without an error, shells, static buffers, and what
 * depends on the locale.
 */
#ifndef KA_BASE_POISON_H
#define KA_BASE_POISON_H

#undef strcpy
#undef strcat
#undef stpcpy
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef alloca
#undef gets

#pragma GCC poison gets strcpy strcat stpcpy strncpy strncat sprintf vsprintf
#pragma GCC poison strtok atoi atol atoll atof sscanf fscanf scanf
#pragma GCC poison system popen alloca mktemp tmpnam tempnam
#pragma GCC poison setlocale localtime gmtime ctime asctime strerror

#endif
