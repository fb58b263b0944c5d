// Goal: the image of scripts/image, in emulation with 512 MB, becomes a working counter: it starts, makes
// its data partition, answers tablets over TLS and nothing else, takes in a dossier that a center outside
// receives; the plug is pulled in the middle of the work, and everything that was acknowledged is there
// afterwards. Prints what it measured. Started by scripts/image --test; too long for scripts/test.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { Client } from '../lib/client.mjs';
import { acceptDossier, person } from '../lib/clerk.mjs';
import { Stack, root } from '../lib/stack.mjs';
import { Board, image, sh } from './board.mjs';

const PORT = 9897;
const folder = path.join(root, 'build/test-data/image');
const stack = new Stack({ name: 'image_center', ports: [9891, 9894],
	board: 'hosts = 127.0.0.1 tram.lan quan-ly.tram.lan tra-cuu.tram.lan\ntls_pages = yes\npoll_active_s = 1' });
const figures = {};
let board, ca;
cleanup(async (failed) => {
	for (const [name, value] of Object.entries(figures)) console.log(`measured ${name} ${value}`);
	await board?.kill();
	await stack.down(failed);
});

// Someone at a tablet: the names of the board lead to it, its certificate alone is trusted.
function tablet(name = 'tram.lan') {
	return new Client(`https://${name}:${PORT}`, { ca, lookup: (host, options, done) =>
		(options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) });
}
const plain = (address, host = 'tram.lan') => new Client(`http://127.0.0.1:${PORT + 1}`).request('GET', address, { headers: { Host: host } });
async function answers(seconds) {
	await until('the login page over TLS', seconds, async () => {
		assert(board.child, `the machine ended: ${board.console().slice(-2000)}`);
		const client = new Client(`https://127.0.0.1:${PORT}`, { rejectUnauthorized: false });
		const page = await client.request('GET', '/dang-nhap', { headers: { Host: 'tram.lan' }, timeout: 5000 });
		client.close();
		return page.status === 200 && /name="password"/.test(page.html);
	});
	return board.seconds();
}
async function learnCa() {
	ca = await board.run('cat /var/lib/tram/keys/tls/ca.crt');
}
const tram = (words, seconds) => board.run(`tram ${words} --data /var/lib/tram`, seconds);

test('the card fits through a slow line, and lists what is on it', () => {
	const size = statSync(path.join(image, 'tram-board.img.zst')).size;
	figures.image_mb = (size / 1e6).toFixed(0);
	assert(size <= 150e6, `${size}`);
	const packages = readFileSync(path.join(image, 'packages.tsv'), 'utf8');
	for (const name of ['tram-board', 'linux-image-arm64', 'raspi-firmware', 'lighttpd']) assert(packages.includes(`${name}\t`), name);
	for (const name of ['openssh-server', 'apt', 'sudo', 'gcc']) assert(!packages.includes(`\n${name}\t`), `${name} is on the card`);
	figures.packages = packages.trim().split('\n').length;
});
test.must('a center outside, and what a technician answered', async () => {
	await stack.up(['center']);
	const data = path.join(stack.data, 'board');
	const conf = path.join(data, 'tram.conf');
	const center = stack.centerPort + 1;
	writeFileSync(conf, `${readFileSync(conf, 'utf8').replace(/^center_url = .*$/m, `center_url = https://10.0.2.2:${center}`)}run_dir = /run/tram/run\nsock_dir = /run/tram/sock\n`);
	for (const name of ['run', 'sock', 'lighttpd', 'plan', 'pid', 'log', 'keys/tls', 'start']) sh('rm', '-rf', path.join(data, name));
	sh('mkdir', '-p', path.join(data, 'network'));
	writeFileSync(path.join(data, 'network/network.conf'), 'host = tram1\nap_name = Tram 1\nap_key = mat khau thu 1\nuplink = cable\n');
	board = new Board(folder, PORT, { data });
});
test.must('it starts on a card that never ran, makes its data partition, and shows the login page', async () => {
	await board.start();
	await board.ready(120);
	figures.first_start_s = (await answers(180)).toFixed(1);
	await learnCa();
	const disk = await board.run('findmnt -no SOURCE,FSTYPE,OPTIONS /var/lib/tram; df -m --output=size /var/lib/tram | tail -1');
	assert.match(disk, /ext4.*noatime/);
	assert(Number(disk.trim().split('\n').pop()) > 2400, `the partition has the rest of the card: ${disk}`);
	assert.match(await board.run('dumpe2fs -h $(findmnt -no SOURCE /var/lib/tram) 2>/dev/null | grep "Block size"'), /4096/);
	console.log((await board.run('systemctl --failed --no-legend --plain; systemd-analyze 2>/dev/null | head -3; systemd-analyze critical-chain --no-pager 2>/dev/null | head -20')));
});
test('every unit runs', async () => {
	await board.run('systemctl is-system-running --wait >/dev/null; true', 120);
	assert.equal((await board.run('systemctl --failed --no-legend --plain')).trim(), '');
	for (const unit of ['tram-board.target', 'tram-lighttpd', 'tram-forward', 'tram-dnsmasq', 'chrony'])
		assert.equal((await board.run(`systemctl is-active ${unit}`)).trim(), 'active', unit);
	assert.match(await board.run('cat /var/lib/tram/network/applied'), /^[0-9a-f]{64}\nok\n/);
});
test('nobody logs in, and the root is not written to', async () => {
	assert.equal((await board.run('pgrep -l "getty|sshd|login" || true')).trim(), '');
	assert.match(await board.run('passwd -S root'), /^root L /);
	assert.match(await board.run('findmnt -no FSTYPE /'), /overlay/);
	await board.run('touch /usr/lib/tram/x');
	assert.equal((await board.run('cat /proc/swaps | wc -l')).trim(), '1', 'no swap');
});
test('from the tablets\' side the pages answer, and nothing else', async () => {
	const page = await plain('/');
	assert.equal(page.status, 200);
	assert.match(page.html, /tram\.mobileconfig/);
	assert.equal((await plain('/generate_204', 'connectivitycheck.gstatic.com')).location, 'http://tram.lan/');
	const crt = await plain('/tram.crt');
	assert.deepEqual(crt.bytes, new X509Certificate(ca).raw);
	const page2 = await tablet('tra-cuu.tram.lan').get('/');
	assert.match(page2.html, /action="\/tra-cuu"/);
	const open = await board.run('ss -Hltn | tr -s " " | cut -d" " -f4 | sort -u | tr "\\n" " "');
	console.log(`listens on ${open.trim()}`);
});
let taken;
test('a dossier is taken in over TLS from a tablet, and the center outside receives it', async () => {
	const clerk = tablet();
	const started = Date.now();
	await clerk.login('canbo');
	taken = await acceptDossier(clerk, { files: true });
	figures.login_and_dossier_s = ((Date.now() - started) / 1000).toFixed(1);
	clerk.close();
	await until('all is sent', 60, async () => {
		const status = JSON.parse(await tram('status --json'));
		return status.unsent === 0 && status.files_to_send === 0;
	});
	const inside = JSON.parse(await tram('digest'));
	assert.deepEqual(stack.digest('center'), inside);
});
test('its processes are small', async () => {
	const pss = await board.run(`for p in /proc/[0-9]*; do n=$(tr "\\000" " " <$p/cmdline | cut -c1-60); s=$(sed -n "s/^Pss: *\\([0-9]*\\).*/\\1/p" $p/smaps_rollup 2>/dev/null); [ -z "$s" ] || echo "$s $n"; done | sort -rn`);
	const rows = pss.trim().split('\n').map((line) => [Number(line.split(' ')[0]), line.slice(line.indexOf(' ') + 1)]);
	const ours = rows.filter(([, name]) => /tram-|lighttpd/.test(name) && !/run\/try/.test(name));
	const sum = (list) => list.reduce((a, [kb]) => a + kb, 0) / 1024;
	figures.board_pss_mb = sum(ours).toFixed(1);
	figures.all_processes_pss_mb = sum(rows).toFixed(1);
	const memory = await board.run('sed -n "s/^\\(MemTotal\\|MemAvailable\\): *\\([0-9]*\\).*/\\2/p" /proc/meminfo');
	const [total, available] = memory.trim().split('\n').map(Number);
	figures.system_in_use_mb = ((total - available) / 1024).toFixed(1);
	console.log(rows.slice(0, 24).map(([kb, name]) => `${kb} ${name}`).join('\n'));
	assert(sum(ours) <= 16, `${figures.board_pss_mb} MB`);
	assert((total - available) / 1024 <= 90, `${figures.system_in_use_mb} MB`);
});
test('the plug is pulled in the middle of the work: what was acknowledged is there afterwards', async () => {
	const accepted = [taken];
	for (let round = 1; round <= 3; round++) {
		const clerk = tablet();
		await clerk.login('canbo');
		accepted.push(await acceptDossier(clerk, { who: person(), files: true }));
		// One more under way when the machine dies.
		const lost = acceptDossier(clerk, { who: person(), files: true }).then((one) => accepted.push(one), () => {});
		await new Promise((done) => setTimeout(done, 300 * round));
		await board.kill();
		await lost;
		clerk.close();
		await board.start();
		await board.ready(120);
		const seconds = await answers(180);
		figures.next_start_s = seconds.toFixed(1);
		const verify = await tram('verify', 120);
		assert.match(verify, /log /);
		assert.doesNotMatch(await board.run('tram rebuild --data /var/lib/tram --compare && echo equal', 120), /differ/);
		const again = tablet();
		await again.login('canbo');
		for (const one of accepted) {
			const page = await again.get(`/ho-so/${encodeURIComponent(one.code)}`);
			assert.equal(page.status, 200, `round ${round}: ${one.id}`);
		}
		again.close();
	}
	figures.acknowledged_dossiers_after_three_cuts = accepted.length;
	await until('all is sent', 60, async () => {
		const status = JSON.parse(await tram('status --json'));
		return status.unsent === 0 && status.files_to_send === 0;
	});
	assert.deepEqual(stack.digest('center'), JSON.parse(await tram('digest')));
});
test('the card alone holds no name in the clear, and without the stick that took its key it opens nothing', async () => {
	await board.kill();
	// What people typed is nowhere on the raw card, nor what the programs made of it.
	const found = (word) => spawnSync('grep', ['-c', '-a', '-i', '-F', word, board.card], { encoding: 'utf8' }).stdout.trim();
	for (const word of ['Nguyễn Văn Thử', 'Trần Thị Mẫu', 'Chạy Thử', 'SQLite format 3', 'BEGIN EC PRIVATE']) assert.equal(found(word), '0', word);
	const stick = path.join(folder, 'stick');
	const plugged = ['-device', 'qemu-xhci', '-drive', `file=${stick},if=none,id=stick,format=raw`, '-device', 'usb-storage,drive=stick'];
	sh('truncate', '-s', '64M', stick);
	sh('mkfs.fat', '-n', 'KHOA', stick);
	writeFileSync(path.join(folder, 'TRAM-KHOA'), '');
	sh('mcopy', '-i', stick, path.join(folder, 'TRAM-KHOA'), '::/');
	await board.start({ devices: plugged });
	await board.ready(120);
	assert.match(await board.run('mkdir -p /run/b; mount -o ro /dev/vda1 /run/b; ls /run/b; umount /run/b'), /vmlinuz/);
	assert.doesNotMatch(await board.run('mount -o ro /dev/vda1 /run/b; ls /run/b; umount /run/b'), /tram-disk/, 'the key left the card');
	await answers(180);
	await board.kill();
	assert.match(sh('mdir', '-b', '-i', stick), /tram-disk\.key/i);
	await board.start({ devices: plugged });
	await answers(240);
	await board.ready(30);
	const clerk = tablet();
	await clerk.login('canbo');
	assert.equal((await clerk.get(`/ho-so/${encodeURIComponent(taken.code)}`)).status, 200);
	clerk.close();
	await board.kill();
	await board.start();
	await until('it says that no key opens the partition', 240, async () => board.said.includes('@@ready'));
	assert.match(await board.run('systemctl is-failed tram-disk || true'), /failed/);
	assert.equal((await board.run('ls /var/lib/tram')).trim(), '');
	await board.kill();
});
test('two cards share no secret that arises on them; over a real access point a client gets its page and nothing else', async () => {
	await board.kill();
	const data = path.join(stack.data, 'board');
	board = new Board(`${folder}-2`, PORT, { data, radios: true });
	await board.start({ append: '' });
	await board.ready(120);
	await until('it made its certificates', 180, async () => /BEGIN/.test(await board.run('cat /var/lib/tram/keys/tls/ca.crt 2>/dev/null || true')));
	const second = new X509Certificate(await board.run('cat /var/lib/tram/keys/tls/ca.crt')), first = new X509Certificate(ca);
	assert.notEqual(second.fingerprint256, first.fingerprint256);
	assert(!second.publicKey.equals(first.publicKey));
	await until('the network is applied', 60, async () => /ok/.test(await board.run('cat /var/lib/tram/network/applied 2>/dev/null || true')));
	await board.run('ip netns add client && iw phy phy1 set netns name client && ip -n client link set lo up');
	const config = (more) => Buffer.from(`network={\nssid="Tram 1"\n${more}\n}\n`).toString('base64');
	for (const [name, more] of [['WPA3', 'key_mgmt=SAE\nsae_password="mat khau thu 1"\nieee80211w=2'], ['WPA2', 'key_mgmt=WPA-PSK\npsk="mat khau thu 1"\nieee80211w=1']]) {
		await board.run(`echo ${config(more)} | base64 -d >/run/try/client.conf; ip netns exec client wpa_supplicant -B -P /run/try/client.pid -D nl80211 -i wlan1 -c /run/try/client.conf`);
		await until(`a client joins by ${name}`, 40, async () => /Connected to/.test(await board.run('ip netns exec client iw dev wlan1 link')));
		if (name === 'WPA3') await board.run('kill $(cat /run/try/client.pid); sleep 1');
	}
	const script = Buffer.from('#!/bin/sh\n[ "$1" = bound ] || exit 0\nip addr add $ip/$mask dev $interface\nip route add default via $router\necho "got $ip dns $dns domain $domain"\n').toString('base64');
	const lease = await board.run(`echo ${script} | base64 -d >/run/try/bound; chmod +x /run/try/bound; ip netns exec client busybox udhcpc -i wlan1 -n -q -f -s /run/try/bound`);
	assert.match(lease, /got 10\.77\.0\.\d+ dns 10\.77\.0\.1 domain tram\.lan/);
	assert.match(await board.run('ip netns exec client busybox nslookup tram.lan 10.77.0.1'), /Address.*10\.77\.0\.1/);
	assert.match(await board.run('ip netns exec client busybox wget -q -O - --header "Host: tram.lan" http://10.77.0.1/'), /tram\.mobileconfig/);
	const open = await board.run('for p in 22 25 53 80 111 139 443 631 3306 5355 5432 8000 8080 8100 8101 8102; do ip netns exec client busybox nc -w 1 -z 10.77.0.1 $p 2>/dev/null && echo $p; done; true');
	assert.deepEqual(open.trim().split(/\s+/), ['53', '80', '443']);
	const wrong = Buffer.from('network={\nssid="Tram 1"\npsk="mat khau sai 1"\nkey_mgmt=WPA-PSK\n}\n').toString('base64');
	await board.run(`kill $(cat /run/try/client.pid); sleep 1; echo ${wrong} | base64 -d >/run/try/client.conf; ip netns exec client wpa_supplicant -B -P /run/try/client.pid -D nl80211 -i wlan1 -c /run/try/client.conf; sleep 8`);
	assert.doesNotMatch(await board.run('ip netns exec client iw dev wlan1 link'), /Connected to/);
});

await run();
