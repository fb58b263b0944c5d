// setup.mjs: the pages of first boot, served as a new box does: tram-admin --setup behind a lighttpd of its own.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './check.mjs';
import { Client } from './client.mjs';
import { build } from './stack.mjs';

export class SetupPages {
	// work: a folder of the test; folder: what `tram setup begin` made.
	constructor(work, folder, port) {
		Object.assign(this, { work, folder, port, child: null });
	}

	start() {
		const { work, folder, port } = this;
		const plan = path.join(work, 'plan'), conf = path.join(work, 'lighttpd.conf');
		const lighttpd = spawnSync('sh', ['-c', 'command -v lighttpd || echo /usr/sbin/lighttpd'], { encoding: 'utf8' }).stdout.trim();
		for (const name of ['pid', 'log', 'upload']) mkdirSync(path.join(work, name), { recursive: true });
		chmodSync(path.join(work, 'upload'), 0o777);
		writeFileSync(conf, `server.modules = ( "mod_fastcgi", "mod_alias" )
server.document-root = "${build}/static"
server.port = ${port}
server.bind = "127.0.0.1"
server.upload-dirs = ( "${work}/upload" )
mimetype.assign = ( ".css" => "text/css; charset=utf-8", ".js" => "text/javascript", ".svg" => "image/svg+xml" )
$HTTP["url"] =~ "^/tinh/" { alias.url = ( "/tinh/" => "${build}/static/" ) }
else { fastcgi.server = ( "/" => (( "socket" => "${work}/setup.sock", "check-local" => "disable", "fix-root-scriptname" => "enable" )) ) }
`);
		writeFileSync(plan, `run ${work}/pid
log ${work}/log
process setup
  workers 1
  socket ${work}/setup.sock
  exec ${build}/tram-admin
  arg -c
  arg ${folder}/setup.conf
  arg --setup
  arg ${folder}
process lighttpd
  workers 1
  exec ${lighttpd}
  arg -D
  arg -f
  arg ${conf}
`);
		this.child = spawn(path.join(build, 'tram'), ['supervise', plan], { stdio: 'ignore' });
		return until('the pages of first boot answer', 20, async () =>
			(await new Client(`http://127.0.0.1:${port}`).request('GET', '/ma')).status < 500);
	}

	// SIGKILL of all: as a power cut. The supervisor first, or it starts again what is killed.
	async stop(signal = 'SIGTERM') {
		const child = this.child, dir = path.join(this.work, 'pid');
		if (!child) return;
		this.child = null;
		child.kill(signal);
		await until('they stop', 20, () => child.exitCode !== null || child.signalCode !== null);
		for (const name of signal === 'SIGKILL' && existsSync(dir) ? readdirSync(dir) : []) {
			try {
				process.kill(Number(readFileSync(path.join(dir, name), 'utf8')), signal);
			} catch {
				// gone already
			}
		}
	}
}
