// Measuring tools of the benches: wrk with every answer checked, memory of process groups, fsync
// counts, percentiles, and the file build/bench.json.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export function percentile(values, p) {
	const sorted = [...values].sort((a, b) => a - b);

	return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * p / 100) - 1)];
}

export const median = (values) => percentile(values, 50);

// wrk script: sends the given requests in turn, counts answers whose status or body is not as
// expected. Requests: [{method, path, headers, body}]; each thread takes its own share.
function wrkScript(requests, status, word, once) {
	const quote = (text) => '"' + String(text).replace(/[\\"\n\r]/g, (c) => ({ '\\': '\\\\', '"': '\\"',
		'\n': '\\n', '\r': '\\r' }[c])) + '"';
	const rows = requests.map((r) => `{${quote(r.method)},${quote(r.path)},{${Object.entries(r.headers)
		.map(([k, v]) => `[${quote(k)}]=${quote(v)}`).join(',')}},${quote(r.body ?? '')}}`);

	return `local rows = {${rows.join(',\n')}}
at, bad, good = 0, 0, 0
local number = 0
function setup(thread) thread:set("offset", number); number = number + 1; threads_all = threads_all or {}
	table.insert(threads_all, thread); thread:set("parts", ${'PARTS'}) end
function init() at = offset; good = 0; bad = 0 end
function request()
	local row = rows[at % #rows + 1]
	at = at + parts
	return wrk.format(row[1], row[2], row[3], row[4])
end
function response(status, headers, body)
	if status ~= ${status} or (${quote(word)} ~= "" and not (body .. (headers["Location"] or "")):find(${quote(word)}, 1, true)) then
		bad = bad + 1
	else good = good + 1 end
	${once ? 'if at >= #rows then wrk.thread:stop() end' : ''}
end
function done(summary, latency, requests)
	local b, g = 0, 0
	for _, t in ipairs(threads_all) do b = b + (t:get("bad") or 0); g = g + (t:get("good") or 0) end
	io.write(string.format("RESULT good=%d bad=%d us=%d p50=%d p99=%d\\n", g, b, summary.duration,
		latency:percentile(50), latency:percentile(99)))
end
`;
}

// One wrk run. Returns {rate, bad, good, p99ms}. Throws when nothing was right.
export function wrk({ url, requests, status, word, connections, threads = 1, seconds, dir }) {
	const script = path.join(dir, 'wrk.lua');

	fs.writeFileSync(script, wrkScript(requests, status, word, false).replace('PARTS', threads));
	const out = execFileSync('wrk', ['-t', threads, '-c', connections, '-d', `${seconds}s`, '-s', script,
		'--latency', url], { encoding: 'utf8' });
	const found = /RESULT good=(\d+) bad=(\d+) us=(\d+) p50=(\d+) p99=(\d+)/.exec(out);

	if (!found || !Number(found[1]))
		throw new Error(`wrk got no right answer from ${url}\n${out}`);
	return { good: Number(found[1]), bad: Number(found[2]), rate: Number(found[1]) / (Number(found[3]) / 1e6),
		p99ms: Number(found[5]) / 1000 };
}

// Proportional memory of processes, in MB, or 0 for one that has gone.
export function pssMb(pids) {
	let kb = 0;

	for (const pid of pids) {
		try {
			kb += Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
		} catch { /* it ended between two samples */ }
	}
	return kb / 1024;
}

// Counts fsync and fdatasync of processes while `work` runs.
export async function countSyncs(pids, dir, work) {
	const file = path.join(dir, 'strace.out');
	const args = ['-f', '-e', 'trace=fsync,fdatasync', '-o', file];

	for (const pid of pids)
		args.push('-p', String(pid));
	const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
	let attached = 0;

	await new Promise((resolve, reject) => {
		tracer.stderr.on('data', (chunk) => {
			attached += (String(chunk).match(/attached/g) ?? []).length;
			if (attached >= pids.length)
				resolve();
		});
		tracer.on('exit', () => reject(new Error('strace did not attach')));
	});
	try {
		await work();
	} finally {
		tracer.removeAllListeners('exit');
		const ended = new Promise((resolve) => tracer.on('exit', resolve));

		tracer.kill('SIGINT');
		await ended;
	}
	return fs.readFileSync(file, 'utf8').split('\n').filter((line) => /\b(fsync|fdatasync)\(/.test(line)).length;
}

const results = [];

// unit: what value is in. limit: [op, bound] applied to the ratio if there is a peer, else to value.
export function report(name, value, unit, against, againstValue, limit) {
	const ratio = againstValue ? value / againstValue : null;
	const judged = ratio ?? value;
	const ok = !limit || (limit[0] === '>=' ? judged >= limit[1] : judged <= limit[1]);
	const round = (x) => x === null ? null : Number(x.toPrecision(4));

	results.push({ name, value: round(value), unit, against: against ?? null,
		against_value: againstValue === undefined || againstValue === null ? null : round(againstValue), ratio: round(ratio) });
	console.log(`${ok ? 'ok    ' : 'MISSED'} ${name} = ${round(value)} ${unit}` +
		(againstValue ? `, ${against} ${round(againstValue)}, ratio ${round(ratio)}` : '') +
		(limit ? ` (${limit[0]} ${limit[1]})` : ''));
	return ok;
}

export function save(file) {
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, JSON.stringify(results, null, '\t') + '\n');
}
