// big.mjs: pages and files of a point with many dossiers (200,000; BIG_DOSSIERS sets another number).
// Every page is asked by wrk over one connection for a second; the time of a request is counted from its
// first byte sent to the last one received, lighttpd included. Exit status 1 if a bound is missed.
import { execFileSync } from 'node:child_process';
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Stack, build, root } from '../lib/stack.mjs';
import { acceptDossier, decideAtCommune } from '../lib/clerk.mjs';
import { percentile, report, save } from './measure.mjs';

const count = Number(process.env.BIG_DOSSIERS ?? 200000), script = path.join(root, 'build/bench/big.lua');
const scratch = path.join(root, 'build/bench');
mkdirSync(scratch, { recursive: true });
const stack = new Stack({ name: 'bench-big', ports: [9870, 9880] });
await stack.up(['board']);

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const cookieOf = (client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

// One request; resolves with { status, body, ms }.
function ask(client, method, target, body) {
	return new Promise((resolve, reject) => {
		const began = performance.now();
		const request = http.request({ agent, host: '127.0.0.1', port: stack.boardPort, method, path: target,
			headers: { Cookie: cookieOf(client), Origin: client.origin, ...(body !== undefined &&
				{ 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) }) } },
		(answer) => {
			const parts = [];
			answer.on('data', (part) => parts.push(part));
			answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(parts).toString(),
				ms: performance.now() - began }));
		});
		// The server ends a connection now and then: asked again on a new one.
		request.on('error', (error) => request.reusedSocket ? resolve(ask(client, method, target, body)) : reject(error));
		request.end(body);
	});
}

// What the pages' workers have computed so far, in ms of processor time.
const computed = () => Object.entries(stack.pids('board')).filter(([name]) => name.startsWith('intake'))
	.reduce((sum, [, pid]) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);

// word: what the page must say. The first ten requests warm the workers up, and tell whether it does.
async function page(name, client, target, word, body) {
	for (let i = 0; i < 10; i++) {
		const answer = await ask(client, body === undefined ? 'GET' : 'POST', target, body);
		// One dossier found: straight to it.
		assert(answer.status === 200 || (body !== undefined && answer.status === 303), `${target}: ${answer.status}`);
		if (answer.status === 200) assert.match(answer.body, word, target);
	}
	const headers = { Cookie: cookieOf(client), Origin: client.origin,
		...(body !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }) };
	writeFileSync(script, `wrk.method = "${body === undefined ? 'GET' : 'POST'}"\n` +
		Object.entries(headers).map(([key, value]) => `wrk.headers["${key}"] = ${JSON.stringify(value)}\n`).join('') +
		(body === undefined ? '' : `wrk.body = ${JSON.stringify(body)}\n`) +
		'function done(summary, latency) local e = summary.errors; io.write(string.format("RESULT %d %d %f %f\\n", ' +
		'summary.requests, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50) / 1000, ' +
		'latency:percentile(99) / 1000)) end\n');
	const before = computed();
	const out = execFileSync('wrk', ['-t1', '-c1', '-d1s', '-s', script, `http://127.0.0.1:${stack.boardPort}${target}`], { encoding: 'utf8' });
	const [requests, errors, p50, p99] = /RESULT (\S+) (\S+) (\S+) (\S+)/.exec(out).slice(1).map(Number);
	assert.equal(errors, 0, `${target}: ${out}`);
	const cpu = (computed() - before) / requests;
	console.log(`       ${p99 > 5 ? '!' : ' '} ${name.padEnd(22)} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of ${requests}, computed ${cpu.toFixed(2)} ms`);
	return { name, p99 };
}

let fine = true;
try {
	const people = {};
	for (const login of ['canbo', 'chuyenvien', 'nguoiky', 'quanly']) {
		people[login] = stack.clerks();
		await people[login].login(login);
	}
	const { canbo, chuyenvien, nguoiky, quanly } = people;
	const model = await acceptDossier(canbo, { files: true });
	await decideAtCommune({ clerk: canbo, specialist: chuyenvien, signer: nguoiky }, model.code);
	const began = performance.now();
	const [whole, open] = execFileSync(path.join(build, 'peer/fill'), [path.join(stack.data, 'board/tram.conf'), String(count),
		model.code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim().split(' ');
	console.log(`       ${count} dossiers made in ${((performance.now() - began) / 1000).toFixed(0)} s`);
	// A day was closed before, as every evening: what is counted is what came since.
	const closed = await quanly.submit(await quanly.get('/chot-ngay'), '/chot-ngay');
	assert(closed.redirected, `the day is not closed: ${closed.text.slice(0, 300)}`);
	const csrf = /name="csrf" value="([^"]+)"/.exec((await canbo.get('/quay')).html)[1];
	const search = (words) => `csrf=${encodeURIComponent(csrf)}&q=${encodeURIComponent(words)}`;
	const month = (offset) => new Date(Date.now() - offset * 86400000).toISOString().slice(0, 7);
	const seen = [
		await page('home', canbo, '/quay', /Quầy/),
		await page('results to return', canbo, '/tra-ket-qua', /Trả kết quả/),
		await page('specialist', chuyenvien, '/xu-ly', /Xử lý/),
		await page('signer', nguoiky, '/duyet', /Duyệt/),
		await page('manager', quanly, '/quan-ly', /Quản lý/),
		await page('dossier, closed', canbo, `/ho-so/${whole}`, new RegExp(whole.slice(-11))),
		await page('dossier, open', canbo, `/ho-so/${open}`, new RegExp(open.slice(-11))),
		await page('slip', canbo, `/ho-so/${open}/giay-hen`, /GIẤY TIẾP NHẬN/i),
		await page('register, this month', canbo, '/so/ho-so', /Sổ/),
		await page('register, last month', canbo, `/so/ho-so?thang=${month(31)}`, /Sổ/),
		await page('register, one procedure', canbo, `/so/ho-so?thang=${month(31)}&viec=2.000635&trang-thai=da-tra`, /Sổ/),
		await page('receipts', canbo, '/so/bien-lai', /iên lai/),
		await page('questions', canbo, '/cau-hoi', /Câu hỏi|câu hỏi/),
		await page('print tray', canbo, '/in', /In/),
		await page('closing the day', canbo, '/chot-ngay', /Chốt/),
		await page('closing the shift', canbo, '/chot-ca', /Chốt/),
		await page('not collected', canbo, '/tra-ket-qua/chua-den', /chưa/i),
		await page('waiting for papers', canbo, '/ban-giao', /[Bb]àn giao/),
		await page('keying', canbo, '/nhap-he-thong', /hệ thống/),
		await page('originals kept', canbo, '/ban-goc', /gốc/),
		await page('looks of the week', quanly, '/quan-ly/truy-cap', /xem/),
		await page('moving work', quanly, '/quan-ly/chuyen-viec', /việc/),
		await page('search, a code', canbo, '/tim', /\S/, search(whole)),
		await page('search, four digits', canbo, '/tim', /\S/, search('4321')),
		await page('search, a phone', canbo, '/tim', /\S/, search('0900012345')),
		await page('search, an ID number', canbo, '/tim', /\S/, search('000000054321')),
		await page('search, a common name', canbo, '/tim', /\S/, search('nguyen van thu')),
		await page('search, one word', canbo, '/tim', /\S/, search('nguyen')),
		await page('search, nobody', canbo, '/tim', /\S/, search('khongcoai taday')),
	];
	const worst = seen.reduce((a, b) => a.p99 > b.p99 ? a : b);
	fine = report('big_page_p99_ms', worst.p99, `ms, ${worst.name}, the slowest of ${seen.length} pages at ${count} dossiers`,
		null, null, ['<=', 5]) && fine;
	for (const format of ['csv', 'xlsx']) {
		const times = [];
		for (let i = 0; i < 5; i++) {
			const answer = await ask(canbo, 'GET', `/so/ho-so/tep/${format}?thang=${month(31)}`);
			assert.equal(answer.status, 200);
			assert(answer.body.length > 100000, `a month's register has ${answer.body.length} bytes`);
			times.push(answer.ms / 1000);
		}
		fine = report(`export_month_${format}_s`, percentile(times, 50), 's, the register of a month', null, null, ['<=', 1])
			&& fine;
	}
	for (const client of Object.values(people)) client.close();
} finally {
	agent.destroy();
	await stack.down();
}
save(path.join(scratch, 'big.json'));
process.exitCode = fine ? 0 : 1;
