# Where things go, and which variant is built.
VERSION := 0.1.0

PREFIX ?= /usr
SYSCONFDIR ?= /etc
BINDIR ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share
RUNDIR ?= /run
LOGDIR ?= /var/log
CACHEDIR ?= /var/cache
STATEDIR ?= /var/lib
DESTDIR ?=

CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
endif
PKG_CONFIG ?= pkg-config

# STATIC=no: authkeys-cmd as a dynamic program. WERROR=yes: every warning is an error (CI).
STATIC ?= yes
WERROR ?= no
# V=release | asan | cov | fuzz: each in its own folder
V ?= release
ifeq ($(V),release)
O ?= build
else
O ?= build/$(V)
endif

# DEPS=no: never look for packages
DEPS ?= yes
ifeq ($(DEPS),no)
DEPS_SH := true
else
DEPS_SH := mk/deps.sh
endif
