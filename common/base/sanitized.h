/*
 * Is this a build with AddressSanitizer? Only tests are; what they may not do then, or do less of, asks here. gcc and clang
 * say it in different ways.
 */
#ifndef KA_BASE_SANITIZED_H
#define KA_BASE_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define KA_IS_SANITIZED 1
#elif defined(__has_feature)
#define KA_IS_SANITIZED __has_feature(address_sanitizer)
#else
#define KA_IS_SANITIZED 0
#endif

#endif
