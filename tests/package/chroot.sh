#!/bin/sh
# In a Debian without a running service manager, as root: installs, upgrades, removes and purges the
# package of a board. usage: chroot.sh DEB NEWER_DEB OTHER_DEB. Prints "ok …" and "not ok …".
set -u
deb=$1 newer=$2 other=$3
data=/var/lib/tram
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

. "$(dirname "$0")/said.sh"
owner() {
	stat -c '%U %G %a' "$1"
}
apt() {
	apt-get -y -q -o Dpkg::Use-Pty=0 "$@"
}

ok 'installs with its dependencies' apt install --no-install-recommends "$deb"
for user in tram-web tram-look tram-admin tram-link tram-names; do
	ok "there is a user $user without a shell" is /usr/sbin/nologin "$(getent passwd $user | cut -d: -f7)"
done
ok 'its target is enabled' test -e /etc/systemd/system/multi-user.target.wants/tram-board.target
ok 'every file is what the package says' dpkg -V tram-board
ok 'lighttpd takes the configuration' /usr/sbin/lighttpd -tt -f /etc/tram/lighttpd/board.conf
ok 'what is suggested for a machine of its own is to be had' apt install --no-install-recommends hostapd dnsmasq-base \
	nftables wpasupplicant lighttpd-mod-openssl
ok 'lighttpd takes the configuration of such a machine' /usr/sbin/lighttpd -t -f /etc/tram/lighttpd/point.conf
ok 'none of it is switched on' sh -c "! ls /etc/systemd/system/*.wants/ | grep -E 'tram-(setup|network|rules|dnsmasq|hostapd|tablet)'"
ok 'units are well formed' systemd-analyze verify --man=no /usr/lib/systemd/system/tram-board.target \
	/usr/lib/systemd/system/tram-*.service /usr/lib/systemd/system/tram-*.socket \
	/usr/lib/systemd/system/tram-*.timer /usr/lib/systemd/system/tram-*.path
for unit in /usr/lib/systemd/system/tram-*.service; do
	value=$(systemd-analyze security --offline=true --no-pager "$unit" 2>/dev/null \
		| sed -n 's/.*exposure level for [^:]*: \([0-9.]*\).*/\1/p')
	echo "    ${unit##*/} $value"
	ok "exposure of ${unit##*/} is at most 2.0" awk -v value="$value" \
		'BEGIN { exit !(value != "" && value <= 2.0) }'
done

ok 'a board is made' tram init board --data $data --with /etc/tram/init.conf --mode rehearsal \
	--board-id b18685-1 --commune-code 18685
ok 'databases belong to the pages' is 'tram-web tram-data 2770' "$(owner $data/db)"
ok 'accounts are apart' is 'tram-web tram-auth 2770' "$(owner $data/auth)"
ok 'the slip keys are for the pages alone' is 'tram-web tram-web 700' "$(owner $data/keys/web)"
ok 'the client key is for the forwarder alone' is 'tram-link tram-link 700' "$(owner $data/keys/link)"
ok 'uploads on their way are for lighttpd alone' is 'www-data www-data 700' "$(owner $data/upload)"
ok 'downloads are opened by lighttpd, not listed' is 'tram-web tram-out 2710' "$(owner $data/out)"
ok 'sessions lie in /run' test -s /run/tram/run/run.db
ok 'the journal is whole' tram verify --data $data
digest=$(tram digest --data $data)

echo '# by hand' >>/etc/tram/lighttpd/board.conf
ok 'a newer version installs over it' apt install --no-install-recommends \
	-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$newer"
ok 'it is the newer one' is "$(dpkg-deb -f "$newer" Version)" "$(cat /usr/lib/tram/version)"
ok 'configuration edited by hand survives' grep -q '^# by hand' /etc/tram/lighttpd/board.conf
ok 'the new default lies beside it' grep -q '^# newer' /etc/tram/lighttpd/board.conf.dpkg-dist
ok 'the data are brought up' tram migrate --data $data
ok 'and tell the same' is "$digest" "$(tram digest --data $data)"
ok 'going back to the older one works while the schema is the same' \
	apt install --allow-downgrades -o Dpkg::Options::=--force-confold "$deb"
ok 'the center does not go beside it' sh -c "! dpkg -i '$other'"
apt install -f >/dev/null 2>&1
apt install -o Dpkg::Options::=--force-confold "$deb" >/dev/null 2>&1

ok 'remove' apt remove tram-board
ok 'programs are gone' test ! -e /usr/lib/tram
ok 'configuration stays' grep -q '^# by hand' /etc/tram/lighttpd/board.conf
ok 'data stay' test -s $data/db/tram.db
ok 'installed again it finds both' apt install -o Dpkg::Options::=--force-confold "$deb"
ok 'the journal is whole still' tram verify --data $data

apt purge tram-board >/tmp/purge 2>&1
ok 'purge says that it keeps the data' grep -q "$data is kept" /tmp/purge
ok 'and keeps them' test -s $data/db/tram.db
ok 'configuration is gone' test ! -e /etc/tram
ok 'no link of its target is left' test ! -e /etc/systemd/system/multi-user.target.wants/tram-board.target
apt install "$deb" >/dev/null 2>&1
: >$data/DELETE-ON-PURGE
ok 'purge, told to, deletes' apt purge tram-board
ok 'and nothing is left' test ! -e $data
apt install "$deb" >/dev/null 2>&1
ok 'never used: purge leaves nothing' sh -c "apt-get -y -q purge tram-board && test ! -e $data"

ok 'the center installs' apt install --no-install-recommends "$other"
ok 'a center is made' tram init center --data $data --with /etc/tram/init.conf --mode rehearsal \
	--center-id center --official-agency H27.998
ok 'its store is its own' is 'tram-center tram-center 2770' "$(owner $data/db)"
ok 'its keys are its own' is 'tram-center tram-center 700' "$(owner $data/keys/center)"
ok 'units of the center are well formed' systemd-analyze verify --man=no \
	/usr/lib/systemd/system/tram-center.target /usr/lib/systemd/system/tram-*.service \
	/usr/lib/systemd/system/tram-*.socket
ok 'the center is purged' apt purge tram-center
