// client.mjs: a browser without JavaScript: cookies, redirects on request, forms filled from the
// page. One Client is one person at one origin.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

// Of every demo account (scripts/stack).
export const PASSWORD = 'Tram-Demo-2026!';

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", nbsp: '\u00a0' };
const character = (code, otherwise) => (code <= 0x10ffff ? String.fromCodePoint(code) : otherwise);
export const unescape = (text) =>
	text.replace(/&(#?\w+);/g, (all, name) =>
		entities[name] ?? (name[0] === '#'
			? character(name[1] === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1)), all)
			: all));

const attribute = (tag, name) => {
	const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
	return match ? unescape(match[1] ?? match[2] ?? match[3]) : undefined;
};
const has = (tag, name) => new RegExp(`\\s${name}(\\s|=|>|/)`, 'i').test(tag);

// Every form of a page: { action, method, enctype, fields: [[name, value]…], buttons: [[name, value]…],
// html }, as a browser would send it untouched.
export function forms(html) {
	const found = [];
	for (const match of html.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/gi)) {
		const open = /<form\b[^>]*>/i.exec(match[0])[0];
		const form = { action: attribute(open, 'action') ?? '', id: attribute(open, 'id'),
			method: (attribute(open, 'method') ?? 'get').toLowerCase(),
			enctype: attribute(open, 'enctype') ?? '', fields: [], buttons: [], html: match[0] };
		const parts = /<(input|button)\b[^>]*>|<textarea\b[^>]*>([\s\S]*?)<\/textarea>|<select\b[^>]*>[\s\S]*?<\/select>/gi;
		for (const part of match[1].matchAll(parts)) {
			const tag = /<\w+[^>]*>/.exec(part[0])[0];
			const name = attribute(tag, 'name');
			if (name === undefined || has(tag, 'disabled')) continue;
			const type = (attribute(tag, 'type') ?? '').toLowerCase();
			const value = attribute(tag, 'value');
			if (/^<select/i.test(part[0])) {
				const options = [...part[0].matchAll(/<option\b[^>]*>([^<]*)/gi)];
				const chosen = options.find((o) => has(o[0], 'selected')) ?? options[0];
				if (chosen) form.fields.push([name, attribute(chosen[0], 'value') ?? unescape(chosen[1])]);
			} else if (/^<textarea/i.test(part[0])) {
				form.fields.push([name, unescape(part[2].replace(/^\r?\n/, ''))]);
			} else if (/^<button/i.test(part[0]) || type === 'submit') {
				form.buttons.push([name, value ?? '']);
			} else if (type === 'checkbox' || type === 'radio') {
				if (has(tag, 'checked')) form.fields.push([name, value ?? 'on']);
			} else if (type !== 'file' && type !== 'button') {
				form.fields.push([name, value ?? '']);
			}
		}
		found.push(form);
	}
	return found;
}

// Text a person reads, tags gone.
export const text = (html) =>
	unescape(html.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, '').replace(/<[^>]*>/g, ' '))
		.replace(/\s+/g, ' ').trim();

export function multipart(fields, files) {
	const boundary = `tram${randomBytes(12).toString('hex')}`;
	const parts = [];
	for (const [name, value] of fields)
		parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
	for (const { name, filename, type, content } of files) {
		parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; ` +
			`filename="${filename}"\r\nContent-Type: ${type ?? 'application/octet-stream'}\r\n\r\n`),
			content, Buffer.from('\r\n'));
	}
	parts.push(Buffer.from(`--${boundary}--\r\n`));
	return { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${boundary}` };
}

export class Client {
	// origin: "http://127.0.0.1:8100"; options: tls options for https (ca, cert, key, servername).
	constructor(origin, options = {}) {
		this.origin = origin;
		this.options = options;
		this.cookies = new Map();
		this.agent = new (origin.startsWith('https') ? https : http).Agent({ keepAlive: true });
	}

	close() {
		this.agent.destroy();
	}

	request(method, path, { headers = {}, body, timeout = 120000 } = {}) {
		const url = new URL(path, this.origin);
		const all = { ...headers };
		if (this.cookies.size && !all.Cookie)
			all.Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		if (body !== undefined && all['Content-Length'] === undefined && all['Transfer-Encoding'] === undefined)
			all['Content-Length'] = Buffer.byteLength(body);
		return new Promise((resolve, reject) => {
			const driver = url.protocol === 'https:' ? https : http;
			const request = driver.request(url, { method, headers: all, agent: this.agent, ...this.options },
				(response) => {
					const chunks = [];
					response.on('data', (chunk) => chunks.push(chunk));
					response.on('error', reject);
					response.on('end', () => {
						for (const line of response.headers['set-cookie'] ?? []) {
							const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
							if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(name);
							else this.cookies.set(name, value);
						}
						const bytes = Buffer.concat(chunks);
						resolve({ status: response.statusCode, headers: response.headers, bytes,
							html: bytes.toString('utf8'), location: response.headers.location ?? '',
							path: url.pathname, text: text(bytes.toString('utf8')) });
					});
				});
			request.setTimeout(timeout, () => request.destroy(new Error(`no answer to ${method} in ${timeout} ms`)));
			request.on('error', (error) => {
				// A kept connection that the server had closed while it was idle: not an answer.
				if (request.reusedSocket && error.code === 'ECONNRESET')
					this.request(method, path, { headers, body, timeout }).then(resolve, reject);
				else
					reject(error);
			});
			request.end(body);
		});
	}

	// GET, following redirects within the origin.
	async get(path, options) {
		let answer = await this.request('GET', path, options);
		for (let hops = 0; answer.status >= 301 && answer.status <= 308 && hops < 5; hops++)
			answer = await this.request('GET', answer.location, options);
		return answer;
	}

	// POST of fields ([[name, value]…] or an object), as a form of this origin; not followed.
	post(path, fields, headers = {}) {
		const list = Array.isArray(fields) ? fields : Object.entries(fields);
		const body = list.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&');
		return this.request('POST', path, { body, headers: { Origin: this.origin,
			'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
	}

	// The form of page whose action (or html) holds the word; fails when there is none.
	form(page, word) {
		const all = forms(page.html).filter((f) => f.method === 'post');
		const form = all.find((f) => f.action.includes(word)) ?? all.find((f) => f.html.includes(word));
		assert(form, `no form "${word}" on ${page.path} (${page.status}); there are: ` +
			`${all.map((f) => f.action).join(' ') || 'none'}; page says: ${page.text.slice(0, 400)}`);
		return form;
	}

	// Fills a form of page with values (undefined removes a field, an array sends it several times) and
	// sends it; files make it multipart. Follows a 303, so that the answer is the next page.
	async submit(page, word, values = {}, { button, files, follow = true, action } = {}) {
		const form = this.form(page, word);
		let fields = form.fields.filter(([name]) => !(name in values));
		for (const [name, value] of Object.entries(values)) {
			if (value !== undefined)
				for (const one of [value].flat()) fields.push([name, one]);
		}
		const pressed = button ? form.buttons.find(([n, v]) => n === button || v === button) ?? [button, '1']
			: undefined;
		if (pressed) fields.push(pressed);
		const path = action ?? (form.action || page.path);
		let answer;
		if (files) {
			const { body, type } = multipart(fields, files);
			answer = await this.request('POST', path, { body,
				headers: { Origin: this.origin, 'Content-Type': type } });
		} else {
			answer = await this.post(path, fields);
		}
		answer.sent = fields;
		answer.target = path;
		if (follow && answer.status === 303) {
			const next = await this.get(answer.location);
			next.redirected = answer.location;
			return next;
		}
		return answer;
	}

	async login(login, password = PASSWORD) {
		const page = await this.get('/dang-nhap');
		let answer = await this.submit(page, 'dang-nhap', { login, password });
		// One password is checked at a time; a stranger's device is asked to tap again.
		for (let i = 0; answer.status === 503 && i < 100; i++) {
			await new Promise((done) => setTimeout(done, 30));
			answer = await this.submit(answer, 'dang-nhap', { login, password });
		}
		assert.equal(answer.status, 200, `login ${login}: ${answer.status} ${answer.text.slice(0, 200)}`);
		assert(!/type="password"/.test(answer.html), `login ${login} refused: ${answer.text.slice(0, 300)}`);
		// A clerk says at which counter she sits, once a session.
		if (answer.redirected?.startsWith('/chon-quay') || /action="\/chon-quay"/.test(answer.html)) {
			const seated = await this.submit(answer, '/chon-quay', { counter: '1' });
			assert.equal(seated.status, 200, `counter: ${seated.status} ${seated.text.slice(0, 200)}`);
			return seated;
		}
		return answer;
	}
}
