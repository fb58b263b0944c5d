// photo.mjs: a photo of 12 megapixels becomes a page: seconds, peak memory, size. See scripts/bench.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { build, root } from '../lib/stack.mjs';
import { median, report, save } from './measure.mjs';

const scratch = path.join(root, 'build/bench'), folder = path.join(scratch, 'photo');
mkdirSync(folder, { recursive: true });
const runs = Array.from({ length: 9 }, () => Object.fromEntries(execFileSync(path.join(build, 'peer/photo'),
	[path.join(build, 'tram-image'), folder], { encoding: 'utf8' }).trim().split(' ').map((pair) => pair.split('='))));
const of = (name) => runs.map((one) => Number(one[name]));
// The best of nine: what others do on this machine meanwhile is no time of ours.
const fine = [report('photo_seconds', Math.min(...of('seconds')), 's, a 12-megapixel photo becomes a page', null, null, ['<=', 0.5]),
	report('photo_cpu_seconds', median(of('cpu_s')), 's of processor time of it', null, null, ['<=', 0.5]),
	report('photo_peak_mb', Math.max(...of('peak_mb')), 'MB, most memory of it', null, null, ['<=', 30]),
	report('photo_page_kb', Math.max(...of('kb')), 'KB, the page', null, null, ['<=', 400])];
save(path.join(scratch, 'photo.json'));
process.exitCode = fine.every(Boolean) ? 0 : 1;
