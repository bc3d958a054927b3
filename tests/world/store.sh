# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# store.sh: key stores for a script of a world, to be sourced after lib.sh: a throw-away CA, nginx with static files,
# etcd with its JSON gateway, and a store that misbehaves as it is told (tests/tools/faultstore.c). All of them listen on
# loopback and keep everything in STORE_RUN.
#
#	store_pki
#	store_nginx_start
#	store_put alice.keys "$(world_pub alice)"
#	... https://keys.test:8443/alice.keys, certificates: store_ca, store_client good ...
#
# The name keys.test is this host; wrong.test is too, but the certificate of keys.test does not know it.
# shellcheck disable=SC2034 # the ports and places are for the scripts

STORE_RUN=$WORLD_RUN/store
STORE_PKI=$STORE_RUN/pki
STORE_WWW=$STORE_RUN/www
STORE_NGINX_LOG=$STORE_RUN/nginx.log
STORE_FAULT_LOG=$STORE_RUN/fault.log

# nginx: each port the same files, with another certificate or another demand
STORE_HTTPS=8443   # as it should be
STORE_WRONG=8444   # the certificate is another host's
STORE_EXPIRED=8445 # it has expired
STORE_UNKNOWN=8446 # nobody knows who signed it
STORE_MTLS=8447    # a client certificate is demanded
STORE_TLS12=8448   # TLS 1.2 at most
STORE_TLS11=8449   # TLS 1.1 at most
STORE_ETCD=2379
STORE_FAULT=8080   # the scripted store, HTTP
STORE_FAULT_TLS=8481
STORE_FAULT_UNIX=$STORE_RUN/fault.socket

store_out='' store_src='' store_reasons='' store_net=0
_store_nginx_pid='' _store_etcd_pid='' _store_fault_pid=''

# ---- certificates ----

# store_pki: a CA and one that nobody is told of; certificates of servers and of clients, all of them EC and quick.
store_pki() {
	mkdir -p "$STORE_PKI/new"
	grep -qs ' keys.test$' /etc/hosts || printf '127.0.0.1\tkeys.test\n127.0.0.1\twrong.test\n' >>/etc/hosts
	_store_ca ca
	_store_ca stranger
	store_certificate good ca 'DNS:keys.test,IP:127.0.0.1'
	store_certificate wrong ca 'DNS:other.test'
	store_certificate expired ca 'DNS:keys.test,IP:127.0.0.1' 20200101000000Z 20210101000000Z
	store_certificate unknown stranger 'DNS:keys.test,IP:127.0.0.1'
	store_certificate client ca 'DNS:web01.test'
	store_certificate client-unknown stranger 'DNS:web01.test'
	chmod 0644 "$STORE_PKI"/*.pem
}

# NAME: NAME.pem, NAME.key
_store_ca() {
	_store_openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$1 of the test world" \
		-keyout "$STORE_PKI/$1.key" -out "$STORE_PKI/$1.pem"
	: >"$STORE_PKI/$1.index"
	cat >"$STORE_PKI/$1.conf" <<-END
		[ca]
		default_ca = here
		[here]
		database = $STORE_PKI/$1.index
		new_certs_dir = $STORE_PKI/new
		certificate = $STORE_PKI/$1.pem
		private_key = $STORE_PKI/$1.key
		rand_serial = yes
		unique_subject = no
		default_md = sha256
		policy = any
		copy_extensions = copy
		[any]
		commonName = supplied
	END
}

# store_certificate NAME CA ALTNAMES [BEGIN END]: NAME.pem, NAME.key in STORE_PKI; the times as 20260101000000Z.
store_certificate() {
	local name=$1 times=(-days 20)
	[ $# -lt 5 ] || times=(-startdate "$4" -enddate "$5")
	_store_openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -addext "subjectAltName=$3" \
		-keyout "$STORE_PKI/$name.key" -out "$STORE_PKI/$name.csr"
	_store_openssl ca -batch -notext -config "$STORE_PKI/$2.conf" "${times[@]}" -in "$STORE_PKI/$name.csr" \
		-out "$STORE_PKI/$name.pem"
}

_store_openssl() {
	openssl "$@" >"$STORE_RUN/openssl.log" 2>&1 || {
		cat "$STORE_RUN/openssl.log"
		world_die "openssl $1 failed"
	}
}

# store_pin NAME: the SPKI pin of a certificate, as pins = wants it ("sha256//...").
store_pin() {
	printf 'sha256//%s\n' "$(openssl x509 -in "$STORE_PKI/$1.pem" -pubkey -noout | openssl pkey -pubin -outform DER |
		openssl dgst -sha256 -binary | base64)"
}

# store_secret FILE [TEXT]: a file that only the fetcher may read, as an installation has it; without TEXT its content comes
# from standard input. Its group would not do: on a miss the fetcher has the command's.
store_secret() {
	if [ $# -gt 1 ]; then printf '%s\n' "$2"; else cat; fi >"$1"
	chown _keyfetch "$1"
	chmod 0400 "$1"
}

# ---- static files ----

# store_put NAME TEXT...: a file of the store, one line for each TEXT, put there as a publisher does: temporary name, rename.
store_put() {
	local name=$1
	shift
	mkdir -p "$STORE_WWW/$(dirname "$name")"
	printf '%s\n' "$@" >"$STORE_WWW/$name.new"
	chmod 0644 "$STORE_WWW/$name.new"
	mv -f "$STORE_WWW/$name.new" "$STORE_WWW/$name"
}

# store_signer NAME: a signer's key pair, and its line in STORE_RUN/signers.
store_signer() {
	rm -f "$STORE_RUN/signer-$1" "$STORE_RUN/signer-$1.pub"
	mkdir -p "$STORE_RUN"
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$STORE_RUN/signer-$1" || world_die "ssh-keygen failed"
	echo "$1 namespaces=\"keyaudit\" $(cut -d' ' -f1,2 "$STORE_RUN/signer-$1.pub")" >>"$STORE_RUN/signers"
}

# store_document USER HOSTS SERIAL EXPIRES [LINE...]: print a document of the format `signed`, not signed yet. EXPIRES as
# date(1) takes it ("+7 days"); STORE_ISSUED (now) likewise.
store_document() {
	local form=+%Y-%m-%dT%H:%M:%SZ
	printf '# keyaudit-keys-v1\n# user: %s\n# hosts: %s\n# serial: %s\n# issued: %s\n# expires: %s\n' "$1" "$2" "$3" \
		"$(date -u -d "${STORE_ISSUED:-now}" "$form")" "$(date -u -d "$4" "$form")"
	shift 4
	[ $# = 0 ] || printf '%s\n' "$@"
}

# store_sign SIGNER...: standard input with a signature of each of them behind it, made by ssh-keygen alone.
store_sign() {
	local signer
	cat >"$STORE_RUN/unsigned"
	cat "$STORE_RUN/unsigned"
	for signer; do
		ssh-keygen -q -Y sign -n "${STORE_NAMESPACE:-keyaudit}" -f "$STORE_RUN/signer-$signer" <"$STORE_RUN/unsigned" ||
			world_die "ssh-keygen -Y sign failed"
	done
}

# ---- nginx ----

# store_nginx_start [DIRECTIVE...]: static files of STORE_WWW on all ports; DIRECTIVEs come into each server block.
store_nginx_start() {
	store_nginx_stop
	mkdir -p "$STORE_WWW" "$STORE_RUN/nginx"
	chmod 0755 "$WORLD_RUN" "$STORE_RUN" "$STORE_WWW"
	_store_nginx_conf "$@" >"$STORE_RUN/nginx.conf"
	nginx -q -t -c "$STORE_RUN/nginx.conf" -e "$STORE_RUN/nginx.err" >"$WORLD_RUN/out" 2>&1 || {
		cat "$WORLD_RUN/out"
		world_die "nginx does not accept the configuration"
	}
	nginx -c "$STORE_RUN/nginx.conf" -e "$STORE_RUN/nginx.err" </dev/null &
	_store_nginx_pid=$!
	world_wait 10 _store_listens "$STORE_TLS11" || world_die "nginx does not start: $(tail -n 3 "$STORE_RUN/nginx.err")"
}

_store_nginx_conf() {
	cat <<-END
		daemon off;
		user www-data;
		worker_processes 2;
		pid $STORE_RUN/nginx.pid;
		events { worker_connections 1024; }
		http {
			log_format store '\$msec\t\$request_method\t\$request_uri\t\$ssl_protocol\t\$ssl_client_s_dn\t\$status\t\$http_if_none_match\t\$http_user_agent\t\$http_authorization\t\$http_accept\t\$http_accept_encoding\t\$http_cookie';
			access_log $STORE_NGINX_LOG store;
			client_body_temp_path $STORE_RUN/nginx; proxy_temp_path $STORE_RUN/nginx; fastcgi_temp_path $STORE_RUN/nginx;
			uwsgi_temp_path $STORE_RUN/nginx; scgi_temp_path $STORE_RUN/nginx;
			default_type text/plain;
			root $STORE_WWW;
	END
	_store_nginx_server "$STORE_HTTPS" good '' "$@"
	_store_nginx_server "$STORE_WRONG" wrong '' "$@"
	_store_nginx_server "$STORE_EXPIRED" expired '' "$@"
	_store_nginx_server "$STORE_UNKNOWN" unknown '' "$@"
	_store_nginx_server "$STORE_MTLS" good "ssl_verify_client on; ssl_client_certificate $STORE_PKI/ca.pem;" "$@"
	_store_nginx_server "$STORE_TLS12" good 'ssl_protocols TLSv1.2;' "$@"
	_store_nginx_server "$STORE_TLS11" good 'ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;' "$@"
	echo '}'
}

# PORT CERTIFICATE TLS-DIRECTIVES [DIRECTIVE...]
_store_nginx_server() {
	echo "server { listen 127.0.0.1:$1 ssl; ssl_certificate $STORE_PKI/$2.pem; ssl_certificate_key $STORE_PKI/$2.key; $3"
	shift 3
	[ $# = 0 ] || printf '%s\n' "$@"
	echo '}'
}

# store_nginx_stop: in order, so that the log is complete.
store_nginx_stop() {
	_world_stop "$_store_nginx_pid" QUIT
	_store_nginx_pid=''
}

# store_nginx_count [REGEX]: how many requests its log has (that match, in the fields of _store_nginx_conf).
store_nginx_count() {
	grep -cE -e "${1:-}" "$STORE_NGINX_LOG" 2>/dev/null || true
}

# ---- etcd ----

# store_etcd_start: one member, JSON gateway on http://127.0.0.1:STORE_ETCD.
store_etcd_start() {
	store_etcd_stop
	install -d -m 0700 "$STORE_RUN/etcd"
	# where Debian's etcd is built but not supported by its makers, it wants to be told so
	ETCD_UNSUPPORTED_ARCH=$(dpkg --print-architecture) etcd --name world --data-dir "$STORE_RUN/etcd" --logger zap \
		--listen-client-urls "http://127.0.0.1:$STORE_ETCD" --advertise-client-urls "http://127.0.0.1:$STORE_ETCD" \
		--listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
		--initial-cluster world=http://127.0.0.1:2380 </dev/null >"$STORE_RUN/etcd.log" 2>&1 &
	_store_etcd_pid=$!
	world_wait 20 _store_etcd_is_up || world_die "etcd does not start: $(tail -n 3 "$STORE_RUN/etcd.log")"
}

_store_etcd_is_up() {
	curl -sf -m 2 "http://127.0.0.1:$STORE_ETCD/health" | grep -q '"true"'
}

store_etcd_stop() {
	_world_stop "$_store_etcd_pid"
	_store_etcd_pid=''
}

# store_etcd_put KEY TEXT..., store_etcd_delete KEY: one key of the store, a line for each TEXT.
store_etcd_put() {
	local key=$1
	shift
	_store_etcd_post put "{\"key\":\"$(_store_base64 "$key")\",\"value\":\"$(printf '%s\n' "$@" | base64 -w 0)\"}"
}

store_etcd_delete() {
	_store_etcd_post deleterange "{\"key\":\"$(_store_base64 "$1")\"}"
}

_store_base64() {
	printf %s "$1" | base64 -w 0
}

# METHOD JSON
_store_etcd_post() {
	curl -sf -m 5 -o "$STORE_RUN/etcd.answer" -d "$2" "http://127.0.0.1:$STORE_ETCD/v3/kv/$1" || world_die "etcd: $1 failed"
}

# ---- the scripted store ----

# store_fault_start: HTTP on STORE_FAULT and STORE_FAULT_UNIX, HTTPS with the certificate STORE_FAULT_CERTIFICATE (good) on
# STORE_FAULT_TLS.
store_fault_start() {
	local tls=() certificate=$STORE_PKI/${STORE_FAULT_CERTIFICATE:-good}
	store_fault_stop
	mkdir -p "$STORE_RUN/faults"
	chmod 0755 "$WORLD_RUN" "$STORE_RUN"
	[ ! -e "$certificate.pem" ] || tls=("tls:$STORE_FAULT_TLS:$certificate.pem:$certificate.key")
	"$KA_SRC/build/tests/tools/faultstore" "$STORE_RUN/faults" "$STORE_FAULT_LOG" "plain:$STORE_FAULT" \
		"unix:$STORE_FAULT_UNIX" "${tls[@]}" </dev/null &
	_store_fault_pid=$!
	world_wait 10 _store_listens "$STORE_FAULT" || world_die "faultstore does not start"
}

store_fault_stop() {
	_world_stop "$_store_fault_pid"
	_store_fault_pid=''
}

# store_fault NAME LINE...: how a request for /NAME/... is answered from now on (tests/tools/lib/faultscript.h).
store_fault() {
	local name=$1
	shift
	printf '%s\n' "$@" >"$STORE_RUN/faults/$name.new"
	mv -f "$STORE_RUN/faults/$name.new" "$STORE_RUN/faults/$name"
}

# store_fault_off NAME: no answer is planned any more.
store_fault_off() {
	rm -f "$STORE_RUN/faults/$1"
}

# store_fault_count [NAME]: how many requests came (for /NAME).
store_fault_count() {
	grep -cE "^[0-9]+	[A-Z]+	/${1:-}" "$STORE_FAULT_LOG" 2>/dev/null || true
}

# store_fault_last: the fields of the last request, one a line.
store_fault_last() {
	tail -n 1 "$STORE_FAULT_LOG" | tr '\t' '\n'
}

# store_fault_sent NAME: how many bytes the last answer for /NAME took before it ended.
store_fault_sent() {
	sed -n "s/^$1 //p" "$STORE_FAULT_LOG.sent" | tail -n 1
}

# ---- the cache ----

STORE_CACHE=/var/cache/keyaudit

# store_settle: until no fetcher runs any more: it answers first and writes the cache behind that.
store_settle() {
	world_wait 10 _store_no_fetcher || world_die "a fetcher does not end"
}

_store_no_fetcher() {
	! pgrep -x authkeys-fetch
}

# store_forget_entries: the cache is wiped; what was once accepted is remembered.
store_forget_entries() {
	store_settle
	find $STORE_CACHE -type f -delete
}

# store_forget: as on a host that has never asked: no entry, no note of a failure, no serial.
store_forget() {
	store_settle
	find $STORE_CACHE /var/lib/keyaudit/serials /var/lib/keyaudit/wanted -type f -delete
}

# store_age STATE: every entry is fresh, swr (served while it is refreshed), stale (only while the store cannot be asked)
# or dead; notes of failures are taken away, so that the store is asked.
store_age() {
	local now fresh swr stale begin file
	store_settle
	now=$(date +%s)
	begin=$((now - 1000)) fresh=$((now - 700)) swr=$((now - 400)) stale=$((now + 3600))
	case $1 in
	fresh) fresh=$((now + 600)) swr=$((now + 900)) ;;
	swr) swr=$((now + 600)) ;;
	stale) ;;
	dead) stale=$((now - 100)) ;;
	*) world_die "store_age: $1" ;;
	esac
	find $STORE_CACHE -type f \( -name '*.try' -o -name 'breaker.*' \) -delete
	for file in $(store_entries); do
		# in place: owner and mode stay
		LC_ALL=C sed "1{s/ fetched=[0-9]*/ fetched=$begin/;s/ confirmed=[0-9]*/ confirmed=$begin/;s/ fresh=[0-9]*/ fresh=$fresh/
			s/ swr=[0-9]*/ swr=$swr/;s/ stale=[0-9]*/ stale=$stale/}" "$file" >"$STORE_RUN/aged"
		cat "$STORE_RUN/aged" >"$file"
	done
}

# store_entries: the files of all entries.
store_entries() {
	find $STORE_CACHE -type f -regex '.*/[0-9a-f]*'
}

# store_asked USER [ARG...]: one look-up as sshd makes it, on a connection of its own, for every key of the user (or with
# what ARGs say); sets store_out, store_src (src= of the record), store_reasons and store_net, the milliseconds that it says it
# has waited for stores (net=; 0: not at all). A program that starts late on a busy machine has not waited for one.
store_asked() {
	local user=$1 record
	shift
	rm -f /run/keyaudit/spool/*
	store_out=$("$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" -u "$user" -U "$(id -u "$user")" -H "/home/$user" "$@" \
		2>"$WORLD_RUN/err") || world_die "the command failed: $(cat "$WORLD_RUN/err")"
	record=$(cat /run/keyaudit/spool/* 2>/dev/null)
	store_src=$(sed -n 's/.* src=\([^ ]*\) .*/\1/p' <<<"$record")
	store_reasons=$(sed -n 's/.* reasons=\([^ ]*\) .*/\1/p' <<<"$record")
	store_net=$(sed -n 's/.* net=\([0-9]*\) .*/\1/p' <<<"$record")
	store_net=${store_net:-0}
}

# PORT on loopback, by the kernel's own table: a connection would stand in the log.
_store_listens() {
	grep -q "^ *[0-9]*: 0100007F:$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp
}
