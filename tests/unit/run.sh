#!/bin/sh
# Runs unit test programs, as many at a time as there are processors. usage: run.sh BUILD PROGRAM…
# RUN: a runner put before each (qemu-user). Prints a line per program and, last, the number of
# cmocka tests: "N passed, N failed, N skipped". Exit status 1 if anything failed.
build=$1
shift
passed=0 failed=0 skipped=0
logs=$build/tests/log
mkdir -p "$logs"
export RUN logs
# A program that hangs is a failed one.
printf '%s\n' "$@" | xargs -P "$(nproc)" -I PROGRAM sh -c '
	case $1 in /*) program=$1 ;; *) program=./$1 ;; esac
	name=$(basename "$1")
	timeout -k 5 600 $RUN "$program" >"$logs/$name.txt" 2>&1
	echo $? >"$logs/$name.status"' run PROGRAM
for program in "$@"; do
	name=$(basename "$program")
	log=$logs/$name.txt
	status=$(cat "$logs/$name.status")
	p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | awk '{s += $1} END {print s + 0}')
	f=$(sed -n 's/^ *\([0-9]*\) FAILED TEST(S)$/\1/p' "$log" | awk '{s += $1} END {print s + 0}')
	s=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$log" | awk '{s += $1} END {print s + 0}')
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
	fi
	if [ "$p" -eq 0 ] && [ "$f" -eq 0 ] && [ "$s" -eq 0 ]; then
		echo "not ok $name: ran no test"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	if [ "$f" -ne 0 ]; then
		echo "not ok $name ($f failed, status $status): $log"
		grep -E 'ERROR|FAILED|Error|runtime error|Sanitizer' "$log" | head -20
	else
		echo "ok $name ($p passed$([ "$s" -eq 0 ] || echo ", $s skipped"))"
	fi
	[ "$s" -eq 0 ] || grep '^skip ' "$log"
	rm -f "$logs/$name.status"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
