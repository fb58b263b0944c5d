// Goal: on a board's networks everybody reaches what is meant for him and nothing else. The board's
// real rules, names, addresses and web server, made by `tram network` and `tram tablet-tls`, serve
// tablets, a guest, printers and the way out, which are network namespaces; a port scan from each of
// them finds exactly the ports that are named here. One tablet that floods stops nobody but itself.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, skip, test, until } from '../lib/check.mjs';
import { Machine } from '../lib/netns.mjs';
import { Stack, build, root } from '../lib/stack.mjs';

const PORTS = [22, 25, 53, 67, 80, 111, 139, 443, 631, 3306, 5353, 5432, 8000, 8080, 8443];
const OWN = [53, 67, 80, 443];
const stack = new Stack({ name: 'network_rules', ports: [9891, 9894],
	board: 'hosts = 127.0.0.1 tram.lan quan-ly.tram.lan tra-cuu.tram.lan\ntls_pages = yes' });
const data = path.join(stack.data, 'board');
const out = path.join(stack.data, 'network');
const ca = path.join(data, 'keys/tls/ca.crt');
let board, tablet, other, guest, line, printer;
cleanup((failed) => stack.down(failed));

const CONF = `host = tram1
ap_name = Trạm thử
ap_key = mat khau thu 1
guest = yes
guest_name = Tra cuu
uplink = cable
printers = 192.168.50.9 02:00:00:00:00:07
`;

function network(conf, ...more) {
	const file = path.join(stack.data, 'network.conf');
	writeFileSync(file, conf);
	return spawnSync(path.join(build, 'tram'), ['network', '--settings', file, '--templates', path.join(root, 'board/network'),
		'--out', out, ...more], { encoding: 'utf8' });
}
function lighttpd() {
	const dir = path.join(data, 'lighttpd');
	const fill = (name, to) => writeFileSync(path.join(dir, to), readFileSync(path.join(root, 'board/lighttpd', name), 'utf8')
		.replaceAll('@DATA@', data).replaceAll('@SOCK@', path.join(data, 'sock')).replaceAll('@STATIC@', path.join(build, 'static'))
		.replace('@ACCESSLOG@', `accesslog.filename = "${path.join(data, 'log/access.log')}"`)
		.replaceAll('@PORT@', '80').replaceAll('@UPLOAD_KB@', '30720').replaceAll('@MODULES@', '')
		.replaceAll('@GUESTS@', '10.77.1').replaceAll('@DOMAIN@', 'tram.lan').replace('include "common.conf"', 'include "point-common.conf"'));
	fill('common.conf.in', 'point-common.conf');
	fill('point.conf.in', 'point.conf');
	const user = statSync(path.join(data, 'upload')).uid;
	return board.start('setpriv', [`--reuid=${user}`, `--regid=${user}`, user ? '--groups=64206' : '--clear-groups',
		'lighttpd', '-D', '-f', path.join(dir, 'point.conf')]);
}

test.must('a board with its networks: rules, names, addresses, pages', async () => {
	if (process.getuid() !== 0) skip('needs root for network namespaces');
	for (const program of ['nft', 'dnsmasq', 'ip', 'lighttpd']) {
		if (spawnSync('sh', ['-c', `command -v ${program} || ls /usr/sbin/${program}`]).status !== 0) skip(`${program} is not installed`);
	}
	await stack.up();
	const made = stack.tram('board', ['tablet-tls', 'new']);
	assert.equal(made.status, 0, made.stderr);
	const written = network(CONF);
	assert.equal(written.status, 0, written.stderr);
	[board, tablet, other, guest, line, printer] = ['board', 'tablet', 'other', 'guest', 'line', 'printer'].map((n) => new Machine(n));
	// The access point: a bridge whose ports do not see each other, as ap_isolate has it.
	board.ip('link', 'add', 'wlan0', 'type', 'bridge');
	board.must('sysctl', '-q', '-p', path.join(out, 'sysctl.conf'));
	board.must('sysctl', '-q', '-w', 'net.ipv4.ip_unprivileged_port_start=0');
	tablet.cable('wlan0', board, 'v1', { address: '10.77.0.21/24', via: '10.77.0.1' });
	other.cable('wlan0', board, 'v2', { address: '10.77.0.22/24', via: '10.77.0.1' });
	printer.cable('eth0', board, 'v3', { address: '10.77.2.12/24', via: '10.77.2.1', mac: '02:00:00:00:00:07' });
	for (const port of ['v1', 'v2', 'v3']) {
		board.ip('link', 'set', port, 'master', 'wlan0');
		board.must('bridge', 'link', 'set', 'dev', port, 'isolated', 'on');
	}
	guest.cable('wlan0', board, 'wlan1', { address: '10.77.1.21/24', via: '10.77.1.1' });
	line.cable('eth0', board, 'eth0', { address: '192.168.50.1/24' });
	line.ip('address', 'add', '192.168.50.9/24', 'dev', 'eth0');
	line.ip('route', 'add', '10.77.0.0/16', 'via', '192.168.50.2');
	line.ip('route', 'add', '255.255.255.255', 'dev', 'eth0');
	board.must('nft', '-f', path.join(out, 'nftables.conf'));
	for (const [card, file] of [['wlan0', '20-tram-ap.network'], ['wlan1', '20-tram-guest.network']]) {
		for (const [, address] of readFileSync(path.join(out, file), 'utf8').matchAll(/^Address=(.*)$/gm)) board.ip('address', 'add', address, 'dev', card);
		board.ip('link', 'set', card, 'up');
	}
	board.ip('address', 'add', '192.168.50.2/24', 'dev', 'eth0');
	const names = board.start('dnsmasq', ['-k', '-C', path.join(out, 'dnsmasq.conf'), '--user=root', '--pid-file=']);
	const pages = lighttpd();
	for (const machine of [board, printer, line, tablet, other, guest])
		machine.listen(machine === board ? PORTS.filter((p) => !OWN.includes(p)) : PORTS);
	await until('names and pages answer', 10, async () => {
		assert.equal(names.exitCode, null, names.said);
		assert.equal(pages.exitCode, null, pages.said);
		return tablet.get('http://tram.lan/', { address: '10.77.0.1' }).status === 200
			&& (await line.scan('192.168.50.9', [631])).tcp.length === 1 && (await printer.scan('10.77.2.12', [631])).tcp.length === 1
			&& (await board.scan('192.168.50.2', [8443])).tcp.length === 1;
	});
});

// who, to which address, may reach these TCP and UDP ports
const NOTHING = { tcp: [], udp: [] };
test('a scan from each network finds the ports that are meant, and no other', async () => {
	const PAGES = { tcp: [53, 80, 443], udp: [53] };
	const rows = [
		['tablet', tablet, '10.77.0.1', PAGES],
		['tablet to the other addresses of the board', tablet, '10.77.1.1', NOTHING],
		['tablet to the other addresses of the board', tablet, '10.77.2.1', NOTHING],
		['tablet to the board from behind', tablet, '192.168.50.2', NOTHING],
		['tablet to a tablet', tablet, '10.77.0.22', NOTHING],
		['tablet to a guest', tablet, '10.77.1.21', NOTHING],
		['tablet to the printer on the Wi-Fi', tablet, '10.77.2.12', { tcp: [631], udp: [] }],
		['tablet to the printer on the cable', tablet, '192.168.50.9', { tcp: [631], udp: [] }],
		['tablet to the rest of the line', tablet, '192.168.50.1', NOTHING],
		['guest', guest, '10.77.1.1', PAGES],
		['guest to the tablets\' side', guest, '10.77.0.1', NOTHING],
		['guest to a tablet', guest, '10.77.0.21', NOTHING],
		['guest to a printer', guest, '10.77.2.12', NOTHING],
		['guest to the line', guest, '192.168.50.9', NOTHING],
		['the line to the board', line, '192.168.50.2', NOTHING],
		['the line to the board within', line, '10.77.0.1', NOTHING],
		['the line to a tablet', line, '10.77.0.21', NOTHING],
		['a printer to the board', printer, '10.77.2.1', NOTHING],
		['a printer to the board', printer, '10.77.0.1', NOTHING],
		['a printer to a tablet', printer, '10.77.0.21', NOTHING],
		['a printer to the line', printer, '192.168.50.1', NOTHING],
	];
	const seen = await Promise.all(rows.map(([, machine, address]) => machine.scan(address, PORTS)));
	rows.forEach(([who, , address, open], i) => assert.deepEqual(seen[i], open, `${who}: ${address}`));
});
test('who takes an address of another network gets nothing by it', async () => {
	guest.ip('address', 'add', '10.77.0.99/24', 'dev', 'wlan0');
	printer.ip('address', 'add', '10.77.1.77/24', 'dev', 'eth0');
	for (const open of await Promise.all([guest.scan('10.77.0.1', PORTS), printer.scan('10.77.1.1', PORTS)])) assert.deepEqual(open, NOTHING);
	guest.ip('address', 'del', '10.77.0.99/24', 'dev', 'wlan0');
	printer.ip('address', 'del', '10.77.1.77/24', 'dev', 'eth0');
});
test('out speak root and the forwarder; a program of the pages does not', () => {
	const ask = (uid) => board.run('setpriv', [`--reuid=${uid}`, '--clear-groups', 'curl', '-s', '--http0.9', '-m', '1', 'http://192.168.50.1:8000/']);
	assert.match(ask(0).stdout, /x/);
	for (const uid of [64101, 64106]) assert.notEqual(ask(uid).status, 0, `user ${uid}`);
});

test('names: the board\'s, those that ask whether they are on-line, and no other', async () => {
	for (const name of ['tram.lan', 'quan-ly.tram.lan', 'tra-cuu.tram.lan', 'connectivitycheck.gstatic.com', 'captive.apple.com', 'www.msftconnecttest.com'])
		assert.deepEqual(await tablet.resolve(name, '10.77.0.1'), ['10.77.0.1'], name);
	assert.deepEqual(await tablet.resolve('may-in-2.tram.lan', '10.77.0.1'), ['10.77.2.12']);
	for (const name of ['vidu.vn', 'www.google.com', 'x.tram.lan', 'evil.captive.apple.com'])
		assert.equal(await tablet.resolve(name, '10.77.0.1'), 'ENOTFOUND', name);
	assert.deepEqual(await guest.resolve('tra-cuu.tram.lan', '10.77.1.1'), ['10.77.1.1']);
	assert.deepEqual(await guest.resolve('connectivitycheck.gstatic.com', '10.77.1.1'), ['10.77.1.1']);
});
test('addresses: a tablet\'s, a guest\'s, and the one that belongs to a printer', async () => {
	const [offer, guests, printers, none] = await Promise.all([tablet.dhcp('wlan0'), guest.dhcp('wlan0'), printer.dhcp('eth0'), line.dhcp('eth0')]);
	assert.match(offer.address, /^10\.77\.0\.(?!1$)\d+$/);
	assert.equal(offer.options[3], '0a4d0001');
	assert.equal(offer.options[6], '0a4d0001');
	assert.equal(Buffer.from(offer.options[114], 'hex').toString(), 'https://tram.lan/captive.json', 'RFC 8910');
	assert.match(guests.address, /^10\.77\.1\.\d+$/);
	assert.equal(guests.options[114], undefined);
	assert.equal(printers.address, '10.77.2.12');
	assert.equal(none, null, 'no address for the line');
});

test('a tablet that asks whether it is on-line is led to the page that tells what to install', () => {
	for (const url of ['http://connectivitycheck.gstatic.com/generate_204', 'http://captive.apple.com/hotspot-detect.html',
		'http://www.msftconnecttest.com/connecttest.txt', 'http://connect.rom.miui.com/generate_204', 'http://tram.lan/dang-nhap', 'http://10.77.0.1/']) {
		const answer = tablet.get(url, { address: '10.77.0.1' });
		assert.equal(answer.status, 302, url);
		assert.equal(answer.location, 'http://tram.lan/', url);
	}
	const page = tablet.get('http://tram.lan/', { address: '10.77.0.1' });
	assert.match(page.type, /^text\/html/);
	assert.match(page.body, /Nối máy tính bảng vào trạm/);
	const print = createHash('sha256').update(new X509Certificate(readFileSync(ca)).raw).digest('hex').toUpperCase();
	assert(page.body.replace(/[\s:]/g, '').includes(print), 'the fingerprint of the label');
	const css = /href="(\/tinh\/[^"]+\.css)"/.exec(page.body)[1];
	assert.equal(tablet.get(`http://tram.lan${css}`, { address: '10.77.0.1' }).status, 200);
	const crt = tablet.get('http://tram.lan/tram.crt', { address: '10.77.0.1' });
	assert.equal(crt.type, 'application/x-x509-ca-cert');
	const profile = tablet.get('http://tram.lan/tram.mobileconfig', { address: '10.77.0.1' });
	assert.equal(profile.type, 'application/x-apple-aspen-config');
	const inside = Buffer.from(/<data>([^<]*)<\/data>/.exec(profile.body)[1], 'base64');
	assert.deepEqual(inside, new X509Certificate(readFileSync(ca)).raw);
});
test('with it the three programs answer over TLS, each under its own name; without it nothing is trusted', () => {
	const at = { address: '10.77.0.1', ca };
	assert.match(tablet.get('https://tram.lan/dang-nhap', at).body, /name="password"/);
	assert.match(tablet.get('https://quan-ly.tram.lan/dang-nhap', at).body, /name="password"/);
	assert.match(tablet.get('https://tra-cuu.tram.lan/', at).body, /action="\/tra-cuu"/);
	assert.equal(tablet.get('https://tra-cuu.tram.lan/dang-nhap', at).status, 404);
	assert.match(tablet.get('https://tram.lan/captive.json', at).type, /^application\/captive\+json/);
	assert.equal(tablet.get('https://tram.lan/dang-nhap', { address: '10.77.0.1' }).fault, 60, 'curl: not trusted');
	assert.equal(tablet.get('https://connectivitycheck.gstatic.com/', at).fault, 60, 'another name is not in it');
	assert.equal(tablet.get('https://tram.lan/dang-nhap', { ...at, headers: ['Host: evil.example'] }).status, 421);
	const login = tablet.run('curl', ['-sS', '-D', '-', '--cacert', ca, '--resolve', 'tram.lan:443:10.77.0.1', '-H', 'Origin: https://tram.lan',
		'-d', 'login=canbo&password=Tram-Demo-2026!', 'https://tram.lan/dang-nhap']);
	assert.match(login.stdout, /^HTTP\/1\.1 303/);
	assert.match(login.stdout, /set-cookie: __Host-[^\n]*Secure/i);
});
test('a guest gets lookup under any name, and nothing of the clerks', () => {
	const at = { address: '10.77.1.1' };
	assert.equal(guest.get('http://captive.apple.com/hotspot-detect.html', at).location, 'http://tra-cuu.tram.lan/');
	assert.match(guest.get('http://tra-cuu.tram.lan/', at).body, /action="\/tra-cuu"/);
	for (const name of ['tram.lan', 'quan-ly.tram.lan', '10.77.1.1'])
		assert.equal(guest.get(`http://${name}/dang-nhap`, at).location, 'http://tra-cuu.tram.lan/', name);
	assert.equal(guest.get('http://tra-cuu.tram.lan/dang-nhap', at).status, 404);
	assert.equal(guest.get('http://tra-cuu.tram.lan/tram.mobileconfig', at).status, 404);
	assert.equal(guest.get('https://tram.lan/dang-nhap', { ...at, ca }).location, 'http://tra-cuu.tram.lan/');
	const asked = guest.get('http://tra-cuu.tram.lan/tra-cuu', { ...at, method: 'POST', body: 'so=H27.1&ma=ABCDEFGH' });
	assert.match(asked.body, /role="alert"/, 'asked and answered');
});
test('a tablet that floods stops nobody but itself', async () => {
	const flood = tablet.startJs(`
		const net = require('node:net');
		const open = () => {
			const socket = net.connect(80, '10.77.0.1');
			socket.on('error', () => {});
			socket.on('connect', () => process.stderr.write('c'));
			socket.on('close', () => setTimeout(open, 1));
			setTimeout(() => socket.write('GET / HTTP/1.1\\r\\nX: '), 50);
		};
		for (let i = 0; i < 1500; i++) open();`);
	await until('it has opened what it can', 10, () => flood.said.length >= 30);
	const held = board.must('ss', '-Htn', 'state', 'established', 'sport', '=', ':80').trim().split('\n').length;
	assert(held <= 45, `${held} connections at a time`);
	for (let i = 0; i < 5; i++) {
		assert.equal(other.get('http://tram.lan/', { address: '10.77.0.1' }).status, 200);
		assert.equal(other.get('https://tram.lan/dang-nhap', { address: '10.77.0.1', ca }).status, 200);
	}
	assert.deepEqual(await other.resolve('tram.lan', '10.77.0.1'), ['10.77.0.1']);
	flood.kill('SIGKILL');
});

test('wrong settings are refused by line and key, and change nothing', () => {
	const before = readFileSync(path.join(out, 'nftables.conf'), 'utf8');
	const wrong = network(`${CONF}ap_channel = 99\n`);
	assert.equal(wrong.status, 2);
	assert.match(wrong.stderr, /line 8 ap_channel: a channel is/);
	assert(!wrong.stderr.includes('mat khau'));
	assert.equal(network(CONF, '--ap', 'wlan0;x').status, 2);
	assert.equal(network(CONF, '--ap', 'wlan1').status, 2, 'one card for two networks');
	assert.equal(readFileSync(path.join(out, 'nftables.conf'), 'utf8'), before);
});
test('files follow the settings: secrets are root\'s, what is no longer wanted goes', () => {
	assert.equal(statSync(path.join(out, 'hostapd.conf')).mode & 0o777, 0o600);
	const hostapd = readFileSync(path.join(out, 'hostapd.conf'), 'utf8');
	assert.match(hostapd, new RegExp(`^ssid2=${Buffer.from('Trạm thử').toString('hex')}$`, 'm'));
	for (const line of ['wpa_key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE', 'ieee80211w=1', 'ap_isolate=1', 'wpa_passphrase=mat khau thu 1'])
		assert(hostapd.split('\n').includes(line), line);
	assert(existsSync(path.join(out, 'hostapd-guest.conf')));
	assert.equal(network('host = a\nap_name = b\nap_key = 12345678\nuplink = none\n', '--wpa2').status, 0);
	assert(!existsSync(path.join(out, 'hostapd-guest.conf')));
	assert(!existsSync(path.join(out, '20-tram-uplink.network')));
	assert.match(readFileSync(path.join(out, 'hostapd.conf'), 'utf8'), /^ieee80211w=0$|^wpa_key_mgmt=WPA-PSK$/m);
	assert.match(readFileSync(path.join(out, 'sysctl.conf'), 'utf8'), /ip_forward = 0/);
	board.must('nft', '-c', '-f', path.join(out, 'nftables.conf'));
	assert.equal(network(`host = a\nap_name = b\nap_key = 12345678\nuplink = wifi\nuplink_name = c\nuplink_key = "12345678"\n`).status, 0);
	assert.match(readFileSync(path.join(out, 'wpa_supplicant.conf'), 'utf8'), /psk=""12345678""/);
	board.must('nft', '-c', '-f', path.join(out, 'nftables.conf'));
});

await run();
