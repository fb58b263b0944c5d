#!/bin/sh
# In a machine that booted with the package of a board installed, as root: makes a board and proves what its
# services may and may not. Prints "ok …" and "not ok …" to OUT, then switches the machine off. usage: boot.sh OUT
set -u
exec </dev/null >"$1" 2>&1
data=/var/lib/tram
export LC_ALL=C.UTF-8 SYSTEMD_PAGER=

. "$(dirname "$0")/said.sh"
page() { # PORT PATH
	curl -s -f -m 10 -o /dev/null "http://127.0.0.1:$1$2"
}
pid_of() {
	systemctl show -p MainPID --value "$1"
}
owner_of_process() {
	ps -o user= -p "$(pid_of "$1")" | tr -d ' '
}
inside() { # UNIT COMMAND…: as the unit's user, in what it sees of the file system
	unit=$1
	shift
	user=$(owner_of_process "$unit")
	groups=$(sed -n 's/^Groups:\t*//p' "/proc/$(pid_of "$unit")/status" | tr ' ' ',' | sed 's/,*$//')
	nsenter -t "$(pid_of "$unit")" -m setpriv --reuid "$user" --regid "$user" \
		--groups "${groups:-$(id -g "$user")}" "$@"
}

echo "# systemd $(systemctl --version | sed -n '1s/.*(\(.*\)).*/\1/p'), $(uname -r), $(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
ok 'the service manager is process 1' is systemd "$(cat /proc/1/comm)"
ok 'before tram init no page program runs' refused pgrep tram-
ok 'the target is active all the same' systemctl is-active tram-board.target

tram init board --data $data --with /etc/tram/init.conf --mode rehearsal --board-id b18685-1 \
	--commune-code 18685 --center-url https://127.0.0.1:8201 >/tmp/init 2>&1 || cat /tmp/init
echo 'Tram-Demo-2026!' | tram user add canbo --data $data --name 'Nguyen Van Thu' --roles intake \
	--keep-password >/dev/null
systemctl start tram-board.target
ok "the clerks' page comes over lighttpd" until_ok 30 page 8100 /dang-nhap
ok "the citizens' page comes" until_ok 30 page 8101 /
ok 'the page of manager and technician comes' until_ok 30 page 8102 /dang-nhap
static=$(curl -s http://127.0.0.1:8100/dang-nhap | grep -o '/tinh/[^"]*\.css' | head -1)
ok 'so does a static file' page 8100 "$static"
ok 'the forwarder runs' systemctl is-active tram-forward.service
ok 'nothing has failed' is '' "$(systemctl --failed --plain --no-legend)"

# ---- users and sockets ----
while read -r unit user; do
	ok "$unit runs as $user" is "$user" "$(owner_of_process "$unit")"
done <<'END'
tram-intake@1.service tram-web
tram-intake@2.service tram-web
tram-uploads@1.service tram-web
tram-lookup.service tram-look
tram-admin.service tram-admin
tram-forward.service tram-link
tram-lighttpd.service www-data
END
for socket in intake uploads lookup admin; do
	ok "$socket.sock is lighttpd's alone" is 'www-data www-data 600' \
		"$(stat -c '%U %G %a' /run/tram/sock/$socket.sock)"
	for user in tram-look tram-web nobody; do
		ok "$user cannot open $socket.sock" refused setpriv --reuid "$user" --clear-groups \
			curl -s -m 5 --unix-socket /run/tram/sock/$socket.sock http://x/
	done
	unit=$(systemctl show -p Triggers --value tram-$socket.socket)
	ok "$socket: the listening socket is descriptor 0" sh -c \
		"readlink /proc/$(pid_of "${unit%% *}")/fd/0 | grep -q socket:"
done
for worker in 1 2; do
	ls -l "/proc/$(pid_of tram-intake@$worker.service)/fd/0" | sed 's/.*-> //'
done >/tmp/sockets
ok 'both workers have the same socket' is 1 "$(sort -u /tmp/sockets | wc -l)"

# ---- keys and data ----
(umask 077; echo secret >$data/keys/link/client.key; chown tram-link:tram-link $data/keys/link/client.key)
ok 'the forwarder reads the client key' inside tram-forward.service cat $data/keys/link/client.key
for unit in tram-intake@1 tram-uploads@1 tram-lookup tram-admin tram-lighttpd; do
	ok "$unit does not read the client key" refused inside $unit.service cat $data/keys/link/client.key
done
ok 'not even root in its place' refused nsenter -t "$(pid_of tram-intake@1.service)" -m \
	cat $data/keys/link/client.key
ok 'lookup does not see the dossiers' refused inside tram-lookup.service ls $data/db
ok 'admin does not see the dossiers' refused inside tram-admin.service ls $data/db
ok 'lighttpd does not see the dossiers' refused inside tram-lighttpd.service ls $data/db
ok 'intake sees them' inside tram-intake@1.service cat $data/db/tram.db
ok 'the forwarder does not see accounts' refused inside tram-forward.service ls $data/auth
ok 'no program writes its own program' refused inside tram-intake@1.service touch /usr/lib/tram/x
ok 'nor its settings' refused inside tram-intake@1.service sh -c "echo >>$data/tram.conf"

# ---- network ----
for unit in tram-intake@1 tram-uploads@1 tram-lookup tram-admin; do
	ok "$unit has no network but a loopback of its own" is 'lo' \
		"$(sed -n 's/^ *\([a-z0-9]*\):.*/\1/p' "/proc/$(pid_of $unit.service)/net/dev" | tr '\n' ' ' | sed 's/ $//')"
	ok "$unit cannot reach this machine's ports" refused nsenter -t "$(pid_of $unit.service)" -n \
		curl -s -m 3 http://127.0.0.1:8100/dang-nhap
done

# ---- a login: argon2id within its memory, a session in /run ----
jar=/tmp/jar
hidden=$(curl -s -c $jar http://127.0.0.1:8100/dang-nhap | tr '>' '\n' | sed -n \
	's/.*type="hidden" name="\([^"]*\)" value="\([^"]*\)".*/--data-urlencode \1=\2/p')
# shellcheck disable=SC2086
ok 'a clerk logs in' is 303 "$(curl -s -b $jar -c $jar -o /dev/null -w '%{http_code}' -H \
	'Origin: http://127.0.0.1:8100' $hidden --data-urlencode login=canbo \
	--data-urlencode 'password=Tram-Demo-2026!' http://127.0.0.1:8100/dang-nhap)"

# ---- restart ----
before=$(pid_of tram-intake@1.service)
kill -9 "$before"
changed() {
	now=$(pid_of tram-intake@1.service)
	[ "$now" != 0 ] && [ "$now" != "$before" ] && systemctl is-active --quiet tram-intake@1.service
}
ok 'a worker killed is there again' until_ok 10 changed
ok 'and the page comes' page 8100 /dang-nhap
kill -9 "$(pid_of tram-intake@1.service)" "$(pid_of tram-intake@2.service)"
ok 'both killed: the next request waits and is answered' page 8100 /dang-nhap
kill -9 "$(pid_of tram-lighttpd.service)"
ok 'lighttpd killed comes again' until_ok 10 page 8100 /dang-nhap

# ---- watchdog: a program that stands still ----
mkdir -p /run/systemd/system/tram-lookup.service.d
printf '[Service]\nWatchdogSec=3\nTimeoutAbortSec=1\n' >/run/systemd/system/tram-lookup.service.d/short.conf
systemctl daemon-reload
systemctl restart tram-lookup.service
before=$(pid_of tram-lookup.service)
sleep 8
ok 'one that turns is left alone' is "$before" "$(pid_of tram-lookup.service)"
kill -STOP "$before"
stood() {
	[ "$(systemctl show -p NRestarts --value tram-lookup.service)" -ge 1 ] && page 8101 /
}
ok 'one that stands still is started anew' until_ok 20 stood
rm -r /run/systemd/system/tram-lookup.service.d
systemctl daemon-reload

# ---- what cannot run: word for the technician's page, and back ----
cp $data/tram.conf /tmp/tram.conf
echo 'nonsense = 1' >>$data/tram.conf
systemctl restart tram-lookup.service
ok 'wrong configuration: it stays down' until_ok 10 systemctl is-failed tram-lookup.service
ok 'word is left' until_ok 10 grep -q '"status":"78"' $data/health/down-tram-lookup.service.json
cat /tmp/tram.conf >$data/tram.conf
systemctl start tram-retry.service
ok 'put right, it is tried again' until_ok 10 page 8101 /
systemctl start tram-retry.service
ok 'and the word is taken back' test ! -e $data/health/down-tram-lookup.service.json

# ---- memory ----
total=0
for pid in $(pgrep 'tram-|lighttpd'); do
	pss=$(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")
	total=$((total + ${pss:-0}))
done
echo "# PSS of all our processes and lighttpd: $((total / 1024)) MB; whole system in use: $(free -m | awk '/^Mem:/ { print $2 - $7 }') MB"
ok 'all of it within 16 MB' test $((total / 1024)) -le 16
ok 'the slice has its limits' is '335544320 285212672' \
	"$(systemctl show -p MemoryMax --value tram.slice) $(systemctl show -p MemoryHigh --value tram.slice)"

# ---- an update, for real: from the inbox, by the service's own script ----
mkdir -p /run/systemd/system/tram-settle.service.d
printf '[Service]\nExecStart=\nExecStart=%s --wait 40\n' "$(sed -n 's/^ExecStart=//p' \
	/usr/lib/systemd/system/tram-settle.service)" >/run/systemd/system/tram-settle.service.d/short.conf
systemctl daemon-reload
update() { # FIRST_NUMBER: lays the release into the inbox and takes it
	cp /release-"$1"/* $data/inbox/
	mkdir -p /run/systemd/system/tram-update.service.d
	printf '[Service]\nExecStart=\nExecStart=/usr/lib/tram/update --now\n' \
		>/run/systemd/system/tram-update.service.d/now.conf
	systemctl daemon-reload
	systemctl start tram-update.service
}
programs() {
	readlink -f "/proc/$(pid_of tram-intake@1.service)/exe"
}
before=$(tram digest --data $data)
ok "the machine's own package runs" is /usr/lib/tram/tram-intake "$(programs)"
ok 'an update runs through' update 9
ok 'the new version serves' until_ok 30 page 8100 /dang-nhap
ok 'its programs run' sh -c "case '$(programs)' in $data/releases/9.*) ;; *) exit 1 ;; esac"
ok 'it is done' grep -q '"step":"done"' $data/update/state.json
ok 'the databases were copied first' test -s $data/update/copy/tram.db
ok 'and tell the same' is "$before" "$(tram digest --data $data)"
update 10 >/tmp/said 2>&1
ok 'a version that does not serve goes back' grep -q '"step":"back"' $data/update/state.json
ok 'the one before serves again' until_ok 60 page 8100 /dang-nhap
ok 'its programs run again' sh -c "case '$(programs)' in $data/releases/9.*) ;; *) exit 1 ;; esac"
ok 'the databases tell the same' is "$before" "$(tram digest --data $data)"
rm -r /run/systemd/system/tram-settle.service.d /run/systemd/system/tram-update.service.d
systemctl daemon-reload
systemctl reset-failed

# ---- boots again by itself: stop, start, sessions gone, data there ----
systemctl stop tram-board.target
stopped() {
	! pgrep 'tram-|lighttpd'
}
ok 'the target stops all of it' until_ok 35 stopped
systemctl start tram-board.target
ok 'and starts it' until_ok 30 page 8100 /dang-nhap
ok 'nothing has failed in the end' is '' "$(systemctl --failed --plain --no-legend)"
ok 'no call was refused by a filter or a right' refused sh -c \
	"journalctl -b -u 'tram-*' --no-pager | grep -iE 'not permitted|read-only file|permission denied'"
journalctl -b -p warning --no-pager -u 'tram-*' | tail -30 | sed 's/^/# /'
echo "END"
systemctl poweroff -ff
