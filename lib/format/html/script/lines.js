const timeTicks = [
  [1000, d3.utcFormat('%S.%L')], [60000, d3.utcFormat('%H:%M:%S')], [86400000, d3.utcFormat('%H:%M')],
  [Infinity, d3.utcFormat('%m-%d')],
];
const writeTime = (time, span) => timeTicks.find(([limit], i) => span / 6 < limit / (i === 0 ? 1 : 1))[1](time);

const lineViews = [];

class LinesView extends View {
  constructor(widget, table, body) {
    super(widget, table, body);
    this.hidden = new Set();
    this.series = this.gather();
    this.slots = Array.from(new Set(this.series.flatMap((one) => one.points.map(([time]) => time)))).sort(d3.ascending);
    if (this.data.stacked) this.stack();
    if (this.slots.length === 0) return this.empty('No values');
    this.addLegend();
    lineViews.push(this);
  }

  gather() {
    const { data, table } = this;
    const times = table.column(data.time);
    const kept = (time) => time >= data.from - 0.001 && time <= data.to + 0.001;
    const series = data.series.map((facts, i) => ({ ...facts, color: colors[i % 10], points: [] }));
    const byName = new Map(series.map((one) => [one.name, one]));
    for (let row = 0; row < times.length; ++row) {
      if (!kept(times[row])) continue;
      const rowsSeries = data.by === null ? series : [byName.get(table.text(row, data.by))];
      for (const one of rowsSeries) {
        if (!one) continue;
        const value = table.column(one.column)[row];
        if (Number.isFinite(value)) one.points.push([times[row], value, 0]);
      }
    }
    for (const one of series) one.points.sort((a, b) => a[0] - b[0]);
    return series;
  }

  // Each series stands on those before it; where one has no value it is 0.
  stack() {
    const floor = new Map();
    for (const one of this.series) {
      const at = new Map();
      for (const [time, value] of one.points) at.set(time, (at.get(time) || 0) + value);
      one.points = this.slots.map((time) => {
        const base = this.hidden.has(one) ? 0 : floor.get(time) || 0;
        const value = at.get(time) || 0;
        if (!this.hidden.has(one)) floor.set(time, base + value);
        return [time, value, base];
      });
    }
  }

  addLegend() {
    if (this.series.length < 2 && this.data.by === null) return;
    this.legend = make(this.body, 'div', 'legend');
    const buttons = this.series.map((one) => {
      const button = make(this.legend, 'button');
      make(button, 'i').style.background = one.color;
      make(button, 'span', '', one.name === '' ? '(none)' : one.name);
      button.title = one.name;
      button.addEventListener('click', () => this.choose(one));
      return button;
    });
    this.mark = () => buttons.forEach((button, i) => button.classList.toggle('off', this.hidden.has(this.series[i])));
    if (this.data.leftOut) make(this.legend, 'span', 'muted', `and ${this.data.leftOut} more with smaller values`);
  }

  // A click leaves that series alone; another one brings all back.
  choose(one) {
    const alone = this.series.length - this.hidden.size === 1 && !this.hidden.has(one);
    this.hidden = new Set(alone ? [] : this.series.filter((each) => each !== one));
    if (this.data.stacked) this.stack();
    this.mark();
    this.draw();
  }

  draw() {
    if (this.slots.length === 0) return;
    const plot = this.frame({ left: 62, right: 14, top: 24, bottom: 22 });
    const [first, last] = LinesView.zoom || [this.slots[0], this.slots[this.slots.length - 1]];
    const x = d3.scaleUtc([first, last > first ? last : first + 1000], [0, this.width]);
    const shown = this.series.filter((one) => !this.hidden.has(one));
    const inSight = (point) => point[0] >= first && point[0] <= last;
    const values = shown.flatMap((one) => one.points.filter(inSight).map((p) => p[1] + p[2]));
    const least = Math.min(0, d3.min(values) || 0);
    const y = this.addHeights(plot, this.data.y, least, d3.max(values) || 1);
    plot.append('g').attr('class', 'axis').attr('transform', `translate(0,${this.height})`)
      .call(d3.axisBottom(x).ticks(Math.max(2, Math.floor(this.width / 90))).tickFormat((time) => writeTime(time, x.domain()[1] - x.domain()[0])))
      .selectAll('.tick text').style('text-anchor', (time) => (x(time) + 28 > this.width + 14 ? 'end' : null));
    const id = `clip${this.widget.number}`;
    plot.append('clipPath').attr('id', id).append('rect').attr('width', this.width).attr('height', this.height + 1).attr('y', -1);
    const marks = plot.append('g').attr('clip-path', `url(#${id})`);
    for (const one of shown) this.drawSeries(marks, one, x, y);
    Object.assign(this, { x, y, shown });
    this.addPointer(plot, x);
  }

  drawSeries(marks, one, x, y) {
    if (one.mode === 'point' && !this.data.stacked) {
      const path = one.points.map(([time, value]) => `M${x(time).toFixed(1)},${y(value).toFixed(1)}h0`).join('');
      marks.append('path').attr('class', 'dots mark').attr('d', path).style('stroke', one.color);
      return;
    }
    const points = thinned(one.points, this.width);
    if (one.mode === 'area' || this.data.stacked) {
      const area = d3.area().x((p) => x(p[0])).y0((p) => y(p[2])).y1((p) => y(p[1] + p[2]));
      marks.append('path').attr('class', 'area mark').attr('d', area(points)).style('fill', one.color).style('stroke', one.color);
      return;
    }
    if (points.length === 1) {
      marks.append('circle').attr('class', 'mark').attr('cx', x(points[0][0])).attr('cy', y(points[0][1])).attr('r', 3).style('fill', one.color);
      return;
    }
    const line = d3.line().x((p) => x(p[0])).y((p) => y(p[1]));
    marks.append('path').attr('class', 'line mark').attr('d', line(points)).style('stroke', one.color);
  }

  addPointer(plot, x) {
    const brush = d3.brushX().extent([[0, 0], [this.width, this.height]]).on('end', () => {
      const event = d3.event;
      if (!event.selection || !event.sourceEvent) return;
      LinesView.zoom = event.selection.map((at) => x.invert(at).getTime());
      lineViews.forEach((view) => view.draw());
    });
    this.rule = plot.append('line').attr('class', 'rule').attr('y2', this.height).attr('visibility', 'hidden');
    const pointer = plot.append('g').attr('class', 'brush plot').call(brush);
    pointer.on('mousemove', () => this.hover(d3.event, d3.mouse(pointer.node())[0]));
    pointer.on('mouseleave', () => {
      hideTip();
      lineViews.forEach((view) => view.point(null));
    });
    pointer.on('dblclick', () => {
      LinesView.zoom = null;
      lineViews.forEach((view) => view.draw());
    });
  }

  hover(event, at) {
    const wanted = this.x.invert(at).getTime();
    const next = d3.bisectLeft(this.slots, wanted);
    const before = this.slots[next - 1], after = this.slots[next];
    const time = after === undefined || (before !== undefined && wanted - before < after - wanted) ? before : after;
    const facts = [];
    for (const one of this.shown) {
      const from = d3.bisector((p) => p[0]).left(one.points, time);
      const point = one.points[from];
      if (point && point[0] === time) facts.push([one.name === '' ? '(none)' : one.name, write(this.data.y.unit, point[1]), one.color, point[1]]);
    }
    facts.sort((a, b) => b[3] - a[3]);
    const more = facts.length - 12;
    showTip(event, fullTime(time), more > 0 ? [...facts.slice(0, 12), [`and ${more} more`, '']] : facts);
    lineViews.forEach((view) => view.point(time));
  }

  point(time) {
    if (!this.rule) return;
    const at = time === null ? NaN : this.x(time);
    const seen = at >= 0 && at <= this.width;
    this.rule.attr('visibility', seen ? 'visible' : 'hidden');
    if (seen) this.rule.attr('x1', at).attr('x2', at);
  }
}
LinesView.zoom = null;

// Of many points that share a column of the screen, the first, the last and both extremes.
function thinned(points, width) {
  if (points.length <= width * 4) return points;
  const kept = [];
  const each = points.length / width;
  for (let i = 0; i < width; ++i) {
    const part = points.slice(Math.floor(i * each), Math.floor((i + 1) * each));
    if (part.length === 0) continue;
    let low = 0, high = 0;
    part.forEach((point, k) => {
      if (point[1] < part[low][1]) low = k;
      if (point[1] > part[high][1]) high = k;
    });
    kept.push(...Array.from(new Set([0, low, high, part.length - 1])).sort((a, b) => a - b).map((k) => part[k]));
  }
  return kept;
}
