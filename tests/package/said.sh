# said.sh: what the proofs inside a machine say, one line a check. Read by each of them from beside itself.
ok() { # NAME COMMAND…
	name=$1
	shift
	if "$@" >/tmp/said 2>&1; then
		echo "ok $name"
	else
		echo "not ok $name"
		sed 's/^/    /' /tmp/said | tail -20
	fi
}
refused() { # COMMAND…: it must fail
	! "$@"
}
is() { # WANTED GOT
	[ "$1" = "$2" ] || { echo "wanted: $1"; echo "got:    $2"; return 1; }
}
until_ok() { # SECONDS COMMAND…
	n=$1
	shift
	until "$@" >/tmp/tried 2>&1; do
		n=$((n - 1))
		[ $n -gt 0 ] || { cat /tmp/tried; return 1; }
		sleep 1
	done
}
