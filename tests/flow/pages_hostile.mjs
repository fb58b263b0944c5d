// Goal: whatever a logged-in browser sends to any address, by any method, in any mixture of fields, is
// answered, and never with our own fault (5xx); afterwards both sides still verify and agree. Random,
// from a seed that is printed: HOSTILE_SEED=N runs the same again, HOSTILE_SECONDS (5) how long.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, chooseProcedure, startDraft } from '../lib/clerk.mjs';
import { Stack, root } from '../lib/stack.mjs';

const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 1000000);
const seconds = Number(process.env.HOSTILE_SECONDS ?? 5);
const stack = new Stack({ name: 'pages-hostile', ports: [9982, 9985] });
cleanup((failed) => stack.down(failed));

// mulberry32
let state = seed;
const random = () => {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const hex = (n) => Array.from({ length: n }, () => below(16).toString(16)).join('');

// Addresses and the names of fields, from the sources and templates themselves.
const cgi = (file) => readFileSync(path.join(root, 'cgi', file), 'utf8');
const patterns = ['intake/routes.c', 'intake/uploads.c', 'admin/admin.c', 'center/pages_routes.c']
	.flatMap((file) => [...cgi(file).matchAll(/"(\/[a-z][^"]*|\/)"/g)].map((m) => m[1]))
	.filter((pattern) => !/thoat|khoa|doi-mat-khau|dang-nhap|mat-khau/.test(pattern));
const names = [...new Set(['intake/step_person.c', 'intake/step_check.c', 'intake/step_papers.c', 'intake/act_finish.c', 'intake/act_return.c', 'intake/act_sign.c',
	'intake/act_forward.c', 'center/pages_finish.c', 'center/pages_act.c', 'admin/admin_accounts.c']
	.flatMap((file) => [...cgi(file).matchAll(/\{\s*"(\w+)", FIELD_/g)].map((m) => m[1]))), 'q', 'card', 's_card', 'from', 'later', 'search', 'find', 'procedure', 'remove',
'drop', 'stay', 'add', 'all', 'next', 'by_hand', 'earlier', 'kept_sha256', 'kept_name', 'file', 'file.x', 'state.x', 'shown_due', 'recount', 'role_intake', 'seen', 'counter'];
const people = {};
let code, province, draft;

const junk = () => pick([() => '', () => 'x', () => '0', () => '1', () => '-1', () => '9'.repeat(30), () => hex(16), () => hex(32), () => '0'.repeat(64), () => 'Nguyễn Văn Thử',
	() => '{{x}}', () => '%s%n', () => 'a\u0000b', () => '|'.repeat(20), () => '000012345678|111|Ng|02091985|Nam|A|01012021', () => 'dài '.repeat(800),
	() => '<b>&"\'', () => '../..', () => code, () => '2.000635', () => '31/12/2025', () => 'cccd', () => 'other', () => 'post', () => 'sign', () => 'none', () => '0900000001'])();
function body(fields, multipart) {
	if (!multipart) return fields.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&');
	const parts = fields.map(([n, v]) => `--bb\r\nContent-Disposition: form-data; name="${n}"${/^file/.test(n) ? `; filename="${hex(4)}.pdf"` : ''}\r\n\r\n` +
		`${/^file/.test(n) && below(2) ? `%PDF-1.4\n${hex(40)}` : v}\r\n`).join('');
	return `${parts}${below(5) ? '--bb--\r\n' : ''}`;
}

test.must('a board, a center, everybody, two dossiers and a draft', async () => {
	await stack.up();
	for (const login of ['canbo', 'chuyenvien', 'nguoiky', 'quanly']) people[login] = { client: stack.clerks(), home: '/doi-mat-khau', login };
	people.admin = { client: stack.admin(), home: '/doi-mat-khau', login: 'quanly' };
	people.officer = { client: stack.officers(), home: '/doi-mat-khau', login: 'tinh' };
	for (const one of Object.values(people)) {
		await one.client.login(one.login);
		one.csrf = /name="csrf" value="([^"]+)"/.exec((await one.client.get(one.home)).html)[1];
	}
	const { client } = people.canbo;
	code = (await acceptDossier(client, { files: true })).code;
	province = (await acceptDossier(client, { procedure: '9.999001', files: true })).code;
	draft = (await startDraft(client));
	await chooseProcedure(client, draft, '2.000635');
	await stack.drained();
});
test(`${seconds} seconds of anything, seed ${seed}`, async () => {
	const counts = {};
	const until = Date.now() + seconds * 1000;
	const one = async () => {
		while (Date.now() < until) {
			const [who, { client, csrf }] = pick(Object.entries(people));
			const where = pick(patterns).replace(':draft', below(3) ? draft.id : hex(32)).replace(':board', below(4) ? 'b18685-1' : hex(5))
				.replace(/:code|:id/, below(4) ? pick([code, province]) : encodeURIComponent(junk()).slice(0, 300)).replace(/:\w+/g, hex(64));
			const method = pick(['GET', 'HEAD', 'POST', 'POST', 'POST', 'POST', 'PATCH', 'DELETE']);
			const fields = [['csrf', csrf], ['form_id', hex(32)], ...Array.from({ length: below(14) }, () => [pick(names), junk()])];
			const multipart = below(3) === 0;
			const headers = { Origin: client.origin };
			if (!['GET', 'HEAD'].includes(method))
				headers['Content-Type'] = multipart ? 'multipart/form-data; boundary=bb' : 'application/x-www-form-urlencoded';
			if (below(6) === 0) Object.assign(headers, { 'Tus-Resumable': '1.0.0', 'X-Tram-Csrf': csrf, 'Upload-Length': pick(['10', 'x', '-1', '99999999999']), 'Upload-Offset': '0' });
			const answer = await client.request(method, where, { headers, body: ['GET', 'HEAD'].includes(method) ? undefined : body(fields, multipart) });
			counts[answer.status] = (counts[answer.status] ?? 0) + 1;
			const busy = answer.status === 503 && answer.headers['retry-after'] !== undefined;
			assert((answer.status < 500 && answer.status >= 200) || busy, `${who} ${method} ${where}: ${answer.status}: ` +
				`${multipart ? 'multipart' : 'urlencoded'} ${fields.slice(2).map(([n, v]) => `${n}=${v.slice(0, 30)}`).join(' ')}`);
		}
	};
	await Promise.all([one(), one(), one()]);
	const total = Object.values(counts).reduce((a, b) => a + b);
	assert(total > 200 && counts[422] > 0 && counts[303] > 0 && counts[404] > 0, JSON.stringify(counts));
});
test('nothing has died, both sides verify and agree', async () => {
	assert.equal((await people.canbo.client.request('GET', '/quay')).status, 200);
	for (const [side, files] of [['board', ['intake', 'uploads', 'admin']], ['center', ['officers', 'uploads']]])
		for (const name of files) assert(!/ (error|bug|fatal) tram/.test(stack.log(side, name)), `${side} ${name}: ${/.* (error|bug|fatal) tram.*/.exec(stack.log(side, name))?.[0]}`);
	await stack.drained();
	stack.verifyBoth();
	for (const { client } of Object.values(people)) client.close();
});

await run();
