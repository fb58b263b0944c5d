// Goal: pages are served under their own names alone, whatever a request says of itself; no address
// leaves the static folder; a session's cookie works at no other name; and what no route knows is
// answered in words, with closed headers, on every port.
import { strict as assert } from 'node:assert';
import net from 'node:net';
import { cleanup, run, test } from '../lib/check.mjs';
import { text } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'hosts', ports: [9954, 9957], board: 'hosts = 127.0.0.1 quay.vidu.vn may-quay.local:9954', center: 'hosts = 127.0.0.1' });
cleanup((failed) => stack.down(failed));
const ports = () => ({ clerks: stack.boardPort, lookup: stack.boardPort + 1, admin: stack.boardPort + 2, officers: stack.centerPort, 'public lookup': stack.centerPort + 2 });

// Bytes as they are over a fresh connection: { status, head, html, text }.
function raw(port, bytes) {
	return new Promise((done, fail) => {
		const chunks = [];
		const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
		socket.on('data', (chunk) => chunks.push(chunk));
		socket.on('error', () => {});
		socket.on('close', () => {
			const all = Buffer.concat(chunks).toString('utf8');
			const [head, ...rest] = all.split('\r\n\r\n');
			const html = rest.join('\r\n\r\n');
			done({ status: Number(/^HTTP\/1\.\d (\d{3})/.exec(all)?.[1] ?? 0), head: head.toLowerCase(), html, text: text(html) });
		});
		socket.setTimeout(8000, () => fail(new Error(`port ${port}: no answer`)));
	});
}
const get = (port, path, lines) => raw(port, `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);

test.must('a board and a center', async () => {
	await stack.up();
});
test('another name is 421 on every port, and learns nothing', async () => {
	for (const [name, port] of Object.entries(ports())) {
		const paths = ['/', '/khong-co', ...(name.includes('lookup') ? ['/h/x'] : ['/dang-nhap', '/ho-so'])];
		for (const host of ['vidu.vn', 'evil.example', '127.0.0.2', `127.0.0.1.evil.example:${port}`, 'x127.0.0.1', '127.0.0.1@evil.example', '[::1]', '0.0.0.0', '2130706433',
			'quay.vidu.vn.evil.example', 'aquay.vidu.vn', '127.0.0.1, evil.example', '*']) {
			for (const path of paths) {
				const answer = await get(port, path, [`Host: ${host}`]);
				assert([400, 421].includes(answer.status), `${name} ${host} ${path}: ${answer.status}`);
				assert(!/set-cookie|location:/.test(answer.head), `${name} ${host} ${path}`);
				assert(!answer.html.includes('csrf') && !answer.html.includes('Cẩm Bình'), `${name} ${host}`);
			}
		}
		const post = await raw(port, `POST /dang-nhap HTTP/1.1\r\nHost: vidu.vn\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 41\r\n` +
			`Connection: close\r\n\r\nlogin=canbo&password=Tram-Demo-2026%21x=yz`);
		assert.equal(post.status, 421, name);
	}
	assert.match(stack.log('board', 'intake'), /refused host unknown program=intake/);
	assert(!stack.log('board', 'intake').includes('evil.example'), 'the made-up name is not logged');
});
test('no name, two names, a name in the line, a name for a proxy', async () => {
	for (const [name, port] of Object.entries(ports())) {
		assert.equal((await raw(port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).status, 400, name);
		const old = await raw(port, 'GET / HTTP/1.0\r\n\r\n');
		assert([400, 421].includes(old.status), `${name}: HTTP/1.0 without a name: ${old.status}`);
		const two = await get(port, '/', ['Host: 127.0.0.1', 'Host: evil.example']);
		assert.equal(two.status, 400, name);
		const line = await get(port, 'http://evil.example/', ['Host: 127.0.0.1']);
		assert([400, 421].includes(line.status), `${name}: ${line.status}`);
		const proxied = await get(port, '/', ['Host: 127.0.0.1', 'X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example', 'X-Forwarded-Proto: https', 'X-Original-URL: /tai-khoan',
			'X-Rewrite-URL: /tai-khoan']);
		assert([200, 303].includes(proxied.status), `${name}: ${proxied.status}`);
		assert(!`${proxied.head}${proxied.html}`.includes('evil.example'), name);
	}
});
test('the names of the configuration work, with capitals and with the port they have', async () => {
	const { clerks: port, officers } = ports();
	for (const host of ['127.0.0.1', `127.0.0.1:${port}`, 'quay.vidu.vn', 'QUAY.vidu.VN', 'quay.vidu.vn:443', `may-quay.local:${port}`])
		assert.equal((await get(port, '/dang-nhap', [`Host: ${host}`])).status, 200, host);
	for (const host of ['may-quay.local', 'may-quay.local:80', 'localhost'])
		assert.equal((await get(port, '/dang-nhap', [`Host: ${host}`])).status, 421, `${host} is not in the list`);
	assert.equal((await get(officers, '/dang-nhap', ['Host: quay.vidu.vn'])).status, 421, 'the center has names of its own');
});
test('the origin must be the name the page was asked by', async () => {
	const port = stack.boardPort;
	const body = 'login=canbo&password=Tram-Demo-2026%21';
	const post = (host, origin) => raw(port, `POST /dang-nhap HTTP/1.1\r\nHost: ${host}\r\n${origin === undefined ? '' : `Origin: ${origin}\r\n`}Content-Length: ${body.length}\r\n` +
		`Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n${body}`);
	assert.equal((await post('quay.vidu.vn', 'http://quay.vidu.vn')).status, 303);
	for (const [host, origin] of [['quay.vidu.vn', `http://127.0.0.1:${port}`], ['quay.vidu.vn', 'http://quay.vidu.vn.evil.example'], ['quay.vidu.vn', 'https://quay.vidu.vn'],
		[`127.0.0.1:${port}`, 'http://127.0.0.1'], [`127.0.0.1:${port}`, `http://127.0.0.1:${port + 2}`], ['quay.vidu.vn', 'file://'], ['quay.vidu.vn', 'http://']])
		assert.equal((await post(host, origin)).status, 403, `${host} ${origin}`);
});
test('no way out of the static folder, no list of it, nothing hidden in it', async () => {
	const client = stack.clerks();
	const page = await client.get('/dang-nhap');
	const css = /href="(\/tinh\/[^"]+\.css)"/.exec(page.html)[1];
	const whole = await client.request('GET', css);
	assert.equal(whole.status, 200);
	assert.match(whole.headers['cache-control'], /immutable/);
	assert.equal(whole.headers['x-content-type-options'], 'nosniff');
	assert.match(whole.headers['content-type'], /^text\/css/);
	client.close();
	for (const [name, port] of Object.entries(ports())) {
		for (const path of ['/tinh/', '/tinh', '/tinh/../', '/tinh/../tram.conf', '/tinh/..%2ftram.conf', '/tinh/%2e%2e/tram.conf', '/tinh/%2e%2e%2f%2e%2e%2fetc/passwd', '/tinh//etc/passwd', '/tinh/.git',
			'/tinh/%00', '/tinh/app.css%00.txt', '/tinh/..\\..\\etc', '/..%c0%af../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/../../etc/passwd', '/tram.conf', '/db/tram.db', '/log/access.log', '/.env',
			'/server-status', '/ho-so/..%2f..%2fdb']) {
			const answer = await get(port, path, ['Host: 127.0.0.1']);
			assert([303, 400, 403, 404].includes(answer.status), `${name} ${path}: ${answer.status}`);
			assert(!/root:|board_id|SQLite format|Index of/.test(answer.html), `${name} ${path}`);
		}
	}
});
test('what is not served says so in words, with closed headers and without naming the server', async () => {
	for (const [name, port] of Object.entries(ports())) {
		for (const [path, statuses] of [['/khong-co', [404]], ['/%zz', [400]], ['/a%01b', [400]], [`/${'a'.repeat(9000)}`, [400, 413, 414, 431]]]) {
			const answer = await get(port, path, ['Host: 127.0.0.1']);
			assert(statuses.includes(answer.status), `${name} ${path.slice(0, 20)}: ${answer.status}`);
			assert.match(answer.html, /<html lang="vi"/, `${name} ${path.slice(0, 20)}: ${answer.text.slice(0, 100)}`);
			assert(!/^server:|x-powered-by|lighttpd|fastcgi/im.test(`${answer.head}\n${answer.text}`), `${name} ${path.slice(0, 20)}`);
		}
		const unknown = await get(port, '/khong-co', ['Host: 127.0.0.1']);
		for (const header of ['content-security-policy', 'x-content-type-options: nosniff', 'referrer-policy: no-referrer', 'cache-control: no-store'])
			assert(unknown.head.includes(header), `${name}: ${header}`);
	}
});
test('methods that nobody asked for', async () => {
	for (const [name, port] of Object.entries(ports())) {
		for (const method of ['TRACE', 'CONNECT', 'PROPFIND', 'PUT', 'XYZ', 'get', 'OPTIONS']) {
			const answer = await raw(port, `${method} / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Canary: abc\r\nConnection: close\r\n\r\n`);
			assert([200, 400, 405, 501].includes(answer.status), `${name} ${method}: ${answer.status}`);
			assert(!answer.html.includes('X-Canary'), `${name} ${method}: echoes`);
			if (answer.status === 200) assert.equal(method, 'OPTIONS');
		}
	}
});
test('the machine port asks for a certificate before anything else', async () => {
	const bare = stack.machine({ cert: undefined, key: undefined });
	for (const path of ['/v1/hello', '/v1/journal', '/v1/feed', '/v1/blobs', '/']) {
		const reads = path === '/v1/feed' || path === '/';
		const answer = await bare.request(reads ? 'GET' : 'POST', path, { body: reads ? undefined : '{}' });
		assert([403, 404].includes(answer.status), `${path}: ${answer.status}`);
		assert.match(answer.headers['content-type'], /problem\+json/);
	}
	const other = stack.machine();
	const wrong = await other.request('GET', '/v1/feed?after=0', { headers: { Host: 'evil.example' } });
	assert([400, 421].includes(wrong.status), `${wrong.status}`);
	for (const client of [bare, other]) client.close();
});

await run();
