// Goal: every address of every program, tried with no session, with each role alone, with a locked
// session, without a token, from a foreign origin, too large, and with every other method. The routes
// are read from the route tables themselves, so that a new row is tried the day it is written.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { matrix, rights, ROLE, routesOf } from '../lib/routes.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'rights', ports: [9900, 9903] });
cleanup((failed) => stack.down(failed));
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];
const PASSWORD = 'Quyen-Thu-2026!';

// Addresses of things that are not there: policy stands before the handler.
const address = (row) => row.pattern.replace(':draft', '0'.repeat(32)).replace(':code', 'T18685.1-000101-0001')
	.replace(':sha', '0'.repeat(64)).replace(':board', 'b18685-1').replace(/:\w+/g, '0'.repeat(32));

const programs = {
	intake: { side: 'board', tables: ['intake/routes.c', 'intake/uploads.c'], client: () => stack.clerks(),
		page: '/doi-mat-khau' },
	admin: { side: 'board', tables: ['admin/admin.c'], client: () => stack.admin(), page: '/doi-mat-khau' },
	center: { side: 'center', tables: ['center/pages_routes.c'], client: () => stack.officers(),
		page: '/doi-mat-khau' },
};
// The literal row wins where two fit ("/ho-so/moi" before "/ho-so/:code").
function fits(row, where) {
	const a = row.pattern.split('/'), b = where.split('/');
	return a.length === b.length && a.every((part, i) => part.startsWith(':') || part === b[i]);
}
const given = rights();
for (const [key, program] of Object.entries(programs)) {
	program.routes = program.tables.flatMap(routesOf);
	program.upload = program.tables.length > 1 ? routesOf(program.tables[1]).map((row) => row.pattern) : [];
	for (const row of program.routes) {
		row.where = address(row);
		// Who may is asked of the matrix, not of the code that is tried.
		row.may = given.get(`${key} ${row.name} ${row.methods.join(',')} ${row.pattern}`);
		row.roles = typeof row.may === 'number' ? row.may : 0;
	}
	program.methodsAt = (where) => new Set(program.routes.filter((row) => fits(row, where)).flatMap((row) => row.methods));
}
const isPublic = (row) => row.policy.has('PUBLIC');
const streams = (row) => row.policy.has('STREAM');
const anyone = (row) => row.may === 'any';

// ---- who tries ----
const people = {};		// role → program → { client, csrf } or null: may not log in there
async function enter(program, login) {
	const client = program.client();
	const page = await client.get('/dang-nhap');
	const next = await client.submit(page, 'dang-nhap', { login, password: PASSWORD });
	if (next.status !== 200) return null;
	const csrf = /name="csrf" value="([^"]+)"/.exec((await client.get(program.page)).html)?.[1];
	assert(csrf, `no token for ${login} on ${next.path}: ${next.text.slice(0, 200)}`);
	return { client, csrf };
}
const FORM = 'application/x-www-form-urlencoded';
// One try; token: undefined none.
function attempt(person, row, method, { token, origin, body, headers = {}, where = row.where } = {}) {
	const client = person.client;
	const all = { Origin: origin ?? client.origin, ...headers };
	if (method === 'GET') return client.request('GET', where);
	const tus = row.pattern.startsWith('/tai-len') && streams(row) && /^upload/.test(row.name)
		&& row.name !== 'upload.papers';
	if (tus) {
		return client.request(method, where, { body: '', headers: { ...all, 'Tus-Resumable': '1.0.0',
			...(token === undefined ? {} : { 'X-Tram-Csrf': token }) } });
	}
	if (streams(row)) {
		const line = (name, value) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
		return client.request(method, where, { headers: { ...all, 'Content-Type': 'multipart/form-data; boundary=x' },
			body: `${token === undefined ? '' : line('csrf', token)}${line('seen', '0'.repeat(32))}--x--\r\n` });
	}
	return client.request(method, where, { headers: { ...all, 'Content-Type': FORM },
		body: body ?? `seen=${'0'.repeat(32)}${token === undefined ? '' : `&csrf=${encodeURIComponent(token)}`}` });
}
const toLogin = (answer) => answer.status === 401 ||
	(answer.status === 303 && /^\/dang-nhap(\?tiep=\/|$)/.test(answer.location));

function headersOf(answer, what) {
	const h = answer.headers;
	assert.equal(h['x-content-type-options'], 'nosniff', what);
	assert.equal(h['referrer-policy'], 'no-referrer', what);
	// What is downloaded runs nothing at all, not even what our pages may.
	if (h['content-disposition'])
		assert.match(h['content-security-policy'] ?? '', /^sandbox; default-src 'none'; frame-ancestors 'self'$/, what);
	else assert.match(h['content-security-policy'] ?? '', /default-src 'self'.*frame-ancestors 'none'/, what);
	assert(!/unsafe|\*|data:/.test(h['content-security-policy']), what);
	assert.equal(h['cache-control'], 'no-store', what);
	assert.equal(h['cross-origin-opener-policy'], 'same-origin', what);
	assert(!h.server && !h['x-powered-by'], `${what}: names its server`);
	for (const line of h['set-cookie'] ?? []) assert.match(line, /HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/i, what);
}

test('the matrix of rights says what the route tables say', () => {
	assert.equal([...given].map(([right]) => right).join('\n'), matrix().trimEnd().split('\n').slice(1)
		.map((line) => line.split('\t').slice(0, 4).join(' ')).join('\n'), 'node tests/lib/routes.mjs --write');
	for (const program of Object.values(programs))
		for (const row of program.routes) assert(row.may !== undefined, `${row.name} has a line in board/rights.tsv`);
	for (const [program, files] of Object.entries({ intake: programs.intake, admin: programs.admin, center: programs.center }))
		for (const row of files.tables.flatMap(routesOf)) {
			const may = given.get(`${program} ${row.name} ${row.methods.join(',')} ${row.pattern}`);
			assert.equal(typeof may === 'number' ? may : 0, row.roles, `${program} ${row.name}: node tests/lib/routes.mjs --write`);
		}
});
test.must('a board, a center, and an account for each role alone', async () => {
	await stack.up();
	for (const role of Object.keys(ROLE)) {
		const name = role.slice(5).toLowerCase();
		const side = role === 'ROLE_OFFICER' ? 'center' : 'board';
		const made = stack.tram(side, ['user', 'add', `chi.${name}`, '--name', 'Nguyễn Văn Thử', '--roles', name,
			'--keep-password'], `${PASSWORD}\n`);
		assert.equal(made.status, 0, `${name}: ${made.stderr}`);
		people[role] = {};
		for (const [key, program] of Object.entries(programs))
			if (program.side === side) people[role][key] = await enter(program, `chi.${name}`);
	}
	assert(people.ROLE_INTAKE.intake && people.ROLE_MANAGER.admin && people.ROLE_OFFICER.center);
	assert.equal(people.ROLE_TECHNICIAN.intake, null, 'a technician has no place among dossiers');
	assert.equal(people.ROLE_INTAKE.admin, null);
});

for (const [key, program] of Object.entries(programs)) {
	const routes = program.routes;
	const ones = () => Object.entries(people).filter(([, at]) => at[key]).map(([role, at]) => [ROLE[role], role, at[key]]);
	const one = (row) => ones().find(([bit]) => anyone(row) || (bit & row.roles) !== 0);
	// Both end the session that tries them; done last, by themselves.
	const ends = (row) => ['lock', 'logout', 'login', 'password'].includes(row.name);

	test(`${key}: no session leads to the login, whatever the address`, async () => {
		const stranger = { client: program.client() };
		for (const row of routes.filter((r) => !isPublic(r))) {
			for (const method of row.methods) {
				const answer = await attempt(stranger, row, method);
				assert(toLogin(answer), `${method} ${row.pattern}: ${answer.status} ${answer.location}`);
				assert(!/csrf/.test(answer.html), row.pattern);
				headersOf(answer, `${method} ${row.pattern}`);
			}
		}
		for (const value of ['x', 'A'.repeat(43), '../../etc', '"', 'A'.repeat(3000)]) {
			const [name] = [...people[Object.keys(people).find((role) => people[role][key])][key].client.cookies.keys()]
				.filter((cookie) => !cookie.endsWith('_dev'));
			const answer = await stranger.client.request('GET', '/', { headers: { Cookie: `${name}=${value}` } });
			assert(toLogin(answer), `made-up cookie: ${answer.status}`);
		}
		stranger.client.close();
	});
	test(`${key}: each role alone opens its own addresses and no other`, async () => {
		const seen = { opened: 0, refused: 0 };
		for (const [bit, role, person] of ones()) {
			for (const row of routes.filter((r) => !isPublic(r) && !ends(r))) {
				for (const method of row.methods) {
					const answer = await attempt(person, row, method, { token: person.csrf });
					const may = anyone(row) || (bit & row.roles) !== 0;
					seen[may ? 'opened' : 'refused']++;
					const what = `${role} ${method} ${row.pattern}: ${answer.status} ${answer.location}`;
					if (may) assert(answer.status !== 403 && answer.status < 500 && !toLogin(answer), what);
					else assert.equal(answer.status, 403, what);
					headersOf(answer, what);
				}
			}
		}
		assert(seen.opened > 5, JSON.stringify(seen));
		if (key !== 'center') assert(seen.refused > 2, JSON.stringify(seen));
	});
	test(`${key}: without its token, or from elsewhere, nothing unsafe is done`, async () => {
		let tried = 0;
		for (const row of routes) {
			const [, role, person] = one(row) ?? [];
			if (!person) continue;
			for (const method of row.methods.filter((m) => m !== 'GET')) {
				const from = [{ token: person.csrf, origin: 'http://vidu.vn' },
					{ token: person.csrf, origin: `${person.client.origin}0` },
					{ token: person.csrf, origin: person.client.origin.replace('http:', 'https:') },
					{ token: person.csrf, headers: { 'Sec-Fetch-Site': 'cross-site' } },
					{ token: person.csrf, headers: { 'Sec-Fetch-Site': 'same-site' } }];
				const tokens = isPublic(row) ? [] : [{}, { token: '' }, { token: 'x'.repeat(person.csrf.length) },
					{ token: person.csrf.slice(1) }, { token: `${person.csrf}x` }];
				for (const options of [...from, ...tokens]) {
					const answer = await attempt(person, row, method, options);
					// What is not there may be said first: nothing was done either way.
					const fine = answer.status === 403 || (streams(row) && answer.status === 404);
					assert(fine, `${role} ${method} ${row.pattern} ${JSON.stringify(options)}: ${answer.status}`);
					tried++;
				}
			}
		}
		assert(tried > 20);
		for (const [, role, person] of ones())
			assert.equal((await person.client.request('GET', program.page)).status, 200, `${role} still works`);
	});
	test(`${key}: a body over the address's limit is refused with 413`, async () => {
		for (const row of routes.filter((r) => r.methods.includes('POST') && !streams(r))) {
			const [, , person] = one(row) ?? [];
			if (!person) continue;
			const answer = await attempt(person, row, 'POST', { body: `csrf=${person.csrf}&x=${'a'.repeat(row.size === '0' ? 70000 : 600000)}` });
			assert.equal(answer.status, 413, row.pattern);
			assert.match(answer.html, /<html lang="vi"/, `${row.pattern}: a page in words`);
		}
	});
	test(`${key}: a method that is not the address's is 405 and says which are`, async () => {
		const person = ones()[0][2];
		for (const row of routes) {
			const known = program.methodsAt(row.where);
			for (const method of METHODS.filter((m) => !known.has(m))) {
				if (row.pattern.startsWith('/tai-len') && method === 'GET' && row.name === 'upload.new') continue;
				const answer = await attempt(person, { ...row, policy: new Set(), name: '' }, method, { token: person.csrf });
				assert.equal(answer.status, 405, `${method} ${row.pattern}`);
				const allowed = answer.headers.allow ?? '';
				for (const one of row.methods) assert(allowed.includes(one), `${row.pattern}: Allow ${allowed}`);
				assert(!allowed.includes(method), `${row.pattern}: Allow ${allowed}`);
			}
		}
		assert.notEqual((await person.client.request('TRACE', '/')).status, 200);
	});
	test(`${key}: a locked session opens nothing but the login`, async () => {
		const login = { intake: 'chi.intake', admin: 'chi.manager', center: 'chi.officer' }[key];
		const person = await enter(program, login);
		await person.client.post('/khoa', { csrf: person.csrf });
		for (const row of routes.filter((r) => !isPublic(r) && !r.policy.has('LOCKED_OK'))) {
			for (const method of row.methods) {
				const answer = await attempt(person, row, method, { token: person.csrf });
				assert(toLogin(answer), `${method} ${row.pattern}: ${answer.status} ${answer.location}`);
			}
		}
		person.client.close();
	});
}

test('lookup asks for no session and gives none; every answer is closed', async () => {
	for (const client of [stack.lookup(), stack.centerLookup()]) {
		for (const [method, where] of [['GET', '/'], ['GET', '/tra-cuu'], ['POST', '/tra-cuu'], ['GET', '/h/x'],
			['GET', '/khong-co'], ['DELETE', '/']]) {
			const answer = method === 'POST' ? await client.post(where, { so: 'x', ma: 'y' }) : await client.request(method, where);
			assert([200, 404, 405, 422].includes(answer.status), `${method} ${where}: ${answer.status}`);
			assert.equal(answer.headers['x-content-type-options'], 'nosniff');
			assert.match(answer.headers['content-security-policy'], /default-src 'self'/);
			assert.equal(answer.headers['referrer-policy'], 'no-referrer');
			assert.equal(answer.headers['set-cookie'], undefined);
		}
		assert.equal((await client.post('/tra-cuu', { so: 'x'.repeat(3000), ma: 'y' })).status, 413);
		client.close();
	}
});
test('the log names the route and the account of what was refused, never the address', () => {
	const log = stack.log('board', 'intake');
	assert.match(log, /refused role route=draft\.new account=u-[0-9a-f]{16}/);
	assert.match(log, /refused token route=/);
	assert.match(log, /refused origin route=/);
	for (const word of ['T18685.1-000101', '/ho-so/', '/dang-nhap']) assert(!log.includes(word), word);
});
test('all that left neither event nor draft', () => {
	assert.equal(stack.status().head_seq ?? stack.status().unsent, 0);
	for (const at of Object.values(people)) for (const person of Object.values(at)) person?.client.close();
});

await run();
