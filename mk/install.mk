# make install: everything below DESTDIR, owners left to the packager.
PAMDIR ?= $(PREFIX)/lib/$(shell $(CC) -print-multiarch 2>/dev/null)/security
INSTALL ?= install

.PHONY: install uninstall
install: programs
	$(INSTALL) -d -m 0755 $(DESTDIR)$(LIBEXECDIR)/keyaudit $(DESTDIR)$(BINDIR) $(DESTDIR)$(PAMDIR)
	$(if $(CMD_BIN),$(INSTALL) -m 0755 $(CMD_BIN) $(DESTDIR)$(LIBEXECDIR)/keyaudit/authkeys-cmd)
	$(if $(TOOL_BIN),$(INSTALL) -m 0755 $(TOOL_BIN) $(DESTDIR)$(BINDIR)/keyaudit)
	$(if $(PAM_SO),$(INSTALL) -m 0644 $(PAM_SO) $(DESTDIR)$(PAMDIR)/pam_keyaudit.so)
uninstall:
	rm -f $(DESTDIR)$(LIBEXECDIR)/keyaudit/authkeys-cmd $(DESTDIR)$(BINDIR)/keyaudit $(DESTDIR)$(PAMDIR)/pam_keyaudit.so
