// Goal: what a tablet sees before it trusts the board's pages, as `tram tablet-tls` makes it, is a good page
// on a phone and on a tablet, and tells the fingerprint and what to do in three steps for each make.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { Browser } from '../lib/look.mjs';
import { build, root } from '../lib/stack.mjs';

const data = path.join(root, 'build/test-data/start_page');
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.svg': 'image/svg+xml' };
const tram = (...args) => {
	const run = spawnSync(path.join(build, 'tram'), [...args, '--data', data], { encoding: 'utf8' });
	assert.equal(run.status, 0, run.stderr);
	return run.stdout;
};
// As lighttpd serves it on a board (tests/flow/network_rules.mjs).
const server = http.createServer((request, response) => {
	const name = request.url === '/' ? '/index.html' : request.url;
	const file = name.startsWith('/tinh/') ? path.join(build, 'static', path.basename(name)) : path.join(data, 'start', path.basename(name));
	try {
		response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
		response.end(readFileSync(file));
	} catch {
		response.statusCode = 404;
		response.end();
	}
});
cleanup((failed) => {
	server.close();
	if (!failed) rmSync(data, { recursive: true, force: true });
});
let someone;

test.must('a board with certificates of its own', async () => {
	rmSync(data, { recursive: true, force: true });
	mkdirSync(path.dirname(data), { recursive: true });
	writeFileSync(`${data}.lines`, readFileSync(path.join(root, 'board/demo/board.conf')));
	tram('init', 'board', '--mode', 'rehearsal', '--with', `${data}.lines`, '--one-user');
	rmSync(`${data}.lines`);
	assert.match(tram('tablet-tls', 'new'), /changed/);
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	someone = await Browser.open(`http://127.0.0.1:${server.address().port}`, 'start');
});
test('the page is good to look at and says what to do', async () => {
	await someone.go('/');
	await someone.look('start');
	const says = await someone.says();
	for (const word of ['Máy Android', 'iPad', 'Chứng chỉ CA', 'Cài đặt tin cậy chứng nhận']) assert(says.includes(word), word);
	assert.equal(await someone.page.locator('main ol').first().locator('li').count(), 3);
	assert.equal(await someone.page.locator('main ol').last().locator('li').count(), 3);
	const print = /fingerprint\t(.*)/.exec(tram('tablet-tls', 'show'))[1];
	assert(says.includes(print), 'the fingerprint as the label has it');
});
test('made again it is another, and only when asked for', () => {
	const before = tram('tablet-tls', 'show');
	const refused = spawnSync(path.join(build, 'tram'), ['tablet-tls', 'new', '--data', data], { encoding: 'utf8' });
	assert.equal(refused.status, 2);
	assert.equal(tram('tablet-tls', 'pick').trim(), 'same');
	assert.equal(tram('tablet-tls', 'show'), before);
	tram('tablet-tls', 'new', '--again');
	assert.notEqual(tram('tablet-tls', 'show'), before);
	assert(!spawnSync('grep', ['-rl', 'BEGIN EC PRIVATE', path.join(data, 'start')]).stdout.length, 'no key where tablets fetch');
});
test('a certificate from the center takes its place, and is refused when it does not fit', () => {
	const ca = `${data}/ca`, names = (list) => {
		rmSync(`${data}/own.pem`, { force: true });
		const run = spawnSync(path.join(build, 'tram'), ['pki', 'server', '--ca', ca, '--out', `${data}/own.pem`, '--names', list], { encoding: 'utf8' });
		assert.equal(run.status, 0, run.stderr);
	};
	spawnSync(path.join(build, 'tram'), ['pki', 'ca', '--out', ca, '--name', 'Center']);
	const use = (domain) => spawnSync(path.join(build, 'tram'), ['tablet-tls', 'use', '--data', data, '--pem', `${data}/own.pem`, '--domain', domain], { encoding: 'utf8' });
	names('tram.vidu.vn');
	assert.equal(use('tram.vidu.vn').status, 2, 'it lacks the names of the other programs');
	names('tram.vidu.vn quan-ly.tram.vidu.vn tra-cuu.tram.vidu.vn');
	assert.equal(use('khac.vidu.vn').status, 2);
	assert.match(tram('tablet-tls', 'show'), /domain\ttram\.lan/);
	const used = use('tram.vidu.vn');
	assert.equal(used.status, 0, used.stderr);
	assert.match(used.stderr, /hosts = tram\.vidu\.vn quan-ly/);
	assert.match(tram('tablet-tls', 'show'), /domain\ttram\.vidu\.vn/);
	assert.equal(readFileSync(`${data}/keys/tls/server.pem`, 'utf8'), readFileSync(`${data}/own.pem`, 'utf8'));
	const page = readFileSync(`${data}/start/index.html`, 'utf8');
	assert(page.includes('https://tram.vidu.vn/') && !page.includes('tram.crt'), 'nothing to install then');
});

await run();
