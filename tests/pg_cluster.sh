#!/bin/sh
# A private PostgreSQL cluster under build/, on a Unix socket alone, for the store's core suite.
# usage: pg_cluster.sh start [FOLDER]	prints the connection string
#        pg_cluster.sh stop [FOLDER]	stops it and removes it
# The server refuses to run as root, and wants a user with a name: then it runs as postgres or nobody.
set -eu
action=${1:-}
root=$(cd "$(dirname "$0")/.." && pwd)
dir=${2:-$root/build/pg}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "pg_cluster.sh: no PostgreSQL server here (Debian: postgresql)" >&2; exit 69; }

user=postgres
id -u "$user" >/dev/null 2>&1 || user=nobody

as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME="$dir" "$@"
	else
		"$@"
	fi
}

case $action in
start)
	# Socket paths are short: the folder of sockets stands under the temporary folder.
	if [ ! -f "$dir/data/PG_VERSION" ]; then
		mkdir -p "$dir"
		sock=$(mktemp -d "${TMPDIR:-/tmp}/tram-pg-XXXXXX")
		echo "$sock" >"$dir/sock"
		[ "$(id -u)" != 0 ] || chown "$user" "$dir" "$sock"
		as_user "$bin/initdb" -D "$dir/data" -U tram -A trust -E UTF8 --locale=C \
			>"$dir/initdb.log" 2>&1
		[ "$(id -u)" != 0 ] || chmod 711 "$sock"
	fi
	sock=$(cat "$dir/sock")
	if ! as_user "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
		as_user "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/server.log" \
			-o "-c listen_addresses='' -c unix_socket_directories='$sock' -c fsync=off" \
			start >/dev/null 2>&1
	fi
	echo "host=$sock user=tram dbname=postgres"
	;;
stop)
	[ -f "$dir/data/PG_VERSION" ] || exit 0
	as_user "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$(cat "$dir/sock")" "$dir"
	;;
*)
	sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
	exit 64
	;;
esac
