// check.mjs: the test runner of flow, browser and peer tests. A file calls test(name, async
// function) for each test and ends with `await run()`. Tests run in order; a failed one does not stop
// the others unless it says so (test.must: the rest is skipped). The last line is
// "N passed, N failed, N skipped"; the exit status tells the same.
//
//	node tests/flow/smoke.mjs [word]	runs only tests whose name holds the word (and test.must)

const tests = [];
const cleanups = [];

export function test(name, body) {
	tests.push({ name, body, must: false });
}
// What the following tests stand on.
test.must = (name, body) => tests.push({ name, body, must: true });

class Skip extends Error {}
export function skip(why) {
	throw new Skip(why);
}
// Runs after all tests, whatever happened, last first.
export function cleanup(body) {
	cleanups.push(body);
}

// Waits until probe() returns something true; fails with what after seconds: of a machine that has
// nothing else to do, and four times that on one that runs other suites beside.
export async function until(what, seconds, probe) {
	const deadline = Date.now() + seconds * 4000;
	let last;
	for (;;) {
		try {
			const value = await probe();
			if (value) return value;
			last = undefined;
		} catch (error) {
			last = error;
		}
		if (Date.now() > deadline)
			throw new Error(`not within ${seconds * 4} s: ${what}${last ? ` (${last.message})` : ''}`);
		await new Promise((done) => setTimeout(done, 50));
	}
}

export async function run() {
	const word = process.argv[2];
	const counts = { passed: 0, failed: 0, skipped: 0 };
	let broken = false;
	for (const { name, body, must } of tests) {
		if (word && !must && !name.includes(word)) continue;
		const started = Date.now();
		try {
			if (broken) skip('an earlier test that this one stands on failed or was skipped');
			await body();
			counts.passed++;
			console.log(`ok ${name} (${Date.now() - started} ms)`);
		} catch (error) {
			if (error instanceof Skip) {
				counts.skipped++;
				broken ||= must;
				console.log(`skip ${name}: ${error.message}`);
				continue;
			}
			counts.failed++;
			broken ||= must;
			console.log(`not ok ${name}\n${String(error.stack || error).replace(/^/gm, '  ')}`);
		}
	}
	for (const body of cleanups.reverse()) {
		try {
			await body(counts.failed > 0);
		} catch (error) {
			console.log(`cleanup: ${error.message}`);
		}
	}
	console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
	process.exit(counts.failed ? 1 : 0);
}
