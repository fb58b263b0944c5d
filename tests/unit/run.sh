#!/bin/sh
# Runs unit test programs one after the other. usage: run.sh BUILD PROGRAM…
# RUN: a runner put before each (qemu-user). Prints a line per program and, last, the number of
# cmocka tests: "N passed, N failed, N skipped". Exit status 1 if anything failed.
build=$1
shift
passed=0 failed=0 skipped=0
mkdir -p "$build/tests/log"
for program in "$@"; do
	name=$(basename "$program")
	log=$build/tests/log/$name.txt
	case $program in
	/*) ;;
	*) program=./$program ;;
	esac
	$RUN "$program" >"$log" 2>&1
	status=$?
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
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
