// routes.mjs: the route tables of the programs as the source says them, and the matrix of rights
// (board/rights.tsv) that must say the same. `node tests/lib/routes.mjs --write` writes the matrix, `--check`
// (part of `make lint`) compares.
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const source = (file) => readFileSync(path.join(root, 'cgi', file), 'utf8');
export const ROLE = Object.fromEntries([...source('store/account.h').matchAll(/^#define (ROLE_\w+) (\d+)u/gm)]
	.map(([, name, bit]) => [name, Number(bit)]));
const sets = { ...ROLE };
function bits(text) {
	return text.split('|').map((word) => word.trim().replace(/[()]/g, '')).filter((word) => word && word !== '0')
		.reduce((all, word) => {
			assert(word in sets, `unknown role ${word}`);
			return all | sets[word];
		}, 0);
}
export function routesOf(file) {
	const plain = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\\\n\s*/g, ' ');
	const text = plain(source(file)), room = path.dirname(file);
	const headers = readdirSync(path.join(root, 'cgi', room)).filter((name) => name.endsWith('.h')).sort()
		.map((name) => plain(source(`${room}/${name}`)));
	const bases = {};
	const later = [];
	for (const from of [...headers, text]) {
		for (const [, name, value] of from.matchAll(/^#define (ROLES_\w+|ANY_ADMIN) (.*)$/gm)) later.push([name, value]);
		for (const [, name, value] of from.matchAll(/^#define (\w+) "(\/[^"]*)"/gm)) bases[name] = value;
	}
	// A set may stand on another that is defined further down, or in another header.
	for (let rounds = 0; later.length > 0 && rounds < 100; rounds++) {
		const [name, value] = later.shift();
		if (value.match(/ROLES?_\w+|ANY_ADMIN/g)?.every((word) => word in sets)) sets[name] = bits(value);
		else later.push([name, value]);
	}
	const words = { GET: ['GET'], POST: ['POST'], METHOD_GET: ['GET'], METHOD_HEAD: [], METHOD_POST: ['POST'],
		METHOD_PATCH: ['PATCH'], METHOD_DELETE: ['DELETE'], METHOD_OPTIONS: [] };
	const rows = [];
	const row = /\{\s*"([\w.-]+)",\s*([A-Z_|\s]+),\s*((?:[A-Z_]+|"[^"]*"|\s)+),\s*([A-Z_|\s0]+),\s*([A-Z_|\s0()]+),\s*([^,]+),\s*(\w+)\s*\}/g;
	for (const [, name, methods, pattern, policy, roles, size] of text.matchAll(row)) {
		rows.push({ name, methods: methods.split('|').flatMap((word) => words[word.trim()]),
			pattern: pattern.replace(/\b[A-Z_]+\b(?=[^"]*("[^"]*"[^"]*)*$)/g, (name) => bases[name] ?? name)
				.replace(/["\s]/g, ''),
			policy: new Set(policy.split('|').map((word) => word.trim().replace('ROUTE_', ''))),
			roles: bits(roles), size: size.trim() });
	}
	const written = (text.match(/^\s*\{\s*"[\w.-]+",\s*(?:GET|POST|METHOD)/gm) ?? []).length;
	assert.equal(rows.length, written, `every row of ${file} is understood`);
	assert(rows.length > 0);
	return rows;
}

export const tables = { intake: ['intake/routes.c', 'intake/uploads.c'], admin: ['admin/admin.c'],
	center: ['center/pages_routes.c'] };
const names = Object.keys(ROLE).map((role) => role.slice(5).toLowerCase());
const file = path.join(root, 'board/rights.tsv');

// program, right (the route's name), methods, address, then a column per role: "x" may, "-" anybody.
export function matrix() {
	const lines = [['program', 'right', 'methods', 'address', ...names].join('\t')];
	for (const [program, files] of Object.entries(tables)) {
		for (const row of files.flatMap(routesOf)) {
			const may = Object.values(ROLE).map((bit) => (row.policy.has('PUBLIC') ? 'public'
				: row.roles === 0 ? 'any' : row.roles & bit ? 'x' : ''));
			lines.push([program, row.name, row.methods.join(','), row.pattern, ...may].join('\t'));
		}
	}
	return `${lines.join('\n')}\n`;
}
// The rights as data: "program right methods address" → Set of role bits, or 'any', 'public'.
export function rights() {
	const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
	assert.deepEqual(head.slice(4), names, 'a column for each role');
	return new Map(lines.map(([program, name, methods, address, ...may]) => [`${program} ${name} ${methods} ${address}`,
		may[0] === 'any' || may[0] === 'public' ? may[0]
			: may.reduce((bits, cell, i) => bits | (cell === 'x' ? Object.values(ROLE)[i] : 0), 0)]));
}
if (process.argv[1] === fileURLToPath(import.meta.url)) {
	if (process.argv[2] === '--write') writeFileSync(file, matrix());
	if (process.argv[2] === '--check' && readFileSync(file, 'utf8') !== matrix()) {
		console.error('board/rights.tsv: not what the route tables say; node tests/lib/routes.mjs --write');
		process.exitCode = 1;
	}
}
