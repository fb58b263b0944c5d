#!/bin/sh
# In a machine that booted with the package of a board, as root: switches on what a reception point's own machine
# has (board/FIRST-BOOT.md), and proves that its units do their work with the rights they have: first boot is
# asked, one file answers it, the station stands behind its own names over TLS, names and addresses are given,
# rules hold. A cable stands for the radio. usage: point.sh OUT; prints "ok …" and "not ok …", switches off.
set -u
exec </dev/null >"$1" 2>&1
data=/var/lib/tram
export LC_ALL=C.UTF-8 SYSTEMD_PAGER=

. "$(dirname "$0")/said.sh"

ip link add wlan0 type veth peer name tablets && ip link set tablets up
ip link add eth0 type veth peer name line && ip link set line up
mv /etc/tram/lighttpd/point.conf /etc/tram/lighttpd/board.conf
printf 'hosts = tram.lan quan-ly.tram.lan tra-cuu.tram.lan\ntls_pages = yes\nlookup_url = https://tra-cuu.tram.lan\n' >>/etc/tram/init.conf
ok 'its units are switched on' systemctl enable --now systemd-networkd.service tram-setup-lighttpd.service tram-setup-run.path \
	tram-network.service tram-network.path tram-tablet-tls.service tram-tablet-tls.timer
ok 'first boot asks for the code of the label' until_ok 30 sh -c 'curl -s -f -H "Host: tram.lan" http://127.0.0.1/ma | grep name=.code'
ok 'a phone is led there' sh -c 'curl -s -o /dev/null -w "%{redirect_url}" -H "Host: captive.apple.com" http://127.0.0.1/ | grep 10.77.0.1'
ok 'the label made a network' until_ok 60 grep -x ok $data/network/applied
ok 'its rules are there' sh -c 'nft list table inet tram | grep "policy drop"'
ok 'its address is there' until_ok 20 sh -c 'ip -4 -o address show wlan0 | grep 10.77.0.1/24'
ok 'nothing is passed on' grep -x 0 /proc/sys/net/ipv4/ip_forward
ok 'names are answered by a user of their own' sh -c \
	'[ "$(ps -o user= -p "$(systemctl show -p MainPID --value tram-dnsmasq)" | tr -d " ")" = tram-names ]'

# One file answers all of it (as on the boot partition of a card).
mkdir -p /boot/firmware
cat >/boot/firmware/tram-setup.conf <<'END'
commune_code = 18685
station_name = Trung tâm Thử
point_no = 3
point_name = Điểm số 3
point_address = Thôn Thử
point_phone = 0239 000 0000
admin_login = quanly
admin_name = Nguyễn Văn Thử
admin_password = Mot-Mat-Khau-2026!
ap_name = Tram 3
ap_key = mat khau thu 3
uplink = cable
center_url = https://127.0.0.1:1
invitation_later = yes
rehearse = no
END
# The line is asked for by a unit without root's rights; nobody answers it here.
: >$data/setup/wish-network
ok 'first boot reads the file' systemctl start tram-setup-begin.service
ok 'and it is gone' test ! -e /boot/firmware/tram-setup.conf
ok 'a station stands' until_ok 90 test -e $data/tram.conf
ok 'its programs serve' until_ok 60 systemctl is-active tram-board.target tram-lighttpd.service tram-intake@1.service
over_tls() { # NAME PATH
	curl -s -f -m 10 -o /dev/null --cacert $data/keys/tls/ca.crt --resolve "$1:443:127.0.0.1" "https://$1$2"
}
ok "the clerks' page, by its name, trusted" until_ok 60 over_tls tram.lan /dang-nhap
ok "the manager's" over_tls quan-ly.tram.lan /dang-nhap
ok "the citizens'" over_tls tra-cuu.tram.lan /
ok 'first boot is over' refused systemctl is-active tram-setup.service tram-setup-lighttpd.service
ok 'the network is the one that was wished' until_ok 60 sh -c "grep -x ok $data/network/applied && \
	[ \"\$(sha256sum <$data/network/network.conf | cut -d' ' -f1)\" = \"\$(head -1 $data/network/applied)\" ]"
ok 'a name of the board is answered' until_ok 20 sh -c 'ss -Hlun | grep -E "10.77.0.1(%wlan0)?:53|[*0]:53"'
ok 'the certificate of today stays' systemctl start tram-tablet-tls.service
ok 'nothing has failed' test -z "$(systemctl --failed --plain --no-legend)"
systemctl --failed --plain --no-legend | sed 's/^/# /'
ok 'no call was refused by a filter or a right' refused sh -c \
	"journalctl -b -u 'tram-*' --no-pager | grep -iE 'not permitted|read-only file|permission denied'"
journalctl -b -p warning --no-pager -u 'tram-*' | tail -30 | sed 's/^/# /'
echo "END"
systemctl poweroff -ff
