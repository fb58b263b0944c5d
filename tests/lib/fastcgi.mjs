// fastcgi.mjs: speaks FastCGI to a program's own socket, as lighttpd does, so that a test can say what
// lighttpd never would: a body shorter or longer than announced, half a record, no parameters.
import { strict as assert } from 'node:assert';
import net from 'node:net';
import { text } from './client.mjs';

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content = Buffer.alloc(0)) {
	const parts = [];
	for (let at = 0; at === 0 || at < content.length; at += 65528) {
		const piece = content.subarray(at, at + 65528);
		const head = Buffer.from([1, type, 0, 1, piece.length >> 8, piece.length & 255, 0, 0]);
		parts.push(head, piece);
		if (content.length === 0) break;
	}
	return Buffer.concat(parts);
}
function pair(name, value) {
	const size = (n) => n < 128 ? Buffer.from([n]) : Buffer.from([n >>> 24 | 128, n >> 16 & 255, n >> 8 & 255, n & 255]);
	const [a, b] = [Buffer.from(name), Buffer.from(value)];
	return Buffer.concat([size(a.length), size(b.length), a, b]);
}

// Sends bytes as they are; what came back until the peer closed: the bytes.
export function raw(socket, bytes, { end = true, timeout = 8000 } = {}) {
	return new Promise((resolve, reject) => {
		const chunks = [];
		const connection = net.connect(socket, () => (end ? connection.end(bytes) : connection.write(bytes)));
		connection.on('data', (chunk) => chunks.push(chunk));
		connection.on('close', () => resolve(Buffer.concat(chunks)));
		connection.on('error', () => resolve(Buffer.concat(chunks)));
		connection.setTimeout(timeout, () => {
			connection.destroy();
			reject(new Error(`${socket}: no end of the answer in ${timeout} ms`));
		});
	});
}

// One request. params: over GET, / and host 127.0.0.1. body: what is sent; length: what is announced
// (its own by default). cut: the connection ends without the closing record. Answers
// { status, headers, cookies (lines), html, text, location }.
export async function ask(socket, { method = 'GET', path = '/', params = {}, body = Buffer.alloc(0), length = body.length, cut = false,
	headers = {}, host = '127.0.0.1' } = {}) {
	const all = { GATEWAY_INTERFACE: 'CGI/1.1', SERVER_PROTOCOL: 'HTTP/1.1', REQUEST_METHOD: method, REQUEST_URI: path,
		SCRIPT_NAME: path.replace(/\?.*/, ''), QUERY_STRING: path.split('?')[1] ?? '', HTTP_HOST: host, REMOTE_ADDR: '127.0.0.1',
		...(length === undefined ? {} : { CONTENT_LENGTH: String(length) }),
		...Object.fromEntries(Object.entries(headers).map(([name, value]) =>
			[/^content-type$/i.test(name) ? 'CONTENT_TYPE' : `HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value])), ...params };
	const begin = record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]));
	const fields = record(PARAMS, Buffer.concat(Object.entries(all).map(([name, value]) => pair(name, value))));
	const stdin = Buffer.from(body);
	const bytes = Buffer.concat([begin, fields, record(PARAMS), ...(stdin.length ? [record(STDIN, stdin)] : []),
		...(cut ? [] : [record(STDIN)])]);
	const answer = await raw(socket, bytes, { end: cut });
	let at = 0, out = Buffer.alloc(0), ended = false;
	while (at + 8 <= answer.length) {
		const size = answer.readUInt16BE(at + 4), type = answer[at + 1];
		if (type === STDOUT) out = Buffer.concat([out, answer.subarray(at + 8, at + 8 + size)]);
		if (type === END) ended = true;
		at += 8 + size + answer[at + 6];
	}
	const [head, ...rest] = out.toString('latin1').split('\r\n\r\n');
	const found = {}, cookies = [];
	for (const line of head.split('\r\n').filter(Boolean)) {
		const colon = line.indexOf(':');
		assert(colon > 0, `no header: ${line}`);
		found[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
		if (/^set-cookie:/i.test(line)) cookies.push(line.slice(colon + 1).trim());
	}
	const html = Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString('utf8');
	return { status: Number.parseInt(found.status ?? (out.length ? '200' : '0'), 10), headers: found, html, text: text(html), ended, cookies: cookies.join('\n'),
		location: found.location ?? '', path };
}
