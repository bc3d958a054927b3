#!/bin/bash
# SPDX-License-Identifier: ISC
# shell.sh: `make world`, a shell beside the throw-away sshd, to try things by hand. Leaving it ends all.
# With arguments these are run instead of the shell.
if [ -z "${KA_WORLD:-}" ] && [ "$(id -u)" != 0 ]; then
	echo "world: only root can make one (it needs private namespaces)" >&2
	exit 77
fi
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/lib.sh"
trap - EXIT

world_setup
world_key alice ed25519
world_key bob ed25519
world_key stranger ed25519
world_key alice-rsa rsa1024
world_serve alice alice alice-rsa
world_authorize bob bob
world_sshd_start
if world_has_tool; then
	world_collect_start || note "the collector does not run; see /var/log/collect.log"
fi

# Programs of this world only: /usr is an overlay.
cat >/usr/local/bin/try <<END
#!/bin/sh
# try USER KEY [COMMAND...]: log in as a script does
[ \$# -ge 2 ] || { echo "usage: try USER KEY [COMMAND...]   keys: alice bob stranger alice-rsa" >&2; exit 2; }
user=\$1 key=\$2
shift 2
[ \$# -gt 0 ] || set -- echo "\$user is in"
exec ssh -F none -p $WORLD_PORT -i "$WORLD_RUN/keys/\$key" -o IdentitiesOnly=yes -o BatchMode=yes \
	-o StrictHostKeyChecking=yes -o "UserKnownHostsFile=$WORLD_RUN/known_hosts" -o LogLevel=ERROR -l "\$user" 127.0.0.1 "\$@"
END
cat >/usr/local/bin/logs <<END
#!/bin/sh
# logs [N]: the last lines that sshd and keyaudit wrote to syslog
exec tail -n "\${1:-15}" "$WORLD_PRILOG"
END
chmod 0755 /usr/local/bin/try /usr/local/bin/logs

cat >"$WORLD_RUN/rc" <<'END'
PS1='\[\e[1m\]world\[\e[0m\]:\w# '
[ -z "${NO_COLOR:-}" ] || PS1='world:\w# '
cd /root
END

cd /root || exit 1
if [ $# -gt 0 ]; then
	"$@"
	exit
fi
cat <<END

A throw-away world: sshd on 127.0.0.1 port $WORLD_PORT, nothing of this machine is touched. "exit" ends it.

  try alice alice          a key that /etc/keyaudit/keys.d/alice lists
  try alice stranger       a key that nobody lists
  try alice alice-rsa      RSA with 1024 bits
  try bob bob              a key in ~bob/.ssh/authorized_keys
  chmod 666 ~bob/.ssh/authorized_keys; try bob bob
  logs                     what sshd said
$(if world_has_tool; then
	echo "  keyaudit log             who came, who was refused, and why"
	echo "  keyaudit doctor bob      what stands between bob and a login"
else
	echo "  (keyaudit itself is not built: this is plain sshd)"
fi)

Users: alice bob carol locked expired noshell. Keys: $WORLD_RUN/keys. Settings: /etc/keyaudit, /etc/ssh, /etc/pam.d.

END
bash --rcfile "$WORLD_RUN/rc" -i
exit 0
