// upload.mjs: eight files of 10 MB over a line of 20 Mbit/s, by the forwarder and by curl, to the same
// center. PDFs, which go as they came. Run by scripts/bench in a network namespace of its own, whose
// loopback is the line.
import { execFileSync, spawnSync } from 'node:child_process';
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Stack, root } from '../lib/stack.mjs';
import { until } from '../lib/check.mjs';
import { Board, acceptedBody } from '../lib/board.mjs';
import { accept, chooseProcedure, startDraft, tickPapers } from '../lib/clerk.mjs';
import { pdfOf } from '../lib/files.mjs';
import { report, save } from './measure.mjs';

const FILES = 8, SIZE = 10_000_000, RATE = '20mbit';
const scratch = path.join(root, 'build/bench');
const line = (...words) => execFileSync('tc', ['qdisc', ...words, 'dev', 'lo', 'root',
	...words[0] === 'del' ? [] : ['tbf', 'rate', RATE, 'burst', '32kb', 'latency', '200ms']]);
const cpu = (pid) => {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
};
const received = (stack) => Number(execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 5000',
	path.join(stack.data, 'board/db/tram.db'), 'SELECT count(*) FROM blob_receipt'], { encoding: 'utf8' }));

// A dossier with the files, taken in by a clerk before the line is slow.
async function intake(stack) {
	const client = stack.clerks();
	await client.login('canbo');
	const draft = await startDraft(client);
	let page = await chooseProcedure(client, draft, '2.000635');
	const paper = /name="(file\.[^"]+)"/.exec(page.html)[1];
	for (let i = 0; i < FILES; i++) {
		page = await client.submit(page, '/tai-len', {}, { files: [{ name: paper, filename: `${i}.pdf`,
			type: 'application/pdf', content: pdfOf(SIZE, `bench ${i}`) }], button: paper.slice('file.'.length) });
		assert.match(page.redirected ?? '', /giay-to/, page.text.slice(0, 300));
	}
	await accept(client, await tickPapers(client, page));
	client.close();
}

async function byForwarder(stack) {
	const pid = stack.pids('board')['forward.0'];
	process.kill(pid, 'SIGSTOP');
	await intake(stack);
	line('add');
	const before = cpu(pid), start = performance.now();
	process.kill(pid, 'SIGCONT');
	await until('every file has a receipt', 300, () => received(stack) >= FILES);
	const seconds = (performance.now() - start) / 1000;
	line('del');
	return { seconds, cpu: cpu(pid) - before };
}

async function byCurl(stack) {
	const board = new Board(stack, 'bcurl-1');
	const files = Array.from({ length: FILES }, (_, i) => {
		const content = pdfOf(SIZE, `curl ${i}`), file = path.join(scratch, `curl-${i}.pdf`);
		writeFileSync(file, content);
		return { file, sha256: createHash('sha256').update(content).digest('hex'), size: content.length,
			type: 'application/pdf', name: `${i}.pdf` };
	});
	board.log.add('station.opened', { subjectKind: 'station', body: { board: 'bcurl-1', mode: 'rehearsal' } });
	board.log.add('dossier.accepted', { body: acceptedBody('CT18685.9-261124-0001',
		{ files: files.map(({ file, ...entry }) => entry) }) });
	await board.ship();
	const args = ['-s', '-S', '-f'];
	for (const [i, entry] of files.entries()) {
		const made = await board.createUpload(entry.sha256, entry.size);
		assert.equal(made.status, 201, made.html);
		args.push(...i ? ['--next', '-s', '-S', '-f'] : [], '--cacert', path.join(stack.data, 'board/keys/link/ca.crt'), '--cert', path.join(board.keys.dir, 'client.crt'),
			'--key', path.join(board.keys.dir, 'client.key'), '-X', 'PATCH', '-T', entry.file, '-H', 'Expect:',
			'-H', 'Tus-Resumable: 1.0.0', '-H', 'Upload-Offset: 0', '-H', 'Content-Type: application/offset+octet-stream',
			new URL(made.headers.location, `https://localhost:${stack.centerPort + 1}`).href.replace('127.0.0.1', 'localhost'));
	}
	line('add');
	const start = performance.now();
	const run = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time curl "$@"', 'curl', ...args], { encoding: 'utf8' });
	const seconds = (performance.now() - start) / 1000;
	line('del');
	assert.equal(run.status, 0, run.stderr);
	const [user, system] = run.stderr.trim().split('\n').pop().split(' ').map(Number);
	board.close();
	return { seconds, cpu: user + system };
}

mkdirSync(scratch, { recursive: true });
const stack = new Stack({ name: 'bench-upload', ports: [9870, 9880] });
await stack.up();
let fine = true;
try {
	const ours = await byForwarder(stack), curl = await byCurl(stack);
	const mb = FILES * SIZE / 1e6;
	fine = report('upload_vs_curl', ours.seconds, 's', 'curl', curl.seconds, ['<=', 1.05]);
	report('upload_cpu_s_per_mb', ours.cpu / mb, 's/MB', 'curl', curl.cpu / mb);
} finally {
	await stack.down();
}
save(path.join(scratch, 'upload.json'));
process.exitCode = fine ? 0 : 1;
