// Goal: every file apart by process, as "who may touch what" lists them. Each file is tried as each
// user by number; the real processes run as those users, and a socket opens to lighttpd alone.
// Not under sanitizers: of users and descriptors; the sanitizer holds some of its own.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, skip, test } from '../lib/check.mjs';
import { acceptDossier, chooseProcedure, startDraft } from '../lib/clerk.mjs';
import { jpeg, xlsx } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'files-by-user', ports: [9810, 9820] });
cleanup((failed) => stack.down(failed));

// As scripts/stack starts them: user, further groups.
const users = {
	board: {
		web: [64101, [64201, 64202, 64203, 64206]], look: [64102, [64203]],
		admin: [64103, [64202, 64205, 64208]], link: [64104, [64201, 64203, 64205, 64208]],
		www: [64106, [64206]], stranger: [65534, []],
	},
	center: {
		center: [64105, [64203, 64206]], clook: [64107, [64203]], www: [64106, [64206]],
		stranger: [65534, []],
	},
};
// Who may: r read, w write (x: enter a folder and open what one knows the name of). Nobody else.
const files = {
	board: {
		'tram.conf': { web: 'r', look: 'r', admin: 'r', link: 'r', www: 'r', stranger: 'r' },
		'db': { web: 'rwx', link: 'rwx' },
		'db/tram.db': { web: 'rw', link: 'rw' },
		'db/access.db': { web: 'rw', link: 'rw' },
		'auth': { web: 'rwx', admin: 'rwx' },
		'auth/auth.db': { web: 'rw', admin: 'rw' },
		'run': { web: 'rwx', admin: 'rwx' },
		'run/run.db': { web: 'rw', admin: 'rw' },
		'public': { web: 'rwx', link: 'rwx', look: 'rwx' },
		'public/public.db': { web: 'rw', link: 'rw', look: 'rw' },
		'blobs': { web: 'rwx', link: 'rwx' },
		'blobs/*': { web: 'rw', link: 'rw' },
		'spool': { web: 'rwx', link: 'rwx' },
		'out': { web: 'rwx', www: 'x' },
		'inbox': { admin: 'rwx', link: 'rwx' },
		'health': { admin: 'rwx', link: 'rwx' },
		'keys/web/slip.seed': { web: 'rw' },
		'keys/web/slip.key': { web: 'rw' },
		'keys/web/copy.key': { web: 'rw' },
		'db/writes': { web: 'rw', link: 'rw' },
		'keys/link/client.key': { link: 'rw' },
		'keys/link/slip.key': { link: 'rw' },
		'clock': { web: 'rwx', link: 'rwx', look: 'rx', admin: 'rx', www: 'rx', stranger: 'rx' },
		'clock/clock': { web: 'rw', link: 'rw', look: 'r', admin: 'r', www: 'r', stranger: 'r' },
		'sock/wake': { web: 'rw', link: 'rw' },
		'sock/intake.sock': { www: 'rw' },
		'sock/uploads.sock': { www: 'rw' },
		'sock/lookup.sock': { www: 'rw' },
		'sock/admin.sock': { www: 'rw' },
	},
	center: {
		'db': { center: 'rwx' },
		'db/access.db': { center: 'rw' },
		'db/tram.db': { center: 'rw' },
		'auth/auth.db': { center: 'rw' },
		'run/run.db': { center: 'rw' },
		'public': { center: 'rwx', clook: 'rwx' },
		'public/public.db': { center: 'rw', clook: 'rw' },
		'blobs': { center: 'rwx' },
		'blobs/b18685-1/*': { center: 'rw' },
		'spool': { center: 'rwx' },
		'out': { center: 'rwx', www: 'x' },
		'keys/center/receipt.key': { center: 'rw' },
		'keys/center/ca.key': { center: 'rw' },
		'keys/tls/server.pem': { www: 'rw' },
		'sock/officers.sock': { www: 'rw' },
		'sock/machine.sock': { www: 'rw' },
		'sock/lookup.sock': { www: 'rw' },
	},
};

function as([uid, groups], command) {
	return spawnSync('setpriv', [`--reuid=${uid}`, `--regid=${uid}`,
		groups.length ? `--groups=${groups.join(',')}` : '--clear-groups', '--', ...command],
	{ encoding: 'utf8' });
}

// What the user really may do with it, in the letters of the table.
function rights(user, file, folder) {
	return ['r', 'w', ...(folder ? ['x'] : [])]
		.filter((right) => as(user, ['test', `-${right}`, file]).status === 0).join('');
}

function resolve(side, name) {
	const full = path.join(stack.data, side, name);
	if (!name.endsWith('/*')) return full;
	const folder = path.dirname(full);
	const [first] = readdirSync(folder);
	assert(first, `${folder} is empty`);
	return path.join(folder, first);
}

test.must('a board and a center with users of their own', async () => {
	if (process.getuid() !== 0) skip('only root can try other users');
	await stack.up();
	if (!/APART=yes/.test(readFileSync(path.join(stack.data, 'env'), 'utf8')))
		skip('other users cannot reach this folder');
	const clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk, { procedure: '9.999001', files: true });
	await stack.drained();
});

for (const side of ['board', 'center']) {
	for (const [name, may] of Object.entries(files[side])) {
		test(`${side} ${name}`, () => {
			const file = resolve(side, name);
			assert(existsSync(file), `${file} is not there`);
			const folder = as([0, []], ['test', '-d', file]).status === 0;
			for (const [user, id] of Object.entries(users[side]))
				assert.equal(rights(id, file, folder), may[user] ?? '', `${user} on ${side}/${name}`);
		});
	}
}

test('SQLite\'s companions are as closed as their databases', () => {
	for (const side of ['board', 'center']) {
		for (const [dir, name] of [['db', 'tram.db'], ['db', 'access.db'], ['auth', 'auth.db'], ['run', 'run.db'], ['public', 'public.db']]) {
			if (!files[side][`${dir}/${name}`]) continue;
			for (const file of readdirSync(path.join(stack.data, side, dir)).filter((f) => f.startsWith(name))) {
				for (const [user, id] of Object.entries(users[side]))
					assert.equal(rights(id, path.join(stack.data, side, dir, file), false),
						files[side][`${dir}/${name}`][user] ?? '', `${user} on ${side}/${dir}/${file}`);
			}
		}
	}
});

test('each process runs as its user, with its groups and no privileges to gain', () => {
	const programs = {
		board: { intake: 'web', uploads: 'web', lookup: 'look', admin: 'admin', forward: 'link', lighttpd: 'www' },
		center: { officers: 'center', uploads: 'center', machine: 'center', sticks: 'center', lookup: 'clook', lighttpd: 'www' },
	};
	for (const side of ['board', 'center']) {
		const seen = new Set();
		for (const [name, pid] of Object.entries(stack.pids(side))) {
			const program = name.replace(/\.\d+$/, '');
			if (program === 'supervise') continue;
			const [uid, groups] = users[side][programs[side][program]];
			const status = readFileSync(`/proc/${pid}/status`, 'utf8');
			const field = (key) => new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)[1].trim();
			assert.equal(field('Uid'), Array(4).fill(uid).join('\t'), `${side} ${name}`);
			assert.equal(field('Gid'), Array(4).fill(uid).join('\t'), `${side} ${name}`);
			assert.deepEqual(field('Groups').split(' ').filter(Boolean).map(Number), groups, `${side} ${name}`);
			assert.equal(field('NoNewPrivs'), '1', `${side} ${name}`);
			assert.equal(field('CapEff'), '0000000000000000', `${side} ${name}`);
			seen.add(program);
		}
		assert.deepEqual([...seen].sort(), Object.keys(programs[side]).sort());
	}
});

// What runs beside the pages while this goes on, by name: one look each at user, rights and open files.
async function seen(name, going) {
	const looks = [];
	let done = false;
	const end = going.finally(() => { done = true; });
	while (!done) {
		for (const pid of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
			try {
				if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== name) continue;
				const status = readFileSync(`/proc/${pid}/status`, 'utf8');
				const fds = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
				looks.push({ status, fds });
			} catch {
				// It has ended meanwhile.
			}
		}
		await new Promise((resolve) => setImmediate(resolve));
	}
	await end;
	return looks;
}
for (const [name, what] of [['tram-image', 'a photo'], ['tram-sheet', 'a spreadsheet']])
	test(`${name}, started for ${what}, is the pages' user with nothing to gain and no file or socket of the board's`, async () => {
		const clerk = stack.clerks();
		await clerk.login('canbo');
		let going;
		if (name === 'tram-image') {
			const page = await chooseProcedure(clerk, await startDraft(clerk), '2.000635');
			const paper = /name="file\.([^"]+)"/.exec(page.html)[1];
			going = clerk.submit(page, '/tai-len/', { add_name: '' }, { button: 'stay', files: [{ name: `file.${paper}`, filename: 'a.jpg', type: 'image/jpeg', content: jpeg(2000, { across: 900, down: 700, shades: 3 }) }] });
		} else {
			going = clerk.submit(await clerk.get('/tiep-quan'), '/tai-len/tiep-quan', {}, { files: [{ name: 'file', filename: 'a.xlsx', type: 'application/octet-stream', content: xlsx(Array.from({ length: 60000 }, (_, i) => [`${i}`, 'x', 'y'])) }] });
		}
		const looks = await seen(name, going);
		assert(looks.length > 0, `${name} was never seen`);
		for (const { status, fds } of looks) {
			const field = (key) => new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)[1].trim();
			assert.equal(field('Uid'), Array(4).fill(64101).join('\t'));
			assert.equal(field('NoNewPrivs'), '1');
			assert.equal(field('CapEff'), '0000000000000000');
			for (const fd of fds) assert(!/\/(db|auth|run|keys|public|sock)\/|^socket:/.test(fd), `${name} holds ${fd}`);
		}
		if (name === 'tram-image') assert(looks.some(({ status }) => /^Seccomp:\s*2$/m.test(status)), 'its filter is up while it reads');
	});

test('only lighttpd reaches the pages\' socket', () => {
	const socket = path.join(stack.data, 'board/sock/intake.sock');
	const connect = (user) => as(user, ['curl', '-s', '-o', '/dev/null', '--max-time', '1',
		'--unix-socket', socket, 'http://localhost/']).status;
	for (const [name, user] of Object.entries(users.board)) {
		if (name === 'www') assert.notEqual(connect(user), 7, 'lighttpd cannot connect');
		else assert.equal(connect(user), 7, `${name} can connect`);
	}
});

await run();
