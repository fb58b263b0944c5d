// files.mjs: small real files, each different: JPEG, PNG, PDF of about a wished size.
import { randomBytes } from 'node:crypto';
import { crc32 as zlibCrc, deflateRawSync, deflateSync } from 'node:zlib';

// A grey photo of 8 × 8 blocks, each of one random brightness: baseline JPEG (T.81) with one table of
// DC differences (2 to the power of `shades` of them) and an AC table that knows only "end of block".
function greyJpeg(across, down, shades) {
	const segment = (marker, bytes) => Buffer.concat([Buffer.from([0xff, marker, bytes.length + 2 >> 8, bytes.length + 2 & 255]),
		Buffer.from(bytes)]);
	const width = across * 8, height = down * 8;
	let bits = '', last = 0;
	for (const random of randomBytes(across * down)) {
		const value = (random >> 8 - shades) - (1 << shades - 1), step = value - last;	// of 32 / 8 brightness each
		const size = step === 0 ? 0 : 32 - Math.clz32(Math.abs(step));
		last = value;
		bits += size.toString(2).padStart(4, '0');
		if (size)
			bits += (step > 0 ? step : step + (1 << size) - 1).toString(2).padStart(size, '0');
		bits += '0';
	}
	const data = [];
	for (let i = 0; i < bits.length; i += 8) {
		data.push(parseInt(bits.slice(i, i + 8).padEnd(8, '1'), 2));
		if (data.at(-1) === 0xff)
			data.push(0);
	}
	return [Buffer.from([0xff, 0xd8]), Buffer.concat([segment(0xdb, [0, ...Array(64).fill(32)]),
		segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
		segment(0xc4, [0, 0, 0, 0, 12, ...Array(12).fill(0), ...Array(12).keys()]),
		segment(0xc4, [0x10, 1, ...Array(15).fill(0), 0]),
		segment(0xda, [1, 1, 0, 0, 63, 0]), Buffer.from(data), Buffer.from([0xff, 0xd9])])];
}

// A photo, each different, with comment segments of random bytes before the image data to be of a size.
export function jpeg(size = 20000, { across = 12, down = 16, shades = 6, before = Buffer.alloc(0) } = {}) {
	const [start, rest] = greyJpeg(across, down, shades);
	const parts = [start, before];
	for (let left = Math.max(16, size - rest.length); left > 0; left -= 60000) {
		const noise = randomBytes(Math.min(left, 60000));
		const head = Buffer.from([0xff, 0xfe, 0, 0]);
		head.writeUInt16BE(noise.length + 2, 2);
		parts.push(head, noise);
	}
	return Buffer.concat([...parts, rest]);
}

const table = Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
	return n >>> 0;
});
const crc32 = zlibCrc ?? ((bytes) => {
	let crc = 0xffffffff;
	for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255];
	return (crc ^ 0xffffffff) >>> 0;
});
function chunk(type, body) {
	const typed = Buffer.concat([Buffer.from(type), body]);
	const out = Buffer.alloc(8 + typed.length);
	out.writeUInt32BE(body.length, 0);
	typed.copy(out, 4);
	out.writeUInt32BE(crc32(typed) >>> 0, out.length - 4);
	return out;
}

// Grey noise, width × height pixels; claim: what the head says instead.
export function png(width = 64, height = 64, claim = [width, height]) {
	const rows = Buffer.concat(Array.from({ length: height }, () =>
		Buffer.concat([Buffer.from([0]), randomBytes(width)])));
	const head = Buffer.alloc(13);
	head.writeUInt32BE(claim[0], 0);
	head.writeUInt32BE(claim[1], 4);
	head.set([8, 0, 0, 0, 0], 8);
	return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk('IHDR', head),
		chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

// What a camera says of itself: orientation 1..8 and a word that must not be kept (Exif 2.3).
export function exif(orientation, word = 'Exif') {
	const text = Buffer.from(`${word}\0`), head = Buffer.alloc(8 + 2 + 2 * 12 + 4);
	head.write('II*\0\x08\0\0\0\x02\0', 0, 'latin1');
	head.writeUInt16LE(0x0112, 10);	// orientation, SHORT
	head.writeUInt16LE(3, 12);
	head.writeUInt32LE(1, 14);
	head.writeUInt16LE(orientation, 18);
	head.writeUInt16LE(0x010f, 22);	// maker, ASCII
	head.writeUInt16LE(2, 24);
	head.writeUInt32LE(text.length, 26);
	head.writeUInt32LE(head.length, 30);
	const body = Buffer.concat([Buffer.from('Exif\0\0'), head, text]);
	return Buffer.concat([Buffer.from([0xff, 0xe1, body.length + 2 >> 8, body.length + 2 & 255]), body]);
}

// Width and height by a JPEG's frame header.
export function jpegSize(bytes) {
	for (let at = 2; at < bytes.length - 9;) {
		const marker = bytes[at + 1];
		if (marker >= 0xc0 && marker <= 0xc2) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
		at += 2 + bytes.readUInt16BE(at + 2);
	}
	return null;
}

// A PDF of exactly so many bytes (a thousand at least): it stays as it is, byte for byte, where a photo
// would be made a page. Each is different.
export function pdfOf(size, line) {
	const bytes = pdf(line, size - 900);
	return Buffer.concat([bytes, Buffer.alloc(size - bytes.length, '\n')]);
}

// One page with a line of text.
export function pdf(line = 'Van ban thu', size = 0) {
	const noise = randomBytes(Math.max(8, size / 2)).toString('hex');
	const stream = `BT /F1 18 Tf 60 760 Td (${line}) Tj ET\n% ${noise}`;
	const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
		'/Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
	let out = '%PDF-1.4\n';
	const at = objects.map((object, i) => {
		const offset = out.length;
		out += `${i + 1} 0 obj\n${object}\nendobj\n`;
		return offset;
	});
	const xref = out.length;
	out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
	out += at.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
	return Buffer.from(out, 'latin1');
}

// A ZIP of these texts, each packed.
function zip(files) {
	const parts = [], directory = [];
	let at = 0;
	for (const [name, text] of Object.entries(files)) {
		const bytes = Buffer.from(text), packed = deflateRawSync(bytes), head = Buffer.alloc(26);
		head.writeUInt16LE(20, 0);
		head.writeUInt16LE(8, 4);
		head.writeUInt32LE(crc32(bytes) >>> 0, 10);
		head.writeUInt32LE(packed.length, 14);
		head.writeUInt32LE(bytes.length, 18);
		head.writeUInt16LE(name.length, 22);
		const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(at, 10);
		directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), head, tail, Buffer.from(name)]));
		parts.push(local);
		at += local.length;
	}
	const all = Buffer.concat(directory), end = Buffer.alloc(18);
	end.writeUInt16LE(directory.length, 4);
	end.writeUInt16LE(directory.length, 6);
	end.writeUInt32LE(all.length, 8);
	end.writeUInt32LE(at, 12);
	return Buffer.concat([...parts, all, Buffer.from('PK\x05\x06'), end]);
}

// A spreadsheet (ISO/IEC 29500) of one sheet; a cell is a text, or { formula, value }.
export function xlsx(rows) {
	const text = (words) => String(words).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
	const cell = (one) => one?.formula !== undefined ? `<c><f>${text(one.formula)}</f>${one.value === undefined ? '' : `<v>${text(one.value)}</v>`}</c>`
		: `<c t="inlineStr"><is><t>${text(one)}</t></is></c>`;
	const types = 'http://schemas.openxmlformats.org/package/2006/content-types', main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
	const relations = 'http://schemas.openxmlformats.org/package/2006/relationships', office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
	return zip({
		'[Content_Types].xml': `<?xml version="1.0"?><Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		'_rels/.rels': `<?xml version="1.0"?><Relationships xmlns="${relations}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Hồ sơ" sheetId="1" r:id="r1"/></sheets></workbook>`,
		'xl/_rels/workbook.xml.rels': `<?xml version="1.0"?><Relationships xmlns="${relations}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		'xl/worksheets/sheet1.xml': `<?xml version="1.0"?><worksheet xmlns="${main}"><sheetData>${rows.map((row) => `<row>${row.map(cell).join('')}</row>`).join('')}</sheetData></worksheet>`,
	});
}

const blanks = {};
// A PDF whose object stream unpacks to so many bytes of blanks; page: has it one outside of that?
export function pdfBomb(unpacked, page = true) {
	const packed = blanks[unpacked] ??= deflateSync(Buffer.alloc(unpacked, ' '), { level: 9 });
	return Buffer.concat([Buffer.from(`%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n${page
		? '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n' : ''}4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`),
	packed, Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\nstartxref\n0\n%%EOF\n')]);
}
