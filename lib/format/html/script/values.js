function figures(value) {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 0.01) return value.toFixed(2);
  return value.toPrecision(2);
}

function scaled(value, steps) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  let best = steps[0];
  for (const step of steps) if (size >= step[0]) best = step;
  return `${figures(value / best[0])} ${best[1]}`;
}

const durations = [[1e-6, 'ns'], [1e-3, 'µs'], [1, 'ms'], [1e3, 's'], [6e4, 'min'], [3.6e6, 'h'], [8.64e7, 'd']];
const sizes = [[1, 'B'], [2 ** 10, 'KiB'], [2 ** 20, 'MiB'], [2 ** 30, 'GiB'], [2 ** 40, 'TiB'], [2 ** 50, 'PiB']];
const rates = [[1, '/s'], [1e3, 'k/s'], [1e6, 'M/s'], [1e9, 'G/s']];

// By the unit of the page's numbers: milliseconds, bytes, hundredths, per second.
const writers = {
  duration: (value) => scaled(value, durations),
  bytes: (value) => scaled(value, sizes),
  percent: (value) => `${figures(value)} %`,
  rate: (value) => scaled(value, rates),
  bytesrate: (value) => scaled(value, sizes.map(([size, name]) => [size, `${name}/s`])),
};
const plain = d3.format('~s');

// As writers have it, without zeros that a scale does not need.
const trimmed = (text) => text.replace(/(\.\d*?)0+(?=[ e]|$)/, '$1').replace(/\.(?=[ e]|$)/, '');

function write(unit, value) {
  if (!Number.isFinite(value)) return String(value);
  if (writers[unit]) return writers[unit](value);
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-6 && size > 0)) return trimmed(value.toExponential(6));
  return Number.isInteger(value) && size < 1e6 ? String(value) : d3.format(',.7~r')(value);
}

function writeTick(unit, value) {
  if (writers[unit]) return trimmed(writers[unit](value));
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? plain(value) : d3.format(',~r')(value);
}

const stepsOf = { duration: durations, bytes: sizes, rate: rates, bytesrate: sizes };

// A scale whose marks are round in the unit that they are told in: 512 KiB rather than 500,000.
function linear(unit, least, most, range, count) {
  const size = Math.max(Math.abs(least), Math.abs(most));
  const steps = (stepsOf[unit] || [[1]]).map(([step]) => step).filter((step) => step <= size);
  const step = steps.length ? steps[steps.length - 1] : 1;
  const inUnit = d3.scaleLinear([least / step, most / step], range).nice(count);
  const scale = d3.scaleLinear(inUnit.domain().map((value) => value * step), range);
  scale.ticks = () => inUnit.ticks(count).map((value) => value * step);
  const copy = scale.copy;
  scale.copy = () => Object.assign(copy.call(scale), { ticks: scale.ticks });
  return scale;
}

const fullTime = d3.utcFormat('%Y-%m-%d %H:%M:%S.%L');
