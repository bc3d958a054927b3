/*
 * What a guest inside sshd never does: read the environment, end the process,
 * touch its signals, directory or mask, print, or ask the name service. Included
 * behind base/poison.h by every .c of the module.
 */
#ifndef KA_PAM_PAMPOISON_H
#define KA_PAM_PAMPOISON_H

#undef printf
#undef fprintf
#undef puts

#pragma GCC poison getenv secure_getenv setenv putenv exit abort atexit
#pragma GCC poison signal sigaction alarm setitimer umask chdir fchdir
#pragma GCC poison printf fprintf puts getpwnam getpwuid getgrouplist

#endif
