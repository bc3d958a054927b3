# make install: everything below DESTDIR, owners left to the packager. What goes where stands in mk/install.sh.
PAMDIR ?= $(PREFIX)/lib/$(shell $(CC) -print-multiarch 2>/dev/null)/security
# yes: without debug symbols
INSTALL_STRIP ?= no
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog

INSTALL_SH = O='$(O)' DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' RUNDIR='$(RUNDIR)' \
	LOGDIR='$(LOGDIR)' CACHEDIR='$(CACHEDIR)' STATEDIR='$(STATEDIR)' BINDIR='$(BINDIR)' LIBEXECDIR='$(LIBEXECDIR)' DATADIR='$(DATADIR)' MANDIR='$(MANDIR)' \
	INSTALL_STRIP='$(INSTALL_STRIP)' PAMDIR='$(PAMDIR)' UNITDIR='$(UNITDIR)' SYSUSERSDIR='$(SYSUSERSDIR)' TMPFILESDIR='$(TMPFILESDIR)' CATALOGDIR='$(CATALOGDIR)' ZSHDIR='$(ZSHDIR)' mk/install.sh

.PHONY: install uninstall install-list
# NOBUILD=yes: install what is built and build nothing (a tree that is only readable)
install: $(if $(NOBUILD),,programs)
	@$(INSTALL_SH) install
uninstall:
	@$(INSTALL_SH) uninstall
# the files that install would put, one a line
install-list:
	@$(INSTALL_SH) list
