// Goal: the image of scripts/image, in emulation with 512 MB, becomes a working counter: it starts, makes
// its data partition, is answered its questions by HTTP on the label's network, enrols, answers tablets over
// TLS and nothing else, takes in a dossier that a center outside receives; the plug is pulled in the middle of the work, and everything that was acknowledged is there
// afterwards. Prints what it measured. Started by scripts/image --test; too long for scripts/test.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { Client, PASSWORD as DEMO } from '../lib/client.mjs';
import { acceptDossier, person } from '../lib/clerk.mjs';
import { Stack, build, root } from '../lib/stack.mjs';
import { Board, image, sh } from './board.mjs';

const PORT = 9897;
const folder = path.join(root, 'build/test-data/image');
const PASSWORD = 'Mot-Mat-Khau-2026!';
const stack = new Stack({ name: 'image_center', ports: [9891, 9894] });
const figures = {};
let board, ca, code;
cleanup(async (failed) => {
	for (const [name, value] of Object.entries(figures)) console.log(`measured ${name} ${value}`);
	await board?.kill();
	await stack.down(failed);
});

const lookup = (host, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));

// Someone at a tablet: the names of the board lead to it, its certificate alone is trusted.
function tablet(name = 'tram.lan') {
	return new Client(`https://${name}:${PORT}`, { ca, lookup });
}
// A phone on the label's network: the way in from outside has another port than the page is asked for by.
class Phone extends Client {
	request(method, address, more = {}) {
		const from = more.headers?.Origin ? { Origin: 'http://tram.lan' } : {};
		return super.request(method, address, { ...more, headers: { ...more.headers, ...from, Host: 'tram.lan' } });
	}
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
const received = () => JSON.parse(stack.tram('center', ['digest', '--board', 'b18685-2']).stdout);
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
test.must('a center outside; a card flashed with a label', async () => {
	await stack.up(['center']);
	board = new Board(folder, PORT);
	const label = spawnSync(path.join(build, 'tram'), ['setup', 'label'], { encoding: 'utf8' });
	assert.equal(label.status, 0, label.stderr);
	code = /^code = (.*)$/m.exec(label.stdout)[1];
	board.putOnBoot('tram-label.conf', label.stdout);
});
test.must('it starts on a card that never ran, makes its data partition, and asks the first question', async () => {
	await board.start();
	await until('the question for the label\'s code', 240, async () => {
		assert(board.child, `the machine ended: ${board.console().slice(-2000)}`);
		const page = await plain('/ma').catch(() => ({}));
		return page.status === 200 && /name="code"/.test(page.html);
	});
	figures.first_start_s = board.seconds().toFixed(1);
	await board.ready(60);
	figures.first_start_board_s = (await board.age()).toFixed(1);
	console.log(await board.run('systemctl --failed --no-legend --plain'));
	const disk = await board.run('findmnt -no SOURCE,FSTYPE,OPTIONS /var/lib/tram; df -m --output=size /var/lib/tram | tail -1');
	assert.match(disk, /mapper\/tram-data ext4.*noatime/);
	assert(Number(disk.trim().split('\n').pop()) > 2400, `the partition has the rest of the card: ${disk}`);
	assert.match(await board.run('dumpe2fs -h /dev/mapper/tram-data 2>/dev/null | grep "Block size"'), /4096/);
	assert.equal((await plain('/generate_204', 'connectivitycheck.gstatic.com')).location, 'http://tram.lan/', 'a phone that joins is led there');
});
test.must('six answers over HTTP make a station of it, and it joins the province', async () => {
	const phone = new Phone(`http://tram.lan:${PORT + 1}`, { lookup });
	const passed = await phone.submit(await phone.get('/ma'), '/ma', { code });
	assert.equal(passed.path, '/buoc/1', passed.text.slice(0, 300));
	const answer = async (step, values) => {
		const page = await phone.submit(await phone.get(`/buoc/${step}`), `/buoc/${step}`, values);
		assert.equal(page.status, 200, `${step}: ${page.text.slice(0, 400)}`);
		return page;
	};
	await answer(1, { commune_code: '18685', station_name: 'Trung tâm Thử', parent_name: 'UBND XÃ THỬ', agency_name: 'TRUNG TÂM THỬ' });
	await answer(2, { point_no: '2', point_name: 'Điểm số 2', point_address: 'Thôn Thử', point_phone: '0239 000 0000', place_name: 'Cẩm Bình' });
	await answer(3, { admin_name: 'Nguyễn Văn Thử', admin_login: 'quanly', admin_password: PASSWORD, admin_again: PASSWORD });
	await answer(4, { ap_name: 'Tram 1', ap_key: 'mat khau thu 1', guest: 'no' });
	await answer(5, { uplink: 'cable', center_url: `https://10.0.2.2:${stack.centerPort + 1}`, center_name: 'localhost' });
	await until('the line was tried', 120, async () => {
		const page = await phone.get('/buoc/6');
		assert.doesNotMatch(page.text, /không trả lời/);
		return /tỉnh đã trả lời/.test(page.text);
	});
	const invitation = stack.tram('center', ['board', 'invite', 'b18685-2']).stdout.trim();
	const review = await answer(6, { invitation });
	assert.equal(review.path, '/xem-lai');
	await phone.submit(review, '/xem-lai', { rehearse: 'no' });
	const sent = board.seconds();
	figures.answered_to_login_s = ((await answers(240)) - sent).toFixed(1);
	await learnCa();
	await until('it joined the province', 120, async () => /BEGIN/.test(await board.run('cat /var/lib/tram/keys/link/client.crt 2>/dev/null || true')));
	await board.run(`echo '${readFileSync(path.join(root, 'board/demo/confirm.json')).toString('base64')}' | base64 -d >/var/lib/tram/confirm.json && chmod 644 /var/lib/tram/confirm.json && echo "confirm_file = confirm.json" >>/var/lib/tram/tram.conf`);
	await board.run(`echo '${DEMO}' | tram user add canbo --data /var/lib/tram --name "Nguyễn Thị Thử" --roles intake,cashier,scanner,returner --keep-password`);
	await board.run('systemctl restart "tram-intake@*" "tram-uploads@*"');
	await answers(120);
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
	assert.deepEqual(received(), inside);
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
		figures.next_start_board_s = (await board.age()).toFixed(1);
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
	assert.deepEqual(received(), JSON.parse(await tram('digest')));
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
test('one file on the boot partition makes another, which shares no secret with the first; over a real access point a client gets its page and nothing else', async () => {
	await board.kill();
	board = new Board(`${folder}-2`, PORT, { radios: true });
	board.putOnBoot('tram-setup.conf', Object.entries({ commune_code: '18685', station_name: 'Trung tâm Thử', point_no: '3', point_name: 'Điểm 3',
		point_address: 'Thôn Thử', point_phone: '0239 000 0000', admin_login: 'quanly', admin_name: 'Nguyễn Văn Thử', admin_password: PASSWORD,
		ap_name: 'Tram 1', ap_key: 'mat khau thu 1', uplink: 'none', center_url: 'https://10.0.2.2:1', invitation_later: 'yes', rehearse: 'no' })
		.map(([k, v]) => `${k} = ${v}\r\n`).join(''));
	await board.start({ append: '' });
	await board.ready(240);
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
